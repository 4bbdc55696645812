package program

import (
	"fmt"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Where no loss is computed and none can be assumed, what is made of the derivative that
// the way back begins with is judged, and never called clean.
func TestGivenDerivative(t *testing.T) {
	python := nptest.Python(t, "numpy")
	text := source(t, "mixed/reinforce")
	line := func(of string) int { return 1 + strings.Count(text[:strings.Index(text, of)], "\n") }
	if v := judged(t, python, "right", text); len(v.Findings) > 0 || v.Verdict != "not judged" || !strings.Contains(fmt.Sprint(v.Parameters), "no loss is known: `dz += ENT") {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Parameters)
	}
	for _, c := range []struct{ old, wrong, text string }{
		{"policy.B += lr_pi", "policy.B -= lr_pi", "goes up what that of `self.A` goes down"},
		{"dz = adv * (onehot - p)", "dz = adv * onehot", "a derivative sums to 0"},
		{"dhid * (1 - hid * hid)", "dhid", "a factor is missing"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "wrong", strings.Replace(text, c.old, c.wrong, 1))
			if l := errorsOf(v); len(l) != 1 || l[0].Line != line(c.old) || !strings.Contains(l[0].Text.String(), c.text) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}
