package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"glassbox/cmd/internal/cli"
	"glassbox/mat"
	"glassbox/mat/nprand"
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

	// Before, if set, is shown every step's batch before the step: nn.Hooks.
	Before func(t int, x, y mat.Matrix)
}

// New draws the data and the first weights.
func New(c Config) *Experiment {
	rng := nprand.New(c.Seed)
	e := &Experiment{Config: c, Data: newData(c, rng)}
	mlp := nn.NewMLP(e.Data.TrainX.Cols, c.Hidden, len(e.Data.Classes))
	std := c.Init.Std
	for _, f := range c.Faults {
		if right := std; f.Init != nil {
			std = func(in int) float64 { return f.Init(right(in)) }
		}
	}
	mlp.Init(rng, std)
	if len(c.Faults) == 0 {
		e.Net = nn.NewSGD(mlp, c.Rate, c.Momentum, c.Mean)
	} else {
		e.Net = c.Loops(mlp.Params())
	}
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

// Settings are those of a training step.
func (c Config) Settings() spec.Settings {
	return spec.Settings{Rate: c.Rate, Momentum: c.Momentum, Mean: c.Mean}
}

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

// Eval is what one evaluation found.
type Eval struct {
	Step          int     `json:"step"`
	Loss          float64 `json:"loss"` // of the batch in hand, summed over its rows
	Rows          int     `json:"rows"` // of the batch in hand
	TrainAccuracy float64 `json:"train_accuracy"`
	TestAccuracy  float64 `json:"test_accuracy"`
}

// Result is a finished run, or as much of one as there is.
type Result struct {
	Evals       []Eval
	Steps       int   // done
	Err         error // why it ended early: context.Canceled or *nn.NonFiniteError
	Params      []mat.Matrix
	Fingerprint string // SHA-256 of the final parameters' bits, W1, b1, W2, …
}

// Last returns the last evaluation.
func (r Result) Last() Eval { return r.Evals[len(r.Evals)-1] }

// Interrupted reports whether the run was stopped from outside.
func (r Result) Interrupted() bool { return errors.Is(r.Err, context.Canceled) }

// Ending is what a command ends with after the run of c that it has written to
// file: nil if that went to its end.
func (r Result) Ending(c Config, file string) error {
	var bad *nn.NonFiniteError
	switch {
	case r.Interrupted():
		return fmt.Errorf("%w after %d of %d steps; what was done by then is in %s", cli.ErrInterrupted, r.Steps, c.Steps, file)
	case errors.As(r.Err, &bad):
		return fmt.Errorf("%w than -learning_rate %s; what was done by then is in %s", r.Err, cli.FormatFloat(c.Rate), file)
	}
	return r.Err
}

// Run trains the network. It calls eval (may be nil) after each evaluation and
// step (may be nil) with the number of steps done.
func (e *Experiment) Run(ctx context.Context, eval func(Eval), step func(done int)) Result {
	var r Result
	r.Steps, r.Err = nn.Train(ctx, e.Net, e.Next, e.Steps, e.EvalFreq, nn.Hooks{
		Eval: func(t int, loss float64, rows int) error {
			if e.Mean {
				loss *= float64(rows)
			}
			v := Eval{Step: t, Loss: loss, Rows: rows}
			var err error
			if v.TrainAccuracy, err = e.accuracy(t, message.New("training"), e.Data.TrainX, e.Data.TrainLabels); err != nil {
				return err
			}
			if v.TestAccuracy, err = e.accuracy(t, message.New("test"), e.Data.TestX, e.Data.TestLabels); err != nil {
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

// accuracy predicts the rows of x. A probability that is not a number would
// silently count as class 0, so it is an error.
func (e *Experiment) accuracy(t int, rows message.Text, x mat.Matrix, labels []int) (float64, error) {
	p := e.Net.Predict(x)
	for i := range p.Rows {
		for j, v := range p.Row(i) {
			if math.IsNaN(v) {
				return 0, message.Errorf("step %d, evaluation of the %s rows: tensor p became NaN at [%d,%d]: the run has diverged; a smaller learning rate would be right", t, rows, i, j)
			}
		}
	}
	return nn.Accuracy(p, labels), nil
}

// Fingerprint returns the SHA-256 of the matrices' float64 bits, little-endian,
// row by row, in hexadecimal. Every NaN counts as the same one: which it is
// depends on the processor and its instructions.
func Fingerprint(list []mat.Matrix) string {
	const nan = 0x7ff8000000000000
	h := sha256.New()
	var b [8]byte
	for _, m := range list {
		for i := range m.Rows {
			for _, v := range m.Row(i) {
				bits := math.Float64bits(v)
				if v != v {
					bits = nan
				}
				binary.LittleEndian.PutUint64(b[:], bits)
				h.Write(b[:])
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
