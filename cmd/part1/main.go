// Command part1 is Part I of the coursework: the perceptron on the report's
// five pairs of Gaussians, or on a pair of one's own.
//
//	go run ./cmd/part1
//	go run ./cmd/part1 -rule rosenblatt -bias
//	go run ./cmd/part1 -mean1 1,-6 -mean2 -2,-3 -cov1 3,0,0,4 -cov2 2,0,0,5
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/part1"
	"glassbox/cmd/internal/progress"
)

func main() { cli.Main(run) }

// owned are the files this command may write into its directory.
var owned = []string{"index.html", "run.json", "test?.svg"}

func run(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	c, err := f.config()
	if err != nil {
		return err
	}
	out, err := output.Open(*f.out, owned)
	if err != nil {
		return err
	}
	defer out.Close()
	ctx, stop := cli.Interruptible()
	defer stop()
	bar := progress.New(stderr, "further seeds", len(c.Setups)*c.Seeds)
	bar.SetUnit("draws")
	return work(ctx, f, c, out, stdout, bar)
}

// A meter shows how far the work has come.
type meter interface {
	Add(n int) // after each draw with a further seed
	Clear()    // when all are done
}

// work does all that the flags ask for, or as much of it as ctx allows.
func work(ctx context.Context, f flags, c part1.Config, out *output.Dir, stdout io.Writer, m meter) error {
	printHead(stdout, f, c)
	run, err := c.Run(ctx, func() { m.Add(1) })
	m.Clear()
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if len(run.Tests) == 0 {
		return fmt.Errorf("%w before the first test had ended; nothing was written", cli.ErrInterrupted)
	}
	r := report{f, run}
	r.print(stdout)
	if err := r.write(out); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s/: %s\n", out.Path(), strings.Join(out.Names(), ", "))
	if interrupted {
		return fmt.Errorf("%w: %s; this is in %s", cli.ErrInterrupted, run.Progress(), out.Path())
	}
	return nil
}
