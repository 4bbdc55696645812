package graph

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"glassbox/mat/npy"
)

func random(r *rand.Rand, shape ...int) *Array {
	a := NewArray(shape...)
	for i := range a.Data {
		a.Data[i] = r.NormFloat64()
	}
	return a
}

// network is two layers with a softmax and its loss: the parameters and the
// loss.
func network(b *builder, r *rand.Rand) (params []int, loss int) {
	x, y := b.leaf(random(r, 6, 4)), b.leaf(Filled(0.5, 6, 3))
	w1, b1, w2, b2 := b.leaf(random(r, 4, 5)), b.leaf(random(r, 5)), b.leaf(random(r, 5, 3)), b.leaf(random(r, 1, 3))
	zero := b.leaf(Scalar(0))
	h := b.do("maximum", nil, b.do("add", nil, b.do("matmul", nil, x, w1), b1), zero)
	z := b.do("add", nil, b.do("dot", nil, h, w2), b2)
	e := b.do("exp", nil, b.do("sub", nil, z, b.do("max", &Attr{Axis: []int{1}, Keepdims: true}, z)))
	p := b.do("div", nil, e, b.do("sum", &Attr{Axis: []int{-1}, Keepdims: true}, e))
	loss = b.do("neg", nil, b.do("mean", nil, b.do("mul", nil, y, b.do("log", nil, p))))
	return []int{w1, b1, w2, b2}, loss
}

// TestAdjointsOfANetwork holds the derivatives against central differences of
// replays.
func TestAdjointsOfANetwork(t *testing.T) {
	b := build(t)
	params, loss := network(b, rand.New(rand.NewPCG(1, 2)))
	g := b.done()
	for _, o := range []Options{{}, {Bounds: true}, {Shares: true}, {Bounds: true, Shares: true}} {
		a := g.Pass(params, nil).Adjoints(g.Loss(loss), o)
		replay := g.Replayer([]int{loss}, nil)
		for _, n := range params {
			v := g.MustValue(n)
			for i := range v.Data {
				at := func(d float64) float64 {
					w := v.Clone()
					w.Data[i] += d
					l, err := replay.Run(nil, map[int]*Array{n: w}).Value(loss)
					if err != nil {
						t.Fatal(err)
					}
					return l.Data[0]
				}
				const h = 1e-5
				want, got := (at(h)-at(-h))/(2*h), a.Of(n).Data[i]
				if math.Abs(want-got) > 1e-9 {
					t.Fatalf("%+v: adjoint of node %d[%d] is %v, differences give %v", o, n, i, got, want)
				}
				if o.Bounds && !(a.Bound(n).Data[i] > 0 && a.Bound(n).Data[i] < 1e-11) {
					t.Errorf("bound of node %d[%d] is %v", n, i, a.Bound(n).Data[i])
				}
			}
		}
	}
}

// tangle makes a graph of many operations by chance: its first values and the
// number that it ends in. The same draws give the same graph.
func tangle(b *builder, r *rand.Rand, kind npy.Kind) (from []int, loss int) {
	var rows []int // nodes of 4×5
	for range 3 {
		a := random(r, 4, 5)
		for i, v := range a.Data {
			a.Data[i] = float64(float32(v))
		}
		n := b.leaf(a)
		b.g.Nodes[n].Kind = kind
		from, rows = append(from, n), append(rows, n)
	}
	two := b.leaf(Scalar(2))
	any := func() int { return rows[len(rows)-1-r.IntN(min(len(rows), 6))] }
	last, first := &Attr{Axis: []int{-1}, Keepdims: true}, &Attr{Axis: []int{0}}
	for range 14 {
		var n int
		switch a := any(); r.IntN(14) {
		case 0:
			n = b.do("mul", nil, a, any())
		case 1:
			n = b.do("tanh", nil, a)
		case 2:
			n = b.do("add", nil, a, b.do("mean", first, any()))
		case 3:
			n = b.do("sub", nil, a, b.do("sum", last, b.do("expit", nil, any())))
		case 4:
			n = b.do("softmax", &Attr{Axis: []int{1}}, a)
		case 5:
			n = b.do("div", nil, a, b.do("add", nil, two, b.do("square", nil, any())))
		case 6:
			n = b.do("matmul", nil, b.do("einsum", &Attr{Eq: "ij,kj->ik"}, a, any()), any())
		case 7:
			n = b.do("exp", nil, b.do("neg", nil, b.do("abs", nil, a)))
		case 8:
			n = b.do("maximum", nil, a, b.do("std", last, any()))
		case 9:
			n = b.do("log", nil, b.do("add", nil, two, b.do("abs", nil, a)))
		case 10:
			idx := make([]int32, 20)
			for i := range idx {
				idx[i] = int32(1 + r.IntN(40))
			}
			n = b.do("gather", &Attr{Index: NewIndex(idx, 4, 5)}, a, any())
		case 11:
			n = b.do("setitem", &Attr{Index: NewIndex([]int32{3, 9, 3}, 3)}, a, b.do("gather", &Attr{Index: NewIndex([]int32{1, 2, 3}, 3)}, any()))
		case 12:
			n = b.do("where", nil, b.do("cmp", &Attr{Cmp: "Gt"}, a, any()), any(), a)
		case 13:
			n = b.do("sub", nil, a, b.do("logsumexp", &Attr{Axis: []int{1}, Keepdims: true}, any()))
		}
		rows = append(rows, n)
	}
	return from, b.do("sum", nil, b.do("mul", nil, any(), b.do("tanh", nil, any())))
}

