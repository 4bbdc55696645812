package audit

import (
	"fmt"
	"math"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

var logitGradient = operation{
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate {
		return j.scaled(&j.dzBy, message.New("1/N stands at the gradient at the logits"), func(by float64) value { return logits(in[0], in[1], by, u) })
	},
	formula: func(s *Numbered, n spec.TensorName) string {
		if s.Mean {
			return n.String() + " = (p − y) / N"
		}
		return n.String() + " = p − y"
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		f := Form{
			Of:      []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")},
			Formula: symbols("{0} − {1}"),
			Numbers: symbols("{#0} − {(1)}"),
			Parts: []Part{first(0), {1, symbols("−{1}"), symbols("−{(1)}"), func(e *evaluation, _ int) (value, running float64) {
				y := e.of[1].at(0)
				return -y, e.running - y
			}}},
		}
		if s.Mean {
			N := s.T[in[0]].Rows
			f.Formula = symbols("({0} − {1}) / N, N = %d", N)
			f.Numbers = symbols("({#0} − {(1)}) / %d", N)
			f.Parts = append(f.Parts, overRows(N))
		}
		return f
	},
}

// logits is dz = (p − y)/n. The difference itself is nearly exact, but the same
// gradient may have come from −y/p through the softmax's Jacobian, whose
// roundings are relative to p and y.
func logits(p, y value, n, u float64) value {
	return elementwise(p.V, func(i, j int) (float64, float64) {
		v, t := p.V.At(i, j), y.V.At(i, j)
		d := (v - t) / n
		return d, (math.Abs(d)*3+8*(math.Abs(v)+math.Abs(t))/n)*(u+u64) + p.E.At(i, j)/n + tiny(2, u)
	})
}

var layerGradient = operation{
	ways: func(_ *judge, _ spec.TensorName, in []value, u float64) []candidate {
		return only(passedBack(in[0], in[1], u))
	},
	formula: func(_ *Numbered, n spec.TensorName) string {
		return fmt.Sprintf("%s = %s·%sᵀ", n, spec.Name("dz", n.Layer+1), spec.Name("W", n.Layer+1))
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		dz, W := in[0], in[1]
		terms := s.T[W].Cols
		return Form{
			Of:      []Ref{at(dz, "i", "t"), at(W, "j", "t")},
			Formula: symbols("Σ %s[{i},c]·%s[{j},c], %s", dz, W, over("c", terms)),
			Parts:   []Part{products(terms)},
		}
	},
}

// passedBack is dh = dz·Wᵀ.
func passedBack(dz, W value, u float64) value {
	return product(newValue(dz.V.Rows, W.V.Rows), dz.V.Cols, u,
		func(i, j, k int) (float64, float64, float64, float64) {
			return dz.V.At(i, k), dz.E.At(i, k), W.V.At(j, k), W.E.At(j, k)
		}, nil)
}

var weightsGradient = operation{
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate {
		return j.parameterGradient(weightGradient(in[0], in[1], u), u)
	},
	formula: func(_ *Numbered, n spec.TensorName) string {
		return fmt.Sprintf("%s = %sᵀ·%s", n, spec.Input(n.Layer), n.Of("dz"))
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		h, dz := in[0], in[1]
		N := s.T[dz].Rows
		return Form{
			Of:      []Ref{at(h, "t", "i"), at(dz, "t", "j")},
			Formula: symbols("Σ %s[n,{i}]·%s[n,{j}], %s", h, dz, over("n", N)),
			Parts:   []Part{products(N)},
		}
	},
}

// weightGradient is dW = hᵀ·dz.
func weightGradient(h, dz value, u float64) value {
	return product(newValue(h.V.Cols, dz.V.Cols), h.V.Rows, u,
		func(i, j, k int) (float64, float64, float64, float64) {
			return h.V.At(k, i), h.E.At(k, i), dz.V.At(k, j), dz.E.At(k, j)
		}, nil)
}

var biasesGradient = operation{
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate {
		return j.parameterGradient(biasGradient(in[0], u), u)
	},
	formula: func(_ *Numbered, n spec.TensorName) string { return fmt.Sprintf("%s = Σ %s", n, n.Of("dz")) },
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		N := s.T[in[0]].Rows
		return Form{
			Of:      []Ref{at(in[0], "t", "j")},
			Formula: symbols("Σ %s[n,{j}], %s", in[0], over("n", N)),
			Parts:   []Part{addends(N, 0)},
		}
	},
}

// biasGradient is db = Σ rows of dz.
func biasGradient(dz value, u float64) value {
	return product(newValue(1, dz.V.Cols), dz.V.Rows, u,
		func(_, j, k int) (float64, float64, float64, float64) {
			return 1, 0, dz.V.At(k, j), dz.E.At(k, j)
		}, nil)
}
