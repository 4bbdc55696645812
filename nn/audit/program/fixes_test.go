package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What is said of a wrong line is what to change in it.
func TestTheFixIsNamed(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, wrong, fix string }{
		{"habits/two_hidden", "(1 - h ** 2)", "(1 - h)", "`h ** 2` is meant, not `h`"},
		{"habits/two_hidden", "ds * s * (1 - s)", "ds * s", "`s * (1 - s)` is meant, not `s`"},
		{"habits/two_hidden", "ds * s * (1 - s)", "ds * s * s", "`1 - s` is meant, not `s`"},
		{"habits/two_hidden", "(1 - s)", "(1 - h @ V)", "`s` (two_hidden.py:13) is meant, not `h @ V`"},
		{"habits/one_by_one", "1 - squash(u) ** 2", "1 - u ** 2", ""},
		{"habits/one_by_one", "slope(v)", "slope(squash(v))", ""},
		{"habits/one_by_one", "dv) * slope(u)", "dv) * slope(h)", ""},
		{"habits/one_by_one", "gU += np", "gU = np", "`+=` is meant, not `=`"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			text := source(t, c.program)
			before, _, ok := strings.Cut(text, c.old)
			if !ok {
				t.Fatalf("%q is not in %s", c.old, c.program)
			}
			v := judged(t, python, c.program[strings.Index(c.program, "/")+1:], strings.Replace(text, c.old, c.wrong, 1))
			errs := errorsOf(v)
			if line := strings.Count(before, "\n") + 1; len(errs) != 1 || errs[0].Line != line || !strings.HasPrefix(errs[0].Fix.String(), c.fix) {
				t.Errorf("%v %v, want line %d: %s", errs, v.Unjudged, line, c.fix)
			}
		})
	}
}
