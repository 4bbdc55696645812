package spec

import "math"

// An Optimizer is how a parameter steps: W − (rate·along), along being made of
// its gradient d and of what is kept beside it from step to step.
type Optimizer struct {
	Name string
	// What is kept: a velocity v, or running mean of the gradients; a running mean
	// s of their squares; and the number t of steps. nil, nil and false: it is not.
	// The formulas have {0} for what was kept and {1} for the gradient.
	Velocity                        func(set Settings, v, d float64) float64
	Squares                         func(s, d float64) float64
	Counts                          bool
	VelocityFormula, SquaresFormula string
	// Along makes what the rate is multiplied by of what Uses names, as From does:
	// {1}, {2} and {3} in its formula.
	Uses         []string
	Along        func(set Settings, of [3]float64) float64
	AlongFormula string
}

// The constants of RMSprop and Adam, which are PyTorch's but for RMSprop's
// smoothing: that is the one of Hinton's lecture and of most NumPy code.
const (
	RMSpropMean  = 0.9
	AdamVelocity = 0.9
	AdamMean     = 0.999
	StateGuard   = 1e-8 // keeps the root of the mean square off 0
)

// DefaultMomentum is that of an optimizer with a velocity where none is given.
const DefaultMomentum = 0.9

// Optimizers are those that Settings may have, the plain step first.
//
// The velocity is PyTorch's form (Sutskever, Martens, Dahl, Hinton, "On the
// importance of initialization and momentum in deep learning", 2013), and so is
// Nesterov's. RMSprop: Tieleman, Hinton, "Lecture 6.5", 2012. Adam: Kingma, Ba,
// "Adam: A Method for Stochastic Optimization", 2015.
var Optimizers = []*Optimizer{
	{Name: "sgd", Uses: []string{"d%"}, Along: first, AlongFormula: "{1}"},
	{Name: "momentum", Velocity: withMomentum, VelocityFormula: "momentum·{0} + {1}",
		Uses: []string{"v%" + SuffixNew}, Along: first, AlongFormula: "{1}"},
	{Name: "nesterov", Velocity: withMomentum, VelocityFormula: "momentum·{0} + {1}",
		Uses:         []string{"d%", "v%" + SuffixNew},
		Along:        func(set Settings, of [3]float64) float64 { return of[0] + float64(set.Momentum*of[1]) },
		AlongFormula: "({1} + momentum·{2})"},
	{Name: "rmsprop",
		Squares: meanSquare(RMSpropMean), SquaresFormula: "0.9·{0} + (1 − 0.9)·{1}²",
		Uses:         []string{"d%", "s%" + SuffixNew},
		Along:        func(_ Settings, of [3]float64) float64 { return of[0] / (math.Sqrt(of[1]) + StateGuard) },
		AlongFormula: "({1} / (√{2} + 1e-8))"},
	{Name: "adam", Counts: true,
		Velocity: func(_ Settings, v, d float64) float64 { return smooth(AdamVelocity, v, d) }, VelocityFormula: "0.9·{0} + (1 − 0.9)·{1}",
		Squares: meanSquare(AdamMean), SquaresFormula: "0.999·{0} + (1 − 0.999)·{1}²",
		Uses: []string{"v%" + SuffixNew, "s%" + SuffixNew, "t" + SuffixNew},
		Along: func(_ Settings, of [3]float64) float64 {
			v, s := of[0]/(1-power(AdamVelocity, of[2])), of[1]/(1-power(AdamMean, of[2]))
			return v / (math.Sqrt(s) + StateGuard)
		},
		AlongFormula: "(({1} / (1 − 0.9ᵗ)) / (√({2} / (1 − 0.999ᵗ)) + 1e-8)), t = {3}"},
}

func first(_ Settings, of [3]float64) float64 { return of[0] }

func withMomentum(set Settings, v, d float64) float64 { return float64(set.Momentum*v) + d }

// smooth moves a running mean towards v, as Python has it: 1 − rho is rounded.
func smooth(rho, mean, v float64) float64 { return float64(rho*mean) + float64((1-rho)*v) }

func meanSquare(rho float64) func(s, d float64) float64 {
	return func(s, d float64) float64 { return smooth(rho, s, float64(d*d)) }
}

// power is bᵗ for a whole t, by squaring.
func power(b, t float64) float64 {
	r := 1.0
	for n := int(t); n > 0; n /= 2 {
		if n%2 == 1 {
			r = float64(r * b)
		}
		b = float64(b * b)
	}
	return r
}

// Plain reports whether Settings have o without being given it: by a momentum or
// none.
func (o *Optimizer) Plain() bool { return o == Optimizers[0] || o == Optimizers[1] }

// FindOptimizer returns the optimizer of that name; nil where there is none.
func FindOptimizer(name string) *Optimizer {
	for _, o := range Optimizers {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// kept are the kinds of what is kept beside a parameter.
func (o *Optimizer) kept() (kinds []string) {
	if o.Velocity != nil {
		kinds = append(kinds, "v")
	}
	if o.Squares != nil {
		kinds = append(kinds, "s")
	}
	return kinds
}
