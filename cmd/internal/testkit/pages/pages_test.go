// Package pages holds the pictures of pages in the project's README and makes
// them anew:
//
//	go test ./cmd/internal/testkit/pages -update
package pages

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

var update = flag.Bool("update", false, "take the pictures anew")

// pictures are what to open, how to arrange it, and when it is ready.
var pictures = []struct {
	file    string
	command []string
	page    string // what the command writes into its last argument's place
	ready   string
	arrange string
	width   int
	height  int
}{
	{"audit.png", []string{"./cmd/audit", "page", "-o"}, "audit.html", `document.documentElement.dataset.ready === "true"`, `(async () => {
		const wait = async of => { while (!of()) await new Promise(r => setTimeout(r, 20)); }, e = document.getElementById("step");
		e.value = 17;
		e.dispatchEvent(new Event("input"));
		await wait(() => glassbox.state.at === 17);
		document.querySelector('#tables-0 [data-name="dW1[1,3]"]').click();
		await wait(() => !document.getElementById("explanation").hidden);
		document.activeElement.blur();
		scrollTo(0, 0);
	})()`, 1480, 1190},
	{"lab.png", []string{"./cmd/lab", "-o"}, "glassbox.html", `"ready" in document.documentElement.dataset`, `(async () => {
		location.hash = "#lab=" + encodeURIComponent(JSON.stringify({flags: "-n 300 -learning_rate 0.3", step: 300, changes: [{step: 60, name: "fault", text: "relu-mask-inverted"}]}));
		while (document.getElementById("lab-status").textContent !== "at step 300") await new Promise(r => setTimeout(r, 50));
		scrollTo(0, 0);
	})()`, 1440, 1180},
	{"report.png", []string{"./cmd/report", "-out"}, "report/index.html", "true", `document.getElementById("part2-modules").scrollIntoView()`, 1000, 1180},
}

// most is the size of a picture that a README can bear.
const most = 300_000

func TestPictures(t *testing.T) {
	for _, p := range pictures {
		p.file = filepath.Join("..", "..", "..", "..", "testdata", "pages", p.file)
		if *update {
			dir := t.TempDir()
			out := filepath.Join(dir, p.page)
			if filepath.Base(p.page) == "index.html" {
				out = filepath.Dir(out)
			}
			cmd := exec.Command("go", append(append([]string{"run"}, p.command...), out)...)
			cmd.Dir = filepath.Join("..", "..", "..", "..")
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", p.file, err, text)
			}
			page := browser.Start(t).Open(filepath.Join(dir, p.page), browser.Size(p.width, p.height))
			page.WaitFor(p.ready)
			page.Eval(p.arrange, nil)
			var b bytes.Buffer
			encoder := png.Encoder{CompressionLevel: png.BestCompression}
			if err := encoder.Encode(&b, fewer(page.Screenshot())); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p.file, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		f, err := os.Open(p.file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		config, err := png.DecodeConfig(f)
		if err != nil || config.Width != p.width || config.Height != p.height {
			t.Errorf("%s: %d×%d, %v; want %d×%d", p.file, config.Width, config.Height, err, p.width, p.height)
		}
		if info, err := f.Stat(); err != nil || info.Size() > most {
			t.Errorf("%s: %d bytes, %v; want at most %d", p.file, info.Size(), err, most)
		}
	}
}

// fewer paints a picture with its 256 commonest shades, which is a third of the
// size and looks the same.
func fewer(m image.Image) *image.Paletted {
	coarse := func(c color.Color) color.RGBA {
		r, g, b, _ := c.RGBA()
		return color.RGBA{uint8(r >> 8 &^ 7), uint8(g >> 8 &^ 7), uint8(b >> 8 &^ 7), 255}
	}
	counts, exact := map[color.RGBA]int{}, map[color.RGBA]map[color.RGBA]int{}
	box := m.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			k := coarse(c)
			if counts[k]++; exact[k] == nil {
				exact[k] = map[color.RGBA]int{}
			}
			exact[k][c]++
		}
	}
	var shades []color.RGBA
	for k := range counts {
		shades = append(shades, k)
	}
	slices.SortFunc(shades, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, k := range shades[:min(len(shades), 256)] {
		best, n := k, 0
		for c, count := range exact[k] {
			if count > n || count == n && c.R < best.R {
				best, n = c, count
			}
		}
		palette = append(palette, best)
	}
	near := map[color.RGBA]uint8{}
	out := image.NewPaletted(box, palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			i, ok := near[c]
			if !ok {
				i = uint8(palette.Index(c))
				near[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}
