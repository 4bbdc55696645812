package program

import (
	"cmp"
	"math"
	"slices"

	"glassbox/nn/message"
)

// An entry is the factor with which a right gradient enters the update.
type entry struct {
	p     int
	c     float64 // where the optimiser takes over
	first int     // the first value that is the derivative
	unity bool    // the factor 1 occurs
	steps int     // how many factors occur
}

// oddFactors compares, where every gradient is right up to a factor, the
// factors with which they enter the update: all parameters of a network should
// have one.
func (j *judge) oddFactors(s *step) []updateFault {
	right := s.right(nil)
	s.makeTargets()
	m := s.match()
	var list []entry
	for _, p := range s.live {
		h := right[p]
		if sites, one := j.steady[p]; one {
			h = slices.DeleteFunc(slices.Clone(h), func(x hit) bool { return !sites[s.site[x.node]] })
		}
		if len(h) == 0 || j.unsteady[p] {
			continue
		}
		e := entry{p: p, first: h[0].node, c: math.Abs(s.entering(p, h))}
		var seen []float64
		for _, x := range h {
			a := math.Abs(x.c)
			e.unity = e.unity || alike(a, 1, 1e-6)
			if !slices.ContainsFunc(seen, func(o float64) bool { return alike(a, o, 1e-6) }) {
				seen = append(seen, a)
			}
		}
		e.steps = len(seen)
		if e.c == 0 {
			continue
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b entry) int { return a.first - b.first })
	var out []updateFault
	for _, network := range s.networks(list) {
		out = append(out, j.oddAmong(s, m, right, network)...)
	}
	return out
}

// networks parts the parameters of networks that are trained beside each other,
// by different optimisers perhaps: their gradients have no value in common.
func (s *step) networks(list []entry) [][]entry {
	owner := map[int]int{} // by value of the backward pass: the network's first parameter, in list
	of := make([]int, len(list))
	made := s.after(s.starts(), nil) // of a parameter: what depends on none, as a rate, is anybody's
	for i, e := range list {
		of[i] = i
		for q, in := range s.before([]int{s.new[e.p]}, s.isCur) {
			if !in || !s.isBack[q] && !(s.lossOf[q] && !s.isCur[q]) || !made[q] {
				continue
			}
			k, ok := owner[q]
			if !ok {
				owner[q] = i
				continue
			}
			one, other := of[k], of[i]
			for x := range i + 1 {
				if of[x] == other {
					of[x] = one
				}
			}
		}
	}
	// Rules that one line calls in turn are not compared with each other, nor what a state
	// takes the gradient for with a step that it makes itself.
	for i, e := range list {
		of[i] = of[i]*len(list) + slices.IndexFunc(list, func(o entry) bool {
			return s.sameRule(o.p, e.p) && len(s.zone[o.p]) > 0 == (len(s.zone[e.p]) > 0)
		})
	}
	var networks [][]entry
	for i := range len(list) * len(list) {
		var n []entry
		for x, e := range list {
			if of[x] == i {
				n = append(n, e)
			}
		}
		if n != nil {
			networks = append(networks, n)
		}
	}
	return networks
}

// sameRule reports that two parameters are updated in one function, or not by
// functions that one line chooses between. Layers' methods are no such rules.
func (s *step) sameRule(p, q int) bool {
	a, b := s.root(s.new[p]), s.root(s.new[q])
	x, y := s.g.Site(a), s.g.Site(b)
	if x == nil || y == nil || x.Func == y.Func || slices.Contains(x.Params, "self") || slices.Contains(y.Params, "self") {
		return true
	}
	f, l, ok := s.callerOf(a)
	g, m, too := s.callerOf(b)
	return !ok || !too || f != g || l != m
}

// oddAmong compares the factors of one network's parameters.
func (j *judge) oddAmong(s *step, m *matches, right [][]hit, list []entry) []updateFault {
	var classes [][]entry
	tol := max(2e-5, s.tolerance())
	for _, e := range list {
		i := slices.IndexFunc(classes, func(c []entry) bool { return alike(c[0].c, e.c, tol) })
		if i < 0 {
			classes = append(classes, []entry{e})
		} else {
			classes[i] = append(classes[i], e)
		}
	}
	if len(classes) < 2 {
		return nil
	}
	rank := func(c []entry) [5]int {
		unity, least := 0, c[0].steps
		first := 0
		for _, e := range c {
			unity = max(unity, b2i(e.unity))
			least = min(least, e.steps)
			first = max(first, b2i(e.p == list[0].p))
		}
		return [5]int{unity, b2i(2*len(c) > len(list)), -least, first, len(c)}
	}
	usual := classes[0]
	for _, c := range classes[1:] {
		a, b := rank(c), rank(usual)
		if slices.Compare(a[:], b[:]) > 0 {
			usual = c
		}
	}
	out := j.oddAgainst(s, m, right, list, classes, usual)
	if len(classes) > 2 || len(out) == 0 || !out[0].surplus {
		return out
	}
	// Of two that are as good a factor is rather left out of one than too many in the
	// other, but for what is made of a parameter's own shape.
	ownShape := func(fix message.Text) bool {
		return slices.ContainsFunc(namesIn(fix.String()), func(name string) bool { return slices.Contains(j.names, name) })
	}
	other := classes[b2i(usual[0].p == classes[0][0].p)]
	if a, b := rank(other), rank(usual); a[0] == b[0] && a[1] == b[1] {
		// The loss, where it is computed, says itself whether it is a mean.
		if turned := j.oddAgainst(s, m, right, list, classes, other); len(turned) > 0 && !turned[0].surplus && len(turned[0].fixes) > 0 && !ownShape(turned[0].fixes[0]) && (!s.loss.computed || s.isNew[turned[0].node]) {
			return turned
		}
	}
	return out
}

