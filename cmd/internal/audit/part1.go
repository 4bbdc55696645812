package audit

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/part1"
)

// aboutPart1 reports whether a command line has -part1.
func aboutPart1(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(strings.TrimLeft(a, "-"), "part1") && a[0] == '-' })
}

// partOne are flags that choose a test of Part I.
type partOne struct {
	part1.Flags
	test int
}

func (f *partOne) define(set *cli.Set, group string) {
	f.Define(set)
	f.test = 1
	set.Group(group)
	cli.Var(set, &f.test, "part1", cli.Between(1, len(f.Setups)), "the test of Part I")
}

// run runs the test, with further seeds or without.
func (f *partOne) run(seeds bool) (*part1.Run, error) {
	if f.test > len(f.Setups) {
		return nil, cli.Usagef("-part1 %d: there is one pair, of one's own, which is 1", f.test)
	}
	c := f.Config
	c.Setups = c.Setups[f.test-1 : f.test]
	if !seeds {
		c.Seeds = 0
	}
	return c.Run(context.Background(), nil)
}

// pagePart1 writes a page of the numbers of a test of Part I.
func pagePart1(args []string, stdout io.Writer) error {
	set := cli.New("audit page", "Writes a page to look into a test of Part I: its line and every number of it.", "-part1 2", "-part1 4 -rule rosenblatt -bias -o rosenblatt.html")
	var f partOne
	f.define(set, "Page")
	out := "audit.html"
	cli.Var(set, &out, "o", cli.Text("FILE.html"), "file to write")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	file, err := output.Create("o", out)
	if err != nil {
		return err
	}
	defer file.Drop()
	run, err := f.run(true)
	if err != nil {
		return err
	}
	p, err := run.Look()
	if err != nil {
		return err
	}
	p.Run.Command = set.Command("part1", "seed")
	html, err := p.Render()
	if err != nil {
		return err
	}
	if err := file.Put(html); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, lang.T("wrote %s: %s, %.2f MB", cli.OneLine(out), lang.Count(len(p.Explained), lang.T("1 number"), lang.T("%d numbers", len(p.Explained))), float64(len(html))/1e6).Here())
	return err
}

// explainPart1 shows how a number of Part I came about.
func explainPart1(args []string, stdout io.Writer) error {
	set := cli.New("audit explain", "Shows how one number of Part I came about: every operation in its order, to the last bit.",
		"-part1 2 -epoch 1 'w[0]'", "-part1 2 'x[3,0]'", "-part1 4 -rule rosenblatt '3.accuracy'", "-part1 2 mean")
	var f partOne
	f.define(set, "Explanation")
	epoch, all := 0, false
	cli.Var(set, &epoch, "epoch", cli.AtLeast(0), "the epoch of its training, from 1, after which the number is asked for; 0 is the last. It may stand before the name: 3.w[0]")
	cli.Var(set, &all, "all", cli.Switch, "shows every term of a long sum")
	set.Operands(strings.ReplaceAll(part1.Names+" fingerprint", " ", " | "), 1, 1)
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	name := set.Rest()[0]
	if epoch > 0 && !strings.Contains(name, ".") && !strings.Contains(name, "x") {
		name = fmt.Sprintf("%d.%s", epoch, name)
	}
	v := explanation{w: stdout, set: set, all: all, source: "part1 has", settings: f.Settings("epoch", "all")}
	if name == "fingerprint" {
		c := f.Config
		c.Seeds = 0
		run, err := c.Run(context.Background(), nil)
		if err == nil {
			f.Settings("part1", "epoch", "all").Print(stdout)
			v.fingerprintOf(run)
		}
		return err
	}
	run, err := f.run(slices.Contains([]string{"mean", "sd", "least", "most"}, name))
	if err != nil {
		return err
	}
	l, err := run.Lesson(run.Tests[0], 0)
	if err != nil {
		return err
	}
	x, err := l.Explain(name)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	fmt.Fprintln(stdout, lang.Say("%s of test %d of Part I, after %s", name, f.test, lang.Read(cli.Plural(l.Epochs(), "epoch"))))
	f.Settings("part1", "epoch", "all").Print(stdout)
	v.body(inWords(x))
	return nil
}
