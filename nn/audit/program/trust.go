package program

import (
	"slices"

	"glassbox/nn/message"
)

// A measure says which powers of lengths a number of an update is made of: of the
// parameter's own, and of its gradient's or its step's.
type measure struct{ own, step float64 }

// measured is the measure of number q in step s of parameter p; ok is false where
// it is made of something else too.
func (j *judge) measured(s *step, p, q, depth int) (m measure, ok bool) {
	if !s.forward[q] || made(j.op[q]) {
		return measure{}, true // a rate
	}
	in := j.in[q]
	if j.size[q] != 1 || depth > 12 || len(in) == 0 {
		return measure{}, false
	}
	// The power of the length of array a that number q is.
	length := func(a int, power float64) (measure, bool) {
		for len(j.in[a]) == 1 && (j.op[a] == "gather" || j.op[a] == "copy" || j.alias[a]) {
			a = j.in[a][0]
		}
		switch {
		case j.size[a] != j.size[s.cur[p]]:
			return measure{}, false
		case j.root(a) == s.cur[p]:
			return measure{own: power}, true
		case s.inRegion[p][a]:
			return measure{step: power}, true
		}
		return measure{}, false
	}
	switch op := j.op[q]; op {
	case "norm":
		return length(in[0], 1)
	case "sum", "mean":
		switch u := in[0]; {
		case j.op[u] == "square", j.op[u] == "pow" && j.scalar(j.in[u][1]) == 2, j.op[u] == "mul" && j.in[u][0] == j.in[u][1]:
			return length(j.in[u][0], 2)
		}
		return measure{}, false
	case "dot", "matmul", "vdot", "inner":
		if len(in) == 2 && j.root(in[0]) == j.root(in[1]) {
			return length(in[0], 2)
		}
		return measure{}, false
	}
	var list []measure
	for _, u := range in {
		x, ok := j.measured(s, p, u, depth+1)
		if !ok {
			return measure{}, false
		}
		list = append(list, x)
	}
	switch op := j.op[q]; {
	case len(list) == 1 && (op == "gather" || op == "copy" || op == "abs"):
		return list[0], true
	case op == "sqrt":
		return measure{list[0].own / 2, list[0].step / 2}, true
	case op == "pow" && len(list) == 2 && made(j.op[in[1]]):
		k := j.scalar(in[1])
		return measure{k * list[0].own, k * list[0].step}, true
	case op == "mul" && len(list) == 2:
		return measure{list[0].own + list[1].own, list[0].step + list[1].step}, true
	case op == "div" && len(list) == 2:
		return measure{list[0].own - list[1].own, list[0].step - list[1].step}, true
	case slices.Contains([]string{"add", "minimum", "maximum"}, op) && len(list) == 2 && list[1] == measure{}:
		return list[0], true // with a constant against zero, or a bound
	case slices.Contains([]string{"add", "minimum", "maximum"}, op) && len(list) == 2 && list[0] == measure{}:
		return list[1], true
	}
	return measure{}, false
}

// trust judges numbers that scale an update by the lengths of the parameter and of
// its step: the first is divided by the second (You, Gitman, Ginsburg, Large Batch
// Training of Convolutional Networks, 2017).
func (j *judge) trust(h *history) *updateFault {
	s := h.steps[len(h.steps)-1]
	var all measure
	at := -1
	for _, q := range s.region[h.p] {
		if op := j.op[q]; op != "mul" && op != "div" || len(j.in[q]) != 2 || q > h.news[len(h.news)-1] {
			continue
		}
		for i, u := range j.in[q] {
			if j.size[u] != 1 || j.size[q] == 1 {
				continue
			}
			m, ok := j.measured(s, h.p, u, 0)
			if !ok {
				return nil
			}
			if m == (measure{}) {
				continue
			}
			if at = u; j.op[q] == "div" && i == 1 {
				m, at = measure{-m.own, -m.step}, q
			}
			all.own, all.step = all.own+m.own, all.step+m.step
		}
	}
	// Told where the lengths meet, or where the sum of squares is.
	fault := func(text message.Text, kept func(m measure) bool) *updateFault {
		for next := at; next >= 0; {
			at, next = next, -1
			for _, u := range j.in[at] {
				if m, ok := j.measured(s, h.p, u, 0); ok && kept(m) {
					next = u
				}
			}
		}
		return &updateFault{weight: 5, sure: true, node: at, text: text}
	}
	both := func(m measure) bool { return m.own != 0 && m.step != 0 }
	square := func(m measure) bool { return m.own*m.own == 4 || m.step*m.step == 4 }
	switch name := j.names[h.p]; {
	case all.own == -1 && all.step == 1:
		return fault(message.New("the step of `%s` is scaled by its length divided by that of the parameter: the other way round is meant", name), both)
	case all.own == 1 && all.step == 1:
		return fault(message.New("the step of `%s` is scaled by its length times that of the parameter: divided by it is meant", name), both)
	case all.own == 1 && all.step == -2, all.own == 2 && all.step == -1, all.own == 2 && all.step == -2:
		return fault(message.New("the step of `%s` is scaled by sums of squares: their roots are meant", name), square)
	}
	return nil
}
