package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// findUnsteady finds parameters of one element, or with one element in each step that
// has a derivative, whose gradient keeps no constant factor to the derivative from step
// to step: that is all by which a single number can be judged.
func (j *judge) findUnsteady(all []*step) {
	j.unsteady, j.steady = map[int]bool{}, map[int]map[int]bool{}
	for p := range j.params {
		by := map[int][]float64{}
		n := 0
		for _, s := range all {
			if s.new[p] < 0 || s.trivial[p] || s.k == 0 && len(all) > 3 {
				continue // in the first step a velocity is the gradient too
			}
			if !s.single(p) {
				n = 0
				break
			}
			n++
			of := map[int]float64{}
			for _, h := range s.rightOf(p, nil) {
				of[s.site[h.node]] = h.c
			}
			if s.size[s.cur[p]] > 1 {
				for _, q := range s.numbers(p) {
					of[s.site[q]] = only(s.value(q)) / only(s.ad[s.cur[p]].v)
				}
			}
			for site, c := range of {
				by[site] = append(by[site], c)
			}
		}
		if n == 0 {
			continue
		}
		steady := map[int]bool{}
		for site, l := range by {
			if len(l) == n && n >= 3 && !slices.ContainsFunc(l, func(c float64) bool { return !alike(c, l[0], 1e-5) }) {
				steady[site] = true
			}
		}
		j.steady[p] = steady
		if len(steady) == 0 {
			j.unsteady[p] = true
			x := &j.verdict.Parameters[p]
			x.Gradient, x.Why = "not judged", message.New("a single number, whose gradient keeps no constant factor to the derivative in %d steps", n)
		}
	}
}

// tellUnsteady tells, where all other gradients and updates are right, parameters
// of one element whose gradient is made of derivatives and yet is not, step after
// step, one multiple of its own, nor the multiple that another parameter's is.
func (j *judge) tellUnsteady(s *step, all []*step) {
	odd := func(p int) bool {
		return j.verdict.Parameters[p].Gradient == "right" && j.verdict.Parameters[p].Update != "right"
	}
	if s.onlyNumbers() || len(s.opaque) > 0 || !s.loss.computed || slices.ContainsFunc(s.live, odd) {
		return
	}
	s.makeTargets()
	m := s.match()
	for _, p := range s.live {
		a, ok := s.ad[s.cur[p]]
		if !j.unsteady[p] || !ok || s.trivial[p] || s.size[s.cur[p]] != 1 || !s.madeOfDerivatives(p, m) || j.nearlySteady(p, all) {
			continue
		}
		q := -1
		own := j.suspect(s, p)
		for _, x := range s.region[p] {
			if q < 0 && s.isBack[x] && !s.isNew[x] && !s.zone[p][x] && x >= own {
				q = x
			}
		}
		k := slices.IndexFunc(s.targets, func(t target) bool { return t.kind == whole && t.about == s.cur[p] })
		if q < 0 || k < 0 {
			continue
		}
		c := 1.0
		for o, h := range s.right(nil) {
			if len(h) > 0 && !s.single(o) {
				c = h[0].c
				break
			}
		}
		j.verdict.Parameters[p].Gradient, j.verdict.Parameters[p].Why = "wrong", message.Text{}
		j.tellIntervention(s, &intervention{pairs: []pair{{q, k, layout(a.v, s.shapes[q])}}, c: c, group: group{s.site[q], s.call[q], 1}, mended: 1, of: 1, m: m})
	}
}

// only is the element of an array that is not zero, of which it has one.
func only(a *array) (x float64) {
	for _, y := range a.Data {
		x += y
	}
	return x
}

// madeOfDerivatives reports that a parameter's step is made of arrays that are
// derivatives of the loss: it is no average that is kept beside.
func (s *step) madeOfDerivatives(p int, m *matches) bool {
	for q, in := range s.before([]int{s.new[p]}, s.isCur) {
		if in && s.isBack[q] && s.size[q] > 1 && len(m.whole[q]) > 0 {
			return true
		}
	}
	return false
}

// nearlySteady reports that some value on the way of a parameter of one element
// is about the same multiple of its derivative in all steps, by itself or
// beside what another's gradient is of its own; or that too few steps show it.
func (j *judge) nearlySteady(p int, all []*step) bool {
	type reading struct {
		x  map[int]float64 // by site
		by []map[int]float64
		a  float64
	}
	var list []reading
	tol := 0.01
	for _, s := range all {
		if s.new[p] < 0 || s.trivial[p] {
			continue
		}
		if s.prec == single {
			tol = 0.2
		}
		r := reading{x: map[int]float64{}, a: only(s.ad[s.cur[p]].v)}
		for _, h := range s.rightOf(p, nil) {
			r.x[s.site[h.node]] = h.c * r.a
		}
		for o, h := range s.right(nil) {
			f := map[int]float64{}
			for _, x := range h {
				if !s.single(o) {
					f[s.site[x.node]] = x.c
				}
			}
			r.by = append(r.by, f)
		}
		list = append(list, r)
	}
	if len(list) < 4 {
		return true
	}
	fits := func(site int, factor func(r reading) (float64, bool)) bool {
		top, c := 0.0, 0.0
		for _, r := range list {
			f, ok := factor(r)
			x, has := r.x[site]
			if !ok || !has || f == 0 {
				return false
			}
			if d := math.Abs(r.a * f); d > top {
				top, c = d, x/(r.a*f)
			}
		}
		return !slices.ContainsFunc(list, func(r reading) bool {
			f, _ := factor(r)
			return math.Abs(r.x[site]-c*f*r.a) > tol*math.Abs(c)*top
		})
	}
	for site := range list[0].x {
		if fits(site, func(reading) (float64, bool) { return 1, true }) {
			return true
		}
		for o, by := range list[0].by {
			for other := range by {
				if fits(site, func(r reading) (float64, bool) { f, ok := r.by[o][other]; return f, ok }) {
					return true
				}
			}
		}
	}
	return false
}

// shiftedNumber finds a constant that is added to the gradient of a parameter of
// one element, which is right without.
func (j *judge) shiftedNumber(s *step) (out []updateFault) {
	for p, h := range s.right(nil) {
		if len(h) == 0 || s.size[s.cur[p]] != 1 || j.unsteady[p] || s.onlyNumbers() {
			continue
		}
		for _, q := range s.region[p] {
			divides := func(c int) bool { return s.op[c] == "div" && s.in[c][1] == q }
			if s.op[q] != "add" && s.op[q] != "sub" || s.isNew[q] || s.zone[p][q] || len(s.in[q]) != 2 || slices.ContainsFunc(s.cons[q], divides) {
				continue // what is divided by has a guard
			}
			for i, u := range s.in[q] {
				g := s.in[q][1-i]
				if made(s.op[u]) && !s.forward[u] && s.scalar(u) != 0 && s.size[u] == 1 && j.steady[p][s.site[g]] && slices.ContainsFunc(h, func(x hit) bool { return x.node == g }) {
					out = append(out, updateFault{weight: 5, node: q, text: message.New("the constant `%s` is added to the gradient of `%s`, which is right without it", j.operand(q, i), j.names[p])})
				}
			}
		}
	}
	return out
}
