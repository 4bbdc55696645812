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

// transposed finds weights with two axes of one length whose gradient comes to them
// with these exchanged: it fits the weights all the same.
func (j *judge) transposed(s *step) []updateFault {
	var out []updateFault
	for p, h := range s.right(nil) {
		if len(h) == 0 || s.size[s.cur[p]] < 4 {
			continue
		}
		at, a := -1, s.ad[s.cur[p]]
		for q, from := range s.places(p) {
			if !slices.ContainsFunc(h, func(x hit) bool { return x.node == q }) {
				continue
			}
			v := s.value(q).Clone()
			for i, k := range from {
				v.Data[i] = s.value(q).Data[k]
			}
			if s.prec.fits(v, a) != 0 {
				at = -1
				break
			}
			at = h[0].node
		}
		if at < 0 {
			continue
		}
		// What turns it is told, if it is a statement of its own.
		right := func(q int) bool { return s.prec.fits(s.value(q), a) != 0 }
		for _, w := range s.region[p] {
			if s.op[w] == "gather" && !s.zone[p][w] && slices.ContainsFunc(h, func(x hit) bool { return x.node == s.in[w][0] && right(x.node) }) && !right(w) {
				at = w
			}
		}
		out = append(out, updateFault{weight: 5, node: at, text: message.New("the gradient of `%s` is transposed: two axes of the weights are of one length, so it fits all the same", j.names[p])})
	}
	return out
}

// places says of the values on parameter p's way which of their elements goes into
// each of the parameter; none where that cannot be followed.
func (s *step) places(p int) map[int][]int32 {
	same := make([]int32, s.size[s.cur[p]])
	for i := range same {
		same[i] = int32(i)
	}
	out, met := map[int][]int32{s.new[p]: same}, false
	for _, q := range slices.Backward(s.region[p]) {
		from := out[q]
		if from == nil {
			continue
		}
		into := from
		switch in := s.in[q]; s.op[q] {
		case "gather", "setitem":
			idx := s.index(q)
			if len(idx) != len(same) || s.op[q] == "gather" && len(in) != 1 || s.op[q] == "setitem" && !s.overwrites(q) {
				continue
			}
			turn := inverse(idx)
			if s.op[q] == "gather" {
				turn = inverse(turn)
			}
			if turn == nil {
				continue
			}
			into = make([]int32, len(same))
			for i, k := range from {
				into[i] = turn[k] - 1
			}
		}
		for k, u := range s.in[q] {
			switch {
			case s.op[q] == "setitem" && k == 0 || s.size[u] != len(same):
			case s.root(u) == s.cur[p]:
				if met = slices.Equal(into, same); !met {
					return nil
				}
			case out[u] == nil:
				out[u] = into
			case !slices.Equal(out[u], into):
				return nil
			}
		}
	}
	if !met {
		return nil
	}
	return out
}

// inverse undoes a permutation, which counts from 1; nil where it is none.
func inverse(idx []int32) []int32 {
	if idx == nil {
		return nil
	}
	out := make([]int32, len(idx))
	for i, k := range idx {
		if k < 1 || int(k) > len(out) || out[k-1] > 0 {
			return nil
		}
		out[k-1] = int32(i) + 1
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
