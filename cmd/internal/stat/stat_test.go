package stat

import (
	"math"
	"testing"
)

func TestOf(t *testing.T) {
	v := []float64{1, 0.5, 0.75, 0.75}
	if got, want := Of(v), (Stat{0.75, math.Sqrt(0.125 / 4), 0.5, 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := Of(v).Text(3); got != "0.750 ± 0.177" {
		t.Errorf("%q", got)
	}
	if got := Of(v).String(); got != "0.7500 ± 0.1768" {
		t.Errorf("%q", got)
	}
	if got := Of(nil); got != (Stat{}) {
		t.Errorf("%+v of nothing", got)
	}
	if got := Of([]float64{1, math.NaN()}); got.Min == got.Min || got.Mean == got.Mean {
		t.Errorf("%+v hides a NaN", got)
	}
}
