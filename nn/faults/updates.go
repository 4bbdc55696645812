package faults

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// updates are the mistakes between the gradients and the next step's
// parameters, and those that touch every number.
var updates = []Fault{
	fault("parameters-not-updated",
		"no parameter changes in this step",
		"call update for every layer in every step of the training loop",
		kept(func(turn) bool { return true })),
	fault("epoch-gradient",
		"the gradients of several batches, or of a whole epoch, are added up before one update is made of them: that is no stochastic gradient descent",
		"in the training loop call update after each batch's backward, and let backward assign the gradients with =",
		sumOverBatches),
	fault("bias-not-updated",
		"the biases are never updated",
		"in Linear.update step both: self.params['bias'] -= lr * self.grads['bias']",
		kept(func(t turn) bool { return t.n.Kind == "b" })),
	fault("first-layer-not-updated",
		"the first layer is left out of the update",
		"in MLP.update go over all layers, the first as well",
		kept(func(t turn) bool { return t.n.Layer == 1 })),
	fault("last-layer-not-updated",
		"the last layer is left out of the update",
		"in MLP.update go over all layers, the last as well",
		kept(func(t turn) bool { return t.n.Layer == t.L })),
	fault("update-sign",
		"the step goes up the gradient: W + rate·dW",
		"in Linear.update subtract: self.params['weight'] -= lr * self.grads['weight']",
		scaledRate(func(turn) float64 { return -1 })),
	fault("update-twice",
		"the update is made twice in one step",
		"call update once a step: in the training loop or in backward, not in both",
		scaledRate(func(turn) float64 { return 2 })),
	misleading("rate-divided-by-n",
		"the update divides by N although the gradient is a mean already, so the rate is 1/N of the one declared",
		"divide by N in one place only: in CrossEntropy.backward or in Linear.update",
		scaledRate(func(t turn) float64 { return 1 / t.rows() })),
	misleading("rate-times-n",
		"the rate used is N times the one declared",
		"multiply by N nowhere, or declare the rate that is used",
		scaledRate(turn.rows)),
	fault("stale-gradient",
		"the update uses the gradient of the step before",
		"call update after this step's backward, before the next forward",
		from("new", spec.From("%"), func(t turn) mat.Matrix {
			return spec.Update(t.in[0], t.Rate, earlier(t.Step, "d"+t.n.Param(), t.in[0]))
		}), lateGradients),
	fault("weight-decay",
		"the update also shrinks the parameters (weight decay), which nothing declares",
		"in Linear.update subtract lr * self.grads['weight'] only, or declare the decay",
		slices.Concat(forms(decay, lambdas...), forms(decayWeights, lambdas...), forms(decayGradient, lambdas...))...),
	fault("momentum",
		"the update has momentum, which nothing declares",
		"in Linear.update subtract lr * self.grads['weight'] only, or declare the momentum",
		forms(withMomentum, 0.9, 0.5, 0.95, 0.99, 0.8)...),
	fault("momentum-reset",
		"the velocity starts anew in every step, so the declared momentum does nothing",
		"keep the velocity in self, not in a local variable of update",
		stepping(func(_ turn, _, d mat.Matrix) mat.Matrix { return d })),
	fault("rmsprop-reset",
		"the running mean of squares of RMSprop starts anew in every step, so each parameter moves by the same length whatever its gradient",
		"keep the running mean of squares in self, not in a local variable of update",
		all(rmsprop(0.9, 1e-8), ruled("rmsprop", "squares", func(o *spec.Optimizer) {
			o.Squares = func(_, d float64) float64 { return smoothed(spec.RMSpropMean, 0, float64(d*d)) }
		})), rmsprop(0.9, 1e-8), rmsprop(0.99, 1e-8), rmsprop(0.999, 1e-8), rmsprop(0.9, 1e-7), rmsprop(0.9, 1e-6), rmsprop(0.99, 1e-7), rmsprop(0.99, 1e-6)),
	fault("stale-gradient-again",
		"between this step and the next its gradient is applied once more",
		"call update only behind a backward pass: not after an evaluation or at an epoch's end as well",
		from("next", spec.From("%"+spec.SuffixNew, "d%"), func(t turn) mat.Matrix { return spec.Update(t.in[0], t.Rate, t.in[1]) })),
	fault("float32-in-between",
		"the number went through float32 on its way",
		"leave out astype(np.float32), or make all of the data and the parameters float32",
		after("z h p dzL dW db dh dz", func(m mat.Matrix) mat.Matrix {
			return each(m, func(v float64) float64 { return float64(float32(v)) })
		})),
}

