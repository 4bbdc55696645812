package program

import (
	"slices"

	"glassbox/nn/message"
)

// Some values of a loss are held constant on purpose in its derivative, though
// they are made of the parameters: what weighs the logarithm of a policy's
// probability, and the target that a prediction is moved towards, made by
// another pass. Only such places are looked at: to leave a share of the
// derivative out anywhere else is a fault.

// An edge is one operand of an operation.
type edge struct{ node, slot int }

// mayHold lists the operands on the way to a loss that are held constant by
// custom.
func (s *step) mayHold(l *loss) (out []edge) {
	made := s.before(keys(l.seeds), s.isCur)
	fresh := func(q int) bool { return made[q] && s.forward[q] && !s.isCur[q] }
	for i := range s.n {
		in := s.in[i]
		if contractions[s.op[i]] && made[i] {
			for k, q := range in {
				if s.powered(q) {
					before := s.before([]int{q}, s.isCur)
					out = append(slices.DeleteFunc(out, func(e edge) bool { return before[e.node] }), edge{i, k})
				}
			}
			continue
		}
		if !fresh(i) || len(in) != 2 || in[0] == in[1] || !fresh(in[0]) || !fresh(in[1]) {
			continue
		}
		for k, q := range in {
			o := in[1-k]
			switch s.op[i] {
			case "mul":
				if p := s.logProbability(o); p >= 0 && s.logProbability(q) < 0 && !s.before([]int{q}, s.isCur)[p] {
					out = append(out, edge{i, k})
				}
			case "sub":
				if s.site[in[0]] != s.site[i] && s.otherPass(q, o) {
					out = append(out, edge{i, k})
				}
			}
		}
	}
	return out
}

// powered reports that q is a vector of length one that comes of products with one
// parameter alone, as a power iteration's are.
func (s *step) powered(q int) bool {
	q = s.root(q)
	if s.op[q] != "div" || s.size[s.in[q][1]] != 1 || !s.forward[s.in[q][1]] || s.isCur[q] {
		return false
	}
	param := -1
	for x, in := range s.before([]int{q}, s.isCur) {
		if !in || x < s.begin || !contractions[s.op[x]] {
			continue
		}
		i := slices.IndexFunc(s.in[x], func(o int) bool { return s.isCur[s.original(o)] })
		if i < 0 || param >= 0 && s.original(s.in[x][i]) != param {
			if len(s.in[x]) == 2 && s.in[x][0] == s.in[x][1] {
				continue // its length
			}
			return false
		}
		param = s.original(s.in[x][i])
	}
	return param >= 0
}

// logProbability is what q is the logarithm of, where that is a probability or
// the logits of one, chosen among perhaps; -1 for other values.
func (s *step) logProbability(q int) int {
	for range 12 {
		in := s.in[q]
		switch s.op[q] {
		case "log":
			v := s.val(in[0])
			if v == nil || slices.ContainsFunc(v.Data, func(x float64) bool { return !(x >= 0 && x <= 1) }) {
				return -1
			}
			return in[0]
		case "log_softmax":
			return in[0]
		case "sub": // z - log(sum(exp(z)))
			if o := s.op[in[1]]; o == "log" || o == "logsumexp" {
				return in[0]
			}
			return s.exponent(q, -1, 12)
		case "add", "mul", "div":
			return s.exponent(q, -1, 12)
		case "gather", "copy", "neg", "sum":
			q = in[0]
		default:
			return -1
		}
	}
	return -1
}

// exponent is what is squared in value q, in a term of it whose factor is a number
// with the given sign, as in the logarithm of a normal density; -1 where there is none
// within as many operations as depth.
func (s *step) exponent(q int, sign float64, depth int) int {
	in := s.in[q]
	if depth == 0 {
		return -1
	}
	switch s.op[q] {
	case "square":
		if sign > 0 {
			return in[0]
		}
		return -1
	case "neg":
		return s.exponent(in[0], -sign, depth-1)
	case "copy", "sum":
		return s.exponent(in[0], sign, depth-1)
	}
	if len(in) != 2 {
		return -1
	}
	switch s.op[q] {
	case "pow":
		if sign > 0 && s.size[in[1]] == 1 && s.scalar(in[1]) == 2 {
			return in[0]
		}
	case "add", "sub":
		if x := s.exponent(in[0], sign, depth-1); x >= 0 {
			return x
		}
		if s.op[q] == "sub" {
			sign = -sign
		}
		return s.exponent(in[1], sign, depth-1)
	case "mul", "div":
		if in[0] == in[1] && s.op[q] == "mul" && sign > 0 {
			return in[0]
		}
		for k, o := range in {
			by, turned := in[1-k], sign
			switch {
			case s.op[q] == "div" && k == 1, s.op[q] == "mul" && s.size[by] != 1:
				continue
			case s.op[q] == "mul" && s.scalar(by) < 0:
				turned = -sign
			}
			if x := s.exponent(o, turned, depth-1); x >= 0 {
				return x
			}
		}
	}
	return -1
}

