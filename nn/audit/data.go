package audit

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// start looks at what a step is given: weights that make all units of a layer the
// same, rows without a class, features that were never scaled.
func (j *judge) start() {
	if j.s.Number == 0 {
		for k := 1; k <= j.L; k++ {
			name := spec.Name("W", k)
			W, ok := j.s.T[name]
			if !ok || k == j.L || W.Cols < 2 {
				continue
			}
			b := j.s.T[spec.Name("b", k)]
			equal := true
			for i := range W.Rows {
				for _, v := range W.Row(i) {
					equal = equal && v == W.At(i, 0)
				}
			}
			for _, v := range b.Data {
				equal = equal && v == b.Data[0]
			}
			switch next := j.s.T[spec.Name("W", k+1)]; {
			case !equal || next.Rows > 0 && !equalRows(next):
			case isZero(W):
				j.report("warning", name, comparison{at: allElements(W)}, "", message.New("all numbers of %s are 0 at the start: the layer's units are all the same; start from small random numbers", name))
			default:
				j.report("warning", name, comparison{at: allElements(W)}, "", message.New("all %d units of layer %d are the same at the start and get the same gradients: the layer is as good as one unit; start from random numbers", W.Cols, k))
			}
		}
	}
	y, ok := j.s.T["y"]
	if ok && y.Cols > 1 && y.Rows >= 5*y.Cols && isOneHot(y) && !j.toldOfLabels() {
		none, count := 0, make([]int, y.Cols)
		for i := range y.Rows {
			c := slices.Index(y.Row(i), 1)
			if c < 0 {
				none++
			} else {
				count[c]++
			}
		}
		if unused := slices.Index(count, 0); none > 0 && unused >= 0 {
			zero := elementsOf(y, func(e int) bool { return slices.Index(y.Row(e/y.Cols), 1) < 0 })
			j.report("error", "y", comparison{at: zero}, "", message.New("%d of %d labels are all zero, and column %d is never 1: the classes are numbered from 1 and encoded from 0, or there are more of them than columns", none, y.Rows, unused))
		}
	}
	if x, ok := j.s.T["x"]; ok && len(x.Data) > 0 && slices.Max(x.Data) >= 50 {
		if text := message.New("x reaches from %.4g to %.4g: features of about 1 keep what is made of them in the range where gradients are neither 0 nor large", slices.Min(x.Data), slices.Max(x.Data)); !slices.ContainsFunc(j.out.Notes, func(n message.Text) bool { return n.Format == text.Format }) {
			j.note(text)
		}
	}
}

func (j *judge) toldOfLabels() bool {
	return slices.ContainsFunc(j.out.Findings, func(f Finding) bool { return f.Tensor == "y" })
}

func equalRows(m mat.Matrix) bool {
	for i := range m.Rows {
		if !slices.Equal(m.Row(i), m.Row(0)) {
			return false
		}
	}
	return true
}

// special says what gives a tensor's numbers where the catalogue cannot: for it
// needs another activation, or labels as they were recorded.
func (j *judge) special(name string, want value) message.Text {
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
			return message.New("the derivative of %s is taken at %s, its result, where what goes into it is meant: %s", q.Name, n.Of("h"), n.Of("z"))
		}
		if m, dropped := j.masks[n.Layer]; dropped {
			plain := j.t.passed(n.Layer, in[0], in[1], j.slope(n.Layer), j.u)
			scale := 0.0
			for _, v := range m.Data {
				scale = max(scale, v)
			}
			for _, by := range []float64{1, 1 / scale} {
				if is(divided(plain, by, j.u)) {
					return message.New("layer %d drops units, and the gradient passes those that were dropped: the mask has to be applied backward as well", n.Layer)
				}
			}
		}
	case n.Kind == "loss" && j.s.numbers.Rows > 0:
		if p, ok := j.value("p"); ok && slices.ContainsFunc(guards(), func(g guard) bool { return j.lossOfNumbers(p, g, is) }) {
			return message.New("y is a column of class numbers, and every probability of a row counts as often as its number says: encode the classes as %d columns, one of them 1", p.V.Cols)
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
				return message.New("y is a column of class numbers, and the number is taken from every probability of the row: encode the classes as %d columns, one of them 1", p.V.Cols)
			}
		}
	case n.Suffix != "" && sameShape(want.V, got):
		return j.movedOtherwise(n, got, want)
	}
	return message.Text{}
}

// dropped reads a mask of dropped units off the recorded h: each number is 0, or
// one factor times what the activation gives.
func (j *judge) dropped(n spec.TensorName, v value) value {
	if m, ok := j.masks[n.Layer]; ok {
		return masked(v, m)
	}
	h, ok := j.s.T[n.Of("h")]
	if !ok || !sameShape(h, v.V) || compareTo(h, v).ratio <= 1 {
		return v
	}
	zero, live, scale := 0, 0, 0.0
	for k, x := range v.V.Data {
		if math.Abs(x) <= 1e-6 {
			continue
		}
		live++
		if h.Data[k] == 0 {
			zero++
		} else if scale == 0 {
			scale = h.Data[k] / x
		}
	}
	share := float64(zero) / float64(max(live, 1))
	if live < 20 || share < 0.05 || share > 0.95 || math.Abs(scale-1) > 1e-6 && math.Abs(1-1/scale-share) > 0.15 {
		return v
	}
	scale = 1 / short(1/scale)
	m := mat.New(h.Rows, h.Cols)
	for k := range m.Data {
		if h.Data[k] != 0 {
			m.Data[k] = scale
		}
	}
	if w := masked(v, m); compareTo(h, w).ratio <= 1 {
		if j.masks == nil {
			j.masks = map[int]mat.Matrix{}
		}
		j.masks[n.Layer] = m
		j.note(message.New("layer %d drops units: the mask is read off its numbers", n.Layer))
		return w
	}
	return v
}

func masked(v value, m mat.Matrix) value {
	return elementwise(v.V, func(k int) (float64, float64) {
		x := v.V.Data[k] * m.Data[k]
		return x, v.E.Data[k]*m.Data[k] + 4*u64*math.Abs(x)
	})
}
