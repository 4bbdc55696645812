// Package moons makes the two half moons of scikit-learn's make_moons, with
// the points, the order and the noise it has for the same seed, splits them
// into training and test points and turns labels into one-hot rows.
//
//	scikit-learn, NumPy                            here
//	make_moons(n, noise=s, random_state=seed)      moons.Make(n, s, nprand.New(seed))
//	make_moons(n, random_state=seed)               moons.Clean(n, nprand.New(seed))
//
// With random_state=None scikit-learn draws from NumPy's global stream; that is
// the same as giving the state that np.random.seed has seeded.
//
// Labels, order and noise are exactly scikit-learn's. Coordinates are within an
// ulp of those of NumPy 1.26 and newer (at most 1 in 1000 differs), because
// NumPy's sine and cosine are the C library's and these are correctly rounded;
// NumPy 1.22 to 1.24 on a CPU with AVX-512 uses others, which are off by up to
// 4 ulp.
package moons

import (
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// Make returns n points, a row of x each (n×2), and their labels, 0 for the
// upper (outer) moon and 1 for the lower (inner) one, in shuffled order. It
// draws the shuffle, then noise·g for each coordinate, g standard normal, row
// by row. Noise 0 draws as well, as scikit-learn's noise=0 does; its noise=None
// is [Clean].
//
// It panics if n is negative, or noise is negative or not finite.
func Make(n int, noise float64, rng *nprand.RandomState) (x mat.Matrix, labels []int) {
	if n < 0 || !(noise >= 0) || math.IsInf(noise, 1) {
		panic(fmt.Sprintf("moons.Make: n = %d, noise = %v, want n ≥ 0 and a finite noise ≥ 0", n, noise))
	}
	x, labels = Clean(n, rng)
	var g [512]float64
	for xs := range slices.Chunk(x.Data, len(g)) {
		rng.FillNormal(g[:len(xs)], 0, noise)
		for i := range xs {
			xs[i] += g[i]
		}
	}
	return x, labels
}

// Clean is [Make] with the points on the half circles themselves: it draws the
// shuffle and nothing more. Half of the points (n/2, rounded down) lie on the
// outer half circle (cos t, sin t), the rest on the inner one
// (1 − cos t, 1/2 − sin t), each from t = 0 to π in equal steps. It panics if n
// is negative.
func Clean(n int, rng *nprand.RandomState) (x mat.Matrix, labels []int) {
	if n < 0 {
		panic(fmt.Sprintf("moons.Clean: n = %d, want at least 0", n))
	}
	outer := n / 2
	upper := halfCircle(outer)
	lower := upper
	if n != 2*outer {
		lower = halfCircle(n - outer)
	}
	x, labels = mat.New(n, 2), make([]int, n)
	for i, k := range rng.Permutation(n) {
		row := x.Data[2*i:][:2]
		if k < outer {
			row[0], row[1] = upper[k].cos, upper[k].sin
		} else {
			p := lower[k-outer]
			row[0], row[1] = 1-p.cos, 1-p.sin-0.5
			labels[i] = 1
		}
	}
	return x, labels
}

type point struct{ cos, sin float64 }

// halfCircle returns the points at the angles numpy.linspace(0, π, m).
func halfCircle(m int) []point {
	points := make([]point, m)
	for k := range points {
		t := Angle(k, m)
		points[k] = point{mat.Cos(t), mat.Sin(t)}
	}
	return points
}

// Angle returns t of point k of a half circle of m points: element k of
// numpy.linspace(0, π, m).
func Angle(k, m int) float64 {
	switch {
	case k == 0:
		return 0
	case k == m-1:
		return math.Pi // m−1 steps may miss it by an ulp
	}
	return float64(k) * (math.Pi / float64(m-1))
}

// Split returns the first int(fraction·n) of x's n rows and of the labels for
// training and the rest for testing, in their order. They are views: they share
// x's and labels' elements.
//
// It panics unless there is a label for each row and 0 ≤ fraction ≤ 1.
func Split(x mat.Matrix, labels []int, fraction float64) (trainX mat.Matrix, trainY []int, testX mat.Matrix, testY []int) {
	n := x.Rows
	if len(labels) != n || !(fraction >= 0 && fraction <= 1) {
		panic(fmt.Sprintf("moons.Split: x %s, %d labels, fraction %v, want a label a row and 0 ≤ fraction ≤ 1",
			x.Shape(), len(labels), fraction))
	}
	train := TrainRows(n, fraction)
	return x.RowRange(0, train), labels[:train:train], x.RowRange(train, n), labels[train:]
}

// TrainRows returns how many of n rows [Split] gives to training. The product is
// rounded before it is cut, as Python's int(0.8 * n) is.
func TrainRows(n int, fraction float64) int { return int(fraction * float64(n)) }

// OneHot returns the n×classes matrix that has a 1 in column labels[i] of row i
// and 0 elsewhere. It panics if a label is not one of 0 … classes−1.
func OneHot(labels []int, classes int) mat.Matrix {
	y := mat.New(len(labels), max(classes, 0))
	for i, k := range labels {
		if k < 0 || k >= classes {
			panic(fmt.Sprintf("moons.OneHot: label %d of row %d, want 0 to %d", k, i, classes-1))
		}
		y.Set(i, k, 1)
	}
	return y
}
