package faults

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// updates are the mistakes between the gradients and the next step's
// parameters, and those that touch every number.
var updates = []Fault{
	{
		Name:    "parameters-not-updated",
		Doc:     "no parameter changes in this step",
		Fix:     "call update for every layer in every step of the training loop",
		Changes: []Change{kept(func(*spec.Step, string) bool { return true })},
	},
	{
		Name:    "epoch-gradient",
		Doc:     "the gradients of several batches, or of a whole epoch, are added up before one update is made of them: that is no stochastic gradient descent",
		Fix:     "in the training loop call update after each batch's backward, and let backward assign the gradients with =",
		Changes: []Change{sumOverBatches},
	},
	{
		Name:    "bias-not-updated",
		Doc:     "the biases are never updated",
		Fix:     "in Linear.update step both: self.params['bias'] -= lr * self.grads['bias']",
		Changes: []Change{kept(func(_ *spec.Step, name string) bool { return name[0] == 'b' })},
	},
	{
		Name:    "first-layer-not-updated",
		Doc:     "the first layer is left out of the update",
		Fix:     "in MLP.update go over all layers, the first as well",
		Changes: []Change{kept(func(_ *spec.Step, name string) bool { return name == "W1" || name == "b1" })},
	},
	{
		Name:    "last-layer-not-updated",
		Doc:     "the last layer is left out of the update",
		Fix:     "in MLP.update go over all layers, the last as well",
		Changes: []Change{kept(func(s *spec.Step, name string) bool { return name[1:] == spec.Name("", s.L) })},
	},
	{
		Name:    "update-sign",
		Doc:     "the step goes up the gradient: W + rate·dW",
		Fix:     "in Linear.update subtract: self.params['weight'] -= lr * self.grads['weight']",
		Changes: []Change{scaledRate(func(*spec.Step) float64 { return -1 })},
	},
	{
		Name:    "update-twice",
		Doc:     "the update is made twice in one step",
		Fix:     "call update once a step: in the training loop or in backward, not in both",
		Changes: []Change{scaledRate(func(*spec.Step) float64 { return 2 })},
	},
	{
		Name:     "rate-divided-by-n",
		Doc:      "the update divides by N although the gradient is a mean already, so the rate is 1/N of the one declared",
		Fix:      "divide by N in one place only: in CrossEntropy.backward or in Linear.update",
		Misleads: true,
		Changes:  []Change{scaledRate(func(s *spec.Step) float64 { return 1 / rows(s) })},
	},
	{
		Name:     "rate-times-n",
		Doc:      "the rate used is N times the one declared",
		Fix:      "multiply by N nowhere, or declare the rate that is used",
		Misleads: true,
		Changes:  []Change{scaledRate(rows)},
	},
	{
		Name: "stale-gradient",
		Doc:  "the update uses the gradient of the step before",
		Fix:  "call update after this step's backward, before the next forward",
		Changes: []Change{func(ops *spec.Ops) {
			replace(&ops.New, func(_ *spec.Step, n spec.TensorName) []string { return []string{n.Param()} },
				func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
					return spec.Update(in[0], s.Rate, earlier(s, "d"+n.Param(), in[0]))
				})
		}},
	},
	{
		Name: "weight-decay",
		Doc:  "the update also shrinks the parameters (weight decay), which nothing declares",
		Fix:  "in Linear.update subtract lr * self.grads['weight'] only, or declare the decay",
		Changes: []Change{
			decay(1e-2), decay(1e-3), decay(1e-4), decay(5e-4), decay(1e-5), decay(0.1),
			decayWeights(1e-2), decayWeights(1e-3), decayWeights(1e-4), decayWeights(5e-4), decayWeights(1e-5), decayWeights(0.1),
			decayGradient(1e-2), decayGradient(1e-3), decayGradient(1e-4), decayGradient(5e-4), decayGradient(1e-5), decayGradient(0.1),
		},
	},
	{
		Name:    "momentum",
		Doc:     "the update has momentum, which nothing declares",
		Fix:     "in Linear.update subtract lr * self.grads['weight'] only, or declare the momentum",
		Changes: []Change{withMomentum(0.9), withMomentum(0.5), withMomentum(0.95), withMomentum(0.99), withMomentum(0.8)},
	},
	{
		Name:    "momentum-reset",
		Doc:     "the velocity starts anew in every step, so the declared momentum does nothing",
		Fix:     "keep the velocity in self, not in a local variable of update",
		Changes: []Change{stepping(func(_ *spec.Step, _ string, _, d mat.Matrix) mat.Matrix { return d })},
	},
	{
		Name:    "rmsprop-reset",
		Doc:     "the running mean of squares of RMSprop starts anew in every step, so each parameter moves by the same length whatever its gradient",
		Fix:     "keep the running mean of squares in self, not in a local variable of update",
		Changes: []Change{rmsprop(0.9, 1e-8), rmsprop(0.99, 1e-8), rmsprop(0.999, 1e-8), rmsprop(0.9, 1e-7), rmsprop(0.9, 1e-6), rmsprop(0.99, 1e-7), rmsprop(0.99, 1e-6)},
	},
	{
		Name: "stale-gradient-again",
		Doc:  "between this step and the next its gradient is applied once more",
		Fix:  "call update only behind a backward pass: not after an evaluation or at an epoch's end as well",
		Changes: []Change{func(ops *spec.Ops) {
			replace(&ops.Next,
				func(_ *spec.Step, n spec.TensorName) []string {
					return []string{n.Param() + spec.SuffixNew, "d" + n.Param()}
				},
				func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
					return spec.Update(in[0], s.Rate, in[1])
				})
		}},
	},
	{
		Name: "float32-in-between",
		Doc:  "the number went through float32 on its way",
		Fix:  "leave out astype(np.float32), or make all of the data and the parameters float32",
		Changes: []Change{func(ops *spec.Ops) {
			for _, op := range []*spec.Op{&ops.Z, &ops.H, &ops.P, &ops.DZL, &ops.DW, &ops.DB, &ops.DH, &ops.DZ} {
				after(op, toSingle)
			}
		}},
	},
}

