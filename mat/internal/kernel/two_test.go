package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// vanishing returns random numbers, few or most of them 0 of either sign or so
// small that products of them vanish.
func vanishing(rng *rand.Rand, n int) []float64 {
	s := numbers(rng, n, 0)
	rare := 4 + rng.IntN(12)
	for i := range s {
		switch rng.IntN(rare) {
		case 0:
			s[i] = specials[rng.IntN(2)] // ±0
		case 1:
			s[i] *= 0x1p-540
		case 2:
			s[i] *= 0x1p-1060
		case 3:
			s[i] = math.Copysign(0x1p-1074, s[i])
		}
	}
	return s
}

func someTwo(rng *rand.Rand, units, rows int) Two {
	t := Two{
		X: vanishing(rng, 2*rows), Y: vanishing(rng, 2*rows), Z: vanishing(rng, 2*rows),
		W: vanishing(rng, 3*units), U: vanishing(rng, 2*units+2),
		DW: vanishing(rng, 3*units), DU: vanishing(rng, 2*units+2),
		Rows: rows, Units: units, N: float64(rows), Mean: rng.IntN(2) == 0, On: rng.IntN(2) == 0,
		Rate: []float64{0, 1, 0.01, 0x1p-300}[rng.IntN(4)], Limit: []float64{1, 2, 3, 4, 0x1p300}[rng.IntN(5)],
	}
	if rng.IntN(3) == 0 {
		t.Y = nil
	}
	return t
}

// fields are the operands of Two.
func (t *Two) fields() []*[]float64 { return []*[]float64{&t.X, &t.Y, &t.Z, &t.W, &t.U, &t.DW, &t.DU} }

// copied has operands of its own, with guards around them.
func (t Two) copied() Two {
	for _, f := range t.fields() {
		if *f != nil {
			*f = append(append(slices.Repeat([]float64{7}, 8), *f...), slices.Repeat([]float64{7}, 8)...)
		}
	}
	return t
}

// inner is t without the guards.
func (t Two) inner() *Two {
	for _, f := range t.fields() {
		if *f != nil {
			*f = (*f)[8 : len(*f)-8]
		}
	}
	return &t
}

var twoOperations = []struct {
	name string
	fast func(*Two) bool
	loop func(*Two) bool
	one  bool // a single row with y
}{
	{"Forward", func(t *Two) bool { t.Forward(); return true }, func(t *Two) bool { twoForwardGo(t); return true }, false},
	{"Backward", func(t *Two) bool { t.Backward(); return true }, func(t *Two) bool { twoBackwardGo(t); return true }, false},
	{"Step", (*Two).Step, twoStepGo, true},
}

func checkTwo(t *testing.T, rng *rand.Rand, units, rows int) {
	t.Helper()
	for _, o := range twoOperations {
		p := someTwo(rng, units, rows)
		if o.one {
			p.Rows, p.Y = 1, vanishing(rng, 2*rows)
		}
		got, want := p.copied(), p.copied()
		ok, wantOK := o.fast(got.inner()), o.loop(want.inner())
		if ok != wantOK {
			t.Fatalf("%s, %d units: within %v: %v, want %v", o.name, units, p.Limit, ok, wantOK)
		}
		for i, f := range got.fields() {
			if at := differ(*f, *want.fields()[i]); at >= 0 {
				t.Fatalf("%s, %d units, %d rows, mean %v, on %v: operand %d differs at %d: %v, want %v",
					o.name, units, p.Rows, p.Mean, p.On, i, at-8, (*f)[at], (*want.fields()[i])[at])
			}
		}
	}
}

func TestTwo(t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 17))
	eachSet(t, func(t *testing.T) {
		for units := 1; units <= 40; units++ {
			for rows := 1; rows <= 60; rows++ {
				checkTwo(t, rng, units, rows)
			}
		}
		for _, units := range []int{47, 48, 49, 100, 255} {
			checkTwo(t, rng, units, 1+rng.IntN(100))
		}
		for _, rows := range []int{twoTerms/100/24*24 - 1, twoTerms / 100 / 24 * 24, twoTerms/100 + 1, 3 * twoTerms / 100} {
			checkTwo(t, rng, 100, rows)
		}
	})
}

// A step is what Forward and Backward say, times the rate.
func TestTwoStep(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 19))
	for units := 1; units <= 40; units++ {
		p := someTwo(rng, units, 1)
		p.Y, p.On, p.Mean = vanishing(rng, 2), false, false
		got, want := p.copied(), p.copied()
		s, b := got.inner(), want.inner()
		s.Step()
		twoForwardGo(b)
		twoBackwardGo(b)
		for i, d := range b.DW {
			b.W[i] -= float64(p.Rate * d)
		}
		for i, d := range b.DU {
			b.U[i] -= float64(p.Rate * d)
		}
		if differ(s.W, b.W) >= 0 || differ(s.U, b.U) >= 0 {
			t.Fatalf("%d units: %v %v, want %v %v", units, s.W, s.U, b.W, b.U)
		}
	}
}

func BenchmarkTwo(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	p := someTwo(rng, 20, 800)
	for _, f := range p.fields() {
		*f = numbers(rng, 1600, 0)
	}
	p.Mean, p.On, p.Rate, p.Limit = true, false, 1e-9, 100
	b.Run("step", func(b *testing.B) {
		for b.Loop() {
			p.Step()
		}
	})
	b.Run("forward 800", func(b *testing.B) {
		for b.Loop() {
			p.Forward()
		}
	})
	b.Run("backward 800", func(b *testing.B) {
		for b.Loop() {
			p.Backward()
		}
	})
}
