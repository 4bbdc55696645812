package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/nn/message"
)

// Exit statuses of every command.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell reports a program ended by Ctrl-C
)

// ErrInterrupted ends a run that stopped early because it was asked to. Wrap
// it to say what was kept: fmt.Errorf("%w at step 310; …", cli.ErrInterrupted).
var ErrInterrupted = message.Errorf("interrupted")

// statusError ends a command with a status of its own.
type statusError struct {
	error
	status int
}

func (e statusError) Unwrap() error { return e.error }

// Status returns err with the exit status that Main gives it.
func Status(status int, err error) error { return statusError{err, status} }

// Usagef returns an error about the command line, for mistakes that only show
// when several flags are seen together. Main exits with status 2 for it.
func Usagef(format string, args ...any) error {
	return Status(exitUsage, message.Errorf(format, args...))
}

// Main runs a command and ends the process: status 0 for success and for help,
// 1 for a failure, 2 for a mistake in the command line, 130 for an interrupted
// run. An error is printed once, as one line, after the command's name.
func Main(run func(args []string, stdout, stderr io.Writer) error) {
	name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
	endOnSignal(name)
	os.Exit(Run(name, run, os.Args[1:], os.Stdout, os.Stderr))
}

// Run does what Main does with given arguments and outputs, and returns the
// exit status. What run prints is lost only with an error: a stdout that
// cannot be written is a failure.
func Run(name string, run func(args []string, stdout, stderr io.Writer) error, args []string, stdout, stderr io.Writer) int {
	out := &checkedWriter{w: stdout}
	args, err := language(args)
	if asksVersion(args) {
		run = func(_ []string, stdout, _ io.Writer) error { return printVersion(stdout) }
	}
	if err == nil {
		err = run(args, out, stderr)
	}
	if errors.Is(err, flag.ErrHelp) {
		err = nil
	}
	if err == nil && out.err != nil {
		err = message.Errorf("cannot write to standard output: %w", out.err)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\n", name, OneLine(flatten(err)))
	var own statusError
	switch {
	case errors.As(err, &own):
		return own.status
	case errors.Is(err, ErrInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// language sets the language of the terminal, by -lang en or -lang zh, which it
// takes from the arguments of any command, else by the locale.
func language(args []string) ([]string, error) {
	code := lang.EN
	if strings.HasPrefix(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")), "zh") {
		code = lang.ZH
	}
	lang.Use(code)
	for i, a := range args {
		name, value, ok := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if a == "--" {
			break
		}
		if name != "lang" || !strings.HasPrefix(a, "-") {
			continue
		}
		rest := slices.Clone(args[:i])
		if !ok && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch value {
		case "en":
			lang.Use(lang.EN)
		case "zh":
			lang.Use(lang.ZH)
		default:
			return args, Usagef("-lang %q: en or zh would be right", value)
		}
		return append(rest, args[i+1:]...), nil
	}
	return args, nil
}

// flatten puts joined errors, which print a line each, on one line.
func flatten(err error) string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !strings.Contains(err.Error(), "\n") {
		return lang.Of(message.Of(err)).Here()
	}
	var texts []string
	for _, e := range joined.Unwrap() {
		texts = append(texts, flatten(e))
	}
	return strings.Join(texts, "; ")
}

// checkedWriter remembers the first error of writing.
type checkedWriter struct {
	w   io.Writer
	err error
}

// Unwrap is what is written to: a terminal, perhaps.
func (c *checkedWriter) Unwrap() io.Writer { return c.w }

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
