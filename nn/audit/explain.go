package audit

import (
	"fmt"
	"glassbox/nn/message"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	Skipped  int            // how many terms lie between the first half of Terms and the second; 0 when all are there
	Before   float64        // the last skipped term's running value
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

// A Numbered is a step to explain, and what is known of it.
type Numbered struct {
	spec.Step
	Number   int
	Single   map[string]bool         // tensors recorded in float32
	Computed map[string]bool         // tensors that are not recorded but follow from what is
	Missing  map[string]message.Text // why tensors that such a step has are not there
	Notes    []message.Text          // what every explanation has to say
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
	if !known(e.Tensor) {
		return e, fmt.Errorf("no tensor is called %s; there are x, y, zk, hk, p, loss, dzk, dhk, dWk, dbk, Wk, bk, Wk_new, bk_new, Wk_next, bk_next and, with momentum, vWk, vbk, vWk_new, vbk_new, k from 1: for example dW1[0,3]", e.Tensor)
	}
	var err error
	if m[1] != "" {
		if e.Step, err = strconv.Atoi(m[1]); err != nil || e.Step > maxStepNumber {
			return e, fmt.Errorf("%q: step %s is beyond %d", text, m[1], maxStepNumber)
		}
	}
	numbers := []int{}
	for _, digits := range m[3:] {
		if digits == "" {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			return e, wrong
		}
		numbers = append(numbers, n)
	}
	switch len(numbers) {
	case 2:
		e.I, e.J = numbers[0], numbers[1]
	case 1:
		if b := strings.TrimLeft(e.Tensor, "vd"); b[0] != 'b' {
			return e, fmt.Errorf("%q has one index and %s has rows and columns; for example %s[0,%d]", text, e.Tensor, e.Tensor, numbers[0])
		}
		e.J = numbers[0]
	case 0:
		if e.Tensor != "loss" {
			return e, fmt.Errorf("%q names no element; NAME[ROW,COLUMN] would be right, for example %s[0,0]", text, e.Tensor)
		}
	}
	return e, nil
}

const maxStepNumber = 1_000_000_000

// known reports whether some step has a tensor of that name.
func known(tensor string) bool {
	if strings.HasPrefix(tensor, "v") {
		kind, k, suffix, ok := splitName(tensor[1:])
		return ok && k > 0 && (kind == "W" || kind == "b") && suffix != "_next"
	}
	_, _, _, ok := splitName(tensor)
	return ok
}

// Explain says how the element came about from the tensors of s.
func Explain(s *Numbered, e ElementName) (Explanation, error) { return explain(s, e, math.MaxInt) }

// ExplainFolded is Explain with only the first and the last keep terms of a sum
// that has more than 2·keep + 2, at a fraction of the time. Keep is at least 3,
// which Numbers shows; less is taken for 3. Given may name an element that is
// not among the inputs of these terms.
func ExplainFolded(s *Numbered, e ElementName, keep int) (Explanation, error) {
	return explain(s, e, max(keep, shownTerms))
}

func explain(s *Numbered, e ElementName, keep int) (Explanation, error) {
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
	b := &builder{s: s, x: Explanation{Name: name}, keep: keep, used: map[string]bool{}}
	if err := b.explain(e.Tensor, e.I, e.J); err != nil {
		return Explanation{}, err
	}
	x := b.x
	x.Result = x.Terms[len(x.Terms)-1].Running
	x.Bits = math.Float64bits(x.Result)
	for _, t := range x.Terms {
		x.Inputs = append(x.Inputs, t.Inputs...)
	}
	if m, ok := s.T[e.Tensor]; ok && !s.Computed[e.Tensor] {
		v := m.At(e.I, e.J)
		x.Recorded = &v
	}
	for _, name := range slices.Sorted(maps.Keys(b.used)) {
		if s.Computed[name] {
			x.Notes = append(x.Notes, message.New("%s is not recorded: it was computed from what is", name))
		}
	}
	if s.Single[e.Tensor] {
		x.Notes = append(x.Notes, message.New("%s is recorded in float32 and computed here in float64: a relative difference of some 1e-7 is rounding", e.Tensor))
	}
	x.Notes = append(x.Notes, s.Notes...)
	return x, nil
}

// Names returns the tensors there are, in the order of the step: data and
// parameters, then what is made of them.
func (s *Numbered) Names() []string {
	var names []string
	all := append([]string{"x", "y"}, spec.ParamNames(s.L)...)
	if s.Momentum != 0 {
		for _, name := range spec.ParamNames(s.L) {
			all = append(all, "v"+name)
		}
	}
	for _, name := range append(all, spec.Order(s.L, s.Momentum != 0)...) {
		if _, ok := s.T[name]; ok {
			names = append(names, name)
		}
	}
	return names
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

// element names an element of a tensor, "dW1[0,3]".
func element(tensor string, i, j int) string {
	b := make([]byte, 0, 32)
	b = strconv.AppendInt(append(append(b, tensor...), '['), int64(i), 10)
	return string(append(strconv.AppendInt(append(b, ','), int64(j), 10), ']'))
}
