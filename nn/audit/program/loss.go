package program

import (
	"slices"

	"glassbox/nn/graph"
)

// A loss is what the gradients of a step are held against: values of the
// forward pass with the derivative of the whole by each (1 for a loss that the
// program computes).
type loss struct {
	node     int    // where it is made, the last of several
	kind     string // last, first, sum, calls: which executions; or the name of an assumed loss
	place    lossPlace
	computed bool
	seeds    map[int]*array
	over     map[int]*array // derivatives at logits without the guard of a logarithm
	guarded  bool           // over is used
	whole    bool           // the gradients are all of them right by a part of it, which lacks but penalties
	instead  *loss          // the loss that is computed, another than that which is differentiated
	constant []edge         // operands through which the derivative does not go
	scale    float64        // of an assumed loss: what its seeds were multiplied by, 0 for nothing
	cut      int            // the derivative goes back through so many steps in time; 0 for all
	rounds   *rounds        // what others that are cut earlier share with it, where they are tried
	right    int            // gradients that it explains
	sure     bool           // of an assumed loss: that it is meant
	given    int            // of a given derivative: a value that is one
	reach    int            // parameters whose gradient it gives
	ones     int            // of those explained, with the factor 1 somewhere
	made     []bool         // what it is made of
}

type lossPlace struct {
	site int
	call int
	how  string
}

// lossCandidates are the scalars of the step that are no part of a larger
// expression of their statement and not used by the update: singly, and summed
// over the executions of their line.
func (s *step) lossCandidates() []*loss {
	by := map[lossPlace][]int{}
	var order []lossPlace
	joins := setOf("add", "sub", "mul", "div", "neg", "copy", "sum", "mean", "sqrt")
	estimates, data := s.after(s.moved, nil), s.meetsData()
	var others []int // what the steps of other parameters are made of
	for q, is := range s.isCur {
		if is && q >= s.begin && q < s.hi && !s.alias[q] {
			others = append(others, s.in[q]...)
		}
	}
	update := s.before(others, s.isCur)
	steps, moved := map[int]bool{}, map[int]bool{} // what the parameters are moved by, and numbers among it
	for _, p := range s.live {
		for _, q := range s.regionOf(p) {
			moved[q] = s.size[q] == 1
			steps[q] = s.size[q] > 1 || s.op[q] == "sum" || s.op[q] == "mean" || contractions[s.op[q]]
		}
	}
	for q := range s.n {
		if !s.forward[q] || estimates[q] || s.size[q] != 1 || !s.float[q] || s.isCur[q] || s.op[q] == "cmp" || s.op[q] == "gather" || s.update[q] || update[q] || s.states[q] || q >= s.hi {
			continue
		}
		if x := s.val(q); x == nil || !finite(x) || s.movesNumber(q, 0) || data && s.ofParameters(q) || s.normOf(q, steps, moved) {
			continue
		}
		inner, running := false, true
		for _, c := range s.cons[q] {
			inner = inner || s.states[c] // an optimiser's
			if s.size[c] != 1 || !s.float[c] {
				continue
			}
			if s.sameStatement(c, q) && joins[s.op[c]] && !(s.op[c] == "add" && s.inplace[c]) {
				inner = true
			}
			running = running && s.forward[c] && (s.op[c] == "add" || s.op[c] == "sub") && len(s.cons[c]) > 0 && s.addsToTotal(c, q)
		}
		if inner && !running {
			continue
		}
		p := lossPlace{site: s.site[q], call: s.call[q]}
		if by[p] == nil {
			order = append(order, p)
		}
		by[p] = append(by[p], q)
	}
	ones := func(qs []int) map[int]*array {
		m := map[int]*array{}
		for _, q := range qs {
			a := graph.NewArray(s.shapes[q]...)
			a.Data[0] = 1
			if s.takenFromTotal(q) {
				a.Data[0] = -1
			}
			m[q] = a
		}
		return m
	}
	var out []*loss
	add := func(p lossPlace, how string, qs []int) {
		p.how = how
		out = append(out, &loss{node: slices.Max(qs), kind: how, place: p, computed: true, seeds: ones(qs)})
	}
	for _, p := range order {
		l := by[p]
		add(p, "last", l[len(l)-1:])
		if len(l) > 1 {
			total := false
			for i := range min(2, len(l)-1) {
				total = total || s.before(l[i+1:i+2], s.isCur)[l[i]]
			}
			if !total && len(l) <= 2000 {
				add(p, "sum", l)
			}
			add(p, "first", l[:1])
		}
	}
	// What one function gives for several calls, which may be meant together.
	calls := map[int][]int{}
	for _, p := range order {
		calls[p.site] = append(calls[p.site], by[p][len(by[p])-1])
	}
	for _, p := range order {
		if l := calls[p.site]; len(l) > 1 && len(l) < 5 && by[p][len(by[p])-1] == l[0] {
			for n := 2; n <= len(l); n++ { // the last of them: what the step before made with the same parameters comes first
				add(lossPlace{site: p.site, call: -n}, "calls", l[len(l)-n:])
			}
		}
	}
	return out
}

