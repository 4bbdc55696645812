package program

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"glassbox/nn/message"
)

// A pair is a value of the backward pass and the derivative to put in its place.
type pair struct {
	node   int
	target int // of step.targets
	value  *array
}

// An intervention is the true derivative put in the place of a line's values,
// and what the program's own later operations then give.
type intervention struct {
	pairs   []pair
	c       float64 // the derivative times c was put in
	group   group
	mended  int            // wrong gradients that become right
	of      int            // wrong gradients
	put     map[int]*array // what was put in
	changed map[int]*array
	rank    [7]float64 // larger is better, the first that differs counts
	first   int        // the first value that the true one differs from
	m       *matches   // as things stood

	// What blame finds.
	blamed    bool
	blunt     float64 // c before it was taken from most elements
	node      int     // the value that is wrong
	about     int     // the forward value that it should be the derivative by
	was, want *array
	part      int // the part of its expression that is, and what that should be
	partWant  *array
	edit      *edit
	place     place
	why       message.Text
}

// truth is what was put in place of the pair's value.
func (f *intervention) truth(p pair) *array { return p.value.Scaled(f.c) }

// locate puts the truth in place of each of the program's backward values in
// turn, runs its own later operations again, and keeps what mends most; mended
// values stay and the search goes on for what is still wrong. Left are the
// parameters whose gradients nothing mends.
func (s *step) locate(budget int) (found []*intervention, left []int) {
	s.makeTargets()
	for len(found) < 4 {
		t := s.look()
		if left = t.wrong; len(left) == 0 {
			break
		}
		f := s.oddFactor(t)
		if f == nil {
			f = s.intervene(t, budget)
		}
		if f == nil {
			break
		}
		found = append(found, f)
		s.mend(found)
	}
	if len(found) == 4 {
		left = s.look().wrong
	}
	return s.causes(found), left
}

// mend takes the true values of interventions, and what the program makes of
// them, for the step's.
func (s *step) mend(list []*intervention) {
	s.unmend()
	put := maps.Clone(s.free)
	if put == nil {
		put = map[int]*array{}
	}
	for _, f := range list {
		maps.Copy(put, f.put)
	}
	for q, x := range s.replay(put) {
		if !s.isNew[q] {
			s.over[q] = x
		}
	}
	for q := range put {
		s.mended[q] = true
	}
}

