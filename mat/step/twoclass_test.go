package step

import (
	"math/rand/v2"
	"testing"

	"glassbox/mat"
)

// What a network of two features and two classes does in registers is what the
// operations do one after the other.
func TestTwoClassIsTheOperations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(rows, cols int) mat.Matrix {
		m := mat.New(rows, cols)
		for i := range m.Data {
			m.Data[i] = rng.NormFloat64()
		}
		return m
	}
	for _, n := range []int{1, 5, 8, 20, 24, 33, 100} {
		for _, rows := range []int{1, 2, 7, 24, 31, 100, 512, 513, 800} {
			w, u, dw, du := random(3, n), random(n+1, 2), random(3, n), random(n+1, 2)
			x, y := random(rows, 2), random(rows, 2)
			mean, limits := rows%2 == 0, Limits{100, 100}
			divisor := 1.0
			if mean {
				divisor = float64(rows)
			}
			net := New([]Layer{{w, dw}, {u, du}})
			if takes := net.two.takes(x, y); takes != net.two.there {
				t.Fatalf("%d rows: takes %v", rows, takes)
			}

			h, p, pT := mat.New(rows, n), mat.New(rows, 2), mat.New(2, rows)
			mat.Mul(h, x, w.RowRange(0, 2))
			mat.AddRow(h, h, w.Row(2))
			mat.ReLU(h, h)
			mat.Mul(p, h, u.RowRange(0, n))
			mat.AddRow(p, p, u.Row(n))
			transpose(pT, p)
			softMaxT(pT)
			transpose(p, pT)
			got := mat.New(rows, 2)
			net.Predict(got, x)
			if !mat.EqualBits(got, p) {
				t.Fatalf("%d units, %d rows: probabilities %v, want %v", n, rows, got, p)
			}

			dz := mat.New(rows, 2)
			subDiv(dz, p, y, divisor)
			wantU, wantW, dh := mat.New(n+1, 2), mat.New(3, n), mat.New(rows, n)
			mat.MulTA(wantU.RowRange(0, n), h, dz)
			mat.SumRows(wantU.Row(n), dz)
			mat.MulBT(dh, dz, u.RowRange(0, n))
			mat.ReLUGrad(dh, dh, h)
			mat.MulTA(wantW.RowRange(0, 2), x, dh)
			mat.SumRows(wantW.Row(2), dh)
			if !net.Gradients(x, y, mean, limits) || !mat.EqualBits(dw, wantW) || !mat.EqualBits(du, wantU) {
				t.Fatalf("%d units, %d rows: dw %v, du %v, want %v, %v", n, rows, dw, du, wantW, wantU)
			}

			x1, y1 := x.RowRange(0, 1), y.RowRange(0, 1)
			net.Gradients(x1, y1, mean, limits)
			wantW, wantU = w.Clone(), u.Clone()
			mat.Step(wantW, 0.1, dw)
			mat.Step(wantU, 0.1, du)
			done, within := net.StepOne(x1.Row(0), y1.Row(0), 0.1, 1.5, limits)
			if !done {
				if net.two.there {
					t.Fatalf("%d units: no step", n)
				}
				continue
			}
			if !mat.EqualBits(w, wantW) || !mat.EqualBits(u, wantU) || within != (mat.Within(w, 1.5) && mat.Within(u, 1.5)) {
				t.Fatalf("%d units: a step gives %v, %v, within %v, want %v, %v", n, w, u, within, wantW, wantU)
			}
		}
	}
}
