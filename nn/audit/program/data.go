package program

import (
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A level is one array on the way from the samples that a step computes with
// back to where they come from, with the place of each sample in it.
type level struct {
	node, axis int
	rows       []int
	by         int // what took the samples out of it, -1 for the array itself
}

// carries are operations that keep each sample in its place: data are scaled,
// rounded or converted by them.
var carries = setOf("add", "sub", "mul", "div", "neg", "copy", "exp", "log", "sqrt", "abs", "square", "round", "clip", "maximum", "minimum")

// origins follows the samples along an axis of a value back through choices of
// rows, transpositions and shuffles to the first array that holds them.
func (v *view) origins(q, axis int) []level {
	n := v.shapes[q][axis]
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	out := []level{{q, axis, rows, -1}}
	for len(out) < 40 {
		l := out[len(out)-1]
		from, to, ok := l.node, level{axis: l.axis, by: l.node}, false
		var moved []int
		switch in := v.in[from]; {
		case v.op[from] == "gather" && v.encodes(from) && l.axis == 0:
			to.node, ok = v.attr(from).By[0], true
		case v.op[from] == "gather":
			for k, q := range in { // of several that are joined, the first with something of each sample
				if to.node = q; strings.HasPrefix(v.op[q], "create:") && len(in) > 1 {
					continue
				}
				if to.axis, moved = v.sampleIndex(from, l.axis, k); moved != nil {
					ok = true
					break
				}
			}
		case v.op[from] == "setitem":
			if to.node, moved = v.encoded(from, l.axis); moved != nil {
				to.axis, ok = 0, true
			}
		case v.op[from] == "mutated" && len(in) > 0 && slices.Equal(v.shapes[in[0]], v.shapes[from]):
			to.node = in[0]
			moved = v.shuffled(in[0], from, l.axis)
			ok = moved != nil
		case carries[v.op[from]]:
			full := -1
			for _, u := range in {
				switch {
				case slices.Equal(v.shapes[u], v.shapes[from]):
					if full >= 0 && full != u {
						return out
					}
					full = u
				case v.size[u] > 1 && len(v.shapes[u]) == len(v.shapes[from]) && v.shapes[u][l.axis] > 1:
					return out
				}
			}
			to.node, ok = full, full >= 0
		}
		if !ok {
			return out
		}
		to.rows = l.rows
		if moved != nil {
			to.rows = make([]int, n)
			for i, r := range l.rows {
				to.rows[i] = moved[r]
			}
		}
		out = append(out, to)
	}
	return out
}

// encodes reports that a gather takes rows of the unit matrix: they belong to
// the samples of the classes that it is indexed by.
func (v *view) encodes(q int) bool {
	by, of := v.attr(q).By, v.op[v.in[q][0]]
	return (of == "create:eye" || of == "create:identity") && len(by) == 1 && v.size[by[0]] == v.shapes[q][0]
}

// encoded are the classes by which an array of zeros was given one 1 for each sample
// along an axis, with the place of each, nil where there are none: they are known by
// their numbers, which follow each other in one array.
func (v *view) encoded(q, axis int) (int, []int) {
	of, one, shape := v.in[q][0], v.in[q][1], v.shapes[q]
	idx := v.index(q)
	if v.op[of] != "create:zeros" || len(shape) != 2 || v.size[one] != 1 || v.scalar(one) != 1 || len(idx) != shape[axis] {
		return 0, nil
	}
	classes, changes := make([]float64, len(idx)), 0
	for e, x := range idx {
		place := [2]int{(int(x) - 1) / shape[1], (int(x) - 1) % shape[1]}
		if place[axis] != e {
			return 0, nil
		}
		classes[e] = float64(place[1-axis])
		changes += b2i(e > 0 && classes[e] != classes[e-1])
	}
	if changes < 12 { // others may be alike by chance
		return 0, nil
	}
	for i := q - 1; i >= 0; i-- {
		if v.size[i] < len(idx) || len(v.shapes[i]) != 1 || v.dtype[i] != "int64" {
			continue
		}
		a := v.val(i)
		for k := 0; a != nil && k+len(idx) <= len(a.Data); k++ {
			if !slices.Equal(a.Data[k:k+len(idx)], classes) {
				continue
			}
			rows := make([]int, len(idx))
			for e := range rows {
				rows[e] = k + e
			}
			return i, rows
		}
	}
	return 0, nil
}

// sampleIndex reads a gather as a choice of samples of its input k: the axis of that
// which they lie along, and the place of each; nil where samples are mixed.
func (v *view) sampleIndex(q, axis, k int) (int, []int) {
	idx, shape, source := v.index(q), v.shapes[q], v.shapes[v.in[q][k]]
	if len(idx) != v.size[q] || len(source) == 0 || len(idx) == 0 {
		return 0, nil
	}
	before := 0
	for _, u := range v.in[q][:k] {
		before += v.size[u]
	}
	after := 1
	for _, d := range shape[axis+1:] {
		after *= d
	}
	axes, along, one := []int{axis}, 0, []int(nil)
	for a := range source {
		if a != axis {
			axes = append(axes, a)
		}
	}
	for _, a := range axes {
		if a >= len(source) {
			continue
		}
		inner := 1
		for _, d := range source[a+1:] {
			inner *= d
		}
		rows, ok := make([]int, shape[axis]), true
		for i := range rows {
			rows[i] = -1
		}
		for e, x := range idx {
			place := int(x) - 1 - before
			if place < 0 || place >= v.size[v.in[q][k]] {
				continue // padding, or another input's
			}
			i, r := e/after%shape[axis], place/inner%source[a]
			if rows[i] >= 0 && rows[i] != r {
				ok = false
				break
			}
			rows[i] = r
		}
		if !ok || source[a] == 1 && shape[axis] > 1 || slices.Contains(rows, -1) {
			continue
		}
		if len(rows) == 1 || slices.Max(rows) > slices.Min(rows) {
			return a, rows
		}
		if one == nil { // all in one place, of time perhaps: along another axis they may differ
			along, one = a, rows
		}
	}
	return along, one
}

// shuffled finds by their contents where the samples of an array that was
// rearranged in place stood before; nil where two are alike or one is new.
func (v *view) shuffled(before, after, axis int) []int {
	a, b := v.val(before), v.val(after)
	if a == nil || b == nil || axis != 0 || len(a.Data) == 0 {
		return nil
	}
	n := a.Shape[0]
	w := len(a.Data) / n
	place := make(map[string]int, n)
	for i := range n {
		place[rowKey(a.Data[i*w:(i+1)*w])] = i
	}
	if len(place) < n {
		return nil
	}
	rows := make([]int, n)
	for i := range n {
		r, ok := place[rowKey(b.Data[i*w:(i+1)*w])]
		if !ok {
			return nil
		}
		rows[i] = r
	}
	return rows
}

// batches are the samples of a training step: what the first products take, and
// the labels that stand against what is made of them.
type batch struct {
	step       *step
	use        int // the product that takes the samples
	x          int
	axis       int
	against    int // p - y
	p, y       int
	yAxis      int
	from, seen []level // of x and of y
	several    bool    // the step reads others at the same place
}

// batch finds a step's samples and labels; nil where it is not plain which they
// are.
func (f *forward) batch(s *step) *batch {
	b := &batch{step: s, use: -1, against: -1}
	for _, i := range s.between {
		if len(f.in[i]) != 2 {
			continue
		}
		// Images meet a part of the kernel at a time.
		images := f.op[i] == "mul" && (len(f.shapes[f.in[i][0]]) == 4 || len(f.shapes[f.in[i][1]]) == 4)
		if b.use < 0 && (contractions[f.op[i]] || images) {
			for j, q := range f.in[i] {
				w := f.in[i][1-j]
				if images {
					w = f.whole(w)
				}
				if f.moves[q] || !s.weights(w) || len(f.shapes[q]) < 2 || f.size[q] < 2 || images && len(f.shapes[q]) < 4 {
					continue
				}
				b.use, b.x = i, q
				if j == 1 && (f.op[i] == "matmul" || f.op[i] == "dot") {
					b.axis = len(f.shapes[q]) - 1
				}
			}
		}
		if b.against < 0 && f.op[i] == "sub" && s.forward[i] {
			for j, q := range f.in[i] {
				p := f.in[i][1-j]
				if !f.moves[q] && f.moves[p] && f.size[q] > 1 && (f.size[q] == f.size[p] || f.column(q, p)) && f.root(q) != f.root(max(b.x, 0)) {
					b.against, b.p, b.y = i, p, q
				}
			}
		}
	}
	if b.use < 0 {
		return nil
	}
	// The labels may be what picks one value of each row: of what was made of
	// these samples, not in another pass over others.
	made := f.after([]int{b.use}, nil)
	for i := s.begin; i < s.hi && i < f.n && b.against < 0; i++ {
		if !s.forward[i] || !made[i] || f.op[i] != "gather" || len(f.shapes[i]) != 1 {
			continue
		}
		for _, q := range f.attr(i).By {
			if !f.moves[q] && f.size[q] == f.size[i] && !f.distinct(q) {
				b.against, b.p, b.y = i, f.in[i][0], q
			}
		}
	}
	// Or what the logarithms of probabilities are multiplied by.
	for i := s.begin; i < s.hi && i < f.n && b.against < 0; i++ {
		if !s.forward[i] || !made[i] || f.op[i] != "mul" {
			continue
		}
		for j, q := range f.in[i] {
			p := f.in[i][1-j]
			if f.op[p] == "log" && !f.moves[q] && f.size[q] > 1 && f.size[q] == f.size[p] && f.op[q] != "cmp" && f.root(q) != f.root(b.x) {
				b.against, b.p, b.y = i, p, q
			}
		}
	}
	b.several = slices.ContainsFunc(s.between, func(i int) bool {
		return f.site[i] == f.site[b.use] && !slices.Contains(f.in[i], b.x) && f.size[i] == f.size[b.use] && slices.ContainsFunc(f.in[i], s.weights)
	})
	b.from = f.origins(b.x, b.axis)
	if b.against >= 0 {
		// What is sorted with the labels, or chosen with them, is theirs in the first order.
		for f.op[b.y] == "gather" && slices.ContainsFunc(s.between, func(i int) bool {
			return made[i] && f.op[i] == "gather" && len(f.attr(i).By) > 0 && slices.Equal(f.attr(i).By, f.attr(b.y).By)
		}) {
			b.y = f.in[b.y][0]
		}
		n, shape := f.shapes[b.x][b.axis], f.shapes[b.y]
		switch {
		case shape[0] == n && (b.axis == 0 || len(shape) == 1 || shape[len(shape)-1] != n):
		case shape[len(shape)-1] == n:
			b.yAxis = len(shape) - 1
		case n%shape[0] == 0: // windows of images, several of each sample
			w := *b
			w.seen = f.origins(b.y, 0)
			f.labels(&w)
			fallthrough
		default:
			b.against = -1
			return b
		}
		b.seen = f.origins(b.y, b.yAxis)
	}
	return b
}

// distinct reports that an index names places, as of other samples of a batch, and no
// classes, of which some have several samples.
func (v *view) distinct(q int) bool {
	a := v.val(q)
	if v.op[q] == "create:arange" || a == nil {
		return true
	}
	seen := map[float64]bool{}
	for _, x := range a.Data {
		seen[x] = true
	}
	return len(seen) == len(a.Data)
}

// weights reports that a value is a parameter, or where one is looked ahead to.
func (s *step) weights(q int) bool {
	q = s.original(q)
	return s.isCur[q] || (s.op[q] == "add" || s.op[q] == "sub") && slices.ContainsFunc(s.in[q], func(u int) bool { return s.isCur[u] && s.size[u] == s.size[q] })
}

// whole is the array that a part was taken of.
func (v *view) whole(q int) int {
	for v.op[q] == "gather" && len(v.in[q]) == 1 {
		q = v.in[q][0]
	}
	return q
}

// original is the array that a transposition or another name shows.
func (v *view) original(q int) int {
	for v.op[q] == "gather" && len(v.in[q]) == 1 && v.size[q] == v.size[v.in[q][0]] {
		q = v.in[q][0]
	}
	return q
}

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

// handedOn is the line of the function that made another value which led to one, its own
// where none did.
func (v *view) handedOn(q, other int) place {
	if v.call[q] < 0 {
		return at(q)
	}
	mine, its := v.g.Calls[v.call[q]], []graph.Position{}
	if c := v.call[other]; c >= 0 {
		its = v.g.Calls[c]
	}
	k := len(mine) - len(its)
	if k <= 0 || !slices.Equal(mine[k:], its) {
		return at(q)
	}
	return place{node: q, file: mine[k-1].File, line: mine[k-1].Line}
}

// follow reports that rows follow each other.
func follow(rows []int) bool {
	for i, r := range rows {
		if r != rows[0]+i {
			return false
		}
	}
	return true
}

// repeat reports that most of the samples are like another, as labels are and what
// is measured is not.
func repeat(samples []string) bool {
	kinds := map[string]bool{}
	for _, s := range samples {
		kinds[s] = true
	}
	return 2*len(kinds) <= len(samples) && len(samples) > 0
}

// parting is the first choice of samples, seen from the step, in which the
// sides differ: the rows' where they make one more, else the labels'.
func (v *view) parting(x, y []level) int {
	changes := func(l []level) (c []level) {
		for i := 1; i < len(l); i++ {
			if !slices.Equal(l[i].rows, l[i-1].rows) || v.shapes[l[i].node][l[i].axis] != v.shapes[l[i-1].node][l[i-1].axis] {
				c = append(c, l[i])
			}
		}
		return c
	}
	x, y = changes(x), changes(y)
	for len(x) > 0 && len(y) > 0 && slices.Equal(x[0].rows, y[0].rows) {
		x, y = x[1:], y[1:]
	}
	if len(x) > len(y) {
		return x[0].by
	}
	return y[0].by
}

// labelName is what the program calls the labels.
func (f *forward) labelName(b *batch) message.Text {
	if k := slices.Index(f.in[b.against], b.y); k >= 0 {
		return f.operand(b.against, k)
	}
	return f.nameOf(b.y)
}

// samples are the contents along an axis, as keys; nil where they are not kept.
func (v *view) samples(q, axis int) []string {
	a := v.val(q)
	if a == nil || len(a.Data) == 0 {
		return nil
	}
	n, after := a.Shape[axis], 1
	for _, d := range a.Shape[axis+1:] {
		after *= d
	}
	rows := make([][]float64, n)
	for e, x := range a.Data {
		rows[e/after%n] = append(rows[e/after%n], x)
	}
	keys := make([]string, n)
	for i, r := range rows {
		keys[i] = rowKey(r)
	}
	return keys
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
