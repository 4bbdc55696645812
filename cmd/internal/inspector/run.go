package inspector

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/nn"
	"glassbox/nn/message"
)

// Options are what a page is asked for.
type Options struct {
	Samples []int    // rows whose numbers are kept in any case
	Steps   []int    // the steps to keep, ascending; nil leaves the choice to the page
	Explain []string // for each network the command that explains a number, up to its -step
	// Progress is told of work to come and returns what to call when a part of
	// it is done; nil does without.
	Progress func(label string, total int) (done func())
}

func (o Options) progress(label string, total int) func() {
	if o.Progress == nil {
		return func() {}
	}
	return o.Progress(label, total)
}

// Run trains a network and returns what a page shows of it: the network alone
// or, if c has faults, the right one and then the one with them, on the same
// data and draws. When ctx ends, the page is of what there is by then; the
// result of each network tells, and also if it diverged. An error says in one
// line what of c and o does not go together, or is a *TooLargeError.
func Run(ctx context.Context, c experiment.Config, o Options) (Model, []experiment.Result, error) {
	if err := o.check(c); err != nil {
		return Model{}, nil, err
	}
	wanted := map[int]bool{}
	steps := o.Steps
	if steps == nil {
		steps = spread(c.Steps-1, candidates(c))
	}
	for _, n := range steps {
		wanted[n] = true
	}
	var trainings []*training
	var differs *Place
	if len(c.Faults) == 0 {
		trainings = []*training{train(ctx, c, wanted, nil, o.progress("training", c.Steps))}
	} else {
		right := c
		right.Faults = nil
		var wrong *training
		wrong, differs = mistaken(ctx, c, right, wanted, o.progress("training", c.Steps))
		if wrong.result.Interrupted() {
			right.Steps = wrong.result.Steps // it goes as far
		}
		wanted[wrong.last()] = true
		trainings = []*training{train(context.Background(), right, wanted, nil, func() {}), wrong}
	}

	d := trainings[0].exp.Data
	m := Model{Layers: slices.Concat([]int{d.TrainX.Cols}, c.Hidden, []int{c.Settings().Outputs(len(d.Classes))}),
		Features: numbered(d.Features), Classes: d.Classes, Planar: d.TrainX.Cols == 2, Differs: differs}
	k := newKeeper(trainings, o.Samples, differs)
	where := k.places()
	m.Points = where.points()
	var results []experiment.Result
	var nets []*series
	var must []int
	for i, l := range trainings {
		l.next = trainings[len(trainings)-1].moves()
		p := picture{training: l, places: where, frame: m.Points.frame(), planar: m.Planar}
		if i == 1 {
			p.right = trainings[0]
		}
		nets = append(nets, &series{steps: l.steps, source: l.source, kept: k.kept, place: where.place, draw: p.draw})
		if o.Steps == nil || l.result.Err != nil {
			must = append(must, l.last())
		}
		m.Nets = append(m.Nets, Net{Name: name(c, i, len(trainings)), Note: lang.Sentences(note(c, i), ending(l.result)), Explain: o.Explain[i], Curve: curve(l.result)})
		results = append(results, l.result)
	}
	if differs != nil {
		must = append(must, differs.Step)
	}
	q := request{room: room(m), done: o.progress("storing", 0), asked: o.Steps, must: must, spread: func(there []int, count int) []int {
		return nearest(spread(there[len(there)-1], count), there)
	}}
	plan, err := q.fit(nets)
	if err != nil {
		return Model{}, nil, o.explain(err, c)
	}
	for i := range m.Nets {
		m.Nets[i].put(plan.steps[i], plan.built[i])
	}
	return m, results, nil
}

// name is what network i of n is called.
func name(c experiment.Config, i, n int) lang.Text {
	switch {
	case n == 1:
		return lang.T("the network in training")
	case i == 0:
		return lang.T("the right network")
	}
	return lang.T("with %s", lang.And(faultNames(c)...))
}

func faultNames(c experiment.Config) []lang.Text {
	var names []lang.Text
	for _, f := range c.Faults {
		names = append(names, lang.Same(f.Name))
	}
	return names
}

// note says what is wrong with the second network.
func note(c experiment.Config, i int) lang.Text {
	if i == 0 {
		return lang.Text{}
	}
	var docs []lang.Text
	for _, f := range c.Faults {
		docs = append(docs, lang.T("%s.", lang.Of(message.New(f.Doc)).Capital()))
	}
	return lang.Sentences(docs...)
}

// ending says why a run that diverged came to its end.
func ending(r experiment.Result) lang.Text {
	var bad *nn.NonFiniteError
	switch {
	case errors.As(r.Err, &bad):
		return lang.T("It diverged: in step %d an element of %s became %v, and there it ends.", bad.Step, bad.Tensor, bad.Value)
	case r.Err != nil && !r.Interrupted():
		return lang.T("It diverged: after %d steps its predictions were no numbers any more.", r.Steps)
	}
	return lang.Text{}
}

// put puts steps into the network, and layouts that are alike once.
func (n *Net) put(steps []int, made map[int]built) {
	for _, k := range steps {
		b := made[k]
		at := slices.IndexFunc(n.Layouts, func(l []Tensor) bool { return reflect.DeepEqual(l, b.layout) })
		if at < 0 {
			at = len(n.Layouts)
			n.Layouts = append(n.Layouts, b.layout)
		}
		b.step.Layout = at
		n.Steps = append(n.Steps, b.step)
	}
}

// curvePoints are as many evaluations as a curve shows.
const curvePoints = 600

// curve takes the evaluations of a run.
func curve(r experiment.Result) Curve {
	c := Curve{Step: []int{}}
	for _, i := range experiment.Evenly(len(r.Evals), curvePoints) {
		v := r.Evals[i]
		c.Step = append(c.Step, v.Step)
		c.Loss = append(c.Loss, v.Loss/float64(v.Rows))
		c.Train, c.Test = append(c.Train, v.TrainAccuracy), append(c.Test, v.TestAccuracy)
	}
	return c
}

// numbered are the features' names with a number where they would be taken for
// tensors, which are called x and y.
func numbered(features []string) []string {
	names := slices.Clone(features)
	for i, name := range names {
		if name == "x" || name == "y" {
			names[i] = "x" + strconv.Itoa(i)
		}
	}
	return names
}
