package audit

import (
	"fmt"
	"math"
	"strconv"

	"glassbox/cmd/internal/chain"
	"glassbox/cmd/internal/dataset"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn/audit"
)

// origin explains what our own run was given, a number of x, of y or of the first
// parameters, from the seed; false for every other number. Rows says which rows
// those of x and y are: "test_", "train_" or "last_" ones, or the batch's.
func origin(e *experiment.Experiment, step int, rows string, at audit.ElementName) (audit.Explanation, bool) {
	var c story
	c.Name = fmt.Sprintf("%s%s[%d,%d]", rows, at.Tensor, at.I, at.J)
	row := func() int {
		switch rows {
		case "":
			return c.trainingRow(e, step, at.I)
		case "last_":
			return c.trainingRow(e, step-1, at.I)
		case "test_":
			return e.Data.TrainX.Rows + at.I
		}
		return at.I
	}
	layer, err := strconv.Atoi(at.Tensor[1:])
	switch kind := at.Tensor[0]; {
	case at.Tensor == "x":
		c.feature(e, row(), at.J)
	case at.Tensor == "y":
		c.label(e, row(), at.J)
	case kind == 'W' && err == nil && step == 0 && rows == "":
		c.weight(e, layer, at)
	case kind == 'b' && err == nil && step == 0 && rows == "":
		c.Formula = lang.T("0: every bias starts there")
		c.Do(lang.Same("0"), "", 0, 0)
		c.Recorded = new(e.Net.Params()[2*layer-1].At(at.I, at.J))
	default:
		return audit.Explanation{}, false
	}
	return inWords(&c.Chain), true
}

// A story is a chain of our own networks' numbers.
type story struct{ chain.Chain }

// inWords is a chain in the terminal's language.
func inWords(c *chain.Chain) audit.Explanation {
	x := audit.Explanation{Name: c.Name, Result: c.Result, Bits: math.Float64bits(c.Result), Recorded: c.Recorded,
		Formula: c.Name + " = " + c.Formula.Here(), Numbers: c.Name + " = " + strconv.FormatFloat(c.Result, 'g', -1, 64)}
	for _, d := range c.Given {
		x.Given = append(x.Given, audit.Definition{Text: d.Text.Here(), Value: d.Value})
	}
	for _, t := range c.Terms {
		x.Terms = append(x.Terms, audit.Term{Text: t.Text.Here(), Numbers: t.Numbers, Value: t.Value, Running: t.Running, Inputs: t.Inputs})
		x.Inputs = append(x.Inputs, t.Inputs...)
	}
	return x
}

// trainingRow says which of the training rows is row i of the step's batch.
func (c *story) trainingRow(e *experiment.Experiment, step, i int) int {
	r, n := e.Starts.Rows, e.Data.TrainX.Rows
	switch {
	case e.SGD:
		var w chain.Word
		var mask, row int
		for range step + 1 {
			w, mask, row = chain.Below(&r, n-1)
		}
		c.Find(float64(row), lang.T("the row of training for the step, %s & %d", w.Text(), mask))
		return row
	case e.BatchSize > 0:
		batches := (n + e.BatchSize - 1) / e.BatchSize
		for range step / batches {
			r.Permutation(n)
		}
		return c.Shuffled(&r, n, step%batches*e.BatchSize+i, lang.T("the row of training"))
	}
	return i
}

// feature says where a number of a training row comes from.
func (c *story) feature(e *experiment.Experiment, row, j int) {
	c.Formula = lang.T("feature %d of training row %d", j, row)
	r := e.Starts.Data
	if e.Table != nil {
		k := c.Shuffled(&r, e.Table.X.Rows, row, lang.T("the row of the table"))
		v := e.Table.X.At(k, j)
		c.Do(lang.T("row %d of %s, %s", k, e.Table.Name, e.Table.Features[j]), "", v, v)
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
	c.Formula = lang.T("%s, less the mean of its column, divided by its deviation", c.Formula)
	before := c.Result
	c.Do(lang.T("− mean over the training rows"), fmt.Sprintf("%v − %v", before, mean), -mean, before-mean)
	before = c.Result
	c.Do(lang.T("/ sd over the training rows"), fmt.Sprintf("%v / %v", before, sd), sd, before/sd)
}

// label says whether a row, counted from the first that trains, is of class j, or,
// where there is a single output, of which of two.
func (c *story) label(e *experiment.Experiment, row, j int) {
	r := e.Starts.Data
	var class int
	if e.Table != nil {
		class = e.Table.Labels[c.Shuffled(&r, e.Table.X.Rows, row, lang.T("the row of the table"))]
	} else if k := c.Shuffled(&r, e.N, row, lang.T("the point of make_moons")); k >= e.N/2 {
		c.Find(float64(e.N/2), lang.T("the first point of the lower moon, which is class 1"))
		class = 1
	} else {
		c.Find(float64(e.N/2), lang.T("the first point of the lower moon; those before it are class 0"))
	}
	v := float64(class)
	c.Formula = lang.T("the class of the row")
	if e.Data.TrainY.Cols > 1 {
		c.Formula = lang.T("1 where the row's class is %d, else 0", j)
		v = map[bool]float64{true: 1}[class == j]
	}
	c.Do(lang.T("the row is of class %d", class), "", v, v)
}

// moon is a coordinate of a point of make_moons.
func (c *story) moon(e *experiment.Experiment, r nprand.RandomState, row, j int) {
	k := c.Shuffled(&r, e.N, row, lang.T("the point of make_moons"))
	place, points := k, e.N/2
	lower := k >= points
	if lower {
		place, points = k-points, e.N-points
	}
	angle := c.Find(moons.Angle(place, points), lang.T("t = %d·(π/%d), of the %d points of its moon", place, points-1, points))
	g := c.Normal(r, 2*row+j, "g")
	f, v := "cos t", mat.Cos(angle)
	if j == 1 {
		f, v = "sin t", mat.Sin(angle)
	}
	c.Do(lang.Same(f), "", v, v)
	if lower {
		v = 1 - v
		c.Do(lang.Same("1 − "+f), fmt.Sprintf("1 − %v", c.Result), 1, v)
		f = "1 − " + f
		if j == 1 {
			v -= 0.5
			c.Do(lang.Same("− 1/2"), fmt.Sprintf("%v − 0.5", c.Result), -0.5, v)
			f += " − 1/2"
		}
	}
	noise := 0 + float64(e.Noise*g)
	c.Do(lang.T("+ noise·g"), fmt.Sprintf("%v·%v", e.Noise, g), noise, v+noise)
	c.Formula = lang.T("%s: %s + noise·g, of make_moons", c.Formula, f)
}

// weight is one of the first weights: standard normal deviates, W1's row by row
// and then those of the next layers.
func (c *story) weight(e *experiment.Experiment, layer int, at audit.ElementName) {
	params := e.Net.Params()
	n := at.I*params[2*layer-2].Cols + at.J
	for k := range layer - 1 {
		n += len(params[2*k].Data)
	}
	in := params[2*layer-2].Rows
	c.Recorded = new(params[2*layer-2].At(at.I, at.J))
	g := c.Normal(e.Starts.Weights, n, "g")
	std := c.Find(e.Std()(in), lang.T("std of a layer with %d inputs, -init %s", in, e.Init.Text))
	c.Formula = lang.T("g·std, g being normal deviate %d after the data", n)
	c.Do(lang.Same("g"), "", g, g)
	c.Do(lang.Same("·std"), fmt.Sprintf("%v·%v", g, std), std, g*std)
}
