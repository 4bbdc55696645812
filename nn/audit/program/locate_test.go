package program

import (
	"math"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Where the budget ends before the fault is reached, what no right gradient is
// made of is looked through all the same.
func TestLocateBeyondBudget(t *testing.T) {
	t.Parallel()
	const right, wrong = "np.add.at(d, at, g)", "d[at] = g"
	text := source(t, "habits/tape_lookup")
	if !strings.Contains(text, right) {
		t.Fatal("the line is not there")
	}
	g := recorded(t, nptest.Python(t, "numpy"), "tape_lookup", strings.Replace(text, right, wrong, 1))
	found := func(budget int) (*step, *intervention) {
		v := newView(g.WholeUpdates())
		params, _, _ := v.parameters(v.n)
		s := v.newStep(v.align(params), 1, len(params), map[int]bool{}, nil)
		s.setLoss(s.chooseLoss())
		before := s.work
		f := s.intervene(s.look(), budget)
		s.work -= before
		return s, f
	}
	all, f := found(math.MaxInt)
	if f == nil || all.stopped {
		t.Fatal("nothing is found with all the time there is")
	}
	s, again := found(all.work / 20)
	if !s.stopped || s.work > all.work/2 {
		t.Fatalf("%d of %d operations: the budget is not met", s.work, all.work)
	}
	if again == nil || s.text(again.node).String() != all.text(f.node).String() {
		t.Errorf("with a small budget %v is found, with a large one %v", again, f)
	}
}