// otherPass reports that q is made of the parameters by a pass of its own, over
// lines that o is made by too, and then taken at its best or discounted, the value
// of what comes next, or drawn about; or by a network that follows the parameters.
func (s *step) otherPass(q, o int) bool {
	a, b := s.before([]int{q}, s.isCur), s.before([]int{o}, s.isCur)
	type line struct {
		site int
		fn   string // a function's lines are one
	}
	lineOf := func(x int) line {
		if fn := s.frame(x).fn; fn != "" {
			return line{fn: fn}
		}
		return line{site: s.site[x]}
	}
	lines := map[line]bool{}
	for x := range s.n {
		if b[x] && !a[x] && s.forward[x] && contractions[s.op[x]] {
			lines[lineOf(x)] = true
		}
	}
	same, own, apart, best := 0, 0, 0, false
	for x := range s.n {
		if !a[x] || b[x] || !s.forward[x] {
			continue
		}
		best = best || s.op[x] == "add" && slices.ContainsFunc(s.in[x], s.noise) || s.op[x] == "max" || s.op[x] == "min" || s.op[x] == "argmax" || s.takesBest(x) || s.discounts(x)
		if contractions[s.op[x]] {
			own++
			same += b2i(lines[lineOf(x)])
			apart += b2i(slices.ContainsFunc(s.in[x], s.ofOneParameter))
		}
	}
	return own > 0 && (same == own && best || apart == own)
}

// noise reports that a value was drawn, or is a multiple of what was.
func (s *step) noise(q int) bool {
	q = s.root(q)
	return !s.isCur[q] && (random(s.op[q]) || s.op[q] == "mul" && slices.ContainsFunc(s.in[q], s.noise))
}

// takesBest reports that a value is taken from among others at the places where some
// are best.
func (s *step) takesBest(x int) bool {
	return s.op[x] == "gather" && slices.ContainsFunc(s.attr(x).By, func(q int) bool {
		o := s.op[s.original(q)]
		return o == "argmax" || o == "argmin"
	})
}

// discounts reports that x adds a value, or a part of it, to what no
// parameter is in, as to a reward.
func (s *step) discounts(x int) bool {
	if s.op[x] != "add" || len(s.in[x]) != 2 || s.forward[s.in[x][0]] == s.forward[s.in[x][1]] {
		return false
	}
	of := func(l []int) (forward, other int) {
		if s.forward[l[0]] {
			return l[0], l[1]
		}
		return l[1], l[0]
	}
	q, _ := of(s.in[x])
	for s.op[q] == "mul" && len(s.in[q]) == 2 {
		next, by := of(s.in[q])
		if k := s.scalar(by); s.size[by] == 1 && !s.forward[by] && k > 0 && k <= 1 {
			return true
		}
		q = next
	}
	return false
}

// held is the loss with what is held constant in its derivative by custom, where
// that explains more gradients than the whole derivative does; nil where it does
// not.
func (s *step) held(l *loss) *loss {
	edges := s.mayHold(l)
	if len(edges) == 0 || len(edges) > 12 {
		return nil
	}
	tries := [][]edge{edges}
	if len(edges) > 1 {
		for _, e := range edges {
			tries = append(tries, []edge{e})
		}
	}
	s.setLoss(l)
	var best *loss
	least, reached := len(s.wrong(s.right(nil))), slices.Clone(s.trivial)
	for _, t := range tries {
		c := *l
		c.constant = t
		s.setLoss(&c)
		right := s.right(nil)
		n := len(s.wrong(right))
		if n >= least || !slices.ContainsFunc(right, func(l []hit) bool { return len(l) > 0 }) {
			continue
		}
		var off []int // what only ways that are held lead to
		more := false
		for p, zero := range s.trivial {
			more = more || !zero && reached[p]
			if zero && !reached[p] {
				off = append(off, p)
			}
		}
		if !more && (len(off) == 0 || n == 0 && s.assumedOf(off)) {
			best, least = &c, n
		}
	}
	if best != nil {
		s.measure(best)
	}
	return best
}

// assumedOf reports that the gradients of parameters are the derivatives of a loss that is
// assumed.
func (s *step) assumedOf(params []int) bool {
	for i, l := range s.assumedLosses() {
		if i < 12 {
			s.setLoss(l)
			right := s.right(nil)
			if !slices.ContainsFunc(params, func(p int) bool { return len(right[p]) == 0 || s.single(p) }) {
				return true
			}
		}
	}
	return false
}

// likeEdges finds in this step the edges of another.
func (s *step) likeEdges(l *loss, old []edge) (out []edge) {
	for _, e := range s.mayHold(l) {
		if slices.ContainsFunc(old, func(o edge) bool { return s.site[o.node] == s.site[e.node] && o.slot == e.slot }) {
			out = append(out, e)
		}
	}
	return out
}

// tellHeld notes what the derivative takes for a constant.
func (j *judge) tellHeld(s *step) {
	for _, e := range s.loss.constant {
		text := message.New("`%s` (%s) is held constant in the derivative of the loss, though it is made of the parameters", j.operand(e.node, e.slot), j.where(e.node))
		if !slices.ContainsFunc(j.verdict.Notes, func(o message.Text) bool { return o.String() == text.String() }) {
			j.verdict.Notes = append(j.verdict.Notes, text)
		}
	}
}
