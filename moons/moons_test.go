package moons

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/mat/nptest"
)

// Coordinates lie in (-2, 4). The sines and cosines of glibc (the golden file's
// and those of NumPy ≥ 1.26) are within 1 ulp of the correctly rounded ones, at
// most 2⁻⁵³ as these are at most 1; the roundings of what is added after them
// may widen that to one ulp of the result, at most 2⁻⁵¹.
const tolerance = 4.5e-16

// NumPy 1.22 to 1.24 on AVX-512 has sines and cosines of up to 4 ulp.
const toleranceAVX512 = 9e-16

// compare checks labels and order exactly and x to within the tolerance. It
// returns how many coordinates differ at all.
func compare(t *testing.T, name string, x mat.Matrix, labels []int, wantX []float64, wantY []int, tolerance float64) int {
	t.Helper()
	if !slices.Equal(labels, wantY) {
		t.Fatalf("%s: labels %v, want %v", name, labels, wantY)
	}
	if len(x.Data) != len(wantX) {
		t.Fatalf("%s: %d coordinates, want %d", name, len(x.Data), len(wantX))
	}
	differ := 0
	for i, want := range wantX {
		got := x.Data[i]
		if got != want {
			differ++
		}
		if !(math.Abs(got-want) <= tolerance) {
			t.Fatalf("%s: coordinate %d of point %d is %v, want %v: off by %.3g", name, i%2, i/2, got, want, got-want)
		}
	}
	return differ
}

