package nprand

import (
	"math"
)

// svd2 returns the singular values s, s[0] ≥ s[1], and the right singular
// vectors, the rows of v, of the symmetric matrix [[a b] [b d]] with a ≥ 0.
//
// A singular vector may be turned by 180°, and which of the two a library
// returns follows from no rule but its own steps. So these are the steps of
// LAPACK's dgesdd for this size, for dgesdd is what numpy.linalg.svd calls:
// a Householder reflection makes the matrix upper triangular, dlasv2 finds that
// triangle's decomposition, and negative values are turned positive. Each
// product and sum is rounded by itself, as LAPACK compiled for x86-64 does, but
// for one: see triangle.
func svd2(a, b, d float64) (s [2]float64, v [2][2]float64) {
	return svdUpper(triangle(a, b, d))
}

// triangle returns the upper triangle [[f g] [0 h]] that the reflection
// I − τ·(1, w)ᵀ(1, w) of dlarfg makes of [[a b] [b d]].
//
// The last step to h is the BLAS's. OpenBLAS with AVX-512 fuses it, as here;
// its other x86-64 kernels and the reference BLAS round the product. That moves
// s and v by an ulp or two, but where the matrix is nearly singular s[1] is
// nothing but such roundings, and v[1] may be turned.
func triangle(a, b, d float64) (f, g, h float64) {
	if b == 0 {
		return a, b, d
	}
	f = -math.Copysign(norm2(a, b), a)
	tau := (f - a) / f
	w := b * (1 / (a - f))
	t := float64(-tau * (b + float64(d*w)))
	return f, b + t, math.FMA(t, w, d)
}

// svdUpper is svd2 for the upper triangle [[f g] [0 h]].
func svdUpper(f, g, h float64) (s [2]float64, v [2][2]float64) {
	v = [2][2]float64{{1, 0}, {0, 1}}
	if !negligible(f, g, h) {
		var cos, sin float64
		h, f, sin, cos = dlasv2(f, g, h)
		v = [2][2]float64{{cos, sin}, {0 - sin, cos}}
	}
	s = [2]float64{f, h}
	for i := range s {
		if s[i] < 0 {
			s[i] = -s[i]
			v[i] = [2]float64{-v[i][0], -v[i][1]}
		}
	}
	if s[0] < s[1] {
		s[0], s[1] = s[1], s[0]
		v[0], v[1] = v[1], v[0]
	}
	return s, v
}

// norm2 is √(x² + y²), not both zero, as dlapy2 computes it.
func norm2(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	big := max(x, y)
	q := min(x, y) / big
	return big * math.Sqrt(1+float64(q*q))
}

// negligible reports whether g is so small beside the smallest singular value
// of [[f g] [0 h]] that dbdsqr drops it.
func negligible(f, g, h float64) bool {
	const (
		eps = 0x1p-53
		tol = 98.70149282610239 * eps // eps^(−1/8) · eps
	)
	f, g, h = math.Abs(f), math.Abs(g), math.Abs(h)
	lowest := f // a lower bound of the smallest singular value, up to √2
	if f != 0 {
		lowest = min(f, h*(f/(f+g)))
	}
	return g <= tol*(lowest/math.Sqrt2)
}

