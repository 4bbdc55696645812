package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"glassbox/mat/npy"
)

// A Pass is the part of a program that depends on some of its values, such as a
// forward pass on its parameters.
type Pass struct {
	g     *Graph
	from  map[int]bool
	nodes []int // ascending
	low   int
	place []int32 // of node low+i among nodes, −1 if it is not among them
	calls []*Call // by place, nil until needed
	errs  []*Array
	done  []bool // errs is there
	held  int    // elements of errs
	limit int    // elements that errs, or adjoints, may have before versions of one array share theirs
}

// heldElements is the limit of a pass: 64 MiB.
const heldElements = 1 << 23

// Pass returns what depends on the nodes from by way of nodes that within
// admits; nil admits all. The nodes from belong to it, and count as exact and
// as independent of each other.
func (g *Graph) Pass(from []int, within func(n int) bool) *Pass {
	p := &Pass{g: g, from: map[int]bool{}, limit: heldElements}
	if len(from) == 0 {
		return p
	}
	for _, n := range from {
		p.from[n] = true
	}
	seen := make([]bool, len(g.Nodes))
	todo := slices.Clone(from)
	for _, n := range from {
		seen[n] = true
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		p.nodes = append(p.nodes, n)
		for _, q := range g.Uses(n) {
			if !seen[q] && (within == nil || within(q)) {
				seen[q] = true
				todo = append(todo, q)
			}
		}
	}
	slices.Sort(p.nodes)
	p.nodes = slices.Compact(p.nodes)
	p.low = p.nodes[0]
	p.place = make([]int32, p.nodes[len(p.nodes)-1]-p.low+1)
	for i := range p.place {
		p.place[i] = -1
	}
	for i, n := range p.nodes {
		p.place[n-p.low] = int32(i)
	}
	p.calls, p.errs, p.done = make([]*Call, len(p.nodes)), make([]*Array, len(p.nodes)), make([]bool, len(p.nodes))
	return p
}

// Nodes returns the nodes of the pass, ascending. They must not be changed.
func (p *Pass) Nodes() []int { return p.nodes }

// Has reports whether node n belongs to the pass.
func (p *Pass) Has(n int) bool { return p.at(n) >= 0 }

func (p *Pass) at(n int) int {
	if n < p.low || n-p.low >= len(p.place) {
		return -1
	}
	return int(p.place[n-p.low])
}

// call returns node n's operation on its values.
func (p *Pass) call(n int) (*Call, error) {
	i := p.at(n)
	if p.calls[i] == nil {
		c, err := p.g.CallOf(n)
		if err != nil {
			return nil, err
		}
		p.calls[i] = c
	}
	return p.calls[i], nil
}

// moves reports whether a derivative passes through node n: not through whole
// numbers and truths.
func (p *Pass) moves(n int) bool {
	node := &p.g.Nodes[n]
	return !node.Op.constant && node.Kind.Float()
}

// Bound returns how far the value of node n may be from what exact arithmetic
// makes of the pass's first values: nil if it is exact, as all outside the pass
// is. What an opaque operation made counts as exact.
func (p *Pass) Bound(n int) *Array {
	i := p.at(n)
	if i < 0 {
		return nil
	}
	if !p.done[i] {
		var need []int
		todo := []int{n}
		seen := map[int]bool{n: true}
		for len(todo) > 0 {
			n := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			need = append(need, n)
			if p.from[n] {
				continue
			}
			for _, q := range p.g.Nodes[n].In {
				if k := p.at(q); k >= 0 && !p.done[k] && !seen[q] {
					seen[q] = true
					todo = append(todo, q)
				}
			}
		}
		slices.Sort(need)
		for _, n := range need {
			p.findBound(n)
		}
	}
	return p.errs[i]
}

