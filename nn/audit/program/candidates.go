package program

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// What may be put in the place of a value of the backward pass: which derivatives, the
// nearest first, and which factors of them.

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
// the derivatives that it is made of, of one of many executions that with which it enters
// as right gradients do, the usual ones, 1.
func (s *step) factorsFor(node int, t *situation, many bool) []float64 {
	var out []float64
	if many {
		out = s.asRight(node, t)
	}
	for _, c := range s.factorsAbove(node, t.m) {
		if len(out) == 0 || !alike(out[0], c, 1e-6) {
			out = append(out, c)
		}
	}
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
	out = out[:min(len(out), 6)]
	if c := t.m.c(node); c < 0 {
		out = append(out, -c) // a sign that is the other way round
	}
	return out
}

// asRight are the factors with which a value of the backward pass, summed and scaled as
// the program does it afterwards, may enter its update as a right gradient does another;
// where none is right, as the derivative itself.
func (s *step) asRight(node int, t *situation) (out []float64) {
	k := s.scaledAfter(node)
	if len(t.common) == 0 {
		for i := len(k) - 1; i >= 0 && len(out) < 3; i-- {
			out = append(out, 1/k[i])
		}
		return out
	}
	for p, hits := range t.right {
		if len(hits) == 0 || s.single(p) {
			continue
		}
		if l := s.scaledAfter(hits[0].node); len(k) > 0 && len(l) > 0 {
			return []float64{hits[0].c * l[len(l)-1] / k[len(k)-1]}
		}
		break
	}
	return nil
}

// scaledAfter are the products of the numbers that a value of the backward pass, and what
// is made of it, is multiplied by on the way into an update, but for the rate there; none
// where it enters none.
func (s *step) scaledAfter(q int) []float64 {
	out := []float64{1}
	for range 10_000 {
		next := -1
		for _, c := range s.cons[q] {
			if s.update[c] && c < s.hi && (next < 0 || c < next) && !s.squares(c) {
				next = c
			}
		}
		if next < 0 || s.isNew[next] || s.allZone[next] {
			return out
		}
		in := s.in[next]
		enters := func(c int) bool { return s.isNew[c] || s.allZone[c] }
		if op := s.op[next]; !slices.ContainsFunc(s.cons[next], enters) && (op == "mul" || op == "div" && in[0] == q) && len(in) == 2 && in[0] != in[1] {
			if o := in[0] + in[1] - q; s.size[o] == 1 && !s.forward[o] && s.size[q] > 1 {
				k := s.scalar(o)
				if op == "div" {
					k = 1 / k
				}
				out = append(out, k*out[len(out)-1])
			}
		}
		q = next
	}
	return nil
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

// factorsAbove are the factors of the derivatives that a value is made of.
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
			if l := m.of(q); len(l) > 0 && s.isBack[q] { // any row is a multiple of some other
				for _, k := range l { // the derivative by a value and by a multiple of it
					if len(out) < 4 && !slices.ContainsFunc(out, func(o float64) bool { return alike(k.c, o, 1e-6) }) {
						out = append(out, k.c)
					}
				}
			} else if s.forward[q] && !s.lossOf[q] {
				todo = append(todo, item{q, x.depth + 1})
			}
		}
	}
	return out
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
