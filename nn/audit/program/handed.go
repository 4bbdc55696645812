package program

import (
	"slices"
	"strings"

	"glassbox/nn/message"
)

// Lines that make nothing, but hand a value on, keep it or return it, and what is left out
// or kept wrongly there.

// atIdle tells what is left out where a statement gives a value the name it has.
func (s *step) atIdle(f *intervention) {
	if f.edit != nil && f.edit.class < 2.9 {
		return
	}
	if k := s.handedBack(f.node); k >= 0 && s.lossOf[f.node] {
		f.place = place{node: f.node, file: s.file(k), line: s.lineOfSite(k)}
		return
	}
	if l := s.callsTo(f.node); s.isBack[f.node] && s.g.Site(f.node).Target == "return" && f.edit == nil && !slices.Contains(s.paramsOf(f.node), "self") && s.afterDerivatives(f) && len(l) > 0 && l[0].File >= 0 && !s.fromTruth(f.node, f.m) {
		f.place = place{node: f.node, file: l[0].File, line: l[0].Line} // a function that no derivative enters
		return
	}
	q := s.idle(f.node)
	for _, u := range s.in[f.node] {
		if t := s.g.Site(u); q < 0 && f.edit == nil && s.alias[u] && t != nil && t.Target == s.operandCode(u, 0) {
			f.place = at(u)
			return
		}
	}
	if q >= 0 {
		f.place, f.part = at(q), q
	}
}

// handedTo tells what a derivative lacks that one function returns and another is given at
// the line that hands it on: a function in between is left out there.
func (s *step) handedTo(f *intervention) {
	lacks := f.edit == nil || f.constant() || f.edit.class >= 3 && (f.edit.kind == factorMissing || f.edit.kind == otherMask)
	right := alike(f.m.c(f.node), f.c, 1e-6) || f.constant() && alike(s.jump(f.node, f.m), 1, 1e-6)
	if !lacks || !right || len(f.m.whole[f.node]) == 0 {
		return
	}
	if q := s.passedThrough(f.node); q >= 0 {
		f.place = at(q)
		return
	}
	l := s.line(f.node)
	if !strings.HasPrefix(strings.TrimSpace(s.view.source(l.file, l.line)), "return ") {
		return
	}
	from := s.callsTo(f.node)
	for _, c := range s.cons[f.node] {
		to := s.callsTo(c)
		if s.isBack[c] && len(from) > 0 && len(to) == len(from) && slices.Equal(to[1:], from[1:]) && to[0].File == from[0].File && to[0].Line != from[0].Line {
			f.place = place{node: f.node, file: to[0].File, line: to[0].Line}
			return
		}
		// What a layer hands back whole is multiplied by masks and the like by its caller.
		if whole := contractions[s.op[s.root(f.node)]]; whole && s.isBack[c] && (s.op[c] == "mul" || s.op[c] == "div") && len(from) > 0 && slices.Equal(to, from[1:]) && s.size[c] == s.size[f.node] && f.edit != nil {
			f.place = at(c)
			return
		}
	}
}

// passedThrough is where a function that is given a derivative returns a copy of it as it
// came: that return, or a value that it hands on; -1 where none does.
func (s *step) passedThrough(q int) int {
	if s.returnsCopy(q) {
		return q
	}
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[0]
		todo = todo[1:]
		for _, c := range s.cons[x] {
			if seen[c] || !s.isBack[c] || !s.alias[c] && s.op[c] != "copy" || s.size[c] != s.size[q] {
				continue
			}
			seen[c], todo = true, append(todo, c)
			if s.frame(c) != s.frame(q) && s.returnsCopy(c) {
				return c
			}
		}
	}
	return -1
}

// returnsCopy reports that a function returns here a copy that it makes of what it is given.
func (s *step) returnsCopy(c int) bool {
	if t := s.g.Site(c); t == nil || t.Target != "return" {
		return false
	}
	for x := c; s.frame(x) == s.frame(c) && len(s.in[x]) == 1; x = s.in[x][0] {
		if s.op[x] == "copy" && !s.alias[x] {
			return true
		}
		if !s.alias[x] {
			return false
		}
	}
	return false
}

