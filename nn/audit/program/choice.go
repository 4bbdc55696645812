package program

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// Which of the numbers that might be it is the loss.

// chooseLoss finds the loss whose derivatives the step's gradients are, or, where
// none is right, the one that most of the forward pass goes into.
func (s *step) chooseLoss() (best *loss) {
	var computed []*loss
	depends := map[*loss]int{}
	most := 0
	for _, l := range s.lossCandidates() {
		b := s.before(keys(l.seeds), nil)
		for _, p := range s.live {
			if b[s.cur[p]] {
				depends[l]++
			}
		}
		most = max(most, depends[l])
		computed = append(computed, l)
	}
	slices.SortStableFunc(computed, func(a, b *loss) int { return cmp.Or(depends[b]-depends[a], b.node-a.node) })
	var use []*loss
	for _, l := range computed {
		if depends[l] > 0 && float64(depends[l]) >= 0.6*float64(most) && len(use) < 32 {
			use = append(use, l)
		}
	}
	var list []*loss
	for _, l := range use {
		s.measure(l)
		if l.reach == 0 && !s.onlyNumbers() || l.kind == "calls" && l.right == 0 {
			continue
		}
		if over := s.unguarded(l); over != nil {
			g := *l
			g.over, g.guarded = over, true
			s.measure(&g)
			if g.right > l.right || g.right == l.right && g.ones >= l.ones {
				l = &g
			}
		}
		list = append(list, l)
	}
	if len(list) == 0 {
		vectors := s.vectorLosses()
		for _, l := range vectors {
			s.measure(l)
		}
		some := slices.ContainsFunc(vectors, func(l *loss) bool { return l.right > 0 })
		list = slices.DeleteFunc(vectors, func(l *loss) bool {
			return some && l.right == 0 || !some && (l.reach < len(s.live) || !s.proper(l, s.forward))
		})
	}
	list = append(list, s.together(list)...)
	count := func(b []bool) (n int) {
		for _, x := range b {
			n += b2i(x)
		}
		return n
	}
	// Only losses of which most of the update's contractions are no part: not
	// the backward pass itself.
	var products []int
	if len(list) == 0 {
		s.region = make([][]int, len(s.cur))
	}
	forward := map[int]bool{} // lines of the forward pass, which every loss is made of
	least := s.n + 1
	for _, l := range list {
		if n := count(l.made); n < least {
			least, forward = n, map[int]bool{}
			for q, in := range l.made {
				if in && contractions[s.op[q]] {
					forward[s.site[q]] = true
				}
			}
		}
	}
	for _, p := range s.live {
		for _, q := range slices.Concat(s.region[p], s.packed(p)) {
			if contractions[s.op[q]] && !forward[s.site[q]] {
				products = append(products, q)
			}
		}
	}
	overlap := map[*loss]int{}
	for _, l := range list {
		for _, q := range s.between {
			overlap[l] += b2i(l.made[q])
		}
	}
	if len(products) > 1 {
		var clean []*loss
		for _, l := range list {
			n := 0
			for _, q := range products {
				n += b2i(l.made[q])
			}
			if 2*n < len(products) {
				clean = append(clean, l)
			}
		}
		if clean != nil {
			list = clean
		}
	}
	size := map[*loss]int{}
	for _, l := range list {
		size[l] = count(l.made)
	}
	parts := list

	one := func(l *loss) int { return min(l.ones, 1) }
	for _, l := range list {
		if best == nil || cmp.Or(l.right-best.right, one(l)-one(best), l.reach-best.reach, overlap[l]-overlap[best], l.ones-best.ones, size[best]-size[l]) > 0 {
			best = l
		}
	}
	switch {
	case best == nil:
	case best.right == 0:
		// Nothing is right: the most inclusive of those that cover the forward
		// pass which the backward pass reads.
		if own := slices.DeleteFunc(slices.Clone(list), s.afterSeed); len(own) > 0 {
			list = own
		}
		reach, small := 0, s.n
		for _, l := range list {
			reach = max(reach, l.reach)
		}
		list = slices.DeleteFunc(slices.Clone(list), func(l *loss) bool { return l.reach < reach })
		cover := func(of []*loss) (n int) {
			for _, l := range of {
				n = max(n, overlap[l])
			}
			return n
		}
		// A sum of what goes back is made of more than the loss, but has no logarithm
		// and no square of its own.
		proper := slices.DeleteFunc(slices.Clone(list), func(l *loss) bool { return !s.proper(l, s.forward) })
		if 2*cover(proper) > cover(list) {
			list = proper
		}
		all := cover(list)
		most := slices.DeleteFunc(slices.Clone(list), func(l *loss) bool { return float64(overlap[l]) < 0.9*float64(all) })
		for _, l := range most {
			small = min(small, size[l])
		}
		best = nil
		sum := func(l *loss) int { return b2i(l.kind == "sum") }
		for _, l := range most {
			if float64(size[l]) > 1.3*float64(small)+12 {
				continue
			}
			if best == nil || cmp.Or(size[l]-size[best], sum(l)-sum(best), l.node-best.node) > 0 {
				best = l
			}
		}
	default:
		// The most inclusive that explains enough: the data's loss with its
		// penalties, not the data's alone.
		slices.SortStableFunc(list, func(a, b *loss) int { return size[a] - size[b] })
		for _, l := range list {
			if best.right == best.reach && l.right < l.reach && s.addsPenalties(best, l) {
				continue // which update they are left to is looked at below
			}
			if l == best || float64(l.right) < max(1, 0.4*float64(l.reach)) || float64(size[l]) > 1.6*float64(size[best])+30 && l.kind != "sum" {
				continue
			}
			inside := true
			for q := range best.seeds {
				inside = inside && (l.made[q] || s.madeAgain(q, l.made))
			}
			if inside && (l.ones >= 1 || best.ones == 0) && !s.multipleOf(l, best.node) {
				best = l
			}
		}
		best = s.withPenalties(best, list)
	}
	if best != nil {
		h, right := s.held(best), best.right
		if h != nil {
			right = h.right
		}
		for _, l := range parts { // penalties of a loss may be left to the update; what is held may be in a term of it alone
			if l != best && right < best.reach && (h != nil && best.made[l.node] || l.made[best.node]) {
				if o := s.held(l); o != nil && o.right > right {
					h, right = o, o.right
				}
			}
		}
		if h != nil {
			return h
		}
	}
	if best != nil && best.right > 0 {
		if t := s.truncated(best); t != nil {
			best = t
		}
		return best
	}
	if best != nil && s.anotherPass(best) {
		best = nil
	}
	var assumed *loss
	for i, l := range s.assumedLosses() {
		if i >= 12 {
			break
		}
		s.measure(l)
		if l.right > 0 && (assumed == nil || l.right > assumed.right) {
			assumed = l
		}
	}
	if assumed == nil && (best == nil || !s.proper(best, s.forward)) || best == nil && 2*assumed.right < assumed.reach {
		if l := s.givenLoss(); l != nil && (assumed == nil || l.right > assumed.right) {
			return l
		}
	}
	if assumed == nil {
		return best
	}
	s.rescale(assumed)
	if t := s.truncated(assumed); t != nil {
		assumed = t
	}
	if best != nil && s.departs(best, assumed) {
		assumed.instead = best
		return assumed
	}
	// A loss proper is computed after the values that the assumed one starts
	// from, with a logarithm or a square on the way.
	if best != nil && s.proper(best, s.after(keys(assumed.seeds), nil)) {
		return best
	}
	if best == nil || float64(assumed.right) >= 0.5*float64(assumed.reach) && !s.sameOfTwins(best, assumed) {
		return assumed
	}
	return best
}