func TestGolden(t *testing.T) {
	text, err := os.ReadFile("../testdata/numpy_random_state.json")
	if err != nil {
		t.Fatal(err)
	}
	type points struct {
		X []string
		Y []int
	}
	var golden struct {
		Legacy []struct {
			Seed  json.RawMessage
			Noisy *points `json:"make_moons_11_0.2"`
			Clean *points `json:"make_moons_6_none"`
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	checked := 0
	check := func(name string, x mat.Matrix, labels []int, want *points) {
		t.Helper()
		checked++
		wantX := make([]float64, len(want.X))
		for i, s := range want.X {
			if wantX[i], err = strconv.ParseFloat(s, 64); err != nil {
				t.Fatal(err)
			}
		}
		compare(t, name, x, labels, wantX, want.Y, tolerance)
	}
	for _, g := range golden.Legacy {
		if g.Noisy == nil {
			continue // seeded with a list, which make_moons does not take
		}
		seed, err := strconv.ParseUint(string(g.Seed), 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		x, labels := Make(11, 0.2, nprand.New(uint32(seed)))
		check(fmt.Sprintf("seed %d, 11 points, noise 0.2", seed), x, labels, g.Noisy)
		x, labels = Clean(6, nprand.New(uint32(seed)))
		check(fmt.Sprintf("seed %d, 6 points", seed), x, labels, g.Clean)
	}
	if checked != 10 {
		t.Errorf("checked %d entries of the golden file, want 10", checked)
	}
}

// liveScript writes the coordinates and then the labels of make_moons for each
// "seed n noise" of its arguments.
const liveScript = `
import sys
import numpy as np
from sklearn.datasets import make_moons
out = sys.stdout.buffer
for spec in sys.argv[1:]:
    seed, n, noise = spec.split()
    x, y = make_moons(int(n), noise=None if noise == "None" else float(noise), random_state=int(seed))
    out.write(np.ascontiguousarray(x).astype("<f8").tobytes() + y.astype("<f8").tobytes())
`

func TestLiveScikitLearn(t *testing.T) {
	python := nptest.Python(t, "numpy", "sklearn")
	many := 200_000
	if testing.Short() {
		many = 5_000
	}
	type spec struct {
		seed  uint32
		n     int
		noise float64 // below 0: None
	}
	specs := []spec{{42, many, 0.05}, {7, many + 1, 0}, {1, many, -1}}
	for seed := range uint32(10) {
		specs = append(specs, spec{seed, 1000, 0.05})
	}
	for n := 1; n < 12; n++ {
		specs = append(specs, spec{uint32(n), n, 0.3}, spec{uint32(n), n, -1})
	}
	var args []string
	for _, s := range specs {
		noise := "None"
		if s.noise >= 0 {
			noise = fmt.Sprint(s.noise)
		}
		args = append(args, fmt.Sprint(s.seed, " ", s.n, " ", noise))
	}
	run := func(t *testing.T, tolerance float64, most int) {
		raw := nptest.Run(t, python, liveScript, nil, args...)
		next := func() float64 {
			v := math.Float64frombits(binary.LittleEndian.Uint64(raw))
			raw = raw[8:]
			return v
		}
		differ, total := 0, 0
		for i, s := range specs {
			wantX, wantY := make([]float64, 2*s.n), make([]int, s.n)
			for k := range wantX {
				wantX[k] = next()
			}
			for k := range wantY {
				wantY[k] = int(next())
			}
			rng := nprand.New(s.seed)
			var x mat.Matrix
			var labels []int
			if s.noise >= 0 {
				x, labels = Make(s.n, s.noise, rng)
			} else {
				x, labels = Clean(s.n, rng)
			}
			differ += compare(t, args[i], x, labels, wantX, wantY, tolerance)
			total += len(wantX)
		}
		t.Logf("%d of %d coordinates differ", differ, total)
		if differ > total/100*most {
			t.Errorf("more than %d %% of the coordinates differ", most)
		}
	}
	t.Run("as it is", func(t *testing.T) { run(t, toleranceAVX512, 100) })
	t.Run("sines of the C library", func(t *testing.T) {
		t.Setenv("NPY_DISABLE_CPU_FEATURES", "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR")
		run(t, tolerance, 1)
	})
}

// The half circles and where the points lie on them, before any noise.
func TestCleanIsOnTheCircles(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 5, 1000, 1001} {
		x, labels := Clean(n, nprand.New(1))
		if ones := sum(labels); ones != n-n/2 {
			t.Errorf("n = %d: %d of class 1, want %d", n, ones, n-n/2)
		}
		for i, label := range labels {
			a, b := x.At(i, 0), x.At(i, 1)
			if label == 1 { // turned about (1/2, 1/4), the inner moon is the outer
				a, b = 1-a, 0.5-b
			}
			if r := math.Sqrt(a*a + b*b); math.Abs(r-1) > 1e-15 || b < 0 {
				t.Fatalf("n = %d: point %d, class %d, is %v", n, i, label, x.Row(i))
			}
		}
	}
}

// The last angle is π itself, also where the steps miss it.
func TestLastAngle(t *testing.T) {
	missed := 0
	for m := 2; m <= 2000; m++ {
		if got := Angle(m-1, m); got != math.Pi {
			t.Fatalf("angle %d of %d is %v", m-1, m, got)
		}
		if float64(m-1)*(math.Pi/float64(m-1)) != math.Pi {
			missed++
		}
	}
	if missed == 0 {
		t.Error("no number of steps misses π: the test shows nothing")
	}
}

// Noise 0 draws deviates that change nothing: the points are Clean's, the
// stream is not.
func TestNoNoise(t *testing.T) {
	a, b := nprand.New(4), nprand.New(4)
	x, _ := Make(100, 0, a)
	y, _ := Clean(100, b)
	if !mat.EqualBits(x, y) {
		t.Error("noise 0 moves points")
	}
	for range 200 {
		b.StandardNormal()
	}
	if a.Float64() != b.Float64() {
		t.Error("noise 0 does not draw as scikit-learn's does")
	}
}

func TestSplit(t *testing.T) {
	x, labels := Make(1000, 0.05, nprand.New(42))
	trainX, trainY, testX, testY := Split(x, labels, 0.8)
	if trainX.Shape() != "800×2" || testX.Shape() != "200×2" || len(trainY) != 800 || len(testY) != 200 {
		t.Fatalf("train %s, %d labels; test %s, %d labels", trainX.Shape(), len(trainY), testX.Shape(), len(testY))
	}
	if !mat.EqualBits(trainX, x.RowRange(0, 800)) || !mat.EqualBits(testX, x.RowRange(800, 1000)) ||
		!slices.Equal(append(slices.Clone(trainY), testY...), labels) {
		t.Error("the parts are not the rows in their order")
	}
	_ = append(trainY, 9)
	if testY[0] == 9 {
		t.Error("appending to the training labels writes into the test labels")
	}
	for _, c := range []struct {
		n        int
		fraction float64
		train    int
	}{{100, 0.29, 28}, {10, 0, 0}, {10, 1, 10}, {3, 0.5, 1}, {0, 0.5, 0}} { // int(0.29 * 100) is 28 in Python
		x, labels := Clean(c.n, nprand.New(0))
		if trainX, _, testX, _ := Split(x, labels, c.fraction); trainX.Rows != c.train || testX.Rows != c.n-c.train {
			t.Errorf("%v of %d: %d and %d rows, want %d for training", c.fraction, c.n, trainX.Rows, testX.Rows, c.train)
		}
	}
}

func TestOneHot(t *testing.T) {
	got := OneHot([]int{2, 0, 1, 2}, 3)
	want := mat.Of(4, 3, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1)
	if !mat.EqualBits(got, want) {
		t.Errorf("got %v", got)
	}
	if got := OneHot(nil, 5); got.Shape() != "0×5" {
		t.Errorf("no labels give %s", got.Shape())
	}
}

func TestPanics(t *testing.T) {
	rng := nprand.New(0)
	x, labels := Clean(4, rng)
	for _, c := range []struct {
		call func()
		want string
	}{
		{func() { Make(-1, 0, rng) }, "moons.Make: n = -1, noise = 0, want n ≥ 0 and a finite noise ≥ 0"},
		{func() { Make(4, -0.1, rng) }, "moons.Make: n = 4, noise = -0.1, want n ≥ 0 and a finite noise ≥ 0"},
		{func() { Make(4, math.NaN(), rng) }, "moons.Make: n = 4, noise = NaN, want n ≥ 0 and a finite noise ≥ 0"},
		{func() { Make(4, math.Inf(1), rng) }, "moons.Make: n = 4, noise = +Inf, want n ≥ 0 and a finite noise ≥ 0"},
		{func() { Clean(-3, rng) }, "moons.Clean: n = -3, want at least 0"},
		{func() { Split(x, labels, 1.5) }, "moons.Split: x 4×2, 4 labels, fraction 1.5, want a label a row and 0 ≤ fraction ≤ 1"},
		{func() { Split(x, labels[1:], 0.5) }, "moons.Split: x 4×2, 3 labels, fraction 0.5, want a label a row and 0 ≤ fraction ≤ 1"},
		{func() { Split(x, labels, math.NaN()) }, "moons.Split: x 4×2, 4 labels, fraction NaN, want a label a row and 0 ≤ fraction ≤ 1"},
		{func() { OneHot([]int{0, 3}, 3) }, "moons.OneHot: label 3 of row 1, want 0 to 2"},
		{func() { OneHot([]int{-1}, 3) }, "moons.OneHot: label -1 of row 0, want 0 to 2"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			}()
			c.call()
		}()
	}
}

func sum(x []int) int {
	s := 0
	for _, v := range x {
		s += v
	}
	return s
}

func BenchmarkMakeMillion(b *testing.B) {
	rng := nprand.New(1)
	for b.Loop() {
		Make(1_000_000, 0.05, rng)
	}
}
