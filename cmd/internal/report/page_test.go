package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
	"glassbox/cmd/internal/testkit/chinese"
)

func TestChinese(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(sharedRun(t), indexFile))
	if err != nil {
		t.Fatal(err)
	}
	if left := chinese.Leftovers(string(page)); len(left) > 0 {
		t.Errorf("in English: %q", left)
	}
}

// The page in a real browser, from its file: no word in the console, no
// request, nothing beyond the window, in either language.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	p := b.Open(filepath.Join(sharedRun(t), indexFile), browser.Size(1440, 900))
	list := func(js string) (texts []string) {
		p.Eval(js, &texts)
		return texts
	}
	visible := func(selector string) []string {
		return list(`[...document.querySelectorAll("` + selector + `")].filter(e => e.checkVisibility()).map(e => e.innerText.trim())`)
	}
	chapters := visible("h2")
	for _, want := range []string{"Summary", "1 Part I: the perceptron", "2 Part II: the multi-layer perceptron", "3 Part III: stochastic gradient descent", "The audit's verdict"} {
		if !slices.Contains(chapters, want) {
			t.Errorf("no chapter %q among %q", want, chapters)
		}
	}
	verdicts := visible(".claim .verdict")
	if len(verdicts) != 41 || len(visible(".claim .found")) != 41 {
		t.Errorf("%d claims on the page", len(verdicts))
	}
	figures := len(visible("figure .drawing"))
	if figures != 23 {
		t.Errorf("%d figures on the page", figures)
	}

	// Every link of the page leads somewhere on it or to its file.
	if lost := list(`[...document.querySelectorAll("a[href^='#']")].map(a => a.getAttribute("href")).filter(h => !document.getElementById(h.slice(1)))`); len(lost) > 0 {
		t.Errorf("links to nowhere: %q", lost)
	}
	// The table of all claims opens, and each claim has a link of its own, under
	// the contents, which stay in view and mark where one is.
	p.Click("#summary summary")
	p.Click(`#summary details tbody tr:nth-child(16) a`)
	p.WaitFor(`(r => r && r.top > -5 && r.bottom < innerHeight)(document.querySelector(".claim:target")?.getBoundingClientRect())`)
	if links := list(`[...new Set([...document.querySelectorAll("#summary details tbody a")].map(a => a.hash))].filter(h => document.querySelector(".claim" + h))`); len(links) != 41 {
		t.Errorf("%d claims have a link", len(links))
	}
	p.WaitFor(`document.querySelector("nav a[aria-current]")?.hash === "#part2" && document.querySelector("nav").getBoundingClientRect().top >= 0`)
	// The short version has the summary and the claims.
	p.Click("#shorter")
	if n := len(visible(".claim")); n != 41 || len(visible("figure .drawing")) > 0 || len(visible("#summary .facts")) != 1 || len(visible("#settings")) > 0 {
		t.Errorf("the short version has %d claims, figures: %d, settings: %d", n, len(visible("figure .drawing")), len(visible("#settings")))
	}
	p.Click("#shorter")
	// A point of a curve lights in its own run only.
	var lit int
	p.Eval(`(document.querySelector('svg [data-key="full-right-step-200"]').dispatchEvent(new PointerEvent("pointerover", {bubbles: true})), [...document.querySelectorAll("svg .lit")].filter(e => e.getClientRects().length).length)`, &lit)
	if lit != 3 {
		t.Errorf("%d points are lit, want those of two accuracies and a loss", lit)
	}

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
	if got := visible("h2"); len(got) != len(chapters) || !slices.Contains(got, "审计的结论") {
		t.Errorf("in Chinese the chapters are %q", got)
	}
	if got := visible(".claim .verdict"); len(got) != 41 || !slices.Contains(got, "不成立") {
		t.Errorf("in Chinese the verdicts are %q", got)
	}
	var title string
	p.Eval("document.title", &title)
	if !strings.HasPrefix(title, "这份作业") {
		t.Errorf("in Chinese the tab is %q", title)
	}
	p.Dark(true)
	t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	if n := browser.Colours(p.Screenshot()); n < 20 {
		t.Errorf("a dark page of %d colours", n)
	}
	p.Quiet()
}
