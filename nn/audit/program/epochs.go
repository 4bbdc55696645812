package program

import (
	"slices"

	"glassbox/nn/message"
)

// Which samples the batches of an epoch hold, and which they leave out.

// leftOut finds samples that no batch of a whole epoch has.
func (f *forward) leftOut(batches []*batch) {
	var node int
	seen := map[int]bool{}
	var epoch [][]int // its batches: the places of their rows in the order that they are taken in
	whole := true     // the batch of each of its steps is known
	for k, b := range batches {
		if k > 0 && b.step.k != batches[k-1].step.k+1 || k == 0 && b.step.k > 0 {
			whole = false
		}
		i := slices.IndexFunc(b.from, func(l level) bool { return f.shapes[l.node][l.axis] > len(l.rows) })
		if i < 0 || b.several {
			return
		}
		l := &b.from[i]
		again := false
		for i, r := range l.rows {
			again = again || seen[r] || slices.Contains(l.rows[:i], r)
		}
		if len(seen) > 0 && (l.node != node || again) {
			total, first := f.shapes[node][l.axis], 0
			if left := total - len(seen); whole && left > 0 && len(epoch) > 1 && f.site[l.node] == f.site[node] {
				for seen[first] {
					first++
				}
				if f.tellLeftOut(b.step.k, at(l.by), epoch, total, left, first) {
					return
				}
			}
			clear(seen)
			epoch, whole = nil, k == 0 || b.step.k == batches[k-1].step.k+1
		}
		node = l.node
		for _, r := range l.rows {
			seen[r] = true
		}
		epoch = append(epoch, f.places(l))
	}
	if whole && len(epoch) > 2 { // what lies between batches is known before the epoch ends
		b := batches[len(batches)-1]
		f.tellLeftOut(b.step.k, at(b.use), epoch, 0, 0, 0)
	}
}

// places are where the rows of a batch stand in the order that they are taken in,
// which may be an array of its own.
func (v *view) places(l *level) []int {
	if l.by >= 0 && v.op[l.by] == "gather" {
		if by := v.attr(l.by).By; len(by) == 1 && len(v.shapes[by[0]]) == 1 {
			q := v.original(by[0])
			if v.op[q] == "gather" && len(v.in[q]) == 1 {
				if _, rows := v.sampleIndex(q, 0, 0); rows != nil {
					return rows
				}
			}
		}
	}
	return l.rows
}

// tellLeftOut tells of the rows that an epoch has left out: batches between others,
// or what remains at its end, of which several batches may be for something else. It
// reports whether there was something to tell.
func (f *forward) tellLeftOut(step int, p place, epoch [][]int, total, left, first int) bool {
	x := Finding{Severity: "warning", Step: step, Relation: "rows left out"}
	size, last := len(epoch[0]), len(epoch[len(epoch)-1])
	stride := epoch[1][0] - epoch[0][0]
	runs := size > 1
	for k, rows := range epoch {
		for i, r := range rows {
			runs = runs && r == epoch[0][0]+k*stride+i
		}
	}
	switch {
	case runs && stride > size && stride%size == 0:
		p = f.loopAround(p)
		x.Text = message.New("each batch has %d rows and begins %d rows behind the one before: of every %d rows %d are in none", size, stride, stride, stride-size)
	case left == 0:
		return false
	case left < max(size, last):
		x.Text = message.New("no batch of an epoch has %d of the %d rows: the last batches are of %d and %d rows, and row %d is left out", left, total, len(epoch[len(epoch)-2]), last, first)
		if last == size {
			x.Severity = "note"
		}
	case left == size && total%size == 0 && last == size && len(epoch) > 2:
		p = f.loopAround(p)
		x.Text = message.New("no batch of an epoch has %d of the %d rows: of %d batches of %d rows one is left out", left, total, total/size, size)
	default:
		return false
	}
	f.later = append(f.later, remark{x, p})
	return true
}

// overlapping finds batches of shuffled samples that begin with the last of the batch
// before, or with all of them.
func (f *forward) overlapping(batches []*batch) {
	var before []int
	common, grown, pairs := 0, 0, 0
	for k, b := range batches {
		ids, of, shuffled := f.samplesOf(b)
		again := k > 0 && b.step.k == batches[k-1].step.k+1
		if !shuffled || len(ids) < 2 {
			break
		}
		if _, last, _ := f.samplesOf(batches[max(k-1, 0)]); k > 0 && (!again || of != last) {
			break // another epoch
		}
		if k > 0 {
			n := 0
			for i := min(len(ids), len(before)) - 1; i > 0 && n == 0; i-- {
				if slices.Equal(before[len(before)-i:], ids[:i]) {
					n = i
				}
			}
			all := b2i(len(ids) > len(before) && slices.Equal(ids[:len(before)], before))
			if n == 0 && all == 0 {
				break // the rest
			}
			if pairs > 0 && (n != common || all != grown) {
				return
			}
			common, grown = n, all
			pairs++
		}
		before = ids
	}
	if pairs < 3 {
		return
	}
	b := batches[1]
	p := at(b.use)
	if i := slices.IndexFunc(b.from, func(l level) bool { return f.shapes[l.node][l.axis] > len(l.rows) }); i >= 0 {
		p = at(b.from[i].by)
	}
	text := message.New("each batch begins with the last %d of the samples of the batch before: they count twice", common)
	if grown > 0 {
		text = message.New("each batch begins with all samples of the batch before and has more: the first of them count in every step")
	}
	f.later = append(f.later, remark{Finding{Severity: "warning", Step: b.step.k, Relation: "batches overlap", Text: text}, p})
}

