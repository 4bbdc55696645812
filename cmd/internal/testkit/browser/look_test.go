package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"
)

func testScreenshot(t *testing.T, b *Browser) {
	const style = `<style>html { background: #123456 } body { margin: 0 } @media (prefers-color-scheme: dark) { html { background: #fedcba } }</style>`
	blank := b.Open(write(t, style), Size(360, 500))
	img := blank.Screenshot()
	if n := Colours(img); n != 1 {
		t.Errorf("a blank page has %d colours", n)
	}
	if got, want := img.Bounds(), image.Rect(0, 0, 360, 500); got != want {
		t.Errorf("the window is %v, want %v", got, want)
	}
	at := func(img image.Image, x, y int) color.RGBA {
		return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
	}
	if got, want := at(img, 100, 100), (color.RGBA{0x12, 0x34, 0x56, 0xff}); got != want {
		t.Errorf("the colour is %v, want %v", got, want)
	}
	blank.Dark(true)
	if got, want := at(blank.Screenshot(), 100, 100), (color.RGBA{0xfe, 0xdc, 0xba, 0xff}); got != want {
		t.Errorf("the colour in the dark is %v, want %v", got, want)
	}

	long := blank
	long.another(write(t, style+`<p style="color: white">text<div style="height: 1500px"></div><div style="height: 100px; background: red">`))
	if n := Colours(long.Screenshot()); n < 10 {
		t.Errorf("a page with text has %d colours", n)
	}
	full, err := png.Decode(bytes.NewReader(long.ScreenshotPNG(true)))
	if err != nil {
		t.Fatal(err)
	}
	var height int
	long.Eval("document.documentElement.scrollHeight", &height)
	if got, want := full.Bounds(), image.Rect(0, 0, 360, height); got != want || height < 1600 {
		t.Errorf("the whole page is %v, want %v", got, want)
	}
	if got, want := at(full, 180, height-50), (color.RGBA{0xff, 0, 0, 0xff}); got != want {
		t.Errorf("its foot is %v, want %v", got, want)
	}
	if got, want := long.Screenshot().Bounds(), image.Rect(0, 0, 360, 500); got != want {
		t.Errorf("afterwards the window is %v, want %v", got, want)
	}
}

func TestColours(t *testing.T) {
	img := image.NewRGBA(image.Rect(-3, 5, 10, 20))
	if n := Colours(img); n != 1 {
		t.Errorf("one colour is counted as %d", n)
	}
	img.SetRGBA(-3, 5, color.RGBA{1, 0, 0, 255})
	img.SetRGBA(9, 19, color.RGBA{0, 0, 1, 255})
	img.SetRGBA(9, 5, color.RGBA{0, 1, 0, 255})
	img.SetRGBA(-3, 19, color.RGBA{0, 0, 0, 255})
	if n := Colours(img); n != 5 {
		t.Errorf("five colours are counted as %d", n)
	}
}

func testOverflow(t *testing.T, b *Browser) {
	p := b.Open(write(t, ""), Size(360, 600))
	const wide = `<div style="width: 700px; height: 10px">wide</div>`
	for _, c := range []struct {
		name, html string
		want       []string
	}{
		{"text that wraps", `<p>` + "word word word word word word word word word word word word word word word word", nil},
		{"a block", `<main><div id=d class=c style="width: 700px"><p style="width: 650px">inside</p></div></main>`,
			[]string{`div#d.c "inside" from 8 to 708`, "the page is 708 px wide in a window of 360 px"}},
		{"a word", `<main style="width: 200px"><p id=p>` + "wordwordwordwordwordwordwordwordwordwordwordwordwordwordword</p><p>other",
			[]string{`p#p "wordwordwordwordwordwordwordwordwordwor…" from 8 to `, "the page is "}},
		{"two of three", `<p>fits<img id=one width=400 height=10><p>fits<table id=two><td style="min-width: 500px">cell</table>`,
			[]string{`img#one from 8 to 408`, `table#two "cell" from 8 to `, "the page is "}},
		{"cut at the left", `<div style="position: absolute; left: -20px">cut</div>`, []string{`div "cut" from -20 to `}},
		{"cut by the window", `<style>html, body { overflow-x: hidden }</style>` + wide, []string{`div "wide" from 8 to 708`}},
		{"fixed", `<div style="overflow: hidden"><div id=f style="position: fixed; width: 500px">fixed</div></div>`, []string{`div#f "fixed" from 8 to 508`}},
		{"placed past its box", `<div style="overflow: hidden"><div id=a style="position: absolute; width: 500px">placed</div></div>`,
			[]string{`div#a "placed" from 8 to 508`, "the page is 508 px wide"}},
		{"placed in its box", `<div style="overflow: hidden; position: relative; height: 50px"><div style="position: absolute; width: 500px">placed</div></div>`, nil},
		{"scrolls", `<div style="overflow-x: auto">` + wide + `</div>`, nil},
		{"clipped", `<div style="overflow-x: clip"><p>` + wide + `</div>`, nil},
		{"an ellipsis", `<p style="overflow: hidden; text-overflow: ellipsis; white-space: nowrap">word word word word word word word word word word word word word`, nil},
		{"a box too wide that scrolls", `<div id=s style="overflow: scroll; width: 400px">` + wide + `</div>`, []string{`div#s "wide" from 8 to 408`, "the page is 408 px wide"}},
		{"a drawing", `<svg width=300 height=50><rect width=900 height=20 /><text x=200 y=20>long text long text long text long text</text></svg>`, nil},
		{"a drawing that shows all", `<svg id=g width=300 height=50 style="overflow: visible"><rect id=r width=900 height=20 /></svg>`, []string{"rect#r from 8 to 908"}},
		{"unseen", `<div style="display: none">` + wide + `</div><div style="visibility: hidden; position: fixed; width: 900px">hidden</div>
			<div style="position: fixed; width: 900px; height: 0"></div>
			<div style="position: absolute; left: -9999px">skip</div>
			<span style="position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0 0 0 0); white-space: nowrap">for screen readers only, and longer than a narrow window</span>`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := p.In(t)
			p.another(write(t, c.html))
			got := p.Overflow()
			if !slices.EqualFunc(got, c.want, func(got, want string) bool { return len(got) >= len(want) && got[:len(want)] == want }) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	p.another(write(t, `<div style="width: 700px">wide`))
	p.Size(720, 600)
	if got := p.Overflow(); len(got) > 0 {
		t.Errorf("in a wide window: %q", got)
	}
	p.Size(700, 600)
	if got := p.Overflow(); len(got) != 2 {
		t.Errorf("in a narrow window again: %q", got)
	}
}

func testSmall(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<p>A <a href="#">link</a> in a sentence.
		<svg width=200 height=100 viewBox="0 0 100 50"><text y=20 style="font-size: 6px">fits</text><text y=40 style="font-size: 5px">tiny</text></svg>
		<button style="width: 24px; height: 24px; padding: 0">b</button><button id=low style="height: 20px; width: 60px">low</button>
		<button hidden style="height: 1px">c</button>`), Size(360, 600))
	want := []string{`text "tiny" is 10.0 px high`, `button#low "low" is 60×20 px`}
	if got := p.Small(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
