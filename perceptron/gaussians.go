package perceptron

import (
	"fmt"
	"math"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// A Pair is two Gaussians in the plane, class 1 with label +1 and class 2 with
// label −1, equally likely.
type Pair struct {
	Mean1, Mean2 [2]float64
	Cov1, Cov2   [2][2]float64
}

// A Test is one of the report's experiments.
type Test struct {
	Pair
	Accuracy float64 // what the report's table says of it
}

// Report returns the five tests of the report's Part I in its order.
func Report() []Test {
	narrow1, narrow2 := diag(3, 4), diag(2, 5)
	wide1, wide2 := diag(40, 34), diag(38, 35)
	return []Test{
		{Pair{[2]float64{10, 16}, [2]float64{-6, -3}, narrow1, narrow2}, 1},
		{Pair{[2]float64{1, -6}, [2]float64{-2, -3}, narrow1, narrow2}, 0.625},
		{Pair{[2]float64{10, 16}, [2]float64{-6, -3}, wide1, wide2}, 0.825},
		{Pair{[2]float64{1, -6}, [2]float64{-2, -3}, wide1, wide2}, 0.65},
		{Pair{[2]float64{19, 16}, [2]float64{5, 6}, diag(4, 4), diag(3, 5)}, 0.5},
	}
}

func diag(a, d float64) [2][2]float64 { return [2][2]float64{{a, 0}, {0, d}} }

// The sizes a Pair's numbers may have, 0 aside: within them nothing that is
// computed from a pair overflows.
const smallest, largest = 1e-50, 1e50

// Check returns why p is no pair of Gaussians, naming the field, or nil.
func (p Pair) Check() error {
	for i, mean := range [][2]float64{p.Mean1, p.Mean2} {
		for _, v := range mean {
			if err := checkSize(v); err != nil {
				return fmt.Errorf("mean%d %g,%g: %w", i+1, mean[0], mean[1], err)
			}
		}
	}
	for i, cov := range [][2][2]float64{p.Cov1, p.Cov2} {
		if err := checkCov(cov); err != nil {
			return fmt.Errorf("cov%d %g,%g,%g,%g: %w", i+1, cov[0][0], cov[0][1], cov[1][0], cov[1][1], err)
		}
	}
	return nil
}

func checkSize(v float64) error {
	if a := math.Abs(v); v != 0 && !(a >= smallest && a <= largest) {
		return fmt.Errorf("%g: need 0 or a number between %g and %g in size", v, smallest, largest)
	}
	return nil
}

// checkCov returns why c is no covariance, or nil.
func checkCov(c [2][2]float64) error {
	a, b, d := c[0][0], c[0][1], c[1][1]
	for _, v := range []float64{a, b, c[1][0], d} {
		if err := checkSize(v); err != nil {
			return err
		}
	}
	if b != c[1][0] {
		return fmt.Errorf("not symmetric: its second number %g and its third %g must be equal", b, c[1][0])
	}
	for i, v := range []float64{a, d} {
		if v < 0 {
			return fmt.Errorf("not positive semidefinite: the variance along axis %d is %g, need ≥ 0", i+1, v)
		}
	}
	if rank(c) < 0 {
		return fmt.Errorf("not positive semidefinite: the off-diagonal is %g, its size may be at most √(%g·%g) = %.6g",
			b, a, d, math.Sqrt(float64(a*d)))
	}
	return nil
}

// det returns the determinant a·d − b² to within a rounding or two: what the
// rounded b² lost is added back (W. Kahan; C.-P. Jeannerod, N. Louvet and
// J.-M. Muller, Mathematics of Computation 82, 2013).
func det(c [2][2]float64) float64 {
	a, b, d := c[0][0], c[0][1], c[1][1]
	bb := float64(b * b)
	lost := math.FMA(-b, b, bb)
	return math.FMA(a, d, -bb) + lost
}

// rank returns the rank of the symmetric c, or −1 if it is not positive
// semidefinite. A determinant within a few roundings of a·d is 0: the numbers
// of 0.1,0.3,0.3,0.9 cannot be written in binary, and mean rank 1.
func rank(c [2][2]float64) int {
	a, d := c[0][0], c[1][1]
	if a < 0 || d < 0 {
		return -1
	}
	noise := float64(8 * 0x1p-53 * float64(a*d))
	switch dd := det(c); {
	case dd > noise:
		return 2
	case dd < -noise:
		return -1
	case a == 0 && d == 0:
		return 0
	}
	return 1
}

// Data is a drawn test: training and test points, N×2, class 1's before
// class 2's, with their labels +1 and −1.
type Data struct {
	TrainX mat.Matrix
	TrainY []float64
	TestX  mat.Matrix
	TestY  []float64
}

// Sample draws n points of each class, class 1's first, as
// random.multivariate_normal does: the first 80 % of each are for training,
// rounded down, and the rest for the test. n must be at least 2 to leave a
// point for both.
func (p Pair) Sample(n int, rng *nprand.RandomState) (Data, error) {
	if err := p.Check(); err != nil {
		return Data{}, err
	}
	if n < 2 {
		return Data{}, fmt.Errorf("%d points a class: need at least 2, one to train on and one to test", n)
	}
	x1, err := draw(p.Mean1, p.Cov1, n, rng)
	if err != nil {
		return Data{}, fmt.Errorf("class 1: %w", err)
	}
	x2, err := draw(p.Mean2, p.Cov2, n, rng)
	if err != nil {
		return Data{}, fmt.Errorf("class 2: %w", err)
	}
	train := TrainCount(n)
	var d Data
	d.TrainX, d.TrainY = stack(x1.RowRange(0, train), x2.RowRange(0, train))
	d.TestX, d.TestY = stack(x1.RowRange(train, n), x2.RowRange(train, n))
	return d, nil
}

// TrainCount returns how many of a class's n points are for training.
func TrainCount(n int) int { return n/5*4 + n%5*4/5 }

func draw(mean [2]float64, cov [2][2]float64, n int, rng *nprand.RandomState) (mat.Matrix, error) {
	return rng.MultivariateNormal(mean[:], mat.Of(2, 2, cov[0][0], cov[0][1], cov[1][0], cov[1][1]), n)
}

// stack returns a's rows above b's with their labels, +1 and −1.
func stack(a, b mat.Matrix) (x mat.Matrix, labels []float64) {
	x = mat.New(a.Rows+b.Rows, a.Cols)
	x.RowRange(0, a.Rows).CopyFrom(a)
	x.RowRange(a.Rows, x.Rows).CopyFrom(b)
	labels = make([]float64, x.Rows)
	for i := range labels {
		labels[i] = 1
		if i >= a.Rows {
			labels[i] = -1
		}
	}
	return x, labels
}
