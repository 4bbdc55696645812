package audit

import (
	"fmt"
	"math"
	"strings"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An architecture is what a network has behind its layers: as it is declared,
// else as the numbers tell.
type architecture struct {
	acts   map[int]*squash // activations other than ReLU, by layer
	output *output         // nil: softmax and cross-entropy
	told   []message.Text  // what the numbers told
}

// recognise finds out the architecture, once: every step is looked at.
func (t *Trace) recognise() {
	if t.acts == nil {
		t.acts = t.activations()
		t.output = t.outputOf()
	}
}

// A squash is an activation: h = of(z), with its derivative by z.
type squash struct {
	name string
	of   func(z float64) float64
	by   func(z float64) float64
}

func logistic(z float64) float64 { return 1 / (1 + mat.Exp(-z)) }

var plainReLU = squash{"relu", func(z float64) float64 { return max(z, 0) }, func(z float64) float64 {
	if z > 0 {
		return 1
	}
	return 0
}}

// squashes are right beside ReLU.
//
// Hendrycks and Gimpel, Gaussian Error Linear Units (2016), have both forms of
// GELU; Clevert, Unterthiner and Hochreiter, Fast and Accurate Deep Network
// Learning by Exponential Linear Units (2016), ELU.
var squashes = []squash{
	{"tanh", math.Tanh, func(z float64) float64 { t := math.Tanh(z); return 1 - t*t }},
	{"sigmoid", logistic, func(z float64) float64 { s := logistic(z); return s * (1 - s) }},
	{"elu", func(z float64) float64 {
		if z > 0 {
			return z
		}
		return math.Expm1(z)
	}, func(z float64) float64 {
		if z > 0 {
			return 1
		}
		return mat.Exp(z)
	}},
	{"gelu", func(z float64) float64 { return z * normal(z) }, func(z float64) float64 {
		return normal(z) + z*mat.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
	}},
	{"gelu by tanh", func(z float64) float64 { return z * (1 + math.Tanh(geluInner(z))) / 2 }, func(z float64) float64 {
		t := math.Tanh(geluInner(z))
		return (1+t)/2 + z*(1-t*t)*math.Sqrt(2/math.Pi)*(1+3*0.044715*z*z)/2
	}},
	{"identity", func(z float64) float64 { return z }, func(float64) float64 { return 1 }},
}

func normal(z float64) float64    { return (1 + math.Erf(z/math.Sqrt2)) / 2 }
func geluInner(z float64) float64 { return math.Sqrt(2/math.Pi) * (z + 0.044715*z*z*z) }

// squashNames are names of activations as they are declared, beside their own.
var squashNames = map[string]string{"linear": "identity", "gelu_tanh": "gelu by tanh", "logistic": "sigmoid"}

// declaredSquash finds a squash by a declared name; nil for a ReLU, ok is false
// for none that is known.
func declaredSquash(name string) (q *squash, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if full := squashNames[name]; full != "" {
		name = full
	}
	for i := range squashes {
		if squashes[i].name == name {
			return &squashes[i], true
		}
	}
	return nil, name == "relu"
}

// rounding is what an activation and its derivative may be off by, in units of
// roundoff at 1: they are written in several ways, with a difference of numbers
// near 1 in most.
const rounding = 40

// value is h from z.
func (q *squash) value(z value, u float64) value {
	return elementwise(z.V, func(k int) (v, e float64) {
		x := z.V.Data[k]
		v = q.of(x)
		if q.name == "identity" {
			return v, z.E.Data[k]
		}
		return v, 1.2*z.E.Data[k] + rounding*u*max(1, math.Abs(v))
	})
}

// gradient is dz from dh.
func (q *squash) gradient(dh, z value, u float64) value {
	return elementwise(dh.V, func(k int) (v, e float64) {
		g, d := dh.V.Data[k], q.by(z.V.Data[k])
		if q.name == "identity" {
			return g, dh.E.Data[k]
		}
		return g * d, math.Abs(d)*dh.E.Data[k] + math.Abs(g)*(rounding*u*max(1, math.Abs(z.V.Data[k]))+2*z.E.Data[k]) + tiny(2, u)
	})
}

// activations finds out which layers have another activation than ReLU: as
// declared, else from the numbers. Identity is never guessed: it is what a
// forgotten ReLU looks like.
func (t *Trace) activations() map[int]*squash {
	found := map[int]*squash{}
	L := 0
	for i := range t.Steps {
		L = max(L, layers(t.Steps[i].T))
	}
	for k := 1; k < L; k++ {
		switch n := len(t.Activation); {
		case n > 0:
			found[k], _ = declaredSquash(t.Activation[min(k, n)-1])
			continue
		case t.Meta.Slopes[fmt.Sprint(k)] != 0:
			continue
		}
		if t.shows(k, &plainReLU) {
			continue
		}
		for i := range squashes[:len(squashes)-1] {
			if t.shows(k, &squashes[i]) {
				found[k] = &squashes[i]
				t.told = append(t.told, message.New("the activation of layer %d is read off its numbers: %s", k, squashes[i].name))
				break
			}
		}
	}
	return found
}

// shows reports that in every step that tells, layer k's result is of its z, or
// where no result is recorded its gradient passes as the derivative has it.
func (t *Trace) shows(k int, q *squash) bool {
	seen := false
	for i := range t.Steps {
		s := &t.Steps[i]
		z, ok := s.T[spec.Name("z", k)]
		if !ok {
			in, name := s.T["x"], spec.Name("h", k-1)
			if k > 1 {
				in = s.T[name]
			}
			W, b := s.T[spec.Name("W", k)], s.T[spec.Name("b", k)]
			if in.Rows == 0 || W.Rows != in.Cols || W.Rows == 0 || b.Cols != W.Cols {
				continue
			}
			z = spec.Linear(in, W, b)
		}
		tol, size := s.likeness(), 0.0
		for _, x := range z.Data {
			size = max(size, math.Abs(x), math.Abs(q.of(x)))
		}
		if h, ok := s.T[spec.Name("h", k)]; ok && sameShape(h, z) {
			for e, x := range z.Data {
				if !(math.Abs(h.Data[e]-q.of(x)) <= tol*size) {
					return false
				}
			}
			seen = true
			continue
		}
		dh, dz := s.T[spec.Name("dh", k)], s.T[spec.Name("dz", k)]
		if !sameShape(dh, z) || !sameShape(dz, z) {
			continue
		}
		top := 0.0
		for _, g := range dh.Data {
			top = max(top, math.Abs(g))
		}
		for e, x := range z.Data {
			if !(math.Abs(dz.Data[e]-dh.Data[e]*q.by(x)) <= tol*top) {
				return false
			}
		}
		seen = true
	}
	return seen
}

// likeness is how far apart numbers of a step may be, in units of the largest,
// to tell which of several formulas they were made by.
func (s *Step) likeness() float64 {
	if s.unit() == u32 {
		return 2e-5
	}
	return 1e-6
}

// activated is h of layer k, and passed its dz; slope is that of a leaky ReLU.
func (a architecture) activated(k int, z value, slope, u float64) value {
	if q := a.acts[k]; q != nil {
		return q.value(z, u)
	}
	return relu(z, slope, u)
}

func (a architecture) passed(k int, dh, z value, slope, u float64) value {
	if q := a.acts[k]; q != nil {
		return q.gradient(dh, z, u)
	}
	return reluGradient(dh, z, slope, u)
}

// into puts what this network has into right operations, where it has another
// activation than ReLU or another output than the softmax.
func (a architecture) into(ops *spec.Ops, slope func(k int) float64) {
	h, dz := ops.H.Run, ops.DZ.Run
	ops.H.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		if v := slope(n.Layer); a.acts[n.Layer] != nil || v != 0 {
			return a.activated(n.Layer, recorded(in[0]), v, u64).V
		}
		return h(s, n, in)
	}
	ops.DZ.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		if v := slope(n.Layer); a.acts[n.Layer] != nil || v != 0 {
			return a.passed(n.Layer, recorded(in[0]), recorded(in[1]), v, u64).V
		}
		return dz(s, n, in)
	}
	if a.output != nil {
		a.output.into(ops)
	}
}

// form is the form of an element of h, or of dz, by another activation.
func (q *squash) form(in []string, backward bool) Form {
	apply := func(of func(float64) float64, k int, name string) Part {
		return Part{1, symbols("%s({%d})", name, k), symbols("%s({#%d})", name, k), func(e *evaluation, _ int) (value, running float64) {
			v := of(e.of[k].at(0))
			return v, v
		}}
	}
	if !backward {
		return Form{Of: []Ref{at(in[0], "i", "j")}, Formula: symbols("%s({0})", q.name), Parts: []Part{apply(q.of, 0, q.name)}}
	}
	return Form{
		Of:      []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")},
		Formula: symbols("{0}·%s′({1})", q.name),
		Numbers: symbols("{#0}·{1:numbers}"),
		Parts: []Part{apply(q.by, 1, q.name+"′"), {1, symbols("·{0}"), symbols("{(<)}·{(0)}"), func(e *evaluation, _ int) (value, running float64) {
			v := e.of[0].at(0)
			return v, v * e.running
		}}},
	}
}
