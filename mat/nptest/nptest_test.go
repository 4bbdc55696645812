package nptest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A recorder is a test that notes how it was ended.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper() {}

func (r *recorder) Skip(args ...any) {
	r.ended = "skip: " + fmt.Sprint(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.ended = "fatal: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// record runs f as a test of its own and returns how it ended.
func record(f func(t testing.TB)) string {
	r := &recorder{ended: "returned"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r.ended
}

// With two interpreters on PATH, the first of which lacks a module, the second
// is the one.
func TestPythonTakesTheFirstThatServes(t *testing.T) {
	python := strings.TrimSpace(string(Run(t, Python(t), "import sys; print(sys.executable)", nil)))
	poor, rich := t.TempDir(), t.TempDir()
	script := func(dir, text string) {
		if err := os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script(poor, "echo glassbox_module") // what the script prints is what is missing
	script(rich, `exec "`+python+`" "$@"`)
	if err := os.WriteFile(filepath.Join(rich, "glassbox_module.py"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYTHONPATH", rich)
	t.Setenv("PATH", t.TempDir()+string(filepath.ListSeparator)+poor+string(filepath.ListSeparator)+rich)
	for range 2 { // the second answer is a remembered one
		ended := record(func(t testing.TB) {
			if got, want := Python(t, "json", "glassbox_module"), filepath.Join(rich, "python3"); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		})
		if ended != "returned" {
			t.Error(ended)
		}
	}
}

func TestPythonSkips(t *testing.T) {
	Python(t) // skips this test where there is no python3 at all
	t.Setenv("GLASSBOX_PEERS", "")
	got := record(func(t testing.TB) { Python(t, "json", "no_such_module") })
	if !strings.HasPrefix(got, "skip: no python3 on PATH has all of json, no_such_module: ") || !strings.HasSuffix(got, "lacks no_such_module") {
		t.Errorf("a missing module: %s", got)
	}
	t.Setenv("GLASSBOX_PEERS", "require")
	got = record(func(t testing.TB) { Python(t, "json", "no_such_module") })
	if !strings.HasPrefix(got, "fatal: GLASSBOX_PEERS=require, but no python3 on PATH has all of") {
		t.Errorf("a required module: %s", got)
	}
	t.Setenv("GLASSBOX_PEERS", "none")
	if got := record(func(t testing.TB) { Python(t) }); got != "skip: GLASSBOX_PEERS=none" {
		t.Errorf("none wanted: %s", got)
	}
	t.Setenv("GLASSBOX_PEERS", "")
	t.Setenv("PATH", t.TempDir())
	if got := record(func(t testing.TB) { Python(t, "json", "no_such_module") }); got != "skip: there is no python3 on PATH" {
		t.Errorf("an empty PATH: %s", got)
	}
}

func TestRun(t *testing.T) {
	python := Python(t)
	stdin := []byte{0, '\n', '\r', 255, 26}
	out := Run(t, python, "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + sys.argv[2].encode())", stdin, "a", "b c")
	if want := append(bytes.Clone(stdin), "b c"...); !bytes.Equal(out, want) {
		t.Errorf("got %q, want %q", out, want)
	}
	got := record(func(t testing.TB) { Run(t, python, "import sys; sys.exit('the reason')", nil) })
	if !strings.HasPrefix(got, "fatal: ") || !strings.Contains(got, "exit status 1") || !strings.Contains(got, "the reason") {
		t.Errorf("a script that fails: %s", got)
	}
}

// A script runs as by itself: its arguments, folder, output, exit status and what
// it leaves behind for the end; and one does not see what another has done.
func TestScript(t *testing.T) {
	python := Python(t, "numpy")
	dir := t.TempDir()
	script := filepath.Join(dir, "script.py")
	text := `import atexit, os, sys
import numpy as np
print(__name__, __file__ == sys.argv[0], sys.argv[1:], os.getcwd() == os.path.dirname(__file__), hasattr(np, "mark"))
np.mark = True
atexit.register(lambda: sys.stderr.write("last\n"))
if sys.argv[1] == "fail":
    raise SystemExit(3)
`
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		out, err := Script(t, python, dir, script, "a", "b c")
		if want := "__main__ True ['a', 'b c'] True False\nlast\n"; err != nil || string(out) != want {
			t.Errorf("%v, %q, want %q", err, out, want)
		}
	}
	if out, err := Script(t, python, dir, script, "fail"); err == nil || err.Error() != "exit status 3" || !strings.HasSuffix(string(out), "last\n") {
		t.Errorf("%v, %q", err, out)
	}
	if err := os.WriteFile(script, []byte("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(dir, "killed.py")
	if err := os.Rename(script, killed); err != nil {
		t.Fatal(err)
	}
	if _, err := Script(t, python, dir, killed); err == nil || err.Error() != "exit status -9" {
		t.Errorf("one that is killed: %v", err)
	}
	broken := filepath.Join(dir, "broken.py")
	if err := os.WriteFile(broken, []byte("x = (\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := Script(t, python, dir, broken); err == nil || !strings.Contains(string(out), "SyntaxError") {
		t.Errorf("%v, %q", err, out)
	}
}
