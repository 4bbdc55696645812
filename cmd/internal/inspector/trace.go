package inspector

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/nn/audit"
)

// Trace returns what a page shows of recorded steps, and what the audit says of
// them. Rate is the learning rate; 0 takes the trace's own. An error says in
// one line what of t and o does not go together, or is a *TooLargeError.
func Trace(t audit.Trace, rate float64, o Options) (Model, audit.Verdict, error) {
	judged := t
	if rate != 0 {
		judged.Rate = rate
	}
	verdict := audit.Compare(judged)
	r := record(t, rate)
	if err := r.ask(o); err != nil {
		return Model{}, verdict, err
	}
	found := chosen(verdict.Findings)
	r.mark(found)
	r.places = newPlaces(r.x, r.labels, r.shown())
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
		q.must = telling(found)
	}
	p, err := q.fit([]*reel{{steps: r.numbers, source: r.source, kept: r.kept, place: r.places.place, draw: r.draw,
		beside: func(s *Step) int { return r.beside(s, found) }}})
	if err != nil {
		return Model{}, verdict, err
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
	return m, verdict, nil
}

// ask takes what the user wants to be kept.
func (r *recorded) ask(o Options) error {
	for _, n := range o.Steps {
		if !slices.Contains(r.numbers, n) {
			_, err := r.trace.Numbered(n, r.rate)
			return cli.Usagef("-steps: %w", err)
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
