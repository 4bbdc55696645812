package kernel

import "math"

// Between these an fma needs nothing that over- or underflows: neither factor,
// nor the halves it is cut into, nor the product and its error, 106 bits below it.
const (
	largestFactor  = 0x1p500
	leastProduct   = 0x1p-400
	largestSummand = 0x1p1000
)

// softFMA returns x·y + z rounded once, as math.FMA does, out of operations that
// every processor has: the product and its error exactly (T. J. Dekker, "A
// floating-point technique for extending the available precision", 1971), their
// sum with z by exact sums whose tails are rounded to odd (S. Boldo, G.
// Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms
// using rounding to odd", IEEE Transactions on Computers 57, 2008). Numbers that
// are not usual go to math.FMA, which works in integers.
func softFMA(x, y, z float64) float64 {
	p := float64(x * y)
	if p == 0 && (x == 0 || y == 0) {
		return p + z
	}
	if !(math.Abs(x) < largestFactor && math.Abs(y) < largestFactor && math.Abs(p) > leastProduct && math.Abs(z) < largestSummand) {
		return math.FMA(x, y, z)
	}
	const cut = 1<<27 + 1
	g := float64(cut * x)
	xh := g - (g - x)
	xl := x - xh
	g = float64(cut * y)
	yh := g - (g - y)
	yl := y - yh
	e := float64(xl*yl) - (((p - float64(xh*yh)) - float64(xl*yh)) - float64(xh*yl))
	// z + e = th + tl, p + th = vh + vl, exactly.
	th := z + e
	b := th - z
	tl := (z - (th - b)) + (e - b)
	vh := p + th
	b = vh - p
	vl := (p - (vh - b)) + (th - b)
	w := tl + vl
	b = w - tl
	if left := (tl - (w - b)) + (vl - b); left != 0 {
		// To odd: of the two numbers around the exact sum the one with the last
		// bit set, so that the last rounding sees that something follows. It is
		// one up where left has the sign of w, else one down; without branches,
		// which nobody could predict.
		bits := math.Float64bits(w)
		down := int64(bits^math.Float64bits(left)) >> 63 // −1 or 0
		w = math.Float64frombits(bits + uint64(1+2*down)&-(^bits&1))
	}
	return vh + w
}
