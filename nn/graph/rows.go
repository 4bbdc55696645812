package graph

import (
	"maps"
	"slices"

	"glassbox/mat/npy"
)

// WholeUpdates returns the graph in which an update of some elements of an array
// that lives through the recording is one of the whole array: `W[i] -= x`, or
// np.add.at(W, i, x), becomes W less zeros with x at i. What is added then has the
// shape of the derivative by W, whatever rows a step learns from. Updates that
// follow one another with nothing read between them become one. Where there is
// none the graph itself is returned; else places and values are the recording's,
// and the nodes have other numbers.
func (g *Graph) WholeUpdates() *Graph {
	w := wholeUpdates{from: g, part: map[int]int{}, made: map[int]update{}, decays: map[int]bool{}}
	w.find()
	w.renewed()
	if len(w.rows)+len(w.part) == 0 {
		return g
	}
	return w.build()
}

// A rowUpdate is base with x added at some elements, or taken away, by op.
type rowUpdate struct {
	base, x int
	minus   bool
	op      *Op
	at      *Index
}

// An update is a whole array that a node adds to base or takes from it.
type update struct {
	base, whole int
	minus       bool
	wrote       map[int32]bool
}

type wholeUpdates struct {
	from   *Graph
	rows   map[int]rowUpdate
	part   map[int]int // what a reading of a part of an array finds, by node
	to     *Graph
	num    []int          // of each old node in the new graph
	made   map[int]update // by old node
	decays map[int]bool   // new nodes that are one
	where  []int32        // by element of an array its place in what is written, 0 between uses
}

// find looks for updates of elements of arrays that live through the recording:
// what a step accumulates in is made anew, or overwritten, in each.
func (w *wholeUpdates) find() {
	g := w.from
	w.rows = map[int]rowUpdate{}
	byArray := map[int][]int{}
	for i := range g.End.Behind { // what follows reads arrays as unseen updates left them
		u, ok := w.rowUpdate(i)
		if !ok {
			continue
		}
		w.rows[i] = u
		byArray[g.Nodes[i].Obj] = append(byArray[g.Nodes[i].Obj], i)
	}
	if len(byArray) == 0 {
		return
	}
	overwritten := map[int]bool{}
	for i := range g.End.Behind {
		if x := &g.Nodes[i]; x.Obj >= 0 && x.Op.Name == "setitem" && x.Attr.Index != nil && Size(x.Attr.Index.Shape) >= Size(x.Shape) && !w.madeOf(x.In[1], x.In[0], 5) {
			overwritten[x.Obj] = true
		}
	}
	for obj, l := range byArray {
		first, last := l[0], l[len(l)-1]
		for _, o := range byArray { // what was counted before a training is no part of it
			if o[len(o)-1] > l[0] {
				first = min(first, o[0])
			}
		}
		parts := w.parts(l)
		if overwritten[obj] || 2*(last-l[0]) < g.End.Behind-first || parts != nil {
			for _, i := range l {
				delete(w.rows, i)
			}
		}
		maps.Copy(w.part, parts)
	}
}

// rowUpdate reads node i as an update of a part of its first input.
func (w *wholeUpdates) rowUpdate(i int) (rowUpdate, bool) {
	g := w.from
	n := &g.Nodes[i]
	add := n.Op.Name == "add_at"
	if !add && n.Op.Name != "setitem" || n.Obj < 0 || n.Attr.Index == nil || len(n.In) != 2 {
		return rowUpdate{}, false
	}
	base, v := n.In[0], n.In[1]
	if Size(n.Shape) < 2 || n.Kind != npy.Float64 && n.Kind != npy.Float32 {
		return rowUpdate{}, false
	}
	if n.Attr.View {
		return w.throughView(n)
	}
	if add {
		if x := &g.Nodes[v]; x.Op.Name == "neg" {
			return rowUpdate{base, x.In[0], true, n.Op, n.Attr.Index}, true
		}
		return rowUpdate{base, v, false, n.Op, n.Attr.Index}, true
	}
	x := &g.Nodes[v]
	if Size(n.Attr.Index.Shape) >= Size(n.Shape) && !n.Attr.Index.repeats() || len(x.In) != 2 || x.Op.Name != "add" && x.Op.Name != "sub" {
		return rowUpdate{}, false
	}
	switch {
	case w.readsSame(x.In[0], base, n.Attr):
		return rowUpdate{base, x.In[1], x.Op.Name == "sub", n.Op, n.Attr.Index}, true
	case x.Op.Name == "add" && w.readsSame(x.In[1], base, n.Attr):
		return rowUpdate{base, x.In[0], false, n.Op, n.Attr.Index}, true
	}
	return rowUpdate{}, false
}

// repeats reports that an index names an element more than once.
func (x *Index) repeats() bool {
	at, err := x.Elements()
	if err != nil {
		return false
	}
	at = slices.Sorted(slices.Values(at))
	return len(slices.Compact(slices.Clone(at))) < len(at)
}

// throughView reads a node that takes over what was done to a view, W.T say, as
// an update of the elements that were updated there.
func (w *wholeUpdates) throughView(n *Node) (rowUpdate, bool) {
	u, ok := w.rowUpdate(n.In[1])
	if !ok || !w.readsSame(u.base, n.In[0], n.Attr) {
		return rowUpdate{}, false
	}
	view, err := n.Attr.Index.Elements()
	rows, other := u.at.Elements()
	if err != nil || other != nil {
		return rowUpdate{}, false
	}
	at := make([]int32, len(rows))
	for k, e := range rows {
		if e > 0 {
			at[k] = view[e-1]
		}
	}
	u.base, u.at = n.In[0], NewIndex(at, u.at.Shape...)
	return u, true
}

// readsSame reports that node q reads just the elements of base that at names, or is a
// copy of what does.
func (w *wholeUpdates) readsSame(q, base int, at *Attr) bool {
	x := &w.from.Nodes[q]
	for (x.Op.Name == "copy" || x.Attr.Alias) && len(x.In) == 1 {
		x = &w.from.Nodes[x.In[0]]
	}
	if x.Op.Name != "gather" || len(x.In) != 1 || x.Attr.Index == nil {
		return false
	}
	a, err := x.Attr.Index.Elements()
	b, other := at.Index.Elements()
	if err != nil || other != nil || !slices.Equal(a, b) {
		return false
	}
	for x.In[0] != base { // or of what it was before other elements were updated
		u, is := w.rows[base]
		if !is || x.In[0] > u.base {
			return false
		}
		if c, err := u.at.Elements(); err != nil || slices.ContainsFunc(c, func(e int32) bool { return slices.Contains(a, e) }) {
			return false
		}
		base = u.base
	}
	return true
}

func (w *wholeUpdates) sameStatement(a, b int) bool {
	x, y := w.from.Site(a), w.from.Site(b)
	return x != nil && y != nil && x.File == y.File && x.Stmt == y.Stmt
}
