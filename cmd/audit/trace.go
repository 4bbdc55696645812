package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/progress"
	"glassbox/mat/npy"
)

// runTrace writes steps of our own network in the trace format.
func runTrace(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit trace", "Writes training steps of our own network as a trace: every tensor by its name.",
		"-steps 0:3 -o trace.npz", "-as_reported -steps 0:3 -o reported.npz", "-fault dx-with-dw -o wrong.npz")
	opts := experiment.Flags(set)
	set.Group("Trace")
	steps := set.Func("steps", "0:3", "FROM:TO", "0:3", "steps to write: 0:3 is 0, 1 and 2; also single numbers, separated by commas",
		func(text string) error { _, err := parseSteps(text); return err })
	out := set.String("o", "trace.npz", "FILE.npz", "file to write")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	config, err := opts.Config()
	if err != nil {
		return err
	}
	wanted, err := parseSteps(*steps)
	if err != nil {
		return err
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	bar := progress.New(stderr, "training", last(wanted)+1)
	entries, err := trace(config, wanted, func() error { bar.Add(1); return ctx.Err() })
	bar.Clear()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, entries, true); err != nil {
		return err
	}
	if err := writeWhole(*out, b.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s: %d arrays of %d steps, %.1f kB\n", *out, len(entries), len(wanted), float64(b.Len())/1000)
	return nil
}

// trace trains the network by the plain loops and keeps the wanted steps.
func trace(c experiment.Config, wanted map[int]bool, after func() error) ([]npy.Entry, error) {
	t, err := experiment.Trace(c, wanted, after)
	if err != nil {
		return nil, err
	}
	return experiment.TraceFile(c, t)
}

func last(wanted map[int]bool) int {
	n := 0
	for t := range wanted {
		n = max(n, t)
	}
	return n
}

// maxSteps bounds how many steps a trace may hold.
const maxSteps = 10000

// parseSteps reads "0:3", "0:100:10", "5" and lists of these.
func parseSteps(text string) (map[int]bool, error) {
	wrong := func(field string) error {
		return fmt.Errorf("%q: %q is not a step or a range of steps; for example -steps 0:3 or -steps 0:3,100,1490:1500", text, field)
	}
	wanted := map[int]bool{}
	for field := range strings.SplitSeq(text, ",") {
		parts := strings.Split(strings.TrimSpace(field), ":")
		var v []int
		for _, p := range parts {
			n, err := strconv.Atoi(p)
			if err != nil || n < 0 || n > 1e9 {
				return nil, wrong(field)
			}
			v = append(v, n)
		}
		from, to, by := v[0], v[0]+1, 1
		if len(v) >= 2 {
			to = v[1]
		}
		if len(v) == 3 {
			by = v[2]
		}
		if len(v) > 3 || to <= from || by < 1 {
			return nil, wrong(field)
		}
		for t := from; t < to; t += by {
			if wanted[t] = true; len(wanted) > maxSteps {
				return nil, fmt.Errorf("%q: more than %d steps", text, maxSteps)
			}
		}
	}
	return wanted, nil
}

// writeWhole writes a file that appears whole or not at all.
func writeWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*")
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("-o: %w", err)
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Chmod(0o666 &^ umask())
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// umask is what new files' modes leave out; that of a temporary file is
// stricter than what people expect of a result.
func umask() os.FileMode { return 0o022 }
