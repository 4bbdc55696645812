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
	cli.Var(f.set, &f.seeds, "seeds", cli.AtLeast(1), "runs with this many seeds, from -seed up, and gives mean ± sd")
	cli.VarEach(f.set, &f.sweeps, "sweep", sweepKind,
		"runs each value; several make a grid. NAME is learning_rate, batch_size, dnn_hidden_units (20+10 for two layers), init, momentum or noise")
	f.set.Group("Output")
	cli.Var(f.set, &f.out, "out", cli.Text("DIR"), "directory for the page, the figures and the numbers")
	cli.Var(f.set, &f.verbose, "v", cli.Switch, "prints every evaluation as it comes")
	return f
}

func run(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	if err := f.config.Resolve(f.set); err != nil {
		return err
	}
	cells, err := grid(f.config, f.sweeps)
	if err != nil {
		return err
	}
	out, err := output.Open(f.out, owned)
	if err != nil {
		return err
	}
	defer out.Close()
	if f.seeds > 1 || len(f.sweeps) > 0 {
		return f.runMany(cells, out, stdout, stderr)
	}
	return f.runOne(out, stdout, stderr)
}

// runOne trains one network and writes all about it.
func (f *flags) runOne(out *output.Dir, stdout, stderr io.Writer) error {
	ctx, stop := cli.Interruptible()
	defer stop()
	e := experiment.New(f.config)
	r := report{f, part2.New(e, experiment.Result{})}
	r.printHead(stdout)

	bar := progress.New(stderr, "training", f.config.Steps)
	counter := bar.Counter()
	r.run.Result = e.Run(ctx, func(v experiment.Eval) {
		bar.Show("loss", v.Loss)
		if f.verbose {
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
		return fmt.Errorf("%w after %d of %d steps; what was done by then is in %s", cli.ErrInterrupted, r.run.Result.Steps, r.run.Exp.Steps, r.out)
	case errors.As(err, &bad):
		return fmt.Errorf("%w than -learning_rate %s; what was done by then is in %s", err, cli.FormatFloat(r.run.Exp.Rate), r.out)
	}
	return err
}
