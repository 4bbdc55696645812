package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/progress"
	"glassbox/cmd/internal/trials"
)

// flags are the command's.
type flags struct {
	set           *cli.Set
	only          []string
	rounds, slice int
	quick         bool
	json          string
	markdown      bool
}

func newFlags() *flags {
	f := &flags{rounds: 15, slice: 30}
	f.set = cli.New("bench",
		"Measures glassbox beside the peers that are on this machine, in turns, and prints medians and ratios.",
		"", "-quick", "-only a,b,c", "-only e -rounds 31 -json products.json", "-markdown")
	var list []string
	for _, l := range letters {
		f.only = append(f.only, l.letter)
		list = append(list, l.letter+" "+l.title)
	}
	f.set.Group("Work")
	cli.Var(f.set, &f.only, "only", workKind, strings.Join(list, "; "))
	cli.Var(f.set, &f.rounds, "rounds", cli.AtLeast(1), "turns that everyone has at each work; work that takes seconds has fewer")
	cli.Var(f.set, &f.slice, "slice", cli.Between(1, 10_000), "milliseconds of a turn")
	cli.Var(f.set, &f.quick, "quick", cli.Switch, "a first look: 3 rounds of 10 ms, without the largest products")
	f.set.Group("Output")
	cli.Var(f.set, &f.json, "json", cli.Text("FILE"), "write every time measured to this file; - for standard output, alone")
	cli.Var(f.set, &f.markdown, "markdown", cli.Switch, "print the compact tables that the README shows, alone")
	return f
}

// workKind is letters of work, separated by commas.
var workKind = cli.Kind[[]string]{
	Hint: "a,b,…", Example: "a,b",
	Format: func(list []string) string { return strings.Join(list, ",") },
	Parse: func(text string) ([]string, error) {
		var list []string
		for name := range strings.SplitSeq(text, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if !slices.ContainsFunc(letters, func(l letter) bool { return l.letter == name }) {
				return nil, fmt.Errorf("%q is no work; letters from %s to %s separated by commas would be right, for example -only a,e", name, letters[0].letter, letters[len(letters)-1].letter)
			}
			list = append(list, name)
		}
		return list, nil
	},
}

// Main is the command: args without its name.
func Main(args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 && args[0] == serveWord {
		return serve(os.Stdin, stdout)
	}
	if len(args) > 0 && args[0] == "judge" {
		return trials.Main(args[1:], stdout, stderr)
	}
	f := newFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	if f.markdown && f.json == "-" {
		return cli.Usagef("-markdown and -json - both want standard output: give -json a file")
	}
	if f.quick {
		f.set.Resolve("rounds", "3")
		f.set.Resolve("slice", "10")
	}
	var file *output.File
	if f.json != "" && f.json != "-" {
		var err error
		if file, err = output.Create("json", f.json); err != nil {
			return err
		}
		defer file.Drop()
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	tables := stdout
	if f.markdown || f.json == "-" {
		tables = io.Discard
	}
	r, err := measureAll(ctx, f, tables, stderr)
	if r.Interrupted = ctx.Err() != nil; err != nil && !r.Interrupted {
		return err
	}
	if err := f.write(r, file, stdout); err != nil {
		return err
	}
	if r.Interrupted {
		return fmt.Errorf("%w: what was measured by then was given out", cli.ErrInterrupted)
	}
	return nil
}

// write gives out what is not printed as it comes.
func (f *flags) write(r result, file *output.File, stdout io.Writer) error {
	if f.markdown {
		printMarkdown(stdout, r)
	}
	text, err := json.MarshalIndent(r, "", " ")
	switch {
	case err != nil:
	case f.json == "-":
		_, err = fmt.Fprintf(stdout, "%s\n", text)
	case file != nil:
		err = file.Put(append(text, '\n'))
	}
	return err
}

// measureAll prints each section when it is done. When ctx ends it returns what
// there is.
func measureAll(ctx context.Context, f *flags, stdout, stderr io.Writer) (result, error) {
	r := result{Machine: thisMachine(), Rounds: f.rounds, Slice: float64(f.slice) / 1000}
	l, err := newLauncher()
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(l.temp)
	p := &pool{start: l.start}
	defer p.closeIf(func(peer) bool { return true })

	self := p.get(ctx, peer{kind: glassbox, threads: 1})
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if self.err != nil {
		return r, fmt.Errorf("glassbox itself: %w", self.err)
	}
	r.Kernel = self.about.Core
	var top shape
	if slices.Contains(f.only, "a") || slices.Contains(f.only, "e") {
		if top, err = findPeak(ctx, self.runner, min(r.Slice, 0.01)); err != nil {
			return r, err
		}
	}
	work := sections(f.only, heldCore(r.Machine, r.Kernel), top)
	m := &meter{pool: p, rounds: r.Rounds, slice: r.Slice, budget: 6, least: 5, pause: time.Sleep, wakeup: wakeup.Seconds()}
	if f.quick {
		m.budget, m.least = 1.5, 2
		leaveOutHeavy(work)
	}
	p.startAll(ctx, starters(work))
	r.Peers = peerResults(ctx, p, work)
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	printHead(stdout, r)
	cases := 0
	for _, s := range work {
		cases += len(s.Cases)
	}
	bar := progress.New(stderr, "measuring", cases*m.rounds)
	bar.SetUnit("rounds")
	defer bar.Clear()
	m.tick = bar.Add
	for _, s := range work {
		err := m.section(ctx, &s)
		if len(s.Cases) > 0 {
			r.Sections = append(r.Sections, s)
			bar.Pause(func() { printSection(stdout, s) })
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