// findBound finds the bound of node n from those of its inputs.
func (p *Pass) findBound(n int) {
	i := p.at(n)
	if p.done[i] {
		return
	}
	p.done[i] = true
	if p.from[n] || !p.moves(n) {
		return
	}
	c, err := p.call(n)
	if err != nil {
		return
	}
	c.Err = make([]*Array, len(c.In))
	for k, q := range p.g.Nodes[n].In {
		if at := p.at(q); at >= 0 {
			c.Err[k] = p.errs[at]
		}
	}
	if p.held > p.limit && p.shareBound(c, i, n) {
		return
	}
	if e, err := c.Bound(); err == nil {
		p.errs[i] = e
		p.held += len(e.Data)
	}
}

// shareBound gives a version of an array, made by a write, the bound of the
// version before, with each element the larger of both. It reports whether the
// node is such a version.
func (p *Pass) shareBound(c *Call, i, n int) bool {
	if c.Op.Name != "setitem" || c.Err[0] == nil {
		return false
	}
	e := c.Err[0]
	if c.Err[1] != nil {
		more, err := c.Op.Eval(c.Attr, npy.Float64, e, c.Err[1])
		if err != nil {
			return false
		}
		for k, v := range more.Data {
			e.Data[k] = max(e.Data[k], v)
		}
	}
	p.errs[i] = e
	return true
}

// Options say how adjoints are found.
type Options struct {
	// Bounds asks for how far each adjoint may be from the exact.
	Bounds bool
	// Shares asks for what each node receives of each of its uses.
	Shares bool
	// Over has adjoints that count instead of those computed.
	Over map[int]*Array
	// Kink is the side that counts where a derivative jumps, and Ties widens the
	// bounds by the other one.
	Kink Kink
	Ties bool
}

// Adjoints are the derivatives of a value, or of several weighted by seeds, by
// every value of a pass that it depends on.
type Adjoints struct {
	p       *Pass
	grad    []*Array // by place
	off     []*Array
	shares  [][]Share
	unknown [][]int
	opaque  []Barrier
	held    int // elements of grad, off and shares
}

// A Share is what a node receives of one use.
type Share struct {
	Node, Slot int    // the use, and which of its inputs it is
	Adjoint    *Array // nil where it would take too much memory: see Adjoints.Of
	Bound      *Array // nil unless Options.Bounds
}

// A Barrier is a node that derivatives or changed values do not pass, and why.
type Barrier struct {
	Node int
	Err  error
}

// Loss returns the seeds for the derivative of node n's sum: 1 for each element.
func (g *Graph) Loss(n int) map[int]*Array {
	return map[int]*Array{n: Filled(1, g.Nodes[n].Shape...)}
}

// Adjoints goes through the pass backwards from the seeds, each of the shape of
// its node.
func (p *Pass) Adjoints(seeds map[int]*Array, o Options) *Adjoints {
	a := &Adjoints{p: p, grad: make([]*Array, len(p.nodes))}
	if o.Bounds {
		a.off = make([]*Array, len(p.nodes))
	}
	if o.Shares {
		a.shares = make([][]Share, len(p.nodes))
	}
	active := p.active(seeds, o.Over)
	for n, s := range seeds {
		if i := p.at(n); i >= 0 {
			a.grad[i] = s.Clone()
			if o.Bounds {
				a.off[i] = like(s.Shape)
			}
		}
	}
	var scratch buffers
	for i := len(p.nodes) - 1; i >= 0; i-- {
		if !active[i] {
			continue
		}
		n := p.nodes[i]
		if s := o.Over[n]; s != nil {
			a.grad[i] = s
			if o.Bounds {
				a.off[i] = like(s.Shape)
			}
			if a.unknown != nil {
				a.unknown[i] = nil
			}
		}
		if o.Bounds && a.grad[i] != nil {
			for k, v := range a.grad[i].Data {
				if v != v { // ∞ times 0: another formula may have anything
					a.off[i].Data[k] = math.Inf(1)
				}
			}
		}
		if p.from[n] || !p.moves(n) {
			continue
		}
		if a.unknown != nil && a.unknown[i] != nil {
			a.mark(n, a.unknown[i])
		}
		if a.grad[i] == nil {
			continue
		}
		if err := a.spread(n, i, o, active, &scratch); err != nil {
			a.opaque = append(a.opaque, Barrier{n, err})
			a.mark(n, []int{n})
		}
	}
	slices.Reverse(a.opaque)
	return a
}

