package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// worst is the earliest pair of an intervention that is off by as much as any.
func (s *step) worst(f *intervention) pair {
	off := func(p pair) float64 {
		d := 0.0
		v := s.value(p.node)
		for i, x := range p.value.Data {
			d = max(d, math.Abs(v.Data[i]-f.c*x))
		}
		return d
	}
	top := 0.0
	for _, p := range f.pairs {
		top = max(top, off(p))
	}
	best := pair{node: -1}
	for _, p := range f.pairs {
		if off(p) >= 10*s.tolerance()*top && (best.node < 0 || p.node < best.node) {
			best = p
		}
	}
	return best
}

// blame says where inside the expression of an intervention's value the fault
// lies: the one change that makes it right, else by undoing operation after
// operation the operand that is off.
func (s *step) blame(f *intervention) {
	if f.blamed {
		return
	}
	f.blamed = true
	defer func() {
		s.inBody(f)
		s.afterTerm(f)
		s.stored(f)
		s.atIdle(f)
		s.handedTo(f)
	}()
	f.blunt = f.c
	var plain *edit // with the factor that was put in
	var whole *expression
	if f.sharpen(s); f.c != f.blunt {
		// With the factor that most agree on a part of it may be right by another.
		sharp := f.c
		f.c = f.blunt
		if w := s.worst(f); w.node >= 0 {
			whole = s.express(w.node, f.truth(w), s.targets[w.target].about, f.c, f.m, false, 20_000_000)
			if plain = whole.search(); plain != nil && plain.class < 2 {
				f.take(whole, plain)
				return
			}
		}
		f.c = sharp
	}
	w := s.worst(f)
	if w.node < 0 {
		w = f.pairs[0]
	}
	f.node, f.about = w.node, s.targets[w.target].about
	truth := f.truth(w)
	f.was, f.want = s.value(w.node), truth
	f.part, f.partWant = w.node, truth
	if s.onlyShare(f, w.node) {
		return
	}
	for _, wide := range []bool{false, true} {
		e := s.express(w.node, truth, f.about, f.c, f.m, wide, 60_000_000)
		x := e.search()
		if plain != nil && plain.class <= 3 && (x == nil || x.class > plain.class) {
			f.take(whole, plain)
			return
		}
		if x != nil && (x.class < 3.5 || wide) || x != nil && f.edit == nil {
			f.edit, f.place = x, e.placeOf(x)
			if x.class < 3.5 {
				return
			}
		}
	}
	node, want, why := s.descend(f, w, truth)
	// Of a statement of several lines that which lacks something is known.
	known := f.edit != nil && f.edit.to >= 0 && node.line == 0 && s.sameStatement(f.edit.node, node.node) && s.line(f.edit.node) != s.line(node.node)
	if f.edit == nil || f.edit.class > 3.6 && !known && (node.line > 0 || node.node != w.node) {
		f.place = node
		if node.line == 0 {
			f.part, f.partWant = node.node, want
		}
	}
	f.why = why
}

// take tells of an intervention by a change of an expression, with the factor that was
// put in.
func (f *intervention) take(e *expression, x *edit) {
	f.c, f.node, f.about, f.was, f.want = f.blunt, e.top, e.about, e.value(e.top), e.want
	f.part, f.partWant, f.edit, f.place = e.top, e.want, x, e.placeOf(x)
}

// sharpen takes the factor that most elements of the values agree on already:
// then the rest is what is wrong, a mask or some rows.
func (f *intervention) sharpen(s *step) {
	if f.mended < f.of {
		return
	}
	var q, x []float64
	tol := s.tolerance()
	for _, p := range f.pairs {
		q = append(q, s.value(p.node).Data...)
		x = append(x, p.value.Data...)
	}
	var ratios []float64
	top := 0.0
	for i := range x {
		top = max(top, math.Abs(q[i]))
		if x[i] != 0 {
			ratios = append(ratios, q[i]/x[i])
		}
	}
	if len(ratios) == 0 {
		return
	}
	sorted := slices.Clone(ratios)
	slices.Sort(sorted)
	cands := []float64{sorted[len(sorted)/2]}
	for _, p := range f.pairs {
		cands = append(cands, s.factorsAbove(p.node, f.m)...)
	}
	for _, c := range cands {
		if c == 0 || math.IsNaN(c) || math.IsInf(c, 0) {
			continue
		}
		n, all, masked := 0, true, true
		for _, r := range ratios {
			if alike(r, c, tol) {
				n++
			}
		}
		for i := range x {
			off := math.Abs(q[i]-c*x[i]) > tol*top
			all, masked = all && !off, masked && (!off || x[i] == 0)
		}
		if n > 1 && float64(n) > 0.3*float64(len(ratios)) && !all && !f.follows(s, c) { // one is always alike itself
			for q, v := range f.put {
				if masked { // what is off is what should be zero
					f.put[q] = v.Scaled(c / f.c)
				}
			}
			f.c = c
			return
		}
	}
}

