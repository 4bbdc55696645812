package audit

import (
	"math"
	"slices"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// Mistakes that no changed operation of the catalogue makes in a step: of networks
// that do not have the coursework's activation and loss, of labels as they were
// recorded, and of batches that are not all of one size.

// special says what gives a tensor's numbers where no changed operation of the
// catalogue can: for it needs another activation, or labels as they were recorded.
func (j *judge) special(name string, want value) (cause string, text message.Text) {
	got := j.s.T[name]
	n, _ := spec.ParseName(name)
	is := func(v value) bool { return sameShape(v.V, got) && compareTo(got, v).ratio <= 1 }
	switch {
	case n.Kind == "dz" && n.Layer < j.L:
		q := j.t.acts[n.Layer]
		in, ok := j.values(n.Of("dh"), n.Of("z"))
		h, has := j.value(n.Of("h"))
		if !ok {
			break
		}
		if q != nil && has && is(deactivate(q, in[0], h, j.u)) {
			return "derivative-of-result", message.New("the derivative of %s is taken at %s, its result, where what goes into it is meant: %s", q.Name, n.Of("h"), n.Of("z"))
		}
		if cause, text := j.otherDerivative(n, q, in[0], in[1], is); cause != "" {
			return cause, text
		}
		if m, dropped := j.masks[n.Layer]; dropped {
			plain := j.t.passed(n.Layer, in[0], in[1], j.slope(n.Layer), j.u)
			scale := 0.0
			for _, v := range m.Data {
				scale = max(scale, v)
			}
			for _, by := range []float64{1, 1 / scale} {
				if is(divided(plain, by, j.u)) {
					return "mask-missing-backward", message.New("layer %d drops units, and the gradient passes those that were dropped: the mask has to be applied backward as well", n.Layer)
				}
			}
		}
	case n.Kind == "loss" && j.s.numbers.Rows > 0:
		if p, ok := j.value("p"); ok && slices.ContainsFunc(guards(), func(g guard) bool { return j.lossOfNumbers(p, g, is) }) {
			return "labels-not-encoded", message.New("y is a column of class numbers, and every probability of a row counts as often as its number says: encode the classes as %d columns, one of them 1", p.V.Cols)
		}
	case n.Kind == "dz" && j.s.numbers.Rows > 0:
		p, ok := j.value("p")
		if !ok {
			break
		}
		for _, by := range []float64{1, float64(j.N)} {
			if is(elementwise(p.V, func(k int) (float64, float64) {
				c := j.s.numbers.Data[k/p.V.Cols]
				return (p.V.Data[k] - c) / by, p.E.Data[k] + 16*j.u*(1+math.Abs(c))
			})) {
				return "labels-not-encoded", message.New("y is a column of class numbers, and the number is taken from every probability of the row: encode the classes as %d columns, one of them 1", p.V.Cols)
			}
		}
	case n.Kind == "loss" && got.Rows*got.Cols == 1 && j.t.output != nil:
		if cause, text := j.otherLoss(is); cause != "" {
			return cause, text
		}
	case n.Kind == "dz" && n.Layer == j.L && j.t.output != nil && j.t.output.Binary:
		if p, y, ok := j.ending(); ok {
			for _, by := range []float64{1, float64(j.N)} {
				if is(elementwise(p.V, func(k int) (float64, float64) {
					q := p.V.Data[k]
					v := (q - y.V.Data[k]) / (q * (1 - q)) / by
					return v, 64 * j.u * math.Abs(v)
				})) {
					return "binary-without-sigmoid", faultText("binary-without-sigmoid")
				}
			}
		}
	case n.Suffix != "" && !n.IsState() && sameShape(want.V, got):
		return j.movedOtherwise(n, got, want)
	}
	return j.partialBatch(name, want)
}

// wrongSlopes are what is taken for the derivative of an activation, by h and z.
var wrongSlopes = []struct {
	cause string
	of    []string // the activations that it is a mistake of; nil: all
	slope func(z, h float64) float64
}{
	{"derivative-missing", nil, func(float64, float64) float64 { return 1 }},
	{"derivative-without-square", []string{"tanh"}, func(_, h float64) float64 { return 1 - h }},
	{"derivative-half", []string{"sigmoid"}, func(_, h float64) float64 { return h }},
	{"derivative-half", []string{"sigmoid"}, func(_, h float64) float64 { return 1 - h }},
	{"derivative-of-another", nil, func(_, h float64) float64 { return h * (1 - h) }},
	{"derivative-of-another", nil, func(_, h float64) float64 { return 1 - h*h }},
	{"derivative-of-another", nil, func(z, _ float64) float64 {
		if z > 0 {
			return 1
		}
		return 0
	}},
	{"derivative-of-another", []string{"elu"}, func(_, h float64) float64 {
		if h > 0 {
			return 1
		}
		return h
	}},
}

// otherDerivative names what a gradient was multiplied with in the place of its
// activation's derivative. That of a ReLU is in the catalogue of operations.
func (j *judge) otherDerivative(n spec.TensorName, q *spec.Activation, dh, z value, is func(value) bool) (cause string, text message.Text) {
	h, ok := j.value(n.Of("h"))
	if q == nil || q.Kink || !ok || !sameShape(h.V, z.V) {
		return "", message.Text{}
	}
	for _, w := range wrongSlopes {
		if w.of != nil && w.of[0] != q.Name {
			continue
		}
		if is(elementwise(dh.V, func(k int) (float64, float64) {
			v := dh.V.Data[k] * w.slope(z.V.Data[k], h.V.Data[k])
			return v, 2*dh.E.Data[k] + 16*j.u*math.Abs(dh.V.Data[k]) + 8*math.Abs(dh.V.Data[k])*h.E.Data[k] + tiny(4, j.u)
		})) {
			return w.cause, message.New("%s (of %s, in layer %d)", faultText(w.cause), q.Name, n.Layer)
		}
	}
	return "", message.Text{}
}

// ending returns p and y, of one shape.
func (j *judge) ending() (p, y value, ok bool) {
	in, ok := j.values("p", "y")
	if !ok || !sameShape(in[0].V, in[1].V) {
		return value{}, value{}, false
	}
	return in[0], in[1], true
}

// otherLoss names what a loss was summed over where it is not each element with its
// own label: half of the binary one, or every p with every label.
func (j *judge) otherLoss(is func(value) bool) (cause string, text message.Text) {
	p, y, ok := j.ending()
	if !ok {
		return "", message.Text{}
	}
	n, o := float64(j.N), j.t.output
	scales := []float64{1, n}
	if o.Binary {
		for _, g := range guards() {
			half := total(elementwise(p.V, func(k int) (float64, float64) {
				q := g.of(p.V.Data[k])
				l := -y.V.Data[k] * math.Log(q)
				return l, 8*elementary*j.u*(1+math.Abs(l)) + p.E.Data[k]/max(q, 1e-300)
			}), j.u)
			for _, by := range scales {
				if is(divided(half, by, j.u)) {
					return "binary-one-sided", faultText("binary-one-sided")
				}
			}
		}
		return "", message.Text{}
	}
	if p.V.Cols != 1 || j.N < 2 || j.N > 2000 {
		return "", message.Text{}
	}
	sum, off := 0.0, 0.0
	for i, a := range p.V.Data {
		for _, b := range y.V.Data {
			sum += (a - b) * (a - b)
			off += 4 * math.Abs(a-b) * p.E.Data[i]
		}
	}
	all := newValue(1, 1)
	all.V.Data[0], all.E.Data[0] = sum, off+(n*n+8)*j.u*sum
	for _, by := range []float64{1, n, n * n, 2, 2 * n, 2 * n * n} {
		if is(divided(all, by, j.u)) {
			return "n-by-n", message.New("%s (%d×%d)", faultText("n-by-n"), j.N, j.N)
		}
	}
	return "", message.Text{}
}

// partialBatch names a loss or a gradient that is divided by the rows of another
// batch of the trace.
func (j *judge) partialBatch(name string, want value) (cause string, text message.Text) {
	got := j.s.T[name]
	n, _ := spec.ParseName(name)
	switch {
	case j.N < 2 || !sameShape(got, want.V) || n.Suffix != "" || isZero(want.V):
		return "", message.Text{}
	case n.Kind == "dW" || n.Kind == "db" || n.Kind == "loss" || n.Kind == "dz" && n.Layer == j.L:
	default:
		return "", message.Text{}
	}
	r, ok := constantRatioNear(got, want.V)
	if !ok {
		return "", message.Text{}
	}
	for i := range j.t.Steps {
		m := j.t.Steps[i].T["x"].Rows
		for _, by := range []float64{float64(j.N) / float64(max(m, 1)), 1 / float64(max(m, 1))} {
			if m > j.N && math.Abs(r/by-1) < 1e-6 {
				return "divided-by-full-batch", message.New("%s (this one has %d rows, and %s is divided by %d)", faultText("divided-by-full-batch"), j.N, name, m)
			}
		}
	}
	return "", message.Text{}
}