// TestBoundsHold has the derivatives of the same programs in float32: made from
// float32 values, and with every sum and product of the reverse pass rounded to
// float32, they are within the bounds of those in float64.
func TestBoundsHold(t *testing.T) {
	used, tightest := 0, 0.0
	for seed := range uint64(60) {
		exact, single := build(t), build(t)
		from, loss := tangle(exact, rand.New(rand.NewPCG(seed, 1)), npy.Float64)
		tangle(single, rand.New(rand.NewPCG(seed, 1)), npy.Float32)
		ge, gs := exact.done(), single.done()
		want := ge.Pass(from, nil).Adjoints(ge.Loss(loss), Options{Bounds: true})
		pass := gs.Pass(from, nil)
		got := pass.Adjoints(gs.Loss(loss), Options{Bounds: true, Shares: true})
		if v, w, e := gs.MustValue(loss), ge.MustValue(loss), pass.Bound(loss); math.Abs(v.Data[0]-w.Data[0]) > e.Data[0] {
			t.Errorf("seed %d: the value is %v in float32, %v in float64, the bound is %.3g", seed, v.Data[0], w.Data[0], e.Data[0])
		}
		rounded := singleAdjoints(t, pass, gs.Loss(loss))
		for _, n := range pass.Nodes() {
			a := got.Of(n)
			if (a == nil) != (want.Of(n) == nil) {
				t.Fatalf("seed %d: node %d", seed, n)
			}
			if a == nil {
				continue
			}
			for i, v := range a.Data {
				e := got.Bound(n).Data[i]
				for _, w := range []float64{want.Of(n).Data[i], rounded[n].Data[i]} {
					if v != v && w != w { // the derivative of √0
						continue
					}
					if !(math.Abs(v-w) <= e) && !math.IsInf(e, 1) {
						t.Errorf("seed %d: the adjoint of node %d[%d] (%s) is %v, %v, the bound is %.3g", seed, n, i, gs.Nodes[n].Op.Name, v, w, e)
					}
					if e > 0 && !math.IsInf(e, 1) {
						used++
						tightest = max(tightest, math.Abs(v-w)/e)
					}
				}
			}
		}
	}
	if used < 1000 || tightest < 0.01 {
		t.Errorf("%d elements have a bound, of which at most %.3f are used", used, tightest)
	}
}

// singleAdjoints goes backwards as a program in float32 would.
func singleAdjoints(t *testing.T, p *Pass, seeds map[int]*Array) map[int]*Array {
	grad := map[int]*Array{}
	for n, s := range seeds {
		grad[n] = s
	}
	nodes := p.Nodes()
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if grad[n] == nil || p.from[n] || !p.moves(n) {
			continue
		}
		c, err := p.g.CallOf(n)
		if err != nil {
			t.Fatal(err)
		}
		var into []*Array
		for _, x := range c.In {
			into = append(into, NewArray(x.Shape...))
		}
		if err := c.Adjoint(grad[n], into); err != nil {
			t.Fatal(err)
		}
		for k, q := range p.g.Nodes[n].In {
			if !p.Has(q) {
				continue
			}
			if grad[q] == nil {
				grad[q] = NewArray(into[k].Shape...)
			}
			for j, v := range into[k].Data {
				grad[q].Data[j] = float64(float32(grad[q].Data[j] + float64(float32(v))))
			}
		}
	}
	return grad
}

