package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

const givenDerivative = "given derivative" // the kind of a loss of which no more is known

// givenLoss is, where nothing says what the loss is, the derivative by the last layers'
// outputs that the way back begins with, taken as it is: what is made of it can be judged.
// A layer's output is a product of a parameter with a value; its derivative is what that
// value meets in a product that the parameter's step is made of. It is nil where that does
// not reach two parameters or more, or explains fewer than most that it reaches.
func (s *step) givenLoss() *loss {
	of := map[int]int{} // by what is taken as a derivative, the last output before it
	for _, p := range s.live {
		made := s.before([]int{s.new[p]}, s.isCur)
		with := map[int][]int{} // by what a product of the way back is made of
		for q, in := range made {
			if in && s.takes(q) {
				for _, u := range s.in[q] {
					h := s.unscaled(u)
					with[h] = append(with[h], q)
				}
			}
		}
		for z := s.begin; z < s.n && z < s.hi; z++ {
			if !s.forward[z] || !s.takes(z) {
				continue
			}
			slot := slices.IndexFunc(s.in[z], func(u int) bool { return s.original(u) == s.original(s.cur[p]) })
			if slot < 0 {
				continue
			}
			h := s.unscaled(s.in[z][1-slot])
			for _, q := range with[h] {
				d := s.in[q][0]
				if s.unscaled(d) == h {
					d = s.in[q][1]
				}
				if d = s.original(d); q > z && s.unscaled(d) > z && s.size[d] == s.size[z] && d != h {
					of[d] = max(of[d], s.withBias(z))
				}
			}
		}
	}
	by := map[int]int{}
	for _, d := range keys(of) {
		if old, known := by[of[d]]; !known || d < old {
			by[of[d]] = d
		}
	}
	l := &loss{kind: givenDerivative, node: -1, seeds: map[int]*array{}}
	goesOn := make([]bool, s.n) // into another layer's output
	for q := min(s.n, s.hi) - 1; q >= s.begin; q-- {
		goesOn[q] = slices.ContainsFunc(s.cons[q], func(c int) bool { _, out := by[c]; return c < s.hi && (out || goesOn[c]) })
		if d, out := by[q]; out && !goesOn[q] {
			v := s.val(d)
			if v == nil || !finite(v) || isZero(v) {
				continue
			}
			l.seeds[q] = layout(v, s.shapes[q])
			if l.seeds[q] == nil {
				return nil
			}
			if l.node < 0 {
				l.node, l.given, l.place = q, d, lossPlace{site: s.site[q], how: l.kind}
			}
		}
	}
	if l.node < 0 {
		return nil
	}
	if s.measure(l); l.reach < 2 || 2*l.right < l.reach {
		return nil
	}
	return l
}

// takes reports that a value is a product of two, as a layer's output is.
func (s *step) takes(q int) bool {
	return len(s.in[q]) == 2 && contractions[s.op[q]]
}

// unscaled is the array that a value is a multiple of, a copy or another layout.
func (s *step) unscaled(q int) int {
	for {
		q = s.original(q)
		in := s.in[q]
		switch {
		case s.isCur[q]:
			return q
		case s.op[q] == "copy" || s.op[q] == "neg":
			q = in[0]
		case (s.op[q] == "mul" || s.op[q] == "div") && s.size[in[1]] == 1:
			q = in[0]
		case s.op[q] == "mul" && s.size[in[0]] == 1:
			q = in[1]
		default:
			return q
		}
	}
}

// withBias is a layer's output with the parameter that is added to it.
func (s *step) withBias(z int) int {
	for _, c := range s.cons[z] {
		if s.op[c] == "add" && s.forward[c] && s.size[c] == s.size[z] && slices.ContainsFunc(s.in[c], func(u int) bool { return s.isCur[s.original(u)] }) {
			return c
		}
	}
	return z
}

// judgeGiven judges a step that no loss explains by a derivative taken as given.
func (j *judge) judgeGiven(pl player, s *step) {
	if l := s.givenLoss(); l != nil && l.right == l.reach {
		j.status(s, s.right(nil))
		j.afterGradients(pl, s, map[int]*step{s.k: s})
	}
}

// tellGiven says what a verdict rests on where the derivative of the loss is taken as
// given, and where that cannot be one.
func (j *judge) tellGiven(s *step) {
	l := s.loss
	why := message.New("no loss is known: `%s` (%s) is taken as its derivative by `%s` (%s), and what is made of that is right", j.text(l.given), j.where(l.given), j.text(l.node), j.where(l.node))
	for _, p := range s.live {
		if x := &j.verdict.Parameters[p]; x.Gradient == "right" {
			x.Gradient, x.Why = "not judged", why
		}
	}
	for p := s.begin; p < s.n && p < s.hi; p++ {
		if s.op[p] != "div" || !s.forward[p] || s.size[p] < 2 {
			continue
		}
		z, kind, axis, _ := s.probabilities(p)
		seed := l.seeds[z]
		if kind != softmax || seed == nil || s.readBeside(z, p) {
			continue
		}
		d := l.given
		if off := unbalanced(seed, axis); off != 0 {
			for x := d; x >= 0; { // the term that does not
				d, x = x, -1
				var terms []int
				for _, u := range s.in[d] {
					if v := s.val(u); v != nil && !s.isCur[u] {
						if v = layout(v, seed.Shape); v != nil && unbalanced(v, axis) != 0 {
							terms = append(terms, u)
						}
					}
				}
				if sums[s.op[d]] && len(terms) == 1 || s.alias[d] && len(terms) > 0 {
					x = terms[0]
				}
			}
			j.tell(Finding{Severity: "error", Step: s.k, Relation: "the softmax", Text: message.New("`%s` cannot be a derivative by `%s` (%s), of which a softmax is made: that does not change where the same is added to all of its numbers, so that a derivative sums to 0, and this to %s", j.text(d), j.text(z), j.where(z), number(off))}, at(d))
			return
		}
	}
}

// readBeside reports that the forward pass makes of z something that p is not made of.
func (s *step) readBeside(z, p int) bool {
	made := s.before([]int{p}, nil)
	return slices.ContainsFunc(s.cons[z], func(c int) bool { return c < p && !made[c] && s.forward[c] && !s.alias[c] })
}

var sums = setOf("add", "sub", "neg")

// unbalanced is the largest sum of a line along an axis, 0 where all are as good as 0.
func unbalanced(v *array, axis int) (off float64) {
	eachLine(v.Shape, axis, func(at []int) {
		sum := 0.0
		for _, i := range at {
			sum += v.Data[i]
		}
		if math.Abs(sum) > math.Abs(off) {
			off = sum
		}
	})
	if math.Abs(off) <= 1e-3*v.MaxAbs() {
		return 0
	}
	return off
}
