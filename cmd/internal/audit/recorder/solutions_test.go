package recorder_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/mat/npy"
	"glassbox/nn/audit"
)

// A solution is a line of testdata/solutions/solutions.json.
type solution struct {
	Name, Level, Tensor, Cause string
	Fault                      *string
	Step                       *int // from which it shows: the first, where there is none
}

func (s solution) file() string {
	if s.Fault == nil {
		return s.Name
	}
	return s.Name + "." + *s.Fault
}

// verdict is what testdata/judge.py says of a trace.
type verdict struct {
	Wrong []any // step, tensor
	Meta  struct {
		RightSamplesSkipped int                                `json:"right_samples_skipped"`
		Merged              []struct{ Step, Passes, Rows int } `json:"merged_passes"`
		Notes               []string
		Steps               []int
	}
}

// TestSolutions runs every solution, right and with each of its mistakes, with
// the recorder and without. A judge of its own and the audit say of every trace
// what they should: right ones are clean, of a mistake its tensor and cause.
func TestSolutions(t *testing.T) {
	python := nptest.Python(t, "numpy")
	abs := absolute(t)
	var list []solution
	raw, err := os.ReadFile(abs("../../../../testdata/solutions/solutions.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	script := abs("../../../../testdata/solutions/run.py")
	recorded, plain := t.TempDir(), t.TempDir()
	var some []string
	if testing.Short() {
		some = []string{"--right"}
	}
	// The two side by side: each runs one program at a time.
	t.Run("run", func(t *testing.T) {
		for _, args := range [][]string{{"--recorder", abs(file), "--all", recorded}, {"--all", plain, "--plain"}} {
			t.Run(args[0], func(t *testing.T) {
				t.Parallel()
				run(t, python, append(append([]string{script}, args...), some...)...)
			})
		}
	})
	if t.Failed() {
		return
	}
	verdicts := map[string]verdict{}
	if err := json.Unmarshal(run(t, python, abs("testdata/judge.py"), recorded), &verdicts); err != nil {
		t.Fatal(err)
	}
	faulty := map[string]int{}
	for _, s := range list {
		if s.Fault != nil {
			faulty[s.Name]++
			if testing.Short() {
				continue
			}
		}
		t.Run(s.file(), func(t *testing.T) {
			sameOutput(t, filepath.Join(plain, s.file()), filepath.Join(recorded, s.file()))
			v, ok := verdicts[s.file()]
			if !ok {
				t.Fatal("no trace was written")
			}
			judged(t, s, v)
			audited(t, s, filepath.Join(recorded, s.file()+".npz"))
			if len(v.Meta.Notes) > 0 {
				t.Errorf("the recorder's notes: %q", v.Meta.Notes)
			}
			readable(t, filepath.Join(recorded, s.file()+".npz"), v.Meta.Steps)
		})
	}
	if len(list) < 40 || len(faulty) < 14 {
		t.Errorf("%d runs of %d solutions, want 40 of 14 at least", len(list), len(faulty))
	}
	for name, n := range faulty {
		if n < 2 {
			t.Errorf("%s takes %d mistakes, want 2 at least", name, n)
		}
	}
}

// sameOutput holds what a program printed, with the digest of its parameters,
// against what it printed under the recorder.
func sameOutput(t *testing.T, plain, recorded string) {
	t.Helper()
	want, err := os.ReadFile(plain + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(recorded + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(want, []byte("digest ")) {
		t.Errorf("it printed no digest: %s", want)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("under the recorder it printed\n%s\nwithout it\n%s", got, want)
	}
}

// judged compares the first tensor that does not follow with the one expected.
func judged(t *testing.T, s solution, v verdict) {
	t.Helper()
	step := 0
	if s.Step != nil {
		step = *s.Step
	}
	want := fmt.Sprint(step, " ", s.Tensor)
	switch {
	case strings.HasPrefix(s.Name, "rmsprop") && (s.Fault == nil || *s.Fault == "rmsprop-reset"):
		want = "0 W1_new" // the judge knows no such step
	case s.Level == "clean":
		want = ""
	case s.Level == "warning":
		return // it follows
	case s.Level == "meta":
		switch s.Cause {
		case "correct-samples-skipped":
			if v.Meta.RightSamplesSkipped == 0 {
				t.Error("meta does not say that right samples are skipped")
			}
		case "epoch-gradient":
			if m := v.Meta.Merged; len(m) == 0 || m[0].Passes != 4 || m[0].Rows != 16 {
				t.Errorf("meta has merged passes %v, want 4 of 16 rows", m)
			}
		default:
			t.Errorf("nothing in meta is known for %s", s.Cause)
		}
		return
	}
	got := ""
	if v.Wrong != nil {
		got = fmt.Sprint(v.Wrong[0], " ", v.Wrong[1])
	}
	if got != want {
		t.Errorf("the first that does not follow is %q, want %q", got, want)
	}
}

// audited holds the first finding of the audit against the one expected.
func audited(t *testing.T, s solution, path string) {
	t.Helper()
	if s.Level == "meta" {
		return // no tensor shows it
	}
	trace, err := audit.ReadTrace(path)
	if err != nil {
		t.Fatal(err)
	}
	v := audit.Compare(trace)
	switch {
	case s.Level == "clean":
		if v.Verdict != "clean" || v.Judged < 20 {
			t.Errorf("%s, %d tensors judged, %+v", v.Verdict, v.Judged, v.Findings)
		}
	case len(v.Findings) == 0:
		t.Errorf("clean; expected %s in %s", s.Cause, s.Tensor)
	default:
		f := v.Findings[0]
		if f.Tensor != s.Tensor || f.Cause != s.Cause || s.Step != nil && f.Step != *s.Step {
			t.Errorf("step %d, %s: %q; expected %s: %q", f.Step, f.Tensor, f.Cause, s.Tensor, s.Cause)
		}
	}
}

// readable reads a trace as the audit does and checks names and shapes.
func readable(t *testing.T, path string, steps []int) {
	t.Helper()
	a, err := npy.ReadNPZ(path)
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string][]int{}
	for _, name := range a.Names() {
		array, err := a.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		shapes[name] = array.Shape
	}
	for _, step := range steps {
		at := func(name string) []int { return shapes[strconv.Itoa(step)+"."+name] }
		has := func(name string, shape ...int) {
			t.Helper()
			if !slices.Equal(at(name), shape) {
				t.Errorf("%d.%s has shape %v, want %v", step, name, at(name), shape)
			}
		}
		if len(at("x")) != 2 || len(at("y")) == 0 {
			t.Fatalf("step %d: x has shape %v, y %v", step, at("x"), at("y"))
		}
		n, in := at("x")[0], at("x")[1]
		for k := 1; ; k++ {
			layer := strconv.Itoa(k)
			if len(at("W"+layer)) != 2 {
				if k == 1 {
					t.Fatalf("step %d: W1 has shape %v", step, at("W1"))
				}
				break
			}
			out := at("W" + layer)[1]
			for _, name := range []string{"W", "dW"} {
				has(name+layer, in, out)
			}
			for _, name := range []string{"b", "db"} {
				if !strings.Contains(path, "bias-gradient-total") || name == "b" {
					has(name+layer, 1, out)
				}
			}
			for _, name := range []string{"z", "dz"} {
				has(name+layer, n, out)
			}
			if len(at("W"+strconv.Itoa(k+1))) == 2 {
				has("h"+layer, n, out)
				has("dh"+layer, n, out)
			} else {
				has("p", n, out)
			}
			for _, suffix := range []string{"_new", "_next"} {
				has("W"+layer+suffix, in, out)
				has("b"+layer+suffix, 1, out)
			}
			in = out
		}
	}
}

func run(t *testing.T, python string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(python, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", args[0], err, out, stderr.Bytes())
	}
	return out
}
