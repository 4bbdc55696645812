package inspector

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/nn/audit"
	"glassbox/nn/message"
)

// mostFindings are as many as a page lists, mostSteps as many steps as are kept
// for their sake.
const mostFindings, mostSteps = 60, 10

// kinds splits findings into the first of each cause and tensor and all others.
func kinds(list []audit.Finding) (first, others []int) {
	known := map[string]bool{}
	for i, f := range list {
		if key := f.Level + " " + f.Cause + " " + f.Tensor; !known[key] {
			known[key] = true
			first = append(first, i)
		} else {
			others = append(others, i)
		}
	}
	return first, others
}

// chosen returns the findings to list, in their order: of each kind the first
// one goes before all others.
func chosen(list []audit.Finding) []audit.Finding {
	first, others := kinds(list)
	take := append(first, others...)
	take = take[:min(len(take), mostFindings)]
	slices.Sort(take)
	var some []audit.Finding
	for _, i := range take {
		some = append(some, list[i])
	}
	return some
}

// telling are the steps that are kept for the findings' sake.
func telling(list []audit.Finding) []int {
	var steps []int
	first, others := kinds(list)
	for _, i := range append(first, others...) {
		if n := list[i].Step; !slices.Contains(steps, n) && len(steps) < mostSteps {
			steps = append(steps, n)
		}
	}
	return steps
}

// mark makes the rows that the findings are about be kept: the worst, and some
// of the others that are off.
func (r *recorded) mark(list []audit.Finding) {
	const some = 6
	for _, f := range list {
		r.steps[f.Step].next = r.steps[f.Step].next || isNext(f.Tensor)
		if !byRow(f.Tensor) {
			continue
		}
		if r.bad[f.Step] == nil {
			r.bad[f.Step] = map[int]bool{}
		}
		r.bad[f.Step][f.Index[0]] = true
		cols := r.steps[f.Step].T[f.Tensor].Cols
		var rows []int
		for _, at := range f.Where {
			rows = append(rows, at/cols)
		}
		rows = slices.Compact(rows)
		for _, k := range experiment.Evenly(len(rows), some) {
			r.bad[f.Step][rows[k]] = true
		}
	}
}

// where are the elements that a finding is about, as far as they are in the
// page; kept are the rows of the batch that are.
func (r *recorded) where(f audit.Finding, kept []int) []int {
	list := []int{}
	cols := r.steps[f.Step].T[f.Tensor].Cols
	for _, at := range f.Where {
		if _, ok := slices.BinarySearch(kept, at/cols); ok || !byRow(f.Tensor) {
			list = append(list, at)
		}
	}
	return list
}

// beside is how many bytes of the page a step takes in its findings.
func (r *recorded) beside(s *Step, list []audit.Finding) int {
	n := 0
	for _, f := range list {
		if f.Step == s.N {
			n += 7 * len(r.where(f, s.Kept))
		}
	}
	return n
}

// finding is one as the page shows it, with the elements that are marked. What was found and what was expected
// stay empty where the finding compares no two numbers.
func finding(f audit.Finding, where []int) Finding {
	g := Finding{Place: Place{f.Step, f.Tensor, f.Index[0], f.Index[1]}, Level: f.Level, Cause: f.Cause, Message: lang.Of(f.Message),
		Off: f.Off, Of: f.Elements, Where: where}
	if compares := f.Expected.Rows > 0 || f.Off > 0 && len(f.Where) == 0; compares {
		g.Got, g.Want, g.Ratio = shortest(f.Got), shortest(f.Want), ratio(f.Ratio)
	}
	return g
}

func shortest(v audit.Number) string { return strconv.FormatFloat(float64(v), 'g', -1, 64) }

// ratio is empty where no rounding explains the distance.
func ratio(v audit.Number) string {
	if math.IsNaN(float64(v)) || float64(v) >= math.MaxFloat64 {
		return ""
	}
	return fmt.Sprintf("%.3g", float64(v))
}

// remarks are what there is to know of a trace beside its findings.
func remarks(v audit.Verdict) lang.Text {
	const most, long = 12, 300
	notes := slices.Clone(v.Notes)
	if !v.Error.IsZero() {
		notes = append([]message.Text{v.Error}, notes...)
	}
	var texts []lang.Text
	for i, n := range notes {
		if i == most {
			texts = append(texts, lang.T("%d more notes are left out", len(notes)-i))
			break
		}
		texts = append(texts, lang.Of(n).Cut(long))
	}
	return lang.Join(lang.Text{EN: "; ", ZH: "；"}, texts...)
}
