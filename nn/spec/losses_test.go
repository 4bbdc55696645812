package spec

import (
	"math"
	"testing"

	"glassbox/mat"
)

// The squared error is what its name says: of two rows, Σ(p − y)² = 30.
func TestSquaredErrors(t *testing.T) {
	p, y := mat.Of(2, 4, 1, 2, 3, 0, 0, 0, 0, 0), mat.Of(2, 4, 0, 0, 0, 4, 0, 0, 0, 0)
	for _, l := range Losses {
		if l.Binary {
			continue
		}
		want := 30.0
		if l.Half {
			want /= 2
		}
		if l.PerClass {
			want /= 4
		}
		if got := l.Of(p, y, false); got != want {
			t.Errorf("%s: %g, want %g", l.Name, got, want)
		}
		if got := l.Of(p, y, true); got != want/2 {
			t.Errorf("%s, the mean: %g, want %g", l.Name, got, want/2)
		}
		// Its gradient is that of the sum: 2(p − y), scaled alike.
		dz := mat.New(2, 4)
		l.Gradient(dz, p, y, false)
		if got, want := dz.At(0, 3), -8*want/30; math.Abs(got-want) > 1e-15 {
			t.Errorf("%s: gradient %g, want %g", l.Name, got, want)
		}
	}
}

// A network without an optimizer, or with a momentum alone, has one of two.
func TestPlainOptimizers(t *testing.T) {
	for _, o := range Optimizers {
		if got, want := o.Plain(), o.Name == "sgd" || o.Name == "momentum"; got != want {
			t.Errorf("%s: %v, want %v", o.Name, got, want)
		}
	}
}
