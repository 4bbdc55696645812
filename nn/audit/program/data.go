package program

import (
	"slices"
)

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
		chosen := func(q int) bool {
			by := f.attr(q).By
			for i := s.begin; i < s.hi && i < f.n; i++ {
				if f.moves[i] && f.op[i] == "gather" && slices.Equal(f.attr(i).By, by) && (len(by) > 0 || f.size[i] == f.size[q] && slices.Equal(f.index(i), f.index(q)) && !slices.IsSorted(f.index(q))) {
					return true
				}
			}
			return false
		}
		for q := f.root(b.y); f.op[q] == "gather" && chosen(q); q = f.root(b.y) {
			b.y = f.in[q][0]
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

// weights reports that a value is a parameter, or where one is looked ahead to.
func (s *step) weights(q int) bool {
	q = s.original(q)
	return s.isCur[q] || (s.op[q] == "add" || s.op[q] == "sub") && slices.ContainsFunc(s.in[q], func(u int) bool { return s.isCur[u] && s.size[u] == s.size[q] })
}
