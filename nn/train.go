package nn

import (
	"context"
	"math"

	"glassbox/mat"
)

// A Stepper is a network in training: SGD, or a spec.Net with a mistake in it.
// Backward, Loss and Update belong to the batch of the last Forward.
type Stepper interface {
	Forward(x, y mat.Matrix) (p mat.Matrix) // takes a batch
	Loss() float64                          // of the current batch
	Backward()                              // its gradients
	Update()                                // steps the parameters
	Predict(x mat.Matrix) (p mat.Matrix)    // leaves the current batch alone
	Params() []mat.Matrix                   // W1, b1, W2, b2, …

	// NonFinite returns the first tensor of the current step that holds a NaN
	// or an infinity and where, or "".
	NonFinite() (tensor string, i, j int, v float64)
}

// A fusedStepper can do more than one thing at once, without keeping what lies
// between. NonFinite answers as if they had come one after the other.
type fusedStepper interface {
	Gradients(x, y mat.Matrix) // Forward and Backward; Loss still answers
	Step(x, y mat.Matrix)      // Forward, Backward and Update
}

// stepwise makes one of a Stepper that does one thing after the other.
type stepwise struct{ Stepper }

func (p stepwise) Gradients(x, y mat.Matrix) {
	p.Forward(x, y)
	p.Backward()
}

func (p stepwise) Step(x, y mat.Matrix) {
	p.Gradients(x, y)
	p.Update()
}

func fuse(net Stepper) fusedStepper {
	if fused, ok := net.(fusedStepper); ok {
		return fused
	}
	return stepwise{net}
}

// Hooks are called during Train; any may be nil. They must leave the
// current step alone: Predict does.
type Hooks struct {
	// Before is called before every step t, with its batch, which the next one
	// may lie in the place of. The parameters are those that the step starts
	// from.
	Before func(t int, x, y mat.Matrix)
	// Eval is called after the backward pass and before the update of every
	// step t with t % freq == 0, and once more after the last step, with the
	// loss of the current batch and its number of rows. Its error ends Train.
	Eval func(t int, loss float64, rows int) error
	// Step is called at the end of every step with the steps done so far.
	Step func(done int)
}

// Train takes steps training steps with batches from next, evaluating every
// freq steps. It returns how many steps were done. When ctx is cancelled it
// ends after the current step, evaluates, and returns ctx's error. A NaN or
// infinity in any tensor ends it with a *NonFiniteError.
func Train(ctx context.Context, net Stepper, next Sampler, steps, freq int, hooks Hooks) (done int, err error) {
	var x, y mat.Matrix
	stop := ctx.Done()
	fused := fuse(net)
	for t := range steps {
		x, y = next()
		if hooks.Before != nil {
			hooks.Before(t, x, y)
		}
		eval := hooks.Eval
		if t%freq != 0 {
			eval = nil
		}
		if err := takeStep(net, fused, t, x, y, eval); err != nil {
			return t, err
		}
		if hooks.Step != nil {
			hooks.Step(t + 1)
		}
		select {
		case <-stop:
			return t + 1, evaluateLast(net, hooks, t+1, x, y, ctx.Err())
		default:
		}
	}
	return steps, evaluateLast(net, hooks, steps, x, y, nil)
}

// Step takes step t of Train on a batch, with an evaluation unless eval is nil:
// see Hooks.
func Step(net Stepper, t int, x, y mat.Matrix, eval func(t int, loss float64, rows int) error) error {
	return takeStep(net, fuse(net), t, x, y, eval)
}

func takeStep(net Stepper, fused fusedStepper, t int, x, y mat.Matrix, eval func(t int, loss float64, rows int) error) error {
	if eval == nil {
		fused.Step(x, y)
	} else {
		fused.Gradients(x, y)
		if err := evaluate(net, eval, t, x.Rows); err != nil {
			return err
		}
		net.Update()
	}
	return nonFinite(net, t)
}

// evaluate holds the tensors of step t so far against NaN before their loss is
// shown to anyone.
func evaluate(net Stepper, eval func(t int, loss float64, rows int) error, t, rows int) error {
	if err := nonFinite(net, t); err != nil {
		return err
	}
	loss := net.Loss()
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return &NonFiniteError{t, "loss", 0, 0, loss}
	}
	return eval(t, loss, rows)
}

// evaluateLast evaluates the final parameters on the last batch.
func evaluateLast(net Stepper, hooks Hooks, t int, x, y mat.Matrix, cause error) error {
	if hooks.Eval == nil || x.Rows == 0 {
		return cause
	}
	net.Forward(x, y)
	if err := evaluate(net, hooks.Eval, t, x.Rows); err != nil {
		return err
	}
	return cause
}

func nonFinite(net Stepper, t int) error {
	if name, i, j, v := net.NonFinite(); name != "" {
		return &NonFiniteError{t, name, i, j, v}
	}
	return nil
}

// Accuracy returns the share of rows of p (N×C) whose largest probability
// stands at the row's label.
func Accuracy(p mat.Matrix, labels []int) float64 {
	correct := 0
	for i, label := range labels {
		if mat.ArgMax(p.Row(i)) == label {
			correct++
		}
	}
	return float64(correct) / float64(len(labels))
}
