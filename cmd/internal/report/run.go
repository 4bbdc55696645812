package report

import (
	"context"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/parallel"
	"glassbox/cmd/internal/part1"
	"glassbox/cmd/internal/part2"
	"glassbox/cmd/internal/stat"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
)

// A Network is one trained network of the work.
type Network struct {
	*part2.Run
	plan
	Probes []Probe
}

// A Probe is the loss that each of all training rows has at a step, as it is in
// training: what the loss of one row, which a run on single rows shows, is a
// draw of.
type Probe struct {
	Step int     `json:"step"`
	Mean float64 `json:"mean"` // over the rows
	SD   float64 `json:"sd"`
}

// A Work is all that was run.
type Work struct {
	Config
	Perceptron *part1.Run // nil unless all of the five tests were run
	Orders     *Orders    // nil with it
	Networks   []*Network // with Seed, as far as they came to their end
	Further    map[string][]experiment.Result
	Audits     map[string]audit.Verdict // of full-reported and full-right
	Cut        bool                     // the context ended before everything was done
}

// A Stage is told that some work begins, of so many units, and returns what is
// told of units done, from any goroutine.
type Stage func(label, unit string, total int) (tick func(n int))

// traceSteps are the steps that the audit judges.
var traceSteps = []int{0, 1, 2}

// Run does all the work, on all cores. When ctx ends it returns ctx's error and
// what was done by then: no half of a run. Another error is one that no
// settings should lead to.
func (c Config) Run(ctx context.Context, stage Stage) (*Work, error) {
	w := &Work{Config: c, Further: map[string][]experiment.Result{}, Audits: map[string]audit.Verdict{}}
	if err := w.perceptron(ctx, stage); err != nil && ctx.Err() == nil {
		return nil, err
	}
	if ctx.Err() == nil {
		w.networks(ctx, stage)
	}
	w.Cut = ctx.Err() != nil && !w.complete()
	if w.Cut {
		return w, ctx.Err()
	}
	return w, nil
}

// complete reports whether all is there.
func (w *Work) complete() bool {
	for _, p := range w.plans() {
		if p.spread && len(w.Further[p.name]) < w.Config.networks() {
			return false
		}
	}
	return w.Perceptron != nil && !w.Perceptron.Cut && len(w.Networks) == len(w.plans()) && len(w.Audits) == 2
}

// perceptron does Part I.
func (w *Work) perceptron(ctx context.Context, stage Stage) error {
	c := w.Config.perceptron()
	tick := stage("Part I", "draws", len(c.Setups)*c.Seeds)
	run, err := c.Run(ctx, func() { tick(1) })
	if run == nil || len(run.Tests) < len(c.Setups) {
		return err
	}
	orders, failed := newOrders(context.WithoutCancel(ctx), c, run)
	if failed != nil {
		return failed
	}
	w.Perceptron, w.Orders = run, orders
	return err
}

// A job is one network to be trained: a plan's own, or with a further seed.
type job struct {
	plan   int
	seed   int // 0 is the plan's own, 1 the first further one
	config experiment.Config
}

func (w *Work) jobs(plans []plan) []job {
	var own, further []job
	for i, p := range plans {
		own = append(own, job{i, 0, p.config})
		if p.spread {
			for k, c := range w.Config.further(p) {
				further = append(further, job{i, k + 1, c})
			}
		}
	}
	return append(own, further...)
}

// networks does all of Parts II and III, and the audit.
func (w *Work) networks(ctx context.Context, stage Stage) {
	plans := w.plans()
	jobs := w.jobs(plans)
	total := 0
	for _, j := range jobs {
		total += j.config.Steps
	}
	tick := stage("networks", "steps", total)
	audited := []string{fullReported, fullRight}
	verdicts := make([]*audit.Verdict, len(audited))
	own, further := make([]*Network, len(plans)), make([]*experiment.Result, len(jobs))
	defer mat.SetThreads(mat.SetThreads(1)) // the runs share the cores, not their products
	_ = parallel.Do(ctx, len(audited)+len(jobs), func(i int) {
		if i < len(audited) {
			if t, err := experiment.Trace(w.experiment(audited[i]), traceSteps, ctx.Err); err == nil {
				verdicts[i] = new(audit.Compare(t))
			}
			return
		}
		i -= len(audited)
		j := jobs[i]
		if j.seed == 0 {
			own[j.plan] = train(ctx, plans[j.plan], tick)
			return
		}
		e := experiment.New(j.config)
		if r := e.Run(ctx, nil, counted(tick, j.config.Steps)); r.Err == nil {
			further[i] = &r
		}
	})
	for i, name := range audited {
		if verdicts[i] != nil {
			w.Audits[name] = *verdicts[i]
		}
	}
	w.Networks = slices.DeleteFunc(own, func(n *Network) bool { return n == nil })
	for i, j := range jobs {
		if further[i] != nil {
			w.Further[plans[j.plan].name] = append(w.Further[plans[j.plan].name], *further[i])
		}
	}
}

// counted tells tick of the steps of a run of so many, a hundred at a time.
func counted(tick func(n int), steps int) func(done int) {
	const often = 100
	return func(done int) {
		switch {
		case done%often == 0:
			tick(often)
		case done == steps:
			tick(done % often)
		}
	}
}

// train trains a plan's own network; nil when it does not come to its end.
func train(ctx context.Context, p plan, tick func(n int)) *Network {
	n := &Network{Run: part2.New(experiment.New(p.config), experiment.Result{}), plan: p}
	n.Name = p.name
	n.Result = n.Exp.Run(ctx, func(v experiment.Eval) {
		if slices.Contains(p.probes, v.Step) {
			n.Probes = append(n.Probes, probe(n.Exp, v.Step))
		}
	}, counted(tick, p.config.Steps))
	if n.Result.Err != nil {
		return nil
	}
	return n
}

// probe takes the loss of every training row, as the network has it in training.
func probe(e *experiment.Experiment, step int) Probe {
	p := e.Loops(e.Net.Params()).Forward(e.Data.TrainX, e.Data.TrainY)
	losses := make([]float64, p.Rows)
	for i, label := range e.Data.TrainLabels {
		losses[i] = -mat.Log(p.At(i, label) + nn.Epsilon)
	}
	over := stat.Of(losses)
	return Probe{step, over.Mean, over.SD}
}

// network returns a run by its name, or nil.
func (w *Work) network(name string) *Network {
	i := slices.IndexFunc(w.Networks, func(n *Network) bool { return n.Name == name })
	if i < 0 {
		return nil
	}
	return w.Networks[i]
}

// Progress says how far an interrupted work came.
func (w *Work) Progress() lang.Text {
	if w.Perceptron != nil && w.Perceptron.Cut {
		return w.Perceptron.Progress()
	}
	done := len(w.Networks)
	for _, list := range w.Further {
		done += len(list)
	}
	return lang.T("Part I and %d of %d trainings of networks were done", done, len(w.jobs(w.plans())))
}
