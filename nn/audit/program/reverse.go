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
	ad, _ := s.reverseUpTo(seeds, over, bounds, nil, nil, nil)
	return ad
}

// reverseUpTo is reverse without what passes from an operation to one of its
// inputs where cut says so: that is returned apart, as seeds to go on from. Handed,
// if not nil, gets what each operation hands to each of its inputs, and may keep it;
// done gets each derivative, and says whether it is kept once it is handed on. Those
// that are returned may be packed.
func (s *step) reverseUpTo(seeds, over map[int]*array, bounds bool, cut func(i, q int) bool, handed func(i, slot int, part adjoint), done func(q int, a adjoint) bool) (map[int]adjoint, map[int]*array) {
	rest := map[int]*array{}
	ad := map[int]adjoint{}
	exact := func(v *array) adjoint {
		if bounds {
			return adjoint{v: v, err: graph.NewArray(v.Shape...)}
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
	cells := map[int]*adjoint{}
	alone, room := map[int]handing{}, s.g.Room() // what hands a derivative alone; what may be held
	var todo intHeap                             // of negated nodes: the latest first
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
		keep := done == nil || done(i, ad[i]) || s.size[i] < leastPacked
		if s.packUsers(ad, cells, i); s.endsAt(i) {
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
			old, ok := ad[q]
			if ok {
				part.v = sum(old.v, part.v)
				if bounds {
					part.err = sum(old.err, part.err)
				}
			}
			ad[q] = part
			heap.Push(&todo, -q)
			alone[q] = handing{usage{i, j}, 0}
			if ok || seeds[q] != nil || over[q] != nil {
				alone[q] = handing{usage{-1, -1}, 0}
			}
		}
		if !keep {
			delete(ad, i)
		} else if done != nil && bounds {
			s.drop(ad, i, alone[i], &room)
		}
	}
	return ad, rest
}

// packUsers packs the derivatives by the values that are made of q where they differ
// little from that by q. Others are packed from those in cells.
func (s *step) packUsers(ad map[int]adjoint, cells map[int]*adjoint, q int) {
	if s.size[q] < leastPacked {
		return
	}
	base := ad[q]
	for _, c := range s.cons[q] {
		a, ok := ad[c]
		if !ok || a.v == nil || s.isCur[c] || len(a.v.Data) != s.size[q] {
			continue
		}
		if a, ok = a.packedFrom(&base); ok {
			ad[c], cells[q] = a, &base
			if cells[c] != nil {
				*cells[c] = a
				delete(cells, c)
			}
		}
	}
}

// drop lets go of the derivative by q, once it is handed on, where there is no room and
// a few operations make it again.
func (s *step) drop(ad map[int]adjoint, q int, h handing, room *int) {
	if *room -= 2 * s.size[q]; *room >= 0 || h.user < 0 || s.size[q] < leastPacked || s.isCur[q] || s.op[q] == "setitem" || s.op[q] == "add_at" {
		return
	}
	a, ok := ad[h.user]
	if !ok {
		return
	}
	if a.by != nil {
		h.depth = a.by.depth + 1
	}
	if h.depth < 8 {
		ad[q] = adjoint{by: &h}
		*room += 2 * s.size[q]
	}
}

// endsAt reports that no derivative goes on through a value.
func (s *step) endsAt(i int) bool {
	return made(s.op[i]) || s.isCur[i] || constantOps[s.op[i]] || !s.float[i] ||
		!slices.ContainsFunc(s.in[i], func(q int) bool { return s.forward[q] })
}

// Operations whose derivative is zero wherever it exists.
var constantOps = setOf("cmp", "argmax", "argmin", "sign", "round", "floor", "ceil", "not", "and", "or", "xor", "isnan", "isinf", "isfinite", "trunc", "all", "any", "count_nonzero")
