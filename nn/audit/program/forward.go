package program

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/audit"
	"glassbox/nn/message"
)

// A forward judges what leads up to the gradients and what follows from the
// parameters beside them: data, start, probabilities, evaluation. None of its
// rules asks which layers there are.
type forward struct {
	*judge
	moves []bool // depends on a parameter
	known int    // in so many nodes the parameters were looked for, and behind the first epoch
	later []remark
}

// A remark is a warning or a note, told after what is certainly wrong.
type remark struct {
	Finding
	place place
}

// forward runs the rules. Errors are told at once: they come before the
// gradients that follow from them. What it returns is to be called after the
// gradients, and tells what may follow from faults there, and the remarks.
func (j *judge) forward() (after func()) {
	f := &forward{judge: j, known: j.n}
	var heads []int
	for _, c := range j.params {
		heads = append(heads, c[0])
	}
	f.moves = j.after(heads, nil)
	f.truncated()
	f.shapesAndAxes()
	f.unfiniteData()
	f.equalUnits()
	f.firstWeights()
	var batches []*batch
	var steps []*step
	training := make([]bool, j.n)
	for k := range min(len(j.steps), 24) {
		s := j.newStep(j.steps, k, len(j.params), j.states, j.fixedApart())
		for _, q := range s.between {
			training[q] = true
		}
		if b := f.batch(s); b != nil {
			batches = append(batches, b)
		}
		if k > 0 && k < 6 {
			steps = append(steps, s)
		}
	}
	j.data = audit.NotRecorded
	if len(batches) > 0 {
		f.doubleSoftmax(batches[0])
		j.data = audit.InPart
		if !slices.ContainsFunc(batches, func(b *batch) bool { return b.against < 0 }) {
			j.data = audit.Judged
		}
	}
	for _, b := range batches {
		f.labels(b)
		f.mismatched(b)
	}
	f.rowsApart(steps)
	f.sameDraws(batches)
	f.oddlyScaledDropout(steps)
	f.leftOut(batches)
	f.overlapping(batches)
	f.unreadRows()
	f.prepared(batches)
	f.shrinkingRate(batches)
	f.changedByEvaluation(training)
	f.runningAverages()
	f.followsTooClosely()
	f.behind(batches)
	f.stopsEarly()
	overflow := f.infinite()
	return func() {
		if overflow != nil && !slices.ContainsFunc(j.verdict.Findings, func(x Finding) bool { return x.Severity == "error" }) {
			f.tell(overflow.Finding, overflow.place)
		}
		if len(batches) > 0 {
			f.scale(batches[0])
		}
		for _, r := range f.later {
			f.tell(r.Finding, r.place)
		}
	}
}

func (f *forward) error(step int, relation string, p place, text message.Text) {
	f.tell(Finding{Severity: "error", Step: step, Relation: relation, Text: text}, p)
}

func (f *forward) key(q int) placeKey {
	return placeKey(f.line(q))
}

// nameIn is what the program calls a value where node i reads it.
func (f *forward) nameIn(q, i int) message.Text {
	return f.operand(i, slices.Index(f.in[i], q))
}

