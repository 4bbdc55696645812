package nprand

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"glassbox/mat"
)

// panics returns what f panics with, as text.
func panics(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return "no panic"
}

func TestPanics(t *testing.T) {
	r := New(0)
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		call func()
		want string
	}{
		{func() { new(RandomState).Uint32() }, "nprand: a RandomState that was not seeded; make it with New"},
		{func() { r.SeedArray(nil) }, "nprand.SeedArray: the key is empty, want at least one number"},
		{func() { r.Intn(0) }, "nprand.Intn: n = 0, want at least 1"},
		{func() { r.Intn(-4) }, "nprand.Intn: n = -4, want at least 1"},
		{func() { r.RandInt(3, 3) }, "nprand.RandInt: lo = 3, hi = 3: no integer lies in between"},
		{func() { r.RandInt(3, -3) }, "nprand.RandInt: lo = 3, hi = -3: no integer lies in between"},
		{func() { r.Uniform(-1e308, 1e308) }, "nprand.Uniform: lo = -1e+308, hi = 1e+308: their difference is not finite"},
		{func() { r.Uniform(nan, 1) }, "nprand.Uniform: lo = NaN, hi = 1: their difference is not finite"},
		{func() { r.Normal(0, -0.5) }, "nprand.Normal: scale = -0.5, want at least 0"},
		{func() { r.Normal(0, nan) }, "nprand.Normal: scale = NaN, want at least 0"},
		{func() { r.FillNormal(nil, 0, nan) }, "nprand.FillNormal: scale = NaN, want at least 0"},
		{func() { r.Shuffle(-1, nil) }, "nprand.Shuffle: n = -1, want at least 0"},
		{func() { r.Permutation(-1) }, "nprand.Permutation: n = -1, want at least 0"},
		{func() { r.Choice(3, 4) }, "nprand.Choice: n = 3, k = 4, want 0 ≤ k ≤ n"},
		{func() { r.Choice(3, -1) }, "nprand.Choice: n = 3, k = -1, want 0 ≤ k ≤ n"},
		{func() { r.Choice(-3, 0) }, "nprand.Choice: n = -3, k = 0, want 0 ≤ k ≤ n"},
		{func() { r.ChoiceP([]float64{1}, -1) }, "nprand.ChoiceP: k = -1, want at least 0"},
		{func() { r.ChoiceP(nil, 1) }, "nprand.ChoiceP: the 0 probabilities sum to 0, want 1"},
		{func() { r.ChoiceP([]float64{.5, .25}, 1) }, "nprand.ChoiceP: the 2 probabilities sum to 0.75, want 1"},
		{func() { r.ChoiceP([]float64{1.5, -.5}, 1) }, "nprand.ChoiceP: p[1] = -0.5 is not a probability"},
		{func() { r.ChoiceP([]float64{1, nan}, 1) }, "nprand.ChoiceP: p[1] = NaN is not a probability"},
		{func() { r.ChoiceP([]float64{1, inf}, 1) }, "nprand.ChoiceP: the 2 probabilities sum to +Inf, want 1"},
		{func() { r.MultivariateNormal([]float64{0}, mat.Of(1, 1, 1), -1) }, "nprand.MultivariateNormal: n = -1, want at least 0"},
	} {
		if got := panics(c.call); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestCovarianceErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	wide := mat.New(9, 9)
	wide.Set(2, 2, -3)
	for _, c := range []struct {
		mean []float64
		cov  mat.Matrix
		want string
	}{
		{[]float64{0, 0}, mat.Of(2, 2, 1, 2, 0, 1), "covariance [[1 2] [0 1]] is not symmetric: element (0,1) is 2 but (1,0) is 0"},
		{[]float64{0, 0}, mat.Of(2, 2, 1, 2, 2, 2), "covariance [[1 2] [2 2]] is not positive semidefinite: its smallest eigenvalue is -0.561553"},
		{[]float64{0, 0}, mat.Of(2, 2, 1, 0, 0, -1e-12), "covariance [[1 0] [0 -1e-12]] is not positive semidefinite: its smallest eigenvalue is -1e-12"},
		{[]float64{0, 0}, mat.Of(2, 2, 1, 1e-6, 1e-6, -1e-12), "covariance [[1 1e-06] [1e-06 -1e-12]] is not positive semidefinite: its smallest eigenvalue is -2e-12"},
		{[]float64{0, 0}, mat.Of(2, 2, 1, 1.001, 1.001, 1), "covariance [[1 1.001] [1.001 1]] is not positive semidefinite: its smallest eigenvalue is -0.001"},
		{[]float64{0, 0}, mat.Of(2, 2, 1e300, 2e300, 2e300, 1e300), "covariance [[1e+300 2e+300] [2e+300 1e+300]] is not positive semidefinite: its smallest eigenvalue is -1e+300"},
		{make([]float64, 9), wide, "covariance of 9×9 is not positive semidefinite: its smallest eigenvalue is -3"},
		{[]float64{0, 0}, mat.Of(2, 2, 1, nan, nan, 1), "covariance [[1 NaN] [NaN 1]]: element (0,1) is NaN"},
		{[]float64{0, 0}, mat.Of(2, 2, 1, 0, 0, inf), "covariance [[1 0] [0 -Inf]]: element (1,1) is -Inf"},
		{[]float64{0, nan}, mat.Of(2, 2, 1, 0, 0, 1), "mean [0 NaN]: element 1 is NaN"},
		{[]float64{0}, mat.Of(2, 2, 1, 0, 0, 1), "mean [0] is of length 1 for a covariance of 2×2"},
		{[]float64{0, 0}, mat.Of(2, 1, 1, 0), "covariance is 2×1, not square"},
		{nil, mat.Matrix{}, "mean and covariance are empty"},
		{[]float64{0, 0, 0}, mat.Of(3, 3, 1, 0, .5, 0, 1, 0, .5, 0, 1),
			"covariance [[1 0 0.5] [0 1 0] [0.5 0 1]] is neither 2×2 nor diagonal: no other can be drawn from"},
	} {
		r := New(1)
		_, err := r.MultivariateNormal(c.mean, c.cov, 3)
		if err == nil {
			t.Errorf("no error, want %s", c.want)
		} else if err.Error() != c.want {
			t.Errorf("got  %s\nwant %s", err, c.want)
		}
		if *r != *New(1) {
			t.Errorf("%s: it drew before it refused", c.want)
		}
	}
}

