package program

import (
	"slices"

	"glassbox/nn/message"
)

// checkKeeps tells of moments that keep of themselves what the gradient should enter
// with, and of velocities that keep all.
func (j *judge) checkKeeps(fits []*updateFit) []updateFault {
	for _, f := range fits {
		for _, st := range []*stateHistory{f.velocity, f.squares} {
			if st == nil || st.fit == nil || st.fit.largest || st.fit.mean || st.fit.past || len(f.h.steps) < 4 || len(st.values[0].Data) < 2 {
				continue
			}
			last := len(st.nodes) - 1
			name, kept := j.bestName(st.nodes[last]), st.fit.decay
			switch {
			case st == f.velocity && alike(kept, 1, 1e-9):
				fault := updateFault{weight: 1, node: st.nodes[last], sure: true,
					text: message.New("`%s` keeps all of what it was, so that the gradients of all steps so far are in each: a velocity keeps a part of itself, 0.9 of it say", name)}
				if slices.ContainsFunc(fits, func(o *updateFit) bool { return o.velocity == nil && o.squares == nil }) {
					fault.text, fault.cause = message.New("the gradient is added to that of the steps before: `%s` is never cleared", name), "gradient-accumulated"
				}
				return []updateFault{fault}
			case kept > 0 && kept < 0.4:
				if c, node := j.complement(f.h.steps[last-1], f.h.p, st, kept); node >= 0 {
					return []updateFault{{weight: 4, node: node, coarse: true, sure: true,
						text: message.New("`%s` keeps 1 - %s = %s of what it was and forgets the rest in each step", name, figure(c), figure(kept)),
						fix:  message.New("%s should be kept", figure(c))}}
				}
			}
		}
	}
	return nil
}

// complement finds, in the last update of parameter p, the product of a state as it was
// with a number that is 1 - c, and c; its node is -1 where there is none.
func (j *judge) complement(s *step, p int, st *stateHistory, kept float64) (c float64, node int) {
	last := len(st.nodes) - 1
	for _, q := range slices.Backward(s.region[p]) {
		if q > st.nodes[last] || j.op[q] != "mul" || j.size[q] != len(st.values[0].Data) {
			continue
		}
		for k, u := range j.in[q] {
			r, old := j.root(u), j.val(j.in[q][1-k])
			if j.size[u] == 1 && j.op[r] == "sub" && j.scalar(j.in[r][0]) == 1 && alike(j.scalar(u), kept, 1e-6) && old != nil && near(old, st.values[last-1], 1e-12) {
				return j.scalar(j.in[r][1]), q
			}
		}
	}
	return 0, -1
}

// forgotten finds a gradient that is kept where, in the same function, another parameter's
// velocity is, and of which nothing is read in the next step.
func (j *judge) forgotten(fits []*updateFit) []updateFault {
	for _, f := range fits {
		made := j.g.Site(j.root(f.h.made[len(f.h.made)-1]))
		if f.velocity != nil || f.squares != nil || len(f.h.steps) < 3 || made == nil {
			continue
		}
		for _, o := range fits {
			other := j.g.Site(j.root(o.h.made[len(o.h.made)-1]))
			if o.velocity == nil || other == nil || other.Func != made.Func || other.File != made.File {
				continue
			}
			for _, k := range j.kept {
				if k.kind != "store" || k.site < 0 || j.g.Sites[k.site].Func != made.Func || !slices.ContainsFunc(f.h.grads, func(g *gradientSite) bool { return slices.Contains(g.nodes, k.node) }) {
					continue
				}
				if name := j.g.Sites[k.site].Target; name != "" {
					return []updateFault{{weight: 1, node: k.node, site: k.site, sure: true, text: message.New("`%s` is the gradient alone and keeps nothing of what it was, as `%s` does", name, j.bestName(o.velocity.nodes[len(o.velocity.nodes)-1]))}}
				}
			}
		}
	}
	return nil
}

// borrowed finds that the update of a parameter takes the state by which another steps.
func (j *judge) borrowed(h *history, fits []*updateFit) *updateFault {
	for _, st := range h.states {
		for _, f := range fits {
			if f.h.p == h.p || f.velocity == nil && f.squares == nil {
				continue
			}
			for _, o := range []*stateHistory{f.velocity, f.squares} {
				if o == nil || !slices.ContainsFunc(st.nodes, func(q int) bool { return slices.Contains(o.nodes, q) }) {
					continue
				}
				for _, q := range h.steps[len(h.steps)-1].region[h.p] {
					if slices.ContainsFunc(j.in[q], func(u int) bool { return slices.Contains(o.nodes, u) }) {
						name := j.bestName(o.nodes[len(o.nodes)-1])
						return &updateFault{weight: 5, node: q, sure: true, text: message.New("the step of `%s` is made of `%s`, which `%s` steps by", j.names[h.p], name, j.names[f.h.p])}
					}
				}
			}
		}
	}
	return nil
}
