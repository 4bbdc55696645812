package nprand

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"glassbox/mat/nptest"
)

// svd2Matrices are the matrices (a, b, d) of testdata/svd2.py, from the same
// draws in the same order.
func svd2Matrices() [][3]float64 {
	const n = 10_000
	r := New(2)
	var all [][3]float64
	uniform := func(lo, hi float64) []float64 {
		return times(n, func() float64 { return r.Uniform(lo, hi) })
	}
	integers := func(lo, hi int64) []float64 {
		return times(n, func() float64 { return float64(r.RandInt(lo, hi)) })
	}
	wide := func() []float64 {
		x := times(n, r.Float64)
		for i, e := range integers(-60, 60) {
			x[i] = math.Ldexp(x[i], int(e))
		}
		return x
	}
	add := func(a, b, d func(i int) float64) {
		for i := range n {
			all = append(all, [3]float64{a(i), b(i), d(i)})
		}
	}
	at := func(x []float64) func(int) float64 { return func(i int) float64 { return x[i] } }
	dot := func(a, b, c, d []float64) func(int) float64 {
		return func(i int) float64 { return float64(a[i]*b[i]) + float64(c[i]*d[i]) }
	}

	w, x, y, z := uniform(-1, 1), uniform(-1, 1), uniform(-1, 1), uniform(-1, 1)
	add(dot(w, w, x, x), dot(w, y, x, z), dot(y, y, z, z))

	a, d, b := integers(1, 5), integers(0, 5), integers(-4, 5)
	for i := range b {
		if b[i]*b[i] > a[i]*d[i] {
			b[i] = 0
		}
	}
	add(at(a), at(b), at(d))

	a, d = wide(), wide()
	rho := uniform(-1, 1)
	add(at(a), func(i int) float64 { return rho[i] * math.Sqrt(a[i]*d[i]) }, at(d))

	a2, d2 := wide(), wide()
	add(at(a2), func(i int) float64 { return math.Sqrt(a2[i] * d2[i]) }, at(d2))

	a3, rho3 := times(n, r.Float64), uniform(-1, 1)
	add(at(a3), func(i int) float64 { return a3[i] * rho3[i] }, at(a3))

	a4, ulps := times(n, r.Float64), integers(0, 4)
	rho4, less := uniform(-1, 1), integers(0, 64)
	add(at(a4),
		func(i int) float64 { return math.Ldexp(a4[i]*rho4[i], -int(less[i])) },
		func(i int) float64 { return a4[i] * (1 + ulps[i]*0x1p-52) }) // exact before the product

	vast := func() []float64 {
		x := times(n, func() float64 { return r.Float64() + 1 })
		for i, e := range integers(-450, 450) {
			x[i] = math.Ldexp(x[i], int(e))
		}
		return x
	}
	a5, d5 := vast(), vast()
	rho5, less5 := uniform(-1, 1), integers(0, 600)
	add(at(a5), func(i int) float64 {
		return math.Ldexp(math.Sqrt(a5[i])*math.Sqrt(d5[i])*rho5[i], -int(less5[i]))
	}, at(d5))
	return all
}

