package inspector

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/frame"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// Trace returns what a page shows of recorded steps and of what the audit says of
// them. An error says in one line what of t and o does not go together, or is a
// *TooLargeError.
func Trace(t audit.Trace, verdict audit.Verdict, o Options) (Model, error) {
	r := record(t)
	if err := r.ask(o); err != nil {
		return Model{}, err
	}
	found := chosen(verdict.Findings)
	r.mark(found)
	r.places = newPlaces(r.x, r.labels, shown(r.x.Rows, r.telling))
	m := Model{Layers: r.layers(), Planar: r.x.Cols == 2, Points: r.places.points(), Findings: []Finding{}}
	r.frame = m.Points.frame()
	for i := range m.Layers[0] {
		m.Features = append(m.Features, fmt.Sprintf("x%d", i))
	}
	for c := range m.Layers[len(m.Layers)-1] {
		m.Classes = append(m.Classes, strconv.Itoa(c))
	}
	m.Nets = []Net{{Name: lang.Same(filepath.Base(t.File)), Note: remarks(verdict), Explain: o.Explain[0], Curve: r.curve()}}
	for _, f := range found {
		m.Findings = append(m.Findings, finding(f, nil))
	}
	q := request{room: room(m), asked: o.Steps, done: o.progress("storing", 0), spread: func(there []int, count int) []int {
		var list []int
		for _, i := range spread(len(there)-1, count) {
			list = append(list, there[i])
		}
		return list
	}}
	if o.Steps == nil {
		q.must = stepsOf(found)
	}
	p, err := q.fit([]*series{{steps: r.numbers, source: r.source, kept: r.kept, place: r.places.place, draw: r.draw,
		beside: func(s *Step) int { return r.beside(s, found) }}})
	if err != nil {
		return Model{}, err
	}
	m.Nets[0].put(p.steps[0], p.built[0])
	// A finding leads to its step: those of others stay out.
	m.Findings = m.Findings[:0]
	for _, f := range found {
		if _, ok := slices.BinarySearch(p.steps[0], f.Step); ok {
			m.Findings = append(m.Findings, finding(f, r.where(f, p.built[0][f.Step].step.Kept)))
		}
	}
	m.Left = len(verdict.Findings) - len(m.Findings)
	return m, nil
}

// ask takes what the user wants to be kept.
func (r *recorded) ask(o Options) error {
	for _, n := range o.Steps {
		if !slices.Contains(r.numbers, n) {
			_, err := r.trace.Numbered(n)
			return cli.Usagef("-%s: %w", "steps", err)
		}
	}
	most := 0
	for _, n := range r.numbers {
		most = max(most, r.steps[n].batch())
	}
	for _, i := range o.Samples {
		if i >= most {
			return cli.Usagef("-samples: no batch has a row %d; the largest has %d rows", i, most)
		}
		r.asked[i] = true
	}
	return nil
}

// recorded is a trace with the rows of all its steps.
type recorded struct {
	trace   audit.Trace
	numbers []int // of the steps
	steps   map[int]*source

	// The different rows of data, in the order in which they came.
	x      mat.Matrix
	labels []int // −1 where it is not known
	rank   []int // where each stands in the order of interest

	asked  map[int]bool         // rows of every batch to keep
	bad    map[int]map[int]bool // of each step, rows that findings are about
	places *places
	frame  frame.Frame
}

// record completes the steps of a trace and gathers their rows.
func record(t audit.Trace) *recorded {
	r := &recorded{trace: t, steps: map[int]*source{}, asked: map[int]bool{}, bad: map[int]map[int]bool{}}
	for _, recorded := range t.Steps {
		n := recorded.Number
		s, err := t.Numbered(n)
		if err != nil {
			panic("inspector: " + err.Error()) // it is one of the trace's
		}
		q := &source{Numbered: *s}
		for _, name := range spec.ParamNames(s.L) {
			// What the next step starts from is worth a look where it was recorded.
			_, ok := recorded.T[name+"_next"]
			q.next = q.next || ok
		}
		r.numbers, r.steps[n] = append(r.numbers, n), q
	}
	r.gather()
	return r
}

