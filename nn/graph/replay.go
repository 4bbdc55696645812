package graph

import (
	"fmt"
	"slices"
)

// A Replayer runs parts of the program again on changed values.
type Replayer struct {
	g      *Graph
	need   []bool // nil: all
	queued []uint32
	epoch  uint32
	heap   []int
	in     []*Array
}

// Replayer returns one that finds what a change makes of the targets, by way of
// nodes that within admits; without targets, of all that depends on the change.
func (g *Graph) Replayer(targets []int, within func(n int) bool) *Replayer {
	r := &Replayer{g: g, queued: make([]uint32, len(g.Nodes))}
	if targets == nil && within == nil {
		return r
	}
	r.need = make([]bool, len(g.Nodes))
	if targets == nil {
		for n := range r.need {
			r.need[n] = within(n)
		}
		return r
	}
	todo := slices.Clone(targets)
	for _, n := range targets {
		r.need[n] = true
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, q := range g.Nodes[n].In {
			if !r.need[q] && (within == nil || within(q)) {
				r.need[q] = true
				todo = append(todo, q)
			}
		}
	}
	return r
}

// A Change is another operation in the place of a node's.
type Change struct {
	Node int
	Op   *Op   // nil for the node's own
	In   []int // nil for the node's own; ^k stands for Extra[k]
	Attr *Attr // nil for the node's own
	// Extra are values that no node has.
	Extra []*Array
}

// An Overlay is what the values of a program are after a change.
type Overlay struct {
	g    *Graph
	base *Overlay
	vals map[int]*Array
	// Barriers are the nodes that could not be run again on changed inputs; what
	// follows from them is as it was.
	Barriers []Barrier
}

// Run returns the program's values with those of over in the place of what was
// recorded, and after the changes. Only what depends on them is computed again,
// and as long as it differs. Base is what holds already; it may be nil.
func (r *Replayer) Run(base *Overlay, over map[int]*Array, changes ...Change) *Overlay {
	g := r.g
	o := &Overlay{g: g, base: base, vals: make(map[int]*Array, len(over)+16)}
	r.epoch++
	r.heap = r.heap[:0]
	for n, v := range over {
		o.vals[n] = v
		r.queued[n] = r.epoch // not to be computed
	}
	changed := map[int]*Change{}
	for i := range changes {
		c := &changes[i]
		changed[c.Node] = c
		r.push(c.Node)
	}
	for n := range over {
		r.pushUses(n)
	}
	for len(r.heap) > 0 {
		n := r.pop()
		v, err := r.apply(o, n, changed[n])
		if err != nil {
			o.Barriers = append(o.Barriers, Barrier{n, err})
			continue
		}
		if was := o.before(n); was != nil && EqualBits(v, was) {
			continue
		}
		o.vals[n] = v
		r.pushUses(n)
	}
	return o
}

// apply computes node n on the overlay's values.
func (r *Replayer) apply(o *Overlay, n int, change *Change) (*Array, error) {
	g := r.g
	node := &g.Nodes[n]
	op, in, attr := node.Op, node.In, node.Attr
	if change != nil {
		if change.Op != nil {
			op = change.Op
		}
		if change.In != nil {
			in = change.In
		}
		if change.Attr != nil {
			attr = change.Attr
		}
	}
	r.in = r.in[:0]
	for _, q := range in {
		v, err := (*Array)(nil), error(nil)
		if q < 0 {
			v = change.Extra[^q]
		} else {
			v, err = o.Value(q)
		}
		if err != nil {
			return nil, err
		}
		r.in = append(r.in, v)
	}
	c := Call{Op: op, Attr: attr, Kind: node.Kind, In: r.in, Max: g.values.elements}
	v, err := c.Value()
	if err != nil {
		return nil, g.at(n, err)
	}
	if !slices.Equal(v.Shape, node.Shape) {
		if len(v.Data) != Size(node.Shape) {
			return nil, g.at(n, fmt.Errorf("%w: %s comes out and %s was recorded", errShape, ShapeText(v.Shape), ShapeText(node.Shape)))
		}
		v.Shape = node.Shape
	}
	return v, nil
}

// before returns the value that node n had before the run, nil if it is not at
// hand.
func (o *Overlay) before(n int) *Array {
	for b := o.base; b != nil; b = b.base {
		if v := b.vals[n]; v != nil {
			return v
		}
	}
	if !o.g.Known(n) {
		return nil
	}
	return o.g.MustValue(n)
}

// Value returns node n's value after the change.
func (o *Overlay) Value(n int) (*Array, error) {
	for b := o; b != nil; b = b.base {
		if v := b.vals[n]; v != nil {
			return v, nil
		}
	}
	return o.g.Value(n)
}

// Changed reports whether node n's value differs from the recorded one.
func (o *Overlay) Changed(n int) bool {
	for b := o; b != nil; b = b.base {
		if b.vals[n] != nil {
			return true
		}
	}
	return false
}

// Nodes returns the nodes whose values differ from what they were before this
// run, ascending.
func (o *Overlay) Nodes() []int {
	list := make([]int, 0, len(o.vals))
	for n := range o.vals {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func (r *Replayer) pushUses(n int) {
	for _, q := range r.g.Uses(n) {
		r.push(q)
	}
}

// push puts a node into the heap, the lowest of which is next, once a run.
func (r *Replayer) push(n int) {
	if r.queued[n] == r.epoch || r.need != nil && !r.need[n] {
		return
	}
	r.queued[n] = r.epoch
	h := append(r.heap, n)
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up] <= h[i] {
			break
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
	r.heap = h
}

func (r *Replayer) pop() int {
	h := r.heap
	top := h[0]
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		least := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < last && h[down] < h[least] {
				least = down
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	r.heap = h
	return top
}