// active finds the nodes that seeds depend on.
func (p *Pass) active(seeds, over map[int]*Array) []bool {
	active := make([]bool, len(p.nodes))
	for _, from := range []map[int]*Array{seeds, over} {
		for n := range from {
			if i := p.at(n); i >= 0 {
				active[i] = true
			}
		}
	}
	for i := len(p.nodes) - 1; i >= 0; i-- {
		n := p.nodes[i]
		if !active[i] || p.from[n] || !p.moves(n) {
			continue
		}
		for _, q := range p.g.Nodes[n].In {
			if k := p.at(q); k >= 0 {
				active[k] = true
			}
		}
	}
	return active
}

// mark notes that what the inputs of node n receive is not known because of
// these opaque nodes.
func (a *Adjoints) mark(n int, because []int) {
	p := a.p
	if a.unknown == nil {
		a.unknown = make([][]int, len(p.nodes))
	}
	for _, q := range p.g.Nodes[n].In {
		if k := p.at(q); k >= 0 && p.g.Nodes[q].Kind.Float() {
			for _, b := range because {
				if !slices.Contains(a.unknown[k], b) {
					a.unknown[k] = append(a.unknown[k], b)
				}
			}
		}
	}
}

// buffers are lists that are used again for each node.
type buffers struct{ to, off []*Array }

// spread gives the inputs of node n, at place i, their part of its adjoint.
func (a *Adjoints) spread(n, i int, o Options, active []bool, b *buffers) error {
	p := a.p
	node := &p.g.Nodes[n]
	if node.Op.adjoint == nil {
		return fmt.Errorf("%s: %w: its derivative is not known", node.Op.Name, ErrOpaque)
	}
	c, err := p.call(n)
	if err != nil {
		return err
	}
	c.Kink, c.Ties, c.Adds = o.Kink, o.Ties, 0
	if o.Bounds {
		c.Err = make([]*Array, len(c.In))
	}
	if a.held > p.limit && a.takeOver(c, n, i, o) {
		return nil
	}
	b.to, b.off = b.to[:0], b.off[:0]
	for k, q := range node.In {
		var to, off *Array
		if at := p.at(q); at >= 0 && (p.g.Nodes[q].Kind.Float() || p.from[q]) {
			if o.Bounds {
				c.Err[k] = p.Bound(q)
				c.Adds = max(c.Adds, len(p.g.Uses(q))-1)
			}
			switch {
			case o.Shares && (a.held <= p.limit || p.g.Size(q) <= 1<<12):
				to = like(p.g.Nodes[q].Shape)
				a.held += 2 * len(to.Data)
				if o.Bounds {
					off = like(to.Shape)
				}
			default:
				if a.grad[at] == nil {
					a.grad[at] = like(p.g.Nodes[q].Shape)
					a.held += 2 * len(a.grad[at].Data)
					if o.Bounds {
						a.off[at] = like(p.g.Nodes[q].Shape)
					}
				} else if o.Shares && len(a.shares[at]) == 1 { // it is the share itself
					a.grad[at] = a.grad[at].Clone()
					if o.Bounds {
						a.off[at] = a.off[at].Clone()
					}
				}
				to = a.grad[at]
				if o.Bounds {
					off = a.off[at]
				}
			}
		}
		b.to, b.off = append(b.to, to), append(b.off, off)
	}
	if err := c.Adjoint(a.grad[i], b.to); err != nil {
		return err
	}
	if o.Bounds {
		if err := c.AdjointBound(a.grad[i], a.off[i], b.off); err != nil {
			return err
		}
	}
	c.memo = nil
	if !o.Shares {
		return nil
	}
	for k, q := range node.In {
		at := p.at(q)
		if b.to[k] == nil {
			continue
		}
		if b.to[k] == a.grad[at] { // too large for one of its own
			a.shares[at] = append(a.shares[at], Share{Node: n, Slot: k})
			continue
		}
		a.shares[at] = append(a.shares[at], Share{n, k, b.to[k], b.off[k]})
		add(&a.grad[at], b.to[k], len(a.shares[at]))
		if o.Bounds {
			add(&a.off[at], b.off[k], len(a.shares[at]))
		}
	}
	return nil
}

