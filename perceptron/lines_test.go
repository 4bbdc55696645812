package perceptron

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"glassbox/mat"
)

// grid returns n random points with small whole coordinates and random labels:
// duplicates, collinear points and points at the origin abound.
func grid(r *rand.Rand, n, size int) (mat.Matrix, []float64) {
	x, y := mat.New(n, 2), make([]float64, n)
	for i := range n {
		x.Set(i, 0, float64(r.IntN(2*size+1)-size))
		x.Set(i, 1, float64(r.IntN(2*size+1)-size))
		y[i] = float64(1 - 2*r.IntN(2))
	}
	return x, y
}

// countRight counts the points that w, b answers rightly, in whole numbers.
func countRight(x mat.Matrix, y []float64, w [2]float64, b float64) int {
	right := 0
	for i := range y {
		if y[i]*(w[0]*x.At(i, 0)+w[1]*x.At(i, 1)+b) > 0 {
			right++
		}
	}
	return right
}

// near returns the four directions just beside the two normals of (dx, dy).
// With whole |dx|, |dy| ≤ 20 no direction of the grid lies between.
func near(dx, dy float64) [][2]float64 {
	const k = 4096
	var ws [][2]float64
	for _, s := range []float64{-1, 1} {
		for _, e := range []float64{-1, 1} {
			ws = append(ws, [2]float64{-s*k*dy + e*dx, s*k*dx + e*dy})
		}
	}
	return ws
}

func TestBestThroughOriginAgainstAllDirections(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 4000 {
		n, size := 1+r.IntN(14), 1+r.IntN(6)
		x, y := grid(r, n, size)
		want := 0
		for i := range n {
			for _, w := range near(x.At(i, 0), x.At(i, 1)) {
				want = max(want, countRight(x, y, w, 0))
			}
		}
		got, w := BestThroughOrigin(x, y)
		if got != float64(want)/float64(n) {
			t.Fatalf("trial %d: points %v labels %v: %v, all directions give %d of %d", trial, x.Data, y, got, want, n)
		}
		if most := slices.Max(HalfTurns(x, y)); most != want {
			t.Fatalf("trial %d: points %v labels %v: HalfTurns has %d, want %d", trial, x.Data, y, most, want)
		}
		p := New(2)
		p.W = w[:]
		if a := p.Accuracy(x, y); a != got {
			t.Fatalf("trial %d: points %v labels %v: accuracy %v, but w %v reaches %v", trial, x.Data, y, got, w, a)
		}
	}
}

func TestBestThroughOriginByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		points []float64
		labels []float64
		want   float64
	}{
		{"one", []float64{3, 4}, []float64{-1}, 1},
		{"one at the origin", []float64{0, 0}, []float64{1}, 0},
		{"minus zero", []float64{0, math.Copysign(0, -1)}, []float64{-1}, 0},
		{"same place, both labels", []float64{1, 2, 1, 2}, []float64{1, -1}, 0.5},
		{"opposite places, both labels", []float64{1, 2, -1, -2}, []float64{1, -1}, 1},
		{"opposite places, same label", []float64{1, 2, -1, -2}, []float64{1, 1}, 0.5},
		{"on one ray, the farther other", []float64{1, 1, 2, 2, 3, 3}, []float64{1, -1, -1}, 2. / 3},
		{"three even directions", []float64{2, 0, -1, 2, -1, -2}, []float64{1, 1, 1}, 2. / 3},
	} {
		got, _ := BestThroughOrigin(mat.Of(len(c.labels), 2, c.points...), c.labels)
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if _, w := BestThroughOrigin(mat.Of(1, 2, 3, 4), []float64{-1}); math.Abs(w[0]+0.6) > 1e-15 || math.Abs(w[1]+0.8) > 1e-15 {
		t.Errorf("one point: w = %v, want the unit vector −0.6, −0.8", w)
	}
}

// Two directions may differ by less than a rounding of their products. Here
// only the exact order shows that no w answers all three rightly.
func TestBestThroughOriginIsExact(t *testing.T) {
	up := math.Nextafter(1, 2)
	// a, then b a hair ahead of a; −a is a hair more than half a turn from b.
	a, b := vec{up, 1 / 3.}, vec{1, 1 / 3. / up}
	if cross(a, b) == 0 {
		t.Fatal("the two are parallel; the test needs others")
	}
	x := mat.Of(2, 2, a[0], a[1], -b[0], -b[1])
	if got, _ := BestThroughOrigin(x, []float64{1, 1}); got != 1 {
		t.Errorf("not quite opposite points: %v, want 1", got)
	}
	x = mat.Of(2, 2, a[0], a[1], -a[0], -a[1])
	if got, _ := BestThroughOrigin(x, []float64{1, 1}); got != 0.5 {
		t.Errorf("opposite points: %v, want 0.5", got)
	}
}

// All w that answer both points rightly lie within 1e-12 of each other.
func TestBestThroughOriginNarrow(t *testing.T) {
	const narrow = 1e-12
	for _, a := range []float64{0.1, 0.7, 2, 3, 4.4, 5.9} {
		b := a + math.Pi - narrow
		x := mat.Of(2, 2, math.Cos(a), math.Sin(a), 3*math.Cos(b), 3*math.Sin(b))
		y := []float64{1, 1}
		got, w := BestThroughOrigin(x, y)
		p := New(2)
		p.W = w[:]
		if got != 1 || p.Accuracy(x, y) != 1 {
			t.Errorf("at angle %v: %v, w %v reaches %v", a, got, w, p.Accuracy(x, y))
		}
	}
}

func TestCrossAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	decided := 0
	for range 20000 {
		p := vec{r.NormFloat64(), r.NormFloat64()}
		s := r.NormFloat64()
		q := vec{s * p[0], s * p[1]} // parallel but for rounding
		want := new(big.Rat).Mul(rat(p[0]), rat(q[1])).Cmp(new(big.Rat).Mul(rat(p[1]), rat(q[0])))
		if got := cross(p, q); got != want {
			t.Fatalf("cross(%v, %v) = %d, exactly %d", p, q, got, want)
		}
		if p[0]*q[1] == p[1]*q[0] && want != 0 {
			decided++
		}
	}
	if decided < 1000 {
		t.Errorf("only %d cases needed the rounding errors", decided)
	}
}

func TestBestLineAgainstAllLines(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for trial := range 1500 {
		n, size := 1+r.IntN(9), 1+r.IntN(4)
		x, y := grid(r, n, size)
		ws := [][2]float64{{1, 0}, {-1, 0}}
		for i := range n {
			for j := range i {
				ws = append(ws, near(x.At(i, 0)-x.At(j, 0), x.At(i, 1)-x.At(j, 1))...)
			}
		}
		want := 0
		for _, w := range ws {
			var at []float64
			for i := range n {
				at = append(at, w[0]*x.At(i, 0)+w[1]*x.At(i, 1))
			}
			slices.Sort(at)
			for _, v := range append(at, at[0]-1) {
				want = max(want, countRight(x, y, w, -(v+0.5)))
			}
		}
		if got := BestLine(x, y); got != float64(want)/float64(n) {
			t.Fatalf("trial %d: points %v labels %v: %v, all lines give %d of %d", trial, x.Data, y, got, want, n)
		}
	}
}