// samplesOf are the samples of a batch as they stand in an array of shuffled ones, or
// one after the other in what is read one by one; and that array.
func (f *forward) samplesOf(b *batch) (ids []int, of int, shuffled bool) {
	if b.several {
		for _, i := range b.step.between {
			for _, q := range f.in[i] {
				if f.site[i] == f.site[b.use] && !f.moves[q] && f.size[i] == f.size[b.use] && (len(ids) == 0 || ids[len(ids)-1] != f.root(q)) {
					ids = append(ids, f.root(q))
				}
			}
		}
		return ids, 0, !slices.IsSorted(ids)
	}
	i := slices.IndexFunc(b.from, func(l level) bool { return f.shapes[l.node][l.axis] > len(l.rows) })
	if i < 0 {
		return nil, 0, false
	}
	l := &b.from[i]
	ids, of = f.places(l), f.root(l.node)
	if !slices.Equal(ids, l.rows) {
		of = f.root(f.in[f.original(f.attr(l.by).By[0])][0])
		return ids, of, follow(ids)
	}
	return ids, of, follow(ids) && slices.ContainsFunc(b.from[i+1:], func(m level) bool { return !follow(m.rows) })
}

// unreadRows finds rows that are drawn anew for each step and read nowhere, where the
// parameters meet the same rows of that array in all of them.
func (f *forward) unreadRows() {
	type rows struct {
		nodes       []int
		read, other bool // somewhere; not the same in all
	}
	by := map[int]*rows{} // by site
	for q := range f.n {
		if f.op[q] != "gather" || len(f.in[q]) != 1 || f.moves[q] || !f.float[q] || f.size[q] < 2 || f.size[q] >= f.size[f.in[q][0]] || f.site[q] < 0 {
			continue
		}
		r := by[f.site[q]]
		if r == nil {
			r = &rows{}
			by[f.site[q]] = r
		}
		if len(r.nodes) > 0 && f.in[q][0] != f.in[r.nodes[0]][0] {
			r.read = true // of several arrays
		}
		r.read = r.read || len(f.cons[q]) > 0 || f.stored(q)
		r.other = r.other || len(r.nodes) > 0 && !slices.Equal(f.index(q), f.index(r.nodes[0]))
		r.nodes = append(r.nodes, q)
	}
	for _, site := range keys(by) {
		for _, other := range keys(by) {
			drawn, same := by[site], by[other]
			if drawn.read || !drawn.other || same.other || len(drawn.nodes) < 3 || len(same.nodes) < 3 || f.in[drawn.nodes[0]][0] != f.in[same.nodes[0]][0] ||
				slices.ContainsFunc(same.nodes, func(q int) bool { return !f.meetsParameters(q) }) {
				continue
			}
			f.error(0, "the same rows", at(same.nodes[0]), message.New("these are the same rows in every step; those that are drawn for each (%s) are read nowhere", f.where(drawn.nodes[0])))
			return
		}
	}
}

// meetsParameters reports that a value, as it is or rearranged, meets a parameter.
func (f *forward) meetsParameters(q int) bool {
	return slices.ContainsFunc(f.cons[q], func(c int) bool {
		return f.moves[c] || (f.alias[c] || f.op[c] == "gather" && len(f.in[c]) == 1) && f.meetsParameters(c)
	})
}

// loopAround is the head of the innermost loop around a place.
func (f *forward) loopAround(p place) place {
	if s := f.g.Site(p.node); s != nil && len(s.Loops) > 0 {
		p.file, p.line = s.File, s.Loops[len(s.Loops)-1]
	}
	return p
}

// sameDraws finds random numbers that are the same in every step, as those of a
// generator that is seeded in the loop.
func (f *forward) sameDraws(batches []*batch) {
	if len(f.steps) < 4 {
		return
	}
	by := map[int][]int{}
	var sites []int // in the order in which they are first drawn at
	for i := range f.n {
		if q := f.site[i]; random(f.op[i]) && q >= 0 {
			if by[q] == nil {
				sites = append(sites, q)
			}
			by[q] = append(by[q], i)
		}
	}
	// A choice of samples is drawn before what is drawn for them.
	slices.SortStableFunc(sites, func(a, b int) int { return b2i(f.float[by[a][0]]) - b2i(f.float[by[b][0]]) })
	for _, site := range sites {
		list := by[site]
		if !f.drawnAlike(list) {
			continue
		}
		// A batch that was drawn anew and is the one before is no choice of the
		// program's; a mask or noise may be.
		x := Finding{Severity: "warning", Relation: "the same draws", Text: message.New("the random numbers of `%s` are the same in each of the steps recorded: a generator that is seeded in the loop begins again each time", f.text(list[0]))}
		if len(batches) > 3 {
			rows := func(b *batch) []int { return b.from[len(b.from)-1].rows }
			if !slices.ContainsFunc(batches[1:], func(b *batch) bool { return b.x == batches[0].x || !slices.Equal(rows(b), rows(batches[0])) }) {
				x.Severity = "error"
			}
		}
		if x.Severity == "error" {
			f.tell(x, at(list[0]))
		} else {
			f.later = append(f.later, remark{x, at(list[0])})
		}
		return
	}
}

// drawnAlike reports that draws of one place are the same numbers in all steps.
func (f *forward) drawnAlike(list []int) bool {
	if len(list) < len(f.steps)-1 {
		return false
	}
	first := f.val(list[0])
	if first == nil || len(first.Data) < 4 || slices.Max(first.Data) == slices.Min(first.Data) {
		return false
	}
	in := map[int]bool{} // steps
	for _, q := range list {
		if a := f.val(q); a == nil || !slices.Equal(a.Data, first.Data) {
			return false
		}
		if k := slices.IndexFunc(f.steps, func(s []version) bool { return q < s[0].new }); k >= 0 {
			in[k] = true
		}
	}
	return len(in) >= len(f.steps)-1
}
