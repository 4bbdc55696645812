package graph

import (
	"math"
	"slices"
	"testing"
)

// TestAccounts tells how an element of each operation comes about: the last
// running value is the element, whatever is folded.
func TestAccounts(t *testing.T) {
	for _, oc := range opCases {
		if oc.index != "" {
			continue
		}
		b := build(t)
		var in []int
		for _, a := range oc.operands() {
			in = append(in, b.leaf(a))
		}
		n := b.do(oc.op, &oc.attr, in...)
		g := b.done()
		v := g.MustValue(n)
		c, err := g.CallOf(n)
		if err != nil {
			t.Fatal(err)
		}
		e, err := c.Bound()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range v.Data {
			for _, keep := range []int{0, 1, 2} {
				a, err := g.Account(n, i, keep)
				if err != nil {
					t.Fatalf("%s: %v", oc.name(), err)
				}
				if a.Result != want && !(math.Abs(a.Result-want) <= 2*e.Data[i]) && !(want != want && a.Result != a.Result) || len(a.Terms) == 0 {
					if len(a.Terms) > 0 || want != 0 {
						t.Errorf("%s: [%d] = %v is told as %+v", oc.name(), i, want, a)
					}
				}
				if keep > 0 && len(a.Terms) > 2*keep+2 {
					t.Errorf("%s: %d terms where %d at either end are asked for", oc.name(), len(a.Terms), keep)
				}
			}
		}
	}
}

// TestAccountText holds the words of some accounts.
func TestAccountText(t *testing.T) {
	b := build(t)
	b.g.Files[0].Text = "dW = x.T @ (p - y)\n"
	b.g.Files[0].findLines()
	b.g.Sites = []Site{{Line: 1, Col: 5, EndLine: 1, EndCol: 18, Stmt: [2]int{1, 1}, Target: "dW", Args: []string{"x.T", "p - y"}}}
	x, d := b.leaf(Of([]float64{1, 2, 3, 4, 5, 6, 7, 8}, 1, 8)), b.leaf(Of([]float64{1, 1, 1, 2, 2, 2, 3, 3}, 8, 1))
	n := b.do("matmul", nil, x, d)
	b.g.Nodes[n].Site = 0
	z := b.leaf(Of([]float64{0, 1, 3, 3}, 2, 2))
	p := b.do("softmax", &Attr{Axis: []int{1}}, z)
	idx := NewIndex([]int32{4, 0, 1}, 3)
	moved := b.do("gather", &Attr{Index: idx, Fill: 7}, z)
	written := b.do("add_at", &Attr{Index: NewIndex([]int32{1, 1, 2}, 3)}, z, b.leaf(Of([]float64{10, 20, 30}, 3)))
	g := b.done()
	for _, c := range []struct {
		node, index, keep int
		name, formula     string
		terms             []string
		skipped           int
		before            float64
	}{
		{n, 0, 2, "dW[0,0]", "Σ of 8 products of x.T and (p - y)", []string{"x.T[0,0]·(p - y)[0,0]", "x.T[0,1]·(p - y)[1,0]", "x.T[0,6]·(p - y)[6,0]", "x.T[0,7]·(p - y)[7,0]"}, 4, 36},
		{p, 1, 0, "node4[0,1]", "t3 / t4", []string{"t1 = max(node3)", "t2 = node3[0,1] − t1", "t3 = exp(t2)", "t4 = Σ exp(node3 − max(node3))", "t3 / t4"}, 0, 0},
		{moved, 0, 0, "node5[0]", "node3[1,1]", []string{"node3[1,1]"}, 0, 0},
		{moved, 1, 0, "node5[1]", "7", []string{"7"}, 0, 0},
		{written, 0, 0, "node7[0,0]", "node3[0,0] plus 2 elements of node6", []string{"node3[0,0]", "node6[0]", "node6[1]"}, 0, 0},
	} {
		a, err := g.Account(c.node, c.index, c.keep)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, term := range a.Terms {
			texts = append(texts, term.Text)
		}
		if a.Name != c.name || a.Formula != c.formula || !slices.Equal(texts, c.terms) || a.Skipped != c.skipped || a.Before != c.before {
			t.Errorf("%q = %q of %q, %d skipped at %v; want %+v", a.Name, a.Formula, texts, a.Skipped, a.Before, c)
		}
	}
}