// rowKey is a row's bits.
func rowKey(row []float64) string {
	b := make([]byte, 0, 8*len(row))
	for _, x := range row {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return string(b)
}

// truncated finds integer arrays that an update made of fractions is written
// to.
func (f *forward) truncated() {
	for i := range f.n {
		if f.op[i] != "setitem" || f.dtype[i] != "int64" || len(f.in[i]) != 2 || !f.float[f.in[i][1]] {
			continue
		}
		into, from := f.in[i][0], f.in[i][1]
		a := f.val(from)
		if a == nil || !slices.ContainsFunc(a.Data, func(x float64) bool { return x != math.Trunc(x) }) {
			continue
		}
		// Only what is made of the array's own numbers is an update of it.
		if op := f.op[from]; op != "add" && op != "sub" || !slices.ContainsFunc(f.in[from], func(q int) bool { return f.root(q) == f.root(into) }) {
			continue
		}
		lost := 0
		for _, x := range a.Data {
			lost += b2i(x != math.Trunc(x))
		}
		f.error(0, "an integer array", at(i), message.New("`%s` is an array of integers: what is written to it is cut to whole numbers, and the fractions of %d of %d elements are lost; make it of floats", f.operand(i, 0), lost, len(a.Data)))
	}
}

// behind judges evaluations, those too that follow the first epoch: there parameters
// are as updates left them that were not recorded.
func (f *forward) behind(batches []*batch) {
	first := f.g.End.Behind
	if first == len(f.g.Nodes) || len(f.params) == 0 {
		f.evaluations(batches)
		return
	}
	j := *f.judge
	j.view = newView(f.g)
	j.params = slices.Clone(f.params)
	w := &forward{judge: &j, known: f.n}
	var heads []int
	for p, c := range j.params {
		heads = append(heads, c[0])
		of := j.after(c, nil)
		for i := first; i < j.n; i++ {
			if j.op[i] == "mutated" && of[i] && slices.Contains(c, j.root(j.in[i][0])) {
				j.params[p] = append(slices.Clip(j.params[p]), i)
			}
		}
	}
	w.moves = j.after(heads, nil)
	w.shapesAndAxes()
	w.evaluations(batches)
	f.later = append(f.later, w.later...)
}

// firstWeights looks at the size that the weights of a network's layers begin with: so
// small that hardly any gradient comes through, or divided where √(2/in) is to multiply.
func (f *forward) firstWeights() {
	type layer struct {
		p              int
		deviation, fan float64
	}
	var layers []layer
	for p, c := range f.params {
		w := f.val(c[0])
		if w == nil || len(w.Shape) != 2 || len(w.Data) < 30 || isZero(w) {
			continue
		}
		for _, i := range f.cons[c[0]] {
			if len(f.in[i]) == 2 && (f.op[i] == "matmul" || f.op[i] == "dot") {
				sum := 0.0
				for _, v := range w.Data {
					sum += v * v
				}
				layers = append(layers, layer{p, math.Sqrt(sum / float64(len(w.Data))), float64(w.Shape[b2i(f.in[i][1] != c[0])])})
				break
			}
		}
	}
	inverted := len(layers) > 1
	for _, l := range layers {
		he := math.Sqrt(2 / l.fan)
		inverted = inverted && math.Abs(l.deviation*he-1) < 0.35 && l.deviation > 1.6*he
		if l.deviation < 2e-5*he {
			f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "small weights", Cause: "first-weights-too-small", Text: message.New("`%s` begins with numbers of size %s, where √(2/in) is %s: hardly any gradient comes through", f.names[l.p], figure(l.deviation), figure(he))}, at(f.root(f.params[l.p][0]))})
			return
		}
	}
	if inverted {
		l := layers[0]
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "large weights", Cause: "inverted-he-init", Text: message.New("the weights begin with numbers of size √(in/2), as where they are divided by √(2/in): of `%s` it is %s, and √(2/in) is %s", f.names[l.p], figure(l.deviation), figure(math.Sqrt(2/l.fan)))}, at(f.root(f.params[l.p][0]))})
	}
}

// shapesAndAxes finds (N,) beside (N,1), which makes N×N, and the place of the
// largest number of a whole array taken for a class.
func (f *forward) shapesAndAxes() {
	for i := range f.n {
		in := f.in[i]
		if len(in) != 2 {
			continue
		}
		if o := f.op[i]; o == "cmp" && f.attr(i).Cmp == "Eq" {
			for k, q := range in {
				q = f.original(q)
				if f.op[q] == "argmax" && f.attr(q).Axis == nil && f.size[q] == 1 && f.size[in[1-k]] > 1 && f.moves[q] && len(squeezed(f.shapes[f.in[q][0]])) > 1 {
					s := f.shapes[f.in[q][0]]
					f.error(0, "argmax without an axis", at(q), message.New("argmax without an axis gives one place in all %d×%d numbers, and it is compared with %d classes: axis=1 gives one for each row", s[0], s[len(s)-1], f.size[in[1-k]]))
				}
			}
		} else if o != "sub" && o != "mul" || o == "mul" && f.op[in[0]] != "log" && f.op[in[1]] != "log" {
			continue
		}
		n := f.shapes[i]
		if len(n) != 2 || n[0] != n[1] || n[0] < 2 || f.moves[in[0]] == f.moves[in[1]] {
			continue
		}
		a, b := f.shapes[in[0]], f.shapes[in[1]]
		if len(a) > len(b) {
			a, b = b, a
		}
		if len(a) != 1 || len(b) != 2 || b[1] != 1 {
			continue
		}
		text := f.text(i).String()
		if strings.Contains(text, "None") || strings.Contains(text, "newaxis") {
			continue
		}
		f.error(0, "N by N", at(i), message.New("`%s` and `%s` have the shapes (%d,) and (%d, 1): the result has %d×%d elements, each of one with each of the other", f.operand(i, 0), f.operand(i, 1), n[0], n[0], n[0], n[0]))
	}
}

