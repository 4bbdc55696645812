package audit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/golden"
	"glassbox/mat/nptest"
)

// ran runs a program of testdata and judges it.
func ran(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	return audits(t, append([]string{"run", "-python", nptest.Python(t, "numpy")}, args...)...)
}

// recorded returns the trace of a program of testdata.
func recorded(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), strings.TrimSuffix(name, ".py")+".npz")
	if _, stderr, _ := ran(t, "-o", file, "testdata/"+name); !exists(file) {
		t.Fatalf("%s: no trace; %s", name, stderr)
	}
	return file
}

func exists(file string) bool { _, err := os.Stat(file); return err == nil }

func TestRunProgram(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
	}{{"right", 0}, {"broken", 1}, {"raises", 1}, {"opaque", 2}} {
		stdout, stderr, status := ran(t, "testdata/"+c.name+".py")
		if status != c.status {
			t.Errorf("%s: status %d, want %d; %s", c.name, status, c.status, stderr)
		}
		golden.Check(t, "run-"+c.name+".txt", stdout)
		if strings.Contains(stderr, "glassbox: ") || strings.Contains(stdout+stderr, "trace.npz") {
			t.Errorf("%s: the recorder is heard: %s", c.name, stderr)
		}
	}
}

// What cannot be run or judged ends with status 2 and one line.
func TestRunRefuses(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"-python no-such-python testdata/right.py", "there is no no-such-python to run the program with. Name another with -python"},
		{"-json -sarif testdata/right.py", "give one of them"},
		{"testdata/missing.py", "stat testdata/missing.py: no such file"},
	} {
		_, stderr, status := ran(t, strings.Fields(c.args)...)
		if status != 2 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: status %d, %s", c.args, status, stderr)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, stderr, status := audits(t, "run", "testdata/right.py"); status != 2 || !strings.Contains(stderr, "a python3 with NumPy is needed: there is no python3 on PATH. Name another") {
		t.Errorf("no python3: status %d, %s", status, stderr)
	}
}

