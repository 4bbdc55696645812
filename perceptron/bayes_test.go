package perceptron

import (
	"math"
	"math/rand/v2"
	"testing"

	"glassbox/mat/nprand"
)

func phi(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

func mustBayes(t *testing.T, p Pair) float64 {
	t.Helper()
	b, err := Bayes(p)
	if err != nil {
		t.Fatalf("Bayes(%v): %v", p, err)
	}
	return b
}

// With equal covariances the best boundary is a straight line and the accuracy
// Φ(d/2), d² = Δᵀ·cov⁻¹·Δ.
func TestBayesEqualCovariances(t *testing.T) {
	for _, cov := range [][2][2]float64{diag(1, 1), diag(3, 4), diag(1e-6, 1e6), {{2, 1.2}, {1.2, 3}}, {{5, -4.9}, {-4.9, 5}}} {
		for _, delta := range [][2]float64{{0, 0}, {1e-9, 0}, {1, 0}, {0, 1}, {2, -3}, {0.01, 0.02}, {10, 16}, {-400, 700}} {
			p := Pair{[2]float64{7, -2}, [2]float64{7 + delta[0], -2 + delta[1]}, cov, cov}
			dx, dy := p.Mean2[0]-p.Mean1[0], p.Mean2[1]-p.Mean1[1]
			a, b, d := cov[0][0], cov[0][1], cov[1][1]
			dist := math.Sqrt((d*dx*dx - 2*b*dx*dy + a*dy*dy) / (a*d - b*b))
			if got, want := mustBayes(t, p), phi(dist/2); math.Abs(got-want) > 2e-12 {
				t.Errorf("cov %v, means %v apart: %.15f, Φ(d/2) = %.15f", cov, delta, got, want)
			}
		}
	}
}

// With equal means and round covariances the boundary is a circle, and
// P(|z| < ρ) = 1 − exp(−ρ²/2).
func TestBayesCircles(t *testing.T) {
	for _, v := range []float64{1.001, 2, 10, 1e4, 1e12, 1e-3} {
		// The densities are equal at |z|² = 2·v·ln v/(v−1).
		r2 := 2 * v * math.Log(v) / (v - 1)
		want := 0.5 + math.Abs(math.Exp(-r2/(2*v))-math.Exp(-r2/2))/2
		p := Pair{[2]float64{3, 4}, [2]float64{3, 4}, diag(1, 1), diag(v, v)}
		if got := mustBayes(t, p); math.Abs(got-want) > 2e-12 {
			t.Errorf("variance 1 against %g: %.15f, want %.15f", v, got, want)
		}
	}
}

// In one dimension the set where a density is the higher ends at the roots of
// a quadratic; a second, equal dimension changes nothing.
func bayes1(m1, v1, m2, v2 float64) float64 {
	a, b, c := 1/v2-1/v1, 2*(m1/v1-m2/v2), m2*m2/v2-m1*m1/v1+math.Log(v2/v1)
	s := math.Sqrt(b*b - 4*a*c)
	lo, hi := (-b-s)/(2*a), (-b+s)/(2*a)
	if lo > hi {
		lo, hi = hi, lo
	}
	in := func(m, v float64) float64 { return phi((hi-m)/math.Sqrt(v)) - phi((lo-m)/math.Sqrt(v)) }
	return 0.5 + math.Abs(in(m1, v1)-in(m2, v2))/2
}

func TestBayesOneDimension(t *testing.T) {
	for _, c := range [][4]float64{{0, 1, 1, 2}, {0, 1, 5, 2}, {3, 4, -1, 40}, {0, 1, 0, 9}, {0, 1, 0.5, 1e-6}, {0, 1, 3, 1e-8}} {
		want := bayes1(c[0], c[1], c[2], c[3])
		across := Pair{[2]float64{c[0], 6}, [2]float64{c[2], 6}, diag(c[1], 3), diag(c[3], 3)}
		upward := Pair{[2]float64{6, c[0]}, [2]float64{6, c[2]}, diag(3, c[1]), diag(3, c[3])}
		// Along the direction (3, 4)/5, both with rank 1.
		at := func(m float64) [2]float64 { return [2]float64{1 + 0.6*m, 2 + 0.8*m} }
		cov := func(v float64) [2][2]float64 { return [2][2]float64{{0.36 * v, 0.48 * v}, {0.48 * v, 0.64 * v}} }
		line := Pair{at(c[0]), at(c[2]), cov(c[1]), cov(c[3])}
		for i, p := range []Pair{across, upward, line} {
			if got := mustBayes(t, p); math.Abs(got-want) > 1e-11 {
				t.Errorf("%v, way %d: %.15f, want %.15f", c, i, got, want)
			}
		}
	}
}

// strips returns ∫ ½·max(f₁, f₂) another way: upright strips of width h from
// lo to hi, in each of which the conditional densities along y are compared as
// in one dimension and integrated by Φ.
func strips(p Pair, lo, hi float64, n int) float64 {
	h := (hi - lo) / float64(n)
	mean, cov := [2][2]float64{p.Mean1, p.Mean2}, [2][2][2]float64{p.Cov1, p.Cov2}
	sum := 0.0
	for i := range n {
		x := lo + (float64(i)+0.5)*h
		// Along the strip, class k has weight f[k], mean m[k] and variance v[k].
		var f, m, v [2]float64
		for k := range 2 {
			a, b, d, dx := cov[k][0][0], cov[k][0][1], cov[k][1][1], x-mean[k][0]
			f[k] = math.Exp(-dx*dx/(2*a)) / math.Sqrt(2*math.Pi*a)
			m[k] = mean[k][1] + b/a*dx
			v[k] = d - b*b/a
		}
		// f[0]·N(y; m[0], v[0]) > f[1]·N(y; m[1], v[1]) where a·y² + b·y + c > 0.
		a, b := 1/v[1]-1/v[0], 2*(m[0]/v[0]-m[1]/v[1])
		c := m[1]*m[1]/v[1] - m[0]*m[0]/v[0] + math.Log(v[1]/v[0]) + 2*math.Log(f[0]/f[1])
		in := [2]float64{} // the share of class k between the roots
		if disc := b*b - 4*a*c; disc > 0 {
			lo, hi := (-b-math.Sqrt(disc))/(2*a), (-b+math.Sqrt(disc))/(2*a)
			if lo > hi {
				lo, hi = hi, lo
			}
			for k := range 2 {
				in[k] = phi((hi-m[k])/math.Sqrt(v[k])) - phi((lo-m[k])/math.Sqrt(v[k]))
			}
		}
		if a > 0 {
			sum += f[0]*(1-in[0]) + f[1]*in[1]
		} else {
			sum += f[0]*in[0] + f[1]*(1-in[1])
		}
	}
	return sum * h / 2
}

// general returns a pair of unequal, tilted ellipses of moderate size.
func general(r *rand.Rand) Pair {
	cov := func() [2][2]float64 {
		a, d := 0.3+2*r.Float64(), 0.3+2*r.Float64()
		b := (1.8*r.Float64() - 0.9) * math.Sqrt(a*d)
		return [2][2]float64{{a, b}, {b, d}}
	}
	mean := func() [2]float64 { return [2]float64{2 * r.NormFloat64(), 2 * r.NormFloat64()} }
	return Pair{mean(), mean(), cov(), cov()}
}

func TestBayesAgainstStrips(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		p := general(r)
		got, want := mustBayes(t, p), strips(p, -18, 18, 100000)
		if math.Abs(got-want) > 1e-8 {
			t.Errorf("%v: %.12f, in strips %.12f", p, got, want)
		}
	}
}

