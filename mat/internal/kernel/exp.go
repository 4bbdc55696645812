package kernel

import "math"

// Exp returns eˣ. Package mat says how exactly, and what each operation is for;
// lanes of a vector do the same ones in the same order.
func Exp(x float64) float64 {
	if x > expMax {
		x = expMax
	}
	if x < expMin {
		x = expMin
	}
	s := FMA(x, math.Log2E, toInteger)
	n := s - toInteger
	t := FMA(-n, ln2Hi, x)
	c := float64(n * ln2Lo)
	r := t - c
	r2 := float64(r * r)
	h := 1 + t
	l := ((1 - h) + t) - c
	y := h + FMA(expPoly(r, r2), r2, l)

	k := int64(int32(math.Float64bits(s)))
	k1 := k >> 1
	return y * powerOfTwo(k1) * powerOfTwo(k-k1)
}

// powerOfTwo returns 2ᵏ for k in [−1022, 1023].
func powerOfTwo(k int64) float64 { return math.Float64frombits(uint64(k+1023) << 52) }

// Coefficients of the polynomial 1 + r + r²·(½ + c₃·r + … + c₁₂·r¹⁰) closest
// to eʳ, by largest relative error over |r| ≤ ln 2/2·(1+10⁻⁵): found by Remez'
// exchange in 70 digits, one coefficient after the other rounded to a float64
// and the rest fitted anew. As rounded its error is 2⁻⁶³·⁵.
const (
	expMax, expMin = 710, -746            // beyond them the result is an infinity, or 0
	toInteger      = 0x1.8p52             // adding it rounds to an integer, in the lowest bits
	ln2Hi          = 0x1.62e42fefa3800p-1 // ln 2 to 42 bits: n·ln2Hi is exact for every exponent n
	ln2Lo          = 0x1.ef35793c76730p-45

	expC3  = 0x1.555555555555dp-3
	expC4  = 0x1.555555555556cp-5
	expC5  = 0x1.111111110e54bp-7
	expC6  = 0x1.6c16c16c0a3fdp-10
	expC7  = 0x1.a01a01b5f39acp-13
	expC8  = 0x1.a01a01e8c6506p-16
	expC9  = 0x1.71ddeaafad98ap-19
	expC10 = 0x1.27e449f6928c4p-22
	expC11 = 0x1.af7442d0f657ap-26
	expC12 = 0x1.2051f3caa63c9p-29
)

// expPoly returns ½ + c₃·r + … + c₁₂·r¹⁰ with r2 = r·r, by Estrin's scheme:
// pairs, then pairs of pairs, so that few operations wait for each other. Its
// operations, as they stand, are part of Exp's definition.
func expPoly(r, r2 float64) float64 {
	r4 := float64(r2 * r2)
	a := FMA(FMA(expC5, r, expC4), r2, FMA(expC3, r, 0.5))
	b := FMA(FMA(expC9, r, expC8), r2, FMA(expC7, r, expC6))
	c := FMA(expC12, r2, FMA(expC11, r, expC10))
	return FMA(FMA(c, r4, b), r4, a)
}

// expGo: dst[i,j] = Exp(a[i,j]).
func expGo(g *Grid) {
	for i := range g.Rows {
		dst := g.Dst[i*g.DstRow:][:g.Cols]
		for j, v := range g.A[i*g.ARow:][:g.Cols] {
			dst[j] = Exp(v)
		}
	}
}

// softMaxGo: each column j of a, of rows numbers, becomes probabilities: with m
// its largest number, e[i] = Exp(a[i,j] − m), dst[i,j] = e[i] / (0 + e[0] + e[1] + …).
func softMaxGo(g *Grid) {
	for j := range g.Cols {
		m := math.Inf(-1)
		for i := range g.Rows {
			if v := g.A[i*g.ARow+j]; v > m || v != v {
				m = v
			}
		}
		sum := 0.0
		for i := range g.Rows {
			e := Exp(g.A[i*g.ARow+j] - m)
			g.Dst[i*g.DstRow+j] = e
			sum += e
		}
		for i := range g.Rows {
			g.Dst[i*g.DstRow+j] /= sum
		}
	}
}

// softMaxRow makes the numbers of one sample probabilities.
func softMaxRow(p, z []float64) {
	m := math.Inf(-1)
	for _, v := range z {
		if v > m || v != v {
			m = v
		}
	}
	for j, v := range z {
		p[j] = v - m
	}
	ExpSlice(p, p)
	sum := 0.0
	for _, e := range p {
		sum += e
	}
	for j := range p {
		p[j] /= sum
	}
}

// ExpSlice sets dst[i] = Exp(x[i]).
func ExpSlice(dst, x []float64) {
	Grid{Dst: dst, A: x, DstRow: len(x), ARow: len(x), Rows: 1, Cols: len(x)}.Exp()
}
