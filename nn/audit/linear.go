package audit

import (
	"strings"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// The layer z = h·W + b and what it passes back: each a sum of products over one
// index.

var linearLayer = operation{
	whole: "{0}·{1} + {2}",
	value: func(_ *judge, _ spec.TensorName, in []value, u float64) value { return linear(in[0], in[1], in[2], u) },
	// A layer of which no bias is recorded at all has none.
	instead: func(j *judge, n spec.TensorName) ([]value, bool) {
		for name := range j.s.T {
			if m, _ := spec.ParseName(name); m.Layer == n.Layer && strings.Contains(m.Kind, "b") {
				return nil, false
			}
		}
		in, ok := j.values(right.Z.Inputs(&spec.Step{L: j.L}, n)[:2]...)
		if !ok {
			return nil, false
		}
		return append(in, newValue(1, in[1].V.Cols)), true
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		return summed("k", s.T[in[1]].Rows, at(in[0], "i", "t"), at(in[1], "t", "j"), at(in[2], "0", "j"))
	},
}

func linear(h, W, b value, u float64) value { return product(h, W.transposed(), &b, u) }

var layerGradient = operation{
	whole: "{0}·{1}ᵀ",
	value: func(_ *judge, _ spec.TensorName, in []value, u float64) value { return passedBack(in[0], in[1], u) },
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		return summed("c", s.T[in[1]].Cols, at(in[0], "i", "t"), at(in[1], "j", "t"))
	},
}

// passedBack is dh = dz·Wᵀ.
func passedBack(dz, W value, u float64) value { return product(dz, W, nil, u) }

var weightsGradient = operation{
	whole: "{0}ᵀ·{1}",
	ways: func(j *judge, n spec.TensorName, in []value, u float64) []candidate {
		return j.parameterGradient(n, product(in[0].transposed(), in[1].transposed(), nil, u), u)
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		f := summed("n", s.T[in[1]].Rows, at(in[0], "t", "i"), at(in[1], "t", "j"))
		if len(in) > 2 {
			lambda := num(s.Decay)
			f.Of = append(f.Of, at(in[2], "i", "j"))
			f.Formula = symbols("%s + λ·{2}, λ = %s", f.Formula, lambda)
			f.Parts = append(f.Parts, Part{1, symbols("λ·{2}"), symbols("%s·{(2)}", lambda), func(e *evaluation, _ int) (value, running float64) {
				v := float64(s.Decay * e.of[2].at(0))
				return v, e.running + v
			}})
		}
		return f
	},
}

var biasesGradient = operation{
	whole: "Σ {0}",
	ways: func(j *judge, n spec.TensorName, in []value, u float64) []candidate {
		return j.parameterGradient(n, biasGradient(in[0], u), u)
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		return summed("n", s.T[in[0]].Rows, at(in[0], "t", "j"))
	},
}

// biasGradient is db = Σ rows of dz.
func biasGradient(dz value, u float64) value {
	ones := newValue(1, dz.V.Rows)
	for n := range ones.V.Data {
		ones.V.Data[n] = 1
	}
	return product(ones, dz.transposed(), nil, u)
}

// parameterGradient is a gradient as it is or, if the program has it so,
// divided by N.
func (j *judge) parameterGradient(n spec.TensorName, right value, u float64) []candidate {
	return j.scaled(&j.gradBy, message.New("1/N stands at the parameters' gradients"), func(by float64) value {
		if by == 1 {
			return j.withPenalty(n, right)
		}
		return j.withPenalty(n, divided(right, by, u))
	})
}

// transposed is v with rows for columns.
func (v value) transposed() value { return value{v.V.Transpose(), v.E.Transpose()} }
