// Package audit is the command audit: it judges the numbers of the coursework,
// ours and other people's.
//
// command.go has the list of its commands and the two that only print. Each of
// the others has a file of its name: check.go and compare.go judge, program.go
// runs and judges whole programs, trace.go writes what page.go and explain.go
// show. The recorder for Python is in recorder.
package audit

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/nn/faults"
)

// subcommands in the order in which one meets them.
var subcommands = []struct {
	name, words string
	run         func(args []string, stdout, stderr io.Writer) error
}{
	{"recorder", "prints glassbox_record.py, which records a NumPy network while it trains", runRecorder},
	{"run", "runs a NumPy training program, records it and names the wrong line", runProgram},
	{"compare", "judges recorded steps and names what is wrong with them", runCompare},
	{"mark", "marks a folder of submissions: pages and hints for students, grades for the course", runMark},
	{"tests", "tries a course's own unit tests on planted mistakes", runTests},
	{"check", "checks our own network's gradients against its loss", runCheck},
	{"trace", "writes steps of our own network as a trace", runTrace},
	{"explain", "shows how one number of a step came about", runExplain},
	{"page", "writes a page to look into a network, ours or a recorded one", runPage},
	{"faults", "lists the catalogue of mistakes", runFaults},
}

// Main is the command: args without its name.
func Main(args []string, stdout, stderr io.Writer) error {
	var names []string
	for _, c := range subcommands {
		names = append(names, c.name)
	}
	if len(args) == 0 {
		return cli.Usagef("which of %s? for example: go run ./cmd/audit compare trace.npz", strings.Join(names, ", "))
	}
	if slices.Contains([]string{"-h", "--help", "-help", "help"}, args[0]) {
		help(stdout)
		return flag.ErrHelp
	}
	for _, c := range subcommands {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
	}
	return cli.Usagef("%q is not one of %s%s", args[0], strings.Join(names, ", "), cli.DidYouMean(args[0], names))
}

func help(w io.Writer) {
	fmt.Fprintln(w, "audit — "+lang.Say("Judges the numbers of a multi-layer perceptron, ours and other people's."))
	fmt.Fprintln(w, "\n"+lang.Say("Usage: go run ./cmd/%s [flags]", "audit COMMAND"))
	fmt.Fprintln(w)
	for _, c := range subcommands {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, lang.Read(c.words).Here())
	}
	fmt.Fprintln(w, "\n"+lang.Say("go run ./cmd/audit COMMAND -h tells more of each. For example:"))
	fmt.Fprintln(w, "  go run ./cmd/audit recorder > glassbox_record.py")
	fmt.Fprintln(w, "  go run ./cmd/audit run train.py")
	fmt.Fprintln(w, "  go run ./cmd/audit compare trace.npz")
	fmt.Fprintln(w, "  go run ./cmd/audit page -fault dx-with-dw")
}

// runRecorder prints the recorder for Python.
func runRecorder(args []string, stdout, _ io.Writer) error {
	set := cli.New("audit recorder", "Prints glassbox_record.py, a NumPy-only file that records a network of the assignment's template while it trains.",
		"> glassbox_record.py")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	_, err := stdout.Write(recorder.Source)
	return err
}

// runFaults lists the catalogue.
func runFaults(args []string, stdout, _ io.Writer) error {
	set := cli.New("audit faults", "Lists the mistakes that compare and run know, by the part of training, and -fault builds in as far as they are of a step's operations.", "")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	for _, f := range faults.All {
		level := lang.Say("error")
		if f.Misleads {
			level = lang.Say("warning")
		}
		fmt.Fprintf(stdout, "%s (%s, %s)\n    %s\n    %s\n", f.Name, f.Kind, level, lang.T(f.Doc).Here(), lang.T("right: %s", lang.T(f.Fix)).Here())
	}
	return nil
}
