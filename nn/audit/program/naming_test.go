package program

import (
	"testing"

	"glassbox/nn/graph"
)

func TestTransposedText(t *testing.T) {
	for text, want := range map[string]string{
		"W": "W.T", "self.W.T": "self.W", "p['W']": "p['W'].T", "a + b": "(a + b).T", "np.dot(a, b)": "np.dot(a, b).T",
	} {
		if got := transposed(text); got != want {
			t.Errorf("the transpose of %s is %s, want %s", text, got, want)
		}
	}
}

func TestFarthest(t *testing.T) {
	was, want := graph.Of([]float64{1, 2, 3, 4}, 2, 2), graph.Of([]float64{1, 2.5, 3, 3.75}, 2, 2)
	if got := farthest(was, want).String(); got != "at [0,1] it is 2, not 2.5" {
		t.Error(got)
	}
	if got := farthest(graph.Scalar(2), graph.Scalar(-1)).String(); got != "it is 2, not -1" {
		t.Error(got)
	}
	if got := farthest(was, was); !got.IsZero() {
		t.Errorf("equal values differ: %s", got)
	}
}

func TestMends(t *testing.T) {
	for _, c := range []struct {
		told       bool
		mended, of int
		want       string
	}{
		{true, 1, 1, "this makes the wrong gradient right"},
		{true, 2, 2, "this makes both wrong gradients right"},
		{false, 5, 5, "the true value makes all 5 wrong gradients right"},
		{false, 4, 6, "the true value makes 4 of the 6 wrong gradients right"},
	} {
		if got := mends(c.told, c.mended, c.of).String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// A verdict is clean only where every gradient and every update was checked.
func TestCovers(t *testing.T) {
	v := &Verdict{Verdict: "clean", Steps: 1, Parameters: []Parameter{{Name: "W", Gradient: "right", Update: "right"}, {Name: "b", Gradient: "zero", Update: "not judged"}}}
	if s, c := v.Summary().String(), v.Covers().String(); s != "no fault in what was checked" || c != "2 of 2 gradients and 1 of 2 updates checked (1 step)" {
		t.Errorf("%s; %s", s, c)
	}
	v.Parameters[1].Update = "right"
	if s := v.Summary().String(); s != "clean" {
		t.Error(s)
	}
	v.Parameters[0].Gradient, v.Verdict = "not judged", "not judged"
	if s, c := v.Summary().String(), v.Covers().String(); s != "could not be judged as a whole" || c != "1 of 2 gradients and 2 of 2 updates checked (1 step); not that of `W`" {
		t.Errorf("%s; %s", s, c)
	}
}
