package audit

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
