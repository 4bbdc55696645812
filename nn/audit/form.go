package audit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A Form is how the elements of one tensor come about, told once for all of
// them. What differs from element to element stands in braces:
//
//	{i} {j} {t}         the element's row and column, a term's number in its part
//	{0} {#0} {(0)}      the name of element 0 of Of, its number, its number with
//	                    brackets around a negative one
//	{~0}                {#0} in a part's first term, {(0)} in the others
//	{#=}                the value of the term, or of the element
//	{#<} {(<)}          the running value before the term
//	{(m)}               the value of Given
//	{1:numbers}         the numbers of the first term of part 1
type Form struct {
	Of      []Ref
	Formula message.Text // after the element's name and " = "
	Numbers message.Text // the same with numbers; zero: the numbers of the terms, added up
	Given   *Given       // found before the terms
	Parts   []Part       // the terms in their order
	Cases   []Case       // other forms; the first whose condition holds is the one
}

// A Ref names an element beside the one explained: Row and Col are "i", "j",
// "0" or "t", or "t/n" and "t%n", where t runs over rows of Width numbers.
type Ref struct {
	Tensor string `json:"tensor"`
	Row    string `json:"row"`
	Col    string `json:"col"`
	Width  int    `json:"width,omitempty"`
	Before bool   `json:"before,omitempty"` // of the step before
}

// A Given is a quantity found before the terms: the largest of the elements 0
// of Of, t < Count. Text names that one {0}.
type Given struct {
	Text  message.Text
	Count int
}

// A Part is terms of one kind.
type Part struct {
	Count         int
	Text, Numbers message.Text
	step          func(e *evaluation, t int) (value, running float64)
}

// A Case is the form of elements for which element Ref of Of is ">0", "<=0" or
// "!=0".
type Case struct {
	Ref  int
	Is   string
	Form Form
}

func (c Case) holds(v float64) bool {
	switch c.Is {
	case ">0":
		return v > 0
	case "<=0":
		return v <= 0
	}
	return v != 0
}

// An evaluation finds the numbers of one element.
type evaluation struct {
	s       *Numbered
	i, j    int
	form    *Form
	of      []line // form.Of, ready to be read
	given   float64
	largest int // the t of given
	running float64
	lacks   *line // that ends before its element at
	at      int
}

// A line is the elements that a Ref names, by t.
type line struct {
	ref  Ref
	e    *evaluation
	m    mat.Matrix
	base int // element t is m.Data[base + t·step]
	step int
	most int // how many there are
}

// evaluate makes ready to find the numbers of an element by a form.
func (s *Numbered) evaluate(form *Form, i, j int) *evaluation {
	e := &evaluation{s: s, i: i, j: j}
	e.take(form)
	for k := 0; k < len(form.Cases); k++ {
		if c := form.Cases[k]; c.holds(e.of[c.Ref].at(0)) {
			form = &c.Form
			e.take(form)
			k = -1
		}
	}
	if g := e.form.Given; g != nil {
		e.given, e.largest = e.of[0].largest(g.Count)
	}
	return e
}

// each calls term for every term: t of part k, its value, and the running value
// before it; the one after it is e.running.
func (e *evaluation) each(term func(k, t int, value, before float64)) {
	for k, p := range e.form.Parts {
		for t := range p.Count {
			before := e.running
			var value float64
			value, e.running = p.step(e, t)
			term(k, t, value, before)
		}
	}
}

// Numbers are those of the explanation of element [i,j] of a tensor with the
// form f, without its words and so in a fraction of the time: the value of its
// Given, 0 without one, and appended to list each term's value and running value.
func (s *Numbered) Numbers(f *Form, i, j int, list []float64) (given float64, numbers []float64, err error) {
	e := s.evaluate(f, i, j)
	e.each(func(_, _ int, value, _ float64) { list = append(list, value, e.running) })
	return e.given, list, e.lacking("an element")
}

func (e *evaluation) take(form *Form) {
	e.form, e.of = form, make([]line, len(form.Of))
	for k, r := range form.Of {
		e.of[k] = e.line(r)
	}
}

