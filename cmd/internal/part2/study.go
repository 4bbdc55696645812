package part2

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"glassbox/cmd/internal/experiment"
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

// Whole reports whether a run went to its end.
func Whole(r experiment.Result) bool { return r.Err == nil && len(r.Evals) > 0 }

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
	return s.count(func(r experiment.Result) bool { return Whole(r) || Diverged(r) })
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

// Stat is a mean with its spread over seeds, as numpy's mean, std, min and max.
type Stat struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

// NewStat returns the statistic of v, zeros of nothing.
func NewStat(v []float64) Stat {
	if len(v) == 0 {
		return Stat{}
	}
	s := Stat{Min: v[0], Max: v[0]}
	for _, x := range v {
		s.Mean += x
		s.Min, s.Max = min(s.Min, x), max(s.Max, x)
	}
	s.Mean /= float64(len(v))
	for _, x := range v {
		d := x - s.Mean
		s.SD += float64(d * d)
	}
	s.SD = math.Sqrt(s.SD / float64(len(v)))
	return s
}

// String returns "0.9123 ± 0.0100".
func (s Stat) String() string { return fmt.Sprintf("%.4f ± %.4f", s.Mean, s.SD) }

// Over returns the statistic of f over the last evaluations of the runs that
// went to their end, and how many these are.
func (x Series) Over(f func(experiment.Eval) float64) (Stat, int) {
	var v []float64
	for _, r := range x.Runs {
		if Whole(r) {
			v = append(v, f(r.Last()))
		}
	}
	return NewStat(v), len(v)
}

// Train and Test are accuracies, for Over.
func Train(v experiment.Eval) float64 { return v.TrainAccuracy }
func Test(v experiment.Eval) float64  { return v.TestAccuracy }

// A Point is one evaluation of a series: the statistics over the runs that
// reached it and did not diverge.
type Point struct {
	Step, Runs        int
	Loss, Train, Test Stat // Loss a row
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
		list = append(list, Point{step, len(loss), NewStat(loss), NewStat(train), NewStat(test)})
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
