package part2

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/parallel"
	"glassbox/cmd/internal/progress"
	"glassbox/mat"
	"glassbox/nn/message"
)

// flags are the command line.
type flags struct {
	set     *cli.Set
	config  experiment.Config
	seeds   int
	sweeps  []sweep
	out     string
	verbose bool
}

func newFlags() *flags {
	f := &flags{config: experiment.Defaults(), seeds: 1, out: "out/part2"}
	f.set = cli.New("part2",
		"Trains a multi-layer perceptron on two moons, or on a table of one's own, and shows how it went.",
		"", "-sgd -max_steps 45000 -eval_freq 500", "-as_reported",
		"-sweep learning_rate=0.01,0.1,1 -seeds 10", "-data testdata/iris.csv -standardize -learning_rate 0.1")
	experiment.Flags(f.set, &f.config)
	f.set.Group("Many runs")
	cli.Var(f.set, &f.seeds, "seeds", cli.Between(1, 1_000_000), "runs with this many seeds, from -seed up, and gives mean ± sd")
	cli.VarEach(f.set, &f.sweeps, "sweep", sweepKind,
		"runs each value; several make a grid. NAME is learning_rate, batch_size, dnn_hidden_units (20+10 for two layers), init, momentum or noise")
	f.set.Group("Output")
	cli.Var(f.set, &f.out, "out", cli.Text("DIR"), "directory for the page, the figures and the numbers")
	cli.Var(f.set, &f.verbose, "v", cli.Switch, "prints every evaluation as it comes")
	return f
}

// settings are the flags that decide the results.
func (f *flags) settings() cli.Settings { return f.set.Settings("out", "v") }

// command repeats the run.
func (f *flags) command() string { return f.set.Command("seed") }

// Main is the command: args without its name.
func Main(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	if err := f.config.Resolve(f.set, stderr); err != nil {
		return err
	}
	if err := f.fits(); err != nil {
		return err
	}
	cells, err := grid(f.config, f.sweeps)
	if err != nil {
		return err
	}
	out, err := f.open()
	if err != nil {
		return err
	}
	defer out.Close()
	ctx, stop := cli.Interruptible()
	defer stop()
	if f.seeds > 1 || len(f.sweeps) > 0 {
		return f.runMany(ctx, cells, out, stdout, stderr)
	}
	return f.runOne(ctx, out, stdout, stderr)
}

// fits refuses more runs than memory holds the results of, before any is made.
func (f *flags) fits() error {
	settings, each := 1.0, f.config.RunBytes()
	for _, s := range f.sweeps {
		settings *= float64(len(s.values))
	}
	runs := settings * float64(f.seeds)
	if runs*each <= experiment.MostBytes {
		return nil
	}
	advice := message.New("fewer settings would be right")
	if seeds := math.Floor(experiment.MostBytes / each / settings); seeds >= 1 {
		advice = message.New("-seeds %.0f would fit", seeds)
	}
	return cli.Usagef("the results of %.0f runs would hold %s of memory, and %s is the most: %s", runs, experiment.Gigabytes(runs*each), experiment.Gigabytes(experiment.MostBytes), advice)
}

// runOne trains one network and writes all about it.
func (f *flags) runOne(ctx context.Context, out *output.Dir, stdout, stderr io.Writer) error {
	r := New(experiment.New(f.config), experiment.Result{})
	r.printHead(stdout, f.set.Settings("out", "v", "seeds", "sweep"))

	bar := progress.New(stderr, "training", f.config.Steps)
	r.Result = r.Exp.Run(ctx, func(v experiment.Eval) {
		bar.Show("loss", v.Loss)
		if f.verbose {
			bar.Pause(func() {
				fmt.Fprintln(stdout, lang.Say("step: %d, loss: %.6g, train accuracy: %.4f, test accuracy: %.4f", v.Step, v.Loss, v.TrainAccuracy, v.TestAccuracy))
			})
		}
	}, func(int) { bar.Add(1) })
	bar.Clear()

	r.print(stdout)
	if err := f.write(out, stdout, r.Sketches(), f.runJSON(r), r.Page, Metrics(r.Result.Evals)); err != nil {
		return err
	}
	return r.Result.Ending(f.config, f.out)
}