// A singular covariance may have an eigenvalue below zero by rounding: both of
// these have one, and NumPy takes both without a warning.
func TestNearlySemidefinite(t *testing.T) {
	for _, cov := range []mat.Matrix{
		mat.Of(2, 2, .1, .3, .3, .9),
		mat.Of(2, 2, 1, 1+1e-9, 1+1e-9, 1),
	} {
		x, err := New(1).MultivariateNormal([]float64{0, 0}, cov, 1000)
		if err != nil {
			t.Fatal(err)
		}
		ratio := math.Sqrt(cov.At(1, 1) / cov.At(0, 0))
		for i := range x.Rows {
			if got := x.At(i, 1) - ratio*x.At(i, 0); math.Abs(got) > 3e-4 {
				t.Fatalf("%v: row %d is %v, %v off the line", cov.Data, i, x.Row(i), got)
			}
		}
	}
}

// The draws have the mean and the covariance that were asked for. A view with
// other rows between its own is a covariance like any.
func TestMultivariateNormalMoments(t *testing.T) {
	const n = 200_000
	frame := mat.New(2, 5)
	view := mat.Matrix{Rows: 2, Cols: 2, Stride: 5, Data: frame.Data[1:]}
	view.CopyFrom(mat.Of(2, 2, 3, -1.5, -1.5, 2))
	mean := []float64{4, -1}
	x, err := New(5).MultivariateNormal(mean, view, n)
	if err != nil {
		t.Fatal(err)
	}
	var sum [2]float64
	var product [2][2]float64
	for i := range n {
		row := x.Row(i)
		for j := range 2 {
			sum[j] += row[j] - mean[j]
			for k := range 2 {
				product[j][k] += (row[j] - mean[j]) * (row[k] - mean[k])
			}
		}
	}
	for j := range 2 {
		if got := sum[j] / n; math.Abs(got) > 0.02 {
			t.Errorf("mean %d is off by %v", j, got)
		}
		for k := range 2 {
			if got, want := product[j][k]/n, view.At(j, k); math.Abs(got-want) > 0.05 {
				t.Errorf("covariance (%d,%d) is %v, want about %v", j, k, got, want)
			}
		}
	}
}

