package audit

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
)

// A value is a tensor and, element by element, how far the number that a right
// program made may be from it.
type value struct {
	V, E mat.Matrix
}

// recorded is what a program had in hand: nothing is uncertain about it.
func recorded(m mat.Matrix) value { return value{m, mat.New(m.Rows, m.Cols)} }

func newValue(rows, cols int) value { return value{mat.New(rows, cols), mat.New(rows, cols)} }

// elementwise makes a value of the shape of like, element by element.
func elementwise(like mat.Matrix, f func(i, j int) (v, e float64)) value {
	r := newValue(like.Rows, like.Cols)
	for i := range r.V.Rows {
		vs, es := r.V.Row(i), r.E.Row(i)
		for j := range vs {
			vs[j], es[j] = f(i, j)
		}
	}
	return r
}

// Unit roundoffs of the two precisions that are recorded.
const (
	u64 = 0x1p-53
	u32 = 0x1p-24
)

// gamma is Higham's γ_k with the rounding of our own reference on top.
func gamma(k int, u float64) float64 {
	ku := float64(k) * u
	k64 := float64(k) * u64
	if ku >= 0.5 {
		return math.Inf(1)
	}
	return ku/(1-ku) + k64/(1-k64)
}

// tiny is what underflow may take from a result of k operations.
func tiny(k int, u float64) float64 {
	if u == u32 {
		return float64(k) * 0x1p-149
	}
	return float64(k) * math.SmallestNonzeroFloat64
}

// product fills v with chains of n terms a(i,k)·b(k,j), as each program may
// order them, and an optional addend.
func product(v value, n int, u float64, term func(i, j, k int) (a, ea, b, eb float64), addend func(j int) (c, ec float64)) value {
	for i := range v.V.Rows {
		for j := range v.V.Cols {
			s, size, carried := 0.0, 0.0, 0.0
			for k := range n {
				a, ea, b, eb := term(i, j, k)
				s = math.FMA(a, b, s)
				size += math.Abs(a * b)
				carried += math.Abs(a)*eb + ea*math.Abs(b) + ea*eb
			}
			terms := n
			if addend != nil {
				c, ec := addend(j)
				s += c
				size += math.Abs(c)
				carried += ec
				terms++
			}
			v.V.Set(i, j, s)
			v.E.Set(i, j, gamma(terms+1, u)*size+carried*(1+gamma(terms+1, u))+tiny(terms+1, u))
		}
	}
	return v
}

// divided is v/n.
func divided(v value, n, u float64) value {
	return elementwise(v.V, func(i, j int) (float64, float64) {
		q := v.V.At(i, j) / n
		return q, v.E.At(i, j)/n + math.Abs(q)*2*(u+u64) + tiny(1, u)
	})
}

// NumPy's exp and log may be off by up to 4 ulp, 8 u; ours by 1.
const elementary = 10

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
			r := boundRatio(g, w, v.E.At(i, j))
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

// boundRatio is the distance of two numbers in units of the bound e.
func boundRatio(g, w, e float64) float64 {
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
			if boundRatio(g, c.with.V.At(i, j), c.with.E.At(i, j)) > 1 {
				list = append(list, i*got.Cols+j)
			}
		}
	}
	return list
}

// allElements are all elements of m, for a finding about the tensor as such.
func allElements(m mat.Matrix) []int { return elementsOf(m, func(int, float64) bool { return true }) }

// elementsOf are the elements of m, by row and number, of which is says so.
func elementsOf(m mat.Matrix, is func(i int, v float64) bool) []int {
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
