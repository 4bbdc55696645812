package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// What an update makes of a parameter once it has stepped: a bound on its norm
// or its elements, a threshold, an average with where it was some steps ago.

// landed is the value of an update that is the parameter with its step, where
// the update goes on from there: of all that joins the gradient to the parameter
// the last, if nothing of the gradient goes past it. Else it is the new
// parameter.
func (j *judge) landed(s *step, p int) int {
	last := s.new[p]
	moves := map[int]bool{} // made of the gradient
	for _, x := range j.gradientsOf(s, p) {
		moves[x.node] = true
	}
	own := func(u int) bool { return s.root(u) == s.cur[p] || s.forward[u] && !moves[u] && s.ownTerm(p, u) }
	mid := -1
	for _, q := range s.region[p] {
		if !moves[q] && !slices.ContainsFunc(s.in[q], func(u int) bool { return moves[u] }) {
			continue
		}
		moves[q] = true
		if in := s.in[q]; (s.op[q] == "add" || s.op[q] == "sub") && len(in) == 2 && (moves[in[0]] && own(in[1]) || moves[in[1]] && own(in[0])) {
			mid = q
		}
	}
	if mid < 0 || s.root(mid) == s.root(last) {
		return last
	}
	after := map[int]bool{mid: true}
	for _, q := range s.region[p] {
		if q <= mid || !slices.ContainsFunc(s.in[q], func(u int) bool { return after[u] }) {
			continue
		}
		after[q] = true
		if slices.ContainsFunc(s.in[q], func(u int) bool { return moves[u] && !after[u] }) {
			return last
		}
	}
	if !after[last] {
		return last
	}
	return mid
}

// A settling is what becomes of one parameter in one step after it has moved.
type settling struct {
	from, to *array
	node     int
	slow     []*array // what else goes into it
}

