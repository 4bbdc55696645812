package nprand

import (
	"fmt"
	"math"

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

// spread2 turns rows z of standard normals into rows of the 2×2 covariance.
func spread2(x mat.Matrix, mean []float64, cov mat.Matrix) {
	s, v := svd2(cov.At(0, 0), cov.At(0, 1), cov.At(1, 1))
	r0, r1 := math.Sqrt(s[0]), math.Sqrt(s[1])
	a00, a01 := r0*v[0][0], r0*v[0][1]
	a10, a11 := r1*v[1][0], r1*v[1][1]
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