// intervene tries every line of the backward pass with every derivative that
// it might be, the nearest in direction first.
func (s *step) intervene(t *situation, budget int) *intervention {
	by, order, tier := s.groups(t)
	torder, tby := s.targetGroups()
	live := 0
	for _, p := range s.live {
		if !s.trivial[p] {
			live++
		}
	}
	var all []*intervention
	var best *intervention
	start, full := s.work, s.work
	sorted := false
	late := func() bool { // a quarter of the work is spent, and nothing mends all
		return !sorted && s.work-start > budget/4 && (best == nil || best.mended < len(t.wrong))
	}
	try := func(g group, rank int, cands [][]pair) (left [][]pair) {
		for i, cand := range cands {
			if s.work-start > budget || late() {
				return cands[i:]
			}
			factors := s.factorsFor(cand[0].node, t, len(cand) > 5)
			if sorted {
				factors = factors[:1]
			}
			for _, c := range factors {
				f := s.try(cand, c, g, t, live, rank)
				if f == nil {
					continue
				}
				all = append(all, f)
				if best == nil || slices.Compare(f.rank[:], best.rank[:]) > 0 {
					best = f
				}
			}
		}
		return nil
	}
	// The nearest of each line first, so that long loops leave something for those
	// after them; then the others, up to what was found, and of what no right gradient is
	// made of first.
	type visit struct {
		group
		later bool
	}
	var left []visit
	byRight := func(a, b visit) int { return b2i(t.entersRight(by[a.group])) - b2i(t.entersRight(by[b.group])) }
	for _, later := range []bool{false, true} {
		for _, g := range order {
			left = append(left, visit{g, later})
		}
	}
	slices.SortStableFunc(left[len(order):], func(a, b visit) int {
		x, _ := tier(a.group)
		y, _ := tier(b.group)
		return cmp.Or(x-y, byRight(a, b))
	})
	others, again := map[group][][]pair{}, false
	for len(left) > 0 {
		if s.work-start > budget {
			if s.stopped = true; again || best != nil {
				break
			}
			// Once more, through what no right gradient is made of.
			left, again, start = slices.DeleteFunc(left, func(v visit) bool { return t.entersRight(by[v.group]) }), true, s.work
			continue
		}
		if late() {
			// What no right gradient is made of first, and the nearest, before the work runs out.
			sorted = true
			slices.SortStableFunc(left, byRight)
		}
		g, later := left[0].group, left[0].later
		rank, at := tier(g)
		bare := best != nil && t.own[best.first] && len(t.common) == 0 && !s.blamed(best) // the gradient that is wrong, and no more
		if best != nil && best.mended == len(t.wrong) && best.rank[1] > 0 && !bare {
			// All is mended: how much further the search goes depends on how sure
			// the place is.
			brank, _ := tier(best.group)
			more := rank > brank || rank == brank && at > best.first
			if best.rank[2] >= float64(live) && more && (rank > 0 || s.work-full > budget/20) || rank > brank && !s.loss.computed {
				left = slices.DeleteFunc(left, func(v visit) bool { return v.later == later })
				continue
			}
		} else {
			full = s.work
		}
		left = left[1:]
		if _, met := others[g]; !met {
			var first [][]pair
			first, others[g] = s.nearest(g, by[g], torder, tby, t, sorted)
			others[g] = append(try(g, rank, first), others[g]...)
		}
		if later {
			others[g] = try(g, rank, others[g])
		}
	}
	return s.prefer(all, best, t)
}

// try runs one intervention.
func (s *step) try(pairs []pair, c float64, g group, t *situation, live, tier int) *intervention {
	put, same := map[int]*array{}, true
	for _, p := range pairs {
		put[p.node] = p.value.Scaled(c)
		same = same && near(s.value(p.node), put[p.node], s.prec.rel)
	}
	if same {
		return nil
	}
	changed := s.replay(put)
	f := &intervention{pairs: pairs, c: c, group: g, of: len(t.wrong), put: put, changed: changed, m: t.m}
	right := s.rightGiven(t, changed)
	for _, p := range t.wrong {
		right[p] = slices.DeleteFunc(right[p], func(h hit) bool { return s.beforePenalty(p, h.node) })
	}
	lost, good, unity, down := 0, 0, 0, len(t.common) == 0
	natural := len(t.common) == 0 || t.usual(1) || t.usual(-1)
	one := func(c float64) bool { // with the sign of the right gradients, where they go down the loss
		return alike(math.Abs(c), 1, 1e-6) && (t.usual(c) || !t.usual(-c) || !t.down)
	}
	divided := false // before the rate comes in
	if !natural {
		n := 1 / largest(t.common)
		divided = n > 1.5 && alike(n, math.Round(n), 1e-6)
	}
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		was, is := len(t.right[p]) > 0, len(right[p]) > 0
		switch {
		case was && !is:
			lost++
		case was && t.odd(t.right[p]) && !t.odd(right[p]):
			good++
		case !was && is:
			f.mended++
			down = down && right[p][0].c > 0 // no gradient is right that could tell which way is down
			if len(t.common) == 0 || slices.ContainsFunc(right[p], func(h hit) bool { return t.usual(h.c) }) {
				good++
			}
		}
		// Where no right gradient has the factor 1, one that was put in says nothing, nor does
		// any where those that are right are divided by a number of rows; and a gradient
		// itself that was put in says nothing where none is right.
		own := len(t.common) == 0 && slices.ContainsFunc(pairs, func(x pair) bool { return s.inRegion[p][x.node] })
		if !own && !divided && slices.ContainsFunc(right[p], func(h hit) bool { return (put[h.node] == nil || natural) && one(h.c) }) {
			unity++
		}
	}
	if f.mended-2*lost <= 0 {
		return nil
	}
	f.first = pairs[0].node
	differs, scaled := s.n, s.n
	for _, p := range pairs {
		switch v := s.value(p.node); {
		case near(v, put[p.node], s.prec.rel):
		case factor(v, put[p.node], 1e-6) > 0:
			scaled = min(scaled, p.node)
		default:
			differs = min(differs, p.node)
		}
	}
	if differs == s.n {
		differs = scaled // of a line that serves several parameters, what is right but for its factor is none of the mistake
	}
	if differs < s.n {
		f.first = differs
	}
	f.rank = [7]float64{float64(f.mended - 2*lost), b2f(!s.ahead(f, t)), float64(max(good, unity)), float64(unity) + 0.5*b2f(down), float64(s.even(right)), float64(-tier), float64(-f.first)}
	return f
}

