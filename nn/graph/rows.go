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
		where := make(map[int32]int32, len(idx))
		for k, e := range idx {
			where[e] = int32(k + 1)
		}
		var found []int32
		for _, e := range at {
			if k, ok := where[e]; ok {
				found = append(found, k)
			}
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

func (w *wholeUpdates) build() *Graph {
	g := w.from
	to := *g
	to.Nodes, to.Kept = make([]Node, 0, len(g.Nodes)+4*len(w.rows)), slices.Clone(g.Kept)
	to.values.scalars, to.values.before, to.values.failed, to.values.held = map[int]float64{}, nil, nil, 0
	w.to, w.num = &to, make([]int, len(g.Nodes)+1)
	var values []*Array // those that need no recording: of graphs that were never in a file
	for i := range g.Nodes {
		n := g.Nodes[i]
		u, isUpdate := w.rows[i]
		if isUpdate {
			n.Op, n.In, n.Attr = w.updated(i, u)
		} else {
			in := make([]int, len(n.In))
			for k, q := range n.In {
				in[k] = w.num[q]
			}
			n.In = in
		}
		if found, ok := w.part[i]; ok {
			n.In, n.Attr = []int{w.num[found]}, sameElements(n.Shape)
		}
		if n.Attr.By != nil {
			attr := *n.Attr
			attr.By = make([]int, len(n.Attr.By))
			for k, q := range n.Attr.By {
				attr.By[k] = w.num[q]
			}
			n.Attr = &attr
		}
		w.num[i] = len(to.Nodes)
		if v, ok := g.values.scalars[i]; ok {
			to.values.scalars[w.num[i]] = v
		}
		to.Nodes = append(to.Nodes, n)
		for len(values) < len(to.Nodes) {
			values = append(values, nil)
		}
		values[w.num[i]] = g.values.nodes[i]
	}
	w.num[len(g.Nodes)] = len(to.Nodes)
	to.values.nodes = values
	to.End.Behind = w.num[g.End.Behind]
	for k := range to.Kept {
		to.Kept[k].Node, to.Kept[k].At = w.num[to.Kept[k].Node], w.num[to.Kept[k].At]
	}
	w.forgetUnused()
	to.link()
	return &to
}

// forgetUnused lets go of what only the rows' updates were made of: nothing is
// made of it any more, and a last value that nothing is made of may be taken for
// a loss.
func (w *wholeUpdates) forgetUnused() {
	used := make([]bool, len(w.to.Nodes))
	for _, k := range w.to.Kept {
		used[k.Node] = true
	}
	old := make([]int, len(w.to.Nodes)) // one more than the old number, 0 of new nodes
	for i := range w.from.Nodes {
		old[w.num[i]] = i + 1
	}
	for i := len(w.to.Nodes) - 1; i >= 0; i-- {
		n := &w.to.Nodes[i]
		if o := old[i] - 1; o >= 0 && !used[i] && len(w.from.Uses(o)) > 0 {
			n.Op, n.In, n.Attr = Lookup("const"), nil, noAttr
		}
		for _, q := range n.In {
			used[q] = true
		}
	}
}

// updated makes the nodes of a whole update and returns the operation that adds
// it.
func (w *wholeUpdates) updated(i int, u rowUpdate) (*Op, []int, *Attr) {
	n := &w.from.Nodes[i]
	whole := w.whole(u.x, i, u, 6, false)
	base, minus := w.num[u.base], u.minus
	wrote := map[int32]bool{}
	if before, ok := w.made[u.base]; ok && w.onlyGoesInto(u.base, i) {
		base, wrote = before.base, before.wrote
		w.readBefore(u, base, wrote)
		op, in := "add", []int{before.whole, whole}
		switch {
		case before.minus == minus:
		case minus:
			op, minus = "sub", false
		default:
			op, in, minus = "sub", []int{whole, before.whole}, false
		}
		join := func(op string, a, b int) int {
			return w.add(Node{Op: Lookup(op), In: []int{a, b}, Site: n.Site, Call: n.Call, Obj: -1, Kind: n.Kind, Shape: n.Shape, Attr: noAttr, kept: keptNone})
		}
		a, decayA, less, both := w.split(in[0])
		b, decayB, same, is := w.split(in[1])
		if both && is && less == same { // each with a decay: those stay apart from the rest
			decay, how := join(op, decayA, decayB), "add"
			if less {
				how = "sub"
			}
			w.decays[decay] = true
			whole = join(how, join(op, a, b), decay)
		} else {
			whole = join(op, in[0], in[1])
		}
	}
	w.made[i] = update{base, whole, minus, w.written(u, wrote)}
	if minus {
		return Lookup("sub"), []int{base, whole}, &Attr{Inplace: true}
	}
	return Lookup("add"), []int{base, whole}, &Attr{Inplace: true}
}

// split takes a node apart into what is made of the gradient and a decay, which is added
// to it or, where it is less, taken from it.
func (w *wholeUpdates) split(q int) (rest, decay int, less, ok bool) {
	n := w.to.Nodes[q]
	switch name := n.Op.Name; {
	case (name == "add" || name == "sub") && w.decays[n.In[1]]:
		return n.In[0], n.In[1], name == "sub", true
	case name == "add" && w.decays[n.In[0]]:
		return n.In[1], n.In[0], false, true
	case name == "mul" || name == "div":
		for k, x := range n.In {
			if rest, decay, less, ok = w.split(x); ok && (k == 0 || name == "mul") {
				scaled := func(x int) int {
					c := n
					c.In, c.Obj, c.kept = slices.Clone(n.In), -1, keptNone
					c.In[k] = x
					return w.add(c)
				}
				d := scaled(decay)
				w.decays[d] = true
				return scaled(rest), d, less, true
			}
		}
	}
	return 0, 0, false, false
}

// readBefore has the elements that an update reads, where none that became one with it
// wrote them, be read from what stood there before all of these.
func (w *wholeUpdates) readBefore(u rowUpdate, base int, wrote map[int32]bool) {
	if at, _ := u.at.Elements(); wrote == nil || slices.ContainsFunc(at, func(e int32) bool { return wrote[e] }) {
		return
	}
	for _, c := range w.from.Uses(u.base) {
		if w.readsSame(c, u.base, &Attr{Index: u.at}) {
			w.to.Nodes[w.num[c]].In = []int{base}
		}
	}
}

// written is wrote with the elements of an update; nil where they are many.
func (w *wholeUpdates) written(u rowUpdate, wrote map[int32]bool) map[int32]bool {
	if wrote == nil || Size(u.at.Shape) > 1000 {
		return nil
	}
	at, _ := u.at.Elements()
	for _, e := range at {
		wrote[e] = true
	}
	return wrote
}

// whole is x at the elements that update i names, zeros elsewhere. What the
// update's own statement does to x, element by element, is done to the whole, and a
// decay of the elements is taken apart from the rest, wherever it is added to it alone;
// what stands apart so is written where it is made.
func (w *wholeUpdates) whole(x, i int, u rowUpdate, depth int, apart bool) (node int) {
	defer func() { w.decays[node] = w.decays[node] || w.decay(x, u) }()
	g, target := w.from, &w.from.Nodes[i]
	n := g.Nodes[x]
	rows := Size(u.at.Shape)
	like := func(q int) bool { return slices.Equal(g.Nodes[q].Shape, n.Shape) }
	constant := func(q int) bool {
		return g.Size(q) == 1 && (rows > 1 || g.Nodes[q].Op.Name == "const") && g.Nodes[q].Op.Name != "gather"
	}
	quotient := n.Op.Name == "div" && like(n.In[0]) && like(n.In[1])
	decays := len(g.Uses(x)) == 1 && (w.decay(x, u) || (n.Op.Name == "add" || n.Op.Name == "sub") && (w.decay(n.In[0], u) || w.decay(n.In[1], u)))
	term := func(q int) bool { return like(q) || decays && g.Size(q) > 1 } // one row's, to be spread over all
	if depth > 0 && g.Size(x) == rows && (w.sameStatement(x, i) || quotient || decays) {
		in := []int(nil)
		switch name := n.Op.Name; {
		case (name == "add" || name == "sub") && term(n.In[0]) && term(n.In[1]):
			in = []int{w.whole(n.In[0], i, u, depth-1, apart || decays), w.whole(n.In[1], i, u, depth-1, apart || decays)}
		case name == "neg":
			in = []int{w.whole(n.In[0], i, u, depth-1, apart || decays)}
		case (name == "mul" || name == "div") && like(n.In[0]) && constant(n.In[1]):
			in = []int{w.whole(n.In[0], i, u, depth-1, apart || decays), w.num[n.In[1]]}
		case name == "mul" && like(n.In[1]) && constant(n.In[0]):
			in = []int{w.num[n.In[0]], w.whole(n.In[1], i, u, depth-1, apart || decays)}
		case quotient: // zeros over what is no zero
			if by := w.lifted(n.In[1], i, u, depth-1); by >= 0 {
				in = []int{w.whole(n.In[0], i, u, depth-1, apart || decays), by}
			}
		}
		if in != nil {
			// The elements that were recorded of a large value are not the whole's.
			n.In, n.Shape, n.Obj, n.Attr, n.kept = in, target.Shape, -1, noAttr, keptNone
			return w.add(n)
		}
	}
	zeros := w.add(Node{Op: Lookup("create:zeros"), Site: target.Site, Call: target.Call, Obj: -1, Kind: target.Kind, Shape: target.Shape, Attr: noAttr, kept: keptNone})
	// A write by an index that names an element twice counts the last alone.
	site := target.Site
	if apart {
		site = n.Site
	}
	return w.add(Node{Op: u.op, In: []int{zeros, w.num[x]}, Site: site, Call: target.Call, Obj: -1, Kind: target.Kind, Shape: target.Shape, Attr: &Attr{Index: u.at}, kept: keptNone})
}

// decay reports that x is a multiple of the elements that an update reads.
func (w *wholeUpdates) decay(x int, u rowUpdate) bool {
	n, at := &w.from.Nodes[x], &Attr{Index: u.at}
	return n.Op.Name == "mul" && (w.from.Size(n.In[0]) == 1 && w.readsSame(n.In[1], u.base, at) || w.from.Size(n.In[1]) == 1 && w.readsSame(n.In[0], u.base, at))
}

// lifted is the value for a whole array of which x is what update i reads at its
// elements: of a moment's root and a number, as adaptive rates are divided by; -1 where
// x is made of anything else.
func (w *wholeUpdates) lifted(x, i int, u rowUpdate, depth int) int {
	g := w.from
	n := g.Nodes[x]
	shape := g.Nodes[i].Shape
	if n.Op.Name == "gather" {
		if base := n.In[0]; w.readsSame(x, base, g.Nodes[i].Attr) && slices.Equal(g.Nodes[base].Shape, shape) {
			return w.num[base]
		}
		return -1
	}
	number := func(q int) bool { return g.Size(q) == 1 }
	var in []int
	switch name := n.Op.Name; {
	case depth <= 0 || g.Size(x) != Size(u.at.Shape):
		return -1
	case name == "sqrt":
		in = []int{w.lifted(n.In[0], i, u, depth-1)}
	case (name == "add" || name == "mul" || name == "div" || name == "pow") && number(n.In[1]):
		in = []int{w.lifted(n.In[0], i, u, depth-1), w.num[n.In[1]]}
	case (name == "add" || name == "mul") && number(n.In[0]):
		in = []int{w.num[n.In[0]], w.lifted(n.In[1], i, u, depth-1)}
	}
	if in == nil || slices.Contains(in, -1) {
		return -1
	}
	n.In, n.Shape, n.Obj, n.Attr, n.kept = in, shape, -1, noAttr, keptNone
	return w.add(n)
}

// sameElements are the constants of a gather that is another name for its input.
func sameElements(shape []int) *Attr {
	same := make([]int32, Size(shape))
	for k := range same {
		same[k] = int32(k + 1)
	}
	return &Attr{Index: NewIndex(same, shape...), Alias: true}
}

func (w *wholeUpdates) sameStatement(a, b int) bool {
	x, y := w.from.Site(a), w.from.Site(b)
	return x != nil && y != nil && x.File == y.File && x.Stmt == y.Stmt
}

func (w *wholeUpdates) add(n Node) int {
	w.to.Nodes = append(w.to.Nodes, n)
	return len(w.to.Nodes) - 1
}

// onlyGoesInto reports that nothing reads array version q but update i, and the
// elements that it changes.
func (w *wholeUpdates) onlyGoesInto(q, i int) bool {
	for _, c := range w.from.Uses(q) {
		if c != i && !(w.readsSame(c, q, w.from.Nodes[i].Attr) && (w.sameStatement(c, i) || w.scaledFor(c, i))) {
			return false
		}
	}
	return true
}

// scaledFor reports that all that is made of x before the statement of update i are
// multiples of it, as of a decay that has a line of its own.
func (w *wholeUpdates) scaledFor(x, i int) bool {
	uses := w.from.Uses(x)
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(c int) bool {
		if w.sameStatement(c, i) {
			return false
		}
		n := &w.from.Nodes[c]
		number := func(q int) bool { return w.from.Nodes[q].Op.Name == "const" }
		return n.Op.Name != "mul" && n.Op.Name != "div" || !number(n.In[0]) && !number(n.In[1]) || !w.scaledFor(c, i)
	})
}
