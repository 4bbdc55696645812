package audit

import (
	"fmt"
	"math"
	"strconv"

	"glassbox/cmd/internal/dataset"
	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn/audit"
)

// origin explains what our own run was given, a number of x or of the first
// weights, from the seed; false for every other number.
func origin(e *experiment.Experiment, step int, at audit.ElementName) (audit.Explanation, bool) {
	c := chain{Explanation: audit.Explanation{Name: fmt.Sprintf("%s[%d,%d]", at.Tensor, at.I, at.J)}}
	layer, err := strconv.Atoi(at.Tensor[1:])
	switch {
	case at.Tensor == "x":
		row := c.trainingRow(e, step, at.I)
		c.feature(e, row, at.J)
	case at.Tensor[0] == 'W' && err == nil && step == 0:
		c.weight(e, layer, at)
	default:
		return audit.Explanation{}, false
	}
	return c.end(), true
}

// A chain is an explanation in the making: each operation goes on from the
// running number.
type chain struct {
	audit.Explanation
	formula string
}

// find keeps a number that the operations use and is found first.
func (c *chain) find(value float64, format string, args ...any) float64 {
	c.Given = append(c.Given, audit.Definition{Text: fmt.Sprintf(format, args...), Value: value})
	return value
}

// do adds an operation that brings value and leads to running.
func (c *chain) do(text, numbers string, value, running float64, inputs ...string) {
	c.Terms = append(c.Terms, audit.Term{Text: text, Numbers: numbers, Value: value, Running: running, Inputs: inputs})
	c.Inputs = append(c.Inputs, inputs...)
	c.Result = running
}

func (c *chain) end() audit.Explanation {
	c.Bits = math.Float64bits(c.Result)
	c.Formula = c.Name + " = " + c.formula
	c.Numbers = c.Name + " = " + strconv.FormatFloat(c.Result, 'g', -1, 64)
	return c.Explanation
}

// trainingRow says which of the training rows is row i of the step's batch.
func (c *chain) trainingRow(e *experiment.Experiment, step, i int) int {
	r, n := e.Starts.Rows, e.Data.TrainX.Rows
	switch {
	case e.SGD:
		var w word
		var mask, row int
		for range step + 1 {
			w, mask, row = below(&r, n-1)
		}
		c.find(float64(row), "the row of training for the step, %s & %d", w, mask)
		return row
	case e.BatchSize > 0:
		batches := (n + e.BatchSize - 1) / e.BatchSize
		for range step / batches {
			r.Permutation(n)
		}
		return c.shuffled(&r, n, step%batches*e.BatchSize+i, "the row of training")
	}
	return i
}

// feature says where a number of a training row comes from.
func (c *chain) feature(e *experiment.Experiment, row, j int) {
	c.formula = fmt.Sprintf("feature %d of training row %d", j, row)
	r := e.Starts.Data
	if e.Table != nil {
		k := c.shuffled(&r, e.Table.X.Rows, row, "the row of the table")
		v := e.Table.X.At(k, j)
		c.do(fmt.Sprintf("row %d of %s, %s", k, e.Table.Name, e.Table.Features[j]), "", v, v)
	} else {
		c.moon(e, r, row, j)
	}
	if !e.Standardize {
		return
	}
	raw := e.Config
	raw.Standardize = false
	mean, sd := dataset.Moments(experiment.New(raw).Data.TrainX, j)
	if sd == 0 {
		sd = 1
	}
	c.formula += ", less the mean of its column, divided by its deviation"
	before := c.Result
	c.do("− mean over the training rows", fmt.Sprintf("%v − %v", before, mean), -mean, before-mean)
	before = c.Result
	c.do("/ sd over the training rows", fmt.Sprintf("%v / %v", before, sd), sd, before/sd)
}

// moon is a coordinate of a point of make_moons.
func (c *chain) moon(e *experiment.Experiment, r nprand.RandomState, row, j int) {
	k := c.shuffled(&r, e.N, row, "the point of make_moons")
	place, points := k, e.N/2
	lower := k >= points
	if lower {
		place, points = k-points, e.N-points
	}
	angle := c.find(moons.Angle(place, points), "t = %d·(π/%d), of the %d points of its moon", place, points-1, points)
	g := c.normal(r, 2*row+j, "g")
	f, v := "cos t", mat.Cos(angle)
	if j == 1 {
		f, v = "sin t", mat.Sin(angle)
	}
	c.do(f, "", v, v)
	if lower {
		v = 1 - v
		c.do("1 − "+f, fmt.Sprintf("1 − %v", c.Result), 1, v)
		f = "1 − " + f
		if j == 1 {
			v -= 0.5
			c.do("− 1/2", fmt.Sprintf("%v − 0.5", c.Result), -0.5, v)
			f += " − 1/2"
		}
	}
	noise := 0 + float64(e.Noise*g)
	c.do("+ noise·g", fmt.Sprintf("%v·%v", e.Noise, g), noise, v+noise)
	c.formula += ": " + f + " + noise·g, of make_moons"
}

// weight is one of the first weights: standard normal deviates, W1's row by row
// and then those of the next layers.
func (c *chain) weight(e *experiment.Experiment, layer int, at audit.ElementName) {
	params := e.Net.Params()
	n := at.I*params[2*layer-2].Cols + at.J
	for k := range layer - 1 {
		n += len(params[2*k].Data)
	}
	in := params[2*layer-2].Rows
	c.Recorded = new(params[2*layer-2].At(at.I, at.J))
	g := c.normal(e.Starts.Weights, n, "g")
	std := c.find(e.Std()(in), "std of a layer with %d inputs, -init %s", in, e.Init.Text)
	c.formula = fmt.Sprintf("g·std, g being normal deviate %d after the data", n)
	c.do("g", "", g, g)
	c.do("·std", fmt.Sprintf("%v·%v", g, std), std, g*std)
}
