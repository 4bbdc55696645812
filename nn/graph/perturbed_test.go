package graph

import "testing"

// An array of which an element is moved and put back is the one of before, and the
// moved ones are data; one that stays moved is left alone.
func TestUnperturbed(t *testing.T) {
	at := func(i int) *Attr { return &Attr{Index: NewIndex([]int32{int32(i + 1)})} }
	one := func(name string, obj int, shape []int, attr *Attr, in ...int) Node {
		if attr == nil {
			attr = noAttr
		}
		return Node{Op: Lookup(name), In: in, Site: -1, Obj: obj, Kind: 0, Shape: shape, Attr: attr, kept: keptNone}
	}
	build := func(last ...Node) *Graph {
		g := &Graph{Nodes: append([]Node{
			one("leaf", 1, []int{3}, nil),
			one("gather", -1, []int{}, at(1), 0),
			one("const", -1, []int{}, nil),
			one("add", -1, []int{}, nil, 1, 2),
			one("setitem", 1, []int{3}, at(1), 0, 3),
			one("sum", -1, []int{}, nil, 4),
		}, last...)}
		g.values.scalars = map[int]float64{2: 1e-4}
		g.Nodes[2].kept = keptScalar
		g.values.nodes = make([]*Array, len(g.Nodes))
		g.link()
		return g
	}
	g := build(one("setitem", 1, []int{3}, at(1), 4, 1), one("sum", -1, []int{}, nil, 6))
	u := g.Unperturbed()
	if n := u.Nodes[6]; n.Op.Name != "gather" || !n.Attr.Alias || n.In[0] != 0 {
		t.Errorf("put back, it is %s of %v", n.Op.Name, n.In)
	}
	if n := u.Nodes[4]; n.Op.Name != "leaf" || len(n.In) > 0 || !n.Attr.Moved {
		t.Errorf("moved, it is %s of %v", n.Op.Name, n.In)
	}
	if len(u.Uses(0)) != 2 || g.Nodes[6].Op.Name != "setitem" {
		t.Errorf("uses %v; the graph itself has %s", u.Uses(0), g.Nodes[6].Op.Name)
	}
	if g := build(one("sum", -1, []int{}, nil, 4)); g.Unperturbed() != g {
		t.Error("an element that is not put back was taken for one")
	}
	if g := build(one("setitem", 1, []int{3}, at(2), 4, 1)); g.Unperturbed() != g {
		t.Error("another element that is written was taken for it")
	}
}
