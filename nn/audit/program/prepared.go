package program

import (
	"slices"

	"glassbox/nn/message"
)

// prepared looks at how the samples were made ready before the first step.
func (f *forward) prepared(batches []*batch) {
	if len(batches) == 0 {
		return
	}
	var xs []int
	for _, b := range batches {
		xs = append(xs, b.x)
	}
	f.reshaped(batches[0], f.before(xs, nil))
}

// reshaped finds samples in the columns of an array that was reshaped to have them
// in its rows: the numbers stay in their order, and features of several samples
// come into one.
func (f *forward) reshaped(b *batch, from []bool) {
	for q := range b.use {
		if !from[q] || f.op[q] != "gather" || len(f.in[q]) != 1 {
			continue
		}
		to, of := f.shapes[q], f.shapes[f.in[q][0]]
		if len(to) != 2 || len(of) != 2 || to[0] != of[1] || to[1] != of[0] || to[0] == to[1] || min(to[0], to[1]) < 2 {
			continue
		}
		index := f.index(q) // none of a large array's
		kept := len(index) == f.size[q]
		for e, i := range index {
			kept = kept && int(i) == e+1
		}
		if kept && to[b.axis] > to[1-b.axis] {
			f.later = append(f.later, remark{Finding{Severity: "warning", Step: b.step.k, Relation: "reshaped", Text: message.New("reshaping %d×%d to %d×%d keeps the numbers in their order and mixes the features of samples: the transpose is meant where each column was a sample", of[0], of[1], to[0], to[1])}, at(q)})
			return
		}
	}
}

// A centring takes a mean of rows away.
type centring struct {
	node, rows, mean int
	by               int     // the next that is made of it, if by a statistic: -1 for none
	deviation        *array  // that statistic
	from             []level // where the rows come from
	trained          bool    // steps are made of it
}

// scaled looks at how samples that are only evaluated were centred and scaled, beside
// those that are trained on.
func (f *forward) scaled(batches []*batch) {
	if len(batches) == 0 {
		return
	}
	var xs []int
	for _, b := range batches {
		xs = append(xs, b.x)
	}
	from := f.before(xs, nil)
	var train, other []*centring
	for q := range batches[0].use {
		if f.op[q] != "sub" || len(f.in[q]) != 2 || f.moves[q] || len(f.shapes[q]) != 2 {
			continue
		}
		c := &centring{node: q, rows: f.in[q][0], mean: f.in[q][1], by: -1, trained: from[q]}
		if a := f.attr(c.mean); f.op[c.mean] != "mean" || len(a.Axis) != 1 || f.size[c.mean] == 1 {
			continue
		}
		c.from = f.origins(c.rows, f.attr(c.mean).Axis[0])
		for _, i := range f.cons[q] {
			if o := f.op[i]; (o == "div" || o == "mul") && f.in[i][0] == q && f.size[f.in[i][1]] == f.size[c.mean] {
				c.by, c.deviation = i, f.val(f.in[i][1])
			}
		}
		if c.trained {
			train = append(train, c)
		} else {
			other = append(other, c)
		}
	}
	for _, t := range train {
		for _, o := range other {
			if slices.Equal(f.shapes[t.mean], f.shapes[o.mean]) && f.scaledApart(t, o) {
				return
			}
		}
	}
}

// scaledApart tells of rows that are only evaluated where their own mean is taken away,
// or they are not divided as those trained on; and of a mean that is of both, where it
// is only taken once they are apart.
func (f *forward) scaledApart(t, o *centring) bool {
	own := func(c *centring) bool { return f.sameRows(f.in[c.mean][0], c.rows) }
	switch {
	case own(t) && own(o):
		if f.sameRows(t.rows, o.rows) || !f.onlyEvaluated(o.node) {
			return false
		}
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "scaled by itself", Text: message.New("the mean of these rows, which are only evaluated, is their own, and that of the rows trained on is theirs (%s): a sample is then another input in the test than in training; scale both by the training's", f.where(t.node))}, at(o.node)})
		return true
	case !f.sameRows(t.mean, o.mean):
		return false
	case !own(t):
		all := f.root(f.in[t.mean][0])
		a, b := levelOf(t.from[1:], all, f.view), levelOf(o.from[1:], all, f.view)
		if a == nil || b == nil || len(a.rows) == f.shapes[all][a.axis] || slices.ContainsFunc(a.rows, func(r int) bool { return slices.Contains(b.rows, r) }) {
			return false
		}
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "scaled by the test's", Text: message.New("`%s` is the mean of all %d rows, of which %d are trained on: what is to be unknown until the test (%s) is in it; take the mean of the rows trained on", f.nameIn(t.mean, t.node), f.shapes[all][a.axis], len(a.rows), f.where(o.node))}, at(t.mean)})
		return true
	case t.by >= 0 && o.by < 0 && f.onlyEvaluated(o.node) && f.taken(o.node):
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "scaled otherwise", Text: message.New("these rows, which are only evaluated, are not scaled by `%s` as those trained on are (%s)", f.nameIn(f.in[t.by][1], t.by), f.where(t.by))}, at(o.node)})
		return true
	case t.by >= 0 && o.by >= 0 && f.op[t.by] != f.op[o.by] && t.deviation != nil && o.deviation != nil && slices.Equal(t.deviation.Data, o.deviation.Data):
		if f.op[t.by] == "div" {
			t, o = o, t
		}
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "scaled otherwise", Text: message.New("here rows are multiplied by `%s`, and others of the same data (%s) divided by it", f.nameIn(f.in[t.by][1], t.by), f.where(o.by))}, at(t.by)})
		return true
	}
	return false
}

// levelOf is the place of rows in an array that they come from, nil where they do not.
func levelOf(from []level, q int, v *view) *level {
	for i := range from {
		if v.root(from[i].node) == q {
			return &from[i]
		}
	}
	return nil
}

// taken reports that a value meets the network as it is.
func (f *forward) taken(q int) bool {
	return slices.ContainsFunc(f.cons[q], func(c int) bool {
		return contractions[f.op[c]] && f.moves[c] || f.alias[c] && f.taken(c)
	})
}

// sameRows reports that two values are one, or hold the same numbers.
func (f *forward) sameRows(p, q int) bool {
	if p == q || !slices.Equal(f.shapes[p], f.shapes[q]) {
		return p == q
	}
	a, b := f.val(p), f.val(q)
	return a != nil && b != nil && slices.Equal(a.Data, b.Data)
}

// onlyEvaluated reports that the network is run over what a value becomes, and no
// parameter is made of it.
func (f *forward) onlyEvaluated(q int) (is bool) {
	made := f.after([]int{q}, nil)
	for _, c := range f.params {
		if slices.ContainsFunc(c[1:], func(x int) bool { return made[x] }) {
			return false
		}
	}
	for i := q; i < f.n; i++ {
		is = is || made[i] && contractions[f.op[i]] && (f.moves[i] || slices.ContainsFunc(f.in[i], func(w int) bool {
			return f.op[w] == "leaf" && w >= f.g.End.Behind && slices.ContainsFunc(f.params, func(c chain) bool { return slices.Equal(f.shapes[w], f.shapes[c[0]]) })
		})) // or what was kept of its parameters
	}
	return is
}
