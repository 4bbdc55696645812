package program

import (
	"testing"

	"glassbox/mat/nptest"
)

// TestReports holds programs made after public reports of mistakes, right and
// wrong, against what is to be said of them.
func TestReports(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	faults := plants(t, "reports")
	for _, name := range []string{"assignment", "penalised"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, name, source(t, "reports/"+name)); !v.Clean() {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
		for _, f := range faults[name] {
			t.Run(name+"/"+f.Kind, func(t *testing.T) {
				t.Parallel()
				v, lines := planted(t, python, "reports/"+name, f)
				if list := errorsOf(v); f.Kind == "dropout backward without its mask" && len(list) > 0 {
					// A mask that comes before is as good as the one left out: the two
					// give the same gradients, and both lines mend them.
					lines = append(lines, list[0].Line)
				}
				f.told(t, v, lines)
			})
		}
	}
}
