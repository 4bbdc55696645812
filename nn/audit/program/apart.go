package program

import (
	"slices"

	"glassbox/nn/message"
)

// rowsApart finds steps that are made of rows of one array chosen by a shuffled index and
// of as many rows of another, of the same length, that follow each other, in every step:
// whatever the loss makes of them, they are not of the same samples.
func (f *forward) rowsApart(steps []*step) {
	count, pair := map[int]int{}, map[int][2]int{} // by the line that takes the slice
	var slice []int
	still := true // the slice is one in all steps
	for _, s := range steps {
		var picked, sliced []int
		by := map[int]bool{}
		first, end := s.span()
		for q := first; q < min(end, f.n); q++ {
			for _, i := range f.attr(q).By {
				by[f.root(i)] = by[f.root(i)] || s.update[q] || s.forward[q]
			}
		}
		for q := first; q < min(end, f.n); q++ {
			in := f.in[q]
			if f.op[q] != "gather" || len(in) != 1 || f.moves[q] || !s.update[q] && !by[q] || len(f.shapes[q]) == 0 || len(f.shapes[q]) != len(f.shapes[in[0]]) || !slices.Equal(f.shapes[q][1:], f.shapes[in[0]][1:]) {
				continue
			}
			n, b := f.shapes[in[0]][0], f.shapes[q][0]
			if b < 4 || b >= n {
				continue
			}
			axis, rows := f.sampleIndex(q, 0, 0)
			switch {
			case axis != 0 || rows == nil:
			case follow(rows) && len(f.attr(q).By) == 0:
				sliced = append(sliced, q)
			case !follow(rows) && len(f.attr(q).By) == 1:
				picked = append(picked, q)
			}
		}
		for _, y := range sliced {
			x := slices.IndexFunc(picked, func(x int) bool { return f.likeRows(x, y) })
			indexes := slices.ContainsFunc(picked, func(x int) bool { return f.root(f.attr(x).By[0]) == y })
			if x < 0 || indexes || slices.ContainsFunc(picked, func(x int) bool { return f.sameSamples(x, y) }) {
				continue
			}
			_, rows := f.sampleIndex(y, 0, 0)
			still = still && (slice == nil || slices.Equal(rows, slice))
			slice = rows
			count[f.site[y]]++
			pair[f.site[y]] = [2]int{picked[x], y}
		}
	}
	for _, site := range keys(count) {
		x, y := pair[site][0], pair[site][1]
		if len(steps) < 3 || count[site] < len(steps)-1 || still && f.size[y] > f.shapes[y][0] { // places in a sequence have the same in every step
			continue
		}
		f.error(steps[0].k, "other rows' labels", at(y), message.New("`%s` are rows that follow each other and `%s` rows that an index chooses, of arrays of %d rows both: they are not of the same samples", f.text(y), f.text(x), f.shapes[f.in[y][0]][0]))
	}
}

// span is where a step's samples are chosen and used.
func (s *step) span() (first, end int) {
	for _, p := range s.live {
		if q := s.root(s.cur[p]); !made(s.op[q]) {
			first = max(first, q)
		}
		end = max(end, s.new[p])
	}
	return first, end
}

// likeRows reports that two choices take as many rows of different arrays of one length.
func (f *forward) likeRows(x, y int) bool {
	a, b := f.root(f.in[x][0]), f.root(f.in[y][0])
	return a != b && f.shapes[a][0] == f.shapes[b][0] && f.shapes[x][0] == f.shapes[y][0]
}

// sameSamples reports that two choices of rows go back to the same places, in arrays that
// were rearranged alike perhaps.
func (f *forward) sameSamples(x, y int) bool {
	return slices.ContainsFunc(f.origins(x, 0)[1:], func(a level) bool {
		return slices.ContainsFunc(f.origins(y, 0)[1:], func(b level) bool { return slices.Equal(a.rows, b.rows) })
	})
}