// A RandomState is a value: a copy goes on by itself from the same place.
func TestCopy(t *testing.T) {
	r := New(3)
	r.Uint32()
	r.StandardNormal()
	saved := *r
	want := append(times(3, r.StandardNormal), times(700, r.Float64)...)
	*r = saved
	if got := append(times(3, r.StandardNormal), times(700, r.Float64)...); !slices.Equal(got, want) {
		t.Error("a copy of the state gives other numbers")
	}
}

// A reseeded state is a new one, whatever it did before.
func TestSeedForgets(t *testing.T) {
	r := New(8)
	r.StandardNormal()
	r.Seed(9)
	if got, want := times(700, r.StandardNormal), times(700, New(9).StandardNormal); !slices.Equal(got, want) {
		t.Error("Seed leaves something behind")
	}
}

// Filling a slice gives what single calls give and leaves the stream where they
// leave it, wherever in the generator's words it begins and ends.
func TestFill(t *testing.T) {
	for n := range 1500 {
		one := New(uint32(n))
		for range n % 7 {
			one.Uint32()
		}
		if n/7%2 == 1 { // begin with a kept deviate
			one.StandardNormal()
		}
		many := *one
		want := times(n, one.StandardNormal)
		got := make([]float64, n)
		many.FillStandardNormal(got)
		if !sameBits(got, want) {
			t.Fatalf("%d deviates:\ngot  %v\nwant %v", n, got, want)
		}
		if got, want := many.StandardNormal(), one.StandardNormal(); got != want {
			t.Fatalf("after %d deviates: %v, want %v", n, got, want)
		}
		if got, want := many.Float64(), one.Float64(); got != want {
			t.Fatalf("the uniform after %d deviates: %v, want %v", n, got, want)
		}
	}
	got := make([]float64, 5)
	New(3).FillNormal(got, -0.5, 2.7)
	if r := New(3); !sameBits(got, times(5, func() float64 { return r.Normal(-0.5, 2.7) })) {
		t.Errorf("FillNormal: %v", got)
	}
}

// A shuffle draws a number up to i for each i, one after the other.
func TestShuffleDraws(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 8, 9, 63, 64, 65, 66, 128, 129, 700, 1000, 1 << 14, 1<<14 + 1} {
		r := New(uint32(n))
		for range n % 5 {
			r.Uint32()
		}
		plain := *r
		i := n - 1
		r.Shuffle(n, func(k, j int) {
			if want := int(plain.upTo(uint64(i))); k != i || j != want {
				t.Fatalf("n = %d: swap(%d, %d), want swap(%d, %d)", n, k, j, i, want)
			}
			i--
		})
		if i != 0 {
			t.Errorf("n = %d: %d swaps are missing", n, i)
		}
		if *r != plain {
			t.Errorf("n = %d: the stream is elsewhere afterwards", n)
		}
	}
	if math.MaxInt == math.MaxInt32 {
		return // no number of rows is beyond a word
	}
	wide := uint64(1<<40 + 12345) // two words a draw
	beyond := int(wide)
	var js [ahead]int
	r, plain := New(7), New(7)
	if got, want := r.partners(&js, beyond), plain.upTo(wide); got[0] != int(want) || *r != *plain {
		t.Errorf("partner of %d: %d, want %d", beyond, got, want)
	}
}

// What has one outcome draws nothing.
func TestOneOutcomeDrawsNothing(t *testing.T) {
	r := New(6)
	if a, b := r.Intn(1), r.RandInt(-7, -6); a != 0 || b != -7 {
		t.Errorf("Intn(1) = %d, RandInt(-7, -6) = %d", a, b)
	}
	r.Permutation(0)
	r.Permutation(1)
	r.Shuffle(1, func(i, j int) { t.Errorf("Shuffle(1) swaps %d and %d", i, j) })
	if *r != *New(6) {
		t.Error("something was drawn")
	}
}

// ChoiceP at the edges between two of its choices. A uniform equal to an edge
// belongs above it, as with NumPy's searchsorted(side="right"); and one above
// probabilities that fall a little short of 1 still chooses.
func TestChoicePEdges(t *testing.T) {
	choose := func(p []float64, a, b uint32) int {
		r := New(0)
		r.Uint32()
		r.left, r.out[622], r.out[623] = 2, a, b // the words of the next Float64
		return r.ChoiceP(p, 1)[0]
	}
	if got := choose([]float64{.5, .5}, 1<<31, 0); got != 1 {
		t.Errorf("0.5 of two halves chooses %d, want 1", got)
	}
	if got := choose([]float64{.5, .5}, 1<<31-1, math.MaxUint32); got != 0 {
		t.Errorf("the number below 0.5 chooses %d, want 0", got)
	}
	if got := choose([]float64{0, 1, 0}, 0, 0); got != 1 {
		t.Errorf("0 chooses %d, whose probability is 0", got)
	}
	if got := choose([]float64{.5, .5 - 1e-9}, math.MaxUint32, math.MaxUint32); got != 1 {
		t.Errorf("the largest number chooses %d, want 1", got)
	}
}