// TestUnknown has a derivative that passes an operation nobody knows: what lies
// behind it is marked, and what does not is not.
func TestUnknown(t *testing.T) {
	b := build(t)
	w, v, x := b.leaf(Of([]float64{1, 2}, 2)), b.leaf(Of([]float64{3, 4}, 2)), b.leaf(Of([]float64{5, 6}, 2))
	u := b.do("mul", nil, w, x)
	odd := b.put("opaque:fft", npy.Float64, nil, Of([]float64{7, 8}, 2), u)
	loss := b.do("sum", nil, b.do("mul", nil, b.do("add", nil, odd, u), v))
	g := b.done()
	for _, shares := range []bool{false, true} {
		a := g.Pass([]int{w, v}, nil).Adjoints(g.Loss(loss), Options{Shares: shares, Bounds: true})
		if got := a.Opaque(); len(got) != 1 || got[0].Node != odd || !errors.Is(got[0].Err, ErrOpaque) {
			t.Errorf("opaque are %v", got)
		}
		for n, want := range map[int][]int{w: {odd}, u: {odd}, v: nil, odd: nil} {
			if got := a.Unknown(n); !slices.Equal(got, want) {
				t.Errorf("unknown at node %d: %v, want %v", n, got, want)
			}
		}
		if got := a.Of(w).Data; !slices.Equal(got, []float64{15, 24}) { // the known part
			t.Errorf("adjoint of w is %v", got)
		}
		if got := a.Of(v).Data; !slices.Equal(got, []float64{12, 20}) {
			t.Errorf("adjoint of v is %v", got)
		}
		// What is put in the place of an adjoint is known.
		over := g.Pass([]int{w, v}, nil).Adjoints(g.Loss(loss), Options{Shares: shares, Over: map[int]*Array{u: Of([]float64{1, 1}, 2)}})
		if got := over.Of(w).Data; !slices.Equal(got, []float64{5, 6}) || over.Unknown(w) != nil {
			t.Errorf("adjoint of w is %v, unknown %v", got, over.Unknown(w))
		}
	}
}

// TestShares has each use's part, and their sum.
func TestShares(t *testing.T) {
	b := build(t)
	x, y := b.leaf(Scalar(3)), b.leaf(Scalar(5))
	square := b.do("mul", nil, x, x)
	loss := b.do("add", nil, b.do("mul", nil, square, y), x)
	g := b.done()
	a := g.Pass([]int{x, y}, nil).Adjoints(g.Loss(loss), Options{Shares: true, Bounds: true})
	type part struct {
		node, slot int
		v          float64
	}
	var got []part
	for _, s := range a.Shares(x) {
		got = append(got, part{s.Node, s.Slot, s.Adjoint.Data[0]})
		if s.Bound == nil {
			t.Errorf("no bound of %+v", s)
		}
	}
	if want := []part{{loss, 1, 1}, {square, 0, 15}, {square, 1, 15}}; !slices.Equal(got, want) {
		t.Errorf("shares are %v, want %v", got, want)
	}
	if got := a.Of(x).Data[0]; got != 31 {
		t.Errorf("the sum is %v", got)
	}
}