// unfiniteData finds samples with a number that is not finite: nothing that is made of
// them is.
func (f *forward) unfiniteData() {
	for i := range f.n {
		x, _, ok := f.enters(i)
		if !ok || f.val(x) == nil || finite(f.val(x)) {
			continue
		}
		q := f.spoilt(x)
		v := f.val(q)
		if c := f.cons[q]; f.size[q] == 1 && len(c) > 0 && f.val(c[0]) != nil {
			v = f.val(c[0]) // which it is written into
		}
		k := slices.IndexFunc(v.Data, func(n float64) bool { return math.IsNaN(n) || math.IsInf(n, 0) })
		if k < 0 || f.moves[q] {
			continue
		}
		f.error(0, "data not finite", at(q), message.New("`%s` has %s at [%s], and nothing that is made of it is finite: leave such rows out, or give them a number", f.nameIn(x, i), strconv.FormatFloat(v.Data[k], 'g', -1, 64), indices(v.Shape, k)))
		return
	}
}

// equalUnits finds layers whose units are all the same at the start and after
// the updates recorded: they do the work of one.
func (f *forward) equalUnits() {
	for p, c := range f.params {
		axis := -1
		for _, i := range f.cons[c[0]] {
			if len(f.in[i]) == 2 && (f.op[i] == "matmul" || f.op[i] == "dot") && len(f.shapes[c[0]]) == 2 {
				axis = b2i(f.in[i][1] == c[0])
				break
			}
		}
		if axis < 0 || len(c) < 3 {
			continue
		}
		first := f.val(c[0])
		if first == nil || first.Shape[axis] < 2 || !equalAlong(first, axis) {
			continue
		}
		last := f.val(c[len(c)-1]) // which may have to be computed from what was recorded
		if last == nil || !equalAlong(last, axis) {
			continue
		}
		q := f.root(c[0])
		switch {
		case isZero(first) && isZero(last):
			f.error(0, "all zero", at(q), message.New("all numbers of `%s` are 0 at the start, and no step changes them: with zeros before and after it a layer gets no gradient; start from small random numbers", f.names[p]))
		case !slices.Equal(first.Data, last.Data):
			f.error(0, "equal units", at(q), message.New("all %d units of `%s` are equal at the start and get equal gradients, so they are equal after %d steps too: the layer is as good as one unit; start from random numbers", first.Shape[axis], f.names[p], len(c)-1))
		}
	}
}

// equalAlong reports that all slices of a matrix along an axis are the same
// within rounding.
func equalAlong(a *array, axis int) bool {
	top, c := a.MaxAbs(), a.Shape[1]
	for e, x := range a.Data {
		of := e / c * c
		if axis == 0 {
			of = e % c
		}
		if !(math.Abs(x-a.Data[of]) <= 1e-12*top) {
			return false
		}
	}
	return true
}

// infinite finds the first value that is not finite though its operands are, on
// the way to a number that is not. It returns the finding, nil where there is
// none.
func (f *forward) infinite() *remark {
	for i := range f.n {
		if f.size[i] != 1 || !f.float[i] || !f.moves[i] || made(f.op[i]) {
			continue
		}
		if a := f.val(i); a == nil || finite(a) {
			continue
		}
		q := i
		for next := q; next >= 0; {
			q, next = next, -1
			for _, u := range f.in[q] {
				if a := f.val(u); a != nil && f.float[u] && !finite(a) {
					next = u
				}
			}
		}
		if !f.moves[q] || made(f.op[q]) || len(f.in[q]) == 0 {
			return nil
		}
		var text message.Text
		in := f.val(f.in[q][0])
		if in == nil {
			return nil
		}
		switch {
		case (f.op[q] == "log" || f.op[q] == "log2" || f.op[q] == "log10") && slices.Contains(in.Data, 0):
			zero := 0
			for _, x := range in.Data {
				zero += b2i(x == 0)
			}
			text = message.New("the logarithm meets %d zeros among %d numbers, and `%s` (%s) is not finite from it; add a small number, or compute it from the values before the exponential", zero, len(in.Data), f.nameOf(i), f.where(i))
		case f.op[q] == "exp":
			text = message.New("the exponential of %s is more than a float holds, and `%s` (%s) is not finite from it; take the largest of each row off first", figure(slices.Max(in.Data)), f.nameOf(i), f.where(i))
		default:
			text = message.New("the operands are finite here and the result is not, and `%s` (%s) is not finite from it", f.nameOf(i), f.where(i))
		}
		f.overflow = q
		return &remark{Finding{Severity: "error", Relation: "not finite", Text: text}, at(q)}
	}
	return nil
}