func (e *evaluation) line(r Ref) line {
	l := line{ref: r, e: e, m: e.s.T[r.Tensor], most: math.MaxInt}
	if r.Before {
		if m, ok := e.s.Prev[r.Tensor]; ok && e.i < m.Rows && e.j < m.Cols {
			l.m = m
		} else {
			l.m = e.s.T[strings.TrimSuffix(strings.TrimSuffix(r.Tensor, spec.SuffixNext), spec.SuffixNew)]
		}
	}
	if r.Width > 0 {
		l.most = l.m.Rows * min(l.m.Cols, r.Width)
		return l
	}
	for side, index := range []string{r.Row, r.Col} {
		by, size := [2]int{l.m.Stride, 1}[side], [2]int{l.m.Rows, l.m.Cols}[side]
		if index == "t" {
			l.step, l.most = by, min(l.most, size)
			continue
		}
		at := e.index(index, 0, 0)
		if at >= size {
			l.most = 0
		}
		l.base += at * by
	}
	return l
}

// index is what an index of a Ref stands for.
func (e *evaluation) index(name string, t, width int) int {
	switch name {
	case "i":
		return e.i
	case "j":
		return e.j
	case "t":
		return t
	case "t/n":
		return t / width
	case "t%n":
		return t % width
	}
	return 0
}

// at returns element t.
func (l *line) at(t int) float64 {
	if t >= l.most {
		if l.e.lacks == nil {
			l.e.lacks, l.e.at = l, t
		}
		return math.NaN()
	}
	if w := l.ref.Width; w > 0 {
		return l.m.Data[t/w*l.m.Stride+t%w]
	}
	return l.m.Data[l.base+t*l.step]
}

// lacking is the error that the element called so needs one that is not there.
func (e *evaluation) lacking(name string) error {
	if e.lacks == nil {
		return nil
	}
	return message.Errorf("%s needs %s, and %s is %s", name, e.lacks.name(e.at), e.lacks.ref.Tensor, e.lacks.m.Shape())
}

func (l *line) name(t int) string {
	name := element(l.ref.Tensor, l.e.index(l.ref.Row, t, l.ref.Width), l.e.index(l.ref.Col, t, l.ref.Width))
	if l.ref.Before {
		name = fmt.Sprintf("%d.%s", l.e.s.Number-1, name)
	}
	return name
}

// largest is the first of the largest of n elements; a NaN is larger than all.
func (l *line) largest(n int) (v float64, at int) {
	for t := range n {
		if x := l.at(t); t == 0 || x > v || x != x && v == v {
			v, at = x, t
		}
	}
	return v, at
}

// A place is where a text of a form stands: in term t of a part, or in none.
type place struct {
	t             int
	value, before float64
	numbers       []string  // of the first term of each part
	names         *[]string // takes the names that are put in
}

// fill puts in what stands in braces.
func (e *evaluation) fill(text message.Text, at place) string {
	var b strings.Builder
	for rest := text.String(); ; {
		before, from, _ := strings.Cut(rest, "{")
		key, after, ok := strings.Cut(from, "}")
		if !ok {
			return b.String() + rest
		}
		b.WriteString(before)
		b.WriteString(e.what(key, at))
		rest = after
	}
}

// what is what a pair of braces stands for.
func (e *evaluation) what(key string, at place) string {
	switch key {
	case "i":
		return strconv.Itoa(e.i)
	case "j":
		return strconv.Itoa(e.j)
	case "t":
		return strconv.Itoa(at.t)
	}
	if part, ok := strings.CutSuffix(key, ":numbers"); ok {
		return at.numbers[part[0]-'0']
	}
	write, inner := func(v float64) string { return num(v) }, strings.Trim(key, "#(~)")
	if key[0] == '(' || key[0] == '~' && at.t > 0 {
		write = factor
	}
	switch inner {
	case "=":
		return write(at.value)
	case "<":
		return write(at.before)
	case "m":
		return write(e.given)
	}
	l := &e.of[inner[0]-'0']
	if key == inner {
		name := l.name(at.t)
		if at.names != nil && !slices.Contains(*at.names, name) {
			*at.names = append(*at.names, name)
		}
		return name
	}
	return write(l.at(at.t))
}

// num writes a number with the digits that read back as the same float64.
func num(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// factor writes a number as a factor or a term: a negative one in brackets.
func factor(v float64) string {
	if math.Signbit(v) {
		return "(" + num(v) + ")"
	}
	return num(v)
}

// element names an element of a tensor, "dW1[0,3]".
func element(tensor string, i, j int) string {
	return tensor + "[" + strconv.Itoa(i) + "," + strconv.Itoa(j) + "]"
}
