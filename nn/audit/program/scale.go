package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// A stage is one of the values that a loss is made of on the way back to the
// terms that it adds up: sums, means, multiples and functions of a single number
// lie between it and the loss.
type stage struct {
	by      float64 // the loss's derivative by it, or by each of its elements
	lengths []int   // of the axes, and numbers of the terms, that are summed up to there
}

// stages follows the step's loss back to its terms.
func (s *step) stages() (list []stage) {
	var lengths []int
	note := func(q int) {
		count := map[int]int{}
		for _, n := range s.shapes[q] {
			count[n]++
		}
		for _, n := range lengths {
			count[n]--
		}
		for _, n := range keys(count) {
			for range count[n] {
				if n > 1 {
					lengths = append(lengths, n)
				}
			}
		}
	}
	even := &compared{tol: 1e-9}
	s.restore()
	for q := s.loss.node; ; {
		a, ok := s.derivativeOf(q)
		if !ok || a.v.MaxAbs() == 0 || !even.even(a.v, nil) {
			return list
		}
		next, most := -1, 0
		for _, u := range s.in[q] {
			if !s.lossOf[u] || !s.forward[u] || s.isCur[u] || !s.float[u] {
				continue
			}
			n := 1 // of a running total: the term rather than the rest
			if s.site[u] != s.site[q] && len(s.in[q]) > 1 {
				for x, in := range s.before([]int{u}, s.isCur) {
					n += b2i(in) + s.n*b2i(in && s.isCur[x])
				}
			}
			if n > most {
				next, most = u, n
			}
		}
		through := next >= 0 && s.size[q] == 1
		switch s.op[q] {
		case "sum", "mean", "neg", "copy":
			through = next >= 0
		case "mul", "div", "add", "sub":
			through = through || next >= 0 && !slices.ContainsFunc(s.in[q], func(u int) bool { return u != next && s.size[u] > 1 })
		case "gather":
			through = through && s.size[next] == 1
		default:
			if next >= 0 && s.size[next] > 1 { // a product that sums
				note(next)
			}
		}
		note(q)
		again := 0
		for x, in := range s.lossOf {
			again += b2i(in && s.forward[x] && s.site[x] == s.site[q])
		}
		of := slices.Clone(lengths)
		if again > 1 {
			of = append(of, again)
		}
		list = append(list, stage{math.Abs(a.v.Data[0]), of[:min(len(of), 8)]})
		if !through {
			return list
		}
		q = next
	}
}