// A small ellipse within a large one, in no special direction: seen from the
// middle of the large one it fills a narrow angle, which must not be missed.
func TestBayesSmallWithinLarge(t *testing.T) {
	for _, cov := range [][2][2]float64{diag(1e-4, 1e-4), {{2e-4, 1e-4}, {1e-4, 1e-4}}, diag(1e-4, 3e-3)} {
		p := Pair{[2]float64{}, [2]float64{1, 0.3}, diag(1, 1), cov}
		got, want := mustBayes(t, p), strips(p, -9, 9, 400000)
		if math.Abs(got-want) > 1e-7 {
			t.Errorf("%v: %.12f, in strips %.12f", cov, got, want)
		}
	}
}

func TestBayesAgainstDraws(t *testing.T) {
	n := 200000
	if testing.Short() {
		n = 20000
	}
	for i, test := range Report() {
		// Judge each draw by its densities, written out here anew.
		logDensity := func(x []float64, m [2]float64, c [2][2]float64) float64 {
			dx, dy := x[0]-m[0], x[1]-m[1]
			return -dx*dx/c[0][0]/2 - dy*dy/c[1][1]/2 - math.Log(c[0][0]*c[1][1])/2
		}
		rng := nprand.New(uint32(i))
		d, err := test.Sample(n, rng)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, y := range d.TrainY {
			x := d.TrainX.Row(i)
			if (logDensity(x, test.Mean1, test.Cov1) > logDensity(x, test.Mean2, test.Cov2)) == (y > 0) {
				right++
			}
		}
		share := float64(right) / float64(len(d.TrainY))
		got := mustBayes(t, test.Pair)
		if sd := math.Sqrt(got * (1 - got) / float64(len(d.TrainY))); math.Abs(got-share) > 4*sd+1e-9 {
			t.Errorf("test %d: %.6f, of %d draws %.6f are right (sd %.1g)", i+1, got, len(d.TrainY), share, sd)
		}
	}
}

