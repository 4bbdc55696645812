package graph

import (
	"math"
	"testing"
)

// TestHalf: as NumPy's float16, at its ends, between its neighbours and at ties.
func TestHalf(t *testing.T) {
	for v, want := range map[float64]float64{
		0.1: 0.0999755859375, -1.0 / 3: -0.333251953125, 2049: 2048, 2051: 2052, 65504: 65504, 65519.9: 65504, 65520: math.Inf(1), -1e9: math.Inf(-1),
		0x1p-24: 0x1p-24, 0x1p-25: 0, 0x1.8p-24: 0x1p-23, 0x1.4p-24: 0x1p-24, math.Inf(1): math.Inf(1),
	} {
		if got := half(v); got != want {
			t.Errorf("%v is %v, want %v", v, got, want)
		}
	}
	if got := half(math.NaN()); got == got {
		t.Errorf("NaN is %v", got)
	}
	if !math.Signbit(half(math.Copysign(0, -1))) {
		t.Error("-0 is 0")
	}
}
