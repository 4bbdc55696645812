package part2

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

// The pages in a real browser, from their files: no word in the console, no
// request, nothing beyond the window, and what moves moves.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	t.Run("run", func(t *testing.T) {
		p := open(t, b.In(t), "-max_steps", "300", "-eval_freq", "20")
		t.Run("language", func(t *testing.T) { switchLanguage(t, p.In(t)) })
		t.Run("hover", func(t *testing.T) { hover(t, p.In(t)) })
		t.Run("crosshair", func(t *testing.T) { crosshair(t, p.In(t)) })
		t.Run("keys", func(t *testing.T) { keys(t, p.In(t)) })
		t.Run("legend", func(t *testing.T) { legend(t, p.In(t)) })
		t.Run("scale", func(t *testing.T) { scale(t, p.In(t)) })
		well(t, p)
	})
	t.Run("study", func(t *testing.T) {
		p := open(t, b.In(t), "-sweep", "learning_rate=0.1,1,0.01", "-seeds", "3", "-max_steps", "60")
		sorting(t, p)
		well(t, p)
	})
	t.Run("grid", func(t *testing.T) {
		p := open(t, b.In(t), "-sweep", "learning_rate=0.1,1e30", "-sweep", "dnn_hidden_units=5,8+4", "-max_steps", "40")
		shades(t, p)
		well(t, p)
	})
}

// open runs the command and opens its page.
func open(t *testing.T, b *browser.Browser, args ...string) *browser.Page {
	t.Helper()
	dir, _, stderr, status := command(t, args...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	return b.Open(filepath.Join(dir, "index.html"), browser.Size(1440, 900))
}

// well checks what every page keeps, at the end of what was done with it.
func well(t *testing.T, p *browser.Page) {
	t.Helper()
	for _, code := range []string{"en", "zh-Hans"} {
		p.Click(`.languages [data-lang="` + code + `"]`)
		for _, width := range []int{360, 1440} {
			p.Size(width, 900)
			if parts := p.Overflow(); len(parts) > 0 {
				t.Errorf("%s, %d wide: %q", code, width, parts)
			}
			if parts := p.Small(); len(parts) > 0 {
				t.Errorf("%s, %d wide, too small: %q", code, width, parts)
			}
		}
	}
	t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	p.Quiet()
}

func eval[T any](p *browser.Page, js string) T {
	var v T
	p.Eval(js, &v)
	return v
}

func switchLanguage(t *testing.T, p *browser.Page) {
	heading := `document.querySelector("#result h2").innerText`
	if got := eval[string](p, heading); got != "Result" {
		t.Errorf("in English the heading is %q", got)
	}
	p.Click(`.languages [data-lang="zh-Hans"]`)
	if got := eval[string](p, heading); got != "结果" {
		t.Errorf("in Chinese the heading is %q", got)
	}
	if got := eval[string](p, "document.title"); !strings.HasPrefix(got, "多层感知机") {
		t.Errorf("in Chinese the tab is %q", got)
	}
	p.Click(`.languages [data-lang="en"]`)
}

func hover(t *testing.T, p *browser.Page) {
	for _, c := range []struct{ figure, mark, want string }{
		{"#figure-3", ` circle[data-key="step-200"]`, "step 200: loss "},
		{"#figure-4", ` .gbv circle:nth-child(2)`, "unit 0 of layer 1 switches where "},
	} {
		center(p, c.figure)
		p.Hover(c.figure + c.mark)
		p.WaitFor(`!document.querySelector(".tip").hidden`)
		if got := eval[string](p, `document.querySelector(".tip").textContent`); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s%s shows %q, want %q…", c.figure, c.mark, got, c.want)
		}
	}
	// A point that nothing covers, as most are in part.
	js := `(() => {
		for (const mark of document.querySelectorAll("#figure-4 .gbf circle")) {
			const r = mark.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
			if (document.elementFromPoint(x, y) === mark) return [x, y];
		}
	})()`
	at := eval[[2]float64](p, js)
	p.ClickAt(at[0], at[1])
	p.WaitFor(`/^training row \d+, class 0: p = 0\.\d{4}, 0\.\d{4}, right$/.test(document.querySelector(".tip").textContent)`)
}

