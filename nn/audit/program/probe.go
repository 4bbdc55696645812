package program

import (
	"math"
	"slices"

	"glassbox/mat/npy"
	"glassbox/nn/graph"
)

// A probe tells of most values, without computing the expression, that they are
// not what is meant at one place of it. Where the expression is linear in what
// stands there, its projection on a fixed direction is one on the place's value:
// by the adjoint of the direction, a product of two arrays in the place of all
// operations between.
type probe struct {
	shape  []int
	adj    *array  // the direction's adjoint at the place; nil where nothing can be told
	want   float64 // what the projection should be, less what does not depend on the place
	slack  float64 // how far it may be off
	factor float64 // and by the size of the sum
}

// A spot is where a change puts a value: the operand slot of node, the result of
// all executions of node's line (slot -1), or wherever from is read (node -1).
type spot struct{ node, slot, from int }

// linear reports that an operation is linear in those operands together, the
// others staying as they are.
func linear(op string, operands []int) bool {
	switch op {
	case "add", "sub", "neg", "copy", "gather", "setitem", "add_at", "sum", "mean", "cumsum":
		return true
	case "mul", "matmul", "dot", "outer", "inner", "vdot", "tensordot", "einsum", "kron":
		return len(operands) == 1 && operands[0] < 2
	case "div":
		return len(operands) == 1 && operands[0] == 0
	case "where":
		return operands[0] > 0
	}
	return false
}

// cannot reports that a change surely does not give the right value.
func (e *expression) cannot(ch change) bool {
	if ch.with == nil {
		return false
	}
	at := spot{ch.node, ch.slot, ch.from}
	p, ok := e.probes[at]
	if !ok {
		p = e.probeAt(at, ch)
		if e.probes == nil {
			e.probes = map[spot]*probe{}
		}
		e.probes[at] = p
	}
	if p.adj == nil || !slices.Equal(p.shape, ch.with.Shape) {
		return false
	}
	e.work += len(ch.with.Data) + 50
	sum, size := 0.0, 0.0
	for i, g := range p.adj.Data {
		x := g * ch.with.Data[i]
		sum += x
		size += math.Abs(x)
	}
	return math.Abs(sum-p.want) > p.slack+p.factor*size
}

// probeAt makes the probe of a place.
func (e *expression) probeAt(at spot, ch change) *probe {
	p := &probe{}
	if e.size[e.top] != len(e.want.Data) {
		return p
	}
	// hit are the nodes whose result is the place's value.
	hit := func(n int) bool {
		return ch.fn != nil && e.likeExecution(n, at.node)
	}
	var now *array // what stands there
	switch {
	case at.node < 0:
		now = e.value(at.from)
	case ch.fn != nil:
		now = e.value(at.node)
	default:
		now = e.value(e.step.in[at.node][at.slot])
	}
	if now == nil || !finite(now) || !finite(e.want) {
		return p
	}
	// What depends on the place, and by which operands.
	by := map[int][]int{}
	for _, n := range e.nodes {
		if hit(n) {
			if !slices.Equal(e.shapes[n], now.Shape) {
				return p
			}
			by[n] = []int{}
			continue
		}
		var operands []int
		for j, q := range e.step.in[n] {
			if by[q] != nil || q == at.from || ch.fn == nil && n == at.node && j == at.slot {
				operands = append(operands, j)
			}
		}
		if operands == nil {
			continue
		}
		if !e.float[n] || !linear(e.op[n], operands) {
			return p
		}
		by[n] = operands
	}
	if by[e.top] == nil {
		return p
	}
	as := ch
	if as.with = now; ch.fn != nil {
		as.fn = func([]*array) *array { return now }
	}
	r := e.run(as)
	if r == nil || len(r.Data) != len(e.want.Data) || !finite(r) {
		return p
	}
	adj := graph.NewArray(now.Shape...)
	into := map[int]*array{e.top: graph.Of(e.dirs.of(len(r.Data))[0], e.shapes[e.top]...)}
	for _, n := range slices.Backward(e.nodes) {
		g := into[n]
		if g == nil || by[n] == nil {
			continue
		}
		if hit(n) {
			adj = plus(adj, 1, g)
			continue
		}
		c := graph.Call{Op: e.g.Nodes[n].Op, Attr: e.attr(n), Kind: npy.Float64, Out: e.value(n), Max: len(g.Data) + e.size[n]}
		parts := make([]*array, len(e.step.in[n]))
		for j, q := range e.step.in[n] {
			v := e.value(q)
			if v == nil {
				return p
			}
			c.In = append(c.In, v)
			if slices.Contains(by[n], j) {
				parts[j] = graph.NewArray(v.Shape...)
			}
		}
		if c.Adjoint(g, parts) != nil {
			return p
		}
		e.work += e.size[n] + 300
		for j, q := range e.step.in[n] {
			switch x := parts[j]; {
			case x == nil:
			case by[q] != nil:
				if into[q] == nil {
					into[q] = graph.NewArray(e.shapes[q]...)
				}
				if len(into[q].Data) != len(x.Data) {
					return p
				}
				into[q] = plus(into[q], 1, x)
			case len(x.Data) != len(adj.Data):
				return p
			default:
				adj = plus(adj, 1, x)
			}
		}
	}
	if !finite(adj) {
		return p
	}
	dir, top := e.dirs.of(len(r.Data))[0], e.want.MaxAbs()
	const rounding = 1e-9 // far above that of a few products, far below what is told apart
	for i, z := range dir {
		p.want += z * (e.want.Data[i] - r.Data[i])
		p.slack += math.Abs(z) * (2*e.tol*top + rounding*(math.Abs(e.want.Data[i])+math.Abs(r.Data[i])))
	}
	for i, g := range adj.Data {
		x := g * now.Data[i]
		p.want += x
		p.slack += rounding * math.Abs(x)
	}
	p.shape, p.adj, p.factor = now.Shape, adj, rounding
	return p
}