// vectorLosses are sums and means over some axes that no update reads, one of each of
// several models that are trained side by side: their sum is meant.
func (s *step) vectorLosses() (out []*loss) {
	for q := range min(s.hi, s.n) {
		if !s.forward[q] || s.update[q] || s.size[q] < 2 || s.op[q] != "sum" && s.op[q] != "mean" ||
			slices.ContainsFunc(s.cons[q], func(c int) bool { return s.forward[c] && !(s.op[c] == "add" && s.addsToTotal(c, q)) }) {
			continue
		}
		ones := graph.NewArray(s.shapes[q]...)
		for i := range ones.Data {
			ones.Data[i] = 1
		}
		out = append(out, &loss{node: q, kind: "last", place: lossPlace{site: s.site[q], call: s.call[q], how: "vector"}, computed: true, seeds: map[int]*array{q: ones}})
	}
	return out[:min(len(out), 8)]
}

// ofParameters reports that a number is made of parameters alone, as a penalty is.
func (s *step) ofParameters(q int) bool {
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] || s.isCur[x] {
			continue
		}
		if seen[x] = true; len(seen) > 60 || !s.forward[x] && s.size[x] > 1 {
			return false
		}
		todo = append(todo, s.in[x]...)
	}
	return true
}

// meetsData reports that a product of the step takes arrays that no parameter is in: its
// loss is of more than of the parameters.
func (s *step) meetsData() bool {
	return slices.ContainsFunc(s.between, func(q int) bool {
		return contractions[s.op[q]] && slices.ContainsFunc(s.in[q], func(u int) bool { return !s.forward[u] && s.size[u] > 1 })
	})
}

// normOf reports that a number is made, by squares, sizes and sums, of nothing but what
// parameters are moved by: a norm of gradients that is only looked at.
func (s *step) normOf(q int, steps, moved map[int]bool) bool {
	met := false
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case seen[x] || s.size[x] == 1 && (!s.forward[x] || moved[x] && !normOps[s.op[x]]) || s.isCur[x]:
		case steps[x]:
			met = true
		case len(seen) > 200 || !s.forward[x] || !normOps[s.op[x]] && !s.alias[x]:
			return false
		default:
			todo = append(todo, s.in[x]...)
		}
		seen[x] = true
	}
	return met
}

var normOps = setOf("sum", "mean", "add", "mul", "div", "pow", "square", "abs", "sqrt", "norm", "copy", "concatenate", "dot", "stack", "clip", "gather", "max")

