package graph

import "slices"

// Part returns the graph as if recording had been on from node begin to node end
// alone: of what ran before there is left what is needed to compute the rest, and
// known are values that stand for themselves, whatever they were made of. The
// second result says which node of g each of its nodes is.
func (g *Graph) Part(begin, end int, known []int) (*Graph, []int) {
	itself := make([]bool, len(g.Nodes))
	for _, q := range known {
		itself[q] = q < begin
	}
	from := g.neededFrom(begin, end, itself)
	num := make([]int, len(g.Nodes)+1) // of each node of g, or of the next that stays
	to := *g
	to.Nodes = make([]Node, 0, len(from))
	to.values.scalars, to.values.nodes = map[int]float64{}, make([]*Array, len(from))
	to.values.before, to.values.failed, to.values.held = nil, nil, 0
	numbers := func(old []int) []int {
		new := make([]int, len(old))
		for k, q := range old {
			new[k] = num[q]
		}
		return new
	}
	next := 0
	for i := range num {
		if num[i] = next; next == len(from) || from[next] != i {
			continue
		}
		n := g.Nodes[i]
		to.values.nodes[next] = g.values.nodes[i]
		if v, ok := g.values.scalars[i]; ok {
			to.values.scalars[next] = v
		}
		if itself[i] {
			to.values.nodes[next] = g.MustValue(i)
			n.Op, n.In, n.Attr = Lookup("leaf"), nil, noAttr
		}
		n.In = numbers(n.In)
		if n.Attr.By != nil {
			attr := *n.Attr
			attr.By = numbers(attr.By)
			n.Attr = &attr
		}
		to.Nodes = append(to.Nodes, n)
		next++
	}
	to.Kept = nil
	for _, k := range g.Kept {
		if _, stays := slices.BinarySearch(from, k.Node); stays {
			k.Node, k.At = num[k.Node], num[k.At]
			to.Kept = append(to.Kept, k)
		}
	}
	if to.End.Behind = len(to.Nodes); begin < g.End.Behind {
		to.End.Behind = num[g.End.Behind]
	}
	to.link()
	return &to, from
}

// neededFrom lists the nodes from begin to end, and before them those that they are
// made of, as far as those that stand for themselves, in order.
func (g *Graph) neededFrom(begin, end int, itself []bool) []int {
	need := make([]bool, end)
	for i := end - 1; i >= 0; i-- {
		if i >= begin {
			need[i] = true
		}
		if !need[i] || itself[i] {
			continue
		}
		for _, q := range slices.Concat(g.Nodes[i].In, g.Nodes[i].Attr.By) {
			need[q] = true
		}
	}
	var list []int
	for i, is := range need {
		if is {
			list = append(list, i)
		}
	}
	return list
}
