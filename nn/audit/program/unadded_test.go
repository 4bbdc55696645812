package program

import (
	"testing"

	"glassbox/mat/nptest"
)

// A bias that the forward pass leaves out is told there, whatever its step is made of: a
// sum over samples, or over time with a rate of its own for each element.
func TestBiasIsNeverAdded(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for program, f := range map[string]plant{
		"essays/sgd_digits_lists": {Old: "z = np.dot(w, activation) + b\n            zs", New: "z = np.dot(w, activation)\n            zs"},
		"essays/mini_char_rnn":    {Old: "np.dot(Whh, hs[t-1]) + bh)", New: "np.dot(Whh, hs[t-1]))"},
		"essays/cs_two_layer":     {Old: "X.dot(W1) + b1)", New: "X.dot(W1))"},
	} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			v, lines := planted(t, python, program, f)
			if x := f.told(t, v, lines); x.Relation != "never added" {
				t.Errorf("%v", x)
			}
		})
	}
}

// What a function does is right where one of its calls makes the derivative: the other
// call, which gives it another argument, is wrong.
func TestCalledWithAnotherArgument(t *testing.T) {
	f := plant{Old: "current_cache, lambd, activation=\"relu\")", New: "current_cache, lambd, activation=\"sigmoid\")"}
	v, lines := planted(t, nptest.Python(t, "numpy"), "essays/deep_L_layer", f)
	f.told(t, v, append(lines, lines[0]-1)) // the call's first line
}
