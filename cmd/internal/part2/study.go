package part2

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/stat"
	"glassbox/nn"
	"glassbox/nn/message"
)

// A Cell is one setting of a grid: a text for each swept flag, and all of it.
type Cell struct {
	Texts  []string
	Config experiment.Config
}

// A Series is one setting run with every seed.
type Series struct {
	Cell
	Label string // "learning_rate 0.1, momentum 0.9"; "" when there is no grid
	Runs  []experiment.Result
}

// A Study is many runs: every setting of a grid with every seed, from the one
// of its configuration up.
type Study struct {
	Names       []string // the grid's flags
	Series      []Series
	Seeds       int
	Data        experiment.Data // of the first run, for its names
	Interrupted bool
}

// NewStudy returns a study in which nothing has been run yet. A cell has a text
// for each name.
func NewStudy(names []string, cells []Cell, seeds int) *Study {
	s := &Study{Names: names, Seeds: seeds, Data: experiment.New(cells[0].Config).Data}
	for _, c := range cells {
		var words []string
		for i, text := range c.Texts {
			words = append(words, names[i]+" "+text)
		}
		s.Series = append(s.Series, Series{c, strings.Join(words, ", "), make([]experiment.Result, seeds)})
	}
	return s
}

// Count is the number of runs when all are done.
func (s *Study) Count() int { return len(s.Series) * s.Seeds }

// first is the setting that all runs share but for what is swept.
func (s *Study) first() experiment.Config { return s.Series[0].Config }

// Completed reports whether a run went to its end.
func Completed(r experiment.Result) bool { return r.Err == nil && len(r.Evals) > 0 }

// Diverged reports whether a run's numbers stopped being finite.
func Diverged(r experiment.Result) bool { return r.Err != nil && !r.Interrupted() }

func (s *Study) count(f func(experiment.Result) bool) int {
	n := 0
	for _, x := range s.Series {
		n += x.count(f)
	}
	return n
}

func (x Series) count(f func(experiment.Result) bool) int {
	n := 0
	for _, r := range x.Runs {
		if f(r) {
			n++
		}
	}
	return n
}

// Finished is the number of runs that came to their end or diverged.
func (s *Study) Finished() int {
	return s.count(func(r experiment.Result) bool { return Completed(r) || Diverged(r) })
}

