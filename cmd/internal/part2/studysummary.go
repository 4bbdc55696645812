package part2

import (
	"errors"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/nn"
)

// Best names the setting with the highest mean test accuracy of a grid, in a
// line; empty when there is no grid.
func (s *Study) Best() lang.Text {
	if len(s.Series) < 2 {
		return lang.Text{}
	}
	rank := s.ranking()
	if len(rank) == 0 {
		return lang.T("best on the test rows: none, no run went to its end")
	}
	x := s.Series[rank[0]]
	acc, _ := x.Over(Test)
	return lang.T("best on the test rows: %s, %s", x.Label, acc)
}

// Summary says in sentences what the numbers mean.
func (s *Study) Summary() []lang.Text {
	var said []lang.Text
	rank := s.ranking()
	switch {
	case len(rank) == 0:
		said = append(said, lang.T("No run went to its end."))
	case len(s.Series) == 1:
		said = s.ofSeeds()
	default:
		said = s.ofGrid(rank)
	}
	if n := s.count(Diverged); n > 0 {
		said = append(said, lang.T("%d of the %d runs diverged: their numbers stopped being finite.", n, s.Count()))
	}
	return said
}

// ofSeeds says how one setting depends on the seed.
func (s *Study) ofSeeds() []lang.Text {
	x := s.Series[0]
	acc, n := x.Over(Test)
	first := func(accuracy float64) uint32 {
		at := slices.IndexFunc(x.Runs, func(r experiment.Result) bool { return Whole(r) && r.Last().TestAccuracy == accuracy })
		return x.Config.Seed + uint32(at)
	}
	said := []lang.Text{lang.T("Over %d seeds the test accuracy is %s, from %.3f with seed %d to %.3f with seed %d.", n, acc, acc.Min, first(acc.Min), acc.Max, first(acc.Max))}
	if rep := ReportedFor(x.Config); rep != nil {
		if acc.Min <= rep.Accuracy && rep.Accuracy <= acc.Max {
			said = append(said, lang.T("The report's %g lies in that range.", rep.Accuracy))
		} else {
			said = append(said, lang.T("The report's %g lies outside of that range.", rep.Accuracy))
		}
	}
	return said
}

// ofGrid says which setting is best and how far ahead it is.
func (s *Study) ofGrid(rank []int) []lang.Text {
	x := s.Series[rank[0]]
	acc, n := x.Over(Test)
	said := []lang.Text{lang.T("The best of %d settings on the test rows is %s: %s over %d seeds.", len(s.Series), x.Label, acc, n)}
	if n < s.Seeds {
		said = []lang.Text{lang.T("The best of %d settings on the test rows is %s: %s over %d of %d seeds.", len(s.Series), x.Label, acc, n, s.Seeds)}
	}
	if s.Seeds == 1 {
		said = []lang.Text{lang.T("The best of %d settings on the test rows is %s: %.4f.", len(s.Series), x.Label, acc.Mean)}
	}
	ties := 0
	for _, i := range rank[1:] {
		if other, _ := s.Series[i].Over(Test); other.Mean == acc.Mean {
			ties++
		}
	}
	switch {
	case ties == 1:
		return append(said, lang.T("As good is %s.", s.Series[rank[1]].Label))
	case ties > 1:
		return append(said, lang.T("%d others are as good, the first of them %s.", ties, s.Series[rank[1]].Label))
	case len(rank) < 2:
		return said
	}
	next := s.Series[rank[1]]
	behind, _ := next.Over(Test)
	gap := acc.Mean - behind.Mean
	if s.Seeds == 1 {
		return append(said, lang.T("The next, %s, is %.4f behind; whether that is chance only more seeds can tell.", next.Label, gap))
	}
	ahead, both := 0, 0
	for i, r := range x.Runs {
		if o := next.Runs[i]; Whole(r) && Whole(o) {
			both++
			if r.Last().TestAccuracy > o.Last().TestAccuracy {
				ahead++
			}
		}
	}
	if sd := max(acc.SD, behind.SD); sd > 0 {
		said = append(said, lang.T("The next, %s, is %.4f behind, %.2g times the larger standard deviation of the two.", next.Label, gap, gap/sd))
	} else {
		said = append(said, lang.T("The next, %s, is %.4f behind, and neither depends on the seed.", next.Label, gap))
	}
	return append(said, lang.T("With the same seed the best is ahead of it %d times of %d.", ahead, both))
}

// ended says how a run ended.
func ended(r experiment.Result) lang.Text {
	var bad *nn.NonFiniteError
	switch {
	case r.Err == nil && r.Fingerprint == "":
		return lang.T("not run")
	case r.Interrupted():
		return lang.T("interrupted after step %d", r.Steps)
	case errors.As(r.Err, &bad):
		return lang.T("diverged at step %d, in %s", bad.Step, bad.Tensor)
	case Diverged(r):
		return lang.T("diverged after step %d", r.Steps)
	}
	return lang.T("went to its end")
}
