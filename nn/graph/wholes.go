package graph

import "slices"

// How the graph of whole updates is made of the recording's: each update of rows becomes
// one of the whole array, and what was made of rows before it is lifted to the whole.

// build makes that graph.
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
