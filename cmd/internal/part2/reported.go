package part2

import (
	"fmt"
	"math"
	"strconv"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// Reported is what the report found where a run does the same work.
type Reported struct {
	Accuracy float64 // of the test rows, at the end
	Loss     float64 // at the end; 0: the report gives none
	Text     lang.Text
	Curve    []ReportedPoint // what it says of single steps, the end last
}

// ReportedPoint is what the report says of a step.
type ReportedPoint struct {
	Step           int
	Accuracy, Loss float64 // Loss 0: none given
}

// ReportedFor returns the report's figures for the same data and batches, or
// nil: the report has only make_moons with all rows or with single ones.
func ReportedFor(c experiment.Config) *Reported {
	switch {
	case c.Table != nil || c.BatchSize > 0 || c.N != 1000:
		return nil
	case !c.SGD:
		return &Reported{0.845, 340, lang.T("1500 steps on the whole batch: test accuracy 0.845, loss about 340"),
			[]ReportedPoint{{50, 0.8, 554}, {1500, 0.845, 340}}}
	case c.Steps <= 25000:
		return &Reported{0.5, 0, lang.T("1500 steps on single rows: test accuracy about 0.5"), []ReportedPoint{{1500, 0.5, 0}}}
	default:
		return &Reported{0.8, 0, lang.T("45000 steps on single rows: test accuracy about 0.8 (0.5 until 25000)"),
			[]ReportedPoint{{25000, 0.5, 0}, {45000, 0.8, 0}}}
	}
}

// Reported returns what the report found where this run does the same work, or
// nil.
func (r *Run) Reported() *Reported { return ReportedFor(r.Exp.Config) }

// BesideTable puts the report's figures and this run's one under the other. It
// reports false when there is nothing to compare.
func (r *Run) BesideTable() (page.Table, bool) {
	rep := r.Reported()
	if rep == nil || len(r.Result.Evals) == 0 {
		return page.Table{}, false
	}
	t := page.Table{
		Caption: lang.T("What the report says, and this run at the same step or at its end."),
		Head:    []lang.Text{{}, lang.T("step"), lang.T("test acc."), lang.T("loss")},
		Align:   "lrrr", RowHeads: true,
	}
	columns := 4
	if rep.Loss == 0 {
		columns, t.Head, t.Align = 3, t.Head[:3], t.Align[:3]
	}
	for i, p := range rep.Curve {
		told := page.Cells(lang.T("the report"), lang.Same(strconv.Itoa(p.Step)), lang.Same(fmt.Sprintf("%g", p.Accuracy)), lang.Same(fmt.Sprintf("%g", p.Loss)))
		t.Rows = append(t.Rows, told[:columns])
		v, ok := r.Result.At(p.Step)
		if !ok && i == len(rep.Curve)-1 {
			v, ok = r.Result.Last(), true
		}
		if ok {
			mine := page.Cells(lang.T("this run"), lang.Same(strconv.Itoa(v.Step)), lang.Same(fmt.Sprintf("%.4f", v.TestAccuracy)), lang.Same(Digits(v.Loss)))
			t.Rows = append(t.Rows, mine[:columns])
		}
	}
	return t, true
}

// Beside says in sentences how this run compares with the report's end.
func (r *Run) Beside() []lang.Text {
	rep := r.Reported()
	if rep == nil || len(r.Result.Evals) == 0 {
		return nil
	}
	end := rep.Curve[len(rep.Curve)-1]
	v, ok := r.Result.At(end.Step)
	if !ok {
		return []lang.Text{lang.T("The report trains for %d steps, this run for %d: their ends cannot be compared.", end.Step, r.Result.Steps)}
	}
	var said []lang.Text
	switch off := v.TestAccuracy - rep.Accuracy; {
	case math.Abs(off) < 0.03:
		said = append(said, lang.T("At step %d the test accuracy is %.3f, within 0.03 of the report's %g.", v.Step, v.TestAccuracy, rep.Accuracy))
	case off > 0:
		said = append(said, lang.T("At step %d the test accuracy is %.3f, which is %.3f above the report's %g.", v.Step, v.TestAccuracy, off, rep.Accuracy))
	default:
		said = append(said, lang.T("At step %d the test accuracy is %.3f, which is %.3f below the report's %g.", v.Step, v.TestAccuracy, -off, rep.Accuracy))
	}
	if rep.Loss > 0 {
		switch share := v.Loss / rep.Loss; {
		case share > 1.1:
			said = append(said, lang.T("The loss, %.1f, is %.2g times the report's %g.", v.Loss, share, rep.Loss))
		case share < 0.9:
			said = append(said, lang.T("The loss, %.1f, is %.2g %% of the report's %g.", v.Loss, 100*share, rep.Loss))
		default:
			said = append(said, lang.T("The loss, %.1f, is within a tenth of the report's %g.", v.Loss, rep.Loss))
		}
	}
	if len(r.Exp.Faults) == 0 {
		said = append(said, lang.T("The report's figures are those of a network with two mistakes, which `-as_reported` builds in; this one has none."))
	}
	return said
}
