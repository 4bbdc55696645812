package faults

import (
	"math"
	"strings"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// optimizers are the mistakes in what an optimizer keeps and makes of it. A network
// that steps otherwise does not have them.
var optimizers = []Fault{
	fault("optimizer-not-used",
		"the update is a plain step down the gradient, and an optimizer is declared that keeps something beside it",
		"step by what the optimizer makes of the gradient, or declare sgd",
		on("new", func(t turn) mat.Matrix {
			if d, ok := t.T["d"+t.n.Param()]; ok && !t.Rule().Plain() {
				return spec.Update(t.in[0], t.Rate, d)
			}
			return t.unchanged()
		})),
	fault("velocity-renewed-late",
		"the step takes the velocity as the step before left it, and renews it afterwards",
		"in the optimizer renew the velocity first: v = mu * v + dW; W -= lr * v",
		ruled("momentum", "new", func(o *spec.Optimizer) { o.Uses = []string{"v%"} })),
	fault("nesterov-as-momentum",
		"the step is that of plain momentum, without Nesterov's look ahead",
		"step by dW + mu * v, v being renewed already",
		ruled("nesterov", "new", func(o *spec.Optimizer) {
			o.Along = func(_ spec.Settings, of [3]float64) float64 { return of[1] }
		})),
	fault("rmsprop-without-root",
		"RMSprop divides by the mean square itself where its root is meant",
		"divide by np.sqrt(s) + 1e-8",
		ruled("rmsprop", "new", func(o *spec.Optimizer) {
			o.Along = func(_ spec.Settings, of [3]float64) float64 { return of[0] / (of[1] + spec.StateGuard) }
		})),
	fault("rmsprop-decay-exchanged",
		"the running mean of squares keeps 0.1 of itself and takes 0.9 of the new square: the two are exchanged",
		"write s = 0.9 * s + 0.1 * dW ** 2",
		ruled("rmsprop", "squares", func(o *spec.Optimizer) { o.Squares = smoothSquare(1 - spec.RMSpropMean) })),
	fault("rmsprop-sum-of-squares",
		"the squares are added up and never forgotten, as in AdaGrad, so the steps of RMSprop get shorter and shorter",
		"write s = 0.9 * s + 0.1 * dW ** 2",
		ruled("rmsprop", "squares", func(o *spec.Optimizer) {
			o.Squares = func(s, d float64) float64 { return s + float64(d*d) }
		})),
	fault("adam-without-correction",
		"Adam's running means are not divided by 1 − βᵗ, so its first steps are too long",
		"divide them first: m / (1 - 0.9 ** t) and v / (1 - 0.999 ** t), t counted from 1",
		ruled("adam", "new", func(o *spec.Optimizer) {
			o.Along = func(_ spec.Settings, of [3]float64) float64 { return of[0] / (math.Sqrt(of[1]) + spec.StateGuard) }
		})),
	fault("adam-step-not-counted",
		"Adam corrects its running means as in its first step, in every step",
		"raise t by 1 in every step, and keep it in self",
		ruled("adam", "new", func(o *spec.Optimizer) {
			along := o.Along
			o.Along = func(set spec.Settings, of [3]float64) float64 { return along(set, [3]float64{of[0], of[1], 1}) }
		})),
	fault("adam-step-counted-twice",
		"the number of Adam's steps is raised once for each parameter, or twice in a step, so its correction fades too soon",
		"raise t once a step, before the loop over the parameters",
		counting(func(s *spec.Step, n spec.TensorName, t float64) float64 {
			k := 0.0
			for i, name := range spec.ParamNames(s.L) {
				if name == n.Param() {
					k = float64(i)
				}
			}
			return (t-1)*2*float64(s.L) + k + 1
		}),
		counting(func(_ *spec.Step, _ spec.TensorName, t float64) float64 { return 2 * t })),
	fault("adam-without-root",
		"Adam divides by the mean square itself where its root is meant",
		"divide by np.sqrt(v) + 1e-8, v being corrected already",
		ruled("adam", "new", func(o *spec.Optimizer) {
			along := o.Along
			o.Along = func(set spec.Settings, of [3]float64) float64 {
				t := of[2]
				root := math.Sqrt(of[1]/(1-math.Pow(spec.AdamMean, t))) + spec.StateGuard
				return along(set, of) * root / (root*root + spec.StateGuard)
			}
		})),
	fault("adam-decays-exchanged",
		"Adam's two decays are exchanged: 0.999 for the mean of the gradients, 0.9 for that of their squares",
		"write m = 0.9 * m + 0.1 * dW and v = 0.999 * v + 0.001 * dW ** 2",
		ruled("adam", "velocity squares new", func(o *spec.Optimizer) {
			o.Velocity = func(_ spec.Settings, v, d float64) float64 { return smoothed(spec.AdamMean, v, d) }
			o.Squares = smoothSquare(spec.AdamVelocity)
			o.Along = func(_ spec.Settings, of [3]float64) float64 {
				v, s := of[0]/(1-math.Pow(spec.AdamMean, of[2])), of[1]/(1-math.Pow(spec.AdamVelocity, of[2]))
				return v / (math.Sqrt(s) + spec.StateGuard)
			}
		}),
		ruled("adam", "velocity squares", func(o *spec.Optimizer) {
			o.Velocity = func(_ spec.Settings, v, d float64) float64 { return smoothed(spec.AdamMean, v, d) }
			o.Squares = smoothSquare(spec.AdamVelocity)
		})),
	fault("adam-reset",
		"Adam's running means start anew in every step, so it forgets what it gathered",
		"keep m, v and t in self, not in local variables of update",
		ruled("adam", "velocity squares", func(o *spec.Optimizer) {
			o.Velocity = func(_ spec.Settings, _, d float64) float64 { return smoothed(spec.AdamVelocity, 0, d) }
			o.Squares = func(_, d float64) float64 { return smoothed(spec.AdamMean, 0, float64(d*d)) }
		}),
		ruled("adam", "velocity squares new", func(o *spec.Optimizer) {
			o.Velocity = func(_ spec.Settings, _, d float64) float64 { return smoothed(spec.AdamVelocity, 0, d) }
			o.Squares = func(_, d float64) float64 { return smoothed(spec.AdamMean, 0, float64(d*d)) }
			along := o.Along
			o.Along = func(set spec.Settings, of [3]float64) float64 { return along(set, [3]float64{of[0], of[1], 1}) }
		})),
	fault("adam-gradient-for-mean",
		"Adam steps along the gradient itself, and the running mean of the gradients is never used",
		"put the corrected mean over the root: m / (np.sqrt(v) + 1e-8)",
		ruled("adam", "new", func(o *spec.Optimizer) {
			along := o.Along
			o.Uses = []string{"d%", o.Uses[1], o.Uses[2]}
			o.Along = func(set spec.Settings, of [3]float64) float64 {
				return along(set, [3]float64{of[0] * (1 - math.Pow(spec.AdamVelocity, of[2])), of[1], of[2]})
			}
		})),
	fault("decay-in-moments",
		"the decay of the weights goes through the moments of RMSprop or Adam, which divide it by the size of the gradients again: the larger a weight's gradient, the less it decays",
		"take the decay from the weights beside the step, as AdamW does: W -= lr * decay * W; or have the penalty in the loss that is looked at",
		forms(decayInMoments, lambdas...)...),
}

func smoothed(rho, mean, v float64) float64 { return float64(rho*mean) + float64((1-rho)*v) }

func smoothSquare(rho float64) func(s, d float64) float64 {
	return func(s, d float64) float64 { return smoothed(rho, s, float64(d*d)) }
}

// lateGradients gives an optimizer that keeps something the gradients of the step
// before.
func lateGradients(ops *spec.Ops) {
	for _, kind := range []string{"velocity", "squares", "new"} {
		op := ops.Row(kind)
		before := *op
		op.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
			if s.Rule().Plain() {
				return before.Run(s, n, in)
			}
			in = append([]mat.Matrix(nil), in...)
			for i, name := range before.Inputs(s, n) {
				if i < len(in) && i > 0 && name == "d"+n.Param() {
					in[i] = earlier(s, name, in[i])
				}
			}
			return before.Run(s, n, in)
		}
	}
}

