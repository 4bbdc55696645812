package program

import (
	"slices"

	"glassbox/nn/message"
)

// unfed finds a moment whose root the update takes and that is made, step after step,
// of itself and of numbers alone: the gradient never comes into it.
func (j *judge) unfed(h *history) *updateFault {
	n := len(h.steps) - 1
	for _, w := range h.ways {
		root := w.nodes[n]
		if n < 2 || !j.isRoot(root) || j.size[root] < 2 || j.fed(j.in[root][0]) {
			continue
		}
		at := root
		from := h.steps[n].before([]int{root}, nil)
		for _, u := range h.steps[n].slots[h.p] { // as the step before left it
			if from[u] && !made(j.op[u]) && !j.fed(u) {
				at = u
			}
		}
		for x := at; at == root && len(j.in[x]) > 0 && x >= h.steps[n].begin; x = j.in[x][0] { // a zero is no state
			if !j.sameStatement(x, root) && !j.alias[x] {
				at = x
			}
		}
		return &updateFault{weight: 6, node: at, sure: true, coarse: true, text: message.New("the second moment is made of itself and of numbers alone: the gradient's square is missing")}
	}
	return nil
}

// fed reports that a value is made of anything but numbers, in its own place: of an
// array that was not made of one number, or of some elements of its own.
func (j *judge) fed(q int) bool {
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] || j.size[x] == 1 {
			continue
		}
		seen[x] = true
		switch j.op[x] {
		case "create:zeros", "create:zeros_like", "create:ones", "create:ones_like", "create:full", "create:full_like":
		case "add", "sub", "mul", "div", "neg", "copy":
			todo = append(todo, j.in[x]...)
		default:
			return true
		}
		if len(seen) > 1000 {
			return true
		}
	}
	return false
}

// leftAtZero finds an array that is multiplied in its own place in each step, is
// added to the gradient, and is zero in all of them: what comes of the sum is not kept
// in it.
func (j *judge) leftAtZero(h *history) *updateFault {
	for _, w := range h.ways {
		if len(w.nodes) < 3 || j.op[w.nodes[0]] != "add" || j.inplace[w.nodes[0]] {
			continue
		}
		last, obj := -1, -1
		for k, q := range w.nodes {
			i := slices.IndexFunc(j.in[q], func(u int) bool {
				return j.op[u] == "mul" && j.inplace[u] && j.scalar(j.in[u][1]) != 0 && j.size[u] == j.size[q] && (obj < 0 || j.obj[u] == obj) && isZero(j.val(u))
			})
			if i < 0 || k > 0 && j.root(j.in[j.in[q][i]][0]) != last {
				obj = -2
				break
			}
			last = j.in[q][i]
			obj = j.obj[last]
		}
		if obj >= 0 {
			return &updateFault{weight: 6, node: w.nodes[len(w.nodes)-1], sure: true, coarse: true, text: message.New("`%s` stays zero: what it is made of in each step is a new array, which it does not keep", j.bestName(last))}
		}
	}
	return nil
}
