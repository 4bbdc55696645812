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

// TestProductRecordedOtherwise goes back through a product whose result was
// recorded with another shape than its operands give.
func TestProductRecordedOtherwise(t *testing.T) {
	for _, name := range []string{"dot", "matmul", "outer"} {
		c := &Call{Op: Lookup(name), In: []*Array{NewArray(4, 3), NewArray(3, 2)}, Kind: npy.Float64, Out: NewArray(4, 3)}
		err := c.Adjoint(NewArray(4, 3), []*Array{NewArray(4, 3), NewArray(3, 2)})
		if err == nil || !strings.Contains(err.Error(), name+": its result has the shape (4, 3)") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
