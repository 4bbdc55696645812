package program

import "slices"

// A player is the parameters of a program that are stepped for one loss. Most
// programs have one; two networks that play against each other, or several that
// are trained beside each other, have a loss each.
type player struct {
	steps [][]version
	fixed []int // the versions of the other players' parameters
	apart bool  // it is stepped at a pace of its own: what is of its step is less sure
}

// params are the player's parameters.
func (pl player) params() []int {
	var out []int
	for _, l := range pl.steps {
		for _, x := range l {
			if !slices.Contains(out, x.param) {
				out = append(out, x.param)
			}
		}
	}
	slices.Sort(out)
	return out
}

// part is the player with the given parameters alone.
func (j *judge) part(pl player, params []int) player {
	out := player{fixed: slices.Clone(pl.fixed)}
	for _, p := range pl.params() {
		if !slices.Contains(params, p) {
			out.fixed = append(out.fixed, j.params[p]...)
		}
	}
	for _, l := range pl.steps {
		var own []version
		for _, x := range l {
			if slices.Contains(params, x.param) {
				own = append(own, x)
			}
		}
		if own != nil {
			out.steps = append(out.steps, own)
		}
	}
	return out
}

// players parts parameters that are stepped in turn, the loss of the later made
// of what the earlier have become in the same step, or at paces of their own.
func (j *judge) players() []player {
	main := player{steps: j.steps, fixed: j.fixedApart()}
	all := j.inTurn(main)
	if len(j.apart) == 0 {
		return all
	}
	n := len(j.params) - len(j.apart)
	other := player{steps: j.align(j.apart), apart: true}
	for _, l := range other.steps {
		for k := range l {
			l[k].param += n
		}
	}
	for _, c := range j.params[:n] {
		other.fixed = append(other.fixed, c...)
	}
	return append(all, other)
}

// fixedApart are the versions of what is stepped at another pace: constants to
// all others, though made of them.
func (j *judge) fixedApart() (fixed []int) {
	for _, c := range j.apart {
		fixed = append(fixed, c...)
	}
	return fixed
}

// inTurn parts the parameters of one pace.
func (j *judge) inTurn(all player) []player {
	n := len(j.params) - len(j.apart)
	if n < 2 || len(j.steps) < 2 {
		return []player{all}
	}
	s := j.newStep(j.steps, 1, len(j.params), j.states, all.fixed)
	ends := slices.Clone(s.isCur)
	for _, p := range s.live {
		ends[s.new[p]] = true
	}
	// parted[p][q]: some loss is made of p as it has become and of q as it was.
	parted := make([][]bool, n)
	for p := range parted {
		parted[p] = make([]bool, n)
	}
	for _, l := range s.lossCandidates() {
		made := s.before(keys(l.seeds), ends)
		reads := func(x int) bool { return slices.ContainsFunc(j.cons[x], func(c int) bool { return made[c] }) }
		var became, was []int
		for _, p := range s.live {
			if reads(s.new[p]) {
				became = append(became, p)
			} else if reads(s.cur[p]) && l.node < s.new[p] {
				was = append(was, p)
			}
		}
		for _, p := range became {
			for _, q := range was {
				parted[p][q], parted[q][p] = true, true
			}
		}
	}
	var groups [][]int
	for p := range n {
		i := slices.IndexFunc(groups, func(g []int) bool { return !slices.ContainsFunc(g, func(q int) bool { return parted[p][q] }) })
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], p)
	}
	if len(groups) == 1 {
		return []player{all}
	}
	var out []player
	for _, g := range groups {
		out = append(out, j.part(all, g))
	}
	return out
}

