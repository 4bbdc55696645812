package trials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/parallel"
)

// generator writes a right program put together at random, by a seed. It stands
// in a directory of its own beside those of programs.
const generator = "vary.py"

// PartlyJudged is a right program of which some gradients or updates were judged
// and nothing wrong was said.
const PartlyJudged Outcome = "partly judged"

// Varied judges the programs that the generator in a directory writes for n
// seeds from first on, and calls each for every one. The results come in the
// order of the seeds.
func (r *Runner) Varied(ctx context.Context, dir string, first, n int, each func()) ([]Result, error) {
	script, err := filepath.Abs(filepath.Join(dir, generator))
	if err != nil {
		return nil, err
	}
	results, errs := make([]Result, n), make([]error, n)
	err = parallel.Do(ctx, n, func(i int) {
		results[i], errs[i] = r.varied(ctx, script, strconv.Itoa(first+i))
		each()
	})
	return results, errors.Join(append(errs, err)...)
}

func (r *Runner) varied(ctx context.Context, script, seed string) (Result, error) {
	text, err := exec.CommandContext(ctx, r.Python, script, seed).Output()
	if err != nil {
		return Result{}, fmt.Errorf("%s %s: %w", script, seed, err)
	}
	t := Trial{Program: &Program{Group: "varied", Name: seed, Source: string(text)}, Fault: -1, Source: string(text)}
	_, v, err := r.judge(ctx, t)
	if err != nil {
		return Result{Trial: t, Outcome: NotJudged, Missing: err.Error()}, ctx.Err()
	}
	x := t.result(v)
	if x.Outcome != FalseError && v.Judged() > 0 && min(v.Judged(), v.Updates()) < len(v.Parameters) {
		x.Outcome = PartlyJudged
	}
	return x, nil
}

// PrintVaried writes how many came out in which way, and what was said of the
// wrong ones; the error tells of these.
func PrintVaried(w io.Writer, results []Result) error {
	var all tally
	for _, r := range results {
		all.add(r)
	}
	o := all.outcomes
	fmt.Fprintf(w, "%s: %d clean, %d partly judged, %d not judged, %d wrong\n",
		cli.Plural(len(results), "varied program"), o[Clean], o[PartlyJudged], o[NotJudged], o[FalseError])
	for _, r := range results {
		if r.Outcome == FalseError {
			printResult(w, r)
		}
	}
	if o[FalseError] > 0 {
		return fmt.Errorf("%s called wrong", cli.Plural(o[FalseError], "right program"))
	}
	return nil
}
