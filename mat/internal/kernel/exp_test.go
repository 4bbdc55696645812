package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestExpDefinition follows the operations in Exp's comment one by one.
func TestExpDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for i := range 40000 {
		x := 2*rng.Float64() - 1
		if i%2 == 0 {
			x = -750 + 1465*rng.Float64()
		}
		want := expAsDefined(x)
		if got := Exp(x); got != want {
			t.Fatalf("Exp(%x) = %x, its definition gives %x", x, got, want)
		}
	}
}

func expAsDefined(x float64) float64 {
	x = max(-746, min(710, x))
	s := math.FMA(x, 1.442695040888963407359924681001892137, 0x1.8p52)
	n := s - 0x1.8p52
	t := math.FMA(-n, 0x1.62e42fefa3800p-1, x)
	c := float64(n * 0x1.ef35793c76730p-45)
	r := t - c
	q := expPoly(r, float64(r*r))
	h := 1 + t
	l := float64(float64(1-h)+t) - c
	y := h + math.FMA(q, float64(r*r), l)
	return math.Ldexp(y, int(n))
}
