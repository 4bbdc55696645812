package program

import "slices"

// grown are the given values and what they are made of as far as goes says, in
// order; in is what has been met.
func (v *view) grown(in map[int]bool, from []int, goes func(q int) bool) []int {
	var nodes, todo []int
	for _, q := range from {
		if !in[q] {
			in[q] = true
			todo = append(todo, q)
		}
	}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		nodes = append(nodes, x)
		for _, q := range v.in[x] {
			if !in[q] && goes(q) {
				in[q] = true
				todo = append(todo, q)
			}
		}
	}
	slices.Sort(nodes)
	return nodes
}

// likeExecution reports that two nodes are executions of one operation of the
// program.
func (v *view) likeExecution(a, b int) bool {
	return v.site[a] == v.site[b] && v.op[a] == v.op[b] && len(v.in[a]) == len(v.in[b])
}

// rerun computes nodes again in their order: those whose operation own gives, and
// those that read what was put or what has changed, but for what stays. It returns
// all that changes, nil where one does not compute, and the work it was.
func (v *view) rerun(nodes []int, put map[int]*array, stays map[int]bool, value func(q int) *array, own func(n int) func(ins []*array) *array) (changed map[int]*array, work int) {
	changed = put
	for _, n := range nodes {
		fn := own(n)
		if fn == nil && !slices.ContainsFunc(v.in[n], func(q int) bool { return changed[q] != nil && !stays[q] }) {
			continue
		}
		ins := make([]*array, len(v.in[n]))
		for k, q := range v.in[n] {
			if ins[k] = changed[q]; ins[k] == nil || stays[q] {
				ins[k] = value(q)
			}
			if ins[k] == nil {
				return nil, work
			}
			work += len(ins[k].Data)
		}
		var r *array
		if fn != nil {
			r = fn(ins)
		} else {
			r, _ = v.evaluate(n, ins)
		}
		if r == nil {
			return nil, work
		}
		work += len(r.Data) + 300
		changed[n] = r
	}
	return changed, work
}
