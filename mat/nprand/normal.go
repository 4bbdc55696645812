package nprand

import (
	"fmt"
	"math"

	"glassbox/mat"
)

// StandardNormal returns the next number of randn() and standard_normal(): a
// deviate of mean 0 and standard deviation 1.
//
// It is the polar method (G. Marsaglia and T. A. Bray, SIAM Review 6, 1964): a
// point in the unit disk gives two deviates, the second of which is kept for
// the following call. Seeding forgets a kept one.
func (r *RandomState) StandardNormal() float64 {
	if r.hasKept {
		r.hasKept = false
		return r.kept
	}
	return r.normalPair()
}

// normalPair returns the first deviate of a pair and keeps the second.
func (r *RandomState) normalPair() float64 {
	var x1, x2, r2 float64
	for {
		if r.left >= 4 {
			w := r.out[stateLen-r.left:][:4]
			r.left -= 4
			x1, x2 = signed(w[0], w[1]), signed(w[2], w[3])
		} else {
			x1 = 2*r.Float64() - 1 // exact, fused or not
			x2 = 2*r.Float64() - 1
		}
		r2 = float64(x1*x1) + float64(x2*x2)
		if r2 < 1 && r2 != 0 {
			break
		}
	}
	f := polar(r2)
	r.kept, r.hasKept = f*x1, true
	return f * x2
}

// polar returns what both coordinates of a point in the unit disk are
// multiplied by to become normal deviates; r2 is the square of its distance
// from the centre.
func polar(r2 float64) float64 { return math.Sqrt(-2 * mat.Log(r2) / r2) }

// signed is 2u−1, exactly, of the number u that [RandomState.Float64] makes of
// two words.
func signed(a, b uint32) float64 { return float64(bits53(a, b)-1<<52) * 0x1p-52 }

// Normal returns the next number of normal(loc, scale): loc + scale·g with g of
// [RandomState.StandardNormal]. It panics if scale is negative or not a number.
func (r *RandomState) Normal(loc, scale float64) float64 {
	if !(scale >= 0) {
		panic(fmt.Sprintf("nprand.Normal: scale = %v, want at least 0", scale))
	}
	return loc + float64(scale*r.StandardNormal())
}

// FillStandardNormal sets dst to the next numbers of standard_normal(len(dst)):
// those that as many calls of [RandomState.StandardNormal] return, in less
// time.
func (r *RandomState) FillStandardNormal(dst []float64) {
	if len(dst) > 0 && r.hasKept {
		dst[0], dst = r.StandardNormal(), dst[1:]
	}
	for len(dst) >= 2 {
		if r.left < 4 { // the words of a point lie about a refill
			dst[0], dst[1], dst = r.StandardNormal(), r.StandardNormal(), dst[2:]
			continue
		}
		n := r.fillDisk(dst)
		for i := 0; i+2 <= n; i += 2 {
			x2, x1 := dst[i], dst[i+1]
			f := polar(float64(x1*x1) + float64(x2*x2))
			dst[i], dst[i+1] = f*x2, f*x1
		}
		dst = dst[n:]
	}
	if len(dst) > 0 {
		dst[0] = r.StandardNormal()
	}
}

// fillDisk puts points of the unit disk into dst, which has room for one or
// more, the second coordinate before the first, from the words at hand, 4 or
// more. It returns how many numbers that makes. One try in five lies outside;
// the next one is written over it, as no branch is as quick.
func (r *RandomState) fillDisk(dst []float64) (n int) {
	w := r.out[stateLen-r.left:]
	for len(w) >= 4 && n+2 <= len(dst) {
		x1, x2 := signed(w[0], w[1]), signed(w[2], w[3])
		w = w[4:]
		dst[n], dst[n+1] = x2, x1
		// 0 < r2 < 1, in one comparison
		const one = 0x3ff0000000000000
		if r2 := float64(x1*x1) + float64(x2*x2); math.Float64bits(r2)-1 < one-1 {
			n += 2
		}
	}
	r.left = uint(len(w))
	return n
}

// FillNormal sets dst to the next numbers of normal(loc, scale, len(dst)), as
// [RandomState.FillStandardNormal] does. It panics if scale is negative or not
// a number.
func (r *RandomState) FillNormal(dst []float64, loc, scale float64) {
	if !(scale >= 0) {
		panic(fmt.Sprintf("nprand.FillNormal: scale = %v, want at least 0", scale))
	}
	r.FillStandardNormal(dst)
	for i, g := range dst {
		dst[i] = loc + float64(scale*g)
	}
}
