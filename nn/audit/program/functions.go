package program

import (
	"fmt"
	"math"
	"strings"
)

// A form is a function of one value, element by element, that is easily taken
// for the value itself.
type form struct {
	code   string // with %s for the value
	of     func(x float64) float64
	scalar bool // of single numbers too
	truth  bool // true or false alone
	inside bool // of what goes into another function alone
	layer  bool // of what layers hold: no update has it
	falls  bool // less the more the value is: no root is drawn of it, and no array of an update

	inverse bool // one over it: of no array of an update
}

func (f form) apply(a *array) *array {
	r := a.Clone()
	for i, x := range a.Data {
		r.Data[i] = f.of(x)
	}
	return r
}

// write is the form of a value, given the value's source.
func (f form) write(code string) string {
	if !strings.Contains(f.code, "(%s") {
		code = factorText(code)
	}
	return fmt.Sprintf(f.code, code)
}

// The derivatives of activations, as they are written with what these give, and
// what else has a name here.
var (
	sigmoidSlope = form{code: "%[1]s * (1 - %[1]s)", of: func(x float64) float64 { return x * (1 - x) }, layer: true}
	tanhSlope    = form{code: "1 - %s ** 2", of: func(x float64) float64 { return 1 - float64(x*x) }, layer: true}
	reluSlope    = form{code: "%s > 0", of: func(x float64) float64 { return b2f(x > 0) }, truth: true, layer: true}
	complement   = form{code: "1 - %s", of: func(x float64) float64 { return 1 - x }, scalar: true, falls: true}
	tanh         = form{code: "np.tanh(%s)", of: math.Tanh, layer: true}
	rectified    = form{code: "np.maximum(%s, 0)", of: func(x float64) float64 { return max(x, 0) }}
	itself       = form{code: "%s", of: func(x float64) float64 { return x }, scalar: true}
)

// slopes are the derivatives of activations.
var slopes = []form{sigmoidSlope, tanhSlope, reluSlope}

// forms are what a value may be meant to be.
var forms = []form{
	{code: "%s ** 2", of: func(x float64) float64 { return x * x }, scalar: true},
	{code: "np.sqrt(%s)", of: math.Sqrt, scalar: true},
	complement, sigmoidSlope, tanhSlope, reluSlope,
	{code: "1 / %s", of: func(x float64) float64 { return 1 / x }, scalar: true, inverse: true},
	{code: "np.exp(%s)", of: math.Exp, layer: true},
	{code: "np.log(%s)", of: math.Log, layer: true},
	tanh,
	{code: "np.abs(%s)", of: math.Abs, layer: true},
}

// moreForms are further ones, for the value that is right alone.
var moreForms = []form{
	{code: "np.cos(%s)", of: math.Cos},
	{code: "np.sin(%s)", of: math.Sin},
	{code: "np.sign(%s)", of: func(x float64) float64 { return b2f(x > 0) - b2f(x < 0) }},
	{code: "(1 + %s)", of: func(x float64) float64 { return 1 + x }},
	rectified,
	{code: "np.minimum(%s, 0)", of: func(x float64) float64 { return min(x, 0) }},
	{code: "%s <= 0", of: func(x float64) float64 { return b2f(x <= 0) }, truth: true},
}

// factorText puts an expression into parentheses where it is more than a name,
// a call or an index.
func factorText(code string) string {
	depth := 0
	for _, r := range code {
		switch {
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		case depth == 0 && strings.ContainsRune(" +-*/<>=~", r):
			return "(" + code + ")"
		}
	}
	return code
}