// customs are the factors that a gradient may have beside the derivative by
// custom, whatever is summed: those of a square and of other logarithms.
func (s *step) customs() []float64 {
	out := []float64{1}
	put := func(list ...float64) {
		for _, c := range list {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for q, in := range s.lossOf {
		if !in || s.isCur[q] || len(s.in[q]) == 0 || s.isCur[s.root(s.in[q][0])] {
			continue
		}
		l := s.in[q]
		switch s.op[q] {
		case "square", "norm", "var", "std":
			put(2, 0.5)
		case "pow":
			if s.size[l[1]] == 1 && s.scalar(l[1]) == 2 {
				put(2, 0.5)
			}
		case "mul", "dot", "matmul", "inner", "vdot", "einsum":
			if s.root(l[0]) == s.root(l[len(l)-1]) {
				put(2, 0.5)
			}
		case "log2":
			put(math.Ln2, 1/math.Ln2)
		case "log10":
			put(math.Ln10, 1/math.Ln10)
		}
	}
	return out
}

// usual reports that gradients that are c times the loss's derivative are those
// of its terms' sum, or of their mean over some of the axes, up to a custom.
func usual(list []stage, customs []float64, c float64) bool {
	for _, t := range list {
		for mask := range 1 << len(t.lengths) {
			x := c * t.by
			for i, n := range t.lengths {
				if mask>>i&1 == 1 {
					x *= float64(n)
				}
			}
			if slices.ContainsFunc(customs, func(o float64) bool { return alike(x, o, 1e-5) }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(customs, func(o float64) bool { return alike(c, o, 1e-5) })
}

// rates are the numbers that the backward pass and the update scale by and that
// no length explains: one of them may stand anywhere.
func (s *step) rates() []float64 {
	lengths := map[float64]bool{2: true}
	for q := range s.n {
		if s.forward[q] || s.lossOf[q] {
			for _, u := range append([]int{q}, s.in[q]...) {
				for _, n := range s.shapes[u] {
					lengths[float64(n)] = true
				}
			}
		}
	}
	product := func(v float64) bool {
		for n := range lengths {
			if lengths[v/n] {
				return true
			}
		}
		return lengths[v]
	}
	out := []float64{1}
	var number func(u, depth int) (chosen bool)
	number = func(u, depth int) (chosen bool) {
		v := math.Abs(s.scalar(u))
		switch {
		case v == 0 || depth > 6:
			return false
		case made(s.op[u]):
			chosen = v != math.Trunc(v) || !product(v)
		case slices.ContainsFunc(s.in[u], func(x int) bool { return s.size[x] > 1 }):
			chosen = true
		default:
			for _, x := range s.in[u] {
				chosen = number(x, depth+1) || chosen
			}
		}
		if chosen && !slices.Contains(out, v) {
			out = append(out, v)
		}
		return chosen
	}
	for q := s.begin; q < s.hi && q < s.n; q++ {
		if !s.update[q] || s.lossOf[q] || s.op[q] != "mul" && s.op[q] != "div" {
			continue
		}
		for _, u := range s.in[q] {
			if s.size[u] == 1 && !s.forward[u] {
				number(u, 0)
			}
		}
	}
	return out[:min(len(out), 40)]
}

// unusual reports that the factor that all gradients have in common is none that
// the ways to write a loss have: its sum or its mean, a half of a square, a rate
// that is multiplied in early.
func (s *step) unusual() bool {
	list, customs, rates := s.stages(), s.customs(), s.rates()
	for _, h := range s.right(nil) {
		for _, x := range h {
			for i, a := range rates {
				for _, b := range rates[i:] {
					for _, r := range []float64{a * b, a / b, b / a, 1 / a / b} {
						if usual(list, customs, math.Abs(x.c)*r) {
							return false
						}
					}
				}
			}
		}
	}
	return len(list) > 0
}

// leftOut is a constant of the forward pass that the common factor c of all
// gradients lacks: where it is multiplied in; -1 where it is none.
func (s *step) leftOut(c float64) int {
	list, customs, rates := s.stages(), s.customs(), s.rates()
	for q := range s.n {
		if !s.lossOf[q] || s.isCur[q] || s.size[q] < 2 || s.op[q] != "mul" && s.op[q] != "div" {
			continue
		}
		for _, u := range s.in[q] {
			v := math.Abs(s.scalar(u))
			if s.size[u] != 1 || s.forward[u] || v == 0 || v == math.Trunc(v) {
				continue
			}
			if s.op[q] == "div" {
				v = 1 / v
			}
			if slices.ContainsFunc(rates, func(r float64) bool { return usual(list, customs, c*v/r) }) {
				return q
			}
		}
	}
	return -1
}

// tellScale tells what all gradients have in common beside the derivative: a
// note where that is a custom, a warning where it is none, in every step, and an
// error where it is a constant of the forward pass that the way back lacks.
func (j *judge) tellScale(s *step, all []*step) {
	c := j.commonFactor(s)
	if c == 0 {
		return
	}
	q := j.firstScaling(s, c)
	if q < 0 {
		return
	}
	f := Finding{Severity: "note", Step: s.k, Relation: "a constant", Text: message.New("every gradient is %s times the derivative of the loss at %s, from `%s` on: as far as the audit can tell the rate takes it up", number(c), j.where(s.loss.node), j.text(q))}
	u := s.leftOut(c)
	unusual, steady := 0, true
	for _, x := range all {
		if x.k == 0 && len(all) > 1 {
			continue
		}
		d := j.commonFactor(x)
		if d == 0 || !x.unusual() {
			unusual = 0
			break
		}
		unusual++
		steady = steady && alike(d, c, 1e-5)
		if l := x.leftOut(d); l < 0 || u >= 0 && s.site[l] != s.site[u] {
			u = -1
		}
	}
	p := at(q)
	far := overshoots(all, c)
	switch {
	case c > 1 && far != nil:
		f.Severity = "warning"
		f.Text = message.New("every gradient is %s times the derivative of the loss at %s, from `%s` on, and the rate does not take it up: the first step takes the loss of its own rows from %s to %s, the derivative itself would to %s", number(c), j.where(s.loss.node), j.text(q), number(far.before), number(far.after), number(far.without))
	case unusual == 0, !steady && s.onlyNumbers(), slices.ContainsFunc(s.live, s.blended):
	case u >= 0:
		f.Severity, f.Relation = "error", "a factor missing"
		f.Text = message.New("every gradient lacks the constant that `%s` (%s) has: the derivative of the loss at %s goes through it", j.text(u), j.where(u), j.where(s.loss.node))
		m := s.match()
		for _, x := range s.sharedBack() {
			if slices.ContainsFunc(m.whole[x], func(y match) bool { return y.key == u }) {
				p = at(x)
			}
		}
	default:
		f.Severity = "warning"
		f.Text = message.New("every gradient is %s: it is the derivative of no sum or mean of what the loss at %s adds up", s.known(c, j.names), j.where(s.loss.node))
		if !steady {
			f.Text = message.New("every gradient is another multiple of the derivative of the loss at %s in each step, here %s times: it is that of no sum or mean of what the loss adds up", j.where(s.loss.node), number(c))
		}
		if list := j.rescaledAlike(s, all, q, c); len(list) > 0 {
			f.Fix = list[0]
		} else {
			p = j.scaledAt(s, q, c, &f)
		}
	}
	j.tell(f, p)
}

// rescaledAlike are the changes of the expression of q that take the factor c from
// all gradients, and in two other steps what they have in common there.
func (j *judge) rescaledAlike(s *step, all []*step, q int, c float64) []message.Text {
	s.makeTargets()
	list, _ := s.rescalings(q, c, s.match())
	others := 0
	for _, x := range all {
		if x == s || x.k == 0 || others == 2 || len(list) == 0 {
			continue
		}
		others++
		d := j.commonFactor(x)
		if n := j.firstScaling(x, d); n >= 0 && x.site[n] == s.site[q] {
			also, _ := x.rescalings(n, d, x.match())
			list = inCommon(list, also)
		} else {
			list = nil
		}
	}
	if others == 0 {
		return nil
	}
	return list
}

// blended reports that the forward pass reads the sum of a parameter, or a multiple
// of it, and of another array that is kept beside it, as of where training began
// (Nesterov, Primal-dual subgradient methods for convex problems, 2009) or of a mean
// (Defazio et al., The Road Less Scheduled, 2024): what multiplies it is a rate.
func (s *step) blended(p int) bool {
	of := func(q int, ok func(q int) bool) bool {
		for {
			switch in := s.in[q]; {
			case s.op[q] == "mul" && len(in) == 2 && s.size[in[0]] == 1:
				q = in[1]
			case s.op[q] == "div" && len(in) == 2 && s.size[in[1]] == 1, s.op[q] == "neg":
				q = in[0]
			default:
				return ok(s.root(q))
			}
		}
	}
	own := func(q int) bool { return q == s.cur[p] }
	kept := func(q int) bool {
		return q != s.cur[p] && s.size[q] > 1 && (s.isCur[q] || q < s.cur[p])
	}
	for q := s.cur[p] + 1; q < s.hi; q++ {
		if in := s.in[q]; s.lossOf[q] && s.size[q] == s.size[s.cur[p]] && len(in) == 2 && (s.op[q] == "add" || s.op[q] == "sub") &&
			(of(in[0], own) && of(in[1], kept) || of(in[1], own) && of(in[0], kept)) {
			return true
		}
	}
	return false
}

// scaledAt looks for the change at q that takes the factor c from all gradients.
func (j *judge) scaledAt(s *step, q int, c float64, f *Finding) place {
	s.makeTargets()
	m := s.match()
	if len(m.of(q)) == 0 {
		return at(q)
	}
	k := s.targetOf(q, m)
	x := &intervention{pairs: []pair{{q, k, s.value(q).Scaled(1 / c)}}, c: 1, group: group{s.site[q], s.call[q], s.size[q]}, m: m}
	s.blame(x)
	if x.edit == nil || x.edit.class > 3.5 {
		return at(q)
	}
	f.Fix = x.edit.text
	return x.place
}
