package experiment

import (
	"context"
	"math"
	"slices"
	"strconv"

	"glassbox/cmd/internal/dataset"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An Experiment is one run in the making. Its draws come from one stream: the
// data, then W1, W2, … row by row, then the rows of each step.
type Experiment struct {
	Config
	Data Data
	Net  nn.Stepper
	Next nn.Sampler

	// The generator as it was before the data, before the first weights and before
	// the rows of the first step: Starts.Data is as the seed leaves it.
	Starts struct{ Data, Weights, Rows nprand.RandomState }

	// Before, if set, is shown every step's batch before the step: nn.Hooks.
	Before func(t int, x, y mat.Matrix)
}

// New draws the data and the first weights.
func New(c Config) *Experiment {
	rng := nprand.New(c.Seed)
	e := &Experiment{Config: c}
	e.Starts.Data = *rng
	e.Data = newData(c, rng)
	e.Starts.Weights = *rng
	mlp := nn.NewMLP(e.Data.TrainX.Cols, c.Hidden, c.Settings().Outputs(len(e.Data.Classes)))
	mlp.Init(rng, c.Std())
	e.Starts.Rows = *rng
	e.Net = c.trainer(mlp)
	x, y := e.Data.TrainX, e.Data.TrainY
	switch {
	case c.SGD:
		e.Next = nn.OneSample(x, y, rng)
	case c.BatchSize > 0:
		e.Next = nn.MiniBatches(x, y, c.BatchSize, rng)
	default:
		e.Next = nn.FullBatch(x, y)
	}
	return e
}

// Std returns how the first weights of a layer with so many inputs are scaled,
// under the faults if there are any.
func (c Config) Std() func(in int) float64 {
	std := c.Init.Std
	for _, f := range c.Faults {
		if right := std; f.Init != nil {
			std = func(in int) float64 { return f.Init(right(in)) }
		}
	}
	return std
}

// Settings are those of a training step.
func (c Config) Settings() spec.Settings {
	set := spec.Settings{Rate: c.Rate, Momentum: c.Momentum, Mean: c.Mean, Activation: c.Activation, Loss: c.Loss, Decay: c.Decay}
	if c.Optimizer != nil && !c.Optimizer.Plain() {
		set.Optimizer = c.Optimizer
	}
	return set
}

// A Trainer is a network in training with what its optimizer keeps.
type Trainer interface {
	nn.Stepper
	States() []mat.Matrix
}

// Trainer returns the network that trains from a copy of params (W1, b1, W2, b2,
// …): the coursework's in one piece, any other and one with faults operation by
// operation.
func (c Config) Trainer(params []mat.Matrix) Trainer { return c.trainer(nn.FromParams(params)) }

func (c Config) trainer(m *nn.MLP) Trainer {
	if len(c.Faults) == 0 && c.Settings().Plain() {
		return nn.NewSGD(m, c.Rate, c.Momentum, c.Mean)
	}
	return c.Loops(m.Params())
}

// Classes are the probabilities of all classes, N×C, of what a network predicts: a
// single output p is that of the second of two.
func Classes(p mat.Matrix) mat.Matrix {
	if p.Cols > 1 {
		return p
	}
	both := mat.New(p.Rows, 2)
	for i := range p.Rows {
		both.Set(i, 0, 1-p.At(i, 0))
		both.Set(i, 1, p.At(i, 0))
	}
	return both
}

// Predict returns the probabilities of all classes for the rows of x, N×C, good
// until the next call.
func (e *Experiment) Predict(x mat.Matrix) mat.Matrix { return Classes(e.Net.Predict(x)) }

// Loops returns a network that starts from params (W1, b1, W2, b2, …, which it
// clones) and trains operation by operation, under the faults if there are any.
// Its tensors can be seen; those with a row a sample are good until the next
// step.
func (c Config) Loops(params []mat.Matrix) *spec.Net {
	net := spec.NewNet(params, c.Settings())
	net.Ops, net.Predicts = nn.Ops(), nn.Ops()
	faults.Put(net, c.Faults...)
	return net
}

// Run trains the network. It calls eval (may be nil) after each evaluation and
// step (may be nil) with the number of steps done.
func (e *Experiment) Run(ctx context.Context, eval func(Eval), step func(done int)) Result {
	var r Result
	r.Steps, r.Err = nn.Train(ctx, e.Net, e.Next, e.Steps, e.EvalFreq, nn.Hooks{
		Eval: func(t int, loss float64, rows int) error {
			v, err := e.Evaluate(e.Net, t, loss, rows)
			if err != nil {
				return err
			}
			r.Evals = append(r.Evals, v)
			if eval != nil {
				eval(v)
			}
			return nil
		},
		Before: e.Before, Step: step,
	})
	for _, p := range e.Net.Params() {
		r.Params = append(r.Params, p.Clone())
	}
	r.Fingerprint = Fingerprint(r.Params)
	return r
}

// Evaluate evaluates net in step t, where the batch in hand of so many rows has
// this loss.
func (e *Experiment) Evaluate(net nn.Stepper, t int, loss float64, rows int) (v Eval, err error) {
	if e.Mean {
		loss *= float64(rows)
	}
	v = Eval{Step: t, Loss: loss, Rows: rows}
	if v.TrainAccuracy, err = accuracy(net, t, message.New("training"), e.Data.TrainX, e.Data.TrainLabels); err != nil {
		return v, err
	}
	v.TestAccuracy, err = accuracy(net, t, message.New("test"), e.Data.TestX, e.Data.TestLabels)
	return v, err
}

// accuracy predicts the rows of x. A probability that is not a number would
// silently count as class 0, so it is an error.
func accuracy(net nn.Stepper, t int, rows message.Text, x mat.Matrix, labels []int) (float64, error) {
	p := Classes(net.Predict(x))
	for i := range p.Rows {
		for j, v := range p.Row(i) {
			if math.IsNaN(v) {
				return 0, message.Errorf("step %d, evaluation of the %s rows: tensor p became NaN at [%d,%d]: the run has diverged; a smaller learning rate would be right", t, rows, i, j)
			}
		}
	}
	return nn.Accuracy(p, labels), nil
}

// Network returns the layers' sizes, "2-20-2".
func (e *Experiment) Network() string {
	text := strconv.Itoa(e.Data.TrainX.Cols)
	for _, n := range append(slices.Clone(e.Hidden), e.Settings().Outputs(len(e.Data.Classes))) {
		text += "-" + strconv.Itoa(n)
	}
	return text
}

// Data are the rows of an experiment, split.
type Data struct {
	Name     string   // "make_moons" or the file's
	Features []string // names of the columns of x
	Classes  []string // names of the classes

	TrainX, TrainY, TestX mat.Matrix // N×in, N×C one-hot or N×1 for a single output, M×in
	TrainLabels           []int
	TestLabels            []int
}

// trainShare is the share of the rows that train, the first ones.
const trainShare = 0.8

// newData draws the experiment's data from rng: make_moons, or the rows of a
// table in the order of a permutation.
func newData(c Config, rng *nprand.RandomState) Data {
	d := Data{Name: "make_moons", Features: []string{"x", "y"}, Classes: []string{"0", "1"}}
	var x mat.Matrix
	var labels []int
	if c.Table == nil {
		x, labels = moons.Make(c.N, c.Noise, rng)
	} else {
		t := c.Table
		d.Name, d.Features, d.Classes = t.Name, t.Features, t.Classes
		x, labels = mat.New(t.X.Rows, t.X.Cols), make([]int, t.X.Rows)
		for i, r := range rng.Permutation(t.X.Rows) {
			copy(x.Row(i), t.X.Row(r))
			labels[i] = t.Labels[r]
		}
	}
	d.TrainX, d.TrainLabels, d.TestX, d.TestLabels = moons.Split(x, labels, trainShare)
	if c.Standardize {
		d.TrainX, d.TestX = d.TrainX.Clone(), d.TestX.Clone()
		dataset.Standardize(d.TrainX, d.TestX)
	}
	d.TrainY = c.Targets(d.TrainLabels, len(d.Classes))
	return d
}

// Targets are what the outputs should be: N×C one-hot, or N×1 for a single output.
func (c Config) Targets(labels []int, classes int) mat.Matrix {
	if c.Settings().Outputs(classes) != 1 {
		return moons.OneHot(labels, classes)
	}
	y := mat.New(len(labels), 1)
	for i, label := range labels {
		y.Set(i, 0, float64(label))
	}
	return y
}

// LargestFeature is the root of the mean square of the column of x where that is
// largest, and which that is; 0 of a matrix of zeros.
func LargestFeature(x mat.Matrix) (size float64, at int) {
	for j := range x.Cols {
		sum := 0.0
		for i := range x.Rows {
			sum += float64(x.At(i, j) * x.At(i, j))
		}
		if s := math.Sqrt(sum / float64(x.Rows)); s > size {
			size, at = s, j
		}
	}
	return size, at
}
