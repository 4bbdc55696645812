package program

import (
	"cmp"
	"math"
	"slices"
)

// situation is what a search round knows: which gradients are right, which
// values of the backward pass are derivatives of what.
type situation struct {
	right   [][]hit
	wrong   []int
	m       *matches
	common  []float64       // the usual factors of the right gradients
	down    bool            // the parameters of the right gradients are stepped down the loss
	users   map[int][]int   // consumers within the update, without those in the wrong parameters' own regions
	served  map[int]bool    // some consumer of the value is a derivative itself
	shadow  map[int]bool    // values that are the same derivative as their operand
	tainted map[int]bool    // values made of derivatives
	passed  map[int]bool    // values that a consumer takes for the same derivative
	natural map[int]bool    // derivatives made, by the rule of one forward operation, of the derivative by its value
	uneven  map[int]bool    // by site: see uneven
	inside  map[int]bool    // values that are no derivatives, and that nothing but right ones are made of
	own     map[int]bool    // values that are made for one wrong parameter alone
	reaches map[int][]bool  // by parameter: what its new version is made of
	count   map[int]int     // for how many parameters a value counts
	within  map[int]float64 // by call: the factor of most derivatives that are made in it
}

func (s *step) look() *situation {
	t := &situation{right: s.right(nil), m: s.match()}
	var factors []float64
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		if len(t.right[p]) == 0 {
			t.wrong = append(t.wrong, p)
		}
		for _, h := range t.right[p] {
			factors = append(factors, h.c)
		}
	}
	t.common = commonest(factors, 2)
	t.down = s.goDown(t.right)
	t.reaches, t.count = map[int][]bool{}, map[int]int{}
	ends := s.withNorms()
	for _, p := range s.live {
		t.reaches[p] = s.before([]int{s.new[p]}, ends)
		for q, in := range t.reaches[p] {
			if in {
				t.count[q]++
			}
		}
	}
	t.own = map[int]bool{}
	own := t.own
	for _, p := range t.wrong {
		for _, q := range s.region[p] {
			if t.count[q] <= 1 {
				own[q] = true
			}
		}
	}
	t.users = map[int][]int{}
	for _, q := range s.back {
		for _, c := range s.cons[q] {
			if s.update[c] && !s.isNew[c] && !own[c] {
				t.users[q] = append(t.users[q], c)
			}
		}
	}
	odd := func(q int) bool { // another multiple of a derivative than the right ones are
		return len(t.common) > 0 && !slices.ContainsFunc(t.m.of(q), func(x match) bool { return t.usual(x.c) })
	}
	var real func(c, depth int) bool
	real = func(c, depth int) bool {
		if (s.op[c] == "gather" || s.op[c] == "copy") && len(s.in[c]) == 1 && s.size[c] == s.size[s.in[c][0]] {
			return depth < 5 && slices.ContainsFunc(t.users[c], func(x int) bool { return real(x, depth+1) })
		}
		if s.scaling(c) && len(t.users[c]) > 0 && depth < 5 {
			return slices.ContainsFunc(t.users[c], func(x int) bool { return real(x, depth+1) })
		}
		return len(t.m.of(c)) > 0
	}
	t.served, t.shadow, t.tainted = map[int]bool{}, map[int]bool{}, map[int]bool{}
	t.passed, t.natural = map[int]bool{}, map[int]bool{}
	given := s.derivativesRead(t.m)
	t.uneven, t.inside = s.uneven(t), s.inside(t)
	for _, q := range s.back {
		users := t.users[q]
		onlyAlias := !slices.ContainsFunc(users, func(c int) bool { return !s.alias[c] })
		t.served[q] = slices.ContainsFunc(users, func(c int) bool { return real(c, 0) && (odd(q) || !odd(c)) }) || len(t.m.whole[q]) > 0 && (len(users) == 0 || onlyAlias)
		t.natural[q] = s.isNatural(q, t.m)
		t.passed[q] = slices.ContainsFunc(users, func(c int) bool {
			l, w := t.m.whole[q], t.m.whole[c]
			return len(l) > 0 && len(w) > 0 && w[0].key == l[0].key && alike(w[0].c, l[0].c, 1e-9) && s.size[c] == s.size[q]
		})
		if l := t.m.whole[q]; len(l) > 0 && s.op[q] != "copy" && !(s.op[q] == "gather" && !s.alias[q]) {
			for _, u := range s.in[q] {
				if w := t.m.whole[u]; u != q && len(w) > 0 && w[0].key == l[0].key && alike(w[0].c, l[0].c, 1e-9) && s.size[u] == s.size[q] {
					t.shadow[q] = true
				}
			}
		}
		if len(t.m.of(q)) > 0 || slices.ContainsFunc(s.in[q], func(u int) bool { return t.tainted[u] }) || s.readAs(q, given) {
			t.tainted[q] = true
		}
	}
	return t
}

