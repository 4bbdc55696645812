package audit

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/progress"
	"glassbox/mat/npy"
	"glassbox/nn/message"
)

// runTrace writes steps of our own network in the trace format.
func runTrace(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit trace", "Writes training steps of our own network as a trace: every tensor by its name.",
		"-steps 0:3 -o trace.npz", "-as_reported -steps 0:3 -o reported.npz", "-fault dx-with-dw -o wrong.npz")
	config := experiment.Defaults()
	experiment.Flags(set, &config)
	set.Group("Trace")
	steps, out := stepList{"0:3", []int{0, 1, 2}}, "trace.npz"
	cli.Var(set, &steps, "steps", stepsKind, "steps to write: 0:3 is 0, 1 and 2; also single numbers, separated by commas")
	cli.Var(set, &out, "o", cli.Text("FILE.npz"), "file to write")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	if err := config.Resolve(set, stderr); err != nil {
		return err
	}
	file, err := output.Create("o", out)
	if err != nil {
		return err
	}
	defer file.Drop()
	ctx, stop := cli.Interruptible()
	defer stop()
	bar := progress.New(stderr, "training", steps.numbers[len(steps.numbers)-1]+1)
	t, ended := experiment.Trace(config, steps.numbers, func() error { bar.Add(1); return ctx.Err() })
	bar.Clear()
	if len(t.Steps) == 0 {
		return message.Errorf("%w before step %d, the first to keep; nothing was written", cli.ErrInterrupted, steps.numbers[0])
	}
	entries, err := experiment.TraceFile(config, t)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, entries, true); err != nil {
		return err
	}
	if err := file.Put(b.Bytes()); err != nil {
		return err
	}
	fmt.Fprintln(stdout, lang.T("wrote %s: %d arrays of %d steps, %.1f kB", cli.OneLine(out), len(entries), len(t.Steps), float64(b.Len())/1000).Here())
	if ended != nil {
		return message.Errorf("%w; %s has %d of the %d steps", cli.ErrInterrupted, out, len(t.Steps), len(steps.numbers))
	}
	return nil
}

// A stepList is numbers of steps, ascending, and the text they were read from.
type stepList struct {
	text    string
	numbers []int
}

// mostSteps bounds how many steps a stepList may have.
const mostSteps = 10000

// stepsKind is "0:3", "0:100:10", "5" and lists of these.
var stepsKind = cli.Kind[stepList]{
	Hint: "FROM:TO", Example: "0:3",
	Format: func(l stepList) string { return l.text },
	Parse: func(text string) (stepList, error) {
		wanted := map[int]bool{}
		for field := range strings.SplitSeq(text, ",") {
			from, to, by, ok := stepRange(field)
			if !ok {
				return stepList{}, message.Errorf("%q: %q is not a step or a range of steps; for example -steps 0:3 or -steps 0:3,100,1490:1500", text, field)
			}
			for t := from; t < to; t += by {
				if wanted[t] = true; len(wanted) > mostSteps {
					return stepList{}, message.Errorf("%q: more than %d steps; for example -steps 0:3", text, mostSteps)
				}
			}
		}
		return stepList{text, slices.Sorted(maps.Keys(wanted))}, nil
	},
}

// stepRange reads "5", "0:3" or "0:100:10".
func stepRange(field string) (from, to, by int, ok bool) {
	var v []int
	for p := range strings.SplitSeq(strings.TrimSpace(field), ":") {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > 1e9 {
			return 0, 0, 0, false
		}
		v = append(v, n)
	}
	from, to, by = v[0], v[0]+1, 1
	if len(v) >= 2 {
		to = v[1]
	}
	if len(v) == 3 {
		by = v[2]
	}
	return from, to, by, len(v) <= 3 && to > from && by >= 1
}