// besides judges apart, where there are such, the parameters that another loss
// than the step's is for: it explains gradients that the step's does not reach,
// or does not explain. Neither loss is part of the other, nor are both of a
// third.
func (j *judge) besides(pl player, s *step) bool {
	right := s.right(nil)
	var other []int
	explained := 0
	for _, p := range s.live {
		if len(right[p]) > 0 {
			explained++
		} else if _, reached := s.ad[s.cur[p]]; !reached || !s.trivial[p] {
			other = append(other, p)
		}
	}
	if explained == 0 || len(other) == 0 {
		return false
	}
	best := j.explainedApart(pl, s, other)
	if best == nil {
		if best = j.mendedApart(pl, s, other); best == nil {
			return false
		}
	}
	// The gradients that neither explains belong to the loss with whose gradients
	// they share more of the backward pass.
	made := map[int][]bool{}
	for _, p := range s.live {
		made[p] = s.before([]int{s.new[p]}, s.isCur)
	}
	shared := func(p int, with []int) (n int) {
		for _, q := range s.between {
			if made[p][q] && slices.ContainsFunc(with, func(o int) bool { return made[o][q] }) {
				n++
			}
		}
		return n
	}
	var first []int
	for _, p := range s.live {
		if len(right[p]) > 0 {
			first = append(first, p)
		}
	}
	theirs := slices.Clone(best)
	for _, p := range other {
		if !slices.Contains(best, p) && shared(p, best) > shared(p, first) {
			theirs = append(theirs, p)
		}
	}
	var ours []int
	for _, p := range pl.params() {
		if !slices.Contains(theirs, p) {
			ours = append(ours, p)
		}
	}
	j.gradients(j.part(pl, ours))
	j.gradients(j.part(pl, theirs))
	return true
}

// lossesBeside are the losses that some of the parameters have a part in and that
// lie beside the step's: neither is part of the other, nor are both of a third. Of
// an assumed loss a prediction is known, which any may be made of.
func (s *step) lossesBeside(params []int) (out []*loss) {
	candidates := s.lossCandidates()
	within := make([][]bool, len(candidates))
	for i, l := range candidates {
		within[i] = s.before(keys(l.seeds), s.isCur)
	}
	mine := s.before(keys(s.loss.seeds), s.isCur)
	for i, l := range candidates {
		theirs := within[i]
		reads := func(p int) bool {
			return slices.ContainsFunc(s.cons[s.cur[p]], func(c int) bool { return theirs[c] })
		}
		if s.loss.computed && theirs[s.loss.node] || mine[l.node] || !slices.ContainsFunc(params, reads) {
			continue
		}
		third := false
		for k, w := range within {
			third = third || k != i && w[l.node] && w[s.loss.node]
		}
		if !third {
			out = append(out, l)
		}
	}
	return out
}

// explainedApart are those of the parameters whose gradients are derivatives of a
// loss beside the step's: of the one that explains most. It may be an assumed one where
// what is held in the step's keeps it from reaching them.
func (j *judge) explainedApart(pl player, s *step, params []int) (best []int) {
	losses := s.lossesBeside(params)
	if len(s.loss.constant) > 0 && !slices.ContainsFunc(params, func(p int) bool { _, reached := s.ad[s.cur[p]]; return reached && !s.trivial[p] }) {
		losses = append(losses, s.assumedLosses()...)
	}
	for _, l := range losses {
		x := j.newStep(pl.steps, s.k, len(j.params), j.states, pl.fixed)
		x.setLoss(l)
		r := x.right(nil)
		var explains []int
		for _, p := range params {
			if len(r[p]) > 0 && !s.single(p) {
				explains = append(explains, p)
			}
		}
		if len(explains) > len(best) {
			best = explains
		}
	}
	return best
}

// mendedApart are the parameters that the step's loss does not reach, where a loss
// beside it does and one value of the backward pass makes all their gradients its
// derivatives: theirs it is, and the gradients are wrong. Where no loss lies beside it they
// may be the derivatives of one that is not known.
func (j *judge) mendedApart(pl player, s *step, params []int) []int {
	theirs := slices.DeleteFunc(slices.Clone(params), func(p int) bool { _, reached := s.ad[s.cur[p]]; return reached })
	if len(theirs) < 2 {
		return nil
	}
	own := j.part(pl, theirs)
	for _, l := range s.lossesBeside(theirs) {
		x := j.newStep(own.steps, s.k, len(j.params), j.states, own.fixed)
		if x.measure(l); l.reach < 2 || !x.proper(l, x.forward) || x.afterSeed(l) {
			continue
		}
		if found, left := x.locate(budget / 4); len(found) == 1 && len(left) == 0 && found[0].of > 1 {
			return theirs
		}
	}
	if j.newStep(own.steps, s.k, len(j.params), j.states, own.fixed).givenLoss() != nil {
		return theirs
	}
	return nil
}
