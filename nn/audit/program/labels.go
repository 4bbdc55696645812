package program

import (
	"slices"

	"glassbox/nn/message"
)

// Labels: which values are, and what is wrong with them.

// column reports that q has one number for each row of p, which has several.
func (v *view) column(q, p int) bool {
	a, b := v.shapes[q], v.shapes[p]
	return len(a) == 2 && len(b) == 2 && a[0] == b[0] && a[1] == 1 && b[1] > 1
}

// mismatched finds batches whose labels are those of other samples. Rows and
// labels are compared in two arrays that were there at one time; what was made
// of rearranged data knows of it.
func (f *forward) mismatched(b *batch) {
	if b.against < 0 || len(b.seen) == 0 || len(b.from[0].rows) < 4 {
		return
	}
	for i := len(b.from) - 1; i >= 0; i-- {
		for k := len(b.seen) - 1; k >= 0; k-- {
			x, y := b.from[i], b.seen[k]
			if x.node == y.node || f.shapes[x.node][x.axis] != f.shapes[y.node][y.axis] || i == 0 && k == 0 {
				continue
			}
			if i > 0 && b.from[i-1].node < y.node || k > 0 && b.seen[k-1].node < x.node {
				continue
			}
			labels := f.samples(y.node, y.axis)
			if slices.Equal(x.rows, y.rows) || slices.Equal(f.shapes[x.node], f.shapes[y.node]) && (!repeat(labels) || repeat(f.samples(x.node, x.axis))) && (follow(x.rows) || !follow(y.rows)) {
				return // or the next of a sequence
			}
			wrong := 0
			for r := range x.rows {
				wrong += b2i(labels == nil || labels[x.rows[r]] != labels[y.rows[r]])
			}
			if labels == nil || wrong == 0 {
				return
			}
			p := at(f.parting(b.from[:i+1], b.seen[:k+1]))
			if f.op[p.node] == "setitem" { // classes are handed to what encodes them
				p = f.handedOn(p.node, b.x)
			}
			f.error(b.step.k, "other rows' labels", p, message.New("`%s` and `%s` are not of the same samples: %d of %d rows have the label of another row", f.nameIn(b.x, b.use), f.labelName(b), wrong, len(x.rows)))
			return
		}
	}
}

// labelName is what the program calls the labels.
func (f *forward) labelName(b *batch) message.Text {
	if k := slices.Index(f.in[b.against], b.y); k >= 0 {
		return f.operand(b.against, k)
	}
	return f.nameOf(b.y)
}

// labels holds the labels against the probabilities beside them.
func (f *forward) labels(b *batch) {
	if b.against < 0 || len(f.shapes[b.p]) != 2 {
		return
	}
	p, y := f.val(b.p), f.val(b.y)
	if p == nil || y == nil {
		return
	}
	rows, columns := oneSums(p, 1), oneSums(p, 0)
	n, c := p.Shape[0], p.Shape[1]
	if f.op[b.against] == "gather" {
		// One value of each sample is picked by its class.
		by := f.attr(b.against).By
		axis := slices.Index(by, b.y)
		if along := axis == 0 && columns || axis == 1 && rows; len(by) == 2 && axis >= 0 && n > 1 && c > 1 && !along && (rows || columns) {
			f.wrongAxis(b, p, axis)
		}
		return
	}
	if f.column(b.y, b.p) {
		if rows && counts(y) {
			f.error(b.step.k, "labels not encoded", at(b.against), message.New("`%s` is a column of class numbers, %d×1, and `%s` has %d probabilities in each row: the number is taken from every one of them; encode the classes as %d columns, one of them 1", f.nameIn(b.y, b.against), n, f.nameIn(b.p, b.against), c, c))
		}
		return
	}
	if !slices.Equal(p.Shape, y.Shape) || n < 2 || c < 2 {
		return
	}
	axis := 1 - b.yAxis                                             // of the classes
	if oneHot(y, axis) || oneSums(y, axis) && !oneSums(y, 1-axis) { // smoothed labels too
		total := 0.0
		for _, v := range p.Data {
			if !(v >= 0) {
				return
			}
			total += v
		}
		along, across := rows, columns
		if axis == 0 {
			along, across = columns, rows
		}
		switch {
		case along || oneHot(y, 1-axis):
		case across:
			f.wrongAxis(b, p, axis)
		case alike(total, 1, 1e-6):
			f.error(b.step.k, "the wrong axis", f.normalised(b), message.New("the probabilities of a sample do not sum to 1 (those of the first to %s), but those of the whole batch do: the sum is taken over all axes and should be over axis %d", figure(sumAlong(p, axis)[0]), axis))
		}
		return
	}
	// Rows without a class, where a class is never set.
	base := b.seen[len(b.seen)-1]
	all := f.val(base.node)
	if all == nil || len(all.Shape) != 2 || !(rows && axis == 1 || columns && axis == 0) {
		return
	}
	of := 1 - base.axis
	var zero int
	for _, s := range sumAlong(all, of) {
		if s != 0 && s != 1 {
			return
		}
		zero += b2i(s == 0)
	}
	unused := slices.Index(sumAlong(all, base.axis), 0)
	if m := all.Shape[base.axis]; zero > 0 && unused >= 0 && m >= 5*c {
		f.error(b.step.k, "labels without a class", at(base.node), message.New("%d of %d labels in `%s` are all zero, and column %d is never 1: the classes are numbered from 1 and encoded from 0, or there are more of them than columns", zero, m, f.nameIn(b.y, b.against), unused))
		f.told[f.key(b.against)] = true
	}
}

// wrongAxis tells of probabilities whose classes are on one axis and that sum to 1
// over the other.
func (f *forward) wrongAxis(b *batch, p *array, axis int) {
	f.error(b.step.k, "the wrong axis", f.normalised(b), message.New("the probabilities of a sample do not sum to 1 (those of the first to %s), but those of a class over the whole batch do: the sum is taken over axis %d and should be over axis %d", figure(sumAlong(p, axis)[0]), 1-axis, axis))
}

// normalised is where probabilities are divided by their sum.
func (f *forward) normalised(b *batch) place {
	f.told[f.key(b.against)] = true
	q := b.p
	for range 4 {
		if f.op[q] == "div" || f.op[q] == "softmax" || len(f.in[q]) == 0 {
			break
		}
		q = f.in[q][0]
	}
	return at(q)
}

// sumAlong sums a matrix over an axis.
func sumAlong(a *array, axis int) []float64 {
	c := a.Shape[1]
	out := make([]float64, a.Shape[1-axis])
	for e, v := range a.Data {
		if axis == 1 {
			out[e/c] += v
		} else {
			out[e%c] += v
		}
	}
	return out
}

// oneSums reports that all sums over an axis are 1 within rounding, of numbers
// none of which is negative.
func oneSums(a *array, axis int) bool {
	if len(a.Shape) != 2 || slices.ContainsFunc(a.Data, func(x float64) bool { return !(x >= 0) }) {
		return false
	}
	return !slices.ContainsFunc(sumAlong(a, axis), func(s float64) bool { return !alike(s, 1, 1e-4) })
}

// oneHot reports that each slice along an axis has one 1 and zeros.
func oneHot(a *array, axis int) bool {
	if slices.ContainsFunc(a.Data, func(x float64) bool { return x != 0 && x != 1 }) {
		return false
	}
	return !slices.ContainsFunc(sumAlong(a, axis), func(s float64) bool { return s != 1 })
}

// counts reports that all numbers are integers, 0 or more.
func counts(a *array) bool {
	return !slices.ContainsFunc(a.Data, func(x float64) bool { return x < 0 || x != float64(int(x)) })
}
