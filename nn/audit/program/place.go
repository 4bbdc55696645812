package program

import (
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A place is where a finding is told: an expression of the program, or a line
// that merely calls it or hands a value on.
type place struct {
	node int // the expression
	file int // a line of its own where the expression's is not meant; line 0 otherwise
	line int
}

func at(node int) place { return place{node: node} }

// placeOf is the line that an edit is to be made in.
func (e *expression) placeOf(x *edit) place {
	switch {
	case x.flips > 0 && e.ownStatement(x.flips, x.node):
		return at(x.flips)
	case x.term:
		// Handed on under other names, it is missing where both are at hand.
		n, reader := x.node, func(n int) bool {
			own := e.callsTo(n)
			return e.frame(x.to) == e.frame(n) && e.alias[x.to] || slices.ContainsFunc(e.cons[x.to], func(c int) bool {
				if e.frame(c) != e.frame(n) { // or in a function that is given it there
					l := e.callsTo(c)
					return e.isBack[c] && len(own) > 0 && len(l) > len(own) && slices.Equal(l[len(l)-len(own):], own) && e.frame(x.to) != e.frame(n)
				}
				return !e.lossOf[c] || e.isBack[c]
			})
		}
		for range 6 {
			if reader(n) {
				break
			}
			next := -1
			for _, c := range e.cons[n] {
				if e.update[c] && (e.alias[c] || e.returned(n) && e.frame(c) != e.frame(n)) {
					next = c
				}
			}
			if next < 0 {
				break
			}
			if l := e.callsTo(n); e.frame(next) != e.frame(n) && !e.alias[next] && len(l) > 0 && l[0].Line < e.line(next).line && reader(next) {
				e.nameTerm(x, next) // the call's own line gives it a name
				if code := e.givenAs(x.to, next); code != "" {
					x.text = message.New("the term `%s` is missing", message.Plain(code))
				}
				return place{node: next, file: l[0].File, line: l[0].Line}
			}
			n = next
		}
		if n != x.node && reader(n) {
			for _, c := range e.cons[n] {
				if e.alias[c] && e.update[c] && e.frame(c) == e.frame(n) && e.returned(c) {
					n = c
				}
			}
			e.nameTerm(x, n)
			return at(n)
		}
	case x.class >= 3 && x.node == e.top && x.to >= 0 && x.slot < 0 && !x.alias:
		// What is left out of a value that is returned among others is left out where it was made.
		if t := e.g.Site(x.node); e.alias[x.node] && t != nil && t.Target == "" && e.frame(e.step.in[x.node][0]) == e.frame(x.node) {
			return at(e.step.in[x.node][0])
		}
		// What is left out of a value that merely gets another name is left out there.
		for _, c := range e.cons[x.node] {
			if t := e.g.Site(c); e.alias[c] && e.update[c] && t != nil && t.Target != "return" && t.Target != e.nameOf(x.node).String() {
				return at(c)
			}
		}
	case x.class < 1 && len(e.callsTo(x.node)) == len(e.callsTo(e.top))+1 && e.inForward(x.node):
		// The body of a function that the forward pass calls as well: it is not meant here.
		if l := e.callsTo(x.node); len(l) > 0 && l[0].File >= 0 {
			return place{node: x.node, file: l[0].File, line: l[0].Line}
		}
	case x.alias:
		// A variable that lacks something wherever it is read: where it got its name.
		if k := e.keptAs(x.from, e.site[x.node]); k >= 0 {
			return place{node: x.node, file: e.file(k), line: e.lineOfSite(k)}
		}
	case x.from >= 0 && x.to >= 0 && e.obj[x.from] >= 0 && e.obj[x.from] == e.obj[x.to] && e.firstWrite(x.from, x.to) >= 0:
		p, t := e.versionBlame(x.from, x.to, x.node)
		x.text, x.dated = t, false
		return p
	case x.from >= 0 && (x.class == 1 || x.class == 2):
		// An operand that is only handed on is the caller's.
		slot := x.slot
		if slot < 0 {
			slot = slices.Index(e.step.in[x.node], x.from)
		}
		text := e.operand(x.node, slot)
		if slices.Contains(e.paramsOf(x.node), text.String()) && !e.assigned(x.node, e.called(x.to, x.node).String()) && (x.to < 0 || e.frame(x.to) != e.frame(x.node) || e.isCur[x.to]) && !(x.class == 2 && e.readBeside(x.from, x.node)) && e.everywhere(x) && !e.wellGiven(x.from, x.node, text.String()) {
			if file, line, ok := e.callerOf(x.node); ok {
				x.body = x.text
				given := e.argument(x.node, text.String(), file, line)
				switch meant := e.calledAt(x.to, file, line, given); {
				case given == "" || given == meant:
				case meant != "":
					x.text = message.New("`%s` is meant, not `%s`", message.Plain(meant), message.Plain(given))
				case x.to >= 0:
					x.text = message.New("`%s` (%s) is meant, not `%s`", e.nameOf(x.to), e.where(x.to), message.Plain(given))
				}
				x.text = message.New("%s (an argument of the function at line %d)", x.text, e.line(x.node).line)
				return place{node: x.node, file: file, line: line}
			}
		}
	}
	return at(x.node)
}

// givenAs is what the function around node n calls a value that it gives to another; ""
// where it gives it to none.
func (v *view) givenAs(w, n int) string {
	own := v.callsTo(n)
	for _, c := range v.cons[w] {
		l := v.callsTo(c)
		k := len(l) - len(own)
		if k < 1 || !slices.Equal(l[k:], own) {
			continue
		}
		name := v.operandCode(c, slices.Index(v.in[c], w))
		if code := v.argument(c, name, l[k-1].File, l[k-1].Line); isName(code) {
			return code
		}
	}
	return ""
}

// atMaker tells what is left out of a statement at the line before that it is rather
// left out of: at a sum's first share, at a mere other name for a value, at a
// factor that was worked out for this statement alone.
func (s *step) atMaker(f *intervention) {
	if s.blame(f); f.edit == nil || f.place.line > 0 {
		return
	}
	n := f.place.node
	switch f.edit.kind {
	case termMissing:
		// A term that one of several lacks is as well one that their sum lacks, where that begins.
		for _, c := range s.cons[n] {
			if sum := s.op[c] == "add" || s.op[c] == "sub"; sum && s.isBack[c] && s.sameStatement(c, n) && s.line(c).line < s.line(n).line && s.size[c] == s.size[n] {
				f.place, n = at(c), c
				break
			}
		}
		if z := s.begunEmpty(n); z >= 0 {
			f.place = at(z)
			return
		}
		if c := s.summedAt(f.edit.to, n); c >= 0 {
			f.place = at(c)
			return
		}
		fallthrough
	case factorMissing, divisionMissing:
		if u := s.bareName(n); u >= 0 {
			f.place = at(u)
		}
	case functionMissing:
		if f.edit.slot < 0 || f.edit.slot >= len(s.in[f.edit.node]) {
			return
		}
		u := s.in[f.edit.node][f.edit.slot]
		for s.alias[u] {
			u = s.in[u][0]
		}
		own := !slices.ContainsFunc(s.readers(u), func(c int) bool { return s.update[c] && !s.sameStatement(c, n) })
		if s.forward[u] && !s.lossOf[u] && !s.isCur[u] && !made(s.op[u]) && s.size[u] > 1 && own && !s.sameStatement(u, n) && !s.fromTruth(u, f.m) && !s.inLoss(u) {
			f.place = at(u)
		}
	}
}

// summedAt is where value n is added up with others in a statement of its own, if value w
// is at hand there and nothing reads it: that sum lacks it; -1 where there is none.
func (s *step) summedAt(w, n int) int {
	if w < 0 || s.read(w) {
		return -1
	}
	a, b := s.g.Site(w), s.g.Site(n)
	if a == nil || b == nil || a.Target == b.Target || !isName(a.Target) {
		return -1 // it is written over
	}
	l := s.readers(n)
	if len(l) == 0 || s.op[l[0]] != "add" || s.sameStatement(l[0], n) || l[0] < w || s.frame(l[0]) != s.frame(w) || s.frame(n) != s.frame(w) {
		return -1
	}
	if slices.ContainsFunc(l, func(c int) bool { return !s.sameStatement(c, l[0]) }) {
		return -1
	}
	return l[0]
}

// inLoss reports that a value is one that the loss is made of, worked out again.
func (s *step) inLoss(u int) bool {
	v := s.val(u)
	for q, in := range s.lossOf {
		if in && s.size[q] == s.size[u] {
			if w := s.val(q); v != nil && w != nil && near(v, w, 1e-12) {
				return true
			}
		}
	}
	return false
}

// begunEmpty is the array of zeros that a sum begins with which a loop adds to,
// all of it in one function; -1 where there is none.
func (s *step) begunEmpty(n int) int {
	for _, c := range s.cons[n] {
		if s.op[c] == "add" && s.inplace[c] && s.sameStatement(c, n) {
			n = c
			break
		}
	}
	rounds := 0
	for _, q := range s.back {
		rounds += b2i(s.site[q] == s.site[n] && s.frame(q) == s.frame(n))
	}
	for q := n; rounds > 1; q = s.in[q][0] {
		switch {
		case strings.HasPrefix(s.op[q], "create:zeros") && s.frame(q) == s.frame(n):
			return q
		case len(s.in[q]) == 0:
			return -1
		case s.op[q] == "add" && s.inplace[q] && s.site[q] == s.site[n]:
		case !s.alias[q] && s.op[q] != "copy":
			return -1
		}
	}
	return -1
}

// bareName is the one value among those that a statement reads which another
// statement merely gave the name by which this one alone reads it; -1 for none or
// several.
func (s *step) bareName(n int) int {
	found := -1
	for _, i := range s.back {
		if s.frame(i) != s.frame(n) || !s.sameStatement(i, n) {
			continue
		}
		for _, u := range s.in[i] {
			t := s.g.Site(u)
			if !s.alias[u] || found >= 0 && s.site[u] == s.site[found] || !s.update[u] || t == nil || !isName(t.Target) || !isName(s.operandCode(u, 0)) || t.Target == s.operandCode(u, 0) || t.Target == "return" ||
				s.frame(u) != s.frame(n) || s.sameStatement(u, n) || slices.ContainsFunc(s.cons[u], func(c int) bool { return s.update[c] && !s.sameStatement(c, n) }) {
				continue
			}
			if found >= 0 {
				return -1
			}
			found = u
		}
	}
	return found
}

// everywhere reports that an edit is right too where all of the expression that reads the
// value reads the other, as with another argument it does.
func (e *expression) everywhere(x *edit) bool {
	return x.slot < 0 || x.to < 0 || e.value(x.to) == nil || e.good(change{node: -1, slot: -1, from: x.from, with: e.value(x.to)})
}

// readBeside reports that the function around the node of an edit reads a value at
// another place as well, for a derivative that is right.
func (e *expression) readBeside(q, n int) bool {
	return slices.ContainsFunc(e.readers(q), func(c int) bool { return c != n && len(e.m.of(c)) > 0 && e.frame(c) == e.frame(n) })
}

// wellGiven reports that an argument of the function around the node of an edit is
// a derivative that is right, and that another expression there reads it as such.
func (e *expression) wellGiven(q, n int, name string) bool {
	if len(e.m.whole[q]) == 0 {
		return false
	}
	for _, c := range e.readers(q) {
		for j := range e.step.in[c] {
			if c != n && e.isBack[c] && e.frame(c) == e.frame(n) && e.operand(c, j).String() == name {
				return true
			}
		}
	}
	return false
}

// assigned reports that the function around a node gives a value a name before, as it
// does where it takes its arguments apart.
func (v *view) assigned(n int, name string) bool {
	t := v.g.Site(n)
	if t == nil || t.Func == "" || !isName(name) || slices.Contains(t.Params, name) {
		return false
	}
	def := "def " + t.Func[strings.LastIndex(t.Func, ".")+1:] + "("
	for line := t.Line - 1; line > 0; line-- {
		code := v.source(t.File, line)
		if strings.HasPrefix(code, def) {
			return false
		}
		if to, _, ok := strings.Cut(code, " = "); ok && !strings.Contains(to, "[") && slices.Contains(namesIn(to), name) {
			return true
		}
	}
	return false
}

// ownStatement reports that a value is made by another statement of the same
// function, and read by that of n alone.
func (s *step) ownStatement(q, n int) bool {
	return s.isBack[q] && !s.alias[q] && !s.sameStatement(q, n) && s.frame(q) == s.frame(n) &&
		!slices.ContainsFunc(s.cons[q], func(c int) bool { return s.update[c] && !s.sameStatement(c, n) })
}

// argument is the source of what a line of a caller hands to the function around a
// node as one of its parameters, through others that hand it on; "" where it is not
// found.
func (v *view) argument(n int, param string, file, line int) string {
	t := v.g.Site(n)
	for _, p := range v.callsTo(n) {
		param = handed(v.source(p.File, p.Line), t, param)
		if param == "" || p.File == file && p.Line == line {
			return param
		}
		t = v.around(p)
	}
	return ""
}

// around is the function that a line is in, by its name and parameters, as far as they
// stand on one line.
func (v *view) around(p graph.Position) *graph.Site {
	if i := slices.IndexFunc(v.g.Sites, func(t graph.Site) bool { return t.File == p.File && t.Line == p.Line }); i >= 0 {
		return &v.g.Sites[i]
	}
	t := &graph.Site{File: p.File, Line: p.Line}
	if p.File < 0 || p.File >= len(v.g.Files) {
		return t
	}
	indent := func(line int) int {
		code := v.g.Files[p.File].Line(line)
		return len(code) - len(strings.TrimLeft(code, " \t"))
	}
	for line := p.Line - 1; line > 0; line-- {
		def, ok := strings.CutPrefix(v.source(p.File, line), "def ")
		name, params, met := strings.Cut(def, "(")
		if !ok || !met || indent(line) >= indent(p.Line) {
			continue
		}
		t.Func = name
		for _, a := range strings.Split(strings.TrimRight(params, ":) "), ",") {
			a, _, _ = strings.Cut(a, "=")
			t.Params = append(t.Params, strings.TrimSpace(a))
		}
		break
	}
	return t
}

// handed is what a line of source hands to the function of t as one of its
// parameters.
func handed(source string, t *graph.Site, param string) string {
	name := t.Func[strings.LastIndex(t.Func, ".")+1:]
	slot := slices.Index(t.Params, param)
	if len(t.Params) > 0 && t.Params[0] == "self" {
		slot--
	}
	at := strings.Index(source, name+"(")
	if name == "" || slot < 0 || at < 0 {
		return ""
	}
	depth, from := 0, at+len(name)+1
	for i := from; i < len(source); i++ {
		switch c := source[i]; {
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case depth == 0 && (c == ',' || c == ')'):
			if arg := strings.TrimSpace(source[from:i]); slot == 0 && !strings.Contains(arg, "=") {
				return arg
			}
			if c == ')' {
				return ""
			}
			slot, from = slot-1, i+1
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
	}
	return ""
}

// calledAt is what the function around a line, which reads given, calls a value;
// "" where it has no name there.
func (s *step) calledAt(w, file, line int, given string) string {
	if code := s.inList(w, given); code != "" {
		return code
	}
	for n := s.begin; n < s.n && n < s.hi; n++ {
		if l := s.line(n); l.file != file || l.line != line || n < w {
			continue
		}
		inside := func(t *graph.Site) bool { return t.File == file && t.Func == s.g.Site(n).Func }
		for _, name := range s.texts(w, s.g.Site(n), inside) {
			return name
		}
		if t := s.g.Site(w); t != nil && inside(t) && isReference(t.Target) && t.Target != "return" {
			return t.Target
		}
	}
	return ""
}

// inList is the element of another list that a value was appended to, counted
// from the end as given is; "" where there is none.
func (v *view) inList(w int, given string) string {
	_, index, ok := strings.Cut(given, "[")
	if !ok || !strings.HasPrefix(index, "-") {
		return ""
	}
	for i := len(v.kept) - 1; i >= 0; i-- {
		if k := v.kept[i]; k.node == w && k.kind == "append" && k.site >= 0 {
			if list, _, ok := strings.Cut(v.g.Text(k.site), ".append("); ok && isReference(list) {
				return list + "[" + index
			}
		}
	}
	return ""
}

// callsTo are the lines that called the function around a node, the nearest
// first.
func (v *view) callsTo(n int) []graph.Position {
	if v.call[n] < 0 {
		return nil
	}
	return v.g.Calls[v.call[n]]
}

// inForward reports that the expression of a node is one of the forward pass
// too.
func (s *step) inForward(n int) bool {
	for q, in := range s.lossOf {
		if in && s.site[q] == s.site[n] && s.site[n] >= 0 && !s.isCur[q] {
			return true
		}
	}
	return false
}

// A frame is one call of one function.
type frame struct {
	call int
	fn   string
}

func (v *view) frame(n int) frame {
	f := frame{call: v.call[n]}
	if s := v.g.Site(n); s != nil {
		f.fn = s.Func
	}
	return f
}

// versionBlame names, where a node reads one content of an array and another
// was meant, who kept the array without a copy or who wrote over it.
func (e *expression) versionBlame(read, meant, node int) (place, message.Text) {
	obj := e.obj[read]
	lo, hi := min(read, meant), max(read, meant)
	writes, first := e.firstWrite(read, meant), lo
	for _, w := range e.versionsOf[obj] {
		first = min(first, w)
	}
	buffer := made(e.op[first]) || e.op[first] == "mutated" || e.isCur[lo] || e.isCur[hi] || e.isNew[lo] || e.isNew[hi] || e.states[lo] || e.states[hi]
	kept := -1
	for _, k := range e.kept {
		if e.obj[k.node] == obj && k.node <= hi && (k.kind == "name" || k.kind == "append" || k.kind == "store") && (k.node <= max(lo, meant) || kept < 0) {
			kept = k.site
		}
	}
	if kept >= 0 && buffer {
		return place{node: node, file: e.file(kept), line: e.lineOfSite(kept)},
			message.New("`%s` keeps the array itself, not a copy: %s writes into it, and %s reads what stands there then", e.siteText(kept), e.where(writes), e.where(node))
	}
	return at(writes), message.New("`%s` writes over values that `%s` (%s) still needs", e.text(writes), e.text(node), e.where(node))
}

// firstWrite is the first content of an array after the earlier of two, -1 where they are
// parts or layouts of one.
func (e *expression) firstWrite(read, meant int) int {
	lo, hi := min(read, meant), max(read, meant)
	for _, w := range e.versionsOf[e.obj[read]] {
		if w > lo && w <= hi && (e.inplace[w] || e.op[w] != "gather") {
			return w
		}
	}
	return -1
}