// Every bit of 70,000 decompositions, among them singular, equal and very
// unequal ones, against what testdata/svd2.py says of NumPy.
func TestSVD2Digest(t *testing.T) {
	const numpy = "94590ce6be6e2d55b075e84b3c8f27d6847c908359372ff5277751f93741dc33"
	h := sha256.New()
	var row [48]byte
	for _, m := range svd2Matrices() {
		s, v := svd2(m[0], m[1], m[2])
		for i, x := range [6]float64{s[0], s[1], v[0][0], v[0][1], v[1][0], v[1][1]} {
			binary.LittleEndian.PutUint64(row[8*i:], math.Float64bits(x))
		}
		h.Write(row[:])
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != numpy {
		t.Errorf("the digest is %s, NumPy's %s", got, numpy)
	}
}

// The parts multiply to the matrix, and v is orthogonal: vᵀ·diag(s)·v = cov.
func TestSVD2Rebuilds(t *testing.T) {
	for _, m := range svd2Matrices() {
		s, v := svd2(m[0], m[1], m[2])
		back := func(i, j int) float64 { return v[0][i]*s[0]*v[0][j] + v[1][i]*s[1]*v[1][j] }
		unit := func(i, j int) float64 { return v[i][0]*v[j][0] + v[i][1]*v[j][1] }
		worst := max(math.Abs(back(0, 0)-m[0]), math.Abs(back(0, 1)-m[1]), math.Abs(back(1, 1)-m[2])) / max(m[0], m[2])
		skew := max(math.Abs(unit(0, 0)-1), math.Abs(unit(1, 1)-1), math.Abs(unit(0, 1)))
		if !(worst < 4e-15 && skew < 1e-15) || s[0] < s[1] || s[1] < 0 {
			t.Fatalf("a, b, d = %v: s = %v, v = %v: off by %.2g, %.2g", m, s, v, worst, skew)
		}
	}
}

// Where the BLAS rounds a product that ours fuses, the decomposition may differ
// by roundings, but where the matrix is far from singular it never turns a
// vector.
func TestLiveSVD2(t *testing.T) {
	python := nptest.Python(t, "numpy")
	var stdin []byte
	var tame [][3]float64
	for _, m := range svd2Matrices() {
		s, _ := svd2(m[0], m[1], m[2])
		if s[0] < 1000*s[1] && s[0] > 1.001*s[1] {
			tame = append(tame, m)
			for _, x := range m {
				stdin = binary.LittleEndian.AppendUint64(stdin, math.Float64bits(x))
			}
		}
	}
	if len(tame) < 20_000 {
		t.Fatalf("only %d matrices are far from singular", len(tame))
	}
	raw := nptest.Run(t, python, `
import sys
import numpy as np
m = np.frombuffer(sys.stdin.buffer.read(), "<f8").reshape(-1, 3)
u, s, v = np.linalg.svd(m[:, [0, 1, 1, 2]].reshape(-1, 2, 2))
sys.stdout.buffer.write(np.concatenate([s, v.reshape(-1, 4)], 1).astype("<f8").tobytes())
`, stdin)
	equal := 0
	for k, m := range tame {
		s, v := svd2(m[0], m[1], m[2])
		same := true
		for i, got := range [6]float64{s[0], s[1], v[0][0], v[0][1], v[1][0], v[1][1]} {
			want := math.Float64frombits(binary.LittleEndian.Uint64(raw[8*(6*k+i):]))
			if got != want {
				same = false
			}
			// s to 8 ulp of the larger; v to as much over the values' distance.
			bound := 8 * 0x1p-53 * s[0]
			if i >= 2 {
				bound /= s[0] - s[1]
			}
			if !(math.Abs(got-want) <= bound) {
				t.Fatalf("a, b, d = %v: number %d of s, v is %v, NumPy has %v", m, i, got, want)
			}
		}
		if same {
			equal++
		}
	}
	t.Logf("%d of %d have NumPy's bits", equal, len(tame))
}

// The order in which NumPy takes equal variances, on either side of the size at
// which LAPACK changes its method.
func TestLiveDiagonalOrder(t *testing.T) {
	r := New(1)
	var variances [][]float64
	var calls []string
	for _, d := range []int{1, 2, 3, 4, 5, 8, 24, 25, 26, 27, 60} {
		s := times(d, func() float64 { return float64(r.Intn(1 + d/3)) })
		variances = append(variances, s)
		calls = append(calls, "(usv := np.linalg.svd(np.diag(np.float64("+listOf(s)+")))) and np.append(usv[1], usv[2].argmax(1))")
	}
	for i, want := range ask(t, 0, 0, calls...) {
		s := variances[i]
		column := svdDiagonal(s)
		for k, d := 0, len(s); k < d; k++ {
			value, from := math.Float64frombits(want[k]), math.Float64frombits(want[d+k])
			if s[k] != value || float64(column[k]) != from {
				t.Errorf("%d variances: value %d is %v of column %d, NumPy has %v of column %v", d, k, s[k], column[k], value, from)
			}
		}
	}
}

func listOf(x []float64) string {
	text := "["
	for _, v := range x {
		text += fmt.Sprint(v, ", ")
	}
	return text + "]"
}
