package kernel

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

// Use changes the set in use. No operation may be under way. It panics if this
// CPU or build lacks the set.
func Use(s Set) {
	if !slices.Contains(Sets(), s) {
		panic(fmt.Sprintf("kernel.Use: %v is not to be had here, only %v", s, Sets()))
	}
	active = s
}

// TestMain has each set run its own kernels: TestProductInHalves tests the other
// way.
func TestMain(m *testing.M) {
	halves = false
	os.Exit(m.Run())
}

// eachSet runs f with every set of kernels there is.
func eachSet(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	before := Active()
	defer Use(before)
	for _, s := range Sets() {
		Use(s)
		t.Run(s.String(), f)
	}
}

// The environment's name is a set's, or an error that says which there are.
func TestChoose(t *testing.T) {
	for _, s := range Sets() {
		if got := choose(s.String()); got != s {
			t.Errorf("%v gives %v", s, got)
		}
	}
	if got, want := choose(""), Sets()[len(Sets())-1]; got != want {
		t.Errorf("nothing gives %v, not the best, %v", got, want)
	}
	defer func() {
		if got := fmt.Sprint(recover()); got[:35] != "GLASSBOX_KERNEL=mmx: this CPU and b" {
			t.Errorf("panic %q", got)
		}
	}()
	choose("mmx")
}
