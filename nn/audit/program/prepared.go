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
	f.scaledByItself(batches[0], f.before(xs, nil))
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

// scaledByItself finds samples that are only evaluated and of which their own mean
// is taken away, as that of the training's is of theirs.
func (f *forward) scaledByItself(b *batch, from []bool) {
	train, test := -1, -1
	for q := range b.use {
		if f.op[q] != "sub" || len(f.in[q]) != 2 || f.moves[q] || len(f.shapes[q]) != 2 {
			continue
		}
		of, m := f.in[q][0], f.in[q][1]
		if f.op[m] != "mean" || f.attr(m) == nil || f.attr(m).Axis == nil || !f.sameRows(f.in[m][0], of) {
			continue
		}
		if from[q] {
			train = q
		} else if f.onlyEvaluated(q) {
			test = q
		}
	}
	if train < 0 || test < 0 || f.sameRows(f.in[train][0], f.in[test][0]) || !slices.Equal(f.shapes[f.in[train][1]], f.shapes[f.in[test][1]]) {
		return
	}
	f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "scaled by itself", Text: message.New("the mean of these rows, which are only evaluated, is their own, and that of the rows trained on is theirs (%s): a sample is then another input in the test than in training; scale both by the training's", f.where(train))}, at(test)})
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
		is = is || made[i] && f.moves[i] && contractions[f.op[i]]
	}
	return is
}
