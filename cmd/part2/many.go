package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/parallel"
	"glassbox/cmd/internal/part2"
	"glassbox/cmd/internal/progress"
	"glassbox/mat"
)

// A study is all runs of -seeds and -sweep, and the flags that asked for them.
type study struct {
	*flags
	*part2.Study
}

// runMany runs every cell with every seed, on all cores, one thread each.
func (f *flags) runMany(cells []part2.Cell, out *output.Dir, stdout, stderr io.Writer) error {
	ctx, stop := cli.Interruptible()
	defer stop()
	var names []string
	for _, s := range f.sweeps {
		names = append(names, s.name)
	}
	first := cells[0].Config
	if last := uint64(first.Seed) + uint64(f.seeds) - 1; last > math.MaxUint32 {
		return cli.Usagef("-seeds %d from -seed %d goes past 4294967295, NumPy's largest seed", f.seeds, first.Seed)
	}
	s := study{f, part2.NewStudy(names, cells, f.seeds)}
	fmt.Fprintf(stdout, "%d runs on %s: %d settings × %d seeds from %d, on %d cores\n", s.Count(), s.Data.Name, len(cells), s.Seeds, first.Seed, runtime.GOMAXPROCS(0))
	fmt.Fprintf(stdout, "%d training rows, %d test rows, %s\n", s.Data.TrainX.Rows, s.Data.TestX.Rows, part2.Batches(first).EN)
	fmt.Fprintln(stdout, "settings")
	f.set.Settings("out", "v").Print(stdout)
	fmt.Fprintln(stdout)

	bar := progress.New(stderr, "training", s.Count()*first.Steps)
	if s.Count() > 1 {
		defer mat.SetThreads(mat.SetThreads(1)) // the runs share the cores, not their products
	}
	_ = parallel.Do(ctx, s.Count(), func(i int) { // what was not run shows as such
		s.runCell(ctx, i, bar)
	})
	bar.Clear()
	s.Interrupted = ctx.Err() != nil

	s.print(stdout)
	if err := s.write(out); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s/: %s\n", out.Path(), list(out.Names()))
	if s.Interrupted {
		return fmt.Errorf("%w after %d of %d runs; what was done by then is in %s", cli.ErrInterrupted, s.Finished(), s.Count(), out.Path())
	}
	return nil
}

// runCell does run i: seed i mod seeds of cell i / seeds.
func (s study) runCell(ctx context.Context, i int, bar *progress.Bar) {
	c := s.Series[i/s.Seeds].Config
	c.Seed += uint32(i % s.Seeds)
	counter := bar.Counter()
	r := experiment.New(c).Run(ctx, nil, func(int) { counter.Add(1) })
	counter.Add(c.Steps - r.Steps) // of a run that ended early
	counter.Flush()
	s.Series[i/s.Seeds].Runs[i%s.Seeds] = r
}

func (s study) print(w io.Writer) {
	printTable(w, append([][]string{english(s.Head())}, s.Rows()...))
	fmt.Fprintln(w, "\nmean ± standard deviation over the seeds, after the last step; range of the test accuracy")
	if best := s.Best(); !best.Empty() {
		fmt.Fprintln(w, part2.Plain(best))
	}
	fmt.Fprintln(w, "fingerprint", s.Fingerprint())
}