// oddAgainst tells of the parameters whose factors are not those of the usual ones.
func (j *judge) oddAgainst(s *step, m *matches, right [][]hit, list []entry, classes [][]entry, usual []entry) []updateFault {
	makes := map[int][]bool{}
	base := make([]bool, s.n)
	for _, e := range list {
		b := s.before([]int{s.new[e.p]}, s.isCur)
		for q := range b {
			b[q] = b[q] && (s.isBack[q] || q == s.new[e.p])
		}
		makes[e.p] = b
	}
	for _, e := range usual {
		for q, in := range makes[e.p] {
			base[q] = base[q] || in
		}
	}
	known := map[int]bool{} // factors that the usual ones get on their way, in five digits
	for _, e := range usual {
		for q, in := range makes[e.p] {
			if in {
				if k := s.jump(q, m); k != 0 {
					known[digits(k)] = true
				}
			}
		}
	}
	scaling := func(q int) bool {
		return (s.op[q] == "mul" || s.op[q] == "div") && slices.ContainsFunc(s.in[q], func(u int) bool { return s.size[u] == 1 && !s.forward[u] })
	}
	var out []updateFault
	onPurpose := -1
	for _, c := range classes {
		if c[0].p == usual[0].p {
			continue
		}
		ratio := c[0].c / usual[0].c
		if o := s.ownRate(c[0].p, ratio); o >= 0 {
			onPurpose = o
			continue
		}
		own := make([]bool, s.n)
		for q := range own {
			own[q] = !base[q]
			for _, e := range c {
				own[q] = own[q] && makes[e.p][q]
			}
		}
		if !slices.Contains(own, true) {
			for q := range own {
				for _, e := range c {
					own[q] = own[q] || makes[e.p][q] && !base[q]
				}
			}
		}
		var nodes []int
		for _, q := range s.back {
			if own[q] && !s.allZone[q] && !s.isNew[q] {
				nodes = append(nodes, q)
			}
		}
		at, fix := s.lackedScale(c[0].p, usual, ratio)
		lacked := at
		first := func(ok func(q int) bool) {
			for _, q := range nodes {
				if at < 0 && ok(q) {
					at = q
				}
			}
		}
		near := min(1e-4, math.Abs(ratio-1)/4)
		first(func(q int) bool { return s.jump(q, m) != 0 && alike(math.Abs(s.jump(q, m)), ratio, near) })
		first(func(q int) bool {
			k := s.jump(q, m)
			return k != 0 && !alike(math.Abs(k), 1, 1e-6) && !known[digits(k)]
		})
		if at < 0 {
			// The scalar that the others' steps are multiplied by, here another.
			theirs := map[int]bool{}
			for _, e := range usual {
				for _, q := range s.region[e.p] {
					if k := s.jump(q, m); s.isBack[q] && scaling(q) && k != 0 {
						theirs[digits(k)] = true
					}
				}
			}
			if len(theirs) > 0 {
				for _, e := range c {
					for _, q := range s.region[e.p] {
						if k := s.jump(q, m); at < 0 && s.isBack[q] && scaling(q) && k != 0 && !theirs[digits(k)] {
							at = q
						}
					}
				}
			}
		}
		first(func(q int) bool { k := s.jump(q, m); return scaling(q) && k != 0 && !known[digits(k)] })
		if at < 0 {
			at = right[c[0].p][0].node
			if len(c) > 1 {
				region := map[int]bool{}
				for _, e := range c {
					for _, q := range s.region[e.p] {
						region[q] = true
					}
				}
				for _, q := range nodes {
					if len(m.whole[q]) > 0 && !region[q] {
						at = q
					}
				}
			}
		}
		if s.ownNorm(at, right[c[0].p], right[usual[0].p]) {
			continue // clipped, or scaled to a length, by its own norm
		}
		if o := s.ownBranch(at, c, usual[0].p); o >= 0 {
			onPurpose = o
			continue
		}
		if o := s.ownScale(at); o >= 0 {
			if made(s.op[o]) {
				onPurpose = o
			}
			continue
		}
		if q, k := s.counter(at); q >= 0 {
			name := j.operand(q, k)
			return []updateFault{{weight: 1, node: q, line: j.assigned(q, k), text: message.New("`%s` is counted up between the parameters of one step, where each step should once: their rates differ", name)}}
		}
		var names []message.Text
		for _, e := range c {
			names = append(names, message.Plain(j.names[e.p]))
		}
		what := message.New("`%s`", names[0])
		for _, n := range names[1:min(3, len(names))] {
			what = message.New("%s, `%s`", what, n)
		}
		f := updateFault{weight: 1, node: at, text: j.oddText(s, at, what, ratio), cause: s.oddCause(c, ratio)}
		if lacked >= 0 {
			f.fixes = []message.Text{fix}
		} else {
			f.fixes, f.surplus = s.rescalings(at, ratio, m)
		}
		out = append(out, f)
	}
	if onPurpose >= 0 {
		j.verdict.Notes = append(j.verdict.Notes, message.New("the parameters step at rates of their own: `%s`", j.scaleText(s, onPurpose)))
	}
	slices.SortStableFunc(out, func(a, b updateFault) int { return cmp.Compare(a.node, b.node) })
	return out
}