// stored tells of a value that is no derivative, and that a statement keeps among
// the gradients, at that statement.
func (s *step) stored(f *intervention) {
	if f.edit != nil && f.edit.class < 3 || f.part < 0 || s.op[f.part] != "add" {
		return
	}
	for _, u := range s.in[f.part] {
		if s.size[u] != s.size[f.part] || !s.forward[u] || made(s.op[u]) || s.isCur[u] || s.fromTruth(u, f.m) {
			continue
		}
		for i := len(s.kept) - 1; i >= 0; i-- {
			k := s.kept[i]
			if k.site < 0 || k.node < 0 || k.kind != "store" && k.kind != "append" || s.root(k.node) != s.root(u) {
				continue
			}
			if l := s.lineOfSite(k.site); l != s.line(u).line && l != s.line(f.part).line {
				f.place = place{node: u, file: s.file(k.site), line: l}
				return
			}
		}
	}
}

// inBody tells a change of a function's body there, and not at one of its calls,
// where several calls need it.
func (s *step) inBody(f *intervention) {
	if f.edit == nil || f.edit.body.IsZero() {
		return
	}
	for _, p := range f.pairs {
		if s.call[p.node] != s.call[f.node] && !near(s.value(p.node), f.truth(p), s.prec.rel) {
			f.edit.text, f.place = f.edit.body, at(f.edit.node)
			return
		}
	}
}

// afterDerivatives reports that derivatives by what is made of the forward value
// at hand are there before: it is not the first.
func (s *step) afterDerivatives(f *intervention) bool {
	return slices.ContainsFunc(s.back, func(q int) bool {
		l := f.m.whole[q]
		return q < f.node && s.call[q] != s.call[f.node] && len(l) > 0 && l[0].key > f.about
	})
}

// onlyShare finds, where a parameter that several executions of one expression
// use is stepped by one execution's share of its derivative, the statement that
// keeps that share in the place of the sum.
func (s *step) onlyShare(f *intervention, q int) bool {
	top, scaled := q, true // scaled: nothing but a multiple of q, so far
	for range 6 {
		list := f.m.part[q]
		if v := s.value(q); scaled && len(list) == 0 && v != nil {
			list = s.shareIndex.find(v) // the derivative by another value as well
		}
		for _, x := range list {
			t := &s.targets[x.key]
			if t.kind != share || !s.isCur[t.about] || t.about != f.about {
				continue
			}
			same := 0
			for _, u := range s.cons[t.about] {
				same += b2i(s.lossOf[u] && s.site[u] == s.site[t.user])
			}
			if same < 2 {
				continue
			}
			only := &edit{kind: overwritten, class: 2, node: q, text: message.New("it should be added to what is there (`+=`): only the last of %d shares is kept", same), from: -1, to: -1, slot: -1}
			for i := len(s.kept) - 1; i >= 0; i-- {
				k := s.kept[i]
				if k.node < 0 || s.root(k.node) != s.root(q) || k.kind == "return" || k.kind == "print" || k.site < 0 || s.lineOfSite(k.site) == s.line(q).line {
					continue
				}
				f.place, f.edit = place{node: q, file: s.file(k.site), line: s.lineOfSite(k.site)}, only
				return true
			}
			if len(f.m.whole[q]) > 0 && q != top {
				f.place, f.edit = at(top), only // kept in a list, and read there
				return true
			}
		}
		next := -1
		for _, u := range s.in[q] {
			if s.isBack[u] && s.size[u] == s.size[q] {
				next = u
			}
		}
		if next < 0 || !updateOps[s.op[q]] {
			return false
		}
		scaled = scaled && (s.scaling(q) || s.alias[q] || s.op[q] == "copy")
		q = next
	}
	return false
}