// doubleSoftmax finds probabilities that are made of probabilities.
func (f *forward) doubleSoftmax(b *batch) {
	if b.against < 0 {
		return
	}
	p := f.inner(b.p)
	if p < 0 {
		return
	}
	if q := f.val(p); q != nil && f.moves[p] && (oneSums(q, 1) && q.Shape[1] > 1 && f.inner(p) >= 0) {
		f.error(b.step.k, "softmax twice", at(b.p), message.New("`%s` is a softmax of values that are probabilities already (%s): one is to be taken away", f.nameIn(b.p, b.against), f.where(p)))
	}
}

// inner is what a softmax is taken of, -1 where a value is none.
func (f *forward) inner(q int) int {
	q = f.original(q)
	if f.op[q] == "softmax" {
		return f.original(f.in[q][0])
	}
	if f.op[q] != "div" || f.op[f.original(f.in[q][0])] != "exp" || f.op[f.in[q][1]] != "sum" {
		return -1
	}
	q = f.original(f.in[f.original(f.in[q][0])][0])
	if f.op[q] == "sub" && f.op[f.in[q][1]] == "max" {
		q = f.original(f.in[q][0])
	}
	return q
}

// scale notes features that were never scaled.
func (f *forward) scale(b *batch) {
	x := f.val(b.x)
	if x == nil || !(x.MaxAbs() >= 50) || !finite(x) {
		return
	}
	severity := "note"
	if slices.ContainsFunc(f.verdict.Findings, func(x Finding) bool { return x.Relation == "not finite" }) {
		severity = "warning"
	}
	f.later = append(f.later, remark{Finding{Severity: severity, Step: b.step.k, Relation: "never scaled", Text: message.New("`%s` reaches from %s to %s: features of about 1 keep what is made of them in the range where gradients are neither 0 nor large", f.nameIn(b.x, b.use), figure(slices.Min(x.Data)), figure(slices.Max(x.Data)))}, at(b.use)})
}

// shrinkingRate finds a rate that falls by one factor at every step of an
// epoch.
func (f *forward) shrinkingRate(batches []*batch) {
	if len(f.steps) < 6 || len(batches) == 0 {
		return
	}
	l := batches[0].from[len(batches[0].from)-1]
	if f.shapes[l.node][l.axis] <= len(l.rows) {
		return
	}
	var rates []float64
	var where int
	for _, s := range f.steps {
		n := s[0].new
		if f.op[n] != "sub" && f.op[n] != "add" || len(f.in[n]) != 2 || f.op[f.in[n][1]] != "mul" {
			return
		}
		rate := 0.0
		for _, q := range f.in[f.in[n][1]] {
			if f.size[q] == 1 && !f.moves[q] {
				rate, where = f.scalar(q), f.in[n][1]
			}
		}
		rates = append(rates, rate)
	}
	c := rates[1] / rates[0]
	if !(c > 0 && c < 0.97) {
		return
	}
	for k := 1; k < len(rates); k++ {
		if !alike(rates[k], c*rates[k-1], 1e-9) {
			return
		}
	}
	f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "decay at every step", Text: message.New("the rate is %s times the one before at every step, not once an epoch: after 100 steps it is %s of the first, and all steps together are worth %s of the first", figure(c), figure(math.Pow(c, 100)), figure(1/(1-c)))}, at(where)})
}

// changedByEvaluation finds parameters that are multiplied in place by a
// constant now and then, where the next to read them is no training step.
func (f *forward) changedByEvaluation(training []bool) {
	parameter := map[int]bool{}
	for _, c := range f.params {
		for _, x := range c {
			for _, q := range []int{x, f.root(x)} {
				if f.obj[q] >= 0 {
					parameter[f.obj[q]] = true
				}
			}
		}
	}
	type where struct{ site, size int }
	by := map[where][]int{}
	for i := range f.n {
		if o := f.op[i]; f.inplace[i] && (o == "mul" || o == "div") && f.moves[i] && parameter[f.obj[i]] && f.size[f.in[i][1]] == 1 && !f.moves[f.in[i][1]] && f.scalar(f.in[i][1]) != 1 {
			by[where{f.site[i], f.size[i]}] = append(by[where{f.site[i], f.size[i]}], i)
		}
	}
	for _, list := range by {
		i := list[0]
		if len(list) >= len(f.steps)-1 || len(f.cons[i]) == 0 {
			continue
		}
		next := f.cons[i][0]
		if !contractions[f.op[next]] || training[next] {
			continue
		}
		f.error(0, "changed outside of training", at(i), message.New("`%s` is changed in place for an evaluation (%s) and stays so: %d of %d steps begin from parameters that no update made", f.operand(i, 0), f.where(next), len(list), len(f.steps)))
	}
}