// Fingerprint is the SHA-256 of all runs' fingerprints in order, a line each.
func (s *Study) Fingerprint() string {
	h := sha256.New()
	for _, x := range s.Series {
		for _, r := range x.Runs {
			fmt.Fprintln(h, r.Fingerprint)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Over returns the statistic of f over the last evaluations of the runs that
// went to their end, and how many these are.
func (x Series) Over(f func(experiment.Eval) float64) (stat.Stat, int) {
	var v []float64
	for _, r := range x.Runs {
		if Completed(r) {
			v = append(v, f(r.Last()))
		}
	}
	return stat.Of(v), len(v)
}

// Train and Test are accuracies, for Over.
func Train(v experiment.Eval) float64 { return v.TrainAccuracy }
func Test(v experiment.Eval) float64  { return v.TestAccuracy }

// A Point is one evaluation of a series: the statistics over the runs that
// reached it and did not diverge.
type Point struct {
	Step, Runs        int
	Loss, Train, Test stat.Stat // Loss a row
}

// Points returns the series' evaluations in order.
func (x Series) Points() []Point {
	var list []Point
	for i := 0; ; i++ {
		var loss, train, test []float64
		step := 0
		for _, r := range x.Runs {
			if i < len(r.Evals) && !Diverged(r) {
				v := r.Evals[i]
				step = max(step, v.Step)
				loss, train, test = append(loss, v.LossPerRow()), append(train, v.TrainAccuracy), append(test, v.TestAccuracy)
			}
		}
		if len(loss) == 0 {
			return list
		}
		list = append(list, Point{step, len(loss), stat.Of(loss), stat.Of(train), stat.Of(test)})
	}
}

// ranking returns the indices of the series with a result, the highest mean
// test accuracy first; equal ones stay in their order.
func (s *Study) ranking() []int {
	var at []int
	mean := make([]float64, len(s.Series))
	for i, x := range s.Series {
		if acc, n := x.Over(Test); n > 0 {
			mean[i] = acc.Mean
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int {
		switch {
		case mean[i] > mean[j]:
			return -1
		case mean[i] < mean[j]:
			return 1
		}
		return 0
	})
	return at
}

// Best names the setting with the highest mean test accuracy of a grid and those
// that are as good; none when there is no grid.
func (s *Study) Best() []lang.Text {
	if len(s.Series) < 2 {
		return nil
	}
	rank := s.ranking()
	if len(rank) == 0 {
		return []lang.Text{lang.T("best on the test rows: none, no run went to its end")}
	}
	x := s.Series[rank[0]]
	acc, _ := x.Over(Test)
	return append([]lang.Text{lang.T("best on the test rows: %s, %s", x.Label, acc)}, s.ties(rank)...)
}

// Chosen warns of choosing the best of several settings by the rows that test;
// empty where there is nothing to choose.
func (s *Study) Chosen() lang.Text {
	if len(s.Series) < 2 || len(s.ranking()) == 0 {
		return lang.Text{}
	}
	return lang.T("The best of %d settings on the test rows is in part the luckiest: its accuracy there promises more than new rows will give. Choose by rows that are kept apart from both, and look at the test rows once, with what was chosen.", len(s.Series))
}

// ties name the settings that are as good as the first of the ranking, at most
// six.
func (s *Study) ties(rank []int) []lang.Text {
	best, _ := s.Series[rank[0]].Over(Test)
	var names []lang.Text
	for _, i := range rank[1:] {
		if other, _ := s.Series[i].Over(Test); other.Mean == best.Mean {
			names = append(names, lang.Same(s.Series[i].Label))
		}
	}
	const most = 6
	switch n := len(names); {
	case n == 0:
		return nil
	case n == 1:
		return []lang.Text{lang.T("As good is %s.", names[0])}
	case n > most:
		return []lang.Text{lang.T("As good are %s; and %d more.", lang.Join(lang.Same("; "), names[:most]...), n-most)}
	}
	return []lang.Text{lang.T("As good are %s.", lang.Join(lang.Same("; "), names...))}
}

// Summary says in sentences what the numbers mean.
func (s *Study) Summary() []lang.Text {
	var said []lang.Text
	rank := s.ranking()
	switch {
	case len(rank) == 0:
		said = append(said, lang.T("No run went to its end."))
	case len(s.Series) == 1:
		said = s.ofSeeds()
	default:
		said = s.ofGrid(rank)
	}
	if n := s.count(Diverged); n > 0 {
		said = append(said, lang.T("%d of the %d runs diverged: their numbers stopped being finite.", n, s.Count()))
	}
	return said
}

// ofSeeds says how one setting depends on the seed.
func (s *Study) ofSeeds() []lang.Text {
	x := s.Series[0]
	acc, n := x.Over(Test)
	first := func(accuracy float64) uint32 {
		at := slices.IndexFunc(x.Runs, func(r experiment.Result) bool { return Completed(r) && r.Last().TestAccuracy == accuracy })
		return x.Config.Seed + uint32(at)
	}
	said := []lang.Text{lang.T("Over %d seeds the test accuracy is %s, from %.3f with seed %d to %.3f with seed %d.", n, acc, acc.Min, first(acc.Min), acc.Max, first(acc.Max))}
	if rep := ReportedFor(x.Config); rep != nil {
		if acc.Min <= rep.Accuracy && rep.Accuracy <= acc.Max {
			said = append(said, lang.T("The report's %g lies in that range.", rep.Accuracy))
		} else {
			said = append(said, lang.T("The report's %g lies outside of that range.", rep.Accuracy))
		}
	}
	return said
}

// ofGrid says which setting is best and how far ahead it is.
func (s *Study) ofGrid(rank []int) []lang.Text {
	x := s.Series[rank[0]]
	acc, n := x.Over(Test)
	said := []lang.Text{lang.T("The best of %d settings on the test rows is %s: %s over %d seeds.", len(s.Series), x.Label, acc, n)}
	if n < s.Seeds {
		said = []lang.Text{lang.T("The best of %d settings on the test rows is %s: %s over %d of %d seeds.", len(s.Series), x.Label, acc, n, s.Seeds)}
	}
	if s.Seeds == 1 {
		said = []lang.Text{lang.T("The best of %d settings on the test rows is %s: %.4f.", len(s.Series), x.Label, acc.Mean)}
	}
	if ties := s.ties(rank); ties != nil || len(rank) < 2 {
		return append(said, ties...)
	}
	next := s.Series[rank[1]]
	behind, _ := next.Over(Test)
	gap := acc.Mean - behind.Mean
	if s.Seeds == 1 {
		return append(said, lang.T("The next, %s, is %.4f behind; whether that is chance only more seeds can tell.", next.Label, gap))
	}
	ahead, both := 0, 0
	for i, r := range x.Runs {
		if o := next.Runs[i]; Completed(r) && Completed(o) {
			both++
			if r.Last().TestAccuracy > o.Last().TestAccuracy {
				ahead++
			}
		}
	}
	if sd := max(acc.SD, behind.SD); sd > 0 {
		said = append(said, lang.T("The next, %s, is %.4f behind, %.2g times the larger standard deviation of the two.", next.Label, gap, gap/sd))
	} else {
		said = append(said, lang.T("The next, %s, is %.4f behind, and neither depends on the seed.", next.Label, gap))
	}
	return append(said, lang.T("With the same seed the best is ahead of it %d times of %d.", ahead, both))
}

// ended says how a run ended.
func ended(r experiment.Result) lang.Text {
	var bad *nn.NonFiniteError
	switch {
	case r.Err == nil && r.Fingerprint == "":
		return lang.T("not run")
	case r.Interrupted():
		return lang.T("interrupted after step %d", r.Steps)
	case errors.As(r.Err, &bad):
		return lang.T("diverged at step %d, in %s", bad.Step, bad.Tensor)
	case Diverged(r):
		return lang.T("diverged after step %d", r.Steps)
	}
	return lang.T("went to its end")
}

// A sweep is a flag of the experiment and the values it takes one by one, as a
// user types them.
type sweep struct {
	name   string
	values []string
}

// swept are the flags that can be.
var swept = []string{"batch_size", "dnn_hidden_units", "init", "learning_rate", "momentum", "noise"}

var sweepKind = cli.Kind[sweep]{
	Hint: "NAME=V,V,…", Example: "learning_rate=0.01,0.1,1",
	Format: func(s sweep) string { return s.name + "=" + strings.Join(s.values, ",") },
	Parse: func(text string) (sweep, error) {
		name, values, ok := strings.Cut(text, "=")
		s := sweep{name: strings.TrimSpace(name)}
		switch {
		case !ok:
			return s, message.Errorf("%q has no values; for example -sweep learning_rate=0.01,0.1,1", text)
		case !slices.Contains(swept, s.name):
			return s, message.Errorf("%q cannot be swept; %s can%s", s.name, strings.Join(swept, ", "), cli.DidYouMean(s.name, swept))
		}
		for i, v := range strings.Split(values, ",") {
			v = strings.TrimSpace(v)
			if v == "" {
				return s, message.Errorf("%q: value %d is empty; for example -sweep learning_rate=0.01,0.1,1", text, i+1)
			}
			if _, err := experiment.Defaults().With(s.name, v); err != nil {
				return s, message.Errorf("%s, value %d: %w", s.name, i+1, err)
			}
			if slices.Contains(s.values, v) {
				return s, message.Errorf("%s: %s is given twice", s.name, v)
			}
			s.values = append(s.values, v)
		}
		return s, nil
	},
}

// grid returns a cell for every combination of the sweeps' values, the last
// one varying fastest; one cell when there is no sweep.
func grid(base experiment.Config, sweeps []sweep) ([]Cell, error) {
	cells := []Cell{{Config: base}}
	var seen []string
	for _, s := range sweeps {
		switch {
		case slices.Contains(seen, s.name):
			return nil, cli.Usagef("-sweep %s is given twice; list all its values in one", s.name)
		case s.name == "batch_size" && base.SGD:
			return nil, cli.Usagef("-sgd takes one row a step: leave it out to sweep batch_size")
		case s.name == "noise" && base.Table != nil:
			return nil, cli.Usagef("-sweep noise belongs to make_moons and -data brings a table")
		}
		seen = append(seen, s.name)
		var next []Cell
		for _, c := range cells {
			for _, v := range s.values {
				config, err := c.Config.With(s.name, v)
				if err == nil {
					err = config.Check()
				}
				if err != nil {
					return nil, message.Errorf("-%s %s=%s: %w", "sweep", s.name, v, err)
				}
				next = append(next, Cell{Texts: append(slices.Clone(c.Texts), v), Config: config})
			}
		}
		cells = next
	}
	return cells, nil
}
