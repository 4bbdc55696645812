package audit

import (
	"math"
	"strconv"

	"glassbox/mat"
	"glassbox/nn/message"
)

// A builder makes an explanation. Each input is in one of its terms only.
type builder struct {
	s        *Numbered
	x        Explanation
	keep     int             // terms kept at either end of a long sum
	from, to int             // the terms from, …, to−1 are skipped
	used     map[string]bool // tensors
	err      error
}

// expect announces how many terms there will be.
func (b *builder) expect(n int) {
	if (n-3)/2 >= b.keep { // n > 2·keep + 2, without overflow
		b.from, b.to = b.keep, n-b.keep
	}
}

func (b *builder) term(t Term) { b.x.Terms = append(b.x.Terms, t) }

// skips counts the next term, which takes the result to running, if it is one
// of those left out. Only for others its texts are worth making.
func (b *builder) skips(running float64) bool {
	n := len(b.x.Terms) + b.x.Skipped
	if n < b.from || n >= b.to {
		return false
	}
	b.x.Skipped++
	b.x.Before = running
	return true
}

// matrix returns a tensor; one that is not there is the explanation's error.
func (b *builder) matrix(tensor string) mat.Matrix {
	m, ok := b.s.T[tensor]
	if !ok && b.err == nil {
		why := b.s.Missing[tensor]
		if why.IsZero() {
			why = message.New("it is not recorded, nor can it be computed from what is")
		}
		b.err = message.Errorf("%s needs %s of step %d: %s", b.x.Name, tensor, b.s.Number, why)
	}
	b.used[tensor] = true
	return m
}

// at returns an element and its name.
func (b *builder) at(tensor string, i, j int) (v float64, name string) {
	m := b.matrix(tensor)
	name = element(tensor, i, j)
	if i < m.Rows && j < m.Cols {
		return m.At(i, j), name
	}
	return b.lacks(name, tensor, m), name
}

// lacks makes an element that a tensor has not the explanation's error.
func (b *builder) lacks(name, tensor string, m mat.Matrix) float64 {
	if b.err == nil {
		b.err = message.Errorf("%s needs %s, and %s is %s", b.x.Name, name, tensor, m.Shape())
	}
	return math.NaN()
}

// A line is a row of a tensor, or a column of it.
type line struct {
	b      *builder
	tensor string
	m      mat.Matrix
	n      int // which
	down   bool
	data   []float64 // element k is data[k·step]
	step   int
	length int // 0 when the tensor has no such row or column
}

func (b *builder) row(tensor string, i int) *line { return b.rowOf(tensor, b.matrix(tensor), i) }

func (b *builder) rowOf(tensor string, m mat.Matrix, i int) *line {
	l := &line{b: b, tensor: tensor, m: m, n: i, step: 1}
	if i < m.Rows {
		l.data, l.length = m.Row(i), m.Cols
	}
	return l
}

func (b *builder) column(tensor string, j int) *line {
	m := b.matrix(tensor)
	l := &line{b: b, tensor: tensor, m: m, n: j, down: true, step: m.Stride}
	if j < m.Cols && m.Rows > 0 {
		l.data, l.length = m.Data[j:], m.Rows
	}
	return l
}

// at returns element k.
func (l *line) at(k int) float64 {
	if k < l.length {
		return l.data[k*l.step]
	}
	return l.lacks(k)
}

// lacks stands apart so that at can be inlined.
func (l *line) lacks(k int) float64 { return l.b.lacks(l.name(k), l.tensor, l.m) }

func (l *line) name(k int) string {
	if l.down {
		return element(l.tensor, k, l.n)
	}
	return element(l.tensor, l.n, k)
}

// Num writes a number with the digits that read back as the same float64.
func num(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// factor writes a number as a factor or a term: a negative one in brackets.
func factor(v float64) string {
	if math.Signbit(v) {
		return "(" + num(v) + ")"
	}
	return num(v)
}
