package recorder_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/mat/nptest"
)

// file is where the embedded source lies, for Python to import.
const file = "glassbox_record.py"

func TestSource(t *testing.T) {
	onDisk, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(recorder.Source, onDisk) {
		t.Error("Source is not the file beside it")
	}
	text := string(recorder.Source)
	for _, line := range []string{
		"import glassbox_record, modules",
		`glassbox_record.record(modules, "trace.npz")`,
		`__all__ = ["record", "save"]`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
	if strings.ContainsAny(text, "\t\r") {
		t.Error("tabs or carriage returns in it")
	}
}

// TestOldPython compiles the source by the grammar of Python 3.7 and makes sure
// that it imports nothing but NumPy and the standard library.
func TestOldPython(t *testing.T) {
	python := nptest.Python(t, "numpy")
	out := nptest.Run(t, python, `
import ast, sys
tree = ast.parse(sys.stdin.buffer.read().decode("utf-8"), feature_version=(3, 7))
names = set()
for node in ast.walk(tree):
    if isinstance(node, ast.Import):
        names.update(n.name.split(".")[0] for n in node.names)
    if isinstance(node, ast.ImportFrom):
        names.add(node.module)
print(*sorted(names - set(sys.stdlib_module_names)))
`, recorder.Source)
	if got := strings.TrimSpace(string(out)); got != "numpy" {
		t.Errorf("it imports %q beside the standard library, want numpy only", got)
	}
}

// TestBehaviour is what the recorder does with each habit of programs that have
// layer classes.
func TestBehaviour(t *testing.T) {
	checks(t, 70, "testdata/checks.py", file, "../../../../testdata/solutions")
}

// TestWholePrograms is that a program prints, warns, raises and ends as it does
// without the recorder, and that its trace follows from itself.
func TestWholePrograms(t *testing.T) {
	checks(t, 14, "testdata/whole.py", file, "testdata/programs")
}

// checks runs a script of checks, each a subtest: it prints "ok NAME" or
// "not ok NAME: why", at least so many times.
func checks(t *testing.T, least int, paths ...string) {
	t.Helper()
	python := nptest.Python(t, "numpy")
	abs := absolute(t)
	for i, p := range paths {
		paths[i] = abs(p)
	}
	cmd := exec.Command(python, paths...)
	cmd.Dir = t.TempDir()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", paths[0], err, out)
	}
	count := 0
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "ok "); ok {
			t.Run(name, func(*testing.T) {})
		} else if rest, ok := strings.CutPrefix(line, "not ok "); ok {
			name, why, _ := strings.Cut(rest, ": ")
			t.Run(name, func(t *testing.T) { t.Error(why) })
		} else {
			t.Errorf("%s printed %q", paths[0], line)
		}
		count++
	}
	if count < least {
		t.Errorf("%d checks ran; there are more", count)
	}
}

// absolute returns paths that hold from another working directory.
func absolute(t *testing.T) func(string) string {
	return func(path string) string {
		t.Helper()
		p, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(p); err != nil {
			t.Fatal(err)
		}
		return p
	}
}
