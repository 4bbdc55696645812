package audit

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/coursetests"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/progress"
	"glassbox/nn/message"
)

// errPassed ends tests where mistakes pass them.
var errPassed = message.Errorf("mistakes pass these tests")

// runTests tries a course's own unit tests.
func runTests(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit tests", "Runs a course's own unit tests on right modules with one mistake of the catalogue after the other planted in them, and lists the mistakes that pass.",
		"test_modules.py", "-runner '-m pytest -q' test_modules.py")
	command, runner, seconds := "", "", 60
	cli.Var(set, &command, "python", cli.Text("COMMAND"), "the Python to run them with; the first python3 on PATH that has NumPy by default")
	cli.Var(set, &runner, "runner", cli.Text("ARGUMENTS"), "Python's arguments before a test's file; -m pytest -q -x where Python has pytest, else -m unittest -q")
	cli.Var(set, &seconds, "time", cli.AtLeast(1), "seconds that the tests may take on one set of modules")
	set.Operands("TEST.py …", 1, -1)
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	python, err := findPython(command)
	if err != nil {
		return cli.Status(exitUnjudged, err)
	}
	if runner == "" {
		if runner = "-m unittest -q"; exec.Command(python, "-c", "import pytest").Run() == nil {
			runner = "-m pytest -q -x"
		}
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	var bar *progress.Bar
	r, err := coursetests.Run(ctx, coursetests.Options{Python: python, Files: set.Rest(), Runner: strings.Fields(runner), Time: time.Duration(seconds) * time.Second,
		Progress: func(total int) func() {
			bar = progress.New(stderr, "testing", total)
			bar.SetUnit("mistakes")
			return func() { bar.Add(1) }
		}})
	bar.Clear()
	if errors.Is(err, cli.ErrInterrupted) {
		return err
	}
	if err != nil {
		return cli.Status(exitUnjudged, err)
	}
	fmt.Fprintln(stdout, lang.Say("%d of %d planted mistakes fail a test", r.Planted-len(r.Passed), r.Planted))
	if len(r.Passed) == 0 {
		return nil
	}
	fmt.Fprintln(stdout, "\n"+lang.Say("these pass all tests:"))
	for _, f := range r.Passed {
		fmt.Fprintf(stdout, "  %s\n", f.Name)
		cli.Wrap(stdout, lang.T(f.Doc).Here(), "      ", 78)
	}
	return cli.Status(1, message.Errorf("%d %w", len(r.Passed), errPassed))
}
