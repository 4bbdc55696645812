package program

import (
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// shareOf is the share of an intervention's derivative that is a difference of
// its value, nil where none is.
func (s *step) shareOf(f *intervention, d, want *array, tol float64) *target {
	tol *= max(1, want.MaxAbs()/d.MaxAbs())
	for i := range s.targets {
		t := &s.targets[i]
		if t.kind == share && t.about == f.about && s.size[t.about] == len(d.Data) && near(graph.Of(s.derivative(t).v.Data, d.Shape...).Scaled(f.c), d, tol) {
			return t
		}
	}
	return nil
}

// afterTerm tells of a share that is left out where it could be added: once the
// derivative that it is made of is there.
func (s *step) afterTerm(f *intervention) {
	unread := s.unreadAfter(f.node)
	d := layout(f.want, f.was.Shape)
	if f.edit != nil && f.edit.class < 2.9 && len(unread) == 0 || d == nil || len(d.Data) < 2 {
		return
	}
	t := s.shareOf(f, plus(d, -1, f.was), d, s.tolerance())
	if t == nil {
		return
	}
	for _, u := range unread {
		if key := s.passedOn(u, t.user, f.c); key >= 0 {
			f.edit = &edit{kind: termMissing, class: 0.5, node: f.node, from: -1, to: -1, slot: -1,
				text: message.New("`%s` (%s), the derivative by `%s`, is read nowhere: its share is missing", s.nameOf(u), s.where(u), s.nameOf(key))}
			if next := s.readAfter(f.node, u); next >= 0 && s.frame(next) == s.frame(f.node) {
				f.place = at(next)
			}
			return
		}
	}
	if f.edit != nil && f.edit.class < 2.9 {
		return
	}
	k := slices.IndexFunc(s.back, func(q int) bool {
		return slices.ContainsFunc(f.m.whole[q], func(m match) bool { return m.key == t.user })
	})
	if k < 0 || s.source(s.back[k]) < f.node {
		return
	}
	if next := s.readAfter(f.node, s.back[k]); next >= 0 && s.frame(next) == s.frame(f.node) {
		f.place = at(next)
	}
}

// readAfter is the first value after another that a value, or what becomes of it, goes
// into; -1 where there is none.
func (s *step) readAfter(q, other int) int {
	for range 4 {
		next := -1
		for _, c := range s.cons[q] {
			if s.isBack[c] && (next < 0 || c > other && next < other) {
				next = c
			}
		}
		switch {
		case next > other:
			return next
		case next < 0 || s.size[next] != s.size[q]:
			return -1
		}
		q = next
	}
	return -1
}

// unreadAfter are the arrays that lines after a value, in the same function, make and
// that nothing reads.
func (s *step) unreadAfter(node int) (out []int) {
	for q := node + 1; q < s.hi && q < s.n; q++ {
		if len(s.cons[q]) == 0 && s.size[q] > 1 && s.float[q] && !made(s.op[q]) && !s.isNew[q] && s.frame(q) == s.frame(node) && !s.keptAway(q) {
			out = append(out, q)
		}
	}
	return out
}

// passedOn is the forward value, made of another, by which q is c times the derivative;
// -1 where there is none.
func (s *step) passedOn(q, other int, c float64) int {
	v := s.value(q)
	for i := range s.targets {
		t := &s.targets[i]
		if v == nil || t.kind != whole || s.size[t.about] != s.size[q] || t.about <= other || !s.before([]int{t.about}, nil)[other] {
			continue
		}
		if near(v, graph.Of(s.derivative(t).v.Data, v.Shape...).Scaled(c), s.tolerance()) {
			return t.about
		}
	}
	return -1
}

// keptAway reports that a value is returned, or kept in an array, a list or an object.
func (s *step) keptAway(q int) bool {
	return slices.ContainsFunc(s.kept, func(k keptAt) bool {
		return k.node >= 0 && s.root(k.node) == s.root(q) && k.kind != "print" && k.kind != "name"
	})
}

// forgotten is the share of a derivative that is left out where an intervention is
// told, written by the rule of the operation that it comes through.
func (s *step) forgotten(f *intervention) *edit {
	d := layout(f.want, f.was.Shape)
	if d == nil || len(d.Data) < 2 || f.place.line > 0 {
		return nil
	}
	t := s.shareOf(f, plus(d, -1, f.was), d, s.tolerance())
	if t == nil || len(s.in[t.user]) > 2 {
		return nil
	}
	at := f.place.node
	named := func(q int) string {
		site := s.g.Site(at)
		names := s.texts(q, site, func(o *graph.Site) bool { return o.File == site.File && o.Func == site.Func })
		if len(names) == 0 {
			return ""
		}
		return names[0]
	}
	for i := len(s.back) - 1; i >= 0; i-- {
		q := s.back[i]
		if q >= at || s.frame(q) != s.frame(at) || !slices.ContainsFunc(f.m.whole[q], func(m match) bool { return m.key == t.user && alike(m.c, f.c, 1e-6) }) {
			continue
		}
		name, other := named(q), ""
		if t := s.g.Site(q).Target; !isReference(name) && isReference(t) && t != "return" {
			name = t
		}
		if !isReference(name) {
			continue
		}
		x, y := s.value(q), (*array)(nil)
		if len(s.in[t.user]) == 2 {
			o := s.in[t.user][1-t.slot]
			if y = s.value(o); y != nil {
				other = factorText(named(o))
			}
		}
		var r *array
		code := name
		switch op := s.op[t.user]; {
		case op == "add" || op == "sub" && t.slot == 0:
			r = x
		case op == "sub":
			r, code = x.Scaled(-1), "-"+name
		case other == "" || y == nil:
		case op == "mul":
			r, code = s.apply("mul", nil, y, x), other+" * "+name
		case op == "div" && t.slot == 0:
			r, code = s.apply("div", nil, x, y), name+" / "+other
		case (op == "matmul" || op == "dot") && len(x.Shape) == 2 && len(y.Shape) == 2 && t.slot == 0:
			r, code = s.apply("matmul", nil, x, y.Transposed()), name+" @ "+transposed(other)
		case (op == "matmul" || op == "dot") && len(x.Shape) == 2 && len(y.Shape) == 2:
			r, code = s.apply("matmul", nil, y.Transposed(), x), transposed(other)+" @ "+name
		}
		if r != nil && slices.Equal(squeezed(r.Shape), squeezed(d.Shape)) && near(r, graph.Of(s.derivative(t).v.Data, r.Shape...).Scaled(f.c), s.tolerance()) {
			return &edit{kind: termMissing, class: 3, node: at, text: message.New("the term `%s` is missing", message.Plain(code)), from: -1, to: -1, slot: -1}
		}
	}
	return nil
}
