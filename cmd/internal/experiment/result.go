package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"

	"glassbox/cmd/internal/cli"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/message"
)

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
		return message.Errorf("%w after %d of %d steps; what was done by then is in %s", cli.ErrInterrupted, r.Steps, c.Steps, file)
	case errors.As(r.Err, &bad):
		return message.Errorf("%w than -learning_rate %s; what was done by then is in %s", r.Err, cli.FormatFloat(c.Rate), file)
	}
	return r.Err
}

// LossPerRow returns the loss a row of the batch in hand, which can be compared
// between batch sizes.
func (v Eval) LossPerRow() float64 { return v.Loss / float64(v.Rows) }

// At returns the last evaluation at or before a step, and false when the run
// ended before it or was not evaluated by then.
func (r Result) At(step int) (Eval, bool) {
	if r.Steps < step {
		return Eval{}, false
	}
	for i := len(r.Evals) - 1; i >= 0; i-- {
		if r.Evals[i].Step <= step {
			return r.Evals[i], true
		}
	}
	return Eval{}, false
}

// Reached returns the first evaluation whose test accuracy is at least as high
// as asked, and false when there is none.
func (r Result) Reached(testAccuracy float64) (Eval, bool) {
	for _, v := range r.Evals {
		if v.TestAccuracy >= testAccuracy {
			return v, true
		}
	}
	return Eval{}, false
}

// Best returns the first evaluation with the highest test accuracy. There must
// be one.
func (r Result) Best() Eval {
	best := r.Evals[0]
	for _, v := range r.Evals {
		if v.TestAccuracy > best.TestAccuracy {
			best = v
		}
	}
	return best
}

// Evenly returns at most most of the indices below n, ascending and evenly
// spread, the first and the last among them.
func Evenly(n, most int) []int {
	list := make([]int, min(n, most))
	for i := range list {
		list[i] = i * (n - 1) / max(len(list)-1, 1)
	}
	return list
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