// gather finds out which rows the batches are made of. Steps that have no x, or
// too narrow a one to be drawn, stay without.
func (r *recorded) gather() {
	type row struct{ x, p []float64 }
	var all []row
	ids := index{}
	in, classes := 0, 0
	for _, n := range r.numbers {
		s := r.steps[n]
		x, y, p := s.T["x"], s.T["y"], s.T["p"]
		if x.Cols < 2 || in != 0 && x.Cols != in {
			continue
		}
		in = x.Cols
		for i := range x.Rows {
			key := rowKey(x, y, i)
			if ids.at(key) < 0 {
				ids[key] = len(all)
				all = append(all, row{x: x.Row(i)})
				label := -1
				if i < y.Rows {
					label = mat.ArgMax(y.Row(i))
				}
				r.labels = append(r.labels, label)
			}
			if i < p.Rows {
				all[ids[key]].p = p.Row(i) // that of the last step stays
				classes = max(classes, p.Cols)
			}
			s.rows = append(s.rows, ids[key])
		}
	}
	r.x = mat.New(len(all), in)
	p := mat.New(len(all), classes)
	for i, row := range all {
		copy(r.x.Row(i), row.x)
		copy(p.Row(i), row.p)
	}
	r.rank = ranks(byInterest(r.x, r.labels, classes, p))
}

func (r *recorded) source(n int) *source { return r.steps[n] }

// kept returns the rows of a step's batch to keep.
func (r *recorded) kept(s *source, d detail) []int {
	bad := r.bad[s.Number]
	return keptRows(s.batch(), d, func(i int) bool { return r.asked[i] || bad[i] }, func(i int) int {
		if i < len(s.rows) {
			return r.rank[s.rows[i]]
		}
		return i
	})
}

// telling tells of the rows that may be kept.
func (r *recorded) telling(also func(row int)) {
	for _, n := range r.numbers {
		if s := r.steps[n]; len(s.rows) > 0 {
			for _, i := range r.kept(s, ladder[0]) {
				also(s.rows[i])
			}
		}
	}
}

// layers are the numbers of units, as far as a tensor tells; 0 where none does.
func (r *recorded) layers() []int {
	L := 0
	for _, s := range r.steps {
		L = max(L, s.L)
	}
	units := make([]int, L+1)
	for _, n := range r.numbers {
		s := r.steps[n]
		for _, name := range s.Names() {
			t, _ := spec.ParseName(name)
			for side, layer := range t.Layers(s.L) {
				size := [2]int{s.T[name].Rows, s.T[name].Cols}[side]
				if layer >= 0 && units[layer] == 0 && (t.Layer > 0 || layer == 0 || s.L == L) {
					units[layer] = size
				}
			}
		}
	}
	return units
}

// draw draws a step.
func (r *recorded) draw(s *source) Drawing {
	params, whole := params(s), true
	for _, p := range params {
		whole = whole && p.Rows > 0
	}
	var to Drawing
	if r.x.Cols == 2 && whole && s.L > 1 {
		to.Hinges = hinges(r.frame, params[0], params[1])
	}
	if r.x.Cols == 2 && whole && params[len(params)-1].Cols == 2 && len(r.trace.Meta.Slopes) == 0 {
		to.Boundary = r.boundary(s, params)
	}
	// A few rows do not tell that a unit is dead.
	const few = 8
	if to.Dead = dead(nil, s.L); s.batch() >= few {
		to.Dead = dead(s.T, s.L)
	}
	to.Right = r.right(s)
	return to
}

