package graph

import (
	"maps"
	"slices"
)

// Arrays that are read and updated in parts: each reading of a part finds what was last
// written to it, whatever was written to the others.

// parts returns, for an array that is read and updated in fixed parts alone, as
// weights are of which the first is the bias, what each reading of a part finds:
// the value that was last written to it, or the first reading of it. It is nil
// where the array is also read as a whole, or the parts overlap or change.
func (w *wholeUpdates) parts(updates []int) map[int]int {
	g := w.from
	var parts [][]int32
	whose := map[int32]int{}
	partOf := func(n *Node, declare bool) int {
		idx, err := n.Attr.Index.Elements()
		if err != nil || len(idx) == 0 {
			return -1
		}
		k, ok := whose[idx[0]]
		if ok && slices.Equal(parts[k], idx) {
			return k
		}
		if ok || !declare {
			return -1
		}
		for _, e := range idx {
			if _, taken := whose[e]; taken || e == 0 {
				return -1
			}
			whose[e] = len(parts)
		}
		parts = append(parts, idx)
		return len(parts) - 1
	}
	versions := map[int]bool{}
	bySite, times := map[int]int{}, map[int]int{}
	for _, i := range updates {
		n := &g.Nodes[i]
		if n.Op.Name != "setitem" || n.Attr.View {
			return nil
		}
		k := partOf(n, true)
		if before, ok := bySite[n.Site]; k < 0 || ok && before != k {
			return nil
		}
		bySite[n.Site] = k
		times[k]++
		versions[i], versions[w.rows[i].base] = true, true
	}
	for _, n := range times {
		if n < 3 {
			return nil
		}
	}
	found := map[int]int{} // by reading
	order := slices.Sorted(maps.Keys(versions))
	now := map[int]map[int]int{} // by version and part: what stands there
	for _, v := range order {
		if u, ok := w.rows[v]; ok && now[u.base] != nil {
			now[v] = maps.Clone(now[u.base])
			now[v][partOf(&g.Nodes[v], false)] = g.Nodes[v].In[1]
		} else {
			now[v] = map[int]int{}
		}
		for _, c := range g.Uses(v) {
			n := &g.Nodes[c]
			if c >= g.End.Behind || versions[c] && n.In[0] == v {
				continue
			}
			if n.Op.Name != "gather" || len(n.In) != 1 || n.Attr.Index == nil {
				return nil
			}
			k := partOf(n, false)
			if k < 0 {
				return nil
			}
			if x, ok := now[v][k]; ok {
				found[c] = x
			} else {
				now[v][k] = c
			}
		}
	}
	return found
}

// renewed lets what is read of a part of an array be what was last written there, where
// every step makes it of what stood there, as of the moments of an optimiser that keeps
// them as rows of one array: through views of it too, which each step takes anew.
func (w *wholeUpdates) renewed() {
	type place struct{ site, size, first int }
	g := w.from
	of, index, times := map[int]place{}, map[place][]int32{}, map[place]int{}
	seldom := map[int]bool{} // sites that write somewhere else each time, as to the rows of a batch
	for i := range g.End.Behind {
		n := &g.Nodes[i]
		if _, row := w.rows[i]; row || n.Op.Name != "setitem" || len(n.In) != 2 || n.Attr.Index == nil {
			continue
		}
		u := n.In[1]
		if n.Attr.View && g.Nodes[u].Op.Name == "setitem" || !n.Attr.View && !w.madeOf(u, n.In[0], 5) {
			continue
		}
		at, err := n.Attr.Index.Elements()
		if err != nil || len(at) < 2 || len(at) != g.Size(u) {
			continue
		}
		p := place{n.Site, Size(n.Shape), int(at[0])}
		seldom[n.Site] = seldom[n.Site] || index[p] != nil && !slices.Equal(index[p], at)
		of[u], index[p] = p, at
		times[p]++
	}
	for p, n := range times {
		seldom[p.site] = seldom[p.site] || n < 3
	}
	for i := range g.End.Behind {
		if _, known := w.part[i]; known || len(of) == 0 {
			continue
		}
		u := w.standing(i)
		if u < 0 {
			continue
		}
		if p, ok := of[u]; ok && !seldom[p.site] && slices.Equal(g.Nodes[u].Shape, g.Nodes[i].Shape) && g.Nodes[u].Kind == g.Nodes[i].Kind {
			w.part[i] = u
		}
	}
}

// standing is the value that reading i finds in a part of an array, where it was written as
// it is read; -1 where there is none.
func (w *wholeUpdates) standing(i int) int {
	g := w.from
	at, part := []int32(nil), false
	for range 100 {
		n := &g.Nodes[i]
		reads := n.Op.Name == "gather" && len(n.In) == 1
		if n.Attr.Index == nil || !reads && (at == nil || n.Op.Name != "setitem" || len(n.In) != 2) {
			break
		}
		idx, err := n.Attr.Index.Elements()
		if err != nil || len(idx) == 0 {
			return -1
		}
		if at == nil {
			at, i = slices.Clone(idx), n.In[0]
			continue
		}
		if reads {
			for k, e := range at {
				if e == 0 {
					return -1
				}
				at[k] = idx[e-1]
			}
			i = n.In[0]
			continue
		}
		if size := Size(n.Shape) + 1; len(w.where) < size {
			w.where = make([]int32, size)
		}
		where := w.where
		for k, e := range idx {
			where[e] = int32(k + 1)
		}
		var found []int32
		for _, e := range at {
			if k := where[e]; k > 0 {
				found = append(found, k)
			} else if len(found) > 0 {
				break
			}
		}
		for _, e := range idx {
			where[e] = 0
		}
		switch {
		case len(found) == 0:
			i = n.In[0]
		case len(found) == len(at) && len(idx) == g.Size(n.In[1]):
			at, i, part = found, n.In[1], part || len(idx) < Size(n.Shape)
		default:
			return -1
		}
	}
	for k, e := range at {
		if int(e) != k+1 {
			return -1
		}
	}
	if !part || len(at) != g.Size(i) {
		return -1
	}
	return i
}

// madeOf reports that x is made of old within a few operations, of which depth
// are left.
func (w *wholeUpdates) madeOf(x, old, depth int) bool {
	return x == old || x > old && depth > 0 && slices.ContainsFunc(w.from.Nodes[x].In, func(q int) bool { return w.madeOf(q, old, depth-1) })
}
