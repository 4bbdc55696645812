package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/progress"
	"glassbox/cmd/internal/python"
	"glassbox/nn/audit/program"
	"glassbox/nn/message"
)

// runProgram records a NumPy program and judges the recording.
func runProgram(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit run", "Runs a NumPy training program, unchanged, records it, and judges what it computed down to the line.",
		"train.py", "-json train.py", "-o trace.npz train.py --epochs 3")
	var how form
	command, out := "", ""
	how.flags(set)
	cli.Var(set, &command, "python", cli.Text("COMMAND"), "the Python to run it with, which needs NumPy; the first python3 on PATH that has it by default")
	cli.Var(set, &out, "o", cli.Text("FILE.npz"), "file to keep the recording in; none by default")
	set.Program("PROGRAM.py [ARGUMENT …]")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	if err := how.check(); err != nil {
		return err
	}
	if _, err := os.Stat(set.Rest()[0]); err != nil {
		return cli.Status(exitUnjudged, err)
	}
	interpreter, err := findPython(command)
	if err != nil {
		return cli.Status(exitUnjudged, message.Errorf("%w. Name another with -python, or record the program elsewhere with glassbox_record.py (go run ./cmd/audit recorder) and judge the trace with compare", err))
	}
	work, err := os.MkdirTemp("", "glassbox")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	trace := out
	if trace == "" {
		trace = filepath.Join(work, "trace.npz")
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	ran, err := recordProgram(ctx, interpreter, work, trace, set.Rest(), how.forPeople(), stdout, stderr)
	if err != nil {
		return err
	}
	name := cli.OneLine(set.Rest()[0])
	if ctx.Err() != nil || interrupted(ran) {
		return message.Errorf("%w before %s was judged", cli.ErrInterrupted, name)
	}
	if _, err := os.Stat(trace); err != nil {
		if ran != nil {
			return cli.Status(exitUnjudged, message.Errorf("%s left no recording: %w", name, ran))
		}
		return cli.Status(exitUnjudged, message.Errorf("%s left no recording", name))
	}
	bar := progress.New(stderr, "judging", 0)
	j, ok := cli.Await(ctx, func() Judged { return JudgeFile(trace, 0) })
	bar.Clear()
	if !ok {
		kept := message.Text{}
		if out != "" {
			kept = message.New("; its recording is in %s", out)
		}
		return message.Errorf("%w before %s was judged%s", cli.ErrInterrupted, name, kept)
	}
	v := j.Verdict
	if v.Program != nil {
		v.Program.File = v.Program.Program // the trace may be a temporary one
	} else {
		v.Tensors.File = set.Rest()[0]
	}
	if err := how.print([]Verdict{v}, stdout); err != nil {
		return err
	}
	return ending([]Verdict{v})
}

// findPython returns the Python of a command, or the first that has NumPy.
func findPython(command string) (string, error) {
	if command == "" {
		return python.NumPy()
	}
	found, err := exec.LookPath(command)
	if err != nil {
		return "", message.Errorf("there is no %s to run the program with", command)
	}
	if err := python.HasNumPy(found); err != nil {
		return "", message.Errorf("%s cannot import NumPy: %w", command, err)
	}
	return found, nil
}