// crosshair: between the points of curves the tip has those of all at one step.
func crosshair(t *testing.T, p *browser.Page) {
	at := eval[[3]float64](p, `(() => {
		const plot = [...document.querySelectorAll(".drawing > svg svg")].find(s => s.querySelectorAll("g.gbv circle[data-key='step-200']").length > 1);
		plot.scrollIntoView({block: "center", behavior: "instant"});
		const r = plot.getBoundingClientRect();
		return new Promise(done => setTimeout(() => { const r = plot.getBoundingClientRect(); done([r.x + r.width * .41, r.bottom - 12, plot.querySelectorAll("g.gbv").length]); }, 100));
	})()`)
	p.ClickAt(at[0], at[1])
	p.WaitFor(`!document.querySelector(".tip").hidden && document.querySelector(".cross")`)
	lines := strings.Split(eval[string](p, `document.querySelector(".tip").textContent`), "\n")
	step, _, _ := strings.Cut(lines[0], ":")
	if len(lines) < 2 || !strings.HasPrefix(step, "step ") || !strings.HasPrefix(lines[1], step+": ") {
		t.Errorf("between the points of %v curves the tip is %q", at[2], lines)
	}
}

// center scrolls a part of the page to the middle of the window and lets it come
// to rest there, for a scroll takes the tip away.
func center(p *browser.Page, selector string) {
	p.Eval(`new Promise(done => {
		document.querySelector("`+selector+`").scrollIntoView({block: "center", behavior: "instant"});
		setTimeout(done, 100);
	})`, nil)
}

// keys: a point lights what belongs to it; a click on it opens the table of all
// evaluations and goes to its row, and the row's step leads back.
func keys(t *testing.T, p *browser.Page) {
	point := `#figure-3 circle[data-key="step-200"]`
	center(p, "#figure-3")
	p.Hover(point)
	if n := eval[int](p, `[...document.querySelectorAll("svg .lit[data-key='step-200']")].filter(e => e.getClientRects().length).length`); n != 3 {
		t.Errorf("%d points are lit, want those of two accuracies and the loss", n)
	}
	if !eval[bool](p, `document.querySelector(".long tr[data-key='step-200']").classList.contains("lit")`) {
		t.Error("a point does not light its row")
	}
	p.Click(point)
	if !eval[bool](p, `document.activeElement.matches(".long tr[data-key='step-200']") && document.activeElement.checkVisibility()`) {
		t.Error("a click on a point does not go to its row")
	}
	// The page has moved under the pointer, which says nothing of what is meant.
	p.WaitFor(`new Promise(r => setTimeout(() => r(true), 100))`)
	if !eval[bool](p, `document.querySelector(".long tr[data-key='step-200']").classList.contains("lit")`) {
		t.Error("the row is not lit any more after the click that led there")
	}
	if got := eval[string](p, `document.activeElement.cells[0].innerText`); got != "200" {
		t.Errorf("the row is that of step %q", got)
	}
	p.Click(`.long tr[data-key="step-100"] a`)
	p.WaitFor(`(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector("#figure-2").getBoundingClientRect())`)
}

// legend: an entry switches what bears its name, in the drawing that shows and
// in the others, by pointer and by key.
func legend(t *testing.T, p *browser.Page) {
	center(p, "#figure-2")
	entry := `#figure-2 .wide .gbk [data-entry="1"]`
	visible := `[...document.querySelectorAll("#figure-2 .wide svg svg [data-entry='1'] path")].every(e => e.getClientRects().length)`
	state := `document.querySelector("#figure-2 .narrow .gbk [data-entry='1']").getAttribute("aria-pressed")`
	if !eval[bool](p, visible) {
		t.Error("the test rows' curve does not show at first")
	}
	p.Click(entry)
	if eval[bool](p, visible) || eval[string](p, state) != "false" {
		t.Error("a click on the legend does not hide the curve in all drawings")
	}
	p.Eval("document.querySelector(`"+entry+"`).focus()", nil)
	p.Key("Enter")
	if !eval[bool](p, visible) || eval[string](p, state) != "true" {
		t.Error("Enter on the legend does not show the curve again")
	}
}

