package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/parallel"
	"glassbox/cmd/internal/progress"
	"glassbox/mat"
)

// A series is one cell of the grid run with every seed.
type series struct {
	cell
	label string // "learning_rate 0.1, momentum 0.9"; "" when there is no grid
	runs  []experiment.Result
}

// A study is all runs of -seeds and -sweep.
type study struct {
	flags       flags
	names       []string // the grid's settings
	series      []series
	seeds       int
	data        experiment.Data // of the first run, for its names
	interrupted bool
}

// runMany runs every cell with every seed, on all cores, one thread each.
func runMany(f flags, cells []cell, out *output.Dir, stdout, stderr io.Writer) error {
	ctx, stop := cli.Interruptible()
	defer stop()
	s := study{flags: f, seeds: *f.seeds}
	for _, text := range *f.sweep {
		d, _ := parseSweep(text) // checked when it was parsed
		s.names = append(s.names, d.name)
	}
	for _, c := range cells {
		var words []string
		for i, text := range c.texts {
			words = append(words, s.names[i]+" "+text)
		}
		s.series = append(s.series, series{c, strings.Join(words, ", "), make([]experiment.Result, s.seeds)})
	}
	first := cells[0].config
	if last := uint64(first.Seed) + uint64(s.seeds) - 1; last > math.MaxUint32 {
		return cli.Usagef("-seeds %d from -seed %d goes past 4294967295, NumPy's largest seed", s.seeds, first.Seed)
	}
	s.data = experiment.New(first).Data
	fmt.Fprintf(stdout, "%d runs on %s: %d settings × %d seeds from %d, on %d cores\n", len(cells)*s.seeds, s.data.Name, len(cells), s.seeds, first.Seed, runtime.GOMAXPROCS(0))
	fmt.Fprintf(stdout, "%d training rows, %d test rows, %s\n", s.data.TrainX.Rows, s.data.TestX.Rows, batches(first))
	fmt.Fprintln(stdout, "settings")
	f.set.Settings("out", "v").Print(stdout)
	fmt.Fprintln(stdout)

	bar := progress.New(stderr, "training", len(cells)*s.seeds*first.Steps)
	if len(cells)*s.seeds > 1 {
		defer mat.SetThreads(mat.SetThreads(1)) // the runs share the cores, not their products
	}
	_ = parallel.Do(ctx, len(cells)*s.seeds, func(i int) { // what was not run shows as such
		s.runCell(ctx, i, bar)
	})
	bar.Clear()
	s.interrupted = ctx.Err() != nil

	s.print(stdout)
	if err := s.write(out); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s/: %s\n", out.Path(), list(out.Names()))
	if s.interrupted {
		return fmt.Errorf("%w after %d of %d runs; what was done by then is in %s", cli.ErrInterrupted, s.finished(), len(cells)*s.seeds, out.Path())
	}
	return nil
}

// runCell does run i: seed i mod seeds of cell i / seeds.
func (s *study) runCell(ctx context.Context, i int, bar *progress.Bar) {
	c := s.series[i/s.seeds].config
	c.Seed += uint32(i % s.seeds)
	counter := bar.Counter()
	r := experiment.New(c).Run(ctx, nil, func(int) { counter.Add(1) })
	counter.Add(c.Steps - r.Steps) // of a run that ended early
	counter.Flush()
	s.series[i/s.seeds].runs[i%s.seeds] = r
}

// whole reports whether a run went to its end.
func whole(r experiment.Result) bool { return r.Err == nil && len(r.Evals) > 0 }

// diverged reports whether a run's numbers stopped being finite.
func diverged(r experiment.Result) bool { return r.Err != nil && !r.Interrupted() }

func (s *study) finished() int {
	n := 0
	for _, x := range s.series {
		for _, r := range x.runs {
			if whole(r) || diverged(r) {
				n++
			}
		}
	}
	return n
}

// stat is a mean with its spread over seeds, as numpy's mean, std, min and max.
type stat struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

func newStat(v []float64) stat {
	if len(v) == 0 {
		return stat{}
	}
	s := stat{Min: v[0], Max: v[0]}
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

// over returns the statistic of f over the series' runs that went to the end.
func (x series) over(f func(experiment.Eval) float64) (stat, int) {
	var v []float64
	for _, r := range x.runs {
		if whole(r) {
			v = append(v, f(r.Last()))
		}
	}
	return newStat(v), len(v)
}

func lossARow(v experiment.Eval) float64 { return v.Loss / float64(v.Rows) }
func trainAcc(v experiment.Eval) float64 { return v.TrainAccuracy }
func testAcc(v experiment.Eval) float64  { return v.TestAccuracy }

func (s *study) head() []string {
	head := append(append([]string{}, s.names...), "runs")
	if s.diverged() > 0 {
		head = append(head, "diverged")
	}
	return append(head, "loss a row", "train acc.", "test acc.", "range")
}

// diverged counts the runs that diverged, in one series or in all.
func (x series) diverged() int {
	n := 0
	for _, r := range x.runs {
		if diverged(r) {
			n++
		}
	}
	return n
}

func (s *study) diverged() int {
	n := 0
	for _, x := range s.series {
		n += x.diverged()
	}
	return n
}

func (s *study) rows() [][]string {
	var rows [][]string
	for _, x := range s.series {
		loss, n := x.over(lossARow)
		train, _ := x.over(trainAcc)
		test, _ := x.over(testAcc)
		row := append(append([]string{}, x.texts...), strconv.Itoa(n))
		if s.diverged() > 0 {
			row = append(row, strconv.Itoa(x.diverged()))
		}
		if n == 0 {
			rows = append(rows, append(row, "–", "–", "–", "–"))
			continue
		}
		rows = append(rows, append(row, plusMinus(loss), plusMinus(train), plusMinus(test), fmt.Sprintf("%.3f–%.3f", test.Min, test.Max)))
	}
	return rows
}

func plusMinus(s stat) string { return fmt.Sprintf("%.4f ± %.4f", s.Mean, s.SD) }

func (s *study) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, strings.Join(s.head(), "\t")+"\t")
	for _, row := range s.rows() {
		fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
	}
	tw.Flush()
	fmt.Fprintln(w, "\nmean ± standard deviation over the seeds, after the last step; range of the test accuracy")
	if best := s.best(); best != "" {
		fmt.Fprintln(w, "best", best)
	}
	fmt.Fprintln(w, "fingerprint", s.fingerprint())
}

// best names the setting with the highest mean test accuracy of a grid.
func (s *study) best() string {
	if len(s.series) < 2 {
		return ""
	}
	at, top := -1, stat{}
	for i, x := range s.series {
		if acc, n := x.over(testAcc); n > 0 && (at < 0 || acc.Mean > top.Mean) {
			at, top = i, acc
		}
	}
	if at < 0 {
		return "on the test rows: none, no run went to its end"
	}
	return fmt.Sprintf("on the test rows: %s, %s", s.series[at].label, plusMinus(top))
}
