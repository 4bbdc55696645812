package audit

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
)

// comparison is how a recorded tensor stands to a computed one.
type comparison struct {
	ratio     float64 // the largest distance in units of the bound
	i, j      int     // where
	got, want float64
	off       int   // how many elements are outside of the bound
	with      value // what it was compared with; zero where it is about something else
	at        []int // the elements that are meant, where they are not those outside of the bound
}

func compareTo(got mat.Matrix, v value) comparison {
	c := comparison{with: v}
	for i := range got.Rows {
		for j, g := range got.Row(i) {
			w := v.V.At(i, j)
			r := apart(g, w, v.E.At(i, j))
			if r > 1 {
				c.off++
			}
			if r > c.ratio || i == 0 && j == 0 {
				c.ratio, c.i, c.j, c.got, c.want = r, i, j, g, w
			}
		}
	}
	return c
}

// apart is the distance of two numbers in units of the bound e.
func apart(g, w, e float64) float64 {
	switch {
	case g == w || g != g && w != w:
		return 0
	case math.IsInf(e, 1):
		return 0 // nothing can be said
	case math.IsNaN(g) || math.IsNaN(w) || math.IsInf(g, 0) || math.IsInf(w, 0):
		return math.Inf(1)
	case math.IsNaN(e):
		return 0
	case e == 0:
		// No rounding takes part; one of the number itself is the unit then.
		return max(2, math.Abs(g-w)/(u64*max(math.Abs(g), math.Abs(w))))
	}
	return math.Abs(g-w) / e
}

// where returns the elements of got that off counts. They are looked for only
// when there is a finding: most comparisons are trials.
func (c comparison) where(got mat.Matrix) []int {
	if c.at != nil || c.with.V.Rows != got.Rows || c.with.V.Cols != got.Cols {
		return c.at
	}
	list := make([]int, 0, c.off)
	for i := range got.Rows {
		for j, g := range got.Row(i) {
			if apart(g, c.with.V.At(i, j), c.with.E.At(i, j)) > 1 {
				list = append(list, i*got.Cols+j)
			}
		}
	}
	return list
}

// whole are all elements of m, for a finding about the tensor as such.
func whole(m mat.Matrix) []int { return those(m, func(int, float64) bool { return true }) }

// those are the elements of m, by row and number, of which is says so.
func those(m mat.Matrix, is func(i int, v float64) bool) []int {
	list := []int{}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			if is(i, v) {
				list = append(list, i*m.Cols+j)
			}
		}
	}
	return list
}

// report adds a finding about an element.
func (j *judge) report(level, name string, c comparison, cause string, text message.Text) {
	got := j.s.T[name]
	f := Finding{
		Level: level, Step: j.s.Number, Tensor: name, Index: []int{c.i, c.j},
		Got: Number(c.got), Want: Number(c.want), Ratio: Number(min(c.ratio, math.MaxFloat64)), Off: c.off, Elements: len(got.Data),
		Cause: cause, Message: text,
	}
	if j.mem.room(len(got.Data)) {
		f.Where, f.Expected = c.where(got), c.with.V
	}
	j.out.Findings = append(j.out.Findings, f)
}