// scale: the button shows the drawing on the other scale, and back.
func scale(t *testing.T, p *browser.Page) {
	ticks := `[...document.querySelectorAll("#figure-3 .drawing")].filter(e => e.checkVisibility()).map(e => [...e.querySelectorAll("g[text-anchor=end] text")].map(t => t.textContent).join(" ")).join("|")`
	before := eval[string](p, ticks)
	center(p, "#figure-3")
	p.Click("#figure-3 .scale")
	after := eval[string](p, ticks)
	if before == after || strings.Contains(after, "|") || eval[string](p, `document.querySelector("#figure-3 .scale").ariaPressed`) != "true" {
		t.Errorf("on the other scale the ticks are %q, before %q", after, before)
	}
	p.Click("#figure-3 .scale")
	if again := eval[string](p, ticks); again != before {
		t.Errorf("and back they are %q", again)
	}
}

func sorting(t *testing.T, p *browser.Page) {
	column := `[...document.querySelectorAll("#result table.sortable tbody tr")].map(r => r.cells[0].innerText).join(" ")`
	if got := eval[string](p, column); got != "0.1 1 0.01" {
		t.Errorf("before: %s", got)
	}
	head := "#result table.sortable th:first-child button"
	p.Click(head)
	if got := eval[string](p, column); got != "0.01 0.1 1" {
		t.Errorf("sorted up: %s", got)
	}
	p.Click(head)
	if got := eval[string](p, column); got != "1 0.1 0.01" {
		t.Errorf("sorted down: %s", got)
	}
	p.Click("#runs table.sortable th:nth-child(3) button")
	if !eval[bool](p, `(v => v.every((x, i) => i === 0 || v[i-1] <= x))([...document.querySelectorAll("#runs tbody tr")].map(r => parseFloat(r.cells[2].textContent)))`) {
		t.Error("the runs are not sorted by their loss")
	}
	// The row of a setting and its point in the figure.
	p.Click(`#figure-1 circle[data-key="setting-1"]`)
	if got := eval[string](p, `document.activeElement.cells[0].innerText`); got != "1" {
		t.Errorf("the point of the second setting leads to the row of %q", got)
	}
}

// shades: the best cell of the map is the strongest in colour, the worst the
// weakest, a diverged one has none.
func shades(t *testing.T, p *browser.Page) {
	type cell struct {
		Text, Shade, Colour string
	}
	cells := eval[[]cell](p, `[...document.querySelectorAll("#result table:not(.sortable) tbody td")].map(c => ({
		Text: c.innerText, Shade: c.dataset.shade || "", Colour: getComputedStyle(c).backgroundColor}))`)
	bare, colours := 0, map[string]bool{}
	best := slices.MaxFunc(cells, func(a, b cell) int { return strings.Compare(number(a.Text), number(b.Text)) })
	for _, c := range cells {
		colours[c.Colour] = true
		if c.Text == "diverged" {
			bare++
			if c.Shade != "" {
				t.Errorf("a diverged cell is shaded %s", c.Shade)
			}
		}
	}
	if len(cells) != 4 || bare == 0 || best.Shade != "9" || len(colours) < 3 {
		t.Errorf("the map has %+v", cells)
	}
}

// number is a text if it is a share, "" otherwise.
func number(text string) string {
	if strings.HasPrefix(text, "0.") || strings.HasPrefix(text, "1.") {
		return text
	}
	return ""
}