// besideBoth reports that a gradient is the derivative of loss l, a sum, and of none of its
// parts: the other part would be computed for nothing, and a term be it by chance.
func (s *step) besideBoth(l *loss, parts []*loss) bool {
	right := func(l *loss) [][]hit {
		s.setLoss(l)
		return s.right(nil)
	}
	whole, one, other := right(l), right(parts[0]), right(parts[1])
	for p := range whole {
		if len(whole[p]) > 0 && !s.single(p) && len(one[p])+len(other[p]) == 0 {
			return true
		}
	}
	return false
}

// together are losses that nothing adds up, as of several outputs of one network, where
// more gradients are the derivatives of their sum than of any alone: of two as they
// are, or of a few, times numbers that stand in the backward pass, where all are.
func (s *step) together(list []*loss) []*loss {
	var held []edge
	var most *loss
	try := func(parts []*loss, weights []float64) []*loss {
		a, b := parts[0], parts[1]
		l := &loss{node: a.node, kind: "pair", place: lossPlace{site: a.place.site, call: -b.place.site - 100, how: "pair"}, computed: true, seeds: map[int]*array{}, constant: held}
		alone := 0
		for i, part := range parts {
			l.node, alone = max(l.node, part.node), max(alone, part.right)
			for q, seed := range part.seeds {
				l.seeds[q] = seed.Scaled(weights[i])
			}
			if part.over != nil && weights[i] == 1 {
				l.over, l.guarded = maps.Clone(l.over), true
				if l.over == nil {
					l.over = map[int]*array{}
				}
				maps.Copy(l.over, part.over)
			}
		}
		s.measure(l)
		switch {
		case l.right == alone && l.right > 1 && len(parts) == 2 && most == nil && s.besideBoth(l, parts):
			most = l
		case l.right <= alone || l.reach < 2:
		case l.right == l.reach:
			return []*loss{l}
		case len(weights) == 2 && weights[0] == 1 && weights[1] == 1 && (most == nil || l.right > most.right):
			most = l
		}
		return nil
	}
	var tops []*loss // which are part of no other
	for i, a := range list {
		if a.right == a.reach && a.reach == len(s.live) {
			return nil
		}
		if a.over == nil && a.kind == "last" && len(tops) < 4 && !slices.ContainsFunc(list, func(b *loss) bool { return b.node != a.node && b.made[a.node] }) {
			tops = append(tops, a)
		}
		for _, b := range list[:min(i, 6)] {
			if i >= 6 || a.made[b.node] || b.made[a.node] {
				continue
			}
			if l := try([]*loss{a, b}, []float64{1, 1}); l != nil {
				return l
			}
		}
	}
	if most != nil {
		return []*loss{most}
	}
	if len(tops) < 2 {
		return nil
	}
	for _, l := range tops {
		held = append(held, s.mayHold(l)...)
	}
	shares := make([]map[int]*array, len(tops)) // of each parameter's derivative
	for i, l := range tops {
		c := *l
		c.constant = held
		s.setLoss(&c)
		shares[i] = map[int]*array{}
		for _, p := range s.live {
			shares[i][p] = s.ad[s.cur[p]].v
		}
	}
	for _, p := range s.live {
		var columns [][]float64
		for i := range tops {
			if v := shares[i][p]; v != nil && len(v.Data) > 2*len(tops) && v.MaxAbs() > 0 {
				columns = append(columns, v.Data)
			}
		}
		if len(columns) < len(tops) {
			continue
		}
		for _, q := range s.region[p] {
			v := s.val(q)
			if v == nil || s.isNew[q] || s.zone[p][q] || s.partial[p][q] || len(v.Data) != len(columns[0]) {
				continue
			}
			x, off, ok := leastSquares(columns, v.Data)
			if !ok || off > exactOf(s.prec == single, 1e-9, 1e-4) {
				continue
			}
			var parts []*loss
			var weights []float64
			for i, l := range tops {
				if math.Abs(x[i]) > 1e-9*largest(x) { // the others are no part of it
					parts, weights = append(parts, l), append(weights, x[i])
				}
			}
			if len(parts) > 1 {
				return try(parts, weights)
			}
		}
	}
	return nil
}

