package part1

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/chinese"
)

// Every number that the command prints is one that Explain arrives at, and so is
// everything that such a number is made of.
func TestExplainReachesWhatIsPrinted(t *testing.T) {
	for _, args := range []string{"-seeds 20 -max_epochs 9", "-seeds 20 -rule rosenblatt -bias -max_epochs 5", "-seeds 20 -bias -n 11 -seed 7", "-mean1 1,-6 -mean2 -2,-3 -cov1 3,0,0,4 -cov2 2,1,1,5 -seeds 3", "-seeds 0 -rule rosenblatt -max_epochs 4 -n 25"} {
		f, run := runOf(t, args)
		var out strings.Builder
		run.print(&out)
		known := map[string]bool{}
		know := func(v float64) {
			for _, text := range []string{share(v), fmt.Sprintf("%.4f", v), weight(v), fmt.Sprint(v)} {
				known[text] = true
			}
		}
		for _, test := range run.Tests {
			for v := range test.Trials {
				l, err := run.Lesson(test, v)
				if err != nil {
					t.Fatal(err)
				}
				done := map[string]float64{}
				for _, name := range strings.Fields(strings.NewReplacer("[ROW,COLUMN]", "[1,1]", "[ROW]", "[2]").Replace(Names)) {
					if f.Seeds == 0 && slices.Contains([]string{"mean", "sd", "least", "most"}, name) {
						continue
					}
					walk(t, l, name, done)
				}
				for name, v := range done {
					know(v)
					if c, _ := l.Explain(name); strings.HasSuffix(c.Terms[len(c.Terms)-1].Text.EN, "/ rows") {
						know(c.Terms[len(c.Terms)-2].Running) // how many they are
					}
				}
			}
			known[test.Name] = true
			for _, text := range []string{numbers(test.Pair.Mean1[:]), numbers(test.Pair.Mean2[:]), rows(test.Pair.Cov1), rows(test.Pair.Cov2)} {
				for _, n := range strings.Split(text, ",") {
					known[n] = true // as given
				}
			}
			if test.Report != nil {
				known[share(*test.Report)] = true
			}
		}
		// What is counted over classes, tests and seeds.
		train := f.N/5*4 + f.N%5*4/5
		for _, n := range []int{0, 1, 2, f.N * 2, train * 2, (f.N - train) * 2, f.Seeds, int(f.Seed) + 1, int(f.Seed) + f.Seeds} {
			known[fmt.Sprint(n)] = true
		}
		text := out.String()
		text = text[:strings.Index(text, "fingerprint")]
		for _, n := range regexp.MustCompile(`\d+(?:\.\d+)?(?:e[+-]\d+)?`).FindAllString(text, -1) {
			if !known[n] && !known["-"+n] {
				t.Errorf("%s: it prints %s, which no explanation ends in\n%s", args, n, text)
				break
			}
		}
	}
}

// walk explains a number and all that it is made of, and returns it.
func walk(t *testing.T, l *Lesson, name string, done map[string]float64) float64 {
	t.Helper()
	if v, ok := done[name]; ok {
		return v
	}
	c, err := l.Explain(name)
	if err != nil {
		t.Fatal(err)
	}
	if c.Recorded != nil && math.Float64bits(*c.Recorded) != math.Float64bits(c.Result) {
		t.Errorf("test %s, %s: it comes to %v, the run has %v", l.Setup.Name, name, c.Result, *c.Recorded)
	}
	done[name] = c.Result
	if left := chinese.Leftovers(c.Formula.ZH + c.Terms[0].Text.ZH); len(left) > 0 {
		t.Errorf("%s: in English: %q", name, left)
	}
	for _, term := range c.Terms {
		for _, of := range term.Inputs {
			if v := walk(t, l, of, done); !strings.Contains(term.Numbers+" "+fmt.Sprint(term.Value), strings.TrimPrefix(fmt.Sprint(v), "-")) && !strings.Contains(term.Text.EN, fmt.Sprint(v)) {
				t.Errorf("test %s: %s is said to be made of %s = %v, and its term is %q %q %v", l.Setup.Name, name, of, v, term.Text.EN, term.Numbers, term.Value)
			}
		}
	}
	words := 0
	for _, g := range c.Given {
		words += strings.Count(g.Text.EN, "0x")
	}
	if strings.Contains(name, "x[") && words < 8 {
		t.Errorf("test %s: %s ends at %d words of the generator", l.Setup.Name, name, words)
	}
	return c.Result
}

func TestExplainRefuses(t *testing.T) {
	run, err := Config{MaxEpochs: 3, N: 10, Rate: 1, Setups: ReportSetups()[:1]}.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := run.Lesson(run.Tests[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"v[0]": "there are w[0]", "w[2]": "0 to 1", "x[16,0]": "0 to 15", "test_z[4]": "0 to 3", "9.w[0]": "epochs 1 to",
		"0.w[0]": "epochs 1 to", "1.origin": "no epoch", "mean": "further seeds"} {
		if _, err := l.Explain(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