// boundary draws what a right network makes of the recorded parameters, where
// it gives the recorded rows the recorded classes: a line that does not fit the
// numbers would mislead.
func (r *recorded) boundary(s *source, params []mat.Matrix) string {
	for _, m := range params {
		if _, _, _, found := m.NonFinite(); found {
			return ""
		}
	}
	predict := func(x mat.Matrix) mat.Matrix { return nn.FromParams(params).Predict(x) }
	x, p := s.T["x"], s.T["p"]
	if x.Rows > 0 && p.Rows > 0 {
		q := predict(x)
		for i := range min(p.Rows, q.Rows) {
			if mat.ArgMax(p.Row(i)) != mat.ArgMax(q.Row(i)) {
				return ""
			}
		}
	}
	return boundary(r.frame, predict)
}

// right is whether each point was classified right; nil if the step does not
// have all of them.
func (r *recorded) right(s *source) []bool {
	p := s.T["p"]
	if p.Rows == 0 || p.Rows != len(s.rows) {
		return nil
	}
	at := map[int]int{}
	for i, row := range s.rows {
		at[row] = i
	}
	var list []bool
	for _, row := range r.places.rows {
		i, ok := at[row]
		if !ok || r.labels[row] < 0 {
			return nil
		}
		list = append(list, mat.ArgMax(p.Row(i)) == r.labels[row])
	}
	return list
}

// curve takes the recorded losses, a row.
func (r *recorded) curve() Curve {
	c := Curve{Step: []int{}, Loss: Floats{}}
	var losses Floats
	var numbers []int
	for _, step := range r.trace.Steps {
		s := r.steps[step.Number]
		loss, ok := step.T["loss"]
		if !ok || len(loss.Data) == 0 {
			continue
		}
		sum := 0.0
		for i := range loss.Rows {
			for _, v := range loss.Row(i) {
				sum += v
			}
		}
		if n := len(loss.Data); n > 1 {
			sum /= float64(n) // it was recorded row by row
		} else if !isMean(s, sum) {
			sum /= float64(max(s.batch(), 1))
		}
		numbers, losses = append(numbers, step.Number), append(losses, sum)
	}
	for _, i := range experiment.Evenly(len(losses), curvePoints) {
		c.Step, c.Loss = append(c.Step, numbers[i]), append(c.Loss, losses[i])
	}
	return c
}

// isMean reports whether a recorded loss is the mean over the batch: whether it
// is nearer to that than to the sum, where the step can tell, or else if the
// gradient is one.
func isMean(s *source, loss float64) bool {
	p, y := s.T["p"], s.T["y"]
	if p.Rows == 0 || p.Rows != y.Rows || p.Cols != y.Cols {
		return s.Mean
	}
	sum := spec.LossSum(p, y)
	mean := sum / float64(p.Rows)
	return math.Abs(loss-mean) <= math.Abs(loss-sum)
}

// mostFindings are as many as a page lists, mostSteps as many steps as are kept
// for their sake.
const mostFindings, mostSteps = 60, 10

// byKind orders findings, by their places in the list: the first of each cause and
// tensor, then all others.
func byKind(list []audit.Finding) []int {
	var first, others []int
	known := map[string]bool{}
	for i, f := range list {
		if key := f.Level + " " + f.Cause + " " + f.Tensor; !known[key] {
			known[key] = true
			first = append(first, i)
		} else {
			others = append(others, i)
		}
	}
	return append(first, others...)
}

// chosen returns the findings to list, in their order: of each kind the first
// one goes before all others.
func chosen(list []audit.Finding) (some []audit.Finding) {
	for _, i := range slices.Sorted(slices.Values(byKind(list)[:min(len(list), mostFindings)])) {
		some = append(some, list[i])
	}
	return some
}

// stepsOf are the steps that are kept for the findings' sake.
func stepsOf(list []audit.Finding) (steps []int) {
	for _, i := range byKind(list) {
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

// finding is one as the page shows it, with the elements that are marked. What
// was found and what was expected stay empty where the finding compares no two
// numbers.
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
	var texts []lang.Text
	for i, n := range v.Notes {
		if i == most {
			texts = append(texts, lang.T("%d more notes are left out", len(v.Notes)-i))
			break
		}
		texts = append(texts, lang.Of(n).Cut(long))
	}
	return lang.Join(lang.Text{EN: "; ", ZH: "；"}, texts...)
}