// movesNumber reports that a number, times a rate perhaps, is taken from a single
// number that the forward pass adds to arrays before and after: it is a bias's
// step, another network's perhaps.
func (s *step) movesNumber(q, depth int) bool {
	adds := func(b int) (sites []int) {
		for _, u := range s.cons[b] {
			if (s.op[u] == "add" || s.op[u] == "sub") && s.size[u] > 1 {
				sites = append(sites, s.site[u])
			}
		}
		return sites
	}
	return slices.ContainsFunc(s.cons[q], func(c int) bool {
		switch s.op[c] {
		case "mul", "div", "neg", "copy":
			return s.size[c] == 1 && depth < 3 && s.movesNumber(c, depth+1)
		case "sub":
			before := adds(s.in[c][0])
			return s.in[c][0] != q && slices.ContainsFunc(adds(c), func(site int) bool { return slices.Contains(before, site) })
		}
		return false
	})
}

// holds says where the derivative ends, nil where it goes through all.
func (l *loss) holds(v *view) func(i, q int) bool {
	if len(l.constant) == 0 {
		return nil
	}
	return func(i, q int) bool {
		return slices.ContainsFunc(l.constant, func(e edge) bool { return e.node == i && v.in[i][e.slot] == q })
	}
}

// addsToTotal reports that c adds q to a running total.
func (s *step) addsToTotal(c, q int) bool {
	for _, o := range s.in[c] {
		if o != q {
			return made(s.op[o]) || s.site[o] == s.site[c]
		}
	}
	return false
}

// takenFromTotal reports that a number counts as its negative: a running total, as of
// -log p, takes it off and nothing adds it.
func (s *step) takenFromTotal(q int) bool {
	off := false
	for _, c := range s.cons[q] {
		switch {
		case s.op[c] == "add":
			return false
		case s.op[c] == "sub" && s.size[c] == 1:
			off = off || s.sameStatement(c, q) && s.in[c][1] == q && s.addsToTotal(c, q)
		}
	}
	return off
}

// measure tries a loss on the step and counts what it explains.
func (s *step) measure(l *loss) {
	s.setLoss(l)
	l.right, l.reach, l.ones = 0, 0, 0
	// A single number is a multiple of any other: it is no evidence.
	for _, p := range s.live {
		if !s.trivial[p] && !s.single(p) {
			l.reach++
		}
	}
	for p, h := range s.right(nil) {
		if len(h) > 0 && !s.single(p) {
			l.right++
			if slices.ContainsFunc(h, func(x hit) bool { return alike(x.c, 1, 1e-6) }) {
				l.ones++
			}
		}
	}
	if s.onlyNumbers() && !l.computed {
		l.reach, l.right = s.agreeing()
	}
	l.made = s.lossOf
}

// agreeing counts, where all parameters are single numbers, those whose
// derivative is not zero, and of these the ones whose gradients are the same
// multiple of it as another's.
func (s *step) agreeing() (of, agree int) {
	right := s.right(nil)
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		of++
		agree += b2i(slices.ContainsFunc(s.live, func(o int) bool {
			return o != p && slices.ContainsFunc(right[p], func(h hit) bool {
				return slices.ContainsFunc(right[o], func(g hit) bool { return alike(h.c, g.c, 1e-9) })
			})
		}))
	}
	return of, agree
}

// climbs reports that the loss is to be climbed: a likelihood, or a margin that
// is only held against a bound.
func (s *step) climbs() bool {
	q := s.loss.node
	compared := s.loss.computed && len(s.cons[q]) > 0 && !slices.ContainsFunc(s.cons[q], func(c int) bool { return s.op[c] != "cmp" })
	return compared || s.likelihood() || s.loss.computed && s.score(s.loss.node, 1, 0)
}