// TestKinks has derivatives where they jump, by each side, and bounds that take
// both in.
func TestKinks(t *testing.T) {
	zero, one, none := Of([]float64{0, 1, 0}, 3), Of([]float64{0, 2, -1}, 3), KinkNone
	for _, c := range []struct {
		op   string
		attr *Attr
		in   []*Array
		kink Kink
		want []float64 // adjoint of the first input
		ties []int
	}{
		{"maximum", nil, []*Array{zero, one}, none, []float64{0, 0, 1}, []int{0}},
		{"maximum", nil, []*Array{zero, one}, KinkFirst, []float64{1, 0, 1}, []int{0}},
		{"maximum", nil, []*Array{zero, one}, KinkLast, []float64{0, 0, 1}, []int{0}},
		{"maximum", nil, []*Array{zero, one}, KinkAll, []float64{1, 0, 1}, []int{0}},
		{"minimum", nil, []*Array{zero, Scalar(0)}, KinkFirst, []float64{1, 0, 1}, []int{0, 2}},
		{"abs", nil, []*Array{zero}, none, []float64{0, 1, 0}, []int{0, 2}},
		{"abs", nil, []*Array{zero}, KinkFirst, []float64{-1, 1, -1}, []int{0, 2}},
		{"clip", nil, []*Array{zero, Scalar(0), Scalar(3)}, none, []float64{0, 1, 0}, []int{0, 2}},
		{"clip", nil, []*Array{zero, Scalar(0), Scalar(3)}, KinkFirst, []float64{1, 1, 1}, []int{0, 2}},
		{"min", nil, []*Array{zero}, none, []float64{0.5, 0, 0.5}, []int{0}},
		{"min", nil, []*Array{zero}, KinkFirst, []float64{1, 0, 0}, []int{0}},
		{"min", nil, []*Array{zero}, KinkLast, []float64{0, 0, 1}, []int{0}},
		{"min", nil, []*Array{zero}, KinkAll, []float64{1, 0, 1}, []int{0}},
	} {
		call := &Call{Op: Lookup(c.op), Attr: c.attr, In: c.in, Kink: c.kink, Ties: true, Max: maxElements}
		var err error
		if call.Out, err = call.Value(); err != nil {
			t.Fatal(err)
		}
		g := Filled(1, call.Out.Shape...)
		into, bound := make([]*Array, len(c.in)), make([]*Array, len(c.in))
		into[0], bound[0] = NewArray(3), NewArray(3)
		if err := call.Adjoint(g, into); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(into[0].Data, c.want) {
			t.Errorf("%s, kink %d: adjoint %v, want %v", c.op, c.kink, into[0].Data, c.want)
		}
		if got := call.TiesAt(); !slices.Equal(got, c.ties) {
			t.Errorf("%s: ties at %v, want %v", c.op, got, c.ties)
		}
		if err := call.AdjointBound(g, NewArray(g.Shape...), bound); err != nil {
			t.Fatal(err)
		}
		for i, e := range bound[0].Data {
			tied := c.in[0].Data[i] == 0 && (slices.Contains(c.ties, i) || c.op == "min")
			if tied != (e >= 0.5) {
				t.Errorf("%s: bound of element %d is %v", c.op, i, e)
			}
		}
	}
}

// TestReplay changes nothing, values and operations.
func TestReplay(t *testing.T) {
	b := build(t)
	params, loss := network(b, rand.New(rand.NewPCG(1, 2)))
	extra := b.put("opaque:save", npy.Float64, nil, Scalar(1), loss)
	after := b.do("add", nil, extra, loss)
	g := b.done()
	r := g.Replayer(nil, nil)
	if o := r.Run(nil, nil); len(o.Nodes()) != 0 {
		t.Errorf("changing nothing changes %v", o.Nodes())
	}
	if o := r.Run(nil, map[int]*Array{params[0]: g.MustValue(params[0]).Clone()}); len(o.Nodes()) != 1 || len(o.Barriers) != 0 {
		t.Errorf("putting in the same changes %v", o.Nodes())
	}
	// Every node computed again, with the operations in their own places, has the
	// bits that it had.
	var all []Change
	for n := range g.Nodes {
		if !g.Nodes[n].Op.source && n != extra {
			all = append(all, Change{Node: n})
		}
	}
	if o := r.Run(nil, nil, all...); len(o.Nodes()) != 0 || len(o.Barriers) != 0 {
		t.Errorf("computing all again changes %v", o.Nodes())
	}
	w := g.MustValue(params[0]).Scaled(2)
	o := r.Run(nil, map[int]*Array{params[0]: w})
	if len(o.Barriers) != 1 || o.Barriers[0].Node != extra || !errors.Is(o.Barriers[0].Err, ErrOpaque) || !o.Changed(after) || o.Changed(extra) || o.Changed(params[1]) {
		t.Errorf("%v changed, barriers %v", o.Nodes(), o.Barriers)
	}
	if o := g.Replayer([]int{params[0] + 7}, nil).Run(nil, map[int]*Array{params[0]: w}); o.Changed(loss) {
		t.Errorf("%v is computed, which no target needs", o.Nodes())
	}
	if o := g.Replayer(nil, func(n int) bool { return n < loss }).Run(nil, map[int]*Array{params[0]: w}); o.Changed(loss) || !o.Changed(loss-1) {
		t.Errorf("%v is computed", o.Nodes())
	}
	// An overlay on another one.
	back := r.Run(o, map[int]*Array{params[0]: g.MustValue(params[0])})
	if v, err := back.Value(loss); err != nil || !EqualBits(v, g.MustValue(loss)) {
		t.Errorf("changed back: %v", v)
	}
	// −mean becomes mean·3: another operation, and a value that no node has.
	mean := g.Nodes[loss].In[0]
	o = r.Run(nil, nil, Change{Node: loss, Op: Lookup("mul"), In: []int{mean, ^0}, Extra: []*Array{Scalar(3)}})
	if v, err := o.Value(loss); err != nil || v.Data[0] != 3*g.MustValue(mean).Data[0] {
		t.Errorf("%v %v", v, err)
	}
	// A sum over another axis does not fit what follows.
	var sum int
	for n := range g.Nodes {
		if g.Is(n, "sum") {
			sum = n
		}
	}
	o = r.Run(nil, nil, Change{Node: sum, Attr: &Attr{Axis: []int{0}}})
	if len(o.Barriers) != 1 || o.Barriers[0].Node != sum || o.Changed(loss) {
		t.Errorf("barriers %v", o.Barriers)
	}
}

