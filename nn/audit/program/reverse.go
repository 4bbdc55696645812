package program

import (
	"container/heap"
	"slices"

	"glassbox/nn/graph"
)

// The derivative of a loss, backward through what was recorded.

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	l := *h
	x := l[len(l)-1]
	*h = l[:len(l)-1]
	return x
}

// reverse runs the reverse pass from seeds. Over replaces the derivatives by
// some values. With bounds the derivatives' errors are kept beside.
func (s *step) reverse(seeds, over map[int]*array, bounds bool) map[int]adjoint {
	ad, _ := s.reverseUpTo(seeds, over, bounds, nil, nil)
	return ad
}

// reverseUpTo is reverse without what passes from an operation to one of its
// inputs where cut says so: that is returned apart, as seeds to go on from. Handed,
// if not nil, gets what each operation hands to each of its inputs, and may keep it.
func (s *step) reverseUpTo(seeds, over map[int]*array, bounds bool, cut func(i, q int) bool, handed func(i, slot int, part adjoint)) (map[int]adjoint, map[int]*array) {
	rest := map[int]*array{}
	ad := map[int]adjoint{}
	exact := func(v *array) adjoint {
		if bounds {
			return adjoint{v, graph.NewArray(v.Shape...)}
		}
		return adjoint{v: v}
	}
	// What operations hand to one value is added up in the array of the first of them.
	sum := func(old, part *array) *array {
		if handed != nil {
			return plus(old, 1, part)
		}
		for i, x := range part.Data {
			old.Data[i] += x
		}
		return old
	}
	var todo intHeap // of negated nodes: the latest first
	for _, q := range keys(seeds) {
		ad[q] = exact(seeds[q].Clone())
		todo = append(todo, -q)
	}
	heap.Init(&todo)
	last := s.n
	for len(todo) > 0 {
		i := -heap.Pop(&todo).(int)
		if i == last {
			continue
		}
		last = i
		if v, ok := over[i]; ok {
			ad[i] = exact(v)
		}
		if s.endsAt(i) {
			continue
		}
		g, e, err := s.backward(i, ad[i].v, ad[i].err)
		if err != nil {
			s.opaque[i] = err
			continue
		}
		for j, q := range s.in[i] {
			if g[j] == nil {
				continue
			}
			part := adjoint{v: g[j]}
			if bounds {
				part.err = e[j]
			}
			if handed != nil {
				handed(i, j, part)
			}
			if cut != nil && cut(i, q) {
				if old, ok := rest[q]; ok {
					rest[q] = sum(old, part.v)
				} else {
					rest[q] = part.v
				}
				continue
			}
			if old, ok := ad[q]; ok {
				part.v = sum(old.v, part.v)
				if bounds {
					part.err = sum(old.err, part.err)
				}
			}
			ad[q] = part
			heap.Push(&todo, -q)
		}
	}
	return ad, rest
}

// endsAt reports that no derivative goes on through a value.
func (s *step) endsAt(i int) bool {
	return made(s.op[i]) || s.isCur[i] || constantOps[s.op[i]] || !s.float[i] ||
		!slices.ContainsFunc(s.in[i], func(q int) bool { return s.forward[q] })
}

// Operations whose derivative is zero wherever it exists.
var constantOps = setOf("cmp", "argmax", "argmin", "sign", "round", "floor", "ceil", "not", "and", "or", "xor", "isnan", "isinf", "isfinite", "trunc", "all", "any", "count_nonzero")
