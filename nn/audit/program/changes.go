package program

import (
	"slices"

	"glassbox/nn/message"
)

// A kind is what a change of an expression amounts to.
type kind int

const (
	oneChange kind = iota
	otherSign      // of an operand, or of a difference
	itsSign        // of the whole
	exchanged
	transposition
	otherMask
	maskTurned
	overwritten // where it should be added up
	addedUp     // where it should be written
	termMissing
	termTooMany
	factorMissing
	divisionMissing
	factorTooMany
	functionMissing
	rowsReversed
	functionTooMany
	lineTooMany
	notDivided // but multiplied, or the other way round
	meanOrSum
	otherAxis
	otherExponent
	otherNumber
	otherOperand
)

// relations are what a finding says of a change of each kind.
var relations = map[kind]relation{
	otherSign:       {name: "the sign", words: message.New("a sign is the other way round")},
	itsSign:         {name: "the sign", words: message.New("a sign is the other way round")},
	exchanged:       {name: "operands exchanged", words: message.New("the operands are exchanged")},
	transposition:   {name: "transposed", words: message.New("a transposition is missing or too many")},
	otherMask:       {name: "another mask", words: message.New("the mask is another")},
	maskTurned:      {name: "another mask", words: message.New("the mask is another")},
	overwritten:     {name: "written, not added", words: message.New("it is written over where it should be added up")},
	addedUp:         {name: "added, not written", words: message.New("it is added up where it should be written")},
	termMissing:     {name: "a term missing", words: message.New("a term is missing")},
	termTooMany:     {name: "a term too many", words: message.New("a term is too many")},
	factorMissing:   {name: "a factor missing", words: message.New("a factor is missing")},
	divisionMissing: {name: "a factor missing", words: message.New("a division is missing")},
	factorTooMany:   {name: "a factor too many", words: message.New("a factor is too many")},
	functionMissing: {name: "a function missing", words: message.New("a function or an exponent is missing")},
	rowsReversed:    {name: "a function missing", words: message.New("a function or an exponent is missing")},
	functionTooMany: {name: "a function too many", words: message.New("a function is applied that should not be")},
	lineTooMany:     {name: "a function too many", words: message.New("a function is applied that should not be")},
	notDivided:      {name: "multiplied, not divided", words: message.New("it is multiplied where it should be divided, or the other way round")},
	meanOrSum:       {name: "mean or sum", words: message.New("a sum where a mean belongs, or the other way round")},
	otherAxis:       {name: "another axis", words: message.New("a sum or a mean is taken over another axis than it should be")},
	otherExponent:   {name: "another exponent", words: message.New("the exponent is another")},
	otherNumber:     {name: "one change"},
	oneChange:       {name: "one change"},
	otherOperand:    {name: "another operand"},
}

// changed is the kind of a mistake as the change of the expression that mends
// it shows it.
func (c *compared) changed() relation {
	x, s := c.f.edit, c.s
	switch {
	case x == nil:
		return relation{}
	case x.from >= 0 && x.to >= 0:
		return c.operand(x)
	case s.inplace[x.node] && len(s.in[x.node]) > 0 && s.lossOf[s.in[x.node][0]]:
		return relation{name: "changed in place", words: message.New("an array is changed in place that is still needed")}
	}
	return relations[x.kind]
}

// operand: which value is read, and which is meant.
func (c *compared) operand(x *edit) relation {
	s := c.s
	read, meant := s.source(x.from), s.source(x.to)
	versions := s.obj[read] >= 0 && s.obj[read] == s.obj[meant]
	begun := 0 // where the step before ends
	for _, p := range s.live {
		begun = max(begun, s.cur[p])
		if s.cur[p] != meant {
			continue
		}
		switch {
		case s.updatedEarly(x) == p:
			return relation{name: "updated before use", words: message.New("the parameter `%s` is updated before it is used here", c.names[p])}
		case s.isBack[read] && slices.Equal(s.shapes[read], s.shapes[meant]):
			return relation{name: "another operand", words: message.New("the gradient of a parameter is used where the parameter `%s` is meant", c.names[p])}
		}
	}
	if v, w := s.value(x.from), s.value(x.to); v != nil && w != nil && slices.Equal(v.Shape, w.Shape) {
		if k := factor(v, w, c.tol); k > 0 && !alike(k, 1, 1e-6) {
			return relation{name: "a constant", words: message.New("a constant: %s", c.known(k))}
		}
	}
	same := s.site[read] == s.site[meant]
	switch {
	case read < begun && s.k > 0 && (same || versions) && !s.isCur[read]:
		return relation{name: "an earlier step's value", words: message.New("a value of an earlier step is read")}
	case versions:
		return relation{name: "changed in place", words: message.New("an array is changed in place that is still needed")}
	case s.inPass(x.to) && (s.otherCall(x.from, x.to) || s.otherCall(s.root(x.from), s.root(x.to))):
		r := relation{name: "another pass's value", words: message.New("the value of another call is read: of another pass, or of another layer")}
		if p, ok := s.parted(x.from, x.to); ok && !s.inPass(x.from) && s.lastKept(x.from) >= 0 && s.lastKept(x.from) == s.lastKept(x.to) {
			r.place = p
			r.words = message.New("what the pass at line %d has left behind is read, not the values of the pass that is differentiated", p.line)
		}
		return r
	case s.size[read] != s.size[meant]:
	case s.isBack[read] && s.comesFrom(read, meant):
		return relation{name: "a factor too many", words: message.New("something is applied that is too many")}
	case s.lossOf[read] && s.comesFrom(read, meant):
		return relation{name: "another operand", words: message.New("the result of a function is used where what goes into it is meant")}
	case s.lossOf[meant] && s.comesFrom(meant, read):
		return relation{name: "another operand", words: message.New("what goes into a function is used where its result is meant")}
	}
	return relation{name: "another operand"}
}