// settled judges what the updates make of a parameter after its step. It adds to
// the fit the decay that there is, and returns a fault, or why it is not judged.
func (j *judge) settled(f *updateFit) (wrong *updateFault, why message.Text) {
	h := f.h
	var list []settling
	for i, s := range h.steps {
		last := s.new[h.p]
		if h.news[i] == last {
			continue
		}
		x := settling{from: plus(h.value[i], 1, h.moved[i]), to: layout(j.val(last), h.value[i].Shape), node: j.root(last)}
		if x.to == nil || !finite(x.to) {
			return nil, message.New("its update is not finite")
		}
		for _, q := range s.region[h.p] {
			for _, u := range s.in[q] {
				if q > h.news[i] && u != h.news[i] && !s.inRegion[h.p][u] && s.size[u] == s.size[last] && !random(j.op[u]) {
					if v := layout(j.val(u), h.value[i].Shape); v != nil {
						x.slow = append(x.slow, v)
					}
				}
			}
		}
		if plus(x.to, -1, x.from).MaxAbs() > 1e-12*x.from.MaxAbs() {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		return nil, why
	}
	fault := func(fix message.Text, format string, args ...any) *updateFault {
		return &updateFault{weight: 5, sure: true, node: list[len(list)-1].node, text: message.New(format, args...), fix: fix}
	}
	every := func(fits func(settling) bool) bool {
		return !slices.ContainsFunc(list, func(x settling) bool { return !fits(x) })
	}
	name := j.names[h.p]
	if every(settling.bounded) {
		return nil, why
	}
	if c, ok := thresholds(list); ok {
		if c < 0 {
			return fault(message.New("`-` is meant"), "after its step `%s` is moved away from zero by %s: a threshold takes that away", name, number(-c)), why
		}
		return nil, why
	}
	if a, b, ok := averages(list); ok {
		switch {
		case a < 0 && alike(a+b, 1, 1e-6):
			return fault(message.New("the two sides of `-` are exchanged"), "after its step `%s` is moved away from its slow values, not towards them", name), why
		case !alike(a+b, 1, 1e-6):
			return fault(message.Text{}, "after its step `%s` is %s of its slow values and %s of itself: an average takes shares that come to 1", name, number(a), number(b)), why
		}
		return nil, why
	}
	return f.norms(list, name, fault)
}

// bounded reports that each element is as it was or one of two bounds, on whose
// other side it was.
func (x settling) bounded() bool {
	low, high := math.Inf(-1), math.Inf(1)
	for i, to := range x.to.Data {
		switch from := x.from.Data[i]; {
		case alike(from, to, 1e-12):
		case from < to && (math.IsInf(low, -1) || to == low):
			low = to
		case from > to && (math.IsInf(high, 1) || to == high):
			high = to
		default:
			return false
		}
	}
	return true
}

// thresholds recognises elements that are moved towards zero by one amount, and
// no further (soft thresholding: Daubechies, Defrise, De Mol, An iterative
// thresholding algorithm, 2004).
func thresholds(list []settling) (amount float64, ok bool) {
	for k, x := range list {
		off, n, top := 0.0, 0, x.from.MaxAbs()
		for i, to := range x.to.Data {
			if to == 0 {
				continue
			}
			d := math.Copysign(1, x.from.Data[i]) * (x.from.Data[i] - to)
			if n++; n > 1 && math.Abs(d-off) > 1e-9*top || x.from.Data[i]*to < 0 {
				return 0, false
			}
			off = d
		}
		for i, to := range x.to.Data {
			if to == 0 && n > 0 && math.Abs(x.from.Data[i]) > math.Abs(off)*(1+1e-9) {
				return 0, false
			}
		}
		if k == 0 || n > 0 {
			amount = off
		}
		ok = ok || n > 3
	}
	return amount, ok && amount != 0
}

// averages recognises the sum of slow values and of the parameter with its step,
// each with one factor (Zhang et al., Lookahead Optimizer, 2019).
func averages(list []settling) (slow, own float64, ok bool) {
	for _, x := range list {
		found := false
		for _, u := range x.slow {
			if isZero(u) { // as a bias is at the start
				c := factor(x.to, x.from, 1e-9)
				own, found = c, c > 0 && c < 1
				continue
			}
			y, off, good := leastSquares([][]float64{u.Data, x.from.Data}, x.to.Data)
			if !good || off > exactFit || y[0] == 0 || len(u.Data) < 3 || slow != 0 && !alike(y[0], slow, 1e-6) {
				continue
			}
			slow, own, found = y[0], y[1], true
			break
		}
		if !found {
			return 0, 0, false
		}
	}
	if slow == 0 {
		slow = 1 - own
	}
	return slow, own, true
}

// norms judges parameters that are multiplied after their steps, as a
// whole or by rows or columns: by a constant, which is a decay, or down to one
// norm (Srivastava et al., Dropout, 2014).
func (f *updateFit) norms(list []settling, name string, fault func(fix message.Text, format string, args ...any) *updateFault) (wrong *updateFault, why message.Text) {
	var factors, was, is []float64
	left := 0 // as they are
	for _, x := range list {
		groups := x.groups()
		if groups == nil {
			return nil, message.New("what becomes of it after its step follows no known rule")
		}
		for _, g := range groups {
			if alike(g[0], 1, 1e-9) {
				left++
				continue
			}
			factors, was, is = append(factors, g[0]), append(was, g[1]), append(is, g[1]*math.Abs(g[0]))
		}
	}
	same := func(l []float64, more ...[]float64) bool {
		value := func(i int) float64 {
			v := l[i]
			for _, m := range more {
				v *= m[i]
			}
			return v
		}
		for i := range l {
			if !alike(value(i), value(0), 1e-6) {
				return false
			}
		}
		return len(l) > 1
	}
	switch {
	case same(factors):
		f.decay += factors[0] - 1
		return nil, why
	case slices.Max(factors) > 1 && !same(is), slices.Min(factors) > 1 && left > 0:
		return fault(message.Text{}, "after its step `%s` is multiplied by %s: a bound on the norm makes it smaller, never larger", name, number(slices.Max(factors))), why
	case same(is):
		return nil, why
	case same(is, was):
		return fault(message.New("the root of the sum of squares is meant"), "after its step `%s` is divided by the square of its norm, not by its norm", name), why
	}
	return nil, message.New("what becomes of it after its step follows no known rule")
}

// groups are the factors by which a value is multiplied, as a whole, by columns
// or by rows, each beside the norm of what it multiplies; nil where there are no
// such factors.
func (x settling) groups() [][2]float64 {
	n, top := len(x.to.Data), x.from.MaxAbs()
	try := func(of func(i int) int, count int) [][2]float64 {
		out := make([][2]float64, count)
		seen := make([]bool, count)
		for i, from := range x.from.Data {
			g := &out[of(i)]
			if g[1] += from * from; math.Abs(from) < 1e-9*top {
				continue
			}
			c := x.to.Data[i] / from
			if seen[of(i)] && !alike(c, g[0], 1e-7) {
				return nil
			}
			g[0], seen[of(i)] = c, true
		}
		for i := range out {
			out[i][1] = math.Sqrt(out[i][1])
		}
		return out
	}
	if g := try(func(int) int { return 0 }, 1); g != nil {
		return g
	}
	if d := squeezed(x.to.Shape); len(d) == 2 {
		if g := try(func(i int) int { return i % d[1] }, d[1]); g != nil {
			return g
		}
		return try(func(i int) int { return i / d[1] }, n/d[1])
	}
	return nil
}
