package experiment

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"glassbox/mat/npy"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// TestWaysAreClean: a trace of a network with any activation, loss, penalty and
// optimizer is clean by what it declares, and one wrong number in it is found.
func TestWaysAreClean(t *testing.T) {
	var list []string
	for _, a := range spec.Activations {
		list = append(list, "-activation "+a.Name)
	}
	for i, l := range spec.Losses {
		list = append(list, "-loss "+l.Name+" -l2 0.01 -activation "+spec.Activations[i+1].Name)
	}
	for _, o := range spec.Optimizers {
		list = append(list, "-optimizer "+o.Name, "-l2 0.1 -reduction sum -loss half_squared_error -learning_rate 0.001 -optimizer "+o.Name)
	}
	names := []string{"1.h1", "1.p", "1.dz3", "1.dz1", "1.dW2", "1.W2_new"}
	for i, flags := range list {
		t.Run(flags, func(t *testing.T) {
			c, err := FromFlags("-n 40 -dnn_hidden_units 6,5 -batch_size 16 "+flags, 5)
			if err != nil {
				t.Fatal(err)
			}
			recorded, err := Trace(c, []int{0, 1, 2, 7}, func() error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			entries, err := TraceFile(c, recorded)
			if err != nil {
				t.Fatal(err)
			}
			v := audit.Compare(decoded(t, entries))
			velocity := c.Momentum != 0 && c.Settings().Optimizer == nil // of step 7 the trace does not tell it
			if v.Verdict != "clean" || len(v.Unjudged) > 0 && !velocity {
				t.Fatalf("%s: %v, not judged: %v", v.Verdict, v.Findings, v.Unjudged)
			}
			for _, name := range []string{names[i%6], "1.W2_new"} {
				found := false
				for _, f := range audit.Compare(decoded(t, damaged(entries, name))).Findings {
					found = found || f.Step == 1 && "1."+f.Tensor == name
				}
				if !found {
					t.Errorf("%s is off by 1e-6, and nothing is said of it", name)
				}
			}
		})
	}
}

func decoded(t *testing.T, entries []npy.Entry) audit.Trace {
	t.Helper()
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, entries, false); err != nil {
		t.Fatal(err)
	}
	a, err := npy.NewArchive(bytes.NewReader(b.Bytes()), int64(b.Len()), "ways.npz")
	if err != nil {
		t.Fatal(err)
	}
	trace, err := audit.DecodeTrace(a, "ways.npz")
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// damaged are the entries with one number of one of them off by 1e-6.
func damaged(entries []npy.Entry, name string) []npy.Entry {
	list := append([]npy.Entry{}, entries...)
	for i, e := range list {
		if e.Name == name {
			e.Array.Data = append([]float64{}, e.Array.Data...)
			e.Array.Data[0] += 1e-6 * max(1, math.Abs(e.Array.Data[0]))
			list[i] = e
		}
	}
	return list
}

// TestOptimizerAndMomentum: the two flags go together or are refused.
func TestOptimizerAndMomentum(t *testing.T) {
	for flags, want := range map[string]float64{"-optimizer momentum": 0.9, "-optimizer nesterov -momentum 0.5": 0.5, "-momentum 0.3": 0.3, "-optimizer adam": 0} {
		if c, err := FromFlags(flags, 1); err != nil || c.Momentum != want {
			t.Errorf("%s: momentum %v, error %v", flags, c.Momentum, err)
		}
	}
	for flags, want := range map[string]string{
		"-optimizer adam -momentum 0.9": "give one of the two", "-optimizer nesterov -momentum 0": "needs a -momentum above 0",
		"-activation sigmod": "did you mean sigmoid", "-loss binary_cross_entropy -data ../../../testdata/iris.csv": "two classes",
	} {
		if _, err := FromFlags(flags, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", flags, err)
		}
	}
}
