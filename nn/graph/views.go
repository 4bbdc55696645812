package graph

import "slices"

// seeThrough lets a view's later versions follow from its own writes rather than
// by way of the base: after `w = theta[2:8].reshape(2, 3)` and `w -= step`, what
// is read of w next is what was just written, whatever else of theta has been
// written since. Without it each part of a vector of parameters would be made of
// all others.
func (g *Graph) seeThrough() {
	for i := range g.Nodes {
		x := &g.Nodes[i]
		if x.Op.Name != "gather" || x.Obj < 0 || len(x.In) != 1 || g.Nodes[x.In[0]].Op.Name != "setitem" {
			continue
		}
		if u := g.written(i, x.In[0]); u >= 0 {
			same := make([]int32, Size(x.Shape))
			for k := range same {
				same[k] = int32(k + 1)
			}
			attr := *x.Attr
			attr.Index, attr.Alias = NewIndex(same, x.Shape...), true
			x.In, x.Attr = []int{u}, &attr
		}
	}
}

// written is the value that gather i finds in base as it was written, by way of
// i's own array, -1 where something else has touched one of its elements since.
func (g *Graph) written(i, base int) int {
	x := &g.Nodes[i]
	var mine []int32
	var read map[int32]bool
	for range 64 {
		w := &g.Nodes[base]
		if w.Op.Name != "setitem" || len(w.In) != 2 {
			return -1
		}
		idx, err := w.Attr.Index.Elements()
		if err != nil {
			return -1
		}
		if mine == nil {
			if mine, err = x.Attr.Index.Elements(); err != nil || len(mine) == 0 {
				return -1
			}
		}
		u := &g.Nodes[w.In[1]]
		if w.Attr.View && u.Obj == x.Obj && u.Kind == x.Kind && slices.Equal(u.Shape, x.Shape) && slices.Equal(idx, mine) {
			return w.In[1]
		}
		if read == nil {
			read = make(map[int32]bool, len(mine))
			for _, k := range mine {
				read[k] = true
			}
		}
		if slices.ContainsFunc(idx, func(k int32) bool { return read[k] }) {
			return -1
		}
		base = w.In[0]
	}
	return -1
}
