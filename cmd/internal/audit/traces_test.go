package audit

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/audit"
)

// expectation is one acceptable first finding of a trace. Without a cause any
// will do; a null cause means that none may be named.
type expectation struct {
	Step   int
	Tensor string
	Level  string
	Cause  json.RawMessage
}

func (e expectation) meets(f audit.Finding) bool {
	if e.Step != f.Step || e.Tensor != f.Tensor || e.Level != "" && e.Level != f.Level {
		return false
	}
	switch text := string(e.Cause); text {
	case "":
		return true
	case "null":
		return f.Cause == ""
	default:
		return strings.Trim(text, `"`) == f.Cause
	}
}

type tracedCase struct {
	File   string
	Clean  bool
	Expect []expectation
	About  string
}

// checkTraces judges the traces of a directory and holds the verdicts against
// its index.json.
func checkTraces(t *testing.T, dir string, least int) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []tracedCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < least {
		t.Fatalf("%d traces, expected at least %d", len(cases), least)
	}
	for _, c := range cases {
		trace, err := audit.ReadTrace(filepath.Join(dir, c.File))
		if err != nil {
			t.Errorf("%s: %v", c.File, err)
			continue
		}
		v := audit.Compare(trace)
		if c.Clean && v.Verdict == "clean" {
			continue
		}
		met := false
		for _, e := range c.Expect {
			met = met || len(v.Findings) > 0 && e.meets(v.Findings[0])
		}
		if !met {
			t.Errorf("%s (%s): %s, %+v; expected clean %v, %+v", c.File, c.About, v.Verdict, v.Findings, c.Clean, c.Expect)
		}
	}
}

// Traces of a NumPy network that was written without a look at the judge: the
// right ones are clean, in the wrong ones the mistake is named.
func TestNumPyTraces(t *testing.T) { checkTraces(t, "../../../testdata/traces/golden", 100) }

// All of them, made now by the NumPy at hand, and right ones with names left
// out at random.
func TestNumPyTracesLive(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, args := range [][]string{nil, {"--thin", "300"}} {
		dir := t.TempDir()
		cmd := exec.Command(python, append(append([]string{"../../../testdata/traces/make_traces.py"}, args...), dir)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		checkTraces(t, dir, 200)
	}
}

type solution struct {
	Name   string
	Args   []string
	Fault  string
	Level  string // clean, error, warning; meta: only the trace's notes show it
	Tensor string
	Cause  string
	Step   *int
}

// Solutions of the assignment in many habits, recorded by glassbox_record.py:
// the right ones are clean, and a fault put into each is named.
func TestSolutions(t *testing.T) {
	python := nptest.Python(t, "numpy")
	b, err := os.ReadFile("../../../testdata/solutions/solutions.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []solution
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 40 {
		t.Fatalf("%d solutions", len(list))
	}
	recorder, err := filepath.Abs("recorder")
	if err != nil {
		t.Fatal(err)
	}
	slots := make(chan bool, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for _, s := range list {
		wg.Go(func() {
			slots <- true
			defer func() { <-slots }()
			file := filepath.Join(t.TempDir(), "trace.npz")
			cmd := exec.Command(python, append(append([]string{"run.py"}, s.Args...), file)...)
			cmd.Dir = "../../../testdata/solutions"
			cmd.Env = append(os.Environ(), "PYTHONPATH="+recorder, "PYTHONDONTWRITEBYTECODE=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				if _, missing := os.Stat(file); missing != nil {
					t.Errorf("%v: %v: %s", s.Args, err, out)
					return
				}
			}
			trace, err := audit.ReadTrace(file)
			if err != nil {
				t.Errorf("%v: %v", s.Args, err)
				return
			}
			v := audit.Compare(trace)
			switch {
			case s.Level == "meta":
			case s.Level == "clean":
				if v.Verdict != "clean" || v.Judged < 20 {
					t.Errorf("%v: %s, %d tensors judged, %+v", s.Args, v.Verdict, v.Judged, v.Findings)
				}
			case len(v.Findings) == 0:
				t.Errorf("%v: clean; expected %s in %s", s.Args, s.Cause, s.Tensor)
			default:
				f := v.Findings[0]
				if f.Tensor != s.Tensor || f.Cause != s.Cause || s.Step != nil && f.Step != *s.Step {
					t.Errorf("%v: step %d, %s: %q; expected %s: %q", s.Args, f.Step, f.Tensor, f.Cause, s.Tensor, s.Cause)
				}
			}
		})
	}
	wg.Wait()
}