// follows reports that a value is c times the true one and that another, which is not,
// is made of it: the factor is what is wrong, and the other follows from that.
func (f *intervention) follows(s *step, c float64) bool {
	is := func(p pair) bool { return near(s.value(p.node), p.value.Scaled(c), s.tolerance()) }
	for _, p := range f.pairs {
		if is(p) {
			continue
		}
		made := s.before([]int{p.node}, nil)
		if slices.ContainsFunc(f.pairs, func(o pair) bool { return o.node != p.node && made[o.node] && is(o) }) {
			return true
		}
	}
	return false
}

// fromTruth reports that a value is made of derivatives.
func (s *step) fromTruth(q int, m *matches) bool {
	found := len(m.whole[q]) > 0
	s.grown(map[int]bool{}, []int{q}, func(u int) bool {
		if found || !s.forward[u] || s.lossOf[u] {
			return false
		}
		found = len(m.whole[u]) > 0
		return true
	})
	return found
}

// copied reports that a value is one of the forward pass, or merely a copy or a
// part of one.
func (s *step) copied(q int) bool {
	for range 6 {
		if s.lossOf[q] || s.isCur[q] {
			return true
		}
		if s.op[q] != "copy" && s.op[q] != "gather" || len(s.in[q]) != 1 {
			return false
		}
		q = s.in[q][0]
	}
	return false
}

// descend goes from a value that is wrong to the operand that makes it so, as
// long as there is only one, and says what that should be.
func (s *step) descend(f *intervention, w pair, want *array) (place, *array, message.Text) {
	q, m := w.node, f.m
	if len(m.part[q]) > 0 && s.size[q] > 1 {
		// An incomplete sum: is what is missing at hand?
		d := plus(want, -1, s.value(q))
		tol := 1e-7 * d.MaxAbs()
		hand := false
		for _, u := range s.back {
			if u >= q || !s.float[u] || s.size[u] != s.size[q] {
				continue
			}
			if y := layout(s.value(u), d.Shape); y != nil && tol > 0 && plus(y, -1, d).MaxAbs() <= tol {
				hand = true
				break
			}
		}
		if hand {
			x := q
			for range 5 {
				var next []int
				for _, c := range s.cons[x] {
					if s.alias[c] && s.update[c] {
						next = append(next, c)
					}
				}
				if len(next) != 1 {
					break
				}
				x = next[0]
			}
			if x != q {
				return at(x), nil, message.New("a share of the derivative is left out")
			}
		}
	}
	if c := factor(s.value(q), want, 1e-9); c != 0 && s.size[q] > 1 && !alike(c, 1, 1e-6) {
		return at(s.factorAt(q, c, f)), nil, message.New("it is %s times what it should be", number(c))
	}
	for range 10 {
		type option struct {
			node int
			want *array
		}
		var options, over []option
		ins := s.in[q]
		if s.op[q] == "setitem" && len(ins) == 2 {
			j, r := s.underWrite(q, want)
			u := ins[j]
			if r == nil || j == 0 && !s.wroteRight(q, want) || len(r.Data) != s.size[u] || s.lossOf[u] || !s.forward[u] || len(m.whole[u]) > 0 || s.isCur[u] {
				break
			}
			q, want = u, r
			continue
		}
		for j, u := range ins {
			if made(s.op[u]) || !s.forward[u] && !s.update[u] || u < s.begin || s.isCur[u] || s.value(u) == nil || s.line(u) != s.line(q) && (s.inPass(u) || s.servesRight(u, q, m) || s.op[u] == "sub" && s.inLoss(u)) {
				continue
			}
			differs := func(r *array) bool { return !near(s.value(u), r, s.prec.rel) }
			if s.size[u] > 1 && s.size[u] < s.size[q] && !s.lossOf[u] && !m.times(u, f.c) {
				if r := s.inverse(q, j, want); r != nil && finite(r) && differs(r) {
					over = append(over, option{u, r})
					continue
				}
			}
			if c := m.c(u); c != 0 && s.size[u] > 1 {
				scalars := s.op[q] == "mul" || s.op[q] == "div"
				for _, o := range ins {
					scalars = scalars && (o == u || s.size[o] == 1 && !s.forward[o])
				}
				if scalars {
					if r := s.inverse(q, j, want); r != nil && finite(r) && differs(r) {
						if k := factor(r, s.value(u), 1e-9); k == 0 || alike(c*k, f.c, 1e-6) {
							options = append(options, option{u, r})
						}
					}
				}
				continue
			}
			if (s.op[u] == "copy" || s.op[u] == "gather") && s.copied(u) {
				continue
			}
			if r := s.inverse(q, j, want); r != nil && finite(r) && differs(r) {
				options = append(options, option{u, r})
			}
		}
		if len(over) > 0 {
			options = over
		}
		sure := false
		if k := slices.IndexFunc(options, func(o option) bool { return s.isDerivative(o.node, o.want, m, 3) }); k >= 0 {
			// What it should be is a derivative: it was meant to be that one.
			same := func(o option) bool { return o.node != options[k].node && s.isDerivative(o.node, o.want, m, 3) }
			if sure = !slices.ContainsFunc(options, same); sure {
				options = options[k : k+1]
			}
		}
		if len(options) > 1 && (s.op[q] == "mul" || s.op[q] == "div") {
			// Of two operands the one that carries no gradient is a local factor.
			var local []option
			for _, o := range options {
				if s.lossOf[o.node] || !s.fromTruth(o.node, m) {
					local = append(local, o)
				}
			}
			if len(local) == 1 {
				options = local
			}
		}
		if len(options) != 1 || s.lossOf[options[0].node] {
			break
		}
		u := options[0].node
		if !sure && s.line(u) != s.line(q) && (s.op[q] == "mul" || s.op[q] == "div") && len(over) == 0 {
			trusted := true
			for _, o := range ins {
				if o != u && !(m.c(o) != 0 || s.lossOf[o] || made(s.op[o])) {
					trusted = false
				}
			}
			if z, kind, _, _ := s.probabilities(u); z >= 0 && kind == sigmoid {
				trusted = false // it is what it is called, and what is made of it lacks something
			}
			if !trusted {
				break
			}
		}
		q, want = u, options[0].want
	}
	return at(q), want, message.Text{}
}

