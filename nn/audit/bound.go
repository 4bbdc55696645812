package audit

import (
	"math"

	"glassbox/mat"
)

// A value is a tensor and, element by element, how far the number that a right
// program made may be from it.
type value struct {
	V, E mat.Matrix
}

// recorded is what a program had in hand: nothing is uncertain about it.
func recorded(m mat.Matrix) value { return value{m, mat.New(m.Rows, m.Cols)} }

func newValue(rows, cols int) value { return value{mat.New(rows, cols), mat.New(rows, cols)} }

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
	r := newValue(v.V.Rows, v.V.Cols)
	for i := range r.V.Rows {
		for j, x := range v.V.Row(i) {
			r.V.Set(i, j, x/n)
			r.E.Set(i, j, v.E.At(i, j)/n+math.Abs(x/n)*2*(u+u64)+tiny(1, u))
		}
	}
	return r
}

// NumPy's exp and log may be off by up to 4 ulp, 8 u; ours by 1.
const elementary = 10