func TestBayesSingular(t *testing.T) {
	flat := [2][2]float64{{1, 2}, {2, 4}}
	point := [2][2]float64{}
	tenths := [2][2]float64{{0.1, 0.3}, {0.3, 0.9}} // rank 1 only as decimals
	o, far := [2]float64{}, [2]float64{1, 1}
	for _, c := range []struct {
		name string
		pair Pair
		want float64
	}{
		{"a line against an ellipse", Pair{o, o, flat, diag(1, 1)}, 1},
		{"crossing lines", Pair{o, o, flat, diag(1, 0)}, 1},
		{"parallel lines", Pair{o, far, flat, flat}, 1},
		{"the same line", Pair{o, o, flat, flat}, 0.5},
		{"the same line, means 2 sd apart", Pair{o, [2]float64{2, 4}, flat, flat}, phi(1)},
		{"the same falling line", Pair{o, [2]float64{2, -4}, [2][2]float64{{1, -2}, {-2, 4}}, [2][2]float64{{1, -2}, {-2, 4}}}, phi(1)},
		{"tenths", Pair{[2]float64{0.1, 0.3}, [2]float64{0.7, 2.1}, tenths, tenths}, phi(0.3 * math.Sqrt(10))},
		{"a point on a line", Pair{o, o, point, flat}, 1},
		{"two points", Pair{o, far, point, point}, 1},
		{"one point", Pair{far, far, point, point}, 0.5},
		{"the axes", Pair{o, [2]float64{0, 3}, diag(0, 4), diag(0, 4)}, phi(0.75)},
	} {
		if got := mustBayes(t, c.pair); math.Abs(got-c.want) > 1e-11 {
			t.Errorf("%s: %.15f, want %.15f", c.name, got, c.want)
		}
	}
}

// Moving, turning by a quarter, mirroring, scaling and swapping the classes
// change no accuracy.
func TestBayesInvariance(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 30 {
		p := general(r)
		want := mustBayes(t, p)
		change := func(f func(m [2]float64) [2]float64, g func(c [2][2]float64) [2][2]float64) Pair {
			return Pair{f(p.Mean1), f(p.Mean2), g(p.Cov1), g(p.Cov2)}
		}
		same := func(c [2][2]float64) [2][2]float64 { return c }
		for name, q := range map[string]Pair{
			"swapped":  {p.Mean2, p.Mean1, p.Cov2, p.Cov1},
			"moved":    change(func(m [2]float64) [2]float64 { return [2]float64{m[0] + 8, m[1] - 4} }, same),
			"mirrored": change(func(m [2]float64) [2]float64 { return [2]float64{m[1], m[0]} }, func(c [2][2]float64) [2][2]float64 { return [2][2]float64{{c[1][1], c[0][1]}, {c[0][1], c[0][0]}} }),
			"turned":   change(func(m [2]float64) [2]float64 { return [2]float64{-m[1], m[0]} }, func(c [2][2]float64) [2][2]float64 { return [2][2]float64{{c[1][1], -c[0][1]}, {-c[0][1], c[0][0]}} }),
			"scaled": change(func(m [2]float64) [2]float64 { return [2]float64{m[0] * 1e20, m[1] * 1e20} }, func(c [2][2]float64) [2][2]float64 {
				return [2][2]float64{{c[0][0] * 1e40, c[0][1] * 1e40}, {c[0][1] * 1e40, c[1][1] * 1e40}}
			}),
			"squeezed": change(func(m [2]float64) [2]float64 { return [2]float64{m[0] * 1e-3, m[1]} }, func(c [2][2]float64) [2][2]float64 {
				return [2][2]float64{{c[0][0] * 1e-6, c[0][1] * 1e-3}, {c[0][1] * 1e-3, c[1][1]}}
			}),
		} {
			if got := mustBayes(t, q); math.Abs(got-want) > 1e-10 {
				t.Errorf("%v %s: %.15f, was %.15f", p, name, got, want)
			}
		}
	}
}