// sameOfTwins reports that a computed loss is of the kind that is assumed, of values
// that its own pass makes again, the very same ones: then it is what the gradients
// are meant to be the derivative of. A likelihood is so whatever is assumed; a squared
// error may well be looked at beside another loss.
func (s *step) sameOfTwins(computed, assumed *loss) bool {
	var twins []int
	for q := range assumed.seeds {
		v := s.val(q)
		for x, in := range computed.made {
			if w := s.val(x); in && x != q && v != nil && w != nil && s.forward[x] && !s.isCur[x] && s.op[x] == s.op[q] && slices.Equal(v.Data, w.Data) {
				twins = append(twins, x)
			}
		}
	}
	if len(twins) < len(assumed.seeds) {
		return false
	}
	down := s.after(twins, nil)
	for q, in := range computed.made {
		switch {
		case !in || !down[q]:
		case s.op[q] == "log" || s.op[q] == "log1p" || s.op[q] == "logaddexp":
			return true
		}
	}
	return assumed.kind == squaredError && s.proper(computed, down)
}

// packed are the values of fewer elements that p's gradient is put together from, as
// where all parameters are parts of one vector.
func (s *step) packed(p int) (parts []int) {
	moves := setOf("gather", "setitem", "copy", "mul", "div", "neg")
	seen, todo := map[int]bool{}, slices.Clone(s.region[p])
	for len(todo) > 0 && len(seen) < 1000 {
		x := todo[0]
		todo = todo[1:]
		if !moves[s.op[x]] && s.size[x] < s.size[s.new[p]] {
			continue
		}
		for _, q := range s.in[x] {
			if !seen[q] && q >= s.begin && s.update[q] && !s.isCur[q] && s.size[q] < s.size[s.new[p]] {
				seen[q] = true
				parts, todo = append(parts, q), append(todo, q)
			}
		}
	}
	return parts
}

