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
		return oneRow(x, i), oneRow(y, i)
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
		gather(bx, x, order[next:next+n])
		gather(by, y, order[next:next+n])
		next += n
		return bx.RowRange(0, n), by.RowRange(0, n)
	}
}

// gather copies the rows of src that are listed into the first of dst, which
// has no gaps.
func gather(dst, src mat.Matrix, rows []int) {
	to, n := dst.Data, src.Cols
	if n > 4 {
		for i, r := range rows {
			copy(to[i*n:], src.Row(r))
		}
		return
	}
	for _, r := range rows {
		// So few numbers are there before copy is called.
		for j, v := range src.Row(r) {
			to[j] = v
		}
		to = to[n:]
	}
}

// oneRow is m.RowRange(i, i+1), short enough to be inlined.
func oneRow(m mat.Matrix, i int) mat.Matrix {
	return mat.Matrix{Rows: 1, Cols: m.Cols, Stride: m.Stride, Data: m.Data[i*m.Stride:][:m.Cols]}
}
