package audit

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An Explanation is how one number of a training step came about, operation by
// operation, as nn/spec defines it.
type Explanation struct {
	Name     string         // "dW1[0,3]"
	Formula  string         // with names: "dW1[0,3] = Σn x[n,0]·dz1[n,3], n = 0 … 799"
	Numbers  string         // with numbers: "dW1[0,3] = 0 + 0.5·0.25 + …"
	Given    []Definition   // what the terms use and is found first, such as a row's maximum
	Terms    []Term         // every operation in its order, but for those skipped
	Result   float64        // the last term's running value
	Bits     uint64         // its IEEE 754 bits
	Inputs   []string       // names of what its Terms are made from, each once, in order of use
	Recorded *float64       // what stands in the step for it, if anything does
	Notes    []message.Text // what else there is to know
}

// A Definition is a quantity that an explanation finds before its terms.
type Definition struct {
	Text  string // "m = max z2[0,j]"
	Value float64
}

// A Term is one operation.
type Term struct {
	Text    string  // "x[7,0]·dz1[7,3]"
	Numbers string  // "0.5·0.25"
	Value   float64 // what it brings, rounded on its own: a product in a chain is not
	Running float64 // the result so far
	Inputs  []string
}

var elementName = regexp.MustCompile(`^(?:(\d+)\.)?([A-Za-z]+\d*(?:_new|_next)?)(?:\[\s*(\d+)\s*(?:,\s*(\d+)\s*)?\])?$`)

// An ElementName is the name of an element as a user gives it.
type ElementName struct {
	Step   int // −1 when the name has none
	Tensor string
	I, J   int
}

// ParseElement reads "dW1[0,3]", "12.dW1[0,3]", "db1[3]" for db1[0,3], or
// "loss".
func ParseElement(text string) (ElementName, error) {
	wrong := fmt.Errorf("%q is not an element of a tensor; NAME[ROW,COLUMN] would be right, for example dW1[0,3]", text)
	m := elementName.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return ElementName{}, wrong
	}
	e := ElementName{Step: -1, Tensor: m[2]}
	if _, ok := spec.ParseName(e.Tensor); !ok {
		return e, fmt.Errorf("no tensor is called %s; there are x, y, zk, hk, p, loss, dzk, dhk, dWk, dbk, Wk, bk, Wk_new, bk_new, Wk_next, bk_next and, with momentum, vWk, vbk, vWk_new, vbk_new, k from 1: for example dW1[0,3]", e.Tensor)
	}
	var err error
	if m[1] != "" {
		if e.Step, err = strconv.Atoi(m[1]); err != nil || e.Step > maxStepNumber {
			return e, fmt.Errorf("%q: step %s is beyond %d", text, m[1], maxStepNumber)
		}
	}
	row, column := m[3], m[4]
	if column == "" { // one index, or none
		row, column = "0", cmp.Or(row, "0")
	}
	if e.I, err = strconv.Atoi(row); err != nil {
		return e, wrong
	}
	if e.J, err = strconv.Atoi(column); err != nil {
		return e, wrong
	}
	switch {
	case m[4] != "":
	case m[3] == "" && e.Tensor != "loss":
		return e, fmt.Errorf("%q names no element; NAME[ROW,COLUMN] would be right, for example %s[0,0]", text, e.Tensor)
	case m[3] != "" && strings.TrimLeft(e.Tensor, "vd")[0] != 'b':
		return e, fmt.Errorf("%q has one index and %s has rows and columns; for example %s[0,%d]", text, e.Tensor, e.Tensor, e.J)
	}
	return e, nil
}

const maxStepNumber = 1_000_000_000

// shownTerms is how many of a sum's terms its numbers start with.
const shownTerms = 3

// Explain says how the element came about from the tensors of s.
func Explain(s *Numbered, e ElementName) (Explanation, error) {
	rows, cols, err := s.shape(e.Tensor)
	if err != nil {
		return Explanation{}, err
	}
	if e.I >= rows || e.J >= cols {
		return Explanation{}, message.Errorf("%s: %s is %d×%d: its rows are 0 to %d, its columns 0 to %d", element(e.Tensor, e.I, e.J), e.Tensor, rows, cols, rows-1, cols-1)
	}
	name := element(e.Tensor, e.I, e.J)
	if e.Tensor == "loss" {
		name = "loss"
	}
	form, inputs, err := s.form(e.Tensor, name)
	if err != nil {
		return Explanation{}, err
	}
	x, err := s.evaluate(&form, e.I, e.J).explain(name)
	if err != nil {
		return Explanation{}, err
	}
	if m, ok := s.T[e.Tensor]; ok && s.From[e.Tensor] != Computed {
		v := m.At(e.I, e.J)
		x.Recorded = &v
	}
	slices.Sort(inputs)
	for _, name := range inputs {
		x.Notes = append(x.Notes, s.origin(name)...)
	}
	x.Notes = append(append(x.Notes, s.precision(e.Tensor)...), s.Notes...)
	return x, nil
}

// explain finds the numbers of the element and puts them into words.
func (e *evaluation) explain(name string) (Explanation, error) {
	x := Explanation{Name: name}
	at := place{numbers: make([]string, len(e.form.Parts))}
	if g := e.form.Given; g != nil {
		x.Given = []Definition{{e.fill(g.Text, place{t: e.largest}), e.given}}
	}
	e.each(func(k, t int, value, before float64) {
		at.t, at.value, at.before = t, value, before
		p := e.form.Parts[k]
		var made []string
		at.names = &made
		term := Term{Text: e.fill(p.Text, at), Value: value, Running: e.running, Inputs: made}
		at.names = nil
		if term.Numbers = e.fill(p.Numbers, at); t == 0 {
			at.numbers[k] = term.Numbers
		}
		x.Terms = append(x.Terms, term)
		x.Inputs = append(x.Inputs, made...)
	})
	x.Result, x.Bits = e.running, math.Float64bits(e.running)
	at.t, at.value = 0, e.running
	x.Formula = name + " = " + e.fill(e.form.Formula, at)
	numbers := e.fill(e.form.Numbers, at)
	if numbers == "" {
		numbers = sum(x.Terms)
	}
	x.Numbers = name + " = " + numbers
	return x, e.lacking(name)
}

// sum writes what the terms add up to: the first of them and the last.
func sum(terms []Term) string {
	var parts []string
	for n, t := range terms {
		switch {
		case n < shownTerms || n == len(terms)-1:
			parts = append(parts, t.Numbers)
		case n == shownTerms:
			parts = append(parts, "…")
		}
	}
	return strings.Join(parts, " + ")
}

// Names returns the tensors there are, in the order of the step: data and
// parameters, then what is made of them.
func (s *Numbered) Names() []string {
	return slices.DeleteFunc(spec.All(s.L, s.Settings), func(name string) bool {
		_, ok := s.T[name]
		return !ok
	})
}

// shape returns the shape of a tensor, recorded or not.
func (s *Numbered) shape(name string) (rows, cols int, err error) {
	if m, ok := s.T[name]; ok && m.Rows > 0 {
		return m.Rows, m.Cols, nil
	}
	if why, ok := s.Missing[name]; ok {
		return 0, 0, message.Errorf("%s of step %d cannot be explained: %s", name, s.Number, why)
	}
	names := strings.Join(s.Names(), ", ")
	if s.L == 1 {
		return 0, 0, message.Errorf("no tensor is called %s: the network has 1 layer and step %d has %s", name, s.Number, names)
	}
	return 0, 0, message.Errorf("no tensor is called %s: the network has %d layers and step %d has %s", name, s.L, s.Number, names)
}
