package program

import (
	"container/heap"
	"math"
	"slices"
)

// canReplay reports that an operation, computed again, gives the value that
// the program got; one that does not is a barrier.
func (s *step) canReplay(i int) bool {
	ok, known := s.exactEval[i]
	if known {
		return ok
	}
	rel := 1e-6
	if s.prec == single {
		rel = 1e-3
	}
	o := s.val(i)
	r, err := s.again(i, nil)
	ok = err == nil && o != nil && slices.Equal(r.Shape, o.Shape)
	if ok {
		top := o.MaxAbs()
		for k, x := range o.Data {
			y := r.Data[k]
			if !(math.Abs(x-y) <= rel*math.Abs(x)+1e-12+1e-9*top) && !(x != x && y != y) && x != y {
				ok = false
				break
			}
		}
	}
	s.exactEval[i] = ok
	return ok
}

// again computes node i from its operands, of which changed has other values.
func (s *step) again(i int, changed map[int]*array) (*array, error) {
	ins := make([]*array, len(s.in[i]))
	for j, q := range s.in[i] {
		for s.alias[q] && !s.readsAs(i, j, q) {
			q = s.in[q][0]
		}
		if x, ok := changed[q]; ok {
			ins[j] = x
		} else {
			ins[j] = s.value(q)
		}
		if ins[j] == nil {
			return nil, errNoValue
		}
		s.work += len(ins[j].Data)
	}
	s.work += s.size[i] + 300
	if contractions[s.op[i]] && len(ins) == 2 {
		if d := ins[0].Shape; len(d) > 0 {
			s.work += s.size[i] * d[len(d)-1]
		}
	}
	return s.evaluate(i, ins)
}

// readsAs reports that operand j of node i is read under the name that value q
// has, where q merely names another value again: `dmu = dz` is not what a later
// dz reads.
func (s *step) readsAs(i, j, q int) bool {
	if !s.alias[q] {
		return true
	}
	a, b := s.g.Site(q), s.g.Site(i)
	if a == nil || b == nil || a.Target == "return" || a.Target == "" || a.Func != b.Func || j >= len(b.Args) {
		return true
	}
	from := s.text(q).String()
	name := s.operand(i, j).String()
	return name != from || name == a.Target
}

// replay puts other values in and runs the program's own later operations of
// the step's update again; it returns all that changes. What was mended before
// stays as it is.
func (s *step) replay(put map[int]*array) map[int]*array {
	changed := map[int]*array{}
	var todo intHeap
	push := func(q int) {
		for _, c := range s.cons[q] {
			if s.update[c] && put[c] == nil && !s.mended[c] && s.free[c] == nil {
				heap.Push(&todo, c)
			}
		}
	}
	for q, v := range put {
		changed[q] = v
	}
	for _, q := range keys(put) {
		push(q)
	}
	last := -1
	for len(todo) > 0 {
		i := heap.Pop(&todo).(int)
		if i == last || changed[i] != nil {
			continue
		}
		last = i
		if !s.canReplay(i) {
			continue
		}
		r, err := s.again(i, changed)
		if err != nil {
			continue
		}
		old := s.value(i)
		if !slices.Equal(r.Shape, old.Shape) || slices.Equal(r.Data, old.Data) {
			continue
		}
		changed[i] = r
		if !s.isNew[i] {
			push(i)
		}
	}
	return changed
}