// withNorms marks where the graph ends: at the step's parameters, and at numbers that
// gradients are multiplied by and that are made of gradients, as of the norm of all.
func (s *step) withNorms() []bool {
	stop := slices.Clone(s.isCur)
	gradient := map[int]bool{} // arrays on their way into an update
	for _, p := range s.live {
		for _, q := range s.region[p] {
			gradient[q] = s.size[s.cur[p]] > 1
		}
	}
	for _, p := range s.live {
		for _, q := range s.region[p] {
			for _, u := range s.in[q] {
				if s.op[q] != "mul" && s.op[q] != "div" || s.size[u] > 1 || !s.isBack[u] || stop[u] || gradient[u] {
					continue
				}
				for x, in := range s.before([]int{u}, s.isCur) {
					stop[u] = stop[u] || in && gradient[x] && s.inRegion[p][x] == (s.size[q] > 1)
				}
			}
		}
	}
	return stop
}

// inside are the values that are no derivatives themselves, as a layer norm's means are
// none, and all that is made of which is: the fault is elsewhere, most likely.
func (s *step) inside(t *situation) map[int]bool {
	out := map[int]bool{}
	for _, q := range slices.Backward(s.back) {
		used := false
		out[q] = len(t.m.of(q)) == 0 && s.size[q] > 1 && !slices.ContainsFunc(s.cons[q], func(c int) bool {
			used = used || s.update[c]
			right := t.usual(t.m.c(c)) && s.size[c] > 2 && !s.incomplete(c, t)
			return s.update[c] && !right && !out[c]
		}) && used
	}
	return out
}

// uneven are the expressions whose values are multiples of derivatives in many
// executions, but no one multiple, vectors of one direction, whatever they are multiplied
// by; or another than enters the update as right gradients do.
func (s *step) uneven(t *situation) map[int]bool {
	by, out := map[int][]int{}, map[int]bool{}
	for _, q := range s.back {
		if len(t.m.of(q)) > 0 && len(by[s.site[q]]) < 64 && s.op[q] == "mul" && s.size[q] > 1 {
			by[s.site[q]] = append(by[s.site[q]], q)
		}
	}
	for site, l := range by {
		if len(l) < 6 {
			continue
		}
		var factors []float64
		if len(t.common) > 0 {
			factors = s.asRight(l[0], t)
		}
		if len(factors) == 0 {
			for _, q := range []int{l[0], l[len(l)/2]} {
				for _, x := range t.m.of(q) {
					factors = append(factors, x.c)
				}
			}
		}
		out[site] = !slices.ContainsFunc(factors, func(c float64) bool {
			n := 0
			for _, q := range l {
				n += b2i(t.m.times(q, c))
			}
			return 10*n > 9*len(l)
		})
	}
	return out
}

// turns reports that what a statement gives is another multiple of a derivative than what
// it is made of, which is one that enters right gradients: the factor arises there.
func (s *step) turns(q int, t *situation) bool {
	part := slices.ContainsFunc(s.cons[q], func(c int) bool { return s.sameStatement(c, q) })
	if part || s.size[q] == 1 || len(t.m.whole[q]) == 0 || len(t.common) == 0 {
		return false
	}
	c, k := t.m.c(q), s.jump(q, t.m)
	return k != 0 && t.usual(c/k) && (!t.usual(c) || !alike(math.Abs(k), 1, 1e-6))
}

// derivativesRead are the operands of the backward pass's expressions that are
// derivatives in some execution: in the others they are meant to be as well.
func (s *step) derivativesRead(m *matches) map[slot]bool {
	out := map[slot]bool{}
	for _, c := range s.back {
		for j, q := range s.in[c] {
			if s.isBack[q] && len(m.whole[q]) > 0 {
				out[slot{s.site[c], j}] = true
			}
		}
	}
	return out
}

// readAs reports that a value is read as one of some operands.
func (s *step) readAs(q int, operands map[slot]bool) bool {
	return slices.ContainsFunc(s.cons[q], func(c int) bool {
		j := slices.Index(s.in[c], q)
		return s.isBack[c] && operands[slot{s.site[c], j}]
	})
}