// digits is a factor to five digits, without its sign.
func digits(k float64) int {
	k = math.Abs(k)
	e := math.Floor(math.Log10(k))
	return int(math.Round(k/math.Pow(10, e-4))) + int(e)*1000000
}

// entering is the factor of a parameter's gradient where the optimiser takes it
// over: after a decay that is added, a clipping and the scalars that follow, up
// to where the way divides or a state enters; 0 where it cannot be followed.
func (s *step) entering(p int, hits []hit) float64 {
	q, c := hits[0].node, hits[0].c
	for range 16 {
		var next []int
		for _, x := range s.cons[q] {
			if s.inRegion[p][x] && !s.isNew[x] && !s.zone[p][x] {
				next = append(next, x)
			}
		}
		if len(next) != 1 {
			return c
		}
		w := next[0]
		o := -1
		for _, x := range s.in[w] {
			if x != q {
				o = x
				break
			}
		}
		ok := true
		switch s.op[w] {
		case "add", "sub":
			if o >= 0 && s.root(o) == s.root(s.cur[p]) {
				return c // this is the step
			}
			ok = o >= 0 && s.size[o] == s.size[q] && s.ownTerm(p, o)
		case "mul", "div":
			ok = o >= 0 && s.size[o] == 1 && (s.size[q] > 1 || !s.forward[o]) && s.val(o) != nil && (s.op[w] == "mul" || s.in[w][0] == q)
			if ok && (s.ownLength(p, q, o) || s.ownLength(p, hits[0].node, o)) {
				break // a bound of its own length
			}
			if ok && s.op[w] == "mul" {
				c *= s.scalar(o)
			} else if ok {
				c /= s.scalar(o)
			}
		case "neg", "copy", "clip", "gather":
		default:
			ok = false
		}
		if !ok {
			if s.size[q] == 1 {
				return 0 // anything is a multiple of a single number
			}
			i := slices.IndexFunc(hits, func(h hit) bool { return h.node >= w })
			if i < 0 && (s.op[w] == "mul" || s.op[w] == "div") && o >= 0 && s.forward[o] {
				return 0 // each element has a factor of its own, made of the gradient
			}
			if i < 0 {
				return c
			}
			w, c = hits[i].node, hits[i].c
		}
		q = w
	}
	return c
}

// ownLength reports that a number is made of the value q on the way of parameter p
// and of no other parameter's gradient, as a rate by the layer's norms is.
func (s *step) ownLength(p, q, number int) bool {
	if !s.forward[number] {
		return false
	}
	made := s.before([]int{number}, s.isCur)
	return made[q] && !slices.ContainsFunc(s.live, func(o int) bool {
		return o != p && slices.ContainsFunc(s.region[o], func(x int) bool { return made[x] && !s.inRegion[p][x] })
	})
}

// jump is a value's factor against that of the derivatives it is made of, 0
// where it is none.
func (s *step) jump(q int, m *matches) float64 {
	c := m.c(q)
	if c == 0 {
		return 0
	}
	type item struct{ node, depth int }
	todo := []item{}
	for _, u := range s.in[q] {
		todo = append(todo, item{u, 0})
	}
	seen := map[int]bool{}
	for len(todo) > 0 {
		x := todo[0]
		todo = todo[1:]
		if seen[x.node] || x.depth > 8 {
			continue
		}
		seen[x.node] = true
		if d := m.c(x.node); d != 0 && s.isBack[x.node] {
			return c / d
		}
		if s.forward[x.node] && !s.lossOf[x.node] {
			if x.depth == 8 {
				return 0
			}
			for _, u := range s.in[x.node] {
				todo = append(todo, item{u, x.depth + 1})
			}
		}
	}
	return c
}

// ownNorm reports that a value is scaled by a number made of the gradient that
// it is of, and of no other.
func (s *step) ownNorm(q int, own, other []hit) bool {
	if s.op[q] != "mul" && s.op[q] != "div" {
		return false
	}
	for _, o := range s.in[q] {
		if s.size[o] != 1 || !s.forward[o] {
			continue
		}
		made := s.before([]int{o}, s.isCur)
		of := func(l []hit) bool {
			return slices.ContainsFunc(l, func(h hit) bool { return h.node < q && made[h.node] })
		}
		if of(own) && !of(other) {
			return true
		}
	}
	return false
}