// decayInMoments adds lambda·W to what the moments are given for a weight's gradient.
func decayInMoments(lambda float64) Change {
	return on("velocity squares new", func(t turn) mat.Matrix {
		W, ok := t.T[t.n.Param()]
		if name := t.Rule().Name; name != "adam" && name != "rmsprop" || t.n.Param()[0] != 'W' || !ok {
			return t.unchanged()
		}
		t.in = append([]mat.Matrix(nil), t.in...)
		for i, name := range t.before.Inputs(t.Step, t.n) {
			if name == "d"+t.n.Param() {
				t.in[i] = plus(t.in[i], scale(W, lambda))
			}
		}
		return t.unchanged()
	})
}

// ruled steps with a changed rule where the network has the named one, in the
// operations of the given kinds.
func ruled(name, kinds string, change func(o *spec.Optimizer)) Change {
	wrong := *spec.FindOptimizer(name)
	change(&wrong)
	return func(ops *spec.Ops) {
		for kind := range strings.FieldsSeq(kinds) {
			op := ops.Row(kind)
			before := *op
			of := func(s *spec.Step) *spec.Step {
				if s.Rule().Name != name {
					return s
				}
				changed := *s
				changed.Optimizer = &wrong
				return &changed
			}
			op.Inputs = func(s *spec.Step, n spec.TensorName) []string { return before.Inputs(of(s), n) }
			op.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix { return before.Run(of(s), n, in) }
		}
	}
}

// counting is Adam with another number of steps in the correction of a parameter.
func counting(count func(s *spec.Step, n spec.TensorName, t float64) float64) Change {
	return on("new", func(t turn) mat.Matrix {
		if t.Rule().Name == "adam" && len(t.in) == 4 {
			t.in = []mat.Matrix{t.in[0], t.in[1], t.in[2], mat.Of(1, 1, count(t.Step, t.n, t.in[3].At(0, 0)))}
		}
		return t.unchanged()
	})
}