// sumOverBatches adds gradients up for four steps and then updates once. Where
// the step before left the parameters as they were, its gradients are in this
// step's.
func sumOverBatches(ops *spec.Ops) {
	const batches = 4
	waiting := func(s *spec.Step) bool {
		before, ok1 := s.Prev["W1"]
		after, ok2 := s.Prev["W1"+spec.SuffixNew]
		return ok1 && ok2 && mat.EqualBits(before, after)
	}
	for _, op := range []*spec.Op{&ops.DW, &ops.DB} {
		then(op, func(s *spec.Step, n spec.TensorName, m mat.Matrix) mat.Matrix {
			if d, ok := s.Prev[n.String()]; ok && waiting(s) && d.Rows == m.Rows && d.Cols == m.Cols {
				return plus(d, m)
			}
			return m
		})
	}
	update := ops.New.Run
	ops.New.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		const key = "batches waiting"
		waited := 1.0
		if before, ok := s.Prev[key]; ok && waiting(s) {
			waited += before.At(0, 0)
		}
		s.T[key] = mat.Of(1, 1, waited)
		if waited >= batches {
			return update(s, n, in)
		}
		return in[0]
	}
}

// kept leaves the parameters that keep says as they were.
func kept(keep func(s *spec.Step, name string) bool) Change {
	return func(ops *spec.Ops) {
		update := ops.New.Run
		ops.New.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
			if keep(s, n.Param()) {
				return in[0]
			}
			return update(s, n, in)
		}
	}
}

// scaledRate steps with another rate.
func scaledRate(by func(*spec.Step) float64) Change {
	return func(ops *spec.Ops) {
		update := ops.New.Run
		ops.New.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
			t := *s
			t.Rate *= by(s)
			return update(&t, n, in)
		}
	}
}

// stepping steps each parameter down what along makes of it and its gradient.
func stepping(along func(s *spec.Step, name string, w, d mat.Matrix) mat.Matrix) Change {
	return func(ops *spec.Ops) {
		replace(&ops.New,
			func(_ *spec.Step, n spec.TensorName) []string { return []string{n.Param(), "d" + n.Param()} },
			func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
				return spec.Update(in[0], s.Rate, along(s, n.Param(), in[0], in[1]))
			})
	}
}

// decay steps down dW + lambda·W, for weights and biases.
func decay(lambda float64) Change {
	return stepping(func(_ *spec.Step, _ string, w, d mat.Matrix) mat.Matrix { return plus(d, scale(w, lambda)) })
}

// decayWeights is decay for the weights only, as most write it.
func decayWeights(lambda float64) Change {
	return func(ops *spec.Ops) {
		biases, weights := ops.New, *ops
		decay(lambda)(&weights)
		of := func(n spec.TensorName) spec.Op {
			if n.Kind == "W" {
				return weights.New
			}
			return biases
		}
		replace(&ops.New,
			func(s *spec.Step, n spec.TensorName) []string { return of(n).Inputs(s, n) },
			func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix { return of(n).Run(s, n, in) })
	}
}

// decayGradient has the decay in dW already.
func decayGradient(lambda float64) Change {
	return func(ops *spec.Ops) {
		before := ops.DW
		replace(&ops.DW,
			func(s *spec.Step, n spec.TensorName) []string {
				return append([]string{n.Of("W")}, before.Inputs(s, n)...)
			},
			func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
				return plus(before.Run(s, n, in[1:]), scale(in[0], lambda))
			})
	}
}

// withMomentum keeps a velocity beside the step's tensors. Where the step
// before has none recorded, the way it moved the parameter tells it.
func withMomentum(mu float64) Change {
	return stepping(func(s *spec.Step, name string, w, d mat.Matrix) mat.Matrix {
		key := "momentum of " + name
		v := earlier(s, key, w)
		if _, ok := s.Prev[key]; !ok {
			if before, ok := s.Prev[name]; ok && before.Rows == w.Rows && before.Cols == w.Cols {
				v = divide(each2(before, w, func(a, b float64) float64 { return a - b }), s.Rate)
			}
		}
		v = plus(scale(v, mu), d)
		s.T[key] = v
		return v
	})
}

// rmsprop is its first step, made again and again.
func rmsprop(rho, eps float64) Change {
	return stepping(func(_ *spec.Step, _ string, _, d mat.Matrix) mat.Matrix {
		return each(d, func(g float64) float64 { return g / (math.Sqrt(float64((1-rho)*g*g)) + eps) })
	})
}

func toSingle(m mat.Matrix) mat.Matrix {
	return each(m, func(v float64) float64 { return float64(float32(v)) })
}
