package graph

import (
	"strings"
	"testing"

	"glassbox/mat/npy"
)

// TestWriteOfAnotherSize writes what does not fit its places, as a changed
// program may: that is an error, not a panic.
func TestWriteOfAnotherSize(t *testing.T) {
	at := &Attr{Index: NewIndex([]int32{1, 2, 3}, 3)}
	for _, value := range []*Array{NewArray(3, 3), NewArray(2), NewArray(2, 1, 3)} {
		y, err := Lookup("setitem").Eval(at, npy.Float64, NewArray(5), value)
		if err == nil || !strings.Contains(err.Error(), "setitem: ") {
			t.Errorf("a value of shape %s in 3 places: %v, %v", ShapeText(value.Shape), y, err)
		}
	}
	if _, err := Lookup("setitem").Eval(at, npy.Float64, NewArray(5), NewArray(1, 3)); err != nil {
		t.Errorf("a value with a leading axis of size 1: %v", err)
	}
}