// lambdas are usual decays.
var lambdas = []float64{1e-2, 1e-3, 1e-4, 5e-4, 1e-5, 0.1}

// sumOverBatches adds gradients up for four steps and then updates once. Where
// the step before left the parameters as they were, its gradients are in this
// step's.
func sumOverBatches(ops *spec.Ops) {
	const batches, key = 4, "batches waiting"
	waiting := func(t turn) bool {
		before, ok1 := t.Prev["W1"]
		after, ok2 := t.Prev["W1"+spec.SuffixNew]
		return ok1 && ok2 && mat.EqualBits(before, after)
	}
	all(on("dW db", func(t turn) mat.Matrix {
		m := t.unchanged()
		if d, ok := t.Prev[t.n.String()]; ok && waiting(t) && d.Rows == m.Rows && d.Cols == m.Cols {
			return plus(d, m)
		}
		return m
	}), on("count velocity squares new", func(t turn) mat.Matrix { // what is kept beside waits too
		waited := 1.0
		if before, ok := t.Prev[key]; ok && waiting(t) {
			waited += before.At(0, 0)
		}
		t.T[key] = mat.Of(1, 1, waited)
		if waited >= batches {
			return t.unchanged()
		}
		return t.in[0]
	}))(ops)
}

// kept leaves the parameters that keep says as they were.
func kept(keep func(t turn) bool) Change {
	return on("new", func(t turn) mat.Matrix {
		if keep(t) {
			return t.in[0]
		}
		return t.unchanged()
	})
}

// scaledRate steps with another rate.
func scaledRate(by func(turn) float64) Change {
	return on("new", func(t turn) mat.Matrix {
		s := *t.Step
		s.Rate *= by(t)
		t.Step = &s
		return t.unchanged()
	})
}

// stepping steps each parameter down what along makes of it and its gradient.
func stepping(along func(t turn, w, d mat.Matrix) mat.Matrix) Change {
	return from("new", spec.From("%", "d%"), func(t turn) mat.Matrix {
		return spec.Update(t.in[0], t.Rate, along(t, t.in[0], t.in[1]))
	})
}

// decay steps down dW + lambda·W, for weights and biases.
func decay(lambda float64) Change {
	return stepping(func(_ turn, w, d mat.Matrix) mat.Matrix { return plus(d, scale(w, lambda)) })
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
		from("new",
			func(s *spec.Step, n spec.TensorName) []string { return of(n).Inputs(s, n) },
			func(t turn) mat.Matrix { return of(t.n).Run(t.Step, t.n, t.in) })(ops)
	}
}

// decayGradient has the decay in dW already.
func decayGradient(lambda float64) Change {
	return with("W", "dW", func(t turn, W mat.Matrix) mat.Matrix { return plus(t.unchanged(), scale(W, lambda)) })
}

// withMomentum keeps a velocity beside the step's tensors. Where the step
// before has none recorded, the way it moved the parameter tells it.
func withMomentum(mu float64) Change {
	return stepping(func(t turn, w, d mat.Matrix) mat.Matrix {
		name := t.n.Param()
		key := "momentum of " + name
		v := earlier(t.Step, key, w)
		if _, ok := t.Prev[key]; !ok {
			if before, ok := t.Prev[name]; ok && before.Rows == w.Rows && before.Cols == w.Cols {
				v = divide(each2(before, w, func(a, b float64) float64 { return a - b }), t.Rate)
			}
		}
		v = plus(scale(v, mu), d)
		t.T[key] = v
		return v
	})
}

// rmsprop is its first step, made again and again.
func rmsprop(rho, eps float64) Change {
	return stepping(func(_ turn, _, d mat.Matrix) mat.Matrix {
		return each(d, func(g float64) float64 { return g / (math.Sqrt(float64((1-rho)*g*g)) + eps) })
	})
}
