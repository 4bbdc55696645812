package graph

import (
	"strings"
	"testing"
)

// FuzzDecode reads traces of any text: each is refused in one line, or its
// values, derivatives, replays and accounts are there or are refused, and never
// a panic.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(program))
	for _, name := range []string{"matmul", "softmax", "setitem", "einsum", "where", "clip", "convolve", "kron", "var", "median", "cumsum", "tensordot", "norm", "outer0", "argsort", "trace", "round", "create:eye"} {
		f.Add([]byte(strings.Replace(program, `"mul"`, `"`+name+`"`, 1)))
		f.Add([]byte(strings.Replace(strings.Replace(program, `"sum"`, `"`+name+`"`, 1), `{"axis": 0}`, `{"axis": [0, -1], "eq": "ij,jk->i", "axes": [[0], [1]], "mode": "same", "ord": 1, "idx": "a1"}`, 1)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := Decode(trace(t, string(text)), int64(len(text)), "t.npz")
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		g.values.elements, g.values.budget = 1<<12, 1<<14
		for n := range g.Nodes {
			v, err := g.Value(n)
			if err == nil && len(v.Data) != g.Size(n) {
				t.Errorf("node %d has %d elements for the shape %v", n, len(v.Data), g.Nodes[n].Shape)
			}
			if s := g.Nodes[n].Site; s >= 0 {
				g.Text(s)
			}
			if err == nil && len(v.Data) > 0 {
				g.Account(n, len(v.Data)-1, 2)
			}
		}
	})
}
