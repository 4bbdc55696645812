package spec

import (
	"fmt"
	"math"

	"glassbox/mat"
)

// An Activation is what stands behind a hidden layer: h = of(z), element by
// element, and dz = dh·by(z).
type Activation struct {
	Name    string
	Formula string // of h, {0} being z
	Slope   string // of its derivative by z
	Of, By  func(z float64) float64
	// Back is the derivative from h instead of z, where that can be told.
	Back func(h float64) float64
	Kink bool // By jumps at 0
}

// LeakySlope is that of a leaky ReLU where none is given, as in PyTorch.
const LeakySlope = 0.01

// Activations are those that a network may have, ReLU first, which Settings
// without one have.
//
// Leaky ReLU: Maas, Hannun, Ng, "Rectifier Nonlinearities Improve Neural Network
// Acoustic Models", 2013. ELU: Clevert, Unterthiner, Hochreiter, "Fast and
// Accurate Deep Network Learning by Exponential Linear Units", 2016. GELU, both
// forms: Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016.
var Activations = []*Activation{
	{Name: "relu", Formula: "max({0}, 0)", Slope: "[{0} > 0]", Kink: true,
		Of: func(z float64) float64 { return max(z, 0) + 0 }, // never −0
		By: func(z float64) float64 { return choose(z > 0, 1, 0) }},
	Leaky(LeakySlope),
	{Name: "tanh", Formula: "tanh({0})", Slope: "1 − tanh²({0})",
		Of:   mat.Tanh,
		By:   func(z float64) float64 { t := mat.Tanh(z); return 1 - float64(t*t) },
		Back: func(h float64) float64 { return 1 - float64(h*h) }},
	{Name: "sigmoid", Formula: "1 / (1 + exp(−{0}))", Slope: "s·(1 − s), s = 1 / (1 + exp(−{0}))",
		Of:   logistic,
		By:   func(z float64) float64 { s := logistic(z); return float64(s * (1 - s)) },
		Back: func(h float64) float64 { return float64(h * (1 - h)) }},
	{Name: "elu", Formula: "{0} if {0} > 0, else exp({0}) − 1", Slope: "1 if {0} > 0, else exp({0})",
		Of: func(z float64) float64 {
			if z > 0 {
				return z
			}
			return mat.Expm1(z)
		},
		By: func(z float64) float64 {
			if z > 0 {
				return 1
			}
			return mat.Exp(z)
		}},
	{Name: "gelu", Formula: "{0}·Φ({0}), Φ(z) = (1 + erf(z/√2)) / 2", Slope: "Φ({0}) + {0}·exp(−{0}²/2)/√(2π)",
		Of: func(z float64) float64 { return float64(z * normal(z)) },
		By: func(z float64) float64 {
			return normal(z) + float64(z*mat.Exp(-float64(z*z)/2))/math.Sqrt(2*math.Pi)
		}},
	{Name: "gelu_tanh", Formula: "{0}·(1 + tanh(√(2/π)·({0} + 0.044715·{0}³))) / 2", Slope: "its derivative at {0}",
		Of: func(z float64) float64 { return float64(z*(1+mat.Tanh(geluInner(z)))) / 2 },
		By: func(z float64) float64 {
			t := mat.Tanh(geluInner(z))
			inner := float64(math.Sqrt(2/math.Pi) * (1 + float64(3*geluCubed*float64(z*z))))
			return (1+t)/2 + float64(float64(z*(1-float64(t*t)))*inner)/2
		}},
	{Name: "identity", Formula: "{0}", Slope: "1",
		Of:   func(z float64) float64 { return z },
		By:   func(float64) float64 { return 1 },
		Back: func(float64) float64 { return 1 }},
}

// Leaky returns a ReLU with a slope where z is not above 0.
func Leaky(slope float64) *Activation {
	return &Activation{
		Name: "leaky_relu", Kink: true,
		Formula: fmt.Sprintf("{0} if {0} > 0, else %g·{0}", slope), Slope: fmt.Sprintf("1 if {0} > 0, else %g", slope),
		Of: func(z float64) float64 { return choose(z > 0, z, float64(slope*z)) + 0 },
		By: func(z float64) float64 { return choose(z > 0, 1, slope) },
	}
}

const geluCubed = 0.044715

func logistic(z float64) float64 { return 1 / (1 + mat.Exp(-z)) }

// normal is the standard normal distribution function.
func normal(z float64) float64 { return (1 + mat.Erf(z/math.Sqrt2)) / 2 }

func geluInner(z float64) float64 {
	return float64(math.Sqrt(2/math.Pi) * (z + float64(geluCubed*float64(float64(z*z)*z))))
}

func choose(first bool, a, b float64) float64 {
	if first {
		return a
	}
	return b
}

// FindActivation returns the activation of that name; nil where there is none.
func FindActivation(name string) *Activation {
	for _, a := range Activations {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Activate sets h = a(z) (both N×n).
func Activate(a *Activation, h, z mat.Matrix) {
	for i := range z.Rows {
		hi := h.Row(i)
		for j, v := range z.Row(i) {
			hi[j] = a.Of(v)
		}
	}
}

// Deactivate sets dz = dh·a′(z), the product rounded once (all N×n).
func Deactivate(a *Activation, dz, dh, z mat.Matrix) {
	for i := range z.Rows {
		dhi, dzi := dh.Row(i), dz.Row(i)
		for j, v := range z.Row(i) {
			dzi[j] = float64(dhi[j] * a.By(v))
		}
	}
}
