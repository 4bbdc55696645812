package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
		stderr string
	}{
		{"success", nil, 0, ""},
		{"help", flag.ErrHelp, 0, ""},
		{"failure", errors.New("data.csv:3: no rows"), 1, "part2: data.csv:3: no rows\n"},
		{"usage", Usagef("-sgd and -batch_size %d exclude each other", 5), 2, "part2: -sgd and -batch_size 5 exclude each other\n"},
		{"wrapped usage", fmt.Errorf("first: %w", Usagef("second")), 2, "part2: first: second\n"},
		{"interrupted", fmt.Errorf("%w after step 310; partial results are in out", ErrInterrupted), 130, "part2: interrupted after step 310; partial results are in out\n"},
		{"canceled", context.Canceled, 130, "part2: context canceled\n"},
		{"control characters", errors.New("a\nb\x1b[31m\u202e\xff — é ×"), 1, `part2: a\nb\x1b[31m\u202e\xff — é ×` + "\n"},
		{"joined", errors.Join(errors.New("one"), errors.Join(errors.New("two"), errors.New("three"))), 1, "part2: one; two; three\n"},
	} {
		var stdout, stderr bytes.Buffer
		status := Run("part2", func(args []string, out, _ io.Writer) error {
			fmt.Fprint(out, strings.Join(args, "+"))
			return c.err
		}, []string{"a", "b"}, &stdout, &stderr)
		if status != c.status || stderr.String() != c.stderr || stdout.String() != "a+b" {
			t.Errorf("%s: status %d, stderr %q, stdout %q; want %d, %q", c.name, status, stderr.String(), stdout.String(), c.status, c.stderr)
		}
	}
}

// The language of a terminal is that of -lang, which any command takes, else that
// of the locale.
func TestLanguage(t *testing.T) {
	t.Cleanup(func() { lang.Use(lang.EN) })
	for _, c := range []struct {
		locale string
		args   []string
		want   string // on standard error
		status int
	}{
		{"C", []string{"a"}, "part2: interrupted\n", 130},
		{"zh_CN.UTF-8", []string{"a"}, "part2: 已中断\n", 130},
		{"zh_CN.UTF-8", []string{"-lang", "en", "a"}, "part2: interrupted\n", 130},
		{"C", []string{"a", "--lang=zh"}, "part2: 已中断\n", 130},
		{"C", []string{"a", "-lang", "fr"}, "part2: -lang \"fr\": en or zh would be right\n", 2},
	} {
		t.Setenv("LC_ALL", c.locale)
		var stdout, stderr bytes.Buffer
		status := Run("part2", func(args []string, _, _ io.Writer) error {
			if !slices.Equal(args, []string{"a"}) {
				t.Errorf("%q: the command is given %q", c.args, args)
			}
			return ErrInterrupted
		}, c.args, &stdout, &stderr)
		if status != c.status || stderr.String() != c.want {
			t.Errorf("%s %q: status %d, %q, want %q", c.locale, c.args, status, stderr.String(), c.want)
		}
	}
}

// A table leaves out what a terminal has no room for, and says what; Chinese takes
// two columns a character and breaks anywhere but before a stop.
func TestTerminal(t *testing.T) {
	t.Cleanup(func() { lang.Use(lang.EN) })
	var b strings.Builder
	long := strings.Repeat("x", 40)
	Table(&b, [][]string{{"name", "a", "b", "c"}, {"n", long, "1", long}}, " ", 2, "lr", 1)
	want := " name  b" + strings.Repeat(" ", 41) + "c\n n     1  " + long + "\n left out for want of room: a\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	b.Reset()
	Wrap(&b, "损失仍在下降，增大 learning_rate 会更好。", "", 14)
	for line := range strings.Lines(b.String()) {
		if w := Width(strings.TrimSuffix(line, "\n")); w > 14 || strings.HasPrefix(line, "，") || strings.HasPrefix(line, "。") {
			t.Errorf("a line of %d columns: %q", w, line)
		}
	}
}

// Every command says what it is, as audit, part1 and the others do it: before
// its own flags are read.
func TestVersion(t *testing.T) {
	for _, arg := range []string{"-version", "--version"} {
		var stdout, stderr bytes.Buffer
		status := Run("part2", func([]string, io.Writer, io.Writer) error { return errors.New("ran") }, []string{arg}, &stdout, &stderr)
		for _, want := range []string{Built(), runtime.GOOS + "/" + runtime.GOARCH, mat.Kernel() + " kernels\n"} {
			if status != 0 || stderr.String() != "" || !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: status %d, %q, %q, want %q", arg, status, stdout.String(), stderr.String(), want)
			}
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestUnwritableStdout(t *testing.T) {
	print := func(_ []string, out, _ io.Writer) error { fmt.Fprintln(out, "table"); return nil }
	var stderr bytes.Buffer
	if status := Run("part1", print, nil, full{}, &stderr); status != 1 || !strings.Contains(stderr.String(), "cannot write to standard output: no space") {
		t.Errorf("status %d, %q", status, stderr.String())
	}
}

// TestMainProcess runs this test's own program as a command.
func TestMainProcess(t *testing.T) {
	if how := os.Getenv("CLI_TEST_RUN"); how != "" {
		Main(func(args []string, stdout, _ io.Writer) error {
			if how == "wait" || how == "hang" {
				ctx, stop := Interruptible()
				defer stop()
				fmt.Fprintln(stdout, "waiting")
				<-ctx.Done()
				if how == "hang" {
					time.Sleep(100 * time.Millisecond) // for the handler to go
					fmt.Fprintln(stdout, "waiting")
					time.Sleep(time.Minute)
				}
				return fmt.Errorf("%w while waiting", ErrInterrupted)
			}
			s := New("it", "does it")
			n := 3
			Var(s, &n, "n", AtLeast(1), "how many")
			return s.Parse([]string{how}, stdout)
		})
		return
	}
	command := func(how string) (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMainProcess$")
		cmd.Env = append(os.Environ(), "CLI_TEST_RUN="+how)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		return cmd, &stderr
	}
	for how, want := range map[string]int{"-n=4": 0, "-h": 0, "-n=0": 2} {
		cmd, _ := command(how)
		cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%s: status %d, want %d", how, got, want)
		}
	}
	interrupt := func(how string, times int) (status int, stderr string) {
		cmd, errs := command(how)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() }).Stop()
		for range times {
			if _, err := io.ReadFull(pipe, make([]byte, len("waiting\n"))); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				cmd.Process.Kill()
				t.Skipf("cannot send an interrupt here: %v", err)
			}
		}
		began := time.Now()
		cmd.Wait()
		if waited := time.Since(began); waited > 10*time.Second {
			t.Errorf("%s: ended only after %v", how, waited)
		}
		return cmd.ProcessState.ExitCode(), errs.String()
	}
	if status, stderr := interrupt("wait", 1); status != 130 || !strings.HasSuffix(stderr, ": interrupted while waiting\n") {
		t.Errorf("interrupted: status %d, stderr %q", status, stderr)
	}
	if status, stderr := interrupt("hang", 2); status != 130 || !strings.HasSuffix(stderr, ": interrupted; files are as they were, or whole\n") {
		t.Errorf("interrupted twice: status %d, stderr %q", status, stderr)
	}
}
