package nn

import (
	"fmt"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// A Sampler gives the batch of the next step: x (B×in) and y (B×C), good until
// its next call.
type Sampler func() (x, y mat.Matrix)

// FullBatch gives all rows every time.
func FullBatch(x, y mat.Matrix) Sampler {
	return func() (mat.Matrix, mat.Matrix) { return x, y }
}

// OneSample gives one row, drawn with replacement: the report's stochastic
// gradient descent, numpy.random.randint(N) a step.
func OneSample(x, y mat.Matrix, rng *nprand.RandomState) Sampler {
	return func() (mat.Matrix, mat.Matrix) {
		i := rng.Intn(x.Rows)
		return x.RowRange(i, i+1), y.RowRange(i, i+1)
	}
}

// MiniBatches gives size rows at a time in the order of a permutation that is
// drawn anew (numpy.random.permutation(N)) at the start of each epoch; the
// last batch of an epoch may have fewer rows.
func MiniBatches(x, y mat.Matrix, size int, rng *nprand.RandomState) Sampler {
	if size < 1 || size > x.Rows {
		panic(fmt.Sprintf("nn.MiniBatches: batches of %d from %d rows", size, x.Rows))
	}
	bx, by := mat.New(size, x.Cols), mat.New(size, y.Cols)
	order, next := make([]int, x.Rows), x.Rows
	return func() (mat.Matrix, mat.Matrix) {
		if next == x.Rows {
			for i := range order {
				order[i] = i
			}
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			next = 0
		}
		n := min(size, x.Rows-next)
		for i, r := range order[next : next+n] {
			copy(bx.Row(i), x.Row(r))
			copy(by.Row(i), y.Row(r))
		}
		next += n
		return bx.RowRange(0, n), by.RowRange(0, n)
	}
}
