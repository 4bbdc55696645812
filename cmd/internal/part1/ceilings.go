package part1

import (
	"glassbox/mat"
	"glassbox/perceptron"
)

// Ceilings say how well anything could do.
type Ceilings struct {
	Origin  float64    // any line through the origin, on the test points
	OriginW [2]float64 // such a line
	Bayes   float64    // anything at all, expected on fresh points

	// The rest is known only where Lines is true: finding the best of all
	// lines takes the square of the number of points.
	Lines                   bool
	Line                    float64 // any line, on the test points
	Separable, FromOrigin   bool    // all points, by any line and by one through the origin
	TrainLine, TrainThrough float64 // the best on the training points
}

// maxLines is up to how many points the best line of all is looked for.
const maxLines = 1000

func newCeilings(pair perceptron.Pair, d perceptron.Data) (c Ceilings, err error) {
	if c.Bayes, err = perceptron.Bayes(pair); err != nil {
		return c, err
	}
	c.Origin, c.OriginW = perceptron.BestThroughOrigin(d.TestX, d.TestY)
	n := d.TrainX.Rows + d.TestX.Rows
	if n > maxLines {
		return c, nil
	}
	c.Lines = true
	c.Line = perceptron.BestLine(d.TestX, d.TestY)
	c.TrainLine = perceptron.BestLine(d.TrainX, d.TrainY)
	c.TrainThrough, _ = perceptron.BestThroughOrigin(d.TrainX, d.TrainY)
	all := mat.New(n, 2)
	all.RowRange(0, d.TrainX.Rows).CopyFrom(d.TrainX)
	all.RowRange(d.TrainX.Rows, n).CopyFrom(d.TestX)
	labels := append(append([]float64{}, d.TrainY...), d.TestY...)
	through, _ := perceptron.BestThroughOrigin(all, labels)
	c.Separable, c.FromOrigin = perceptron.BestLine(all, labels) == 1, through == 1
	return c, nil
}
