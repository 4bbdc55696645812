package inspector

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn/spec"
)

// By hand: two classes on a line, p of class 1 beside each row.
func TestWorth(t *testing.T) {
	ps := []float64{0.01, 0.02, 0.45, 0.9, 0.99, 0.98, 0.56, 0.2, 0.03, 0.97, 0.7, 0.35}
	labels := []int{0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1}
	x, p := mat.New(len(ps), 2), mat.New(len(ps), 2)
	for i, v := range ps {
		x.Set(i, 0, float64(10*i)) // none is near another
		p.Set(i, 0, 1-v)
		p.Set(i, 1, v)
	}
	// The nearest to the boundary of each class, the most wrong, the most sure;
	// then round again.
	want := []int{2, 6, 3, 7, 0, 4, 10, 11}
	got := byInterest(x, labels, 2, p)
	if !slices.Equal(got[:len(want)], want) {
		t.Errorf("%v, want %v first", got, want)
	}
	if !slices.Equal(slices.Sorted(slices.Values(got)), upTo(len(ps))) {
		t.Errorf("%v is no order of the rows", got)
	}
	// Rows near one that was taken wait.
	x.Set(6, 0, x.At(2, 0)+0.001)
	if got := byInterest(x, labels, 2, p); got[0] != 2 || got[1] != 11 {
		t.Errorf("%v: row 6 lies at row 2", got)
	}
	// Without any prediction or label there is an order too.
	if got := byInterest(x, slices.Repeat([]int{-1}, len(ps)), 0, mat.New(len(ps), 0)); len(got) != len(ps) {
		t.Errorf("%v", got)
	}
}

func TestKeptRows(t *testing.T) {
	none := func(int) bool { return false }
	d := detail{rows: 6, ends: 1}
	if got := keptRows(5, d, none, func(i int) int { return -i }); !slices.Equal(got, upTo(5)) {
		t.Errorf("a small batch: %v", got)
	}
	if got, want := keptRows(100, d, none, func(i int) int { return (i + 50) % 100 }), []int{0, 50, 51, 52, 53, 99}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := keptRows(100, d, func(i int) bool { return i == 17 || i == 33 }, func(i int) int { return i }), []int{0, 1, 2, 17, 33, 99}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := keptRows(100, d, func(i int) bool { return i%10 == 0 }, func(i int) int { return i }); len(got) != 11 {
		t.Errorf("what is asked for is kept even if it is more: %v", got)
	}
}

// The rows of a run: the same ones in all steps and networks, the ends of the
// batch, those asked for, the nearest ones to the boundary and the most wrong.
func TestRowsOfARun(t *testing.T) {
	m, _ := modelOf(t, "-fault bias-gradient-mean -max_steps 60 -n 300", Options{Samples: []int{17, 203}})
	kept := m.Nets[0].Steps[0].Kept
	for _, net := range m.Nets {
		for _, s := range net.Steps {
			if !slices.Equal(s.Kept, kept) || !slices.Equal(s.Row, kept) || s.Batch != 240 {
				t.Fatalf("step %d: rows %v at %v, want %v", s.N, s.Kept, s.Row, kept)
			}
		}
	}
	steps := plainly(config(t, "-max_steps 61 -n 300"), nil)
	p := steps[60].T["p"]
	y := steps[60].T["y"]
	least, worst := 0, 0
	margin := func(i int) float64 { return math.Abs(p.At(i, 0) - p.At(i, 1)) }
	right := func(i int) float64 { return p.At(i, mat.ArgMax(y.Row(i))) }
	for i := range p.Rows {
		if margin(i) < margin(least) {
			least = i
		}
		if right(i) < right(worst) {
			worst = i
		}
	}
	for _, i := range []int{0, 1, 239, 17, 203, least, worst} {
		if !slices.Contains(kept, i) {
			t.Errorf("row %d is not among %v", i, kept)
		}
	}
	classes := map[int]int{}
	for _, i := range kept {
		classes[m.Points.Class[i]]++
	}
	if classes[0] < 4 || classes[1] < 4 {
		t.Errorf("rows of the classes: %v", classes)
	}
}

