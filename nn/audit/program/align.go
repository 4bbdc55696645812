package program

import "slices"

// A group is the executions of one expression on one call path or on all, of one
// size or of any.
type group struct {
	site, call, size int
}

const (
	anySize = -1
	anyCall = -2
)

// alignments pairs the executions of a line with the executions of a forward
// operation: in order and reversed (through time), all or all but one (the
// derivative handed on belongs to the state before), or where there are a few
// times as many, those that end an accumulation.
func alignments(nodes, targets []int) [][][2]int {
	zip := func(a, b []int) [][2]int {
		out := make([][2]int, len(a))
		for i := range a {
			out[i] = [2]int{a[i], b[i]}
		}
		return out
	}
	back := func(l []int) []int {
		r := slices.Clone(l)
		slices.Reverse(r)
		return r
	}
	every := func(l []int, c, from int) []int {
		var out []int
		for i := from; i < len(l); i += c {
			out = append(out, l[i])
		}
		return out
	}
	n, r := len(nodes), len(targets)
	var out [][][2]int
	both := func(a, b []int) {
		out = append(out, zip(a, b))
		if len(a) > 1 {
			out = append(out, zip(a, back(b)))
		}
	}
	switch {
	case n == r:
		both(nodes, targets)
		if n > 2 {
			out = append(out, zip(nodes[1:], back(targets[:n-1])), zip(nodes[:n-1], back(targets[1:])), zip(nodes[1:], targets[:n-1]), zip(nodes[:n-1], targets[1:]))
			out = append(out, zip(nodes[1:], back(targets[1:])), zip(nodes[:n-1], back(targets[:n-1])))
		}
	case n > r && n%r == 0:
		both(every(nodes, n/r, n/r-1), targets)
		if r == 1 && n <= 4 {
			for _, x := range nodes[:n-1] {
				out = append(out, [][2]int{{x, targets[0]}})
			}
		}
	case r == n+1 && n > 1:
		both(nodes, targets[1:])
		both(nodes, targets[:n])
	case n == r+1 && r > 1:
		both(nodes[1:], targets)
		both(nodes[:r], targets)
	case n == 1:
		for _, t := range targets {
			out = append(out, [][2]int{{nodes[0], t}})
		}
	case r > n && r%n == 0:
		both(nodes, every(targets, r/n, 0))
		both(nodes, every(targets, r/n, r/n-1))
		for i := 0; i < r && r <= 4*n && n > 1; i += n { // of several calls on one line
			both(nodes, targets[i:i+n])
		}
	}
	return out
}

// callByCall pairs the executions of a line in each of several calls with as many
// of a forward operation, in the order of the calls and reversed in each, or the
// other way round.
func (s *step) callByCall(nodes, targets []int) [][][2]int {
	at := map[int]int{}
	var parts [][]int
	for _, q := range nodes {
		i, ok := at[s.call[q]]
		if !ok {
			i = len(parts)
			at[s.call[q]] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], q)
	}
	n := len(parts[0])
	if len(parts) < 2 || len(nodes) != len(targets) || slices.ContainsFunc(parts, func(l []int) bool { return len(l) != n }) {
		return nil
	}
	var inside, between [][2]int
	for i, l := range parts {
		same, other := targets[i*n:], targets[len(targets)-(i+1)*n:]
		for k, q := range l {
			inside = append(inside, [2]int{q, same[n-1-k]})
			between = append(between, [2]int{q, other[k]})
		}
	}
	return [][][2]int{inside, between}
}

// roundByRound pairs the executions of a line with those of a forward operation where
// the passes of several samples follow each other, each sample's with its own, the last
// with the first: all of them, or without the last ones of a forward pass, which may
// serve no loss, and where it has one more or less by one, also shifted by that.
func (s *step) roundByRound(nodes, targets []int) (out [][][2]int) {
	at := func(k int) int { return s.targets[k].at() }
	type round struct{ nodes, targets []int }
	var rounds []round
	least, most := 1, -1 // how many more targets there are than values
	for n, k := 0, 0; n < len(nodes) || k < len(targets); {
		var r round
		for ; k < len(targets) && (n == len(nodes) || at(targets[k]) < nodes[n]); k++ {
			r.targets = append(r.targets, targets[k])
		}
		for ; n < len(nodes) && (k == len(targets) || nodes[n] <= at(targets[k])); n++ {
			r.nodes = append(r.nodes, nodes[n])
		}
		rounds = append(rounds, r)
		more := len(r.targets) - len(r.nodes)
		if least, most = min(least, more), max(most, more); most > 1 || 2*len(r.targets) < len(r.nodes) {
			return nil
		}
	}
	if len(rounds) < 2 || len(rounds[0].targets) < 2 {
		return nil
	}
	shifts := []int{0}
	if least == most && most*most == 1 {
		shifts = []int{most, 0}
	}
	for _, shift := range shifts {
		var al [][2]int
		for _, r := range rounds {
			for i, q := range r.nodes {
				if k := len(r.nodes) - 1 - i + shift; k >= 0 && k < len(r.targets) {
					al = append(al, [2]int{q, r.targets[k]})
				}
			}
		}
		out = append(out, al)
	}
	return out
}

