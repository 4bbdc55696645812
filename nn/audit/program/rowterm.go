package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// A rowTerm is what one step's gradient of one element of a parameter is made of: of
// another value and a term, which is a number times a row's element.
type rowTerm struct {
	derivative, other, term float64
	times, own              float64 // that number, and the parameter's own element
}

// tellStrangeTerms tells of such terms that the loss has not, or has otherwise.
func (j *judge) tellStrangeTerms(s *step, all []*step) {
	for _, p := range s.live {
		if _, one := j.steady[p]; !one || s.trivial[p] || s.size[s.cur[p]] == 1 || s.prec == single {
			continue
		}
		if f := j.strangeTerm(p, all); f != nil {
			j.verdict.Parameters[p].Gradient, j.verdict.Parameters[p].Why = "wrong", message.Text{}
			j.report(s, []updateFault{*f}, "another term")
		}
	}
}

// strangeTerm finds the term that keeps the gradient of a parameter, of which each step
// has one element, from being one multiple of its derivative: another number, sign or
// row than the loss has.
func (j *judge) strangeTerm(p int, all []*step) *updateFault {
	first := slices.IndexFunc(all, func(s *step) bool { return s.new[p] >= 0 && s.single(p) })
	if first < 0 {
		return nil
	}
	s := all[first]
	for _, q := range slices.Backward(s.numbers(p)) {
		if s.op[q] != "add" && s.op[q] != "sub" || len(s.in[q]) != 2 {
			continue
		}
		for k := range s.in[q] {
			list := j.rowTerms(p, all, q, k)
			if len(list) < 4 {
				continue
			}
			derivatives, terms, rows, others := make([]float64, len(list)), make([]float64, len(list)), make([]float64, len(list)), make([]float64, len(list))
			for i, t := range list {
				derivatives[i], terms[i], rows[i], others[i] = t.derivative, t.term, t.times*t.own, t.other
			}
			f := &updateFault{weight: 5, node: q, sure: true}
			term := j.operand(q, k)
			x, off, ok := leastSquares([][]float64{derivatives, terms}, others)
			own, far, known := leastSquares([][]float64{derivatives, rows}, others)
			switch {
			case slices.Equal(rows, terms) && ok && off < 1e-8 && math.Abs(x[1]) < 1e-9 && x[0]*list[0].times < 0:
				f.text = message.New("`%s` enters the gradient of `%s` with the wrong sign: what it is made of grows", term, j.names[p])
			case slices.Equal(rows, terms) && (!ok || off > 1e-8 || math.Abs(x[1]) < 1e-9):
				continue
			case known && far < 1e-8 && !slices.Equal(rows, terms) && (alike(own[1], -1, 1e-6) || math.Abs(own[1]) < 1e-9):
				f.text = message.New("`%s` is in the gradient of `%s`, where the same of its own element is meant", term, j.names[p])
			case ok && off < 1e-8 && alike(x[1], 1, 1e-6):
				f.text = message.New("`%s` enters the gradient of `%s` with the wrong sign", term, j.names[p])
			case ok && off < 1e-8 && math.Abs(x[1]) > 1e-6 && !alike(x[1], -1, 1e-6):
				f.text = message.New("`%s` is not what the loss has of it in the gradient of `%s`: %s times that is", term, j.names[p], number(-x[1]))
			default:
				continue
			}
			return f
		}
	}
	return nil
}

// rowTerms reads operand k of the executions of node q as a term of the gradient of
// parameter p in each step.
func (j *judge) rowTerms(p int, all []*step, q, k int) (list []rowTerm) {
	for _, s := range all {
		if s.new[p] < 0 || s.trivial[p] || !s.single(p) {
			continue
		}
		numbers := s.numbers(p)
		at := slices.IndexFunc(numbers, func(x int) bool { return s.site[x] == j.site[q] && s.op[x] == j.op[q] })
		if at < 0 {
			continue
		}
		n := numbers[at]
		term := j.root(s.in[n][k])
		if s.op[term] != "mul" {
			continue
		}
		row := slices.IndexFunc(s.in[term], func(u int) bool { o := s.op[j.root(u)]; return o == "gather" || o == "setitem" })
		if row < 0 || s.size[s.in[term][1-row]] != 1 {
			continue
		}
		t := rowTerm{derivative: only(s.ad[s.cur[p]].v), other: only(s.value(s.in[n][1-k])), term: only(s.value(term)), times: s.scalar(s.in[term][1-row])}
		for i, x := range s.ad[s.cur[p]].v.Data {
			if x != 0 {
				t.own = s.value(s.cur[p]).Data[i]
			}
		}
		if s.op[n] == "sub" && k == 1 {
			t.term, t.times = -t.term, -t.times
		} else if s.op[n] == "sub" {
			t.other = -t.other
		}
		list = append(list, t)
	}
	return list
}

// numbers are the single numbers of the backward pass that the update of parameter p is
// made of, alone or where they stand in an array like it.
func (s *step) numbers(p int) (out []int) {
	mine := s.before([]int{s.new[p]}, s.isCur)
	for _, q := range s.back {
		if v := s.value(q); mine[q] && !s.isNew[q] && v != nil && (s.size[q] == 1 || s.size[q] == s.size[s.cur[p]] && lone(v)) {
			out = append(out, q)
		}
	}
	return out
}