// isNatural reports that a value is the derivative by an operand of a forward
// value whose own derivative it is made of.
func (s *step) isNatural(q int, m *matches) bool {
	l := m.whole[q]
	if len(l) == 0 || s.alias[q] {
		return false
	}
	seen, todo := map[int]bool{q: true}, []int{q}
	for len(todo) > 0 && len(seen) < 12 {
		x := todo[0]
		todo = todo[1:]
		for _, u := range s.in[x] {
			if seen[u] || !s.isBack[u] {
				continue
			}
			seen[u] = true
			w := m.whole[u]
			if len(w) == 0 {
				todo = append(todo, u)
			}
			for _, f := range w {
				for _, k := range l {
					same := slices.ContainsFunc(w, func(x match) bool { return x.key == k.key })
					if o := s.op[f.key]; o != "gather" && o != "copy" && !same && slices.Contains(s.in[f.key], k.key) && alike(f.c, k.c, 1e-6) {
						return true
					}
				}
			}
		}
	}
	return !slices.ContainsFunc(s.in[q], func(u int) bool { return s.isBack[u] })
}

// goDown reports that the parameters whose gradients are right are stepped down the loss,
// taken together: with momentum one of them may well go up.
func (s *step) goDown(right [][]hit) bool {
	total := 0.0 // of the cosines of steps and derivatives
	for _, p := range s.live {
		was, is, a := s.value(s.cur[p]), s.value(s.new[p]), s.ad[s.cur[p]].v
		if s.trivial[p] || len(right[p]) == 0 || was == nil || is == nil || a == nil || len(was.Data) != len(is.Data) {
			continue
		}
		slope, steps, slopes := 0.0, 0.0, 0.0
		for i, d := range a.Data {
			x := is.Data[i] - was.Data[i]
			slope, steps, slopes = slope+d*x, steps+x*x, slopes+d*d
		}
		if steps > 0 && slopes > 0 {
			total += slope / math.Sqrt(steps*slopes)
		}
	}
	return total <= 0
}

// scaling reports that an operation takes one value times a number.
func (s *step) scaling(c int) bool {
	if s.op[c] != "mul" && s.op[c] != "div" || s.size[c] == 1 {
		return s.op[c] == "neg"
	}
	n := 0
	for _, u := range s.in[c] {
		n += b2i(s.size[u] > 1)
	}
	return n == 1
}

// commonest returns the n factors that occur most often.
func commonest(l []float64, n int) []float64 {
	type class struct {
		c float64
		n int
	}
	var classes []class
	for _, c := range l {
		i := slices.IndexFunc(classes, func(x class) bool { return alike(c, x.c, 1e-8) })
		if i < 0 {
			classes = append(classes, class{c, 1})
		} else {
			classes[i].n++
		}
	}
	slices.SortStableFunc(classes, func(a, b class) int { return b.n - a.n })
	var out []float64
	for i, x := range classes {
		if i < n {
			out = append(out, x.c)
		}
	}
	return out
}

// odd reports that a gradient is right but for a factor that is not the others'.
func (t *situation) odd(right []hit) bool {
	return !slices.ContainsFunc(right, func(h hit) bool { return t.usual(h.c) })
}

// usual reports that a factor is one of those of the right gradients.
func (t *situation) usual(c float64) bool {
	return slices.ContainsFunc(t.common, func(o float64) bool { return alike(c, o, 1e-6) })
}

// entersRight reports that a gradient that is right, with the factor of the others,
// is made of one of the values.
func (t *situation) entersRight(nodes []int) bool {
	for p, from := range t.reaches {
		if !t.odd(t.right[p]) && slices.ContainsFunc(nodes, func(q int) bool { return from[q] }) {
			return true
		}
	}
	return false
}

