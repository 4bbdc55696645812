package part1

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

// fake is a test of 100 points of each class with these numbers.
func fake(blames Blame, accuracy, origin, line, bayes float64, separable, fromOrigin bool) Test {
	d, err := perceptron.Report()[1].Sample(100, nprand.New(1))
	if err != nil {
		panic(err)
	}
	p := perceptron.New(2)
	p.W[0] = 1
	return Test{
		Setup:    Setup{Name: "2", Pair: perceptron.Report()[1].Pair, Report: new(0.6), Blames: blames},
		Trials:   []Trial{{Variant{}, d, p, perceptron.Outcome{Epochs: 2, Updates: 1, Converged: true}, accuracy}},
		Spreads:  make([]Spread, 3),
		Ceilings: Ceilings{Origin: origin, Line: line, Bayes: bayes, Lines: true, Separable: separable, FromOrigin: fromOrigin},
	}
}

func TestReason(t *testing.T) {
	for _, c := range []struct {
		test    Test
		want    Reason
		verdict page.Verdict
	}{
		{fake(BlameOverlap, 0.85, 0.9, 0.95, 0.88, false, false), OverlapAlone, page.Holds}, // within chance, ±0.051
		{fake(BlameOverlap, 0.6, 0.6, 0.6, 0.88, false, false), OverlapAlone, page.Holds},   // no line does better
		{fake(BlameOverlap, 0.5, 0.6, 0.7, 0.88, false, false), OverlapMost, page.Partly},
		{fake(BlameOverlap, 0.5, 0.8, 0.9, 0.88, false, false), OverlapNotRule, page.Fails},
		{fake(BlameOverlap, 0.5, 0.6, 0.9, 0.88, false, false), OverlapNotBias, page.Fails},
		{fake(BlameBias, 0.5, 0.75, 1, 1, true, false), BiasAndRule, page.Partly},
		{fake(BlameBias, 0.75, 0.75, 1, 1, true, false), BiasMost, page.Holds},
		{fake(BlameBias, 0.5, 0.8, 1, 1, true, true), BiasNotMost, page.Fails},
	} {
		verdict, ok := c.test.Reason().Verdict()
		if got := c.test.Reason(); got != c.want || !ok || verdict != c.verdict {
			t.Errorf("%+v: reason %d, verdict %d, %v, want %d, %d", c.test.Loss(), got, verdict, ok, c.want, c.verdict)
		}
		claim, ok := c.test.Claim()
		if !ok || claim.Verdict != c.verdict || !strings.Contains(claim.Says.EN, "0.600") || !strings.Contains(claim.Found.EN, "accuracy") {
			t.Errorf("claim %+v", claim)
		}
	}
	none := []Test{fake(BlameNothing, 0.5, 0.6, 0.7, 0.9, false, false), fake(BlameOverlap, 1, 1, 1, 1, true, true)}
	many := fake(BlameOverlap, 0.5, 0.6, 0, 0.9, false, false)
	many.Lines = false // too many points for the best line
	other := fake(BlameOverlap, 0.5, 0.6, 0.7, 0.9, false, false)
	other.Trials[0].Rule = perceptron.RuleRosenblatt
	for i, x := range append(none, many, other) {
		if _, ok := x.Claim(); ok || x.Reason() != Unjudged {
			t.Errorf("%d: reason %d, want none", i, x.Reason())
		}
	}
}

func spreadOf(n int, mean, sd, lo, hi float64) Spread {
	return Spread{n, stat.Stat{Mean: mean, SD: sd, Min: lo, Max: hi}}
}

func TestSpreadsCompared(t *testing.T) {
	a, b := spreadOf(100, 0.7, 0.1, 0.5, 0.9), spreadOf(100, 0.72, 0.1, 0.5, 0.9)
	far := spreadOf(100, 0.74, 0.1, 0.5, 0.9) // two standard errors of the difference are 0.028
	if a.above(b) != 0 || far.above(a) != 1 || a.above(far) != -1 || far.above(spreadOf(1, 0.1, 0, 0.1, 0.1)) != 0 {
		t.Error("above")
	}
	if a.far(0.89) != 0 || a.far(0.91) != 1 || a.far(0.49) != -1 || spreadOf(9, 0.5, 0, 0.5, 0.5).far(0.5) != 0 {
		t.Error("far")
	}
	if !a.holds(0.5) || !a.holds(0.9) || a.holds(0.49) || a.holds(0.91) {
		t.Error("holds")
	}
}

