package audit

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/part1"
)

// explainPart1 shows how a number of Part I came about.
func explainPart1(args []string, stdout io.Writer) error {
	set := cli.New("audit explain", "Shows how one number of Part I came about: every operation in its order, to the last bit.",
		"-part1 2 -epoch 1 'w[0]'", "-part1 2 'x[3,0]'", "-part1 4 -rule rosenblatt '3.accuracy'", "-part1 2 mean")
	var f part1.Flags
	f.Define(set)
	set.Group("Explanation")
	test, epoch, all := 1, 0, false
	cli.Var(set, &test, "part1", cli.Between(1, len(f.Setups)), "the test of Part I")
	cli.Var(set, &epoch, "epoch", cli.AtLeast(0), "the epoch of its training, from 1, after which the number is asked for; 0 is the last. It may stand before the name: 3.w[0]")
	cli.Var(set, &all, "all", cli.Switch, "shows every term of a long sum")
	set.Operands(strings.ReplaceAll(part1.Names, " ", " | "), 1, 1)
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	if test > len(f.Setups) {
		return cli.Usagef("-part1 %d: there is one pair, of one's own, which is 1", test)
	}
	name := set.Rest()[0]
	if epoch > 0 && !strings.Contains(name, ".") && !strings.Contains(name, "x") {
		name = fmt.Sprintf("%d.%s", epoch, name)
	}
	c := f.Config
	c.Setups = c.Setups[test-1 : test]
	if !slices.Contains([]string{"mean", "sd", "least", "most"}, name) {
		c.Seeds = 0
	}
	run, err := c.Run(context.Background(), nil)
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
	v := explanation{w: stdout, set: set, all: all, source: "part1 has", settings: f.Settings("epoch", "all")}
	fmt.Fprintln(stdout, lang.Say("%s of test %d of Part I, after %s", name, test, lang.Read(cli.Plural(l.Epochs(), "epoch"))))
	f.Settings("part1", "epoch", "all").Print(stdout)
	v.body(x.Explanation())
	return nil
}
