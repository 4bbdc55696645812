package nprand

import (
	"fmt"
	"math"
	"strings"

	"glassbox/mat"
)

// MultivariateNormal returns the n×d deviates of multivariate_normal(mean, cov,
// n), one a row, for a mean of length d and a d×d covariance.
//
// NumPy draws all n·d standard normals z row by row first and returns
// z·A + mean with A = diag(√s)·v from the singular value decomposition u·s·v of
// cov. So the order and the signs of v's rows, of which the covariance says
// nothing, decide what the deviates are. They are known here for
//
//   - a diagonal covariance of any size, with the bits of every NumPy: one term
//     each, √variance·z. The z are taken in the order of descending variance:
//     for diag(1, 4) the second column takes the first z of each row;
//   - any 2×2 covariance: fma(z₁, A₁ⱼ, z₀·A₀ⱼ), which are the bits of NumPy on
//     OpenBLAS with AVX-512. Another BLAS rounds both products or has an A that
//     differs by an ulp or two: a few 1e-16 of the terms' size. Only where cov
//     is singular up to rounding may the smaller axis, some 1e-8 of the larger,
//     be another.
//
// Variances from 1e-138 to 1e138 do; outside LAPACK rescales, which may change
// the last bit.
//
// It returns an error, and draws nothing, if the sizes do not fit, an element
// is NaN or infinite, cov is not symmetric, not positive semidefinite (an
// eigenvalue below −1e-8 of the largest, the slack that NumPy allows for
// rounding, or a negative variance), or of none of the two kinds. It panics if
// n is negative.
func (r *RandomState) MultivariateNormal(mean []float64, cov mat.Matrix, n int) (mat.Matrix, error) {
	if n < 0 {
		panic(fmt.Sprintf("nprand.MultivariateNormal: n = %d, want at least 0", n))
	}
	if err := checkCovariance(mean, cov); err != nil {
		return mat.Matrix{}, err
	}
	x := mat.New(n, len(mean))
	r.FillStandardNormal(x.Data)
	if isDiagonal(cov) {
		spreadDiagonal(x, mean, cov)
	} else {
		spread2(x, mean, cov)
	}
	return x, nil
}

// Root2 returns the square root of a 2×2 covariance by which
// [RandomState.MultivariateNormal] multiplies rows of standard normals from the
// right: A = diag(√s)·v, so that AᵀA = cov. A diagonal cov has one element in
// each row and column of A that is not 0.
func Root2(cov mat.Matrix) (a [2][2]float64) {
	if isDiagonal(cov) {
		s := []float64{math.Abs(cov.At(0, 0)), math.Abs(cov.At(1, 1))} // of −0
		for k, j := range svdDiagonal(s) {
			a[k][j] = math.Sqrt(s[k])
		}
		return a
	}
	s, v := svd2(cov.At(0, 0), cov.At(0, 1), cov.At(1, 1))
	for k := range a {
		r := math.Sqrt(s[k])
		a[k] = [2]float64{r * v[k][0], r * v[k][1]}
	}
	return a
}

// spread2 turns rows z of standard normals into rows of the 2×2 covariance.
func spread2(x mat.Matrix, mean []float64, cov mat.Matrix) {
	a := Root2(cov)
	a00, a01, a10, a11 := a[0][0], a[0][1], a[1][0], a[1][1]
	for i := range x.Rows {
		row := x.Row(i)
		z0, z1 := row[0], row[1]
		row[0] = math.FMA(z1, a10, z0*a00) + mean[0]
		row[1] = math.FMA(z1, a11, z0*a01) + mean[1]
	}
}

// spreadDiagonal turns rows z of standard normals into rows of the diagonal
// covariance.
func spreadDiagonal(x mat.Matrix, mean []float64, cov mat.Matrix) {
	d := len(mean)
	s := make([]float64, d)
	for i := range s {
		s[i] = math.Abs(cov.At(i, i)) // of −0
	}
	column := svdDiagonal(s)
	for k := range s {
		s[k] = math.Sqrt(s[k])
	}
	z := make([]float64, d)
	for i := range x.Rows {
		row := x.Row(i)
		copy(z, row)
		for k, j := range column {
			row[j] = float64(z[k]*s[k]) + mean[j]
		}
	}
}

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
