package moons

import (
	"fmt"

	"glassbox/mat"
)

// Split returns the first int(fraction·n) of x's n rows and of the labels for
// training and the rest for testing, in their order. They are views: they share
// x's and labels' elements. The product is rounded before it is cut, as
// Python's int(0.8 * n) is.
//
// It panics unless there is a label for each row and 0 ≤ fraction ≤ 1.
func Split(x mat.Matrix, labels []int, fraction float64) (trainX mat.Matrix, trainY []int, testX mat.Matrix, testY []int) {
	n := x.Rows
	if len(labels) != n || !(fraction >= 0 && fraction <= 1) {
		panic(fmt.Sprintf("moons.Split: x %s, %d labels, fraction %v, want a label a row and 0 ≤ fraction ≤ 1",
			x.Shape(), len(labels), fraction))
	}
	train := int(fraction * float64(n))
	return x.RowRange(0, train), labels[:train:train], x.RowRange(train, n), labels[train:]
}

// OneHot returns the n×classes matrix that has a 1 in column labels[i] of row i
// and 0 elsewhere. It panics if a label is not one of 0 … classes−1.
func OneHot(labels []int, classes int) mat.Matrix {
	y := mat.New(len(labels), max(classes, 0))
	for i, k := range labels {
		if k < 0 || k >= classes {
			panic(fmt.Sprintf("moons.OneHot: label %d of row %d, want 0 to %d", k, i, classes-1))
		}
		y.Set(i, k, 1)
	}
	return y
}
