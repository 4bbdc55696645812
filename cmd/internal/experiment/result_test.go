package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"testing"

	"glassbox/mat"
)

func TestLooksAtEvaluations(t *testing.T) {
	r := Result{Steps: 25, Evals: []Eval{{0, 8, 4, 0.5, 0.5}, {10, 6, 4, 0.8, 0.9}, {20, 5, 4, 0.9, 0.7}, {25, 4, 4, 0.9, 0.9}}}
	for _, c := range []struct {
		step, want int
		ok         bool
	}{{0, 0, true}, {9, 0, true}, {10, 10, true}, {24, 20, true}, {25, 25, true}, {26, 0, false}} {
		if v, ok := r.At(c.step); ok != c.ok || v.Step != c.want {
			t.Errorf("At(%d) = step %d, %v; want %d, %v", c.step, v.Step, ok, c.want, c.ok)
		}
	}
	if _, ok := (Result{Steps: 3}).At(0); ok {
		t.Error("At finds an evaluation where there is none")
	}
	for _, c := range []struct {
		accuracy float64
		want     int
		ok       bool
	}{{0.5, 0, true}, {0.6, 10, true}, {0.9, 10, true}, {0.91, 0, false}} {
		if v, ok := r.Reached(c.accuracy); ok != c.ok || v.Step != c.want {
			t.Errorf("Reached(%v) = step %d, %v; want %d, %v", c.accuracy, v.Step, ok, c.want, c.ok)
		}
	}
	if v := r.Best(); v.Step != 10 {
		t.Errorf("Best is at step %d, want the first of the best, 10", v.Step)
	}
	if got := r.Evals[1].LossPerRow(); got != 1.5 {
		t.Errorf("a loss of 6 over 4 rows is %v a row", got)
	}
}

func TestEvenly(t *testing.T) {
	if got := Evenly(3, 3); !slices.Equal(got, []int{0, 1, 2}) {
		t.Error(got)
	}
	if got := Evenly(101, 5); !slices.Equal(got, []int{0, 25, 50, 75, 100}) {
		t.Error(got)
	}
	if got := Evenly(7, 1); !slices.Equal(got, []int{0}) {
		t.Error(got)
	}
	if got := Evenly(0, 5); len(got) != 0 {
		t.Error(got)
	}
}

// The fingerprint is that of the bytes a reader of the README would hash.
func TestFingerprint(t *testing.T) {
	sum := sha256.Sum256([]byte("\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x00\x80" + "\x00\x00\x00\x00\x00\x00\xf0\xff"))
	wide := mat.Matrix{Rows: 2, Cols: 1, Stride: 2, Data: []float64{1, 99, math.Copysign(0, -1)}}
	if got, want := Fingerprint([]mat.Matrix{wide, mat.Of(1, 1, math.Inf(-1))}), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Which NaN ∞−∞ is depends on the processor; a diverged run's fingerprint must
// not.
func TestFingerprintOfNaN(t *testing.T) {
	of := func(v float64) string { return Fingerprint([]mat.Matrix{mat.Of(1, 2, 1, v)}) }
	want := of(math.Float64frombits(0x7ff8000000000000))
	for _, bits := range []uint64{0xfff8000000000000, 0x7ff8000000000001, 0x7ff0000000000001, 0xffffffffffffffff} {
		if got := of(math.Float64frombits(bits)); got != want {
			t.Errorf("NaN %x: %s, want %s", bits, got, want)
		}
	}
	if of(math.Inf(1)) == want {
		t.Error("an infinity counts as a NaN")
	}
}
