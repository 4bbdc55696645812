package dataset

import (
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
)

func TestStandardize(t *testing.T) {
	// Seven times 0.1 sums to 0.7 only with luck: the constant column's mean
	// and deviation must not come from the sum.
	train := mat.Of(7, 3,
		2, 0.1, -1e99,
		4, 0.1, 1e99,
		4, 0.1, -1e99,
		4, 0.1, 1e99,
		5, 0.1, -1e99,
		7, 0.1, 1e99,
		9, 0.1, 0)
	test := mat.Of(2, 3, 0, 0.1, 0, 10, 5.1, 1e99)
	// Column 0: mean 35/7 = 5, Σ(x−5)² = 9+1+1+1+0+4+16 = 32.
	sd0 := math.Sqrt(32.0 / 7)
	sd2 := 1e99 * math.Sqrt(6.0/7)

	constant := Standardize(train, test)
	if !slices.Equal(constant, []int{1}) {
		t.Errorf("constant columns %v, want [1]", constant)
	}
	for i, x := range []float64{2, 4, 4, 4, 5, 7, 9} {
		if got, want := train.At(i, 0), (x-5)/sd0; got != want {
			t.Errorf("train[%d,0] = %v, want %v", i, got, want)
		}
		if got := train.At(i, 1); got != 0 {
			t.Errorf("train[%d,1] = %v, want 0", i, got)
		}
	}
	for _, c := range []struct {
		i, j int
		want float64
	}{{0, 0, -5 / sd0}, {1, 0, 5 / sd0}, {0, 1, 0}, {1, 1, 5.1 - 0.1}, {0, 2, 0}, {1, 2, 1e99 / sd2}} {
		if got := test.At(c.i, c.j); math.Abs(got-c.want) > 1e-15*math.Abs(c.want) {
			t.Errorf("test[%d,%d] = %v, want %v", c.i, c.j, got, c.want)
		}
	}
}

// TestStandardizeViews changes the rows of a view and none beside them.
func TestStandardizeViews(t *testing.T) {
	all := mat.Of(4, 1, 7, 1, 3, 7)
	Standardize(all.RowRange(1, 3), all.RowRange(3, 3))
	if want := mat.Of(4, 1, 7, -1, 1, 7); !mat.EqualBits(all, want) {
		t.Errorf("got %v, want %v", all.Data, want.Data)
	}
}

func TestStandardizeMistakes(t *testing.T) {
	for _, c := range []struct {
		train, test mat.Matrix
		want        string
	}{
		{mat.New(2, 3), mat.New(2, 4), "dataset.Standardize: train 2×3, test 2×4"},
		{mat.New(0, 3), mat.New(2, 3), "dataset.Standardize: train 0×3, test 2×3"},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want %q", got, c.want)
				}
			}()
			Standardize(c.train, c.test)
		}()
	}
}
