package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// commonFactor is the factor that all gradients have in common against the
// computed loss, as the values have it that all are made of; 0 where some are the
// derivative itself, or that times a rate.
func (j *judge) commonFactor(s *step) float64 {
	if !s.loss.computed {
		return 0
	}
	var raw []float64
	rates := s.rates()
	for _, h := range s.right(nil) {
		if len(h) == 0 {
			continue
		}
		for _, x := range h {
			if slices.ContainsFunc(rates, func(r float64) bool { return alike(math.Abs(x.c), r, 1e-5) }) {
				return 0
			}
		}
		raw = append(raw, math.Abs(h[0].c))
	}
	if len(raw) == 0 {
		return 0
	}
	s.makeTargets()
	m := s.match()
	for _, q := range slices.Backward(s.sharedBack()) {
		if l := m.whole[q]; len(l) > 0 {
			if slices.ContainsFunc(l, func(x match) bool { return alike(math.Abs(x.c), 1, 1e-5) }) {
				break
			}
			return math.Abs(l[0].c)
		}
	}
	slices.Sort(raw)
	return raw[len(raw)/2]
}

// sharedBack are the values of the backward pass that all right gradients are
// made of.
func (s *step) sharedBack() (out []int) {
	shared := slices.Clone(s.isBack)
	for p, h := range s.right(nil) {
		if len(h) > 0 {
			b := s.before([]int{s.new[p]}, s.isCur)
			for q := range shared {
				shared[q] = shared[q] && b[q]
			}
		}
	}
	for _, q := range s.back {
		if shared[q] {
			out = append(out, q)
		}
	}
	return out
}

// firstScaling is where the factor c that all gradients have arises: the value
// from which on all that they share has it, or a first gradient itself.
func (j *judge) firstScaling(s *step, c float64) int {
	s.makeTargets()
	m := s.match()
	node := -1
	for _, q := range s.sharedBack() {
		l := m.whole[q]
		if len(l) == 0 {
			continue
		}
		if !slices.ContainsFunc(l, func(x match) bool { return alike(math.Abs(x.c), c, 1e-6) }) {
			node = -1
		} else if node < 0 {
			node = q
		}
	}
	if node < 0 {
		for _, h := range s.right(nil) {
			for _, x := range h {
				if alike(math.Abs(x.c), c, 1e-6) && (node < 0 || x.node < node) {
					node = x.node
				}
			}
		}
	}
	if node < 0 && len(s.back) > 0 {
		node = s.back[0]
	}
	return node
}

// transposed finds square weights whose gradient is the derivative transposed:
// it fits the weights all the same.
func (j *judge) transposed(s *step) []updateFault {
	var out []updateFault
	for p, h := range s.right(nil) {
		if len(h) == 0 {
			continue
		}
		d := s.shapes[s.cur[p]]
		if len(d) != 2 || d[0] != d[1] || d[0] < 2 {
			continue
		}
		a := s.ad[s.cur[p]]
		last := h[len(h)-1].node
		turned := func(q int) bool { return s.prec.fits(s.val(q), a) == 0 }
		if !turned(last) || !slices.Contains(s.in[s.new[p]], last) {
			continue
		}
		at := last
		for _, w := range s.region[p] {
			if w <= last && s.op[w] == "gather" && turned(w) {
				at = w
				break
			}
		}
		out = append(out, updateFault{weight: 5, node: at, text: message.New("the gradient of `%s` is transposed: the weights are square, so it fits all the same", j.names[p])})
	}
	return out
}

// onlyLast finds gradients that are one execution's share where the loss is
// summed over several.
func (j *judge) onlyLast(s *step) []updateFault {
	if s.loss.kind == "sum" || s.loss.kind == "first" {
		return nil
	}
	var total *loss
	for _, l := range s.lossCandidates() {
		if l.kind == "sum" && l.place.site == s.loss.place.site && l.place.call == s.loss.place.call {
			total = l
		}
	}
	if total == nil {
		return nil
	}
	right := s.right(nil)
	at, n, of := -1, 0, 0
	for _, h := range right {
		if len(h) == 0 {
			continue
		}
		of++
		for i := len(h) - 1; i >= 0; i-- {
			q := h[i].node
			same, used := 0, 0
			for x := s.begin; x < slices.Max(s.new) && x < s.n; x++ {
				if s.site[x] == s.site[q] && s.call[x] == s.call[q] && s.size[x] == s.size[q] && s.forward[x] {
					same++
					used += b2i(s.update[x])
				}
			}
			if same >= 2 && used == 1 {
				n++
				if at < 0 {
					at = q
				}
				break
			}
		}
	}
	if n == 0 || n < of {
		return nil
	}
	return []updateFault{{weight: 5, node: at, text: message.New("only the last of several parts of the gradient is used: they should be added")}}
}
