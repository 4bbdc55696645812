package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/cli"
	"glassbox/nn/audit/program"
)

// runProgram records a NumPy program and judges the recording.
func runProgram(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit run", "Runs a NumPy training program, unchanged, records it, and judges what it computed down to the line.",
		"train.py", "-json train.py", "-o trace.npz -- train.py --epochs 3")
	asJSON, all, python, out := false, false, "python3", ""
	cli.Var(set, &asJSON, "json", cli.Switch, "prints the verdict as JSON, and the program's own output on stderr")
	cli.Var(set, &all, "all", cli.Switch, "prints all that could not be judged")
	cli.Var(set, &python, "python", cli.Text("COMMAND"), "the Python to run it with; it needs NumPy")
	cli.Var(set, &out, "o", cli.Text("FILE.npz"), "file to keep the recording in; none by default")
	set.Operands("PROGRAM.py [ARGUMENT …]", 1, -1)
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	found, err := exec.LookPath(python)
	if err != nil {
		return fmt.Errorf("there is no %s to run the program with: name another with -python, or record it elsewhere with glassbox_record.py (go run ./cmd/audit recorder) and judge the trace with compare", python)
	}
	work, err := os.MkdirTemp("", "glassbox")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	script := filepath.Join(work, "glassbox_record.py")
	if err := os.WriteFile(script, recorder.Source, 0o600); err != nil {
		return err
	}
	trace := out
	if trace == "" {
		trace = filepath.Join(work, "trace.npz")
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	cmd := exec.CommandContext(ctx, found, append([]string{script, "-o", trace}, set.Rest()...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, stderr
	if asJSON {
		cmd.Stdout = stderr
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	ran := cmd.Run()
	if _, err := os.Stat(trace); err != nil {
		if ran != nil {
			return fmt.Errorf("%s left no recording: %w", set.Rest()[0], ran)
		}
		return errors.New("the program left no recording")
	}
	fmt.Fprintln(stderr)
	return compare([]string{trace}, 0, asJSON, all, stdout)
}

// plainJSON encodes v with < and > as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// program prints the verdict on a recorded program as compilers print theirs.
func (p printer) program(v *program.Verdict) {
	name := cli.OneLine(v.File)
	n := len(v.Parameters)
	covers := fmt.Sprintf("%d of %d gradients and %d of %d updates judged in %s", v.Judged(), n, v.Updates(), n, cli.Plural(v.Steps, "step"))
	if n == 0 {
		covers = "no parameter was found"
	}
	switch v.Verdict {
	case "clean":
		fmt.Fprintf(p.w, "%s: %s: %s\n", name, p.paint("32", "clean"), covers)
	case "findings":
		fmt.Fprintf(p.w, "%s: %s; %s\n", name, p.paint("31", cli.Plural(len(v.Findings), "finding")), covers)
	default:
		fmt.Fprintf(p.w, "%s: %s: %s\n", name, p.paint("33", "could not be judged as a whole"), covers)
	}
	if v.Loss != "" {
		fmt.Fprintf(p.w, "  against the loss at %s\n", cli.OneLine(v.Loss))
	}
	for _, f := range v.Findings {
		colour := map[string]string{"error": "31", "warning": "33"}[f.Severity]
		level := f.Severity
		if colour != "" {
			level = p.paint(colour, level)
		}
		fmt.Fprintf(p.w, "\n%s:%d: %s: %s\n", cli.OneLine(f.File), f.Line, level, cli.OneLine(f.Statement))
		cli.Wrap(p.w, cli.OneLine(f.Text.String()), "    ", 96)
		if !f.Fix.IsZero() {
			cli.Wrap(p.w, cli.OneLine(f.Fix.String()), "    ", 96)
		}
	}
	if len(v.Findings) > 0 {
		fmt.Fprintln(p.w)
	}
	for _, t := range v.Notes {
		fmt.Fprintf(p.w, "  note: %s\n", cli.OneLine(t.String()))
	}
	var rest []string
	for _, t := range v.Unjudged {
		rest = append(rest, t.String())
	}
	said := map[string]bool{}
	for _, t := range v.Unjudged {
		said[t.String()] = true
	}
	for _, x := range v.Parameters {
		if why := x.Why.String(); why != "" && !said[why] {
			rest = append(rest, fmt.Sprintf("%s: %s", x.Name, why))
		}
	}
	for i, t := range rest {
		if i == 5 && !p.all {
			fmt.Fprintf(p.w, "  not judged: %d more\n", len(rest)-i)
			break
		}
		fmt.Fprintf(p.w, "  not judged: %s\n", cli.OneLine(t))
	}
	fmt.Fprintln(p.w)
}

// programRow is the line of a recorded program in a table of several files.
func programRow(w io.Writer, v *program.Verdict) {
	errs, warns, first := 0, 0, ""
	for i, f := range v.Findings {
		errs += map[bool]int{true: 1}[f.Severity == "error"]
		warns += map[bool]int{true: 1}[f.Severity == "warning"]
		if i == 0 {
			first = fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Statement)
		}
	}
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", cli.OneLine(v.File), v.Verdict, errs, warns, cli.OneLine(first))
}
