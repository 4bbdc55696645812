package page

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

// A look is what a browser makes of the page in a window: its width, the page's, how
// many parts reach outside, the width of the first figure, and a property that the
// page's style sets and one that the figure's does.
type look struct {
	Frame, Scroll, Outside, Figure int
	Margin, Fill                   string
}

const looks = `(() => {
  const box = e => e.getBoundingClientRect(), root = document.documentElement, svg = [...document.querySelectorAll(".figures svg")].find(e => box(e).width);
  const out = [...document.querySelectorAll(".scroll, .figures svg, p, dl, h1, h2")].filter(e => box(e).right > root.clientWidth + 1 || box(e).left < -1);
  return {frame: root.clientWidth, scroll: root.scrollWidth, outside: out.length, figure: Math.round(box(svg).width),
    margin: getComputedStyle(document.body).marginTop, fill: getComputedStyle(svg.querySelector("path")).fill};
})()`

// TestBrowser loads the page at three widths: nothing reaches beyond the
// window, figures shrink to fit, and the policy lets the page's style and the
// figure's apply without a word in the console.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	widths := []int{360, 768, 1440}
	open := func(text string) (seen []look, console []string) {
		file := filepath.Join(t.TempDir(), "page.html")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		p := b.Open(file)
		for _, width := range widths {
			p.Size(width, 800)
			var l look
			p.Eval(looks, &l)
			seen = append(seen, l)
		}
		return seen, p.Console()
	}
	good := render(t, sample())
	seen, console := open(good)
	if len(console) > 0 {
		t.Errorf("console: %q", console)
	}
	for i, l := range seen {
		if l.Frame != widths[i] || l.Scroll > widths[i] || l.Outside > 0 {
			t.Errorf("window of %d: the page is %d wide and %d parts reach outside", l.Frame, l.Scroll, l.Outside)
		}
		if most := min([]int{480, 640, 640}[i], l.Frame); l.Figure > most || l.Figure < most-32 {
			t.Errorf("window of %d: the first figure is %d wide, want about %d", l.Frame, l.Figure, most)
		}
		if l.Margin != "0px" || l.Fill != "none" {
			t.Errorf("window of %d: styles do not apply: margin %s, fill %s", l.Frame, l.Margin, l.Fill)
		}
	}

	// What the checks above are for must show in them: a style changed after
	// its hash was taken is blocked, and an unbreakable box reaches outside.
	changed := strings.ReplaceAll(good, ".gb{font:12px", ".gb{font:13px")
	changed = strings.Replace(changed, "<main>", `<main><svg width="2000" height="9"></svg>`, 1)
	seen, console = open(changed)
	if !strings.Contains(strings.Join(console, " "), "Content Security Policy") {
		t.Errorf("a style that the policy does not name went unnoticed: %q", console)
	}
	if l := seen[0]; l.Scroll < 2000 || l.Fill == "none" {
		t.Errorf("a box 2000 wide and a blocked style give %+v", l)
	}
}
