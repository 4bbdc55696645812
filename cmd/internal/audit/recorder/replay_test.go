package recorder_test

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/graph"
)

// recorded runs a program of testdata/programs under the recorder and reads its
// trace.
func recorded(t *testing.T, program string, options ...string) *graph.Graph {
	t.Helper()
	abs := absolute(t)
	trace := filepath.Join(t.TempDir(), "trace.npz")
	args := append(append([]string{"-q", "-o", trace}, options...), abs("testdata/programs/"+program))
	if out, err := nptest.Script(t, nptest.Python(t, "numpy"), ".", file, args...); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	g, err := graph.Read(trace)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// replayed computes every node from its inputs, holds the value against the one
// recorded, and returns what cannot be computed.
func replayed(t *testing.T, g *graph.Graph) (opaque []string) {
	t.Helper()
	for i := range g.Nodes {
		node := &g.Nodes[i]
		name := strings.TrimPrefix(node.Op.Name, "opaque:")
		if name != node.Op.Name || name == "mutated" {
			if !slices.Contains(opaque, name) {
				opaque = append(opaque, name)
			}
			continue
		}
		if len(node.In) == 0 {
			continue
		}
		c, err := g.CallOf(i)
		if err == nil {
			want := c.Out
			var got *graph.Array
			if got, err = c.Value(); err == nil {
				near(t, g, i, got, want)
			}
		}
		if err != nil && !errors.Is(err, graph.ErrOpaque) {
			t.Error(err)
		}
	}
	for text, n := range g.End.Inside {
		t.Errorf("%d troubles of the recorder's: %s", n, text)
	}
	slices.Sort(opaque)
	return opaque
}

func near(t *testing.T, g *graph.Graph, i int, got, want *graph.Array) {
	t.Helper()
	file, line := g.Where(i)
	if len(got.Data) != len(want.Data) {
		t.Errorf("%s:%d: %s has %d elements, had %d", file, line, g.Nodes[i].Op.Name, len(got.Data), len(want.Data))
		return
	}
	for k, x := range got.Data {
		if y := want.Data[k]; math.Abs(x-y) > 1e-9*(1+math.Abs(y)) {
			t.Errorf("%s:%d: %s: element %d comes out as %v and was %v", file, line, g.Nodes[i].Op.Name, k, x, y)
			return
		}
	}
}

// TestCalls is that what NumPy's functions do is told as operations, each of
// which gives what it gave, and that only these are not.
func TestCalls(t *testing.T) {
	got := replayed(t, recorded(t, "calls.py"))
	want := strings.Fields(`abs bincount eigh fft flatnonzero frexp histogram ifft inv modf mul mutated searchsorted
		slogdet svd unique unravel_index vectorize where`)
	if !slices.Equal(got, want) {
		t.Errorf("opaque are\n%q, want\n%q", got, want)
	}
}
