package graph

import (
	"math"
	"slices"
)

// Unperturbed returns the graph without derivatives estimated by differences: an
// element of an array is moved a little, the loss computed, and the element put
// back. The array that stands there again is the one of before under another name,
// and the moved ones are data, so that what is computed of them is no forward pass
// of a training step. Where there are none the graph itself is returned.
func (g *Graph) Unperturbed() *Graph {
	p := perturbations{g: g, of: map[int]int{}}
	back := map[int]int{} // an array put back, and which it is
	var moved []int
	for i := range g.Nodes {
		base, by, ok := p.move(i)
		if !ok {
			continue
		}
		chain := p.since(i, base)
		switch {
		case len(chain) > 0 && math.Abs(by) < 1e-12:
			back[i] = base
			moved = append(moved, chain...)
		case by != 0 && math.Abs(by) <= 0.01 && g.Nodes[base].Op.Name == "copy" && len(chain) == 0:
			moved = append(moved, i)
		default:
			continue
		}
		p.of[i] = base
	}
	if len(moved) == 0 {
		return g
	}
	to := *g
	to.Nodes, to.values.nodes, to.values.before, to.values.failed = slices.Clone(g.Nodes), slices.Clone(g.values.nodes), nil, nil
	for _, i := range moved {
		n := &to.Nodes[i]
		n.Op, n.In, n.Attr = Lookup("leaf"), nil, &Attr{Moved: true}
	}
	for i, base := range back {
		n := &to.Nodes[i]
		n.Op, n.In, n.Attr = Lookup("gather"), []int{base}, sameElements(n.Shape)
	}
	to.link()
	return &to
}

type perturbations struct {
	g  *Graph
	of map[int]int // arrays put back, and which they are
}

// move reads node i as a write of one element: what stood there in base, an
// earlier version of the array, and a constant more.
func (p *perturbations) move(i int) (base int, by float64, ok bool) {
	n := &p.g.Nodes[i]
	if n.Op.Name != "setitem" || n.Obj < 0 || len(n.In) != 2 || n.Attr.Index == nil {
		return 0, 0, false
	}
	if n.Attr.View {
		part, by, ok := p.move(n.In[1])
		if x := &p.g.Nodes[part]; ok && x.Op.Name == "gather" && len(x.In) == 1 && p.g.Nodes[x.In[0]].Obj == n.Obj {
			base := x.In[0]
			if b, ok := p.of[base]; ok {
				base = b
			}
			return base, by, true
		}
		return 0, 0, false
	}
	if Size(n.Attr.Index.Shape) != 1 || Size(n.Shape) < 1 {
		return 0, 0, false
	}
	w := wholeUpdates{from: p.g}
	v := n.In[1]
	for range 4 {
		x := &p.g.Nodes[v]
		switch {
		case x.Op.Name == "gather" && len(x.In) == 1:
			base := x.In[0]
			if !w.readsSame(v, base, n.Attr) || p.g.Nodes[base].Obj != n.Obj && p.g.Nodes[base].Op.Name != "copy" {
				return 0, 0, false
			}
			// What was read may itself have been moved: x[i] -= 2*h.
			if b, more, ok := p.move(base); ok && slices.Equal(p.g.Nodes[base].Attr.Index.Shape, n.Attr.Index.Shape) && w.sameIndex(base, i) {
				return b, by + more, true
			}
			if b, ok := p.of[base]; ok {
				base = b
			}
			return base, by, true
		case (x.Op.Name == "add" || x.Op.Name == "sub") && len(x.In) == 2 && p.constant(x.In[1]):
			h := p.g.MustValue(x.In[1]).Data[0]
			if x.Op.Name == "sub" {
				h = -h
			}
			by += h
			v = x.In[0]
		default:
			return 0, 0, false
		}
	}
	return 0, 0, false
}

// constant reports that a value is a number of the program's text, or made of such.
func (p *perturbations) constant(q int) bool {
	n := &p.g.Nodes[q]
	if Size(n.Shape) != 1 || p.g.MustValue(q) == nil {
		return false
	}
	return n.Op.Name == "const" || len(n.In) > 0 && len(n.In) < 3 && !slices.ContainsFunc(n.In, func(x int) bool { return p.g.Nodes[x].Op.Name != "const" })
}

// since lists the versions between base and node i, all of them writes of the
// element that i writes.
func (p *perturbations) since(i, base int) (chain []int) {
	w := wholeUpdates{from: p.g}
	for q := p.g.Nodes[i].In[0]; ; q = p.g.Nodes[q].In[0] {
		if b, ok := p.of[q]; q == base || ok && b == base {
			return chain
		}
		if n := &p.g.Nodes[q]; n.Op.Name != "setitem" || len(chain) > 4 || !w.sameIndex(q, i) {
			return nil
		}
		chain = append(chain, q)
	}
}

// sameIndex reports that two writes are to the same elements.
func (w *wholeUpdates) sameIndex(a, b int) bool {
	x, y := w.from.Nodes[a].Attr.Index, w.from.Nodes[b].Attr.Index
	if x == nil || y == nil {
		return false
	}
	k, err := x.Elements()
	l, other := y.Elements()
	return err == nil && other == nil && slices.Equal(k, l)
}
