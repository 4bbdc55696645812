package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// Units that are dropped at random (Srivastava et al., Dropout, 2014).

// evaluatedDropout tells of units that are dropped at random in an evaluation as
// they are in training. The mean of several such passes is another thing (Gal and
// Ghahramani, Dropout as a Bayesian Approximation, 2016).
func (f *forward) evaluatedDropout(e *evaluation, trained []bool) {
	for i := e.from; i < e.at; i++ {
		if !e.made[i] {
			continue
		}
		m := f.drawnMask(i, e.from)
		if m < 0 {
			continue
		}
		if k := slices.IndexFunc(f.executions(i), func(q int) bool { return trained[q] && f.drawnMask(q, 0) >= 0 }); k >= 0 {
			dropped := 0
			for _, v := range f.val(m).Data {
				dropped += b2i(v == 0)
			}
			f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "dropout in an evaluation", Text: message.New("%d of %d elements of `%s` (%s) are 0 at random in an evaluation, as they are in training: what is evaluated is not the whole network", dropped, f.size[m], f.nameIn(m, i), f.where(i))}, f.calledApart(i, f.executions(i)[k])})
			return
		}
	}
}

// oddlyScaledDropout tells of units that are dropped in training, with the others scaled
// by another number than 1 over the share that is kept: what they add up to is then
// another than without the draws.
func (f *forward) oddlyScaledDropout(steps []*step) {
	type drawn struct {
		kept, of, most float64 // of all draws there
		at, times      int
	}
	sites := map[int]*drawn{}
	var order []*drawn
	for _, s := range steps {
		last := slices.Max(s.was)
		for i := s.begin; i < min(s.hi, s.view.n); i++ {
			if !s.forward[i] || !s.update[i] {
				continue
			}
			m := f.drawnMask(i, last)
			if m < 0 || f.size[m] != f.size[i] || !f.entersProduct(i) {
				continue
			}
			d, v := sites[f.site[i]], f.val(m)
			if d == nil {
				d = &drawn{most: slices.Max(v.Data), at: i}
				sites[f.site[i]], order = d, append(order, d)
			}
			if slices.Max(v.Data) != d.most {
				d.most = 1 // which depends on the draws
			}
			for _, x := range v.Data {
				d.kept += float64(b2i(x != 0))
			}
			d.of += float64(f.size[m])
			d.times++
		}
	}
	for _, d := range order {
		share := d.kept / d.of
		if d.times < 2 || d.most == 1 || share == 1 || math.Abs(share-1/d.most) < 5*math.Sqrt(share*(1-share)/d.of) {
			continue
		}
		m := f.in[d.at][b2i(!f.moves[f.in[d.at][1]])]
		f.later = append(f.later, remark{Finding{Severity: "error", Relation: "dropout's factor", Text: message.New("of `%s` %s are kept, times %s: without the draws they add up to %s times as much; the factor of what is kept is 1 over its share", f.nameIn(m, d.at), figure(share), figure(d.most), figure(1/(share*d.most)))}, at(f.root(m))})
		return
	}
}

// entersProduct reports that a product of matrices is made of a value, perhaps behind
// functions of each element.
func (f *forward) entersProduct(i int) bool {
	for q, in := range f.after([]int{i}, nil) {
		if in && contractions[f.op[q]] {
			return true
		}
	}
	return false
}

// unscaledDropout tells of units that are dropped in training, with the others left as
// they are, where an evaluation takes all of them as they are too: neither has the share
// that is kept for a factor.
func (f *forward) unscaledDropout(batches []*batch, list []*evaluation) {
	if len(batches) < 2 {
		return
	}
	s := batches[len(batches)-1].step
	last := slices.Max(s.was)
	for i := s.begin; i < min(s.hi, s.view.n); i++ {
		if !s.forward[i] || !s.update[i] {
			continue
		}
		m := f.drawnMask(i, 0)
		if m < 0 || slices.Max(f.val(m).Data) != 1 {
			continue
		}
		anew := false // in each step, not once as data are
		for q, in := range f.before([]int{m}, nil) {
			anew = anew || in && q > last && random(f.op[q])
		}
		if !anew {
			continue
		}
		x := f.root(f.in[i][b2i(f.in[i][0] == m)])
		kept := 0.0
		for _, v := range f.val(m).Data {
			kept += v / float64(f.size[m])
		}
		off := 5 * math.Sqrt(kept*(1-kept)/float64(f.size[m]))
		for q, in := range f.before([]int{m}, nil) {
			if in && f.op[q] == "cmp" { // with the share that is meant
				for _, u := range f.in[q] {
					for _, c := range []float64{f.scalar(u), 1 - f.scalar(u)} {
						if f.size[u] == 1 && math.Abs(c-kept) <= off {
							kept, off = c, 1e-9
						}
					}
				}
			}
		}
		scaled := func(q int) bool {
			o := f.op[q]
			return (o == "mul" || o == "div") && slices.ContainsFunc(f.in[q], func(u int) bool {
				v := f.scalar(u)
				return f.size[u] == 1 && v != 0 && (math.Abs(v-kept) <= off || math.Abs(1/v-kept) <= off)
			})
		}
		after, done := f.after([]int{i}, nil), false
		for q := s.begin; q < min(s.hi, s.view.n); q++ {
			done = done || s.forward[q] && (after[q] || f.size[q] == f.size[x] && q < i) && scaled(q)
		}
		for _, e := range list {
			passes, other := false, done
			for q := e.from; q <= e.at && !other; q++ {
				if e.made[q] {
					passes = passes || f.site[q] == f.site[x] && f.op[q] == f.op[x]
					other = scaled(q) || f.drawnMask(q, 0) >= 0
				}
			}
			if passes && !other {
				f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "dropout without its factor", Text: message.New("`%s` is 0 or 1 here, and an evaluation (%s) takes every unit as it is: what they add up to is 1/%s times as much there as in training; divide by the share that is kept, or multiply the units by it in evaluations", f.nameIn(m, i), f.where(e.at), figure(kept))}, at(f.root(m))})
				return
			}
		}
	}
}

// drawnMask is what a value that moves is multiplied by where that is 0 and one
// other number, drawn behind a node; -1 where it is not.
func (f *forward) drawnMask(i, behind int) int {
	if f.op[i] != "mul" && f.op[i] != "div" || len(f.in[i]) != 2 {
		return -1
	}
	for k, m := range f.in[i] {
		x := f.in[i][1-k]
		if f.moves[m] || !f.moves[x] || f.size[m] < 2 || f.size[m] > f.size[x] || f.op[i] == "div" && k == 1 {
			continue
		}
		a := f.val(m)
		if a == nil || !slices.Contains(a.Data, 0) {
			continue
		}
		if most := slices.Max(a.Data); slices.ContainsFunc(a.Data, func(v float64) bool { return v != 0 && v != most }) {
			continue
		}
		for q, in := range f.before([]int{m}, nil) {
			if in && random(f.op[q]) && f.size[q] == f.size[m] && (q > behind || len(f.executions(q)) > 1) {
				return m
			}
		}
	}
	return -1
}
