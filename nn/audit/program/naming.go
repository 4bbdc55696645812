package program

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// texts lists what a program calls a value where it reads it, at the nodes that
// from admits, the most frequent first. An element of a list has its text only
// where the loops are those of the site at.
func (v *view) texts(w int, at *graph.Site, from func(s *graph.Site) bool) []string {
	count := map[string]int{}
	var order []string
	for _, c := range v.cons[w] {
		s := v.g.Site(c)
		if s == nil || !from(s) {
			continue
		}
		for j, q := range v.in[c] {
			text := v.operand(c, j).String()
			if q != w || text == "?" || len(text) > 30 || strings.HasSuffix(text, "…") {
				continue
			}
			if strings.Contains(text, "[") && !slices.Equal(s.Loops, at.Loops) {
				continue
			}
			if count[text]++; count[text] == 1 {
				order = append(order, text)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	return order
}

// nameOf is what the program calls a value: what it is assigned to, what reads
// it once a function has returned it, else its expression.
func (v *view) nameOf(i int) message.Text {
	s := v.g.Site(i)
	switch {
	case s == nil:
	case s.Target == "return":
		outside := func(t *graph.Site) bool { return t.File != s.File || t.Func != s.Func }
		if names := v.texts(i, s, outside); len(names) > 0 {
			return message.Plain(names[0])
		}
	case s.Target != "":
		return short(s.Target, 50)
	}
	return v.text(i)
}

// tellApart adds to names that several parameters have, as those of layers of
// one class, their shapes, and where these are the same too, numbers.
func (j *judge) tellApart() {
	again := func() map[string]int {
		count := map[string]int{}
		for _, name := range j.names {
			count[name]++
		}
		return count
	}
	count := again()
	for i, name := range j.names {
		if count[name] > 1 {
			j.names[i] = name + " " + graph.ShapeText(j.shapes[j.params[i][0]])
		}
	}
	count = again()
	seen := map[string]int{}
	for i, name := range j.names {
		if count[name] > 1 {
			seen[name]++
			j.names[i] = name + " no. " + strconv.Itoa(seen[name])
		}
	}
}

// called names a value for who reads the operand of another node: as that
// function calls it, else as it was named where it was made.
func (v *view) called(w, near int) message.Text {
	if at := v.g.Site(near); at != nil {
		inside := func(t *graph.Site) bool { return t.File == at.File && t.Func == at.Func }
		if names := v.texts(w, at, inside); len(names) > 0 {
			return message.Plain(names[0])
		}
		if code := v.atHand(w, at); code != "" {
			return message.Plain(code)
		}
	}
	return v.nameOf(w)
}

// atHand is how the function of a site could read a value that it does not read: as
// other methods of its class do, or by a key of a dictionary that it has; "" where
// neither is known.
func (v *view) atHand(w int, at *graph.Site) string {
	class := func(t *graph.Site) string { return t.Func[:strings.LastIndex(t.Func, ".")+1] }
	for _, c := range v.cons[w] {
		t := v.g.Site(c)
		if t == nil || t.File != at.File {
			continue
		}
		for j, q := range v.in[c] {
			code := v.operandCode(c, j)
			if q != w || !isReference(code) {
				continue
			}
			if strings.HasPrefix(code, "self.") && class(t) != "" && class(t) == class(at) && len(namesIn(strings.TrimPrefix(code, "self."))) == 1 {
				return code
			}
			if i := strings.IndexByte(code, '['); i > 0 && strings.ContainsAny(code[i:], `"'0`) && slices.ContainsFunc(v.g.Sites, func(o graph.Site) bool {
				return o.File == at.File && o.Func == at.Func && strings.HasPrefix(v.source(o.File, o.Line), code[:i+1]) || o.File == at.File && o.Func == at.Func && strings.Contains(v.source(o.File, o.Line), " "+code[:i+1])
			}) {
				return code
			}
		}
	}
	return ""
}

// meant says that value w, turned or not, is meant where node n reads its
// operand j. Where both have the same text it is named by when it was made alone,
// and dated.
func (e *expression) meant(w int, turned bool, n, j int) (text message.Text, dated bool) {
	operand, name := e.operand(n, j), e.called(w, n)
	if e.op[n] == "setitem" && j == 1 && !isReference(operand.String()) {
		for _, c := range e.cons[n] { // a share of rows, which the statement reads by a name
			if k := slices.Index(e.step.in[c], n); e.sameStatement(c, n) && isReference(e.operandCode(c, k)) {
				operand = e.operand(c, k)
				break
			}
		}
	}
	if code := e.inList(w, operand.String()); code != "" {
		name = message.Plain(code)
	}
	rounds := e.rounds(w, e.step.in[n][j])
	if name.String() == e.nameOf(w).String() && rounds != 0 || name.String() == operand.String() && !turned {
		if code := shifted(operand.String(), rounds); rounds != 0 && code != "" {
			return message.New("`%s` (%s) is meant, not `%s`", message.Plain(code), e.where(w), operand), false
		}
		if rounds != 0 {
			return message.New("`%s` should be the value of %s (%s)", operand, roundsText(rounds), e.where(w)), true
		}
		return message.New("`%s` should be the value that was made at %s", operand, e.where(w)), true
	}
	if turned {
		name = message.Plain(transposed(name.String()))
		if name.String() == operand.String() {
			return message.New("`%s` should be the value that was made at %s", operand, e.where(w)), true
		}
	}
	if e.isCur[w] { // a parameter, which an update far away has made
		return message.New("`%s` is meant, not `%s`", name, operand), false
	}
	return message.New("`%s` (%s) is meant, not `%s`", name, e.where(w), operand), false
}

// shifted is code that reads an element at the index of a loop, as `h[t + 1]`,
// with the index so many rounds further; "" where it is of another form.
func shifted(code string, rounds int) string {
	name, rest, ok := strings.Cut(code, "[")
	index, after, closed := strings.Cut(rest, "]")
	fields := strings.Fields(index)
	if !ok || !closed || !isReference(name) || len(fields) != 1 && len(fields) != 3 || !isReference(fields[0]) {
		return ""
	}
	at := rounds
	if len(fields) == 3 {
		k, err := strconv.Atoi(fields[2])
		switch {
		case err != nil:
			return ""
		case fields[1] == "-":
			k = -k
		case fields[1] != "+":
			return ""
		}
		at += k
	}
	switch {
	case at > 0:
		return fmt.Sprintf("%s[%s + %d]%s", name, fields[0], at, after)
	case at < 0:
		return fmt.Sprintf("%s[%s - %d]%s", name, fields[0], -at, after)
	}
	return fmt.Sprintf("%s[%s]%s", name, fields[0], after)
}

// transposed is the source of an expression's transpose.
func transposed(text string) string {
	if strings.ContainsAny(text, " +-*/@") && !strings.HasSuffix(text, ")") {
		return "(" + text + ").T"
	}
	return strings.TrimSuffix(text+".T", ".T.T")
}

// lacks says that an expression lacks c times value w, or has it too often.
func (e *expression) lacks(c float64, w int) message.Text {
	size := c
	if c < 0 {
		size = -c
	}
	term := message.New("%s times `%s` (%s)", number(size), e.called(w, e.top), e.where(w))
	switch own := e.isCur[w]; { // a parameter, which an update far away has made
	case own && alike(size, 1, 1e-7):
		term = message.New("`%s`", e.called(w, e.top))
	case own:
		term = message.New("%s times `%s`", number(size), e.called(w, e.top))
	case alike(size, 1, 1e-7):
		term = message.New("`%s` (%s)", e.called(w, e.top), e.where(w))
	}
	if c < 0 {
		return message.New("%s is too many", term)
	}
	return message.New("%s is missing", term)
}

// rounds is by how many executions of their expression value w lies behind
// value q, 0 if they are of two expressions.
func (v *view) rounds(w, q int) int {
	if v.site[w] < 0 || v.site[w] != v.site[q] || v.call[w] != v.call[q] {
		return 0
	}
	n := 0
	for i := min(w, q); i < max(w, q); i++ {
		n += b2i(v.site[i] == v.site[w] && v.call[i] == v.call[w] && v.op[i] == v.op[w])
	}
	if w < q {
		return -n
	}
	return n
}

func roundsText(n int) message.Text {
	switch {
	case n == -1:
		return message.New("one round earlier")
	case n == 1:
		return message.New("one round later")
	case n < 0:
		return message.New("%d rounds earlier", -n)
	}
	return message.New("%d rounds later", n)
}

// mends says what the right value makes of the wrong gradients: by a change
// that was told, or put in the place of the wrong one.
func mends(told bool, mended, of int) message.Text {
	what := message.New("the true value")
	if told {
		what = message.New("this")
	}
	switch {
	case mended < of:
		return message.New("%s makes %d of the %d wrong gradients right", what, mended, of)
	case of == 1:
		return message.New("%s makes the wrong gradient right", what)
	case of == 2:
		return message.New("%s makes both wrong gradients right", what)
	}
	return message.New("%s makes all %d wrong gradients right", what, of)
}

// farthest says by an element how far a value is from what it should be.
func farthest(was, want *array) message.Text {
	if was == nil || want == nil || len(was.Data) != len(want.Data) {
		return message.Text{}
	}
	at, far := -1, 0.0
	for i, x := range want.Data {
		if d := max(x-was.Data[i], was.Data[i]-x); d > far {
			at, far = i, d
		}
	}
	if at < 0 {
		return message.Text{}
	}
	is, should := figure(was.Data[at]), figure(want.Data[at])
	if len(was.Data) == 1 {
		return message.New("it is %s, not %s", is, should)
	}
	return message.New("at [%s] it is %s, not %s", indices(was.Shape, at), is, should)
}

// figure is a number for a sentence.
func figure(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }

// indices are those of an element, "0,3".
func indices(shape []int, at int) string {
	parts := make([]string, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		parts[i] = strconv.Itoa(at % max(1, shape[i]))
		at /= max(1, shape[i])
	}
	return strings.Join(parts, ",")
}
