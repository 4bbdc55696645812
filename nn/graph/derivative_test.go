package graph

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDerivatives holds each operation's adjoint against central differences,
// and its bounds against changes of what it is computed from.
func TestDerivatives(t *testing.T) {
	for _, oc := range opCases {
		if oc.index == "" { // those need NumPy: TestAgainstNumPy
			checkDerivative(t, oc, &Call{Op: Lookup(oc.op), Attr: &oc.attr, In: oc.operands(), Max: maxElements})
		}
	}
}

func checkDerivative(t *testing.T, oc opCase, c *Call) {
	t.Helper()
	var err error
	if c.Out, err = c.Value(); err != nil {
		t.Errorf("%s: %v", oc.name(), err)
		return
	}
	r := rand.New(rand.NewPCG(3, 4))
	g := random(r, c.Out.Shape...)
	at := func(c *Call) float64 { // the value whose adjoint g is
		y, err := c.Value()
		if err != nil {
			t.Fatalf("%s: %v", oc.name(), err)
		}
		s := 0.0
		for i, v := range y.Data {
			s += v * g.Data[i]
		}
		return s
	}
	got := adjoint(t, oc, c, g)
	if oc.rough {
		for k, a := range got {
			if c.Op.constant && a.MaxAbs() != 0 {
				t.Errorf("%s: input %d has the adjoint %v", oc.name(), k, a.Data)
			}
		}
		return
	}
	for k, x := range c.In {
		if oc.op == "where" && k == 0 || oc.op == "copysign" && k == 1 {
			continue
		}
		for i, v := range x.Data {
			d := *c
			d.memo = nil
			d.In = append([]*Array(nil), c.In...)
			d.In[k] = x.Clone()
			const h = 1e-5
			d.In[k].Data[i] = v + h
			want := at(&d)
			d.In[k].Data[i] = v - h
			want = (want - at(&d)) / (2 * h)
			if math.Abs(want-got[k].Data[i]) > 2e-7*(1+math.Abs(want)) {
				t.Errorf("%s: adjoint of input %d[%d] is %v, differences give %v", oc.name(), k, i, got[k].Data[i], want)
			}
		}
	}
	checkBounds(t, oc, c, g, got)
}

// adjoint is what each input receives of g.
func adjoint(t *testing.T, oc opCase, c *Call, g *Array) []*Array {
	t.Helper()
	var into []*Array
	for _, x := range c.In {
		into = append(into, NewArray(x.Shape...))
	}
	if err := c.Adjoint(g, into); err != nil {
		t.Fatalf("%s: %v", oc.name(), err)
	}
	return into
}

// checkBounds changes the inputs and g by as much as is said to be uncertain:
// the value and the adjoint change by no more than their bounds.
func checkBounds(t *testing.T, oc opCase, c *Call, g *Array, got []*Array) {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	const size = 1e-7
	for trial := range 6 {
		d := *c
		d.memo, d.In, d.Err = nil, nil, nil
		moved := func(x *Array) (y, e *Array) {
			y, e = x.Clone(), NewArray(x.Shape...)
			for i := range e.Data {
				e.Data[i] = size * r.Float64()
				if r.IntN(2) == 0 {
					y.Data[i] += e.Data[i]
				} else {
					y.Data[i] -= e.Data[i]
				}
			}
			return y, e
		}
		exact := *c
		exact.memo, exact.Err = nil, make([]*Array, len(c.In))
		for k, x := range c.In {
			y, e := moved(x)
			if oc.op == "where" && k == 0 || trial%3 == 1 && k > 0 || oc.op == "copysign" && k == 1 || oc.op == "nan_to_num" {
				y, e = x, nil
			}
			d.In = append(d.In, y)
			exact.Err[k] = e
		}
		gg, ge := moved(g)
		if trial%3 == 2 {
			gg, ge = g, NewArray(g.Shape...)
		}
		var err error
		if d.Out, err = d.Value(); err != nil {
			t.Fatal(err)
		}
		b, err := exact.Bound()
		if err != nil {
			t.Fatalf("%s: %v", oc.name(), err)
		}
		within := func(what string, v, w, e *Array) {
			for i := range v.Data {
				if diff := math.Abs(v.Data[i] - w.Data[i]); !(diff <= e.Data[i]*1.001) {
					t.Errorf("%s: %s[%d] moves by %.3g, the bound is %.3g", oc.name(), what, i, diff, e.Data[i])
					return
				} else if e.Data[i] > 1e4*size*float64(1+len(c.In[0].Data)) {
					t.Errorf("%s: the bound of %s[%d] is %.3g", oc.name(), what, i, e.Data[i])
					return
				}
			}
		}
		within("the value", c.Out, d.Out, b)
		var bounds []*Array
		for _, x := range c.In {
			bounds = append(bounds, NewArray(x.Shape...))
		}
		if err := exact.AdjointBound(g, ge, bounds); err != nil {
			t.Fatalf("%s: %v", oc.name(), err)
		}
		for k, a := range adjoint(t, oc, &d, gg) {
			within("an input's adjoint", got[k], a, bounds[k])
		}
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