// updatedEarly is the parameter of which an edit has the value before the update in
// the place of that after it, -1 where it has none.
func (s *step) updatedEarly(x *edit) int {
	if x == nil || x.from < 0 || x.to < 0 {
		return -1
	}
	read, meant := s.source(x.from), s.source(x.to)
	for _, p := range s.live {
		if s.cur[p] == meant && (s.new[p] == read || s.source(s.new[p]) == read) {
			return p
		}
	}
	return -1
}

// otherCall reports that two values are of one expression, evaluated in two
// calls of its function.
func (s *step) otherCall(a, b int) bool { return s.site[a] == s.site[b] && s.call[a] != s.call[b] }

// lastKept is the place of the program that kept a value last before it was read;
// -1 where none did. Two passes that keep theirs at one place keep them under one
// name.
func (s *step) lastKept(q int) int {
	site := -1
	for _, k := range s.kept {
		if k.node >= 0 && s.root(k.node) == s.root(q) && k.kind != "return" && k.kind != "print" && k.site >= 0 {
			site = k.site
		}
	}
	return site
}

// inPass reports that a value, or what it is another name of, goes into the loss.
func (s *step) inPass(q int) bool {
	return s.lossOf[q] || slices.ContainsFunc(s.readers(q), func(c int) bool { return s.lossOf[c] })
}

// parted is the line that called for value a where the calls of a and b part:
// the outermost line that only a has.
func (s *step) parted(a, b int) (place, bool) {
	x, y := s.callsTo(a), s.callsTo(b)
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) == 0 || x[len(x)-1].File < 0 {
		return place{}, false
	}
	for q, in := range s.lossOf { // a line that serves the loss as well is no pass of its own
		if in && slices.Contains(s.callsTo(q), x[len(x)-1]) && q >= s.begin {
			return place{}, false
		}
	}
	return place{node: a, file: x[len(x)-1].File, line: x[len(x)-1].Line}, true
}

// source is the value that q is merely a copy, a transposition or another shape
// of.
func (s *step) source(q int) int {
	for (s.alias[q] && len(s.in[q]) == 1 || s.op[q] == "copy" || s.op[q] == "gather" && len(s.in[q]) == 1 && s.size[s.in[q][0]] == s.size[q]) && !s.isCur[q] && !s.isNew[q] && !s.inplace[q] {
		q = s.in[q][0]
	}
	return q
}

// comesFrom reports that q is made of u within a few operations on elements.
func (s *step) comesFrom(q, u int) bool {
	seen, todo := map[int]bool{}, []int{q}
	for n := 0; len(todo) > 0 && n < 60; n++ {
		x := todo[0]
		todo = todo[1:]
		if s.source(x) == u {
			return s.source(q) != u
		}
		for _, i := range s.in[x] {
			if !seen[i] && s.size[i] == s.size[q] {
				seen[i] = true
				todo = append(todo, i)
			}
		}
	}
	return false
}

// oddText says that the gradients of some parameters have another factor than
// those of the others, and where it can be told what the factor is.
func (j *judge) oddText(s *step, at int, what message.Text, ratio float64) message.Text {
	text := message.New("the gradient of %s is %s times the derivative, if those of the other parameters are right", what, number(ratio))
	rows, _ := s.lengths()
	adds := slices.ContainsFunc(append(slices.Clone(s.cons[at]), at), func(u int) bool {
		return s.op[u] == "add" && slices.ContainsFunc(s.in[u], func(o int) bool { return o < s.begin && !s.isCur[o] && s.site[s.source(o)] == s.site[u] })
	})
	switch n := float64(rows); {
	case adds:
		return message.New("the value of the step before is still in it: it is added up and never set to zero")
	case s.op[at] == "mean" && alike(ratio*n, 1, 1e-6):
		return message.New("it is averaged over the %d rows of the batch where the others are summed: %s", rows, text)
	case s.op[at] == "sum" && alike(ratio, n, 1e-6):
		return message.New("it is summed over the %d rows of the batch where the others are averaged: %s", rows, text)
	}
	return message.New("a constant: %s; %s", s.known(ratio, j.names), text)
}
