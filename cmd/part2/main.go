// Command part2 is Parts II and III of the coursework: a multi-layer
// perceptron on two moons, trained on the whole batch or, with -sgd, on one
// random row a step.
//
//	go run ./cmd/part2
//	go run ./cmd/part2 -sgd -max_steps 45000 -eval_freq 500
//	go run ./cmd/part2 -sweep learning_rate=0.01,0.1,1 -seeds 10
package main

import (
	"errors"
	"fmt"
	"io"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/part2"
	"glassbox/cmd/internal/progress"
	"glassbox/nn"
)

func main() { cli.Main(run) }

// owned are the files this command may write into its directory.
var owned = []string{"index.html", "run.json", "metrics.csv", "runs.csv",
	"data.svg", "accuracy.svg", "loss.svg", "boundary.svg", "sweep.svg"}

// flags are the command's own beside the experiment's.
type flags struct {
	set     *cli.Set
	exp     *experiment.Options
	seeds   *int
	sweep   *[]string
	out     *string
	verbose *bool
}

func newFlags() flags {
	f := flags{set: cli.New("part2",
		"Trains a multi-layer perceptron on two moons, or on a table of one's own, and shows how it went.",
		"", "-sgd -max_steps 45000 -eval_freq 500", "-as_reported",
		"-sweep learning_rate=0.01,0.1,1 -seeds 10", "-data testdata/iris.csv -standardize -learning_rate 0.1")}
	f.exp = experiment.Flags(f.set)
	f.set.Group("Many runs")
	f.seeds = f.set.Int("seeds", 1, 1, "runs with this many seeds, from -seed up, and gives mean ± sd")
	f.sweep = f.set.Strings("sweep", "NAME=V,V,…", "learning_rate=0.01,0.1,1",
		"runs each value; several make a grid. NAME is learning_rate, batch_size, dnn_hidden_units (20+10 for two layers), init, momentum or noise",
		func(text string) error { _, err := parseSweep(text); return err })
	f.set.Group("Output")
	f.out = f.set.String("out", "out/part2", "DIR", "directory for the page, the figures and the numbers")
	f.verbose = f.set.Bool("v", false, "prints every evaluation as it comes")
	return f
}

func run(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	config, err := f.exp.Config()
	if err != nil {
		return err
	}
	cells, err := grid(config, *f.sweep)
	if err != nil {
		return err
	}
	out, err := output.Open(*f.out, owned)
	if err != nil {
		return err
	}
	defer out.Close()
	if *f.seeds > 1 || len(*f.sweep) > 0 {
		return runMany(f, cells, out, stdout, stderr)
	}
	return runOne(f, config, out, stdout, stderr)
}

// runOne trains one network and writes all about it.
func runOne(f flags, config experiment.Config, out *output.Dir, stdout, stderr io.Writer) error {
	ctx, stop := cli.Interruptible()
	defer stop()
	e := experiment.New(config)
	r := report{f, part2.New(e, experiment.Result{})}
	r.printHead(stdout)

	bar := progress.New(stderr, "training", config.Steps)
	counter := bar.Counter()
	r.run.Result = e.Run(ctx, func(v experiment.Eval) {
		bar.Show("loss", v.Loss)
		if *f.verbose {
			bar.Pause(func() {
				fmt.Fprintf(stdout, "step: %d, loss: %.6g, train accuracy: %.4f, test accuracy: %.4f\n", v.Step, v.Loss, v.TrainAccuracy, v.TestAccuracy)
			})
		}
	}, func(int) { counter.Add(1) })
	bar.Clear()

	r.printTail(stdout)
	if err := r.write(out); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s/: %s\n", out.Path(), list(out.Names()))
	return r.ending(r.run.Result.Err)
}

// ending turns the reason for which a run stopped early into what the command
// ends with.
func (r report) ending(err error) error {
	var bad *nn.NonFiniteError
	switch {
	case r.run.Result.Interrupted():
		return fmt.Errorf("%w after %d of %d steps; what was done by then is in %s", cli.ErrInterrupted, r.run.Result.Steps, r.run.Exp.Steps, *r.flags.out)
	case errors.As(err, &bad):
		return fmt.Errorf("%w than -learning_rate %s; what was done by then is in %s", err, cli.FormatFloat(r.run.Exp.Rate), *r.flags.out)
	}
	return err
}
