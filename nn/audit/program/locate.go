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
	rank    [6]float64 // larger is better, the first that differs counts
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
			factors := s.factorsFor(cand[0].node, t)
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
	// after them; then the others, up to what was found.
	type visit struct {
		group
		later bool
	}
	var left []visit
	for _, later := range []bool{false, true} {
		for _, g := range order {
			left = append(left, visit{g, later})
		}
	}
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
			slices.SortStableFunc(left, func(a, b visit) int {
				return b2i(t.entersRight(by[a.group])) - b2i(t.entersRight(by[b.group]))
			})
		}
		g, later := left[0].group, left[0].later
		rank, at := tier(g)
		if best != nil && best.mended == len(t.wrong) && best.rank[1] > 0 {
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

// nearest lists what may be put in place of a group's values, by the angle
// between what stands there and the derivative; of the many executions of a loop,
// or where few are asked for, the few nearest, and the others.
func (s *step) nearest(g group, nodes []int, torder []targetGroup, tby map[targetGroup][]int, t *situation, few bool) (out, others [][]pair) {
	type candidate struct {
		pairs []pair
		far   float64
		next  bool
	}
	var lists [3][3][]*candidate // all executions with all, in order or reversed, shifted by one, and on all call paths
	type print struct {
		first, n int
		sum      float64
	}
	seen := map[print]*candidate{}
	next := s.nextTargets(nodes, t)
	for _, tg := range torder {
		if tg.size != g.size || tg.call == anyCall && len(nodes) == 1 {
			continue
		}
		if x := s.targets[tby[tg][0]]; g.call == anyCall && x.kind != whole && s.isCur[x.about] {
			continue // the shares of a parameter's gradient in any order have one sum
		}
		list := alignments
		if g.size == anySize {
			list = s.layouts
		}
		all := list(nodes, tby[tg])
		if g.call == anyCall && g.size != anySize {
			all = append(all, s.callByCall(nodes, tby[tg])...)
		}
		if g.size != anySize {
			all = append(all, s.roundByRound(nodes, tby[tg])...)
		}
		for turn, al := range all {
			pairs := make([]pair, 0, len(al))
			dot, nv, nx, sum := 0.0, 0.0, 0.0, 0.0
			for _, x := range al {
				tt := &s.targets[x[1]]
				v := s.value(x[0])
				val := layout(s.derivative(tt).v, v.Shape)
				if val == nil {
					pairs = nil
					break
				}
				for i, a := range val.Data {
					b := v.Data[i]
					dot += a * b
					nv += b * b
					nx += a * a
					sum += a * math.Cos(float64(i+len(pairs)))
				}
				pairs = append(pairs, pair{x[0], x[1], val})
			}
			s.work += len(al) * max(g.size, 100)
			if pairs == nil {
				continue
			}
			k := print{pairs[0].node, len(pairs), math.Round(sum * 1e9)}
			if c := seen[k]; c != nil {
				c.next = c.next || next[s.targets[pairs[0].target].about]
				continue
			}
			far := -math.Abs(dot) / (1e-300 + math.Sqrt(nv*nx))
			way := b2i(turn > 1)
			if tg.call == anyCall || tg.slot > 0 && tg.kind == whole && tg.size != anySize {
				way = 2
			}
			c := &candidate{pairs, far, next[s.targets[pairs[0].target].about]}
			seen[k] = c
			lists[way][tg.kind] = append(lists[way][tg.kind], c)
		}
	}
	for kind := range lists[0] {
		for way := range lists {
			l := lists[way][kind]
			slices.SortStableFunc(l, func(a, b *candidate) int { return cmp.Compare(a.far, b.far) })
			for i, c := range l {
				switch {
				case i >= [3][3]int{{24, 16, 10}, {12, 8, 5}, {12, 8, 5}}[way][kind] && !c.next:
				case len(nodes) > 4 && i >= 2, few && i >= 3 && !c.next:
					others = append(others, c.pairs)
				default:
					out = append(out, c.pairs)
				}
			}
		}
	}
	return out, others
}

// nextTargets are the forward values that come next on the way back from the
// derivatives that some values are made of: what these are meant to be the
// derivative by, however far off they are.
func (s *step) nextTargets(nodes []int, t *situation) map[int]bool {
	next := map[int]bool{}
	for _, q := range nodes {
		for _, m := range t.m.part[q] {
			next[s.targets[m.key].about] = true // a share, where the whole may be meant
		}
		for _, u := range s.in[q] {
			for _, m := range t.m.whole[u] {
				todo := []int{m.key}
				for range 3 {
					var more []int
					for _, x := range todo {
						for _, w := range s.in[x] {
							if s.lossOf[w] && !s.isCur[w] && !next[w] {
								next[w], more = true, append(more, w)
							}
						}
					}
					todo = more
				}
			}
		}
	}
	return next
}

// factorsFor are the factors that the true value may have at a node: those of
// the derivatives that it is made of, the usual ones, 1.
func (s *step) factorsFor(node int, t *situation) []float64 {
	out := s.factorsAbove(node, t.m)
	usual := slices.Clone(t.common)
	path, within := s.callsTo(node), s.usualWithin(t)
	for _, call := range slices.Sorted(maps.Keys(within)) { // of the function itself or of one that calls it
		if l := s.g.Calls[call]; len(l) <= len(path) && slices.Equal(l, path[len(path)-len(l):]) {
			usual = append(usual, within[call])
		}
	}
	for _, c := range append(usual, 1) {
		if !slices.ContainsFunc(out, func(o float64) bool { return alike(c, o, 1e-6) }) {
			out = append(out, c)
		}
	}
	out = out[:min(len(out), 5)]
	if c := t.m.c(node); c < 0 {
		out = append(out, -c) // a sign that is the other way round
	}
	return out
}

// usualWithin are the factors that most of the derivatives made in one call have, as
// those of a helper for one sample, whose sum is divided by their number elsewhere.
func (s *step) usualWithin(t *situation) map[int]float64 {
	if t.within != nil {
		return t.within
	}
	t.within = map[int]float64{}
	by := map[int][]float64{}
	for _, q := range s.back {
		if c := s.call[q]; c >= 0 && len(t.m.whole[q]) > 0 && len(by[c]) < 1000 {
			by[c] = append(by[c], math.Abs(t.m.c(q)))
		}
	}
	for call, list := range by {
		slices.Sort(list)
		if c := list[len(list)/2]; alike(c, list[len(list)/4], 1e-6) {
			t.within[call] = c
		}
	}
	return t.within
}

func (s *step) factorsAbove(node int, m *matches) []float64 {
	type item struct{ node, depth int }
	var out []float64
	seen := map[int]bool{node: true}
	todo := []item{{node, 0}}
	for len(todo) > 0 && len(out) < 3 {
		x := todo[0]
		todo = todo[1:]
		for _, q := range s.in[x.node] {
			if seen[q] || x.depth > 6 {
				continue
			}
			seen[q] = true
			if c := m.c(q); c != 0 && s.isBack[q] { // any row is a multiple of some other
				if !slices.ContainsFunc(out, func(o float64) bool { return alike(c, o, 1e-6) }) {
					out = append(out, c)
				}
			} else if s.forward[q] && !s.lossOf[q] {
				todo = append(todo, item{q, x.depth + 1})
			}
		}
	}
	return out
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
	natural := len(t.common) == 0 || slices.ContainsFunc(t.common, func(c float64) bool { return alike(math.Abs(c), 1, 1e-6) })
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
			if len(t.common) == 0 || slices.ContainsFunc(right[p], func(h hit) bool {
				return slices.ContainsFunc(t.common, func(o float64) bool { return alike(h.c, o, 1e-6) })
			}) {
				good++
			}
		}
		// Where no right gradient has the factor 1, one that was put in says nothing; and
		// a gradient itself that was put in says nothing where none is right.
		own := len(t.common) == 0 && slices.ContainsFunc(pairs, func(x pair) bool { return s.inRegion[p][x.node] })
		if !own && slices.ContainsFunc(right[p], func(h hit) bool { return (put[h.node] == nil || natural) && alike(math.Abs(h.c), 1, 1e-6) }) {
			unity++
		}
	}
	if f.mended-2*lost <= 0 {
		return nil
	}
	f.first = pairs[0].node
	differs := s.n
	for _, p := range pairs {
		if !near(s.value(p.node), put[p.node], s.prec.rel) {
			differs = min(differs, p.node)
		}
	}
	if differs < s.n {
		f.first = differs
	}
	f.rank = [6]float64{float64(f.mended - 2*lost), b2f(!s.ahead(f, t)), float64(max(good, unity)), float64(unity) + 0.5*b2f(down), float64(-tier), float64(-f.first)}
	return f
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
				if near(z, put, s.prec.rel) {
					return true
				}
			}
		}
	}
	return false
}

