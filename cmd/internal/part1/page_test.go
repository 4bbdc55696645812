package part1

import (
	"context"
	"io"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/testkit/browser"
)

// runOf runs the command's work without its files.
func runOf(t *testing.T, args string) (*flags, *Run) {
	t.Helper()
	f := newFlags()
	if err := f.Parse(strings.Fields(args), io.Discard); err != nil {
		t.Fatal(err)
	}
	run, err := f.Config.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f, run
}

// texts calls f for every text in v, a page or a part of one.
func texts(v reflect.Value, f func(lang.Text)) {
	text := reflect.TypeFor[lang.Text]()
	switch {
	case v.Type().ConvertibleTo(text):
		f(v.Convert(text).Interface().(lang.Text))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), f)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), f)
		}
	case v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), f)
		}
	}
}

var (
	tags     = regexp.MustCompile(`<style>[^<]*</style>|<[^>]*>`)
	latin    = regexp.MustCompile(`\pL[\pL_]+`)
	han      = regexp.MustCompile(`\p{Han}`)
	tight    = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Han}`)
	halfwide = regexp.MustCompile(`\p{Han} *[,;:?!]|\p{Han}\.`)
)

// chineseFaults returns what is wrong with a text's Chinese: none, words left in
// English, no space beside a word or number, or punctuation that is not
// Chinese.
func chineseFaults(x lang.Text) (faults []string) {
	en, zh := tags.ReplaceAllString(x.EN, "\n"), tags.ReplaceAllString(x.ZH, "\n")
	for _, word := range latin.FindAllString(zh, -1) {
		if !han.MatchString(word) && !slices.Contains([]string{"Rosenblatt", "rate", "max_epochs", "run", "json", "svg"}, word) {
			faults = append(faults, "left in English: "+word)
		}
	}
	if han.MatchString(en) {
		faults = append(faults, "Chinese in the English")
	}
	for _, m := range append(tight.FindAllString(zh, -1), halfwide.FindAllString(zh, -1)...) {
		faults = append(faults, "badly set: "+m)
	}
	if strings.Contains(en+zh, "%!") || strings.Contains(zh, "  ") {
		faults = append(faults, "badly filled in")
	}
	return faults
}

func TestChineseFaults(t *testing.T) {
	for _, bad := range []lang.Text{
		lang.Same("of the"), {EN: "two", ZH: "第2个"}, {EN: "a, b", ZH: "甲, 乙"}, {EN: "测试", ZH: "测试"}, {EN: "x", ZH: "<title>测试 the</title>"},
		{EN: "%!d(string=x)", ZH: "测试"},
	} {
		if chineseFaults(bad) == nil {
			t.Errorf("no fault in %q", bad)
		}
	}
	for _, good := range []lang.Text{lang.Same("0.675 ± 0.058"), {EN: "test 2", ZH: "测试 2：w·x = 0，Rosenblatt 规则"}} {
		if faults := chineseFaults(good); faults != nil {
			t.Errorf("%q: %q", good, faults)
		}
	}
}

// Every text of the page, of every kind of run, is Chinese in Chinese.
func TestChinese(t *testing.T) {
	for _, args := range []string{
		"-seeds 20", "-seeds 20 -bias", "-seeds 20 -rule rosenblatt", "-seeds 20 -rule rosenblatt -bias",
		"-seeds 1 -rule rosenblatt -max_epochs 2 -n 10", "-seeds 1 -rule rosenblatt -bias -max_epochs 1 -n 4", "-seeds 0 -max_epochs 1 -n 5 -seed 3",
		"-seeds 5 -mean1 1,-6 -mean2 -2,-3 -cov1 3,1,1,4 -cov2 2,0,0,5 -n 200",
		"-seeds 0 -mean1 1,1 -mean2 -1,2 -cov1 1,1,1,1 -cov2 1,1,1,1 -n 600",
		"-seeds 2 -mean1 5,5 -mean2 5,5 -cov1 0,0,0,0 -cov2 0,0,0,0",
		"-seeds 0 -rule rosenblatt -bias -mean1 1e6,1e6 -mean2 1000009,1000009 -cov1 1,0,0,1 -cov2 1,0,0,1",
	} {
		_, run := runOf(t, args)
		run.Cut = true // for the words of an interrupted run
		p, err := run.page()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		texts(reflect.ValueOf(p), func(x lang.Text) {
			n++
			for _, fault := range chineseFaults(x) {
				t.Errorf("part1 %s: %s, in %.200q", args, fault, x.ZH)
			}
		})
		if n < 50 {
			t.Errorf("part1 %s: only %d texts found", args, n)
		}
	}
}

// The page shows all that the terminal says: each sentence that explains a
// test, but the report's reason, for which it has a claim of its own.
func TestPageExplains(t *testing.T) {
	_, r := runOf(t, "-seeds 20")
	sentence := regexp.MustCompile(`[^.]+(?:\.\d+[^.]*)*\.`)
	claims := 0
	for _, test := range r.Tests {
		blocks, err := test.Blocks()
		if err != nil {
			t.Fatal(err)
		}
		var shown strings.Builder
		for _, b := range blocks {
			if _, ok := b.(page.Claim); ok {
				claims++
			}
			texts(reflect.ValueOf(b), func(x lang.Text) { shown.WriteString(x.EN + " ") })
		}
		for _, text := range test.explain() {
			for _, s := range sentence.FindAllString(text.EN, -1) {
				if s = strings.TrimSpace(s); !strings.HasPrefix(s, "It blames") && !strings.Contains(shown.String(), s) {
					t.Errorf("test %s: the page lacks %q", test.Name, s)
				}
			}
		}
	}
	if claims != 4 {
		t.Errorf("%d claims, want one for each test but the first", claims)
	}
}

// In a real browser: no complaint, no request, both languages, nothing wider
// than the window, values on hover, and links from the table.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	dir := t.TempDir()
	runIn(t, dir, "-seeds", "20")
	p := b.Open(filepath.Join(dir, "index.html"), browser.Size(1440, 900))

	headings := func() (list []string) {
		p.Eval(`[...document.querySelectorAll("h1, h2, figcaption")].filter(e => e.checkVisibility()).map(e => e.innerText)`, &list)
		return list
	}
	overflow := func(width int) {
		t.Helper()
		p.Size(width, 900)
		if parts := p.Overflow(); len(parts) > 0 {
			t.Errorf("at %d pixels these reach outside: %q", width, parts)
		}
		if parts := p.Small(); len(parts) > 0 {
			t.Errorf("at %d pixels too small: %q", width, parts)
		}
	}
	english := headings()
	if len(english) < 15 || english[0] != "Part I: the perceptron" {
		t.Errorf("headings %q", english)
	}
	overflow(360)
	overflow(1440)
	t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	p.Click(`button[data-lang="zh-Hans"]`)
	chinese := headings()
	if len(chinese) != len(english) || chinese[0] != "第一部分：感知机" {
		t.Errorf("after a click on 中文: headings %q", chinese)
	}
	for _, h := range chinese {
		if !han.MatchString(h) {
			t.Errorf("heading %q in Chinese", h)
		}
	}
	overflow(360)
	overflow(1440)

	// Each test's row leads to its section, and knows its lines in the figure.
	var targets []string
	p.Eval(`[...document.querySelectorAll("tr[data-key] a")].map(a => document.querySelector(a.getAttribute("href")).querySelector("h2").innerText)`, &targets)
	if !slices.Equal(targets, []string{"测试 1", "测试 2", "测试 3", "测试 4", "测试 5"}) {
		t.Errorf("the rows lead to %q", targets)
	}
	var lit int
	p.Eval(`(document.querySelector('tr[data-key="test2"] td').dispatchEvent(new PointerEvent("pointerover", {bubbles: true})), document.querySelectorAll("svg .lit").length)`, &lit)
	if lit < 6 {
		t.Errorf("%d points of test 2 are lit with its row, want those of two lines", lit)
	}
	var hover string
	p.Eval(`(document.querySelector("#test2 .drawing .gbf circle").dispatchEvent(new PointerEvent("pointerover", {bubbles: true})), document.querySelector(".tip").innerText)`, &hover)
	if !strings.Contains(hover, "训练点：标签 +1，答案 +1") {
		t.Errorf("a point shows %q", hover)
	}
	if seen := p.Console(); len(seen) > 0 {
		t.Errorf("console: %q", seen)
	}
	for _, url := range p.Requests() {
		if !strings.HasSuffix(url, "/index.html") {
			t.Errorf("the page asks for %s", url)
		}
	}
}
