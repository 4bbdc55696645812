package nprand

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nptest"
)

// liveScript evaluates NumPy expressions in r, each time a freshly seeded
// RandomState, and N. Of each result it writes how many elements it has and the
// elements: int64 or float64, little-endian.
const liveScript = `
import os, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1" # a thread it starts takes longer than its work
import numpy as np
seed, N, *calls = sys.argv[1:]
N = int(N)
for call in calls:
    r = np.random.RandomState(int(seed))
    x = np.ascontiguousarray(eval(call))
    sys.stdout.buffer.write(np.int64(x.size).astype("<i8").tobytes())
    sys.stdout.buffer.write(x.astype("<i8" if x.dtype.kind in "iu" else "<f8").tobytes())
`

// ask returns, for each call, the 64-bit words of what NumPy computes.
func ask(t *testing.T, seed, n int, calls ...string) [][]uint64 {
	t.Helper()
	python := nptest.Python(t, "numpy")
	raw := nptest.Run(t, python, liveScript, nil, append([]string{fmt.Sprint(seed), fmt.Sprint(n)}, calls...)...)
	next := func() uint64 {
		w := binary.LittleEndian.Uint64(raw)
		raw = raw[8:]
		return w
	}
	results := make([][]uint64, len(calls))
	for i := range results {
		results[i] = make([]uint64, next())
		for k := range results[i] {
			results[i][k] = next()
		}
	}
	return results
}

// draws is how many numbers of each call are compared.
func draws() int {
	if testing.Short() {
		return 20_000
	}
	return 1_000_000
}

func wordsOf(x []float64) []uint64 {
	w := make([]uint64, len(x))
	for i, v := range x {
		w[i] = math.Float64bits(v)
	}
	return w
}

func intWords(x []int) []uint64 {
	w := make([]uint64, len(x))
	for i, v := range x {
		w[i] = uint64(v)
	}
	return w
}

// each returns what N draws give.
func each(draw func(r *RandomState) float64) func(r *RandomState, n int) []uint64 {
	return func(r *RandomState, n int) []uint64 {
		return wordsOf(times(n, func() float64 { return draw(r) }))
	}
}

// ranged returns what randint(lo, hi, N) should give.
func ranged(lo, hi int64) func(r *RandomState, n int) []uint64 {
	return func(r *RandomState, n int) []uint64 {
		x := make([]uint64, n)
		for i := range x {
			x[i] = uint64(r.RandInt(lo, hi))
		}
		return x
	}
}

// diagonal returns what multivariate_normal(mean, np.diag(variances), N//d)
// gives, d being the number of variances.
func diagonal(mean, variances []float64) func(r *RandomState, n int) []uint64 {
	return func(r *RandomState, n int) []uint64 {
		d := len(variances)
		cov := mat.New(d, d)
		for i, v := range variances {
			cov.Set(i, i, v)
		}
		x, err := r.MultivariateNormal(mean, cov, n/d)
		if err != nil {
			panic(err)
		}
		return wordsOf(x.Data)
	}
}

// wideDiagonal has more elements than LAPACK's plain route takes, with zeros
// and equal ones: NumPy's np.arange(40)*7%5.
func wideDiagonal() (mean, variances []float64) {
	mean, variances = make([]float64, 40), make([]float64, 40)
	for i := range variances {
		variances[i] = float64(i * 7 % 5)
	}
	return mean, variances
}

// sameLog reports whether NumPy's C library has the log of ours. It asks for
// the deviate that tells even a correctly rounded log from it.
func sameLog(t *testing.T) bool {
	t.Helper()
	x := ask(t, 42, 5_000_000, "(r.random_sample(N), r.standard_normal(3011))[1][3010:]")
	return math.Float64frombits(x[0][0]) == 0x1.c843fab96ee68p-2
}

