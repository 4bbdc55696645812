package main

import (
	"math"
	"testing"
)

// The values are numpy.quantile's.
func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		q    float64
		want float64
	}{
		{[]float64{3}, 0.25, 3},
		{[]float64{2, 1}, 0.5, 1.5},
		{[]float64{5, 1, 4, 2, 3}, 0.5, 3},
		{[]float64{5, 1, 4, 2, 3}, 0.25, 2},
		{[]float64{5, 1, 4, 2, 3}, 0, 1},
		{[]float64{5, 1, 4, 2, 3}, 1, 5},
		{[]float64{10, 1, 7, 4}, 0.25, 3.25},
		{[]float64{10, 1, 7, 4}, 0.75, 7.75},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 20}, 0.9, 10.1},
	} {
		before := append([]float64{}, c.v...)
		if got := quantile(c.v, c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.v, c.q, got, c.want)
		}
		for i := range before {
			if c.v[i] != before[i] {
				t.Fatalf("%v was changed to %v", before, c.v)
			}
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("the median of nothing is a number")
	}
}

func TestNoise(t *testing.T) {
	if got := noise([]float64{8, 9, 10, 11, 12}); got != 0.1 {
		t.Errorf("noise %v, want 0.1: quartiles 9 and 11 around 10", got)
	}
	if got := noise([]float64{4}); got != 0 {
		t.Errorf("noise of one number %v", got)
	}
}

// The ratio is of the same rounds: a slow phase of the machine hits both.
func TestRatiosAreOfTheSameRound(t *testing.T) {
	c := caseResult{Series: []series{
		{Role: ours, Seconds: []float64{1, 1, 5, 5, 5}},
		{Name: "A", Seconds: []float64{2, 2, 10, 10, 10}},
		{Name: "B", Seconds: []float64{3, 3}},
		{Name: "C", Failed: "no"},
	}}
	if got := median(c.ratios(c.byName("A"))); got != 2 {
		t.Errorf("A: %v", got)
	}
	if got := c.ratios(c.byName("B")); len(got) != 2 || got[0] != 3 {
		t.Errorf("B: %v", got)
	}
	if got := c.ratios(c.byName("C")); got != nil {
		t.Errorf("C: %v", got)
	}
}

// A share of the peak compares flops a second: 100 flops in 4 s against 10 in
// 0.2 s is half.
func TestShare(t *testing.T) {
	c := caseResult{Flops: 100, Series: []series{
		{Role: ours, Seconds: []float64{4, 4, 8}},
		{Role: peak, Flops: 10, Seconds: []float64{0.2, 0.2, 0.4}},
	}}
	if share, flops := c.share(); math.Abs(share-0.5) > 1e-15 || flops != 50 {
		t.Errorf("share %v of %v flops a second", share, flops)
	}
	c.Series = c.Series[:1]
	if share, _ := c.share(); share != 0 {
		t.Errorf("a share of %v of no peak", share)
	}
}