// even is how many right gradients enter the update with one factor.
func (s *step) even(right [][]hit) (most int) {
	var factors []float64
	for _, p := range s.live {
		if s.trivial[p] || len(right[p]) == 0 {
			continue
		}
		c := math.Abs(s.entering(p, right[p]))
		factors = append(factors, c)
		n := 0
		for _, o := range factors {
			n += b2i(alike(c, o, 1e-5))
		}
		most = max(most, n)
	}
	return most
}

// beforePenalty reports that the penalty's share of parameter p's derivative is
// still to be added to a value on its way into the update.
func (s *step) beforePenalty(p, q int) bool {
	cur := s.cur[p]
	var shares []*array
	for _, u := range s.cons[cur] {
		for j, x := range s.in[u] {
			if x != cur {
				continue
			}
			if a := s.handedOn(u, j); a.v != nil && !isZero(a.v) {
				shares = append(shares, a.v)
			}
		}
	}
	for range 6 {
		next := -1
		for _, c := range s.cons[q] {
			if !s.inRegion[p][c] || s.isNew[c] || s.zone[p][c] {
				continue
			}
			next = c
			if s.op[c] != "add" && s.op[c] != "sub" {
				continue
			}
			for _, x := range s.in[c] {
				if x != q && len(shares) > 1 && s.size[x] == s.size[q] && s.ownTerm(p, x) && slices.ContainsFunc(shares, func(a *array) bool { return factor(s.value(x), a, 1e-6) != 0 }) {
					return true
				}
			}
		}
		if next < 0 {
			return false
		}
		q = next
	}
	return false
}
func b2f(b bool) float64 { return float64(b2i(b)) }

// rightGiven is right for what an intervention changes: parameters that it does
// not touch stay as they are.
func (s *step) rightGiven(t *situation, changed map[int]*array) [][]hit {
	out := make([][]hit, len(s.cur))
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		touched := false
		for q := range changed {
			if s.inRegion[p][q] {
				touched = true
				break
			}
		}
		if touched {
			out[p] = s.rightOf(p, changed)
		} else {
			out[p] = t.right[p]
		}
	}
	return out
}

// ahead reports that a right derivative was replaced and its consumer leaves
// what was put in as it is (a mask applied twice): the fault is the consumer.
func (s *step) ahead(f *intervention, t *situation) bool {
	for _, p := range f.pairs {
		if len(t.m.whole[p.node]) == 0 || t.shadow[p.node] {
			continue
		}
		put := f.truth(p)
		for _, w := range s.cons[p.node] {
			if s.update[w] && !s.isNew[w] && !s.alias[w] && s.op[w] != "copy" && s.op[w] != "matmul" && s.op[w] != "dot" && s.size[w] == s.size[p.node] && s.isBack[w] {
				z := f.changed[w]
				if z == nil {
					z = s.value(w)
				}
				if near(z, put, s.prec.rel) && !near(s.value(w), s.value(p.node), s.prec.rel) {
					return true
				}
			}
		}
	}
	return false
}