// Rows are found again among the points, whatever the batch.
func TestRowsOfBatches(t *testing.T) {
	for _, flags := range []string{"-sgd", "-batch_size 32", "-batch_size 100 -data ../../../testdata/iris.csv", "-n 5000 -max_steps 3", "-n 5000 -sgd"} {
		m, _ := modelOf(t, "-max_steps 20 "+flags, Options{})
		net := m.Nets[0]
		found := 0
		for _, s := range net.Steps {
			d := decode(t, net.Layouts[s.Layout], s)
			for at, i := range s.Kept {
				n := s.Row[at]
				x0, x1 := d.value(t, "x", i, 0), d.value(t, "x", i, 1)
				if math.Abs(x0-m.Points.X[n]) > 1e-4 || math.Abs(x1-m.Points.Y[n]) > 1e-4 {
					t.Fatalf("%s: step %d: row %d is (%v, %v), its point %d (%v, %v)", flags, s.N, i, x0, x1, n, m.Points.X[n], m.Points.Y[n])
				}
				if d.value(t, "y", i, m.Points.Class[n]) != 1 {
					t.Fatalf("%s: step %d: row %d is not of class %d", flags, s.N, i, m.Points.Class[n])
				}
				found++
			}
		}
		if found < 20 {
			t.Errorf("%s: %d rows", flags, found)
		}
		if n := len(m.Points.X); n > mostPoints+mostPoints/2 || n < 100 || len(m.Points.Y) != n || len(m.Points.Class) != n {
			t.Errorf("%s: %d points", flags, n)
		}
		if m.Points.Of > 0 {
			if m.Points.Of != 4000 || len(m.Points.Row) != len(m.Points.X) || !slices.IsSorted(m.Points.Row) {
				t.Errorf("%s: %d points of %d", flags, len(m.Points.Row), m.Points.Of)
			}
		} else if len(m.Points.X) > mostPoints {
			t.Errorf("%s: %d points", flags, len(m.Points.X))
		}
	}
}

// The row in which two networks part is kept, whichever it is.
func TestRowOfTheDifference(t *testing.T) {
	c := config(t, "-fault dz-sign -n 200 -max_steps 2")
	right := c
	right.Faults = nil
	wanted := map[int]bool{1: true}
	wrong, _ := mistaken(context.Background(), c, right, wanted, func() {})
	trainings := []*training{train(context.Background(), right, wanted, nil, func() {}), wrong}
	s := trainings[0].source(1)
	without := newKeeper(trainings, nil, nil).kept(s, ladder[0])
	for i := range 160 {
		with := newKeeper(trainings, nil, &Place{1, "h1", i, 0}).kept(s, ladder[0])
		if !slices.Contains(with, i) || len(with) != 32 {
			t.Fatalf("row %d is not among %v", i, with)
		}
		if slices.Contains(without, i) && !slices.Equal(with, without) {
			t.Fatalf("row %d was among %v, now they are %v", i, without, with)
		}
	}
}

// A row that is asked for is kept even where another is like it.
func TestRowsThatAreAlike(t *testing.T) {
	const flags = "-data ../../../testdata/iris.csv -max_steps 5"
	d := experiment.New(config(t, flags)).Data
	for r, first := range indexRows(d.TrainX, d.TrainY).of(d.TrainX, d.TrainY) {
		if r == first {
			continue
		}
		m, _ := modelOf(t, flags, Options{Samples: []int{r}, Steps: []int{1}})
		if kept := m.Nets[0].Steps[0].Kept; !slices.Contains(kept, r) {
			t.Errorf("row %d is not among %v", r, kept)
		}
		m, _ = modelOf(t, flags+" -batch_size 100", Options{Samples: []int{r}, Steps: []int{0}})
		if s := m.Nets[0].Steps[0]; !slices.ContainsFunc(s.Row, func(n int) bool { return n == first }) {
			t.Errorf("row %d, like %d, is not among %v", r, first, s.Row)
		}
		return
	}
	t.Error("no two rows are alike")
}