// layouts pairs the executions of a line with targets of the same layout, the
// last with the first or in order.
func (s *step) layouts(nodes, targets []int) [][][2]int {
	var out [][][2]int
	for _, lifo := range []bool{true, false} {
		free := slices.Clone(targets)
		if lifo {
			slices.Reverse(free)
		}
		var al [][2]int
		for _, q := range nodes {
			for i, k := range free {
				if fits(s.shapes[s.targets[k].about], s.shapes[q]) {
					al = append(al, [2]int{q, k})
					free = slices.Delete(free, i, i+1)
					break
				}
			}
		}
		if len(al) == len(nodes) {
			out = append(out, al)
		}
	}
	return out
}

// targetGroup is the executions of one forward operation, or of one share of it.
type targetGroup struct {
	kind             targetKind
	param            int
	site, call, size int
	slot             int
}

func (s *step) targetGroups() ([]targetGroup, map[targetGroup][]int) {
	by := map[targetGroup][]int{}
	calls := map[int][]int{} // by site
	var order []targetGroup
	for k, t := range s.targets {
		at := t.at()
		if !s.lossOf[at] {
			continue
		}
		g := targetGroup{kind: t.kind, site: s.site[at], call: s.call[at], size: s.size[t.about]}
		switch {
		case s.isCur[t.about] && t.kind == whole:
			g = targetGroup{kind: whole, param: t.about + 1, size: g.size}
		case t.kind == share:
			g.slot = t.slot
		case t.kind == subset:
			g.slot = t.mask
		}
		put := func(g targetGroup) {
			if by[g] == nil {
				order = append(order, g)
			}
			by[g] = append(by[g], k)
		}
		put(g)
		if g.param > 0 {
			// Parameters that one expression reads, in a loop over layers.
			for _, c := range s.cons[t.about] {
				if _, ok := s.ad[c]; s.lossOf[c] && ok {
					for j, q := range s.in[c] {
						if q == t.about {
							put(targetGroup{kind: whole, site: s.site[c], call: s.call[c], size: anySize, slot: j + 1})
						}
					}
				}
			}
		} else {
			calls[g.site] = append(calls[g.site], g.call)
			of := g
			of.call = anyCall
			put(of)
			g.size, of.size = anySize, anySize
			put(g)
			put(of)
		}
	}
	order = slices.DeleteFunc(order, func(g targetGroup) bool {
		l := calls[g.site]
		return g.call == anyCall && !slices.ContainsFunc(l, func(c int) bool { return c != l[0] })
	})
	for _, l := range by {
		slices.SortStableFunc(l, func(a, b int) int { return s.targets[a].at() - s.targets[b].at() })
	}
	for _, g := range s.readGroups() {
		if by[g.targetGroup] == nil {
			order = append(order, g.targetGroup)
			by[g.targetGroup] = g.list
		}
	}
	return order, by
}

// A readGroup is what the executions of one expression read as one operand, where
// several expressions make it: a state that the first round of a loop finds and
// the others make.
type readGroup struct {
	targetGroup
	list []int
}

func (s *step) readGroups() (out []readGroup) {
	of := map[int]int{} // the target that a value's whole derivative is
	for k, t := range s.targets {
		if t.kind == whole {
			of[t.about] = k
		}
	}
	at := map[targetGroup]int{}
	for c := s.begin; c < s.n && c < s.hi; c++ {
		if !s.lossOf[c] || s.isCur[c] || s.site[c] < 0 {
			continue
		}
		for j, q := range s.in[c] {
			k, ok := of[q]
			if !ok || s.isCur[q] || s.size[q] < 2 {
				continue
			}
			g := targetGroup{kind: whole, site: s.site[c], call: s.call[c], size: s.size[q], slot: j + 1}
			anywhere := g // on all call paths, of any size: in a function that several lines call
			anywhere.call, anywhere.size = anyCall, anySize
			for _, g := range []targetGroup{g, anywhere} {
				i, met := at[g]
				if !met {
					i = len(out)
					at[g] = i
					out = append(out, readGroup{targetGroup: g})
				}
				out[i].list = append(out[i].list, k)
			}
		}
	}
	return slices.DeleteFunc(out, func(g readGroup) bool {
		first := s.targets[g.list[0]].about
		return !slices.ContainsFunc(g.list, func(k int) bool {
			return s.site[s.targets[k].about] != s.site[first]
		})
	})
}