// groups are the lines of the backward pass that the wrong parameters are made
// by, the likeliest first: those with values that are no derivatives before
// those whose values are.
func (s *step) groups(t *situation) (map[group][]int, []group, func(group) (int, int)) {
	dep := make([]bool, s.n)
	for _, p := range t.wrong {
		for q, in := range t.reaches[p] {
			dep[q] = dep[q] || in
		}
	}
	forwardSite := map[int]bool{}
	for q, in := range s.lossOf {
		if in {
			forwardSite[s.site[q]] = true
		}
	}
	by, mixed := map[group][]int{}, map[group][]int{}
	var order []group
	for _, q := range s.back {
		v := s.value(q)
		if !dep[q] || s.isNew[q] || s.allZone[q] || s.squares(q) || forwardSite[s.site[q]] || v == nil || !finite(v) && !s.breaks(q) {
			continue
		}
		if !s.float[q] && s.dtype[q] != "bool" && s.dtype[q] != "int64" {
			continue
		}
		g := group{s.site[q], s.call[q], s.size[q]}
		if by[g] == nil {
			order = append(order, g)
		}
		by[g] = append(by[g], q)
		for _, w := range []group{{g.site, g.call, anySize}, {g.site, anyCall, g.size}, {g.site, anyCall, anySize}} {
			mixed[w] = append(mixed[w], q)
		}
	}
	instead := map[group]int{}
	for q := s.begin; q < s.hi && q < s.n; q++ {
		if g := (group{s.site[q], s.call[q], s.size[q]}); dep[q] && s.standsFor(q) && (by[g] == nil || instead[g] > 0) {
			if by[g] == nil {
				order = append(order, g)
			}
			by[g] = append(by[g], q)
			instead[g]++
		}
	}
	for _, g := range slices.Clone(order) {
		// The executions of a loop over layers have several sizes.
		differ := func(l []int, of []int) bool {
			return slices.ContainsFunc(l, func(q int) bool { return of[q] != of[l[0]] })
		}
		add := func(g group, l []int, differs bool) {
			if by[g] == nil && differs {
				by[g] = l
				order = append(order, g)
			}
		}
		size := g.size
		g.size = anySize
		add(g, mixed[g], differ(mixed[g], s.size))
		// Those of a function that several lines call, with parameters they share.
		g.call = anyCall
		l := mixed[group{g.site, anyCall, size}]
		add(group{g.site, anyCall, size}, l, differ(l, s.call))
		add(g, mixed[g], differ(mixed[g], s.call) && differ(mixed[g], s.size))
	}
	tier, turning := map[group][2]int{}, map[group]bool{}
	for _, g := range order {
		wrong, right, tainted := -1, -1, false
		for _, q := range by[g] {
			tainted = tainted || t.tainted[q]
			turning[g] = turning[g] || s.turns(q, t)
			switch {
			case s.addedTo(q, t) && !t.uneven[s.site[q]], t.inside[q]:
			case t.uneven[s.site[q]], s.turns(q, t), len(t.m.of(q)) == 0, t.own[q] && len(t.m.whole[q]) > 0, t.shadow[q] && !t.passed[q], s.incomplete(q, t):
				if wrong < 0 {
					wrong = q
				}
			case !t.served[q] && !t.passed[q]:
				if right < 0 {
					right = q
				}
			}
		}
		switch {
		case wrong >= 0 && (tainted || len(t.tainted) == 0), right >= 0 && tainted:
			if wrong < 0 || right >= 0 && right < wrong {
				wrong = right
			}
			tier[g] = [2]int{0, wrong}
		case wrong >= 0:
			tier[g] = [2]int{1, wrong}
		default:
			tier[g] = [2]int{2, by[g][0]}
		}
	}
	slices.SortStableFunc(order, func(a, b group) int {
		return cmp.Or(tier[a][0]-tier[b][0], b2i(turning[b])-b2i(turning[a]), tier[a][1]-tier[b][1])
	})
	return by, order, func(g group) (int, int) { return tier[g][0], tier[g][1] }
}

// breaks reports that a value is not finite though all that its statement reads is.
func (s *step) breaks(q int) bool {
	v := s.value(q)
	return v != nil && !finite(v) && !slices.ContainsFunc(s.in[q], func(u int) bool {
		w := s.value(u)
		return w != nil && !finite(w) && !(s.sameStatement(u, q) && s.breaks(u))
	})
}

// standsFor reports that a value which no derivative enters is used where one
// might be meant: one of data alone that is made in the step, or one of the
// forward pass that is returned or renamed, and that the backward pass reads.
func (s *step) standsFor(q int) bool {
	if s.isBack[q] || s.isCur[q] || s.isNew[q] || !s.update[q] || s.size[q] < 2 || made(s.op[q]) || s.allZone[q] || s.site[q] < 0 {
		return false
	}
	if s.lossOf[q] && s.handedBack(q) < 0 {
		return false
	}
	if s.forward[q] && !s.lossOf[q] && !(s.alias[q] && (s.lossOf[s.in[q][0]] || s.alias[s.in[q][0]])) {
		return false
	}
	v := s.value(q)
	return v != nil && finite(v) && slices.ContainsFunc(s.cons[q], func(c int) bool { return s.isBack[c] || s.update[c] && !s.lossOf[c] })
}

