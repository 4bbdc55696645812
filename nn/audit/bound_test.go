package audit

import (
	"math/rand/v2"
	"testing"

	"glassbox/mat"
)

// Where an input had to be computed its rounding is carried along: it matters
// where it cancels, as in dh = dz·Wᵀ with dz = (a, −a) and nearly equal weights.
func TestErrorsAreCarried(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	dz, W := mat.New(40, 2), mat.New(3, 2)
	for i := range dz.Rows {
		a := rng.NormFloat64()
		copy(dz.Row(i), []float64{a, -a})
	}
	for i := range W.Rows {
		copy(W.Row(i), []float64{1000 * rng.Float64(), 0})
		W.Set(i, 1, W.At(i, 0)+1e-6*rng.Float64())
	}
	db := mat.New(1, 3) // as a program without fused multiply-adds has it
	for n := range dz.Rows {
		for i := range W.Rows {
			x, y := float64(dz.At(n, 0)*W.At(i, 0)), float64(dz.At(n, 1)*W.At(i, 1))
			db.Set(0, i, db.At(0, i)+(x+y))
		}
	}
	dh := passedBack(recorded(dz), recorded(W), u64)
	if c := compareTo(db, biasGradient(dh, u64)); c.ratio > 1 {
		t.Errorf("a right db is %g bounds away", c.ratio)
	}
	if c := compareTo(db, biasGradient(recorded(dh.V), u64)); c.ratio <= 1 {
		t.Error("nothing had to be carried: the test no longer tests")
	}
}
