package graph

import (
	"math"
	"math/rand/v2"
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
