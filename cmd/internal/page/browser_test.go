package page

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/lang"
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

// lines are the lines of the shown headings, each with | where a line ends
// between two Chinese characters.
const lines = `[...document.querySelectorAll("h1, dt, tbody th")].map(e => {
  let text = "", top = 0;
  const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
  for (let n; n = walker.nextNode();) if (n.parentElement.offsetParent) for (let i = 0; i < n.data.length; i++) {
    const r = document.createRange();
    r.setStart(n, i); r.setEnd(n, i + 1);
    const box = r.getBoundingClientRect();
    if (text && box.top > top + 4) text += "|";
    text += n.data[i]; top = box.top;
  }
  return text;
}).join("\n")`

// A Chinese heading ends no line within a word, however narrow its place.
func TestChineseHeadings(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	label := lang.Text{EN: "x", ZH: "结束时全部训练数据与其余随机种子的测试准确率"}
	p := sample()
	p.Title = lang.Text{EN: "x", ZH: label.ZH + label.ZH}
	p.Sections[0].Blocks = []Block{Facts{{label, "1", lang.Text{}}, {label, "2", lang.Text{}}}, Table{Head: []lang.Text{tx("class"), tx("a")},
		Rows: [][]Cell{{{Text: label}, {Text: tx(strings.Repeat("a b ", 100))}}}, RowHeads: true}}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(render(t, p)), 0o666); err != nil {
		t.Fatal(err)
	}
	var got string
	browser.Start(t).Open(file, browser.Language("zh-CN"), browser.Size(360, 800)).Eval(lines, &got)
	if strings.Count(got, "|") < 5 {
		t.Errorf("too few line ends to judge: %q", got)
	}
	for _, word := range []string{"训练", "数据", "随机", "随机种子", "种子", "测试", "准确率"} {
		if split := regexp.MustCompile(strings.Join(strings.Split(word, ""), `\|?`)).FindAllString(got, -1); slices.ContainsFunc(split, func(s string) bool { return s != word }) {
			t.Errorf("%s is split: %q", word, got)
		}
	}
}