// recordProgram runs a program under the recorder. That the program fails is no
// error here: ran says so.
func recordProgram(ctx context.Context, interpreter, work, trace string, program []string, own bool, stdout, stderr io.Writer) (ran, err error) {
	script := filepath.Join(work, "glassbox_record.py")
	if err := os.WriteFile(script, recorder.Source, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, interpreter, slices.Concat([]string{script, "-q", "-o", trace}, program)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, direct(stdout), direct(stderr)
	if !own {
		cmd.Stdout = cmd.Stderr
	}
	// A terminal's Ctrl-C reaches the program by itself, and a second one would
	// stop it from writing what was recorded: it is asked only if it goes on.
	cmd.Cancel = func() error {
		time.AfterFunc(time.Second, func() { cmd.Process.Signal(os.Interrupt) })
		return nil
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd.Run(), nil
}

// interrupted reports that a program ended by Ctrl-C.
func interrupted(ran error) bool {
	var exit *exec.ExitError
	if !errors.As(ran, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGINT
}

// direct is the file that a writer hands on to, so that a program that writes
// there finds a terminal where there is one; else the writer.
func direct(w io.Writer) io.Writer {
	if u, ok := w.(interface{ Unwrap() io.Writer }); ok {
		return direct(u.Unwrap())
	}
	return w
}

// plainJSON encodes v with < and > as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// program prints the verdict on a recorded program as compilers print theirs:
// what is wrong first, then what was judged.
func (p printer) program(v *program.Verdict) {
	if r := v.Raised; r != nil {
		if r.Line > 0 {
			fmt.Fprintf(p.w, "%s:%d: %s: %s\n", cli.OneLine(v.Path(r.File)), r.Line, p.paint("31", "error"), cli.OneLine(r.Statement)) // as compilers say it, in any language
		} else {
			fmt.Fprintf(p.w, "%s: %s\n", cli.OneLine(v.Program), p.paint("31", "error"))
		}
		cli.Wrap(p.w, cli.OneLine(strings.TrimSuffix(r.Type+": "+r.Message, ": ")), "    ", cli.Columns)
		if shapes := r.ShapesText(); !shapes.IsZero() {
			cli.Wrap(p.w, cli.OneLine(lang.Of(shapes).Here()), "    ", cli.Columns)
		}
		fmt.Fprintln(p.w)
	}
	for _, f := range v.Findings {
		fmt.Fprintf(p.w, "%s:%d: %s: %s\n", cli.OneLine(v.Path(f.File)), f.Line, p.paint(colours[f.Severity], f.Severity), cli.OneLine(f.Statement))
		cli.Wrap(p.w, cli.OneLine(lang.T("step %d: %s", f.Step, f.Text).Here()), "    ", cli.Columns)
		if !f.Fix.IsZero() {
			cli.Wrap(p.w, cli.OneLine(lang.Of(f.Fix).Here()), "    ", cli.Columns)
		}
		fmt.Fprintln(p.w)
	}
	colour := "32"
	if v.Raised != nil || v.Verdict == "findings" {
		colour = "31"
	} else if v.Verdict != "clean" {
		colour = "33"
	}
	summary := lang.Of(v.Summary())
	if v.Raised != nil {
		raised := lang.T("raised %s", cli.OneLine(v.Raised.Type))
		if len(v.Parameters) == 0 {
			fmt.Fprintf(p.w, "%s: %s\n\n", cli.OneLine(v.File), lang.T("%s before a step was recorded", p.paint(colour, raised.Here())).Here())
			return
		}
		summary = lang.T("%s; until then %s", raised, summary)
	}
	fmt.Fprintf(p.w, "%s: %s; %s\n", cli.OneLine(v.File), p.paint(colour, summary.Here()), cli.OneLine(lang.Of(v.Covers()).Here()))
	if v.Loss != "" {
		fmt.Fprintf(p.w, "  %s\n", cli.OneLine(lang.T("against the loss at %s", v.Loss).Here()))
	}
	p.areas(v.Areas, v.Looked)
	p.remarks(v.Notes, unjudged(v), lang.T("; -all shows them"))
}

// unjudged says why updates, and the program as a whole, were not judged; what
// kept gradients from it stands in what the verdict covers.
func unjudged(v *program.Verdict) (rest []lang.Text) {
	covered := map[string]bool{}
	for _, x := range v.Parameters {
		if x.Gradient == "not judged" {
			covered[x.Why.String()] = true
		}
	}
	for _, t := range v.Unjudged {
		if !covered[t.String()] {
			rest = append(rest, lang.Of(t))
		}
	}
	names := map[lang.Text][]string{}
	var order []lang.Text
	for _, x := range v.Parameters {
		why := lang.Of(x.Why)
		if why.Empty() || x.Gradient == "not judged" || slices.Contains(rest, why) {
			continue
		}
		if names[why] == nil {
			order = append(order, why)
		}
		if !slices.Contains(names[why], x.Name) {
			names[why] = append(names[why], x.Name)
		}
	}
	for _, why := range order {
		rest = append(rest, lang.T("the update of %s: %s", strings.Join(names[why], ", "), why))
	}
	return rest
}

// programRow is the row of a recorded program in a table of several files.
func programRow(v *program.Verdict) (file string, levels []string, first string) {
	for i, f := range v.Findings {
		if levels = append(levels, f.Severity); i == 0 {
			first = fmt.Sprintf("%s:%d: %s", v.Path(f.File), f.Line, f.Statement)
		}
	}
	if r := v.Raised; r != nil {
		levels = append(levels, "error")
		first = fmt.Sprintf("%s:%d: %s: %s", v.Path(r.File), r.Line, r.Type, r.Statement)
	}
	return v.File, levels, first
}