// Ctrl-C in the program ends the command in one line.
func TestRunInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGINT to send")
	}
	file := filepath.Join(t.TempDir(), "stuck.py")
	if err := os.WriteFile(file, []byte("import os, signal, time\nos.kill(os.getppid(), signal.SIGINT)\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := ran(t, file)
	if status != 130 || stdout != "" || stderr != "audit: interrupted before "+file+" was judged\n" {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

// Traces of both kinds stand in one table.
func TestCompareBothKinds(t *testing.T) {
	right, broken, own := recorded(t, "right.py"), recorded(t, "broken.py"), traced(t, "-fault", "dx-with-dw")
	stdout, stderr, status := audits(t, "compare", right, own, broken)
	if status != 1 || !strings.Contains(stderr, "findings in 2 of 3 files") {
		t.Errorf("status %d, %s", status, stderr)
	}
	for _, file := range []string{right, broken, own} {
		stdout = strings.ReplaceAll(stdout, filepath.Dir(file)+string(filepath.Separator), "")
	}
	// The table's columns are as wide as the files' names, which differ from run to run.
	var lines []string
	for _, line := range strings.Split(stdout, "\n") {
		if i := strings.Index(line, ".npz  "); i >= 0 {
			line = line[:i+4] + "  " + strings.TrimLeft(line[i+4:], " ")
		}
		lines = append(lines, strings.Replace(line, "file"+strings.Repeat(" ", max(0, strings.Index(line, "verdict")-4)), "file  ", 1))
	}
	golden.Check(t, "compare-both.txt", strings.Join(lines, "\n"))

	stdout, _, _ = audits(t, "compare", "-json", right, own, broken)
	var all struct {
		Files []struct {
			Verdict  string
			Findings []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(stdout), &all); err != nil {
		t.Fatal(err)
	}
	if f := all.Files[2].Findings[0]; f["file"] != "broken.py" || f["line"] != 20.0 || f["statement"] != `return loss, {"v": hidden.T @ da, "W": x.T @ dhidden, "b": dz.sum(axis=0)}` || f["level"] != "error" || f["relation"] == "" {
		t.Errorf("the finding in JSON: %v", f)
	}
	if f := all.Files[1].Findings[0]; f["cause"] != "dx-with-dw" {
		t.Errorf("the finding of a trace of named tensors in JSON: %v", f)
	}
}

// The log has what SARIF 2.1.0 requires, and the places that editors go to.
func TestSARIF(t *testing.T) {
	stdout, stderr, status := audits(t, "compare", "-sarif", recorded(t, "broken.py"), recorded(t, "raises.py"), traced(t, "-fault", "dx-with-dw"), recorded(t, "right.py"))
	if status != 1 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	var log sarifLog
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.HasSuffix(log.Schema, "sarif-2.1.0.json") || len(log.Runs) != 1 {
		t.Fatalf("version %q, schema %q, %d runs", log.Version, log.Schema, len(log.Runs))
	}
	run := log.Runs[0]
	if run.Tool.Driver.Name == "" || len(run.Invocations) != 1 || !run.Invocations[0].Successful {
		t.Errorf("tool %+v, invocations %+v", run.Tool, run.Invocations)
	}
	lines := map[string]int{}
	for _, x := range run.Results {
		if x.RuleIndex < 0 || x.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[x.RuleIndex].ID != x.Rule {
			t.Errorf("rule %d is not %q", x.RuleIndex, x.Rule)
		}
		if x.Level != "error" && x.Level != "warning" && x.Level != "note" || x.Message.Text == "" || len(x.Locations) != 1 {
			t.Errorf("result %+v", x)
		}
		p := x.Locations[0].Physical
		if p.Artifact.URI == "" || strings.ContainsAny(p.Artifact.URI, ` \`) {
			t.Errorf("%s: URI %q", x.Rule, p.Artifact.URI)
		}
		if p.Region != nil {
			lines[x.Rule+" "+p.Artifact.URI] = p.Region.StartLine
		} else if x.Rule != "dx-with-dw" {
			t.Errorf("%s has no line", x.Rule)
		}
	}
	if lines["another-operand testdata/broken.py"] != 20 || lines["raised testdata/raises.py"] != 10 {
		t.Errorf("lines %v", lines)
	}
	first := run.Results[0]
	if len(first.Related) != 1 || first.Related[0].Physical.Region.StartLine != 10 || first.Related[0].Message == nil {
		t.Errorf("the forward line of %+v", first)
	}
	for _, r := range run.Tool.Driver.Rules {
		if r.ID == "" || strings.Contains(r.ID, " ") || r.Short.Text == "" {
			t.Errorf("rule %+v", r)
		}
	}
}

// A line is explained by its values, an element by the terms it came about from.
func TestExplainProgram(t *testing.T) {
	file := recorded(t, "broken.py")
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"broken.py:19"}, []string{"broken.py:19 in step 1 of ", "  dz = dhidden * (1 - hidden ** 2)  (40, 5)  ", "  dhidden                           (40, 5)  ", "broken.py:18\n"}},
		{[]string{"-step", "3", "broken.py:20:x.T @ dhidden[0,1]"}, []string{"in step 3 of ", "Σ of 40 products of x.T and dhidden\n", "… 24 terms more; -all shows them", "the program has ", "go on: go run ./cmd/audit explain -trace " + file + " -step 3 'broken.py:18:dhidden["}},
		{[]string{"-all", "broken.py:20:x.T @ dhidden[0,1]"}, []string{"x.T[0,20]·dhidden[20,1]"}},
		{[]string{"-round", "2", "broken.py:30:grads[name]"}, []string{"round 2 of 3", "made at broken.py:20"}},
	} {
		stdout, stderr, status := audits(t, append([]string{"explain", "-trace", file}, c.args...)...)
		if status != 0 {
			t.Errorf("%v: status %d, %s", c.args, status, stderr)
		}
		for _, says := range c.says {
			if !strings.Contains(stdout, says) {
				t.Errorf("%v does not say %q:\n%s", c.args, says, stdout)
			}
		}
	}
	for _, c := range []struct{ args, says string }{
		{"dW1[0,3]", "is no line of a recorded program: net.py:41 shows"},
		{"other.py:3", "has no file other.py; it has broken.py"},
		{"broken.py:300", "broken.py has 32 lines, not 300"},
		{"broken.py:2", "broken.py:2 computes no array in the recorded part: import numpy as np"},
		{"broken.py:19:nothing", "broken.py:19 has no value nothing"},
		{"broken.py:19:dz[40,0]", "its shape is (40, 5): index 40 is beyond axis 0"},
		{"broken.py:19:dz[4]", "it has the shape (40, 5) and so 2 indices"},
		{"-step 99 broken.py:19", "does not run in step 99, but in the steps 0 to "},
		{"-round 9 broken.py:19", "runs 1 time in step 1: -round is below that"},
		{"-momentum 0.9 broken.py:19", "-momentum belongs to our own run"},
	} {
		_, stderr, status := audits(t, append([]string{"explain", "-trace", file}, strings.Fields(c.args)...)...)
		if status != 2 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: status %d, %s", c.args, status, stderr)
		}
	}
}
