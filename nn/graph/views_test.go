package graph

import (
	"slices"
	"testing"

	"glassbox/mat/npy"
)

// TestViewsOfOneVector holds that what is read of a view is what was written by
// way of it, unless something else has written there since.
func TestViewsOfOneVector(t *testing.T) {
	for _, c := range []struct {
		name    string
		others  []int32 // written to the base after the view was
		through bool
	}{
		{"another part is written", []int32{4, 5, 6}, true},
		{"an element of it is written", []int32{2, 5, 6}, false},
	} {
		index := func(data ...int32) *Attr { return &Attr{Index: NewIndex(data, len(data))} }
		view := index(1, 2, 3)
		view.View = true
		node := func(op string, obj int, size int, attr *Attr, in ...int) Node {
			return Node{Op: Lookup(op), Obj: obj, Shape: []int{size}, Kind: npy.Float64, Attr: attr, In: in, Site: -1, Call: -1}
		}
		g := &Graph{Nodes: []Node{
			node("leaf", 0, 6, &Attr{}),
			node("gather", 1, 3, index(1, 2, 3), 0),
			node("neg", 1, 3, &Attr{Inplace: true}, 1),
			node("setitem", 0, 6, view, 0, 2),
			node("leaf", 2, 3, &Attr{}),
			node("setitem", 0, 6, index(c.others...), 3, 4),
			node("gather", 1, 3, index(1, 2, 3), 5),
		}}
		g.seeThrough()
		want := 5
		if c.through {
			want = 2
		}
		if got := g.Nodes[6].In; !slices.Equal(got, []int{want}) {
			t.Errorf("%s: the view is read from nodes %v; %d would be right", c.name, got, want)
		}
	}
}
