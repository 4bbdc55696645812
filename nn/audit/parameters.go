package audit

import (
	"math"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

var velocity = operation{
	whole: "momentum·{0} + {1}",
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		m := num(s.Momentum)
		return Form{
			Of:      []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")},
			Formula: symbols("momentum·{0} + {1}, momentum = %s", m),
			Parts: []Part{
				{1, symbols("momentum·{0}"), symbols("%s·{(0)}", m), func(e *evaluation, _ int) (value, running float64) {
					old := float64(s.Momentum * e.of[0].at(0))
					return old, old
				}},
				addends(1, 1),
			},
		}
	},
}

var newParameter = operation{
	whole: "{0} − rate·{1}",
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		rate := num(s.Rate)
		return Form{
			Of:      []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")},
			Formula: symbols("{0} − rate·{1}, rate = %s", rate),
			Numbers: symbols("{#0} − %s·{(1)}", rate),
			Parts: []Part{alone(symbols("{0}"), symbols("{#0}"), 0), {1, symbols("−rate·{1}"), symbols("−%s·{(1)}", rate), func(e *evaluation, _ int) (value, running float64) {
				move := float64(s.Rate * e.of[1].at(0))
				return -move, e.running - move
			}}},
		}
	},
}

// updated is w − c·d, where c itself may be off by ec.
func updated(w, d value, c, ec, u float64) value {
	return elementwise(w.V, func(k int) (float64, float64) {
		x, g := w.V.Data[k], d.V.Data[k]
		step := c * g
		return x - step, (math.Abs(x-step)+4*math.Abs(step))*(u+u64) + w.E.Data[k] +
			math.Abs(c)*d.E.Data[k] + ec*math.Abs(g) + tiny(2, u)
	})
}

var nextParameter = operation{
	form: func(_ *Numbered, _ spec.TensorName, in []string) Form {
		return Form{
			Of:      []Ref{at(in[0], "i", "j")},
			Formula: message.New("%s: the next step starts from it", "{0}"),
			Parts:   single(symbols("{0}"), 0),
		}
	},
}

// given is what a step begins with: data, parameters and velocities.
var given = operation{
	form: func(s *Numbered, n spec.TensorName, _ []string) Form {
		name := n.String()
		f := Form{Of: []Ref{at(name, "i", "j")}, Parts: single(message.New("given"), 0)}
		switch {
		case n.Kind == "x":
			f.Formula = message.New("feature %s of row %s of the batch", "{j}", "{i}")
		case n.Kind == "y":
			f.Formula = message.New("1 if row %s of the batch is of class %s, else 0", "{i}", "{j}")
		case s.Number > 0:
			left := name + spec.SuffixNext
			if n.IsVelocity() {
				left = name + spec.SuffixNew
			}
			f.Of[0] = Ref{Tensor: left, Row: "i", Col: "j", Before: true}
			f.Formula = message.New("%s: as the step before left it", "{0}")
			f.Parts = single(symbols("{0}"), 0)
		case n.Kind == "W":
			f.Formula = message.New("drawn before the first step")
		default:
			set := f
			f.Formula, set.Formula = message.New("0 before the first step"), message.New("set before the first step")
			if n.Kind == "b" {
				f.Cases = []Case{{0, "!=0", set}}
			}
		}
		return f
	},
}