// handedBack is the statement that returns a value of the forward pass which
// another statement made, -1 where there is none.
func (s *step) handedBack(q int) int {
	for _, k := range s.kept {
		if k.node == q && k.kind == "return" && k.site >= 0 && s.lineOfSite(k.site) != s.line(q).line {
			return k.site
		}
	}
	return -1
}

// idle follows a value through mere names to a statement that gives it the name
// it has, `d = d`; -1 where there is none.
func (s *step) idle(q int) int {
	for range 5 {
		next := -1
		for _, c := range s.cons[q] {
			if !s.alias[c] || !s.update[c] || s.g.Site(c) == nil {
				continue
			}
			if next = c; s.g.Site(c).Target == s.operandCode(c, 0) {
				return c
			}
		}
		if next < 0 {
			return -1
		}
		q = next
	}
	return -1
}

// addedTo reports that a value is a share of a derivative and that its only
// consumer adds another value to it: it is right, and what is added may not be,
// unless that is known to be.
func (s *step) addedTo(q int, t *situation) bool {
	if len(t.m.whole[q]) > 0 || len(t.m.part[q]) == 0 {
		return false
	}
	n := 0
	for _, c := range s.cons[q] {
		if !s.update[c] {
			continue
		}
		if n++; n > 1 || s.op[c] != "add" && s.op[c] != "sub" || s.size[c] != s.size[q] {
			return false
		}
		for _, o := range s.in[c] {
			if o != q && (made(s.op[o]) || !s.forward[o] || t.m.times(o, t.m.c(q)) && s.lacking(c, t)) {
				return false
			}
		}
	}
	return n == 1
}

// incomplete reports that a value is a share of a derivative and that nothing
// is added to it.
func (s *step) incomplete(q int, t *situation) bool {
	if len(t.m.whole[q]) > 0 || len(t.m.part[q]) == 0 {
		return false
	}
	seen, todo := map[int]bool{q: true}, []int{q}
	for len(todo) > 0 {
		x := todo[0]
		todo = todo[1:]
		for _, c := range s.cons[x] {
			if !s.update[c] || seen[c] || slices.ContainsFunc(s.live, func(p int) bool { return s.inRegion[p][c] }) {
				continue
			}
			seen[c] = true
			switch s.op[c] {
			case "add", "sub", "add_at", "setitem", "concatenate":
				if !s.intoGradient(c) && !s.unmatchedSum(c, t) {
					return false
				}
			case "gather", "copy", "neg", "sum", "mul", "div":
				todo = append(todo, c)
			}
		}
	}
	return true
}

// unmatchedSum reports that two derivatives, whole ones or shares, are added to
// what is none, though they have one factor: one of them lacks something.
func (s *step) unmatchedSum(c int, t *situation) bool {
	return (s.op[c] == "add" || s.op[c] == "sub") && s.lacking(c, t) && len(s.in[c]) == 2 && t.m.times(s.in[c][1], t.m.c(s.in[c][0]))
}

// lacking reports that a value is no derivative, nor a share of one to which the
// rest is added.
func (s *step) lacking(q int, t *situation) bool {
	return len(t.m.of(q)) == 0 || s.incomplete(q, t)
}

// intoGradient reports that a sum is written into a part of a parameter's
// gradient, which adds up what all uses of the parameter hand back: it makes no
// share of a value whole.
func (s *step) intoGradient(c int) bool {
	return s.op[c] == "add" && slices.ContainsFunc(s.cons[c], func(w int) bool {
		return s.op[w] == "setitem" && slices.ContainsFunc(s.live, func(p int) bool { return s.inRegion[p][w] })
	})
}

// squares reports that a value of an update is the square of another, times numbers
// perhaps: a second moment's share, which is no derivative.
func (s *step) squares(q int) bool {
	for s.op[q] == "mul" && s.size[s.in[q][0]] == 1 && s.size[q] > 1 {
		q = s.in[q][1]
	}
	in := s.in[q]
	square := s.op[q] == "square" || s.op[q] == "pow" && s.size[in[1]] == 1 && s.scalar(in[1]) == 2 || s.op[q] == "mul" && in[0] == in[1]
	return square && slices.ContainsFunc(s.live, func(p int) bool { return s.inRegion[p][in[0]] })
}