// Each row is a NumPy call and the same here. The words must be equal. Rows that
// draw normals need a NumPy whose C library's log is glibc's with fused
// multiply-add: elsewhere up to 0.04 % of them differ in the last bit or two.
func TestLiveNumPy(t *testing.T) {
	nptest.Python(t, "numpy")
	n := draws()
	const seed = 20240229
	same := sameLog(t)
	type row struct {
		call string
		draw func(r *RandomState, n int) []uint64
	}
	rows := []row{
		{"r.random_sample(N)", each((*RandomState).Float64)},
		{"r.uniform(-1, 3.7, N)", each(func(r *RandomState) float64 { return r.Uniform(-1, 3.7) })},
		{"r.standard_normal(N)", each((*RandomState).StandardNormal)},
		{"r.normal(0.5, 2.7, N)", each(func(r *RandomState) float64 { return r.Normal(0.5, 2.7) })},
		{"[x for _ in range(N//16) for x in [*r.randn(3), r.rand(), r.randint(1), r.randint(9), r.normal()]]", func(r *RandomState, n int) []uint64 {
			var x []float64
			for range n / 16 {
				x = append(x, r.StandardNormal(), r.StandardNormal(), r.StandardNormal())
				x = append(x, r.Float64(), float64(r.Intn(1)), float64(r.Intn(9)), r.Normal(0, 1))
			}
			return wordsOf(x)
		}},
		{"r.randint(-3, 4, N)", ranged(-3, 4)},
		{"r.randint(500, size=N)", func(r *RandomState, n int) []uint64 {
			x := make([]int, n)
			for i := range x {
				x[i] = r.Intn(500)
			}
			return intWords(x)
		}},
		{"r.randint(2**31 + 1, size=N)", ranged(0, 1<<31+1)},
		{"r.randint(2**32, size=N)", ranged(0, 1<<32)},
		{"r.randint(2**32 + 1, size=N)", ranged(0, 1<<32+1)},
		{"r.randint(-5, 10**12, N)", ranged(-5, 1e12)},
		{"r.randint(-2**63, 2**63 - 1, N)", ranged(math.MinInt64, math.MaxInt64)},
		{"(a := np.arange(N), r.shuffle(a))[0]", func(r *RandomState, n int) []uint64 {
			a := make([]uint64, n)
			for i := range a {
				a[i] = uint64(i)
			}
			r.Shuffle(n, func(i, j int) { a[i], a[j] = a[j], a[i] })
			return a
		}},
		{"r.permutation(N)", func(r *RandomState, n int) []uint64 { return intWords(r.Permutation(n)) }},
		{"r.choice(N, N//3, replace=False)", func(r *RandomState, n int) []uint64 { return intWords(r.Choice(n, n/3)) }},
		{"r.choice(700, N)", ranged(0, 700)},
		{"r.choice(6, N, p=[.1, .2, .05, 0, .65, 0])", func(r *RandomState, n int) []uint64 {
			return intWords(r.ChoiceP([]float64{.1, .2, .05, 0, .65, 0}, n))
		}},
		{"r.multivariate_normal([10, 16], np.diag([3, 4]), N//2)", diagonal([]float64{10, 16}, []float64{3, 4})},
		{"r.multivariate_normal([-2, 3], np.diag([38, 35]), N//2)", diagonal([]float64{-2, 3}, []float64{38, 35})},
		{"r.multivariate_normal([0, 1], np.diag([4, 4]), N//2)", diagonal([]float64{0, 1}, []float64{4, 4})},
		{"r.multivariate_normal([0, 1], np.diag([0, .3]), N//2)", diagonal([]float64{0, 1}, []float64{0, .3})},
		{"r.multivariate_normal([7], [[.1]], N)", diagonal([]float64{7}, []float64{.1})},
		{"r.multivariate_normal([1, 2, 3, 4, 5], np.diag([2, .5, 2, 0, 7]), N//5)",
			diagonal([]float64{1, 2, 3, 4, 5}, []float64{2, .5, 2, 0, 7})},
		{"r.multivariate_normal(np.zeros(40), np.diag(np.arange(40)*7%5), N//40)", diagonal(wideDiagonal())},
	}
	for some := range slices.Chunk(rows, 5) { // one script each: to start one takes time, to read much memory
		var calls []string
		for _, c := range some {
			calls = append(calls, c.call)
		}
		results := ask(t, seed, n, calls...)
		for i, c := range some {
			t.Run(c.call, func(t *testing.T) {
				if !same && strings.Contains(c.call, "norm") {
					t.Skip("NumPy's C library has another log than glibc's with FMA")
				}
				got, want := c.draw(New(seed), n), results[i]
				if len(got) != len(want) {
					t.Fatalf("%d numbers, NumPy has %d", len(got), len(want))
				}
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("number %d of %d: %x, NumPy has %x", i, len(got), got[i], want[i])
					}
				}
			})
		}
	}
}