// dlasv2 returns the singular values of [[f g] [0 h]], whose signs are those of
// the product of the vectors and the matrix, and the right singular vector
// (cos, sin) of the larger. g must not be negligible. So does LAPACK's routine
// of that name (W. Kahan and J. Demmel; see "Accurate singular values of
// bidiagonal matrices", SIAM J. Sci. Stat. Comput. 11, 1990).
func dlasv2(f, g, h float64) (smin, smax, sin, cos float64) {
	// The method wants |f| ≥ |h|. Swapping them transposes the matrix along
	// its other diagonal, which swaps left with right and cos with sin.
	ft, ht := f, h
	swapped := math.Abs(h) > math.Abs(f)
	if swapped {
		ft, ht = h, f
	}
	fa, ga, ha := math.Abs(ft), math.Abs(g), math.Abs(ht)

	var cosL, sinL, cosR, sinR float64
	if ga > fa && fa/ga < 0x1p-53 { // g outweighs the rest
		smax = ga
		if ha > 1 {
			smin = fa / (ga / ha)
		} else {
			smin = fa / ga * ha
		}
		cosL, sinL = 1, ht/g
		cosR, sinR = ft/g, 1
	} else {
		l := (fa - ha) / fa
		m := g / ft
		t := 2 - l
		mm := float64(m * m)
		s := math.Sqrt(float64(t*t) + mm)
		r := math.Sqrt(float64(l*l) + mm)
		a := 0.5 * (s + r)
		smin, smax = ha/a, fa*a
		t = (m/(s+t) + m/(r+l)) * (1 + a)
		l = math.Sqrt(float64(t*t) + 4)
		cosR, sinR = 2/l, t/l
		cosL = (cosR + float64(sinR*m)) / a
		sinL = ht / ft * sinR / a
	}
	if swapped {
		cosL, sinL, cosR, sinR = sinR, cosR, sinL, cosL
	}

	// The signs follow from the largest element and the two vectors.
	var sign float64
	switch {
	case ga > fa:
		sign = math.Copysign(1, g) * math.Copysign(1, sinR) * math.Copysign(1, cosL)
	case swapped:
		sign = math.Copysign(1, h) * math.Copysign(1, sinR) * math.Copysign(1, sinL)
	default:
		sign = math.Copysign(1, f) * math.Copysign(1, cosR) * math.Copysign(1, cosL)
	}
	smax = math.Copysign(smax, sign)
	smin = math.Copysign(smin, sign*math.Copysign(1, f)*math.Copysign(1, h))
	return smin, smax, sinR, cosR
}

// svdDiagonal puts the elements s of a diagonal matrix, none of them negative,
// into the order in which LAPACK's dgesdd returns them as singular values,
// which is descending, and returns the column from which each came.
//
// Where elements are equal their order is that of LAPACK's sorts, none of which
// is stable. From 26 elements on dgesdd goes by its divide-and-conquer routine,
// which scales the matrix by its largest element and back, with two roundings,
// and lifts an element that is zero beside it to 0.9·2⁻⁵³ of it: there NumPy
// spreads even a constant a little.
func svdDiagonal(s []float64) (column []int) {
	const smallest = 26 // below which dbdsdc leaves the work to dbdsqr
	column = make([]int, len(s))
	for i := range column {
		column[i] = i
	}
	// best swaps the best of s[from:to], the first of equals unless later ones are
	// better, with s[at].
	best := func(from, to, at int, better func(a, b float64) bool) {
		found := from
		for j := from + 1; j < to; j++ {
			if better(s[j], s[found]) {
				found = j
			}
		}
		s[found], s[at] = s[at], s[found]
		column[found], column[at] = column[at], column[found]
	}
	if len(s) < smallest {
		// dbdsqr: the smallest of what is left, the last among equals, to its end.
		for end := len(s) - 1; end > 0; end-- {
			best(0, end+1, end, func(a, b float64) bool { return a <= b })
		}
		// dlasdq: the smallest, the first among equals, to the front.
		for i := range s {
			best(i, len(s), i, func(a, b float64) bool { return a < b })
		}
	} else {
		rescale(s)
	}
	// dbdsdc: the largest, the first among equals, to the front.
	for i := range s {
		best(i, len(s), i, func(a, b float64) bool { return a > b })
	}
	return column
}

// rescale does to s what dbdsdc does before and after its work.
func rescale(s []float64) {
	const eps = 0.9 * 0x1p-53
	top := 0.0
	for _, v := range s {
		top = max(top, v)
	}
	if top == 0 {
		return
	}
	down := 1 / top
	for i, v := range s {
		s[i] = max(v*down, eps) * top
	}
}
