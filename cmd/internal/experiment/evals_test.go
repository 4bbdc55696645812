package experiment

import (
	"slices"
	"testing"
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
