package audit

import (
	"math"
	"strings"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

var stepsCounted = operation{
	whole: "{0} + 1",
	form: func(_ *Numbered, _ spec.TensorName, in []string) Form {
		return byFormula("{0} + 1", func(of [3]float64) float64 { return of[0] + 1 }, at(in[0], "i", "j"))
	},
}

var velocity = operation{
	whole: "momentum·{0} + {1}",
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		rule := s.Rule()
		f := byFormula(rule.VelocityFormula, func(of [3]float64) float64 { return rule.Velocity(s.Settings, of[0], of[1]) }, at(in[0], "i", "j"), at(in[1], "i", "j"))
		return f.constant("momentum", s.Momentum)
	},
}

// constant says in a form what a name in its formula stands for.
func (f Form) constant(name string, v float64) Form {
	if strings.Contains(f.Formula.String(), name) {
		p := &f.Parts[len(f.Parts)-1]
		p.Numbers = symbols("%s", strings.ReplaceAll(p.Numbers.String(), name, num(v)))
		f.Formula = symbols("%s, %s = %s", f.Formula, name, num(v))
	}
	return f
}

var meanSquares = operation{
	whole: "{0}, {1}²",
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		rule := s.Rule()
		return byFormula(rule.SquaresFormula, func(of [3]float64) float64 { return rule.Squares(of[0], of[1]) }, at(in[0], "i", "j"), at(in[1], "i", "j"))
	},
}

var newParameter = operation{
	whole: "{0} − rate·{1}",
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		rule, rate := s.Rule(), num(s.Rate)
		f := Form{Of: []Ref{at(in[0], "i", "j")}, Formula: symbols("{0} − rate·%s, rate = %s", rule.AlongFormula, rate), Numbers: symbols("{#0} − %s·%s", rate, inNumbers(rule.AlongFormula))}
		for _, name := range in[1:] {
			r := at(name, "i", "j")
			if name == "t"+spec.SuffixNew {
				r = at(name, "0", "0")
			}
			f.Of = append(f.Of, r)
		}
		f.Parts = []Part{alone(symbols("{0}"), symbols("{#0}"), 0), {1, symbols("−rate·%s", rule.AlongFormula), symbols("−%s·%s", rate, inNumbers(rule.AlongFormula)), func(e *evaluation, _ int) (value, running float64) {
			var of [3]float64
			for k := range in[1:] {
				of[k] = e.of[k+1].at(0)
			}
			move := float64(s.Rate * rule.Along(s.Settings, of))
			return -move, e.running - move
		}}}
		if rule.Velocity == nil || rule.Squares != nil {
			return f
		}
		return f.constant("momentum", s.Momentum)
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
		case n.Kind == "t" && s.Number == 0:
			f.Formula = message.New("no step was made yet")
		case s.Number > 0:
			left := name + spec.SuffixNext
			if n.IsState() {
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
