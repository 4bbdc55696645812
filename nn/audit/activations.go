package audit

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strings"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An architecture is what a network has behind its layers: as it is declared,
// else as the numbers tell.
type architecture struct {
	acts   map[int]*spec.Activation // other than ReLU, by layer
	output *output                  // nil: softmax and cross-entropy
	told   []message.Text           // what the numbers told
}

// recognise finds out the architecture, once: every step is looked at.
func (t *Trace) recognise() {
	if t.acts == nil {
		t.acts = t.activations()
		t.output = t.outputOf()
	}
}

// activationNames are names of activations as they are declared, beside spec's.
var activationNames = map[string]string{"linear": "identity", "gelu by tanh": "gelu_tanh", "logistic": "sigmoid"}

// declaredActivation finds an activation by a declared name; nil for none that is
// known.
func declaredActivation(name string) *spec.Activation {
	name = strings.ToLower(strings.TrimSpace(name))
	return spec.FindActivation(cmp.Or(activationNames[name], name))
}

// rounding is what an activation and its derivative may be off by, in units of
// roundoff at 1: they are written in several ways, with a difference of numbers
// near 1 in most.
const rounding = 40

// activate is h from z.
func activate(q *spec.Activation, z value, u float64) value {
	return elementwise(z.V, func(k int) (v, e float64) {
		x := z.V.Data[k]
		v = q.Of(x)
		if q.Name == "identity" {
			return v, z.E.Data[k]
		}
		return v, 1.2*z.E.Data[k] + rounding*u*max(1, math.Abs(v))
	})
}

// deactivate is dz from dh.
func deactivate(q *spec.Activation, dh, z value, u float64) value {
	return elementwise(dh.V, func(k int) (v, e float64) {
		g, d := dh.V.Data[k], q.By(z.V.Data[k])
		if q.Name == "identity" {
			return g, dh.E.Data[k]
		}
		return g * d, math.Abs(d)*dh.E.Data[k] + math.Abs(g)*(rounding*u*max(1, math.Abs(z.V.Data[k]))+2*z.E.Data[k]) + tiny(2, u)
	})
}

// activations finds out which layers have another activation than ReLU: as
// declared, else from the numbers. Identity is never guessed: it is what a
// forgotten ReLU looks like.
func (t *Trace) activations() map[int]*spec.Activation {
	found := map[int]*spec.Activation{}
	L := 0
	for i := range t.Steps {
		L = max(L, layers(t.Steps[i].T))
	}
	for k := 1; k < L; k++ {
		switch n := len(t.Activation); {
		case n > 0:
			switch q := declaredActivation(t.Activation[min(k, n)-1]); q.Name {
			case "relu":
			case "leaky_relu":
				t.slope(k, spec.LeakySlope)
			default:
				found[k] = q
			}
			continue
		case t.Meta.Slopes[fmt.Sprint(k)] != 0:
			continue
		}
		if t.shows(k, spec.Activations[0]) {
			continue
		}
		for _, q := range spec.Activations {
			if !q.Kink && q.Name != "identity" && t.shows(k, q) {
				found[k] = q
				t.told = append(t.told, message.New("the activation of layer %d is read off its numbers: %s", k, q.Name))
				break
			}
		}
	}
	return found
}

// slope declares a leaky ReLU.
func (t *Trace) slope(k int, slope float64) {
	if t.Meta.Slopes == nil {
		t.Meta.Slopes = map[string]float64{}
	}
	if name := fmt.Sprint(k); t.Meta.Slopes[name] == 0 {
		t.Meta.Slopes[name] = slope
	}
}

// shows reports that in every step that tells, layer k's result is of its z, or
// where no result is recorded its gradient passes as the derivative has it.
func (t *Trace) shows(k int, q *spec.Activation) bool {
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
			size = max(size, math.Abs(x), math.Abs(q.Of(x)))
		}
		if h, ok := s.T[spec.Name("h", k)]; ok && sameShape(h, z) {
			for e, x := range z.Data {
				if !(math.Abs(h.Data[e]-q.Of(x)) <= tol*size) {
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
			if !(math.Abs(dz.Data[e]-dh.Data[e]*q.By(x)) <= tol*top) {
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
		return activate(q, z, u)
	}
	return relu(z, slope, u)
}

func (a architecture) passed(k int, dh, z value, slope, u float64) value {
	if q := a.acts[k]; q != nil {
		return deactivate(q, dh, z, u)
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

// activationForm is the form of an element of h, or of dz, by another activation
// than ReLU.
func activationForm(q *spec.Activation, in []string, backward bool) Form {
	if !backward {
		return byFormula(q.Formula, func(of [3]float64) float64 { return q.Of(of[0]) }, at(in[0], "i", "j"))
	}
	slope := strings.ReplaceAll(q.Slope, "{0}", "{1}")
	return Form{
		Of:      []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")},
		Formula: symbols("{0}·(%s)", slope),
		Numbers: symbols("{#0}·{0:numbers}"),
		Parts: []Part{
			{1, symbols("%s", slope), symbols("(%s)", inNumbers(slope)), func(e *evaluation, _ int) (value, running float64) {
				v := q.By(e.of[1].at(0))
				return v, v
			}},
			{1, symbols("·{0}"), symbols("{(<)}·{(0)}"), func(e *evaluation, _ int) (value, running float64) {
				v := e.of[0].at(0)
				return v, v * e.running
			}},
		},
	}
}

// byFormula is the form of elements that come about at once, from up to three
// others.
func byFormula(formula string, f func(of [3]float64) float64, refs ...Ref) Form {
	return Form{Of: refs, Formula: symbols("%s", formula), Parts: []Part{{1, symbols("%s", formula), symbols("%s", inNumbers(formula)),
		func(e *evaluation, _ int) (value, running float64) {
			var of [3]float64
			for k := range refs {
				of[k] = e.of[k].at(0)
			}
			v := f(of)
			return v, v
		}}}}
}

// inNumbers is a formula with the numbers of its elements in the place of their
// names.
func inNumbers(formula string) string { return elementMark.ReplaceAllString(formula, "{($1)}") }

var elementMark = regexp.MustCompile(`\{(\d)\}`)