func FuzzIntegers(f *testing.F) {
	f.Add(uint32(0), int64(0), int64(1))
	f.Add(uint32(1), int64(-3), int64(4))
	f.Add(uint32(2), int64(math.MinInt64), int64(math.MaxInt64))
	f.Add(uint32(3), int64(0), int64(1)<<32)
	f.Add(uint32(4), int64(5), int64(1)<<32+6)
	f.Fuzz(func(t *testing.T, seed uint32, lo, hi int64) {
		if lo >= hi {
			lo, hi = hi, lo
		}
		if lo == hi {
			t.Skip()
		}
		r := New(seed)
		for range 100 {
			if x := r.RandInt(lo, hi); x < lo || x >= hi {
				t.Fatalf("seed %d: RandInt(%d, %d) = %d", seed, lo, hi, x)
			}
		}
	})
}

func FuzzPermutations(f *testing.F) {
	f.Add(uint32(0), uint16(0), uint16(0))
	f.Add(uint32(1), uint16(1), uint16(1))
	f.Add(uint32(2), uint16(257), uint16(100))
	f.Fuzz(func(t *testing.T, seed uint32, n, k uint16) {
		p := New(seed).Permutation(int(n))
		q := make([]int, n)
		for i := range q {
			q[i] = i
		}
		New(seed).Shuffle(int(n), func(i, j int) {
			if j < 0 || j > i {
				t.Fatalf("seed %d, n = %d: swap(%d, %d)", seed, n, i, j)
			}
			q[i], q[j] = q[j], q[i]
		})
		if !slices.Equal(p, q) {
			t.Fatalf("seed %d: Permutation(%d) is not 0 … n−1 shuffled", seed, n)
		}
		if k = min(k, n); !slices.Equal(New(seed).Choice(int(n), int(k)), p[:k]) {
			t.Fatalf("seed %d: Choice(%d, %d) is not the permutation's start", seed, n, k)
		}
		slices.Sort(q)
		for i, v := range q {
			if v != i {
				t.Fatalf("seed %d: Permutation(%d) = %v", seed, n, p)
			}
		}
	})
}

func TestNoAllocations(t *testing.T) {
	r := New(1)
	sink := 0.0
	x := make([]float64, 101)
	for name, draw := range map[string]func(){
		"Float64": func() { sink += r.Float64() },
		"Normal":  func() { sink += r.Normal(1, 2) },
		"Fill":    func() { r.FillNormal(x, 1, 2) },
		"Intn":    func() { sink += float64(r.Intn(800)) },
		"Shuffle": func() { r.Shuffle(100, func(i, j int) { sink += float64(i - j) }) },
	} {
		if got := testing.AllocsPerRun(1000, draw); got != 0 {
			t.Errorf("%s makes %v allocations a call", name, got)
		}
	}
}

func BenchmarkFloat64(b *testing.B) {
	r := New(1)
	sum := 0.0
	for b.Loop() {
		sum += r.Float64()
	}
}

func BenchmarkNormal(b *testing.B) {
	r := New(1)
	sum := 0.0
	for b.Loop() {
		sum += r.Normal(0, 1)
	}
}

func BenchmarkIntn800(b *testing.B) {
	r := New(1)
	sum := 0
	for b.Loop() {
		sum += r.Intn(800)
	}
}

func BenchmarkPermutation1000(b *testing.B) {
	r := New(1)
	for b.Loop() {
		r.Permutation(1000)
	}
}

func BenchmarkPermutationMillion(b *testing.B) {
	r := New(1)
	for b.Loop() {
		r.Permutation(1_000_000)
	}
}

// numpy.random.RandomState(42).standard_normal(10**7), the array's memory
// included.
func BenchmarkTenMillionNormals(b *testing.B) {
	for b.Loop() {
		New(42).FillStandardNormal(make([]float64, 10_000_000))
	}
}
