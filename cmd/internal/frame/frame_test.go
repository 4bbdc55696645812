package frame

import (
	"math"
	"math/rand/v2"
	"testing"

	"glassbox/mat"
	"glassbox/plotsvg"
)

func TestClipByHand(t *testing.T) {
	f := Frame{-1, 3, -2, 2}
	for _, c := range []struct {
		name   string
		l      Line
		xs, ys []float64 // nil: no line in the frame
	}{
		{"upright, w1 = 0", Line{2, 0, -4}, []float64{2, 2}, []float64{-2, 2}},
		{"upright through the origin", Line{-5, 0, 0}, []float64{0, 0}, []float64{-2, 2}},
		{"level, w0 = 0", Line{0, 3, 3}, []float64{-1, 3}, []float64{-1, -1}},
		{"diagonal", Line{1, -1, 0}, []float64{-1, 2}, []float64{-1, 2}},
		{"steep", Line{4, -1, 0}, []float64{-0.5, 0.5}, []float64{-2, 2}},
		{"along an edge", Line{1, 0, 1}, []float64{-1, -1}, []float64{-2, 2}},
		{"large weights", Line{1e300, -1e300, 0}, []float64{-1, 2}, []float64{-1, 2}},
		{"tiny weights", Line{1e-310, -1e-310, 0}, []float64{-1, 2}, []float64{-1, 2}},
		{"w = 0", Line{0, 0, 1}, nil, nil},
		{"upright, outside", Line{1, 0, -4}, nil, nil},
		{"level, outside", Line{0, 1, -4}, nil, nil},
		{"aslant, outside", Line{1, 1, -6}, nil, nil},
	} {
		xs, ys, ok := f.Clip(c.l)
		if ok != (c.xs != nil) {
			t.Errorf("%s: %v %v %v", c.name, xs, ys, ok)
			continue
		}
		for i := range c.xs {
			if math.Abs(xs[i]-c.xs[i]) > 1e-12 || math.Abs(ys[i]-c.ys[i]) > 1e-12 {
				t.Errorf("%s: %v %v, want %v %v", c.name, xs, ys, c.xs, c.ys)
			}
		}
	}
}

// The ends lie on the line and on the frame's edge, and a line that is not
// drawn has all corners on one side.
func TestClipProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	crossed := 0
	for range 5000 {
		f := Frame{X0: 4 * r.NormFloat64(), Y0: 4 * r.NormFloat64()}
		f.X1, f.Y1 = f.X0+0.1+5*r.Float64(), f.Y0+0.1+5*r.Float64()
		l := Line{r.NormFloat64(), r.NormFloat64(), 3 * r.NormFloat64()}
		at := func(x, y float64) float64 { return l.W0*x + l.W1*y + l.B }
		xs, ys, ok := f.Clip(l)
		if !ok {
			a, b, c, d := at(f.X0, f.Y0) > 0, at(f.X1, f.Y0) > 0, at(f.X0, f.Y1) > 0, at(f.X1, f.Y1) > 0
			if a != b || b != c || c != d {
				t.Fatalf("%v crosses %v and is not drawn", l, f)
			}
			continue
		}
		crossed++
		for i := range xs {
			if math.Abs(at(xs[i], ys[i])) > 1e-9 {
				t.Fatalf("%v in %v: the end (%v, %v) is not on the line", l, f, xs[i], ys[i])
			}
			edge := min(math.Abs(xs[i]-f.X0), math.Abs(xs[i]-f.X1), math.Abs(ys[i]-f.Y0), math.Abs(ys[i]-f.Y1))
			if edge > 1e-9 || xs[i] < f.X0 || xs[i] > f.X1 || ys[i] < f.Y0 || ys[i] > f.Y1 {
				t.Fatalf("%v in %v: the end (%v, %v) is not on the edge", l, f, xs[i], ys[i])
			}
		}
	}
	if crossed < 1000 {
		t.Errorf("only %d lines crossed their frame", crossed)
	}
}

// inside reports whether a band covers a point.
func inside(b plotsvg.Band, x, y float64) bool {
	for i := range len(b.X) - 1 {
		if x >= b.X[i] && x <= b.X[i+1] && b.X[i] < b.X[i+1] {
			s := (x - b.X[i]) / (b.X[i+1] - b.X[i])
			return y >= b.Lo[i]+s*(b.Lo[i+1]-b.Lo[i]) && y <= b.Hi[i]+s*(b.Hi[i+1]-b.Hi[i])
		}
	}
	return false
}

// Every place of the frame has the colour of its answer, and no other.
func TestSides(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	f := Frame{-3, 5, -2, 4}
	lines := []Line{{1, 0, 0}, {-1, 0, 2}, {0, 1, 1}, {0, -1, 1}, {1, 0, 9}, {0, 1, 9}, {-1, 0, -9}, {1, 1, -30}, {1, 1, 30}}
	for range 200 {
		lines = append(lines, Line{r.NormFloat64(), r.NormFloat64(), 3 * r.NormFloat64()})
	}
	for _, l := range lines {
		bands := f.Sides(l)
		for range 100 {
			x, y := -3+8*r.Float64(), -2+6*r.Float64()
			score := l.W0*x + l.W1*y + l.B
			if math.Abs(score) < 1e-6 {
				continue
			}
			var covered [2]int
			for _, b := range bands {
				if b := b.(plotsvg.Band); inside(b, x, y) {
					covered[b.Class]++
				}
			}
			want := [2]int{1, 0}
			if score < 0 {
				want = [2]int{0, 1}
			}
			if covered != want {
				t.Fatalf("%v at (%.3f, %.3f): classes %v, want %v", l, x, y, covered, want)
			}
		}
	}
	if bands := f.Sides(Line{0, 0, 1}); bands != nil {
		t.Errorf("w = 0 colours %v", bands)
	}
}

func TestFrameOf(t *testing.T) {
	for _, c := range []struct {
		name   string
		points []float64
		origin bool
	}{
		{"around the origin", []float64{-1, -1, 1, 1}, true},
		{"beside it", []float64{3, 3, 5, 5}, true},
		{"far away", []float64{1000, 1000, 1001, 1002}, false},
		{"one place", []float64{1000, 1000, 1000, 1000}, true},
		{"only the origin", []float64{0, 0, 0, 0}, true},
		{"flat", []float64{-5, 0, 5, 0}, true},
		{"upright", []float64{2, -50, 2, 50}, true},
	} {
		x := mat.Of(len(c.points)/2, 2, c.points...)
		f, origin := Of(x)
		if origin != c.origin {
			t.Errorf("%s: origin %v", c.name, origin)
		}
		for i := range x.Rows {
			if px, py := x.At(i, 0), x.At(i, 1); !(px > f.X0 && px < f.X1 && py > f.Y0 && py < f.Y1) {
				t.Errorf("%s: (%v, %v) is not inside %v", c.name, px, py, f)
			}
		}
		if origin && !(f.X0 < 0 && f.X1 > 0 && f.Y0 < 0 && f.Y1 > 0) {
			t.Errorf("%s: the origin is not inside %v", c.name, f)
		}
		if w, h := f.X1-f.X0, f.Y1-f.Y0; w > 3.001*h || h > 3.001*w {
			t.Errorf("%s: %v is %v by %v", c.name, f, w, h)
		}
	}
}
