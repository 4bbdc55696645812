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

// elementwise makes a value of the shape of like, element by element. The tensors
// of a judge are dense: element k is number k of Data.
func elementwise(like mat.Matrix, f func(k int) (v, e float64)) value {
	r := newValue(like.Rows, like.Cols)
	for k := range r.V.Data {
		r.V.Data[k], r.E.Data[k] = f(k)
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

// product is a·bᵀ, each element a chain of products as any program may order
// them, and the addend of its column, if there are any.
func product(a, b value, addend *value, u float64) value {
	v, terms := newValue(a.V.Rows, b.V.Rows), a.V.Cols
	if addend != nil {
		terms++
	}
	rounding := gamma(terms+1, u)
	for i := range v.V.Rows {
		as, eas := a.V.Row(i), a.E.Row(i)
		for j := range v.V.Cols {
			bs, ebs := b.V.Row(j), b.E.Row(j)
			s, size, carried := 0.0, 0.0, 0.0
			for k, a := range as {
				s = mat.FMA(a, bs[k], s)
				size += math.Abs(a * bs[k])
				carried += math.Abs(a)*ebs[k] + eas[k]*math.Abs(bs[k]) + eas[k]*ebs[k]
			}
			if addend != nil {
				s += addend.V.At(0, j)
				size += math.Abs(addend.V.At(0, j))
				carried += addend.E.At(0, j)
			}
			v.V.Set(i, j, s)
			v.E.Set(i, j, rounding*size+carried*(1+rounding)+tiny(terms+1, u))
		}
	}
	return v
}

// divided is v/n.
func divided(v value, n, u float64) value {
	return elementwise(v.V, func(k int) (float64, float64) {
		q := v.V.Data[k] / n
		return q, v.E.Data[k]/n + math.Abs(q)*2*(u+u64) + tiny(1, u)
	})
}

// NumPy's exp and log may be off by up to 4 ulp, 8 u; ours by 1.
const elementary = 10

// comparison is how a recorded tensor stands to a computed one.
type comparison struct {
	ratio     float64 // the largest distance in units of the bound
	k         int     // the element where
	got, want float64
	off       int   // how many elements are outside of the bound
	boundless int   // how many differ where the bound is infinite, so that nothing can be said
	with      value // what it was compared with; zero where it is about something else
	at        []int // the elements that are meant, where they are not those outside of the bound
}

func compareTo(got mat.Matrix, v value) comparison {
	c := comparison{with: v}
	for k, g := range got.Data {
		r := boundRatio(g, v.V.Data[k], v.E.Data[k])
		if r > 1 {
			c.off++
		}
		if math.IsInf(v.E.Data[k], 1) && g != v.V.Data[k] {
			c.boundless++
		}
		if r > c.ratio || k == 0 {
			c.ratio, c.k, c.got, c.want = r, k, g, v.V.Data[k]
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
	if c.at != nil || !sameShape(c.with.V, got) {
		return c.at
	}
	return elementsOf(got, func(k int) bool { return boundRatio(got.Data[k], c.with.V.Data[k], c.with.E.Data[k]) > 1 })
}

func sameShape(a, b mat.Matrix) bool { return a.Rows == b.Rows && a.Cols == b.Cols }

// elementsOf are the elements of m of which is says so.
func elementsOf(m mat.Matrix, is func(k int) bool) []int {
	list := []int{}
	for k := range m.Data {
		if is(k) {
			list = append(list, k)
		}
	}
	return list
}

// allElements are all elements of m, for a finding about the tensor as such.
func allElements(m mat.Matrix) []int { return elementsOf(m, func(int) bool { return true }) }

// report adds a finding about an element.
func (j *judge) report(level, name string, c comparison, cause string, text message.Text) {
	got := j.s.T[name]
	f := Finding{
		Level: level, Step: j.s.Number, Tensor: name, Index: []int{c.k / max(1, got.Cols), c.k % max(1, got.Cols)},
		Got: Number(c.got), Want: Number(c.want), Ratio: Number(min(c.ratio, math.MaxFloat64)), Off: c.off, Elements: len(got.Data),
		Cause: cause, Message: text,
	}
	if j.mem.room(len(got.Data)) {
		f.Where, f.Expected = c.where(got), c.with.V
	}
	j.out.Findings = append(j.out.Findings, f)
}
