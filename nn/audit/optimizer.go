package audit

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// states are what an optimizer keeps beside the parameters, behind a step.
type states struct {
	step int
	of   map[string]value // by name: "vW1"
}

// declaredOptimizer judges the update of a network that says by which optimizer it
// steps. What that keeps is taken as recorded, else followed from step to step,
// from 0 before the first.
func (j *judge) declaredOptimizer(list []move, rule *spec.Optimizer) {
	set := j.t.settings()
	if j.rate = set.Rate; set.Rate == 0 {
		j.unjudged(list[0].to, message.New("no learning rate is declared, and the steps of %s do not tell it", rule.Name))
		return
	}
	before := j.mem.states
	if before.step != j.s.Number-1 {
		before.of = nil
	}
	j.mem.states = states{j.s.Number, map[string]value{}}
	t := float64(j.s.Number + 1)
	if m, ok := j.s.T["t"]; ok && len(m.Data) == 1 {
		t = m.Data[0] + 1
	}
	wants, alongs, fit, all := make([]value, len(list)), make([]value, len(list)), 0, 0
	for i, m := range list {
		along, ok := j.along(m, set, before, t)
		if !ok {
			j.unjudged(m.to, message.New("what the optimizer keeps comes from the step before, which is not recorded"))
			continue
		}
		wants[i], alongs[i] = updated(m.w, along, set.Rate, 0, j.u), along
		c := compareTo(m.got, wants[i])
		fit, all = fit+len(m.got.Data)-c.off, all+len(m.got.Data)
	}
	still, other := unmoved(list, j.L), ""
	if fit < all {
		other = j.otherRule(set)
	}
	for i, m := range list {
		if wants[i].V.Rows == 0 {
			continue
		}
		c := compareTo(m.got, wants[i])
		cause, text := "", message.Text{}
		switch {
		case c.ratio <= 1:
		case other != "":
			cause, text = other, faultText(other)
		default:
			cause, text = j.otherStep(m, alongs[i], rule, still)
		}
		switch {
		case !text.IsZero():
			j.out.Judged++
			level := "error"
			if f, err := faults.Find(cause); err == nil && f.Misleads {
				level = "warning"
			}
			j.report(level, m.to, c, cause, text)
		case 2*fit < all && c.ratio > 1:
			// Its constants are the usual ones: where hardly a number follows they
			// may be others, which is no mistake.
			j.unjudged(m.to, message.New("the update is not that of %s with its usual constants", rule.Name))
		default:
			j.check(m.to, wants[i])
		}
	}
}

// otherRule names the mistake of the optimizer that gives the parameters of all
// steps from the first on, with the gradients as recorded; "" where none does, or
// where a step is missing.
func (j *judge) otherRule(set spec.Settings) string {
	if j.mem.otherRule != nil {
		return *j.mem.otherRule
	}
	j.mem.otherRule = new(string)
	// Its own mistakes first, then those that are others' too.
	list := slices.DeleteFunc(slices.Clone(faults.InStep), func(f faults.Fault) bool { return f.Kind != "optimizer" })
	for _, name := range []string{"rmsprop-reset", "momentum-reset", "stale-gradient"} {
		if f, err := faults.Find(name); err == nil {
			list = append(list, f)
		}
	}
	for _, f := range list {
		for _, c := range f.Changes {
			if *j.mem.otherRule == "" && j.t.updatedBy(c, set, j.L) {
				*j.mem.otherRule = f.Name
			}
		}
	}
	return *j.mem.otherRule
}

// updatedBy reports whether changed operations give the parameters behind each step,
// from those before it, its gradients, and what the step before kept.
func (t *Trace) updatedBy(c faults.Change, set spec.Settings, L int) bool {
	ops := spec.Right()
	c(&ops)
	var kept spec.Tensors
	for i := range t.Steps {
		T := t.Steps[i].T
		if t.Steps[i].Number != i {
			return i > 2
		}
		s := &spec.Step{Settings: set, L: L, Prev: kept, T: spec.Tensors{"t": mat.Of(1, 1, float64(i))}}
		for _, name := range spec.ParamNames(L) {
			w, d := T[name], T["d"+name]
			if w.Rows == 0 || !sameShape(w, d) || !sameShape(w, T[name+spec.SuffixNew]) {
				return false
			}
			s.T[name], s.T["d"+name] = w, d
			for _, kind := range []string{"v", "s"} {
				state := kept[kind+name+spec.SuffixNew]
				if state.Rows == 0 {
					state = mat.New(w.Rows, w.Cols)
				}
				s.T[kind+name] = state
			}
		}
		ops.Updates(s)
		u := t.Steps[i].unit()
		for _, name := range spec.ParamNames(L) {
			got, want := T[name+spec.SuffixNew], s.T[name+spec.SuffixNew]
			for k, w := range T[name].Data {
				if !(math.Abs(got.Data[k]-want.Data[k]) <= 1e-6*math.Abs(want.Data[k]-w)+64*u*math.Abs(w)) {
					return false
				}
			}
		}
		kept = s.T
	}
	return len(t.Steps) > 1
}

