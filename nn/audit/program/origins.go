package program

import (
	"slices"
	"strings"

	"glassbox/nn/graph"
)

// Where the samples that a step computes with come from.

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
// sides differ: the rows' where they make one more that is made of no labels, else the
// labels'.
func (v *view) parting(x, y []level) int {
	changes := func(l []level) (c []level) {
		for i := 1; i < len(l); i++ {
			if !slices.Equal(l[i].rows, l[i-1].rows) || v.shapes[l[i].node][l[i].axis] != v.shapes[l[i-1].node][l[i-1].axis] {
				c = append(c, l[i])
			}
		}
		return c
	}
	taken := -1 // what takes some of the labels
	for _, l := range y {
		if taken < 0 && l.by >= 0 && v.op[l.by] == "gather" {
			taken = l.by
		}
	}
	x, y = changes(x), changes(y)
	for len(x) > 0 && len(y) > 0 && slices.Equal(x[0].rows, y[0].rows) {
		x, y = x[1:], y[1:]
	}
	if len(x) > len(y) {
		if taken >= 0 && v.chosenBeside(x[0].by, taken) {
			return taken
		}
		return x[0].by
	}
	return y[0].by
}

// chosenBeside reports that the program, beside choice x of samples, makes the same choice
// of the array that choice y is of: what came of it is not read.
func (v *view) chosenBeside(x, y int) bool {
	_, index, ok := strings.Cut(v.text(x).String(), "[")
	name, _, too := strings.Cut(v.text(y).String(), "[")
	p := v.line(x)
	for l := p.line - 2; ok && too && l <= p.line+2; l++ {
		if strings.Contains(v.source(p.file, l), " "+name+"["+index) {
			return true
		}
	}
	return false
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