// What is drawn of a step belongs to the parameters that its numbers come from.
func TestPictures(t *testing.T) {
	for _, flags := range []string{"-max_steps 60 -n 300", "-sgd -max_steps 100 -n 300", "-fault relu-missing,softmax-axis-0 -max_steps 9 -n 300", "-data ../../../testdata/iris.csv -max_steps 40"} {
		m, results := modelOf(t, flags+" -eval_freq 1", Options{})
		for n, net := range m.Nets {
			train := map[int]float64{}
			for _, v := range results[n].Evals {
				train[v.Step] = v.TrainAccuracy
			}
			drawn := 0
			for _, s := range net.Steps {
				right := 0
				for _, r := range s.Right {
					if r {
						right++
					}
				}
				if got := float64(right) / float64(len(m.Points.X)); got != train[s.N] {
					t.Errorf("%s: step %d: %v of the points are right, %v were", flags, s.N, got, train[s.N])
				}
				if !m.Planar {
					if s.Boundary != "" || s.Hinges != nil {
						t.Errorf("%s: a line in a plane of two of four features", flags)
					}
					continue
				}
				// The points within the outline are taken to be of class 1.
				list := polygons(t, s.Boundary)
				off := 0
				for i := range s.Right {
					if odd, _ := within(list, m.Points.X[i], m.Points.Y[i]); odd == ((m.Points.Class[i] == 1) != s.Right[i]) {
						off++
					}
				}
				if off > len(s.Right)/50 && !strings.Contains(flags, "axis-0") { // which depends on what else is in the batch
					t.Errorf("%s: step %d: %d points lie on the wrong side of the line", flags, s.N, off)
				}
				drawn += len(list)
				d := decode(t, net.Layouts[s.Layout], s)
				checkHinges(t, d, m.Points.Frame)
			}
			if m.Planar && drawn == 0 {
				t.Errorf("%s: no line at all", flags)
			}
		}
	}
}

// checkHinges looks whether the units are 0 along their lines.
func checkHinges(t *testing.T, d decoded, f [4]float64) {
	t.Helper()
	for u, h := range d.step.Hinges {
		w0, w1, b := d.value(t, "W1", 0, u), d.value(t, "W1", 1, u), d.value(t, "b1", 0, u)
		z := func(x, y float64) float64 { return w0*x + w1*y + b }
		size := math.Abs(w0) + math.Abs(w1) + math.Abs(b)
		if h == [4]float64{} {
			s := z(f[0], f[2]) > 0
			if (z(f[1], f[2]) > 0) != s || (z(f[0], f[3]) > 0) != s || (z(f[1], f[3]) > 0) != s {
				t.Errorf("step %d: unit %d changes sides in the frame", d.step.N, u)
			}
			continue
		}
		for _, end := range [][2]float64{{h[0], h[1]}, {h[2], h[3]}} {
			if v := z(end[0], end[1]); math.Abs(v) > 1e-3*size {
				t.Errorf("step %d: unit %d is %v at %v", d.step.N, u, v, end)
			}
		}
	}
}

// A unit is dead if no training row wakes it, whatever the batch.
func TestDead(t *testing.T) {
	for _, flags := range []string{"-learning_rate 3 -max_steps 30", "-learning_rate 0.5 -sgd -max_steps 60", "-learning_rate 3 -batch_size 50 -max_steps 30 -dnn_hidden_units 8,8"} {
		c := config(t, flags)
		m, _ := modelOf(t, flags, Options{})
		all := experiment.New(c).Data.TrainX
		steps, found := plainly(c, nil), 0
		for _, s := range m.Nets[0].Steps {
			in := all
			for k := range c.Hidden {
				h := spec.ReLU(spec.Linear(in, steps[s.N].T[spec.Name("W", k+1)], steps[s.N].T[spec.Name("b", k+1)]))
				want := []int{}
				for j := range h.Cols {
					sum := 0.0
					for i := range h.Rows {
						sum += h.At(i, j)
					}
					if sum == 0 {
						want = append(want, j)
					}
				}
				if !slices.Equal(s.Dead[k], want) {
					t.Errorf("%s: step %d: in layer %d the units %v are dead, want %v", flags, s.N, k+1, s.Dead[k], want)
				}
				found += len(want)
				in = h
			}
			if len(s.Dead) != len(c.Hidden) {
				t.Errorf("%s: step %d: %v", flags, s.N, s.Dead)
			}
		}
		if found == 0 {
			t.Errorf("%s: no unit is dead", flags)
		}
	}
}