// score reports that value q, times sign, has no bottom: what a product gave, less
// squares or sizes at most. A network's output is climbed as it is, a loss bends up.
func (s *step) score(q int, sign float64, depth int) bool {
	in := s.in[q]
	if depth > 12 {
		return false
	}
	switch op := s.op[q]; {
	case contractions[op]:
		return true
	case op == "square" || op == "abs" || op == "pow" && s.size[in[1]] == 1 && s.scalar(in[1]) == 2:
		return sign < 0
	case op == "sum" || op == "mean" || op == "gather" && len(in) == 1 || op == "copy":
		return s.score(in[0], sign, depth+1)
	case op == "neg":
		return s.score(in[0], -sign, depth+1)
	case op == "add" || op == "sub":
		second := sign
		if op == "sub" {
			second = -sign
		}
		return (!s.forward[in[0]] || s.score(in[0], sign, depth+1)) && (!s.forward[in[1]] || s.score(in[1], second, depth+1))
	case op == "mul" || op == "div":
		x, by := in[0], in[1]
		if op == "mul" && s.forward[by] {
			x, by = by, x
		}
		return s.forward[x] && !s.forward[by] && s.size[by] == 1 && s.scalar(by) != 0 && s.score(x, sign*s.scalar(by), depth+1)
	}
	return false
}

// likelihood reports that the loss is made of logarithms of probabilities as
// they are: it is to be climbed, and its negative is made where no one records.
func (s *step) likelihood() bool {
	var is func(q, depth int) bool
	is = func(q, depth int) bool {
		in := s.in[q]
		switch s.op[q] {
		case "log", "log2", "log10":
			v := s.val(in[0])
			return v != nil && !slices.ContainsFunc(v.Data, func(x float64) bool { return !(x <= 1) })
		case "gather", "sum", "mean", "copy":
			return depth < 20 && s.forward[in[0]] && is(in[0], depth+1)
		case "add":
			return depth < 20 && !slices.ContainsFunc(in, func(u int) bool { return !s.forward[u] || !is(u, depth+1) })
		case "mul", "div":
			l, w := in[0], in[1]
			if s.op[q] == "mul" && s.forward[w] {
				l, w = w, l
			}
			v := s.val(w)
			return depth < 20 && !s.forward[w] && s.forward[l] && v != nil && !slices.ContainsFunc(v.Data, func(x float64) bool { return x < 0 }) && is(l, depth+1)
		}
		return false
	}
	return s.loss.computed && is(s.loss.node, 0)
}

// proper reports that a logarithm or a square is on the way to a loss, among the
// values of down: a measure of errors that is only looked at has none.
func (s *step) proper(l *loss, down []bool) bool {
	for q := range s.n {
		if !down[q] || !l.made[q] {
			continue
		}
		in := s.in[q]
		switch {
		case s.op[q] == "log", s.op[q] == "log1p", s.op[q] == "square", s.op[q] == "logaddexp",
			s.op[q] == "pow" && s.size[in[1]] == 1 && s.scalar(in[1]) == 2,
			s.op[q] == "mul" && in[0] == in[1]:
			return true
		}
	}
	return false
}

// weak reports that little speaks for the step's loss, which is assumed.
func (l *loss) weak() bool {
	return !l.computed && !l.sure && (10*l.right < 6*l.reach || l.kind == givenDerivative && l.right < l.reach)
}

// onlyNumbers reports that no parameter has more than one element.
func (s *step) onlyNumbers() bool {
	return !slices.ContainsFunc(s.live, func(p int) bool { return s.size[s.cur[p]] > 1 })
}

func keys[V any](m map[int]V) []int {
	out := make([]int, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sameLoss finds in this step the loss that another step was judged by.
func (s *step) sameLoss(l *loss) *loss {
	if l.kind == givenDerivative {
		return s.givenLoss()
	}
	if l.kind == "pair" {
		if c := s.chooseLoss(); c != nil && c.place == l.place {
			return c
		}
		return nil
	}
	list := s.lossCandidates
	if !l.computed {
		list = s.assumedLosses
	}
	for _, c := range list() {
		if c.place == l.place && c.computed == l.computed {
			if l.guarded {
				c.over = s.unguarded(c)
				c.guarded = c.over != nil
			}
			c.multiply(l.scale)
			c.whole = l.whole
			c.cut, c.constant = l.cut, s.likeEdges(c, l.constant)
			return c
		}
	}
	return nil
}
