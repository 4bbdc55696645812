// Command report runs the whole coursework, as the report ran it and right,
// and sets each claim of the report beside what was measured, on one page that
// follows the report's chapters.
//
//	go run ./cmd/report
//	go run ./cmd/report -seed 7
//	go run ./cmd/report -seeds 20 -out out/quick
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/coursework"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/progress"
)

func main() { cli.Main(run) }

// The files of the command.
const (
	indexFile   = "index.html"
	numbersFile = "report.json"
)

// flags are the command line.
type flags struct {
	set   *cli.Set
	seed  *uint32
	seeds *int
	out   *string
}

func newFlags() flags {
	f := flags{set: cli.New("report",
		"Runs the whole coursework, as the report ran it and right, and sets each claim of the report beside what was measured.",
		"", "-seed 7", "-seeds 20 -out out/quick")}
	f.set.Group("Runs")
	f.seed = f.set.Seed("seed", 42, "NumPy's seed, of every run")
	f.seeds = f.set.IntRange("seeds", 100, 0, 1_000_000,
		fmt.Sprintf("further seeds, from the one after -seed up: all of them for Part I, at most the first %d for the networks", coursework.MostNetworks))
	f.set.Group("Output")
	f.out = f.set.String("out", "out/report", "DIR", "directory for the page and the numbers")
	return f
}

// config returns what the flags ask for. Its error is the user's mistake.
func (f flags) config() (coursework.Config, error) {
	c := coursework.Config{Seed: *f.seed, Seeds: *f.seeds}
	if left := math.MaxUint32 - uint64(c.Seed); uint64(c.Seeds) > left {
		return c, cli.Usagef("-seeds %d: after -seed %d only %d further seeds are left, up to 4294967295; a smaller -seed would be right", c.Seeds, c.Seed, left)
	}
	return c, nil
}

// settings are the flags that decide the results.
func (f flags) settings() cli.Settings { return f.set.Settings("out") }

func run(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	c, err := f.config()
	if err != nil {
		return err
	}
	out, err := output.Open(*f.out, []string{indexFile, numbersFile})
	if err != nil {
		return err
	}
	defer out.Close()
	ctx, stop := cli.Interruptible()
	defer stop()
	return work(ctx, f, c, out, stdout, &bars{w: stderr})
}

// A meter shows how far the work has come.
type meter interface {
	Begin(label, unit string, total int) (tick func(n int))
	Clear() // when all is done
}

// bars are a bar for each stage of the work, one after the other.
type bars struct {
	w   io.Writer
	now *progress.Bar
}

func (b *bars) Begin(label, unit string, total int) func(n int) {
	b.Clear()
	b.now = progress.New(b.w, label, total)
	b.now.SetUnit(unit)
	return b.now.Add
}

func (b *bars) Clear() { b.now.Clear() }

// work does all that the flags ask for, or as much of it as ctx allows.
func work(ctx context.Context, f flags, c coursework.Config, out *output.Dir, stdout io.Writer, m meter) error {
	printHead(stdout, f)
	w, err := c.Run(ctx, m.Begin)
	m.Clear()
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if w.Perceptron == nil {
		return fmt.Errorf("%w before the five tests of Part I had ended; nothing was written", cli.ErrInterrupted)
	}
	r := report{f, w.Report()}
	r.print(stdout)
	if err := r.write(out); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s/: %s\n", out.Path(), strings.Join(out.Names(), ", "))
	fmt.Fprintf(stdout, "page   %s\n", path.Join(out.Path(), indexFile))
	if interrupted {
		return fmt.Errorf("%w: %s; this is in %s", cli.ErrInterrupted, w.Progress().EN, out.Path())
	}
	return nil
}
