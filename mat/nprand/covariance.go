package nprand

import (
	"fmt"
	"math"
	"strings"

	"glassbox/mat"
)

// checkCovariance returns why MultivariateNormal cannot draw with the mean and
// the covariance, or nil.
func checkCovariance(mean []float64, cov mat.Matrix) error {
	d := cov.Rows
	if cov.Rows != cov.Cols {
		return fmt.Errorf("covariance is %s, not square", cov.Shape())
	}
	if len(mean) != d {
		return fmt.Errorf("mean %v is of length %d for a covariance of %s", mean, len(mean), cov.Shape())
	}
	if d == 0 {
		return fmt.Errorf("mean and covariance are empty")
	}
	for i, m := range mean {
		if !isFinite(m) {
			return fmt.Errorf("mean %v: element %d is %v", mean, i, m)
		}
	}
	for i := range d {
		for j, c := range cov.Row(i) {
			if !isFinite(c) {
				return fmt.Errorf("%s: element (%d,%d) is %v", describe(cov), i, j, c)
			}
		}
	}
	for i := range d {
		for j := range i {
			if up, low := cov.At(j, i), cov.At(i, j); up != low {
				return fmt.Errorf("%s is not symmetric: element (%d,%d) is %v but (%d,%d) is %v",
					describe(cov), j, i, up, i, j, low)
			}
		}
	}
	diagonal := isDiagonal(cov)
	if d > 2 && !diagonal {
		return fmt.Errorf("%s is neither 2×2 nor diagonal: no other can be drawn from", describe(cov))
	}
	low, top := math.Inf(1), 0.0
	if diagonal {
		for i := range d {
			low = min(low, cov.At(i, i))
		}
	} else {
		low, top = eigenvalues2(cov.At(0, 0), cov.At(0, 1), cov.At(1, 1))
		if cov.At(0, 0) < 0 || cov.At(1, 1) < 0 {
			top = 0 // a negative variance is no rounding
		}
	}
	if low < -1e-8*top {
		return fmt.Errorf("%s is not positive semidefinite: its smallest eigenvalue is %.6g", describe(cov), low)
	}
	return nil
}

// eigenvalues2 returns the eigenvalues of [[a b] [b d]], low ≤ top.
func eigenvalues2(a, b, d float64) (low, top float64) {
	scale := max(math.Abs(a), math.Abs(b), math.Abs(d))
	a, b, d = a/scale, b/scale, d/scale // so that no square overflows
	half := (a - d) / 2
	mid, radius := (a+d)/2, math.Sqrt(float64(half*half)+float64(b*b))
	low, top = mid-radius, mid+radius
	if mid > 0 { // where the difference cancels, the determinant does not
		bb := b * b
		low = (math.FMA(a, d, -bb) - math.FMA(b, b, -bb)) / top
	}
	return low * scale, top * scale
}

func isDiagonal(m mat.Matrix) bool {
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			if i != j && v != 0 {
				return false
			}
		}
	}
	return true
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// describe returns "covariance [[1 2] [2 5]]", or only its shape if it is large.
func describe(cov mat.Matrix) string {
	if cov.Rows > 4 {
		return "covariance of " + cov.Shape()
	}
	rows := make([]string, cov.Rows)
	for i := range rows {
		rows[i] = fmt.Sprint(cov.Row(i))
	}
	return "covariance [" + strings.Join(rows, " ") + "]"
}
