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
// every processor has. The product p and its error e are exact (T. J. Dekker, "A
// floating-point technique for extending the available precision", 1971), and so
// are the sum s of p and z and its error t. What is left is to round s + (t + e)
// once: t + e is a rounding off, which hardly ever matters, and where it may, tied
// decides. Numbers that are not usual go to math.FMA, which works in integers.
func softFMA(x, y, z float64) float64 {
	p := float64(x * y)
	if z == 0 && p != 0 {
		return p // where a chain begins
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
	s := p + z
	b := s - p
	t := (p - (s - b)) + (z - b)
	w := t + e
	// t + e lies between w − d and w + d.
	if d := float64(math.Abs(w) * 0x1p-52); s+(w+d) == s+(w-d) {
		return s + w
	}
	return tied(p, e, z)
}

// tied returns p + e + z rounded once, where e is at most half a last place of p:
// by exact sums whose tails are rounded to odd (S. Boldo, G. Melquiond, "Emulation
// of a FMA and correctly rounded sums: proved algorithms using rounding to odd",
// IEEE Transactions on Computers 57, 2008).
func tied(p, e, z float64) float64 {
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
		// Of the two numbers around tl + vl the one with the last bit set, so that
		// the last rounding sees that something follows.
		if bits := math.Float64bits(w); bits&1 == 0 {
			if (left > 0) == (w > 0) {
				bits++
			} else {
				bits--
			}
			w = math.Float64frombits(bits)
		}
	}
	return vh + w
}
