package audit

import (
	"fmt"
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

var linearLayer = operation{
	ways: func(_ *judge, _ spec.TensorName, in []value, u float64) []candidate {
		return only(linear(in[0], in[1], in[2], u))
	},
	formula: func(_ *Numbered, n spec.TensorName) string {
		return fmt.Sprintf("%s = %s·%s + %s", n, spec.Input(n.Layer), n.Of("W"), n.Of("b"))
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		h, W, b := in[0], in[1], in[2]
		terms := s.T[W].Rows
		return Form{
			Of:      []Ref{at(h, "i", "t"), at(W, "t", "j"), at(b, "0", "j")},
			Formula: symbols("Σ %s[{i},k]·%s[k,{j}] + {2}, %s", h, W, over("k", terms)),
			Parts:   []Part{products(terms), addends(1, 2)},
		}
	},
}

// linear is z = h·W + b.
func linear(h, W, b value, u float64) value {
	return product(newValue(h.V.Rows, W.V.Cols), h.V.Cols, u,
		func(i, j, k int) (float64, float64, float64, float64) {
			return h.V.At(i, k), h.E.At(i, k), W.V.At(k, j), W.E.At(k, j)
		},
		func(j int) (float64, float64) { return b.V.At(0, j), b.E.At(0, j) })
}

var probabilities = operation{
	ways: func(_ *judge, _ spec.TensorName, in []value, u float64) []candidate { return only(softmax(in[0], u)) },
	formula: func(s *Numbered, n spec.TensorName) string {
		return fmt.Sprintf("%s = softmax(%s)", n, spec.Name("z", s.L))
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		z := in[0]
		C := s.T[z].Cols
		return Form{
			Of:      []Ref{at(z, "i", "t"), at(z, "i", "j")},
			Formula: symbols("e{j} / Σ ec, ec = exp(%s[{i},c] − m), m = max %s[{i},c], %s", z, z, over("c", C)),
			Numbers: symbols("{1:numbers}"),
			Given:   &Given{symbols("m = {0}"), C},
			Parts: []Part{
				{C, symbols("e{t} = exp({0} − m)"), symbols("exp({#0} − {(m)})"), func(e *evaluation, t int) (value, running float64) {
					v := mat.Exp(e.of[0].at(t) - e.given)
					return v, e.running + v
				}},
				{1, symbols("e{j} / Σ"), symbols("{#=} / {#<}"), func(e *evaluation, _ int) (value, running float64) {
					v := mat.Exp(e.of[1].at(0) - e.given)
					return v, v / e.running
				}},
			},
		}
	},
}

// softmax is p, row by row. Its relative error is that of the exponentials,
// where the rounding of z − max counts |z − max| times, of their sum and of
// the division.
func softmax(z value, u float64) value {
	p := value{spec.SoftMax(z.V), mat.New(z.V.Rows, z.V.Cols)}
	C := z.V.Cols
	for i := range p.V.Rows {
		zi := z.V.Row(i)
		top := mat.ArgMax(zi)
		var sum, weighted float64
		rel := make([]float64, C)
		for j, v := range zi {
			d := math.Abs(v - zi[top])
			// Without the shift exp(z) has no such rounding, with it |z| has none.
			rel[j] = math.Expm1(d*u*2 + z.E.At(i, j) + z.E.At(i, top) + elementary*u)
			sum += p.V.At(i, j)
			weighted += p.V.At(i, j) * rel[j]
		}
		of := weighted/sum + gamma(C, u)
		for j := range zi {
			v := p.V.At(i, j)
			p.E.Set(i, j, v*((1+rel[j])*(1+of)/(1-min(of, 0.5))*(1+4*u)-1)+tiny(C+2, u))
		}
	}
	return p
}