// oddFactor finds, where all that is right is so with factors of several
// classes, one value that is another multiple of a derivative than its operands
// and whose scaling mends everything: a term that lacks its weight before it is
// added to another.
func (s *step) oddFactor(t *situation) *intervention {
	var classes []float64
	live := 0
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		live++
		if len(t.right[p]) == 0 {
			continue
		}
		nearest := 0.0
		for _, h := range t.right[p] {
			if a := math.Abs(h.c); nearest == 0 || math.Abs(a-1) < math.Abs(nearest-1) {
				nearest = a
			}
		}
		if !slices.ContainsFunc(classes, func(c float64) bool { return alike(c, nearest, 1e-6) }) {
			classes = append(classes, nearest)
		}
	}
	if len(classes) < 2 {
		return nil
	}
	by, order, _ := s.groups(t)
	for _, g := range order {
		nodes := by[g]
		c0, ok := t.m.c(nodes[0]), true
		for _, q := range nodes {
			c := t.m.c(q)
			ok = ok && c != 0 && alike(c, c0, 1e-6)
			for _, p := range s.live {
				ok = ok && !(s.inRegion[p][q] && t.count[q] <= 1)
			}
			for _, u := range s.in[q] {
				if d := t.m.c(u); d != 0 && s.isBack[u] && alike(d, c0, 1e-6) {
					ok = false
				}
			}
		}
		if !ok || c0 == 0 || alike(math.Abs(c0), 1, 1e-6) {
			continue
		}
		k := 1 / math.Abs(c0)
		put := map[int]*array{}
		var pairs []pair
		for _, q := range nodes {
			put[q] = s.value(q).Scaled(k)
			pairs = append(pairs, pair{q, s.targetOf(q, t.m), put[q]})
		}
		changed := s.replay(put)
		right := s.rightGiven(t, changed)
		unity := 0
		for _, p := range s.live {
			if slices.ContainsFunc(right[p], func(h hit) bool { return alike(math.Abs(h.c), 1, 1e-6) }) {
				unity++
			}
		}
		if unity == live {
			return &intervention{pairs: pairs, c: 1, group: g, mended: len(t.wrong), of: len(t.wrong), put: put, changed: changed, first: nodes[0], m: t.m}
		}
	}
	return nil
}

// targetOf is the target that a matched value is.
func (s *step) targetOf(q int, m *matches) int {
	if l := m.whole[q]; len(l) > 0 {
		return slices.IndexFunc(s.targets, func(t target) bool { return t.kind == whole && t.about == l[0].key })
	}
	return m.part[q][0].key
}
