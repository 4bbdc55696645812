package spec_test

import (
	"slices"
	"strings"
	"testing"

	"glassbox/nn/spec"
)

func TestOrder(t *testing.T) {
	const want = "z1 h1 z2 p loss dz2 dW2 db2 dh1 dz1 dW1 db1 vW1_new W1_new vb1_new b1_new vW2_new W2_new vb2_new b2_new W1_next b1_next W2_next b2_next"
	if got := strings.Join(spec.Order(2, spec.Settings{Momentum: 0.9}), " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := strings.Join(spec.Order(1, spec.Settings{}), " "); got != "z1 p loss dz1 dW1 db1 W1_new b1_new W1_next b1_next" {
		t.Error(got)
	}
}

// TestParseName: every name of a step is read as what it is, others are not.
func TestParseName(t *testing.T) {
	ops := spec.Right()
	for _, n := range spec.Made(12, spec.Settings{Momentum: 0.9}) {
		if got, ok := spec.ParseName(n.String()); !ok || got != n {
			t.Errorf("%s is read as %+v, %v", n, got, ok)
		}
		if ops.Op(n, 12) == nil {
			t.Errorf("no operation makes %s", n)
		}
	}
	for _, name := range []string{"x", "y", "W1", "b3", "vW2", "vb1", "W1_backward"} {
		if n, ok := spec.ParseName(name); !ok || n.String() != name || ops.Op(n, 3) != nil {
			t.Errorf("%s is read as %+v, %v", name, n, ok)
		}
	}
	for _, name := range []string{"", "_new", "x1", "W", "W0", "W01", "W1001", "W99999999999999999999", "dW1_new", "vW1_next", "W1_new_next", "W1_next_new", "dzL", "dz", "p2", "q1", "z1_new", "x_new", "w1", "1", "W-1", "W1 "} {
		if n, ok := spec.ParseName(name); ok {
			t.Errorf("%q is read as %+v", name, n)
		}
	}
}

// TestMake: what an operation lacks is named, not met.
func TestMake(t *testing.T) {
	ops := spec.Right()
	for _, n := range spec.Made(2, spec.Settings{Momentum: 0.9}) {
		s := &spec.Step{L: 2, Settings: spec.Settings{Momentum: 0.9}, T: spec.Tensors{}}
		op := ops.Op(n, 2)
		if _, lacks := op.Make(s, n); !slices.Contains(op.Inputs(s, n), lacks) {
			t.Errorf("%s is made of nothing: lacks %q", n, lacks)
		}
	}
}
