package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/bench"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lab"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/part1"
	"glassbox/cmd/internal/part2"
	"glassbox/cmd/internal/report"
	"glassbox/mat/npy"
)

// mains are the commands that write.
var mains = map[string]func(args []string, stdout, stderr io.Writer) error{
	"part1": part1.Main, "part2": part2.Main, "report": report.Main, "audit": audit.Main, "bench": bench.Main, "lab": lab.Main,
}

// TestMain lets the test's own program be the child that bench starts, or a
// command that is killed.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && !strings.HasPrefix(os.Args[1], "-") {
		cli.Main(bench.Main)
	}
	child()
	os.Exit(m.Run())
}

// A writer is a command that writes, with settings that take it little time.
// OUT stands for what it writes to.
type writer struct {
	name    string
	main    func(args []string, stdout, stderr io.Writer) error
	args    string
	older   string            // the arguments of an earlier run, which left other files
	command []string          // what starts it, nil for mains
	calls   []int             // those that fail where each would take long
	whole   func([]byte) bool // where two runs do not write the same: whether one wrote that
}

// run returns what the command prints as an error and its exit status.
func (w writer) run(args, out string, stdout io.Writer) (stderr string, status int) {
	var said bytes.Buffer
	status = cli.Run(w.name, w.main, arguments(args, out), stdout, &said)
	return said.String(), status
}

func arguments(args, out string) []string {
	list := strings.Fields(args)
	for i, a := range list {
		list[i] = strings.ReplaceAll(a, "OUT", out)
	}
	return list
}

func writers(t *testing.T) []writer {
	trace, err := filepath.Abs("../../../../testdata/traces/golden/clean-no-last-dz.npz")
	if err != nil {
		t.Fatal(err)
	}
	program := programTrace(t)
	late := []int{1, 12} // the probe, before the work, and the last rename: it writes as part1 does
	if testing.Short() {
		late = late[:1]
	}
	page := func(text []byte) bool { return bytes.HasSuffix(text, []byte("</html>\n")) || json.Valid(text) }
	list := []writer{
		{name: "part1", main: part1.Main, args: "-n 10 -seeds 0 -out OUT", older: "-n 10 -seeds 1 -seed 7 -out OUT"},
		{name: "part2", main: part2.Main, args: "-n 20 -max_steps 2 -out OUT", older: "-n 20 -max_steps 2 -seeds 2 -sweep learning_rate=0.1,1 -out OUT"},
		{name: "part2 -sweep", main: part2.Main, args: "-n 20 -max_steps 2 -seeds 2 -sweep learning_rate=0.1,1 -out OUT", older: "-n 20 -max_steps 1 -out OUT"},
		{name: "report", main: report.Main, args: "-seeds 0 -out OUT", calls: late, whole: page},
		{name: "audit page", main: audit.Main, args: "page -n 20 -max_steps 2 -o OUT", older: "page -n 20 -max_steps 1 -o OUT"},
		{name: "audit page -trace", main: audit.Main, args: "page -trace " + trace + " -o OUT", older: "page -n 20 -max_steps 1 -o OUT"},
		{name: "audit page -trace of a program", main: audit.Main, args: "page -trace " + program + " -o OUT", older: "page -n 20 -max_steps 1 -o OUT"},
		{name: "audit trace", main: audit.Main, args: "trace -n 20 -steps 0 -o OUT", older: "trace -n 20 -steps 1 -o OUT"},
		{name: "audit mark", main: audit.Main, args: "mark -o OUT -hints 2 " + submissions(t, trace), older: "mark -o OUT -hints 1 " + submissions(t, trace)},
		{name: "bench", main: bench.Main, args: "-only b -rounds 1 -slice 1 -json OUT", older: "-only b -rounds 1 -slice 1 -json OUT", whole: json.Valid},
	}
	if toolchain(t) {
		list = append(list, writer{name: "lab", main: lab.Main, args: "-o OUT"})
	}
	return list
}

// submissions is a folder of one student's trace.
func submissions(t *testing.T, trace string) string {
	dir := t.TempDir()
	text, err := os.ReadFile(trace)
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "a.npz"), text, 0o666)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// toolchain puts a go command on the PATH, and nothing else, that compiles
// nothing: lab writes what it gives. It reports whether it could.
func toolchain(t *testing.T) bool {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	dir := t.TempDir()
	t.Setenv("PATH", dir) // nor does bench find peers
	if err != nil || runtime.GOOS == "windows" {
		return false
	}
	script := "#!/bin/sh\ncase $1 in\nenv) echo '" + strings.TrimSpace(string(root)) + "'; echo go1.26.0; echo go.mod;;\nbuild) printf '\\0asm\\1\\0\\0\\0' >\"$3\";;\nesac\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	return true
}