// Seeds of both kinds, among them lists shorter and longer than the state.
func TestLiveSeeds(t *testing.T) {
	const step = 4294967
	lengths := []int{1, 2, 3, 623, 624, 625, 1300}
	results := ask(t, 0, step,
		"[np.random.RandomState(s).random_sample() for s in range(0, 2**32, N)]",
		"[np.random.RandomState([3*i for i in range(k)]).random_sample() for k in [1, 2, 3, 623, 624, 625, 1300]]")
	for i, want := range results[0] {
		if got := math.Float64bits(New(uint32(i * step)).Float64()); got != want {
			t.Fatalf("seed %d: %x, NumPy has %x", i*step, got, want)
		}
	}
	for i, k := range lengths {
		key := make([]uint32, k)
		for j := range key {
			key[j] = uint32(3 * j)
		}
		var r RandomState
		r.SeedArray(key)
		if got := math.Float64bits(r.Float64()); got != results[1][i] {
			t.Errorf("a list of %d: %x, NumPy has %x", k, got, results[1][i])
		}
	}
}

// With a covariance that is not diagonal an element is a sum of two products,
// which the BLAS may or may not fuse, of factors from a decomposition in which
// BLAS and LAPACK may or may not fuse: builds of NumPy differ among themselves.
// The bound is 8 ulp of the terms' sizes; what is equal is logged.
func TestLiveMultivariateNormal(t *testing.T) {
	const seed = 7
	n := draws() / 2
	mean := []float64{1, -6}
	cases := [][3]float64{{1, .5, 1}, {3, 1, 2}, {.1, .05, .2}, {2, -1.4, 1}, {40, -11, 34}}
	var calls []string
	for _, c := range cases {
		calls = append(calls, fmt.Sprintf("r.multivariate_normal([1, -6], [[%v, %v], [%[2]v, %[3]v]], N)", c[0], c[1], c[2]))
	}
	results := ask(t, seed, n, calls...)
	for k, c := range cases {
		a, b, d := c[0], c[1], c[2]
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			want := results[k]
			x, err := New(seed).MultivariateNormal(mean, mat.Of(2, 2, a, b, b, d), n)
			if err != nil {
				t.Fatal(err)
			}
			if len(want) != len(x.Data) {
				t.Fatalf("%d numbers, NumPy has %d", len(x.Data), len(want))
			}
			z := New(seed)
			different, worst := 0, 0.0
			for i := range n {
				size := (math.Abs(z.StandardNormal()) + math.Abs(z.StandardNormal())) * math.Sqrt(a+d)
				for j, got := range x.Row(i) {
					diff := math.Abs(got - math.Float64frombits(want[2*i+j]))
					if diff != 0 {
						different++
					}
					worst = max(worst, diff/(size+math.Abs(mean[j])))
				}
			}
			t.Logf("%d of %d differ, at most by %.2g ulp of the terms", different, 2*n, worst*0x1p53)
			if !(worst <= 8*0x1p-53) {
				t.Errorf("the largest difference is %.3g of the terms' size", worst)
			}
		})
	}
}
