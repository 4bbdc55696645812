package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// Screenshot returns what the window shows, a pixel for each CSS pixel.
func (p *Page) Screenshot() image.Image {
	p.t.Helper()
	img, err := png.Decode(bytes.NewReader(p.ScreenshotPNG(false)))
	if err != nil {
		p.t.Fatalf("browser: Screenshot: %v", err)
	}
	return img
}

// ScreenshotPNG returns what the window shows as a PNG file, or for full the
// whole page, however long.
func (p *Page) ScreenshotPNG(full bool) []byte {
	p.t.Helper()
	p.settle()
	var shot struct {
		Data []byte `json:"data"` // base64, as encoding/json has it
	}
	p.must(p.session, "Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": full}, &shot)
	return shot.Data
}

// Colours returns the number of different colours in an image. A page that shows
// nothing has one; text alone has dozens, from its smoothed edges.
func Colours(img image.Image) int {
	seen := map[color.RGBA64]bool{}
	box := img.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			r, g, b, a := img.At(x, y).RGBA()
			seen[color.RGBA64{uint16(r), uint16(g), uint16(b), uint16(a)}] = true
		}
	}
	return len(seen)
}

// Overflow describes the parts of the page that reach beyond the sides of the
// window at its present width, each by its outermost element and from where to
// where it goes, and says if the page can be scrolled sideways. What scrolls or
// is clipped in a box of its own does not count, nor what cannot be seen.
func (p *Page) Overflow() []string {
	p.t.Helper()
	var parts []string
	p.ask("overflow", &parts)
	return parts
}

// Small describes what is too small at the window's present width: texts of
// drawings of less than 11 pixels, and buttons and links outside of sentences
// that are less than 24 wide or high.
func (p *Page) Small() []string {
	p.t.Helper()
	var parts []string
	p.ask("small", &parts)
	return parts
}