// programTrace writes the recording of a program that only has an array.
func programTrace(t *testing.T) string {
	text := npy.Array{Kind: npy.Uint8}
	for _, c := range []byte(`{"schema": 1, "recorder": "test", "python": "3", "numpy": "2", "program": "net.py", "argv": ["net.py"],
 "files": [{"name": "net.py", "sha256": "00", "text": "W = -x\n"}],
 "sites": [{"file": 0, "line": 1, "col": 4, "end_line": 1, "end_col": 6, "stmt": [1, 1], "func": "", "target": "W", "args": ["x"], "loops": [], "params": []}],
 "ops": ["leaf", "neg"], "calls": [], "dtypes": ["float64"], "shapes": [[2]],
 "nodes": {"op": [0, 1], "site": [-1, 0], "in": [[], [0]], "obj": [1, 2], "call": [-1, -1], "dtype": [0, 0], "shape": [0, 0], "val": ["a0", null]},
 "attr": {}, "kept": [], "end": {"why": "the program ended", "node": 2, "limits": [], "errors_inside": {}}, "seconds": 0.1}`) {
		text.Data = append(text.Data, float64(c))
	}
	text.Shape = []int{len(text.Data)}
	var b bytes.Buffer
	err := npy.WriteNPZ(&b, []npy.Entry{{Name: "program", Array: text}, {Name: "a0", Array: npy.Array{Shape: []int{2}, Data: []float64{1, 2}}}}, true)
	file := filepath.Join(t.TempDir(), "program.npz")
	if err := errors.Join(err, os.WriteFile(file, b.Bytes(), 0o666)); err != nil {
		t.Fatal(err)
	}
	return file
}

// files are those below dir, by their names from there.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		all[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Under every command that writes, and whichever call to the disk fails: the
// command fails, says why in a line, and of every file the old one or the new
// one is there and nothing else.
func TestFaultsUnderCommands(t *testing.T) {
	for _, w := range writers(t) {
		t.Run(w.name, func(t *testing.T) {
			// What is written names its place, so every run is in the same one.
			home := filepath.Join(t.TempDir(), "home")
			out := filepath.Join(home, "out")
			left := func(args string) map[string][]byte {
				if stderr, status := w.run(args, out, io.Discard); status != 0 || stderr != "" {
					t.Fatalf("without a fault: status %d, %s", status, stderr)
				}
				return files(t, home)
			}
			if w.calls != nil { // no run of them to compare with
				before := map[string][]byte{"out/index.html": []byte("old"), "out/report.json": []byte("old")}
				for _, n := range w.calls {
					if !w.fails(t, n, io.Discard, home, before, before) {
						t.Errorf("there are fewer than %d calls", n)
					}
				}
				return
			}
			before := map[string][]byte{"out": []byte("old")}
			restore(t, home, nil)
			if w.older != "" {
				before = left(w.older)
			}
			after := left(w.args)
			w.fails(t, 0, full{}, home, before, after)
			w.each(t, home, before, after)
			if strings.Contains(w.args, "-out") { // it makes a directory too
				w.each(t, home, nil, after)
			}
		})
	}
}

// each has one call after the other fail, as far as there are calls.
func (w writer) each(t *testing.T, home string, before, after map[string][]byte) {
	n := 1
	for w.fails(t, n, io.Discard, home, before, after) {
		if n++; testing.Short() {
			n += n / 2
		}
	}
	if n < 7 {
		t.Errorf("only %d calls", n-1)
	}
}

// fails runs the command with a fault at the n-th call, or at stdout where n is
// 0, and checks what comes of it. It returns false if there is no such call.
func (w writer) fails(t *testing.T, n int, stdout io.Writer, home string, before, after map[string][]byte) bool {
	t.Helper()
	why := []error{syscall.ENOSPC, syscall.EIO, syscall.EACCES}[n%3]
	restore(t, home, before)
	calls := failAt(t, n, why)
	stderr, status := w.run(w.args, filepath.Join(home, "out"), stdout)
	made := calls()
	failAt(t, 0, nil)
	if made < n {
		return false
	}
	if status != 1 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, why.Error()) {
		t.Errorf("call %d: status %d, %q, want 1 and %v in a line", n, status, stderr, why)
	}
	now := files(t, home)
	isNew := func(name string) bool {
		text, there := now[name]
		newer, wanted := after[name]
		return there && wanted && (bytes.Equal(text, newer) || w.whole != nil && w.whole(text))
	}
	all := true // that is new is there, but for the record, which comes last
	for name := range after {
		all = all && (isNew(name) || isRecord(name))
	}
	for name, text := range now {
		if older, was := before[name]; !(was && bytes.Equal(text, older)) && !isNew(name) {
			t.Errorf("call %d: %s is neither the old file nor the new one", n, name)
		}
	}
	for name := range before {
		if _, there := now[name]; !there && !all && !isRecord(name) {
			t.Errorf("call %d: %s is gone and not all that is new is there", n, name)
		}
	}
	return true
}

// isRecord reports whether a file says what run the others are of: it is not
// there while they are of two.
func isRecord(name string) bool { return filepath.Ext(name) == ".json" }

// restore makes dir a directory that holds these files alone.
func restore(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o777))
	for name, text := range files {
		path := filepath.Join(dir, name)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, text, 0o666))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// failAt has call number n to the disk fail, 0 none, and returns how many there
// were so far.
func failAt(t *testing.T, n int, err error) (calls func() int) {
	t.Helper()
	before := output.Fail
	t.Cleanup(func() { output.Fail = before })
	return failing(n, func() error { return err })
}

func failing(n int, how func() error) (calls func() int) {
	var count atomic.Int64
	output.Fail = func(string) error {
		if count.Add(1) == int64(n) {
			return how()
		}
		return nil
	}
	return func() int { return int(count.Load()) }
}

// full is a standard output that leads to a full disk.
type full struct{}

func (full) Write(b []byte) (int, error) { return len(b) / 2, syscall.ENOSPC }