// TestVersionsShare goes backwards through the writes of an array, of which each
// version has an adjoint of its own, or all share one: the derivatives are the
// same, the bounds no smaller, and as much is held as is said.
func TestVersionsShare(t *testing.T) {
	const size, versions = 1 << 13, 60
	b := build(t)
	w := b.leaf(Of([]float64{1, 2, 3}, 3))
	rows := b.leaf(NewArray(size))
	zeros := b.g.values.nodes[rows]
	for k := range versions {
		at := int32(1 + 3*k)
		now := b.do("tanh", nil, w)
		if k > 0 { // of the row before
			now = b.do("mul", nil, now, b.do("gather", &Attr{Index: NewIndex([]int32{at - 3, at - 2, at - 1}, 3)}, rows))
		}
		before := rows
		rows = b.do("setitem", &Attr{Index: NewIndex([]int32{at, at + 1, at + 2}, 3)}, rows, b.do("add", nil, now, w))
		b.g.values.nodes[before] = zeros // no derivative needs it any more
	}
	loss := b.do("sum", nil, rows)
	g := b.done()
	for _, shares := range []bool{false, true} {
		o := Options{Bounds: true, Shares: shares}
		each := g.Pass([]int{w}, nil).Adjoints(g.Loss(loss), o)
		p := g.Pass([]int{w}, nil)
		p.limit = 8 * size
		one := p.Adjoints(g.Loss(loss), o)
		held := func(lists ...[]*Array) int {
			seen := map[*float64]bool{}
			for _, list := range lists {
				for _, a := range list {
					if a != nil && len(a.Data) == size {
						seen[&a.Data[0]] = true
					}
				}
			}
			return len(seen)
		}
		if n, all := held(p.errs, one.grad, one.off), held(each.p.errs, each.grad, each.off); n > 30 || all < 2*versions {
			t.Errorf("%d arrays are held, %d without a limit", n, all)
		}
		if !EqualBits(one.Of(w), each.Of(w)) || len(one.Opaque()) > 0 || len(one.Shares(w)) != len(each.Shares(w)) {
			t.Errorf("%v with a limit, %v without; %v", one.Of(w).Data, each.Of(w).Data, one.Opaque())
		}
		for i, e := range one.Bound(w).Data {
			if s := each.Bound(w).Data[i]; e < s*0.99 || e > 1e6*s {
				t.Errorf("bound %v, without a limit %v", e, s)
			}
		}
		for k, s := range one.Shares(w) {
			if !EqualBits(s.Adjoint, each.Shares(w)[k].Adjoint) {
				t.Errorf("share %d is %v, without a limit %v", k, s.Adjoint.Data, each.Shares(w)[k].Adjoint.Data)
			}
		}
	}
}