// multipleOf reports that a loss is another number times what no parameter is in, as
// a mean is times the rows of its batch, to be added up.
func (s *step) multipleOf(l *loss, of int) bool {
	q := l.node
	for q > of {
		next := -1
		for _, u := range s.in[q] {
			if l.made[u] && (s.op[q] == "mul" || s.alias[q]) {
				next = u
			}
		}
		if next < 0 {
			return false
		}
		q = next
	}
	return q == of
}

// afterSeed reports that a number is made of a one that the step creates, as the
// derivative of a loss by itself is: it is a value of the backward pass.
func (s *step) afterSeed(l *loss) bool {
	for q, in := range s.before(keys(l.seeds), nil) {
		if in && q >= s.begin && s.size[q] == 1 && strings.HasPrefix(s.op[q], "create:") && s.scalar(q) == 1 {
			return true
		}
	}
	return false
}

// madeAgain reports that a number is among some values a second time, worked out
// anew by the same statement, as the parts of a loss are that it returns beside it.
func (s *step) madeAgain(q int, among []bool) bool {
	for x, in := range among {
		if in && x != q && s.size[x] == 1 && s.op[x] == s.op[q] && s.frame(x) == s.frame(q) && s.sameStatement(x, q) && s.forward[x] && s.scalar(x) == s.scalar(q) {
			return true
		}
	}
	return false
}

// anotherPass reports that a loss is that of another pass than the one whose values the
// backward pass reads: nothing that it is made of goes back, nor does anything that has the
// same numbers.
func (s *step) anotherPass(l *loss) bool {
	bySize := map[int][]int{}
	for q, in := range l.made {
		if in && s.forward[q] && !s.isCur[q] && s.size[q] > 1 {
			bySize[s.size[q]] = append(bySize[s.size[q]], q)
		}
	}
	return len(bySize) > 0 && s.meetsData() && l.computed && !slices.ContainsFunc(s.between, func(q int) bool {
		v := s.val(q)
		return l.made[q] || v != nil && slices.ContainsFunc(bySize[s.size[q]], func(o int) bool {
			w := s.val(o)
			return w != nil && slices.Equal(v.Data, w.Data)
		})
	})
}

// departs reports that the gradients are, all of them, the derivative of the
// cross-entropy of the very probabilities that the computed loss takes the
// logarithms of, though not of that loss: the training is sound, and what is
// computed beside it is another number.
func (s *step) departs(computed, assumed *loss) bool {
	if assumed.right < assumed.reach || assumed.kind != "cross-entropy of a softmax" {
		return false
	}
	logits := s.after(keys(assumed.seeds), nil)
	yes, no := false, false
	for q := range s.n {
		if !computed.made[q] || !logits[q] || s.op[q] != "log" {
			continue
		}
		x := s.in[q][0]
		for len(s.in[x]) > 0 && (s.op[x] == "clip" || s.op[x] == "copy" || s.alias[x] || s.op[x] == "add" && s.size[s.in[x][len(s.in[x])-1]] == 1) {
			x = s.in[x][0]
		}
		if s.op[x] == "sub" {
			no = true
			continue
		}
		if z, _, _, _ := s.probabilities(x); z >= 0 {
			yes = true
		}
	}
	return yes && no
}