// runMany runs every cell with every seed, on all cores, one thread each.
func (f *flags) runMany(ctx context.Context, cells []Cell, out *output.Dir, stdout, stderr io.Writer) error {
	var names []string
	for _, s := range f.sweeps {
		names = append(names, s.name)
	}
	first := cells[0].Config
	if last := uint64(first.Seed) + uint64(f.seeds) - 1; last > math.MaxUint32 {
		return cli.Usagef("-seeds %d from -seed %d goes past 4294967295, NumPy's largest seed", f.seeds, first.Seed)
	}
	s := NewStudy(names, cells, f.seeds)
	fmt.Fprintln(stdout, lang.Say("%d runs on %s: %d settings × %d seeds from %d, on %d cores", s.Count(), s.Data.Name, len(cells), s.Seeds, first.Seed, runtime.GOMAXPROCS(0)))
	fmt.Fprintln(stdout, lang.Say("%d training rows, %d test rows, %s", s.Data.TrainX.Rows, s.Data.TestX.Rows, Batches(first)))
	fmt.Fprintln(stdout, lang.Say("settings"))
	f.settings().Print(stdout)
	fmt.Fprintln(stdout)

	bar := progress.New(stderr, "training", s.Count()*first.Steps)
	if s.Count() > 1 {
		defer mat.SetThreads(mat.SetThreads(1)) // the runs share the cores, not their products
	}
	_ = parallel.Do(ctx, s.Count(), func(i int) { // what was not run shows as such
		s.run(ctx, i, bar)
	})
	bar.Clear()
	s.Interrupted = ctx.Err() != nil

	s.print(stdout)
	err := f.write(out, stdout, s.Sketches(), f.studyJSON(s), s.Page, output.CSV("metrics.csv", s.metrics()), output.CSV("runs.csv", s.runs()))
	if err != nil {
		return err
	}
	if s.Interrupted {
		return message.Errorf("%w after %d of %d runs; what was done by then is in %s", cli.ErrInterrupted, s.Finished(), s.Count(), out.Path())
	}
	return nil
}

// run does run i: seed i mod Seeds of setting i / Seeds.
func (s *Study) run(ctx context.Context, i int, bar *progress.Bar) {
	c := s.Series[i/s.Seeds].Config
	c.Seed += uint32(i % s.Seeds)
	r := experiment.New(c).Run(ctx, nil, func(int) { bar.Add(1) })
	bar.Add(c.Steps - r.Steps) // of a run that ended early
	s.Series[i/s.Seeds].Runs[i%s.Seeds] = r
}

// printHead prints what will be trained, and how.
func (r *Run) printHead(w io.Writer, settings cli.Settings) {
	d := r.Exp.Data
	fmt.Fprintf(w, "%s\n%s\n", r.Title().Plain(), lang.Say("%d training rows, %d test rows, seed %d", d.TrainX.Rows, d.TestX.Rows, r.Exp.Seed))
	for _, line := range r.Preface() {
		cli.Wrap(w, line.Plain(), "", cli.Columns)
	}
	fmt.Fprintln(w, lang.Say("settings"))
	settings.Print(w)
	fmt.Fprintln(w)
}

// print prints what came of it.
func (r *Run) print(w io.Writer) {
	n := len(r.Result.Evals)
	if n > 0 {
		r.Evaluations(ShortTable).Print(w)
		fmt.Fprintln(w)
		if !r.Planar() { // otherwise the boundary is drawn
			fmt.Fprintln(w, lang.Say("test rows: class (down) and what was predicted (across)"))
			r.ConfusionTable().Print(w)
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w, lang.Say("fingerprint"), r.Result.Fingerprint)
	for _, hint := range r.Advice() {
		cli.Wrap(w, lang.Say("hint: %s", hint), "", 78)
	}
	if rep := r.Reported(); rep != nil && n > 0 {
		v := r.Result.Last()
		mine := lang.T("test accuracy %.3f", v.TestAccuracy)
		if rep.Loss != 0 {
			mine = lang.T("%s, loss %.1f", mine, v.Loss)
		}
		fmt.Fprintf(w, "%s\n%s\n", lang.Say("report    %s", rep.Text), lang.Say("this run  %d steps: %s", v.Step, mine))
	}
}

func (s *Study) print(w io.Writer) {
	s.SettingsTable().Print(w)
	fmt.Fprintln(w, "\n"+lang.Say("mean ± standard deviation over the seeds, after the last step"))
	for _, line := range s.Best() {
		cli.Wrap(w, line.Plain(), "", 78)
	}
	if warning := s.Chosen(); !warning.Empty() {
		fmt.Fprintln(w)
		cli.Wrap(w, warning.Plain(), "", 78)
	}
	fmt.Fprintln(w, lang.Say("fingerprint"), s.Fingerprint())
}
