package mat

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// What TwoClass does at once is what the operations do one after the other.
func TestTwoClassIsTheOperations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(rows, cols int) Matrix {
		m := New(rows, cols)
		for i := range m.Data {
			m.Data[i] = rng.NormFloat64()
		}
		return m
	}
	for _, n := range []int{1, 5, 8, 20, 24, 33, 100} {
		for _, rows := range []int{1, 2, 7, 24, 31, 100, 800} {
			w, u, dw, du := random(3, n), random(n+1, 2), random(3, n), random(n+1, 2)
			x, y := random(rows, 2), random(rows, 2)
			divisor := float64(rng.IntN(3) + 1)
			two := NewTwoClass(w, u, dw, du)

			hidden := func() Matrix {
				z := New(rows, n)
				Mul(z, x, w.RowRange(0, 2))
				AddRow(z, z, w.Row(2))
				ReLU(z, z)
				return z
			}
			h, p, pT := hidden(), New(rows, 2), New(2, rows)
			Mul(p, h, u.RowRange(0, n))
			AddRow(p, p, u.Row(n))
			TransposeTo(pT, p)
			SoftMaxT(pT, pT)
			TransposeTo(p, pT)
			got := New(rows, 2)
			two.Probabilities(got, x)
			if !EqualBits(got, p) {
				t.Fatalf("%d units, %d rows: probabilities %v, want %v", n, rows, got, p)
			}

			dz := New(rows, 2)
			SubDiv(dz, p, y, divisor)
			two.Gradient(got, x, y, divisor)
			if !EqualBits(got, dz) {
				t.Fatalf("%d units, %d rows: dz %v, want %v", n, rows, got, dz)
			}

			wantU, wantW, dh := New(n+1, 2), New(3, n), New(rows, n)
			MulTA(wantU.RowRange(0, n), h, dz)
			SumRows(wantU.Row(n), dz)
			MulBT(dh, dz, u.RowRange(0, n))
			ReLUGrad(dh, dh, h)
			MulTA(wantW.RowRange(0, 2), x, dh)
			SumRows(wantW.Row(2), dh)
			two.Backward(x, dz, false)
			if !EqualBits(dw, wantW) || !EqualBits(du, wantU) {
				t.Fatalf("%d units, %d rows: dw %v, du %v, want %v, %v", n, rows, dw, du, wantW, wantU)
			}
			if cut := rows / 3; cut > 0 {
				two.Backward(x.RowRange(0, cut), dz.RowRange(0, cut), false)
				two.Backward(x.RowRange(cut, rows), dz.RowRange(cut, rows), true)
				if !EqualBits(dw, wantW) || !EqualBits(du, wantU) {
					t.Fatalf("%d units, %d rows, in two parts: dw %v, du %v, want %v, %v", n, rows, dw, du, wantW, wantU)
				}
			}

			x1, y1 := x.RowRange(0, 1), y.RowRange(0, 1)
			dz1 := New(1, 2)
			two.Gradient(dz1, x1, y1, 1)
			two.Backward(x1, dz1, false)
			wantW, wantU = w.Clone(), u.Clone()
			Step(wantW, 0.1, dw)
			Step(wantU, 0.1, du)
			within := two.Step(x1.Row(0), y1.Row(0), 0.1, 1.5)
			if !EqualBits(w, wantW) || !EqualBits(u, wantU) || within != (Within(w, 1.5) && Within(u, 1.5)) {
				t.Fatalf("%d units: a step gives %v, %v, within %v, want %v, %v", n, w, u, within, wantW, wantU)
			}
		}
	}
}

func TestTwoClassRefuses(t *testing.T) {
	gap := Matrix{4, 2, 3, make([]float64, 12)}
	two := NewTwoClass(New(3, 5), New(6, 2), New(3, 5), New(6, 2))
	shared := New(3, 5)
	for want, f := range map[string]func(){
		"mat.NewTwoClass: w 3×5, u 5×2":                func() { NewTwoClass(New(3, 5), New(5, 2), New(3, 5), New(6, 2)) },
		"mat.NewTwoClass: w 4×5":                       func() { NewTwoClass(New(4, 5), New(6, 2), New(4, 5), New(6, 2)) },
		"dw 3×5, du 6×2 with distances of 5, 2, 5 and": func() { NewTwoClass(shared, New(6, 2), shared, New(6, 2)) },
		"mat.NewTwoClass: w 3×3, u 4×2":                func() { NewTwoClass(New(3, 3), gap, New(3, 3), New(4, 2)) },
		"mat.TwoClass.Probabilities: p 3×2, x 4×2":     func() { two.Probabilities(New(3, 2), New(4, 2)) },
		"mat.TwoClass.Probabilities: p 4×2, x 4×2":     func() { two.Probabilities(New(4, 2), gap) },
		"mat.TwoClass.Probabilities: p 0×2":            func() { two.Probabilities(New(0, 2), New(0, 2)) },
		"mat.TwoClass.Gradient: dz 4×2, x 4×3, y 4×2":  func() { two.Gradient(New(4, 2), New(4, 3), New(4, 2), 1) },
		"mat.TwoClass.Gradient: dz 4×2, x 4×2, y 1×2":  func() { two.Gradient(New(4, 2), New(4, 2), New(1, 2), 1) },
		"mat.TwoClass.Backward: x 4×2, dz 3×2":         func() { two.Backward(New(4, 2), New(3, 2), true) },
		"mat.TwoClass.Step: x of 3, y of 2 numbers":    func() { two.Step(make([]float64, 3), make([]float64, 2), 1, 1) },
		"mat.TwoClass.Step: x of 2, y of 1 numbers":    func() { two.Step(make([]float64, 2), make([]float64, 1), 1, 1) },
		"mat.TwoClass.Gradient: dz 1×2, x 1×2, y 1×2":  func() { two.Gradient(New(1, 2), Matrix{1, 2, 2, make([]float64, 1)}, New(1, 2), 1) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