// servesRightOne reports that a parameter's gradient that is right is made of a
// value.
func (s *step) servesRightOne(u int) bool {
	makes := s.after([]int{u}, nil)
	return slices.ContainsFunc(s.live, func(p int) bool {
		return makes[s.new[p]] && !s.trivial[p] && len(s.rightOf(p, nil)) > 0
	})
}

// servesRight reports that a value of a line of its own is used, besides by q, for
// a derivative that is right.
func (s *step) servesRight(u, q int, m *matches) bool {
	seen, todo := map[int]bool{q: true}, []int{u}
	for len(todo) > 0 && len(seen) < 30 {
		x := todo[0]
		todo = todo[1:]
		for _, c := range s.cons[x] {
			if seen[c] || !s.isBack[c] {
				continue
			}
			seen[c] = true
			if s.size[c] > 1 && len(m.whole[c]) > 0 {
				return true
			}
			todo = append(todo, c)
		}
	}
	return false
}

// isDerivative reports that what a value should be is a derivative of the loss
// by some value of the forward pass, or one times values of the forward pass.
func (s *step) isDerivative(q int, want *array, m *matches, depth int) bool {
	if len(want.Data) > 1 && len(s.derivativeIndex().find(want)) > 0 {
		return true
	}
	if depth == 0 || s.op[q] != "mul" && s.op[q] != "div" || !s.isBack[q] {
		return false
	}
	for j, u := range s.in[q] {
		if s.size[u] == s.size[q] && s.isBack[u] && s.fromTruth(u, m) && s.value(u) != nil {
			if r := s.inverse(q, j, want); r != nil && finite(r) && s.isDerivative(u, r, m, depth-1) {
				return true
			}
		}
	}
	return false
}

// factorAt finds where a mere factor arises: up to where it first stands, else
// down to the next scalar.
func (s *step) factorAt(q int, c float64, f *intervention) int {
	m := f.m
	b := q
	mine := func(x int) float64 {
		if k := m.c(x); k != 0 {
			return k
		}
		return c * f.c
	}
	for range 12 {
		var up []int
		for _, u := range s.in[b] {
			if s.isBack[u] && s.size[u] > 1 && m.c(u) != 0 && !m.times(u, f.c) && m.times(u, mine(b)) && !s.servesRightOne(u) {
				up = append(up, u)
			}
		}
		if len(up) != 1 {
			break
		}
		b = up[0]
	}
	if b != q {
		return b
	}
	x := q
	for range 8 {
		var next []int
		for _, y := range s.cons[x] {
			if !s.update[y] || s.isNew[y] || s.size[y] != s.size[q] || s.allZone[y] {
				continue
			}
			switch s.op[y] {
			case "mul", "div", "neg", "gather", "copy":
			default:
				continue
			}
			if !slices.ContainsFunc(s.in[y], func(u int) bool { return u != x && s.size[u] != 1 }) {
				next = append(next, y)
			}
		}
		if len(next) != 1 {
			break
		}
		x = next[0]
		if s.op[x] == "mul" || s.op[x] == "div" {
			b = x
		}
	}
	return b
}