// otherStep says what a parameter did that did not step by its declared optimizer:
// nothing, a multiple of its step, or a plain step down the gradient.
func (j *judge) otherStep(m move, along value, rule *spec.Optimizer, still string) (cause string, text message.Text) {
	moved := mat.New(m.got.Rows, m.got.Cols)
	for k, w := range m.w.V.Data {
		moved.Data[k] = w - m.got.Data[k]
	}
	switch {
	case isZero(along.V):
		return "", message.Text{}
	case isZero(moved) && still != "":
		return still, faultText(still)
	case isZero(moved):
		return "", message.New("%s does not change in this step", m.name)
	case j.follows(m, j.t.Rate, 0):
		return "optimizer-not-used", message.New("the update is a plain step down the gradient, and %s is declared", rule.Name)
	}
	if len(moved.Data) < 4 {
		return "", message.Text{}
	}
	c, ok := constantRatioNear(moved, along.V)
	if !ok {
		shrunk := mat.New(moved.Rows, moved.Cols)
		for k, v := range moved.Data {
			shrunk.Data[k] = (v - j.t.Rate*along.V.Data[k]) / j.t.Rate
		}
		if lambda, ok := constantRatioNear(shrunk, m.w.V); ok && lambda > 1e-8 && m.name[0] == 'W' && math.Abs(j.t.Meta.Decay/lambda-1) > 1e-4 {
			return "weight-decay", message.New("%s (the decay is %.4g)", faultText("weight-decay"), lambda)
		}
		return "", message.Text{}
	}
	n := float64(j.N)
	for _, known := range []struct {
		by   float64
		name string
	}{{-1, "update-sign"}, {2, "update-twice"}, {1 / n, "rate-divided-by-n"}, {n, "rate-times-n"}} {
		if math.Abs(c/j.t.Rate/known.by-1) < 1e-6 {
			return known.name, faultText(known.name)
		}
	}
	return "", message.New("the update is %.6g times that of %s with the declared rate", c/j.t.Rate, rule.Name)
}

// unmoved names the mistake by which just those parameters of L layers stay as they
// were that do; "" for none.
func unmoved(list []move, L int) string {
	for _, kind := range []struct {
		cause string
		has   func(n spec.TensorName) bool
	}{
		{"parameters-not-updated", func(spec.TensorName) bool { return true }},
		{"bias-not-updated", func(n spec.TensorName) bool { return n.Kind == "b" }},
		{"first-layer-not-updated", func(n spec.TensorName) bool { return n.Layer == 1 }},
		{"last-layer-not-updated", func(n spec.TensorName) bool { return n.Layer == L }},
	} {
		if !slices.ContainsFunc(list, func(m move) bool {
			n, _ := spec.ParseName(m.name)
			return kind.has(n) != mat.EqualBits(m.w.V, m.got)
		}) {
			return kind.cause
		}
	}
	return ""
}

// along is what the rate is multiplied by for one parameter, ok is false where that
// cannot be known.
func (j *judge) along(m move, set spec.Settings, before states, t float64) (value, bool) {
	rule := set.Rule()
	next := map[string]value{"d": m.d}
	for _, kept := range []struct {
		kind string
		is   bool
		of   func(old, d float64) float64
	}{
		{"v", rule.Velocity != nil, func(v, d float64) float64 { return rule.Velocity(set, v, d) }},
		{"s", rule.Squares != nil, func(s, d float64) float64 { return rule.Squares(s, d) }},
	} {
		kind, of := kept.kind, kept.of
		if !kept.is {
			continue
		}
		name := kind + m.name
		old, ok := before.of[name]
		switch {
		case j.s.T[name].Rows > 0 && sameShape(j.s.T[name], m.d.V):
			old = j.asRecorded(name)
		case j.s.Number == 0:
			old = newValue(m.d.V.Rows, m.d.V.Cols)
		case !ok:
			return value{}, false
		}
		want := elementwise(m.d.V, func(k int) (float64, float64) {
			o, d := old.V.Data[k], m.d.V.Data[k]
			v, eo, ed := of(o, d), old.E.Data[k], m.d.E.Data[k]
			size := math.Abs(o) + math.Abs(d)
			if kind == "s" {
				size = math.Abs(v)
			}
			return v, farther(v, of(o+eo, d), of(o-eo, d)) + farther(v, of(o, d+ed), of(o, d-ed)) + 8*(j.u+u64)*size + tiny(4, j.u)
		})
		got, ok := j.s.T[name+spec.SuffixNew]
		if ok && mat.EqualBits(got, old.V) && mat.EqualBits(m.got, m.w.V) { // all that belongs to the parameter stands still
			next[kind], j.mem.states.of[name] = want, j.asRecorded(name+spec.SuffixNew)
			continue
		}
		if ok && sameShape(got, want.V) {
			if c := compareTo(got, want); c.ratio > 1 && j.otherRule(set) != "" {
				j.out.Judged++
				j.report("error", name+spec.SuffixNew, c, *j.mem.otherRule, faultText(*j.mem.otherRule))
			} else {
				j.check(name+spec.SuffixNew, want)
			}
			want = j.asRecorded(name + spec.SuffixNew)
		}
		next[kind], j.mem.states.of[name] = want, want
	}
	return elementwise(m.d.V, func(k int) (float64, float64) {
		var of, off [3]float64
		size := 0.0
		for i, use := range rule.Uses {
			if use[:1] == "t" {
				of[i] = t
				continue
			}
			of[i], off[i] = next[use[:1]].V.Data[k], next[use[:1]].E.Data[k]
			if use[:1] != "s" {
				size += math.Abs(of[i])
			}
		}
		v, e := rule.Along(set, of), 0.0
		for i := range of {
			up, down := of, of
			up[i], down[i] = of[i]+off[i], of[i]-off[i]
			if rule.Uses[min(i, len(rule.Uses)-1)][:1] == "s" {
				down[i] = max(down[i], 0)
			}
			e += farther(v, rule.Along(set, up), rule.Along(set, down))
		}
		if rule.Squares != nil {
			size = math.Abs(v) // a quotient, whose roundings are relative to it
		}
		return v, 1.1*e + 32*(j.u+u64)*size + tiny(4, j.u)
	}), true
}

// farther is how far the farther of two numbers is from v.
func farther(v, a, b float64) float64 { return max(math.Abs(a-v), math.Abs(b-v)) }
