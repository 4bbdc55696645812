package inspector

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		last, count int
	}{{0, 2}, {1, 2}, {2, 2}, {5, 3}, {24, 25}, {25, 25}, {99, 25}, {1499, 2}, {1499, 3}, {1499, 25}, {1499, 150}, {44999, 25}, {44999, 150}, {999_999_999, 40}} {
		got := spread(c.last, c.count)
		if len(got) > c.count || len(got) < min(c.count, c.last+1)*9/10-1 {
			t.Errorf("%+v: %d steps: %v", c, len(got), got)
		}
		if got[0] != 0 || got[len(got)-1] != c.last || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("%+v: %v", c, got)
		}
		if c.last < c.count && len(got) != c.last+1 {
			t.Errorf("%+v: not all of them: %v", c, got)
		}
		// The steps grow ever farther apart, but for the last interval and rounding.
		for k := 2; k < len(got)-1; k++ {
			if before, after := got[k-1]-got[k-2], got[k]-got[k-1]; after < before-1 {
				t.Errorf("%+v: %d after %d at %d: %v", c, after, before, got[k], got)
			}
		}
		if n := len(got); n > 3 && 2*(got[n-1]-got[n-2]) < got[n-2]-got[n-3] {
			t.Errorf("%+v: the last interval is far too short: %v", c, got)
		}
		if c.count >= 25 && c.last >= 25 && !slices.Equal(got[:4], []int{0, 1, 2, 3}) {
			t.Errorf("%+v: the first steps are not there one by one: %v", c, got)
		}
	}
}

func TestNearest(t *testing.T) {
	have := []int{0, 1, 4, 10, 20}
	if got, want := nearest([]int{0, 2, 3, 5, 16, 15, 99}, have), []int{0, 1, 4, 10, 20}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := nearest([]int{8, 9}, have); !slices.Equal(got, []int{10}) {
		t.Errorf("%v", got)
	}
}

func TestFloats(t *testing.T) {
	b, err := json.Marshal(Floats{1, -0.5, math.NaN(), math.Inf(1), math.Inf(-1), 1e-300, 1e300})
	if want := `[1,-0.5,null,null,null,1e-300,1e+300]`; err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	if b, err := json.Marshal(Curve{}); err != nil || string(b) != `{"step":null,"loss":[],"train":[],"test":[]}` {
		t.Errorf("%s, %v", b, err)
	}
	for v, want := range map[float64]float64{1.23456789: 1.235, -0.000123456: -0.0001235, math.MaxFloat64: math.MaxFloat64, 0: 0} {
		if got := rounded(v, 4); got != want {
			t.Errorf("%v becomes %v, want %v", v, got, want)
		}
	}
	if got := rounded(math.Inf(-1), 4); !math.IsInf(got, -1) {
		t.Error(got)
	}
}
