package audit

import (
	"math"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

var activation = operation{
	whole: "relu({0})",
	value: func(j *judge, n spec.TensorName, in []value, u float64) value {
		return j.dropped(n, j.t.activated(n.Layer, in[0], j.slope(n.Layer), u))
	},
	form: func(s *Numbered, n spec.TensorName, in []string) Form {
		if q := s.activation(n.Layer); q != nil {
			return activationForm(q, in, false)
		}
		f := Form{Of: []Ref{at(in[0], "i", "j")}, Formula: message.New("%s if %s > 0, else 0", "{0}", "{0}")}
		passes, stopped := f, f
		passes.Parts = single(message.New("%s passes: it is above 0", "{0}"), 0)
		stopped.Parts = single(message.New("%s = %s is stopped: it is not above 0", "{0}", "{#0}"), -1)
		f.Parts = single(message.New("%s passes: it is not a number", "{0}"), 0)
		f.Cases = []Case{{0, ">0", passes}, {0, "<=0", stopped}}
		return f
	},
}

// relu is h = max(z, 0), or slope·z below 0.
func relu(z value, slope, u float64) value {
	return elementwise(z.V, func(k int) (v, e float64) {
		if v, e = z.V.Data[k], z.E.Data[k]; v <= 0 {
			v = slope*v + 0 // never −0
			e += math.Abs(v) * 2 * u
		}
		return v, e
	})
}

var activationGradient = operation{
	whole: "{0}·[{1} > 0]",
	value: func(j *judge, n spec.TensorName, in []value, u float64) value {
		v := j.t.passed(n.Layer, in[0], in[1], j.slope(n.Layer), u)
		if m, ok := j.masks[n.Layer]; ok {
			v = masked(v, m)
		}
		return v
	},
	// h tells where z is above 0 as well, unless it is leaky.
	instead: func(j *judge, n spec.TensorName) ([]value, bool) {
		if _, ok := j.s.T[n.Of("h")]; !ok || j.slope(n.Layer) != 0 || j.t.acts[n.Layer] != nil {
			return nil, false
		}
		return j.values(n.Of("dh"), n.Of("h"))
	},
	form: func(s *Numbered, n spec.TensorName, in []string) Form {
		if q := s.activation(n.Layer); q != nil {
			return activationForm(q, in, true)
		}
		f := Form{Of: []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")}, Formula: message.New("%s if %s > 0, else 0", "{0}", "{1}")}
		passes := f
		passes.Parts = single(message.New("%s passes: %s = %s is above 0", "{0}", "{1}", "{#1}"), 0)
		f.Parts = single(message.New("%s is stopped: %s = %s is not above 0", "{0}", "{1}", "{#1}"), -1)
		f.Cases = []Case{{1, ">0", passes}}
		return f
	},
}

// reluGradient is dz = dh where z > 0, else slope·dh. Where the sign of z is
// not certain both are right.
func reluGradient(dh, z value, slope, u float64) value {
	return elementwise(dh.V, func(k int) (g, e float64) {
		g, e = dh.V.Data[k], dh.E.Data[k]
		v, at := z.V.Data[k], z.E.Data[k]
		if math.Abs(v) <= at && at > 0 {
			e += math.Abs(g) * (1 + math.Abs(slope))
		}
		if !(v > 0) {
			if math.IsNaN(g) || math.IsInf(g, 0) {
				e = math.Inf(1) // NaN·0 is NaN where the mask is multiplied
			}
			g *= slope
			e += math.Abs(g) * 2 * u
		}
		return g, e
	})
}
