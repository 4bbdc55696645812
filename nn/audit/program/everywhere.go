package program

import (
	"slices"

	"glassbox/nn/message"
)

// everywhere looks, where a statement runs several times and what it makes adds
// up, for values that it may be meant to read each time: what another expression
// of as many executions makes or reads, in its order or reversed. The true value
// of one execution alone is not known then: the replay decides.
func (s *step) everywhere(f *intervention, spent func(int) bool) *edit {
	asTrue := s.wrong(s.right(s.replay(f.put))) // what the true values leave wrong
	if len(asTrue) >= len(s.wrong(s.right(nil))) {
		return nil
	}
	runs := map[[2]int][]int{} // by site and call
	for q := s.begin; q < s.n && q < s.hi; q++ {
		if s.site[q] >= 0 && s.size[q] > 0 && s.value(q) != nil && !s.isCur[q] {
			k := [2]int{s.site[q], s.call[q]}
			runs[k] = append(runs[k], q)
		}
	}
	order := make([][2]int, 0, len(runs))
	for k := range runs {
		order = append(order, k)
	}
	slices.SortStableFunc(order, func(a, b [2]int) int { return runs[a][0] - runs[b][0] })
	sequences := map[int][][]int{} // by length
	take := func(l []int) {
		n := len(l)
		if !slices.ContainsFunc(sequences[n], func(o []int) bool { return slices.Equal(o, l) }) {
			sequences[n] = append(sequences[n], l)
		}
	}
	for _, k := range order {
		l := runs[k]
		if len(l) < 2 || len(l) > 60 {
			continue
		}
		take(l)
		for j := range s.in[l[0]] {
			var read []int
			for _, q := range l {
				if j < len(s.in[q]) && s.value(s.in[q][j]) != nil {
					read = append(read, s.in[q][j])
				}
			}
			if len(read) == len(l) {
				take(read)
			}
		}
	}
	shifts := func(other, read []int) bool {
		last := len(read) - 1
		return slices.Equal(other[:last], read[1:]) || slices.Equal(other[1:], read[:last])
	}
	for _, k := range order {
		l := runs[k]
		if len(l) < 2 || !s.isBack[l[0]] || !s.sameStatement(l[0], f.part) {
			continue
		}
		for j, u := range s.in[l[0]] {
			if s.size[u] < 2 || s.op[l[0]] == "add" && s.op[u] == "add" || slices.ContainsFunc(l, func(q int) bool { return j >= len(s.in[q]) }) {
				continue
			}
			var read []int
			for _, q := range l {
				read = append(read, s.in[q][j])
			}
			var list [][]int // the same values of another round first
			for _, seq := range sequences[len(l)] {
				if !slices.Equal(s.shapes[seq[0]], s.shapes[u]) {
					continue
				}
				back := slices.Clone(seq)
				slices.Reverse(back)
				for _, other := range [][]int{seq, back} {
					if shifts(other, read) {
						list = slices.Insert(list, 0, other)
					} else {
						list = append(list, other)
					}
				}
			}
			for _, other := range list {
				if spent(40 * s.size[l[0]] * len(l)) {
					return nil
				}
				if s.mendsAll(asTrue, l, j, other) {
					if e := s.readElsewhere(l, j, other); e != nil {
						return e
					}
				}
			}
		}
	}
	return nil
}

// mendsAll reports that operand j of nodes, read as other values, leaves wrong at
// most what the true values do.
func (s *step) mendsAll(asTrue, nodes []int, j int, other []int) bool {
	put, same := map[int]*array{}, true
	for i, n := range nodes {
		if other[i] >= n || !slices.Equal(s.shapes[other[i]], s.shapes[s.in[n][j]]) {
			return false
		}
		same = same && other[i] == s.in[n][j]
		ins := make([]*array, len(s.in[n]))
		for k, q := range s.in[n] {
			if ins[k] = s.value(q); ins[k] == nil {
				return false
			}
		}
		ins[j] = s.value(other[i])
		r, err := s.evaluate(n, ins)
		if err != nil || !slices.Equal(r.Shape, s.shapes[n]) {
			return false
		}
		put[n] = r
	}
	return !same && !slices.ContainsFunc(s.wrong(s.right(s.replay(put))), func(p int) bool { return !slices.Contains(asTrue, p) })
}

// readElsewhere says which values operand j of nodes is meant to be, nil where
// they go by the same name.
func (s *step) readElsewhere(nodes []int, j int, other []int) *edit {
	n := nodes[0]
	read := make([]int, len(nodes))
	for i, q := range nodes {
		read[i] = s.in[q][j]
	}
	last := len(read) - 1
	code, rounds := s.operandCode(n, j), 0
	switch later := b2i(read[last] > read[0]) - b2i(read[last] < read[0]); {
	case slices.Equal(other[:last], read[1:]):
		rounds = later
	case slices.Equal(other[1:], read[:last]):
		rounds = -later
	}
	e := &edit{class: 2, node: n, from: read[0], to: other[0], slot: j}
	if meant := shifted(code, rounds); rounds != 0 && meant != "" {
		e.text = message.New("`%s` is meant, not `%s`", message.Plain(meant), message.Plain(code))
		return e
	}
	if s.called(other[0], n).String() == code {
		return nil
	}
	e.text = message.New("`%s` (%s) is meant, not `%s`", s.called(other[0], n), s.where(other[0]), message.Plain(code))
	return e
}
