package inspector

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/nn/audit"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A source is a step to be stored: its tensors and what explains them.
type source struct {
	audit.Numbered
	values spec.Tensors // what the network in training has; where it has nothing, Numbered's
	rows   []int        // which rows of the data the batch is made of
	next   bool         // the parameters that the next step starts from are shown
}

// value is a tensor as the network in training has it, or the trace.
func (s *source) value(name string) mat.Matrix {
	if m, ok := s.values[name]; ok {
		return m
	}
	return s.T[name]
}

// byRow reports whether a tensor has a row a sample.
func byRow(name string) bool {
	n, _ := spec.ParseName(name)
	return n.ByRow()
}

// isParam reports whether a tensor is a parameter or a velocity, before the
// step or after it.
func isParam(name string) bool { return name[0] == 'W' || name[0] == 'b' || name[0] == 'v' }

// isNext reports whether a tensor is a parameter as the next step finds it.
func isNext(name string) bool { return strings.HasSuffix(name, spec.SuffixNext) }

// batch is the number of rows of the step, 0 where nothing shows it.
func (s *source) batch() int {
	for name, m := range s.T {
		if byRow(name) {
			return m.Rows
		}
	}
	return 0
}

// layout says how the step's tensors are stored, in their order.
func (s *source) layout(d detail) []Tensor {
	var list []Tensor
	for _, name := range s.Names() {
		if isNext(name) && !s.next {
			continue
		}
		v := s.value(name)
		t := Tensor{Name: name, Rows: v.Rows, Cols: v.Cols, ByRow: byRow(name), Formula: s.Formula(name), Notes: []lang.Text{}}
		form, err := s.Form(name)
		switch {
		case err != nil:
			t.Notes = append(t.Notes, lang.Of(message.Of(Advise(err))))
		case d.bare && isParam(name):
			t.Notes = append(t.Notes, lang.T("Of %s this page holds the values alone.", name))
		case name != "x" && name != "y":
			t.Explained, t.Given = true, form.Given != nil
		}
		if t.Explained || err == nil && (name == "x" || name == "y") {
			t.Form = formOf(form)
		} else {
			t.Form = formOf(audit.ValueAlone)
		}
		for _, p := range t.Form.Parts {
			t.Terms += p.Count
		}
		t.Head = t.Terms
		if keep := d.fold(name); t.Explained && t.Terms > 2*keep+2 {
			t.Head, t.Tail, t.Large = keep, keep, min(keep, mostLarge)
		}
		for _, note := range s.Remarks(name) {
			t.Notes = append(t.Notes, lang.Of(note))
		}
		list = append(list, t)
	}
	return list
}

// formOf is a form with its texts in both languages.
func formOf(f audit.Form) Form {
	g := Form{Of: append([]audit.Ref{}, f.Of...), Formula: words(f.Formula), Numbers: words(f.Numbers)}
	if f.Given != nil {
		g.Given = &Part{Count: f.Given.Count, Text: words(f.Given.Text)}
	}
	for _, p := range f.Parts {
		g.Parts = append(g.Parts, Part{p.Count, words(p.Text), words(p.Numbers)})
	}
	for _, c := range f.Cases {
		g.Cases = append(g.Cases, Case{c.Ref, c.Is, formOf(c.Form)})
	}
	return g
}

// words are a text of a form; what it has for a formula may have words too.
func words(t message.Text) lang.Words {
	both := lang.Of(t)
	if both.EN == both.ZH {
		both = lang.Read(both.EN)
	}
	return lang.Words(both)
}

// Advise adds to an error of package audit the flag that would help.
func Advise(err error) error {
	if errors.Is(err, audit.ErrNoRate) {
		return message.Errorf("%s; -learning_rate gives it", err)
	}
	return err
}

// stride is how many numbers are stored for an element.
func (t Tensor) stride() int {
	n := 1
	if t.Explained {
		n += 2 * (t.Head + t.Tail)
		if t.Given {
			n++
		}
		if t.Head+t.Tail < t.Terms {
			n += 1 + 3*t.Large
		}
	}
	return n
}

// kept returns the rows of a tensor that are stored, of the batch's kept ones.
func (t Tensor) kept(rows []int) []int {
	if t.ByRow {
		return rows
	}
	return upTo(t.Rows)
}

// count is how many numbers are stored for tensors.
func count(layout []Tensor, rows []int) int {
	n := 0
	for _, t := range layout {
		n += len(t.kept(rows)) * t.Cols * t.stride()
	}
	return n
}

// store returns the step's numbers in their layout; rows are the kept ones of
// the batch.
func (s *source) store(layout []Tensor, rows []int) []byte {
	data := make([]byte, 0, 8*count(layout, rows))
	var scratch []float64
	for _, t := range layout {
		v := s.value(t.Name)
		form, _ := s.Form(t.Name) // an error is layout's, which explains no element then
		for _, i := range t.kept(rows) {
			for j, value := range v.Row(i) {
				data = number(data, value)
				if !t.Explained {
					continue
				}
				given, terms, err := s.Numbers(&form, i, j, scratch[:0])
				if err != nil {
					// Another element of the tensor was explained.
					panic("inspector: " + t.Name + ": " + err.Error())
				}
				data, scratch = t.explanation(data, given, terms), terms
			}
		}
	}
	return data
}

// explanation appends the numbers of one: terms are the value and the running
// value of each. It may have more than are stored.
func (t Tensor) explanation(data []byte, given float64, terms []float64) []byte {
	if t.Given {
		data = number(data, given)
	}
	stored := func(list []float64) {
		for _, v := range list {
			data = number(data, v)
		}
	}
	stored(terms[:2*t.Head])
	if t.Head < t.Terms {
		stored(terms[len(terms)-2*t.Tail-1:]) // the running value before the last ones too
		stored(t.largest(terms))
	}
	return data
}

// mostLarge is how many of the largest terms of a long sum are stored.
const mostLarge = 5

// largest returns the numbers, the values and the shares of the largest terms of
// an explanation, the largest first: of its longest part, for what else it has
// is done to the sum.
func (t Tensor) largest(terms []float64) (list []float64) {
	from, count := 0, 0
	for at, k := 0, 0; k < len(t.Form.Parts); k++ {
		if n := t.Form.Parts[k].Count; n > count {
			from, count = at, n
		}
		at += t.Form.Parts[k].Count
	}
	size := func(n int) float64 {
		if v := math.Abs(terms[2*n]); v == v {
			return v
		}
		return math.Inf(1) // NaN decides any sum
	}
	order, sum := make([]int, 0, t.Large+1), 0.0
	for n := from; n < from+count; n++ {
		sum += size(n)
		at := len(order)
		for at > 0 && size(n) > size(order[at-1]) {
			at--
		}
		if order = slices.Insert(order, at, n); len(order) > t.Large {
			order = order[:t.Large]
		}
	}
	for _, n := range order {
		share := 0.0
		if sum > 0 && !math.IsInf(sum, 1) {
			share = size(n) / sum
		}
		list = append(list, float64(n), terms[2*n], share)
	}
	return list
}

// number appends v. Every NaN is the same one: which it is depends on the
// processor.
func number(data []byte, v float64) []byte {
	if v != v {
		v = math.NaN()
	}
	return binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
