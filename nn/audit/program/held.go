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
		if s.innerStep(i) && made[i] {
			out = append(out, edge{i, 1})
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

// innerStep reports that q is a parameter, or what it became by such steps, less a multiple
// of an array of its size, as the steps are that lead to where a derivative is taken in
// place of that by their beginning (first-order MAML: Finn, Abbeel, Levine, 2017).
func (s *step) innerStep(q int) bool {
	if s.op[q] != "sub" || s.isCur[q] || s.isNew[q] || !s.forward[q] {
		return false
	}
	x, by := s.root(s.in[q][0]), s.in[q][1]
	if s.size[x] != s.size[q] || s.size[by] != s.size[q] || s.op[by] != "mul" || !s.forward[by] || !slices.ContainsFunc(s.in[by], func(u int) bool { return s.size[u] == 1 && !s.forward[u] }) {
		return false
	}
	return s.innerStep(x) || slices.ContainsFunc(s.live, func(p int) bool { return s.root(s.cur[p]) == x })
}

// draws are the operands of what is drawn about a value, as a policy's actions are: with
// them all that comes of an action is held.
func (s *step) draws(l *loss) (out []edge) {
	made := s.before(keys(l.seeds), s.isCur)
	for i := range s.n {
		if in := s.in[i]; made[i] && s.op[i] == "add" && len(in) == 2 && s.forward[i] && !s.isCur[i] && slices.ContainsFunc(in, s.noise) {
			out = append(out, edge{i, 0}, edge{i, 1})
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

// discounts reports that x adds a part of a value, as of what comes next, to a reward.
func (s *step) discounts(x int) bool {
	if s.op[x] != "add" || len(s.in[x]) != 2 {
		return false
	}
	return slices.ContainsFunc(s.in[x], func(q int) bool {
		for s.forward[q] && s.op[q] == "mul" && len(s.in[q]) == 2 {
			next, by := s.in[q][0], s.in[q][1]
			if !s.forward[next] {
				next, by = by, next
			}
			if k := s.scalar(by); s.size[by] == 1 && !s.forward[by] && k > 0 && k <= 1 {
				return true
			}
			q = next
		}
		return false
	})
}

// held is the loss with what is held constant in its derivative by custom, where
// that explains more gradients than the whole derivative does; nil where it does
// not.
func (s *step) held(l *loss) *loss {
	edges, draws := s.mayHold(l), s.draws(l)
	type operand struct{ site, slot int }
	by := map[operand][]edge{} // those of several executions are held together
	var order []operand
	for _, e := range edges {
		o := operand{s.site[e.node], e.slot}
		if by[o] == nil {
			order = append(order, o)
		}
		by[o] = append(by[o], e)
	}
	if len(order) > 12 || len(edges)+len(draws) == 0 {
		return nil
	}
	s.setLoss(l)
	var best *loss
	least, reached := len(s.wrong(s.right(nil))), slices.Clone(s.trivial)
	try := func(t []edge) {
		c := *l
		c.constant = t
		s.setLoss(&c)
		right := s.right(nil)
		n := len(s.wrong(right))
		if n >= least || !slices.ContainsFunc(s.live, func(p int) bool { return len(right[p]) > 0 && (!s.single(p) || s.onlyNumbers()) }) {
			return
		}
		var off []int // what only ways that are held lead to
		more := false
		for p, zero := range s.trivial {
			more = more || !zero && reached[p]
			if zero && !reached[p] {
				off = append(off, p)
			}
		}
		if !more && (len(off) == 0 || n == 0 && s.ofAnother(off)) {
			best, least = &c, n
		}
	}
	if len(order) > 1 {
		try(edges)
	}
	for _, o := range order {
		try(by[o])
	}
	if best == nil && len(draws) > 0 {
		try(slices.Concat(edges, draws))
	}
	if best != nil {
		s.measure(best)
	}
	return best
}

// ofAnother reports that the gradients of parameters are the derivatives of another loss,
// computed or assumed, as a critic's are.
func (s *step) ofAnother(params []int) bool {
	explains := func(l *loss) bool {
		s.setLoss(l)
		right := s.right(nil)
		some := false
		for _, p := range params {
			if !s.single(p) && len(right[p]) == 0 {
				return false
			}
			some = some || !s.single(p)
		}
		return some
	}
	for i, l := range slices.Concat(s.assumedLosses(), s.lossCandidates()) {
		if i >= 24 {
			break
		}
		if explains(l) {
			return true
		}
		c := *l
		if c.constant = slices.Concat(s.mayHold(l), s.draws(l)); c.constant != nil && explains(&c) {
			return true
		}
	}
	return false
}

// likeEdges finds in this step the edges of another.
func (s *step) likeEdges(l *loss, old []edge) (out []edge) {
	for _, e := range slices.Concat(s.mayHold(l), s.draws(l)) {
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