// takeOver gives the version of an array before a write the adjoint of the
// version after it, without the elements written; the version after has none any
// more. It reports whether node n is such a write.
func (a *Adjoints) takeOver(c *Call, n, i int, o Options) bool {
	p := a.p
	node := &p.g.Nodes[n]
	if node.Op.Name != "setitem" {
		return false
	}
	base, value := p.at(node.In[0]), p.at(node.In[1])
	if base < 0 || value == base || a.grad[base] != nil {
		return false
	}
	idx, err := c.Attr.Index.Elements()
	if err != nil {
		return false
	}
	if value >= 0 {
		to, off := like(c.In[1].Shape), like(c.In[1].Shape)
		if c.Adjoint(a.grad[i], []*Array{nil, to}) != nil || o.Bounds && c.AdjointBound(a.grad[i], a.off[i], []*Array{nil, off}) != nil {
			return false
		}
		if o.Shares {
			a.shares[value] = append(a.shares[value], Share{n, 1, to, off})
		}
		into := func(sum **Array, v *Array) {
			if *sum == nil {
				*sum = v
				return
			}
			*sum = (*sum).Clone()
			for k, x := range v.Data {
				(*sum).Data[k] += x
			}
		}
		into(&a.grad[value], to)
		if o.Bounds {
			into(&a.off[value], off)
		}
	}
	clearAt := func(x *Array) *Array {
		for _, k := range idx {
			if k > 0 {
				x.Data[k-1] = 0
			}
		}
		return x
	}
	a.grad[base], a.grad[i] = clearAt(a.grad[i]), nil
	if o.Bounds {
		u := float64(3+len(p.g.Uses(node.In[0]))) * c.unit()
		for k, v := range a.grad[base].Data {
			a.off[i].Data[k] += u * math.Abs(v)
		}
		a.off[base], a.off[i] = clearAt(a.off[i]), nil
	}
	if o.Shares {
		a.shares[base] = append(a.shares[base], Share{Node: n})
	}
	return true
}

// add adds a node's nth share to its sum. The first is the sum itself, until
// there is another.
func add(sum **Array, share *Array, nth int) {
	switch {
	case *sum == nil:
		*sum = share
		return
	case nth == 2:
		*sum = (*sum).Clone()
	}
	for i, v := range share.Data {
		(*sum).Data[i] += v
	}
}

// Of returns the adjoint of node n, nil where the value does not depend on it.
// Where adjoints take more than 64 MiB, it is nil too for versions of an array
// that were written to: those of an array share one, and its first has it. Large
// arrays have no shares then.
func (a *Adjoints) Of(n int) *Array {
	if i := a.p.at(n); i >= 0 {
		return a.grad[i]
	}
	return nil
}

// Bound returns how far each element of Of may be from the exact, whatever the
// order of the program's operations; nil if bounds were not asked for.
func (a *Adjoints) Bound(n int) *Array {
	if i := a.p.at(n); i >= 0 && a.off != nil {
		return a.off[i]
	}
	return nil
}

// Shares returns what node n receives of each of its uses, the last use first.
func (a *Adjoints) Shares(n int) []Share {
	if i := a.p.at(n); i >= 0 && a.shares != nil {
		return a.shares[i]
	}
	return nil
}

// Unknown returns the opaque nodes by way of which the value depends on node n
// too, in a manner that is not known: Of lacks their part.
func (a *Adjoints) Unknown(n int) []int {
	if i := a.p.at(n); i >= 0 && a.unknown != nil {
		return a.unknown[i]
	}
	return nil
}

// Opaque returns the nodes that the derivative did not pass, and why, ascending.
func (a *Adjoints) Opaque() []Barrier { return a.opaque }

// errShape is a changed value that does not fit where it is used.
var errShape = errors.New("the shape does not fit")
