package audit

import (
	"math"

	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// judgeEndToEnd judges new parameters where no gradient is recorded: the step is
// computed from its inputs in each right way with the declared rate, then with
// each mistake, then with whatever rate fits.
func (j *judge) judgeEndToEnd() {
	n := float64(j.N)
	ways := []float64{n, 1}
	if j.t.Reduction == "sum" {
		ways = []float64{1, n}
	}
	for _, fit := range []bool{false, true} {
		if fit {
			j.assume(ways[0])
			if list := j.moves(); j.t.Rate != 0 && j.causeEndToEnd(list) {
				return
			}
		}
		for _, by := range ways {
			j.assume(by)
			now := j.moves()
			if c, _, _ := j.factor(now); !fit && j.t.Rate != 0 && c != j.t.Rate && !j.withMomentum(now, true) {
				continue
			}
			if j.judgeMoves(now, true) {
				j.judgeMoves(now, false)
				if j.t.Rate == 0 {
					j.dzBy, j.gradBy = 0, 0 // either would have done, with another rate
				}
				return
			}
		}
	}
	j.assume(ways[0])
	list := j.moves()
	if j.t.Rate == 0 && j.causeEndToEnd(list) {
		return
	}
	j.judgeMoves(list, false)
}

// assume computes the step anew with the gradient at the logits divided by by.
func (j *judge) assume(by float64) {
	j.dzBy, j.gradBy = by, 1
	clear(j.memo)
}

// causeEndToEnd tries the catalogue on the whole step and reports what it finds:
// of the mistakes that end at the recorded parameters the one that comes
// nearest.
func (j *judge) causeEndToEnd(list []move) bool {
	single := suspects("")
	var best []faults.Fault
	least, by := math.Inf(1), 1.0
	for _, mean := range []bool{true, false} {
		for _, x := range single {
			if d, ok := j.endsAt(x.change, mean, list); ok && d < least {
				best, least, by = x.faults, d, 1
				if mean {
					by = float64(j.N)
				}
			}
		}
	}
	if best == nil && j.mem.mayTry("step") {
		best = j.pairEndToEnd(single, list)
		j.mem.tells("step", best != nil)
		j.mem.tells("step", best != nil) // each takes seconds: once is enough
	}
	if best == nil {
		return false
	}
	j.assume(by)
	j.reportEndToEnd(j.moves(), best)
	return true
}

// pairEndToEnd tries two mistakes at once, the first form of each.
func (j *judge) pairEndToEnd(single []suspect, list []move) []faults.Fault {
	first := firsts(single)
	for i, a := range first {
		for _, b := range first[i+1:] {
			both := func(ops *spec.Ops) { a.change(ops); b.change(ops) }
			for _, mean := range []bool{true, false} {
				if _, ok := j.endsAt(both, mean, list); ok {
					return []faults.Fault{a.faults[0], b.faults[0]}
				}
			}
		}
	}
	return nil
}

// endsAt reports whether the step with changed operations ends at the
// recorded parameters, and how far from them.
func (j *judge) endsAt(c faults.Change, mean bool, list []move) (far float64, ok bool) {
	if !j.mem.mayDo(j.workOf("")) {
		return 0, false
	}
	t, ok := j.runChanged(c, mean)
	if !ok {
		return 0, false
	}
	for _, m := range list {
		want := j.stepped(m, j.rateOrFit(list), 0)
		new, ok := t[m.name+"_new"]
		if !ok || !j.fits(m.to, new, want) {
			return 0, false
		}
		far += distance(new, m.got)
	}
	return far, true
}

func (j *judge) rateOrFit(list []move) float64 {
	if j.t.Rate != 0 {
		return j.t.Rate
	}
	c, _, _ := j.factor(list)
	return c
}

// runChanged runs the step from x, y and the parameters. Without a declared rate
// the one that fits the changed gradients is used.
func (j *judge) runChanged(c faults.Change, mean bool) (t spec.Tensors, ok bool) {
	ops := j.right()
	c(&ops)
	s := &spec.Step{Settings: j.t.settings(), L: j.L, T: spec.Tensors{}}
	s.Mean, s.Momentum = mean, 0
	for _, name := range spec.Given(j.L, spec.Settings{}) {
		m, ok := j.s.T[name]
		if !ok {
			return nil, false
		}
		s.T[name] = m
	}
	if j.prev != nil {
		s.Prev = j.prev.T
	}
	if s.Rate == 0 {
		s.Rate = j.mem.seen
	}
	ops.Forward(s)
	ops.Backward(s)
	if s.Rate == 0 {
		s.Rate = j.fitTo(s.T)
	}
	ops.Updates(s)
	return s.T, true
}

// fitTo is the factor that takes the parameters along t's gradients best.
func (j *judge) fitTo(t spec.Tensors) float64 {
	var dd, dw float64
	for _, name := range spec.ParamNames(j.L) {
		d, w := t["d"+name], t[name]
		_, new, ok := j.after(name)
		if !ok {
			continue
		}
		for k, g := range d.Data {
			dd += g * g
			dw += g * (w.Data[k] - new.Data[k])
		}
	}
	if dd == 0 || math.IsNaN(dw/dd) {
		return 0
	}
	return dw / dd
}

func (j *judge) reportEndToEnd(list []move, cause []faults.Fault) {
	c := j.rateOrFit(list)
	for _, m := range list {
		j.out.Judged++
		cmp := compareTo(m.got, j.stepped(m, c, 0))
		if cmp.ratio > 1 {
			j.report("error", m.to, cmp, "", message.Text{})
			j.out.Findings[len(j.out.Findings)-1].maybe = []suspect{{faults: cause, change: func(*spec.Ops) {}}}
		}
	}
}
