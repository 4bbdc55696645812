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
	}{{"right", 0}, {"broken", 1}, {"raises", 1}} {
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
		{"testdata/missing.py", "testdata/missing.py left no recording"},
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
	if lines["one-change testdata/broken.py"] != 20 || lines["raised testdata/raises.py"] != 10 {
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
