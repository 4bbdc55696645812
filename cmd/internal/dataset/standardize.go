package dataset

import (
	"fmt"
	"math"

	"glassbox/mat"
)

// Standardize replaces each column of train (N×features) and test
// (M×features) by (x − mean)/sd, in place, with the mean and the population
// standard deviation of train's column: test rows must not tell anything about
// themselves.
//
// The sums are plain additions in ascending order; mean = Σx/N and
// sd = √(Σ(x − mean)²/N), the square rounded first. A column that is the same
// in all rows of train has no deviation to divide by; its mean is that number
// exactly, its sd 1. The indices of such columns are returned.
func Standardize(train, test mat.Matrix) (constant []int) {
	if train.Rows == 0 || train.Cols != test.Cols {
		panic(fmt.Sprintf("dataset.Standardize: train %s, test %s", train.Shape(), test.Shape()))
	}
	for j := range train.Cols {
		mean, sd := moments(train, j)
		if sd == 0 {
			sd = 1
			constant = append(constant, j)
		}
		for _, m := range []mat.Matrix{train, test} {
			for i := range m.Rows {
				m.Set(i, j, (m.At(i, j)-mean)/sd)
			}
		}
	}
	return constant
}

// moments returns mean and standard deviation of column j; sd is 0 for a
// constant column, where the rounding of the sum would leave a tiny one.
func moments(m mat.Matrix, j int) (mean, sd float64) {
	n, sum, same := float64(m.Rows), 0.0, true
	for i := range m.Rows {
		sum += m.At(i, j)
		same = same && m.At(i, j) == m.At(0, j)
	}
	if same {
		return m.At(0, j), 0
	}
	mean = sum / n
	sum = 0
	for i := range m.Rows {
		d := m.At(i, j) - mean
		sum += float64(d * d)
	}
	return mean, math.Sqrt(sum / n)
}
