package audit

import (
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An output is how a network ends where it does not in a softmax and its
// cross-entropy: p = of(z), and the binary cross-entropy or the squared error.
type output struct {
	squash
	binary bool // the loss: binary cross-entropy, else the squared error
}

// LossNames are the losses that a trace may declare.
var LossNames = []string{"cross_entropy", "binary_cross_entropy", "squared_error"}

// outputOf finds out how the network of a trace ends; nil for a softmax and its
// cross-entropy. A p that is z is taken for meant only where the loss, or labels
// that are no classes, say so: else it looks like a forgotten softmax.
func (t *Trace) outputOf() *output {
	if t.Loss == LossNames[0] || t.endsIn(spec.SoftMax, true) {
		return nil
	}
	for _, name := range []string{"sigmoid", "identity", "tanh"} {
		q, _ := declaredSquash(name)
		if !t.endsIn(func(z mat.Matrix) mat.Matrix { return q.value(recorded(z), u64).V }, false) {
			continue
		}
		for _, binary := range []bool{true, false} {
			o := &output{*q, binary}
			if binary && name != "sigmoid" || t.Loss != "" && binary != (t.Loss == LossNames[1]) {
				continue
			}
			if t.Loss != "" || t.has(o) {
				t.told = append(t.told, message.New("the network ends in %s and the %s, by its numbers", o.name, o.lossName()))
				return o
			}
		}
	}
	return nil
}

func (o *output) lossName() message.Text {
	if o.binary {
		return message.New("binary cross-entropy")
	}
	return message.New("squared error")
}

// endsIn reports that p is of the last z in every step that has both; with
// several only where there are several columns.
func (t *Trace) endsIn(of func(z mat.Matrix) mat.Matrix, several bool) bool {
	seen := false
	for i := range t.Steps {
		s := &t.Steps[i]
		z, p := s.T[spec.Name("z", layers(s.T))], s.T["p"]
		if p.Rows == 0 || !sameShape(z, p) || several && p.Cols == 1 {
			continue
		}
		tol := s.likeness()
		for k, w := range of(z).Data {
			if !(math.Abs(p.Data[k]-w) <= tol*max(1, math.Abs(w))) {
				return false
			}
		}
		seen = true
	}
	return seen
}

// has reports that the loss in every step is o's, on some scale, or where none
// is recorded that the gradient at the last z is.
func (t *Trace) has(o *output) bool {
	seen := false
	for i := range t.Steps {
		s := &t.Steps[i]
		p, y, loss := s.T["p"], s.T["y"], s.T["loss"]
		if !sameShape(p, y) || p.Rows == 0 {
			continue
		}
		sum := o.sum(p, y, 0)
		if len(loss.Data) == 1 {
			if slices.ContainsFunc(o.scales(p.Rows, p.Cols), func(c scaling) bool {
				return math.Abs(loss.Data[0]-c.by*sum) <= 1e-4*math.Abs(loss.Data[0])
			}) {
				seen = true
				continue
			}
		}
		// None is recorded, or it has a penalty.
		dz, ok := s.T[spec.Name("dz", layers(s.T))]
		if !ok || !sameShape(dz, p) || o.name == "identity" && isOneHot(y) {
			if len(loss.Data) == 1 {
				return false
			}
			continue
		}
		if _, ok := constantRatioNear(dz, o.gradient(p, y)); !ok {
			return false
		}
		seen = true
	}
	return seen
}

func isOneHot(y mat.Matrix) bool {
	return !slices.ContainsFunc(y.Data, func(v float64) bool { return v != 0 && v != 1 })
}

// constantRatioNear is the factor between two matrices, ok is false where there
// is none.
func constantRatioNear(got, want mat.Matrix) (float64, bool) {
	var gw, ww, top float64
	for k, g := range got.Data {
		gw, ww, top = gw+g*want.Data[k], ww+want.Data[k]*want.Data[k], max(top, math.Abs(g))
	}
	c := gw / ww
	for k, g := range got.Data {
		if !(math.Abs(g-c*want.Data[k]) <= 1e-6*top) {
			return 0, false
		}
	}
	return c, c != 0
}

// scaling is a factor before the sum over all elements, whether it has 1/N in it,
// and what is left of it then.
type scaling struct {
	by, rest float64
	mean     bool
}

// scales are those in which o's loss is written, the most usual first.
func (o *output) scales(rows, cols int) []scaling {
	n, c := float64(rows), float64(cols)
	rests := []float64{1}
	if !o.binary {
		rests = []float64{1, 0.5}
	}
	var list []scaling
	for _, r := range rests {
		for _, perClass := range []float64{1, 1 / c} {
			list = append(list, scaling{r * perClass / n, r * perClass, true}, scaling{r * perClass, r * perClass, false})
		}
	}
	return list
}

// sum is the loss's sum over all elements, with eps added to what a logarithm is
// taken of.
func (o *output) sum(p, y mat.Matrix, eps float64) float64 {
	s := 0.0
	for k, v := range p.Data {
		s += o.term(v, y.Data[k], eps)
	}
	return s
}

func (o *output) term(p, y, eps float64) float64 {
	if !o.binary {
		return (p - y) * (p - y)
	}
	l := 0.0
	if y != 0 {
		l -= y * mat.Log(p+eps)
	}
	if y != 1 {
		l -= (1 - y) * mat.Log(1-p+eps)
	}
	return l
}

// gradient is that of the sum by z, for the squared error without its 2.
func (o *output) gradient(p, y mat.Matrix) mat.Matrix {
	d := mat.New(p.Rows, p.Cols)
	for k, v := range p.Data {
		d.Data[k] = v - y.Data[k]
		if o.binary {
			continue
		}
		switch o.name {
		case "sigmoid":
			d.Data[k] *= v * (1 - v)
		case "tanh":
			d.Data[k] *= 1 - v*v
		}
	}
	return d
}

// losses are the right losses of such a network: each scale, and for the
// logarithm each guard.
func (o *output) losses(j *judge, p, y value, u float64) []candidate {
	guards := []float64{0}
	if o.binary {
		guards = []float64{0, 1e-7, 1e-8, 1e-6, 1e-5, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, -1e-7, -1e-8, -1e-9, -1e-10, -1e-12, -1e-15}
	}
	var list []candidate
	for _, eps := range guards {
		v := newValue(p.V.Rows, p.V.Cols)
		for k, x := range p.V.Data {
			guard := eps
			if eps < 0 { // a clip from below and above
				x, guard = min(max(x, -eps), 1+eps), 0
			}
			l := o.term(x, y.V.Data[k], guard)
			v.V.Data[k] = l
			if v.E.Data[k] = 2*elementary*u*math.Abs(l) + 2*math.Abs(x-y.V.Data[k])*p.E.Data[k]; o.binary {
				far := max(x, 1e-300) // the logarithm's argument moves by a rounding of p, 1 - p by one of 1
				if y.V.Data[k] < 0.5 {
					far = max(1-x, 1e-300)
				}
				v.E.Data[k] = 2*elementary*u*math.Abs(l) + (4*u+p.E.Data[k])/far
			}
		}
		if j.s.PerRow {
			rows := newValue(p.V.Rows, 1)
			for i := range p.V.Rows {
				for c := range p.V.Cols {
					rows.V.Set(i, 0, rows.V.At(i, 0)+v.V.At(i, c))
					rows.E.Set(i, 0, rows.E.At(i, 0)+v.E.At(i, c)+gamma(p.V.Cols, u)*math.Abs(v.V.At(i, c)))
				}
			}
			list = append(list, candidate{v: rows})
			continue
		}
		sum := total(v, u)
		for _, c := range o.scales(p.V.Rows, p.V.Cols) {
			list = append(list, candidate{v: divided(sum, 1/c.by, u), take: func() {
				if j.lossScale = c.rest; j.N > 1 {
					j.lossMean = map[bool]int{true: 1, false: -1}[c.mean]
				}
			}})
		}
	}
	return list
}

// gradients are the right gradients at the last z: of the loss that was found,
// or a usual multiple of it, with 1/N or without.
func (o *output) gradients(j *judge, p, y value, u float64) []candidate {
	plain := o.gradient(p.V, y.V)
	base := elementwise(plain, func(k int) (float64, float64) {
		d := plain.Data[k]
		return d, 8*u*(math.Abs(d)+math.Abs(p.V.Data[k])+math.Abs(y.V.Data[k])) + 2*p.E.Data[k]
	})
	own, c := 1.0, float64(p.V.Cols)
	if j.lossScale != 0 {
		own = j.lossScale
	}
	if !o.binary {
		own *= 2
	}
	factors := []float64{own}
	for _, f := range []float64{1, 2, 1 / c, 2 / c, 0.5} {
		if !slices.ContainsFunc(factors, func(g float64) bool { return math.Abs(g-f) < 1e-12 }) {
			factors = append(factors, f)
		}
	}
	var list []candidate
	for i, f := range factors {
		note := message.New("1/N stands at the gradient at the logits")
		if i > 0 {
			note = message.New("the gradient at the logits is %s times that of the loss: the rate takes it up", fmt.Sprintf("%.4g", f/own))
		}
		of := j.scaled(&j.dzBy, note, func(by float64) value { return divided(base, by/f, u) })
		if i > 0 {
			for k := range of {
				of[k].note = note
			}
		}
		list = append(list, of...)
	}
	return list
}

// into puts the output's operations in the place of the softmax's and its
// cross-entropy's.
func (o *output) into(ops *spec.Ops) {
	ops.P.Run = func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		return o.value(recorded(in[0]), u64).V
	}
	ops.Loss.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		sum := o.sum(in[0], in[1], 0)
		if s.Mean {
			sum /= float64(in[0].Rows)
		}
		return mat.Of(1, 1, sum)
	}
	ops.DZL.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		d := o.gradient(in[0], in[1])
		by := 1.0
		if !o.binary {
			by = 2
		}
		if s.Mean {
			by /= float64(in[0].Rows)
		}
		for k := range d.Data {
			d.Data[k] *= by
		}
		return d
	}
}
