package graph

import (
	"slices"
	"testing"

	"glassbox/mat/npy"
)

// A part has its own nodes and what they are made of, as far as what is known.
func TestPart(t *testing.T) {
	b := build(t)
	x := b.leaf(Of([]float64{1, 2, 3}, 3))
	unread := b.do("exp", nil, x)
	early := b.do("tanh", nil, x)
	known := b.do("sqrt", nil, early)
	b.do("neg", nil, unread)
	begin := b.do("mul", nil, known, x)
	index := b.put("leaf", npy.Int64, nil, Of([]float64{2, 0}, 2))
	last := b.do("gather", &Attr{Index: NewIndex([]int32{3, 1}, 2), By: []int{index}}, begin)
	b.do("neg", nil, last)
	b.g.Kept = []Kept{{Node: unread, At: 3}, {Node: last, At: last + 1}}
	g := b.done()
	p, of := g.Part(begin, last+1, []int{known, last})
	if want := []int{x, known, begin, index, last}; !slices.Equal(of, want) {
		t.Fatalf("the nodes %v, not %v", of, want)
	}
	for i, old := range of {
		if got, want := p.MustValue(i), g.MustValue(old); got == nil || !slices.Equal(got.Data, want.Data) {
			t.Errorf("node %d is %v, not %v", i, got, want)
		}
	}
	if n := p.Nodes[1]; n.Op.Name != "leaf" || len(n.In) > 0 {
		t.Errorf("what is known is %s of %v", n.Op.Name, n.In)
	}
	if n := p.Nodes[4]; !slices.Equal(n.In, []int{2}) || !slices.Equal(n.Attr.By, []int{3}) {
		t.Errorf("the last is made of %v by %v", n.In, n.Attr.By)
	}
	if len(p.Kept) != 1 || p.Kept[0].Node != 4 || p.Kept[0].At != 5 {
		t.Errorf("kept: %v", p.Kept)
	}
	if !slices.Equal(p.Uses(0), []int{2}) {
		t.Errorf("the first is used by %v", p.Uses(0))
	}
}