func defaults(t *testing.T, change func(*Config)) *Run {
	t.Helper()
	c := Defaults()
	c.Seeds = 25
	if change != nil {
		change(&c)
	}
	r, err := c.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The summary's sentences follow the numbers.
func TestSummary(t *testing.T) {
	r := defaults(t, nil)
	all := func() string {
		var list []string
		for _, x := range r.Summary() {
			list = append(list, x.EN)
		}
		return strings.Join(list, "\n")
	}
	has := func(what string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if got := all(); !strings.Contains(got, want) {
				t.Errorf("%s: the summary lacks %q:\n%s", what, want, got)
			}
		}
	}
	has("as it is", "All 5 accuracies of the report lie within what its rule gives here over seeds 43–67.",
		"does better in test 2 (", "It does worse in test 4 (", "Test 5 shows what a missing bias costs: a line separates all 200 points",
		"The report's reason for test 4 holds", "for test 5 holds in part", "for tests 2 and 3 does not hold")
	if facts := r.facts(); len(facts) != 3 || facts[0].Value != "5/5" || facts[2].Value != "2/4" {
		t.Errorf("facts %+v", facts)
	}
	kept := r.Tests
	r.Tests = slices.Clone(kept)
	for i := range r.Tests {
		r.Tests[i].Report = new(*kept[i].Report)
	}
	*r.Tests[2].Report = 0.1
	has("one outside", "Of the report's 5 accuracies 4 lie within", "outside is that of test 3.", "That of test 3 is more than two standard deviations below")
	*r.Tests[1].Report, *r.Tests[2].Report = 1, kept[2].Spreads[0].Mean
	has("one above", "outside is that of test 2.", "That of test 2 is more than two standard deviations above the mean, a lucky draw.")
	*r.Tests[1].Report = kept[1].Spreads[0].Mean
	has("all ordinary", "All 5", "None is more than two standard deviations from the mean")
	for i := range r.Tests {
		*r.Tests[i].Report = 0.1
	}
	has("all outside", "None of the report's 5 accuracies lies within")
	r.Tests = kept
	for i := range r.Tests {
		r.Tests[i].Spreads = []Spread{r.Tests[i].Spreads[0], r.Tests[i].Spreads[0], r.Tests[i].Spreads[0]}
	}
	has("rules alike", "Rosenblatt's rule with a bias does no better on average in any test.")

	r = defaults(t, func(c *Config) { c.Seeds = 0 })
	if got := all(); strings.Contains(got, "seed") || strings.Contains(got, "average") || !strings.Contains(got, "Test 5 shows") {
		t.Errorf("without further seeds:\n%s", got)
	}
	r = defaults(t, func(c *Config) { c.Setups = []Setup{{Name: "own", Pair: perceptron.Report()[1].Pair}} })
	if r.facts() != nil {
		t.Error("counts of tests for a pair of one's own")
	}
	has("a pair of one's own", "The report's rule has 27 of the 40 test points right, 0.675;", "Over seeds 43–67 it has ")
}

// The figure of spreads is there with further seeds and only then, with a line
// a rule and test, whatever rule is run.
func TestSpreadFigure(t *testing.T) {
	for _, v := range []Variant{{}, {perceptron.RuleReport, true}, {perceptron.RuleRosenblatt, false}, rosenblatt} {
		r := defaults(t, func(c *Config) { c.Variant, c.Seeds = v, 5 })
		fig, ok, err := r.SpreadFigure("p-")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		for i, x := range r.Tests {
			if n := strings.Count(fig.Drawing.SVG(), `data-key="p-test`+x.Name+`"`); n != 6 {
				t.Errorf("%s: test %d has %d keys, want 3 for each of two rules", v, i+1, n)
			}
		}
		for _, want := range []string{"the report has 0.625", "this run ", "报告为 0.625", "本次运行为 "} {
			if !strings.Contains(fig.Drawing.SVG(), want) {
				t.Errorf("%s: the figure lacks %q", v, want)
			}
		}
	}
	none := defaults(t, func(c *Config) { c.Seeds = 1 })
	if _, ok, err := none.SpreadFigure(""); ok || err != nil {
		t.Error("a figure of one seed", err)
	}
}

// The page's sections have ids of their own, which the results lead to; parts of
// a run on another page carry that page's prefix.
func TestSections(t *testing.T) {
	r := defaults(t, func(c *Config) { c.Seeds = 3 })
	sections, err := r.sections()
	if err != nil {
		t.Fatal(err)
	}
	if len(sections) != 7 || sections[0].ID != "summary" || sections[6].ID != "test5" {
		t.Errorf("%d sections, from %s to %s", len(sections), sections[0].ID, sections[len(sections)-1].ID)
	}
	html, err := (&page.Page{Title: lang.Same("a run"), Sections: sections}).Render()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, s := range sections {
		if ids[s.ID] {
			t.Errorf("id %s twice", s.ID)
		}
		ids[s.ID] = true
		if strings.HasPrefix(s.ID, "test") && strings.Count(string(html), `href="#`+s.ID+`"`) != 2 {
			t.Errorf("#%s is not linked from both the contents and the results", s.ID)
		}
	}
	for i, x := range r.Tests {
		results := r.Results("second-")
		if want := "second-test" + x.Name; results.Keys[i] != want || results.Rows[i][0].Link != "#"+want || Key("second-", x) != want {
			t.Errorf("test %s: key %s, link %s, want %s", x.Name, results.Keys[i], results.Rows[i][0].Link, want)
		}
	}
}

// A run that is stopped keeps what was done, and says so.
func TestCut(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c := Defaults()
	c.Seeds = 50
	n := make(chan bool, 1000)
	r, err := c.Run(ctx, func() {
		if n <- true; len(n) == 30 {
			stop()
		}
	})
	if err != context.Canceled || !r.Cut || len(r.Tests) != 5 {
		t.Fatalf("error %v, cut %v, %d tests", err, r.Cut, len(r.Tests))
	}
	if said := r.Progress(); !strings.HasPrefix(said.EN, "5 of 5 tests and ") || !strings.HasPrefix(said.ZH, "5 个测试完成了 5 个") {
		t.Errorf("progress %q", said)
	}
	stopped, err := c.Run(ctx, nil)
	if err != context.Canceled || !stopped.Cut || len(stopped.Tests) != 0 {
		t.Errorf("with nothing done: error %v, cut %v, %d tests", err, stopped.Cut, len(stopped.Tests))
	}
	whole := defaults(t, func(c *Config) { c.Seeds = 0 })
	if whole.Cut || whole.Fingerprint() != r.Fingerprint() || !reflect.DeepEqual(whole.Tests[0].Main().Learned.W, r.Tests[0].Main().Learned.W) {
		t.Error("further seeds change the run's own")
	}
}
