package program

import (
	"cmp"
	"slices"
	"strings"

	"glassbox/nn/graph"
)

// A loss is what the gradients of a step are held against: values of the
// forward pass with the derivative of the whole by each (1 for a loss that the
// program computes).
type loss struct {
	node     int    // where it is made, the last of several
	kind     string // last, first, sum: which executions; or the name of an assumed loss
	place    lossPlace
	computed bool
	seeds    map[int]*array
	over     map[int]*array // derivatives at logits without the guard of a logarithm
	guarded  bool           // over is used
	instead  *loss          // the loss that is computed, another than that which is differentiated
	constant []edge         // operands through which the derivative does not go
	scale    float64        // of an assumed loss: what its seeds were multiplied by, 0 for nothing
	cut      int            // the derivative goes back through so many steps in time; 0 for all
	right    int            // gradients that it explains
	sure     bool           // of an assumed loss: that it is meant
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
	estimates := s.after(s.moved, nil)
	for q := range s.n {
		if !s.forward[q] || estimates[q] || s.size[q] != 1 || !s.float[q] || s.isCur[q] || s.op[q] == "cmp" || s.op[q] == "gather" || s.update[q] || q >= s.hi {
			continue
		}
		if x := s.val(q); x == nil || !finite(x) || s.movesNumber(q, 0) {
			continue
		}
		inner, running := false, true
		for _, c := range s.cons[q] {
			if s.size[c] != 1 || !s.float[c] {
				continue
			}
			if s.sameStatement(c, q) && joins[s.op[c]] && !(s.op[c] == "add" && s.inplace[c]) {
				inner = true
			}
			running = running && s.forward[c] && (s.op[c] == "add" || s.op[c] == "sub") && len(s.cons[c]) > 0 && s.op[q] != "neg" && s.addsToTotal(c, q)
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
	return out
}

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

// chooseLoss finds the loss whose derivatives the step's gradients are, or, where
// none is right, the one that most of the forward pass goes into.
func (s *step) chooseLoss() (best *loss) {
	var computed []*loss
	depends := map[*loss]int{}
	most := 0
	for _, l := range s.lossCandidates() {
		b := s.before(keys(l.seeds), nil)
		for _, p := range s.live {
			if b[s.cur[p]] {
				depends[l]++
			}
		}
		most = max(most, depends[l])
		computed = append(computed, l)
	}
	slices.SortStableFunc(computed, func(a, b *loss) int { return cmp.Or(depends[b]-depends[a], b.node-a.node) })
	var use []*loss
	for _, l := range computed {
		if depends[l] > 0 && float64(depends[l]) >= 0.6*float64(most) && len(use) < 32 {
			use = append(use, l)
		}
	}
	var list []*loss
	for _, l := range use {
		s.measure(l)
		if l.reach == 0 && !s.onlyNumbers() {
			continue
		}
		if over := s.unguarded(l); over != nil {
			g := *l
			g.over, g.guarded = over, true
			s.measure(&g)
			if g.right > l.right || g.right == l.right && g.ones >= l.ones {
				l = &g
			}
		}
		list = append(list, l)
	}
	count := func(b []bool) (n int) {
		for _, x := range b {
			n += b2i(x)
		}
		return n
	}
	// Only losses of which most of the update's contractions are no part: not
	// the backward pass itself.
	var products []int
	if len(list) == 0 {
		s.region = make([][]int, len(s.cur))
	}
	forward := map[int]bool{} // lines of the forward pass, which every loss is made of
	least := s.n + 1
	for _, l := range list {
		if n := count(l.made); n < least {
			least, forward = n, map[int]bool{}
			for q, in := range l.made {
				if in && contractions[s.op[q]] {
					forward[s.site[q]] = true
				}
			}
		}
	}
	for _, p := range s.live {
		for _, q := range slices.Concat(s.region[p], s.packed(p)) {
			if contractions[s.op[q]] && !forward[s.site[q]] {
				products = append(products, q)
			}
		}
	}
	overlap := map[*loss]int{}
	for _, l := range list {
		for _, q := range s.between {
			overlap[l] += b2i(l.made[q])
		}
	}
	if len(products) > 1 {
		var clean []*loss
		for _, l := range list {
			n := 0
			for _, q := range products {
				n += b2i(l.made[q])
			}
			if 2*n < len(products) {
				clean = append(clean, l)
			}
		}
		if clean != nil {
			list = clean
		}
	}
	size := map[*loss]int{}
	for _, l := range list {
		size[l] = count(l.made)
	}
	one := func(l *loss) int { return min(l.ones, 1) }
	for _, l := range list {
		if best == nil || cmp.Or(l.right-best.right, one(l)-one(best), l.reach-best.reach, overlap[l]-overlap[best], l.ones-best.ones, size[best]-size[l]) > 0 {
			best = l
		}
	}
	switch {
	case best == nil:
	case best.right == 0:
		// Nothing is right: the most inclusive of those that cover the forward
		// pass which the backward pass reads.
		if own := slices.DeleteFunc(slices.Clone(list), s.afterSeed); len(own) > 0 {
			list = own
		}
		reach, cover, small := 0, 0, s.n
		for _, l := range list {
			reach = max(reach, l.reach)
		}
		for _, l := range list {
			if l.reach == reach {
				cover = max(cover, overlap[l])
			}
		}
		var most []*loss
		for _, l := range list {
			if l.reach == reach && float64(overlap[l]) >= 0.9*float64(cover) {
				most = append(most, l)
			}
		}
		// A sum of what goes back is made of more than the loss, but has no logarithm
		// and no square of its own.
		if proper := slices.DeleteFunc(slices.Clone(most), func(l *loss) bool { return !s.proper(l, s.forward) }); len(proper) > 0 {
			most = proper
		}
		for _, l := range most {
			small = min(small, size[l])
		}
		best = nil
		sum := func(l *loss) int { return b2i(l.kind == "sum") }
		for _, l := range most {
			if float64(size[l]) > 1.3*float64(small)+12 {
				continue
			}
			if best == nil || cmp.Or(size[l]-size[best], sum(l)-sum(best), l.node-best.node) > 0 {
				best = l
			}
		}
	default:
		// The most inclusive that explains enough: the data's loss with its
		// penalties, not the data's alone.
		slices.SortStableFunc(list, func(a, b *loss) int { return size[a] - size[b] })
		for _, l := range list {
			if l == best || float64(l.right) < max(1, 0.4*float64(l.reach)) || float64(size[l]) > 1.6*float64(size[best])+30 && l.kind != "sum" {
				continue
			}
			inside := true
			for q := range best.seeds {
				inside = inside && (l.made[q] || s.madeAgain(q, l.made))
			}
			if inside && (l.ones >= 1 || best.ones == 0) && !s.multipleOf(l, best.node) {
				best = l
			}
		}
	}
	if best != nil {
		if h := s.held(best); h != nil {
			return h
		}
	}
	if best != nil && best.right > 0 {
		if t := s.truncated(best); t != nil {
			best = t
		}
		return best
	}
	if best != nil && s.anotherPass(best) {
		best = nil
	}
	var assumed *loss
	for i, l := range s.assumedLosses() {
		if i >= 12 {
			break
		}
		s.measure(l)
		if l.right > 0 && (assumed == nil || l.right > assumed.right) {
			assumed = l
		}
	}
	if assumed == nil {
		return best
	}
	s.rescale(assumed)
	if t := s.truncated(assumed); t != nil {
		assumed = t
	}
	if best != nil && s.departs(best, assumed) {
		assumed.instead = best
		return assumed
	}
	// A loss proper is computed after the values that the assumed one starts
	// from, with a logarithm or a square on the way.
	if best != nil && s.proper(best, s.after(keys(assumed.seeds), nil)) {
		return best
	}
	if best == nil || float64(assumed.right) >= 0.5*float64(assumed.reach) {
		return assumed
	}
	return best
}

// packed are the values of fewer elements that p's gradient is put together from, as
// where all parameters are parts of one vector.
func (s *step) packed(p int) (parts []int) {
	moves := setOf("gather", "setitem", "copy", "mul", "div", "neg")
	seen, todo := map[int]bool{}, slices.Clone(s.region[p])
	for len(todo) > 0 && len(seen) < 1000 {
		x := todo[0]
		todo = todo[1:]
		if !moves[s.op[x]] && s.size[x] < s.size[s.new[p]] {
			continue
		}
		for _, q := range s.in[x] {
			if !seen[q] && q >= s.begin && s.update[q] && !s.isCur[q] && s.size[q] < s.size[s.new[p]] {
				seen[q] = true
				parts, todo = append(parts, q), append(todo, q)
			}
		}
	}
	return parts
}

// multipleOf reports that a loss is another number times what no parameter is in, as
// a mean is times the rows of its batch, to be added up.
func (s *step) multipleOf(l *loss, of int) bool {
	q := l.node
	for q > of {
		next := -1
		for _, u := range s.in[q] {
			if l.made[u] && (s.op[q] == "mul" || s.alias[q]) {
				next = u
			}
		}
		if next < 0 {
			return false
		}
		q = next
	}
	return q == of
}

// afterSeed reports that a number is made of a one that the step creates, as the
// derivative of a loss by itself is: it is a value of the backward pass.
func (s *step) afterSeed(l *loss) bool {
	for q, in := range s.before(keys(l.seeds), nil) {
		if v := s.val(q); in && q >= s.begin && s.size[q] == 1 && strings.HasPrefix(s.op[q], "create:") && v != nil && v.Data[0] == 1 {
			return true
		}
	}
	return false
}

// madeAgain reports that a number is among some values a second time, worked out
// anew by the same statement, as the parts of a loss are that it returns beside it.
func (s *step) madeAgain(q int, among []bool) bool {
	for x, in := range among {
		if in && x != q && s.size[x] == 1 && s.op[x] == s.op[q] && s.frame(x) == s.frame(q) && s.sameStatement(x, q) && s.forward[x] && s.scalar(x) == s.scalar(q) {
			return true
		}
	}
	return false
}

// anotherPass reports that a loss is that of another pass than the one whose
// values the backward pass reads: the same lines, with other numbers.
func (s *step) anotherPass(l *loss) bool {
	by := map[int][]int{}
	for q, in := range l.made {
		if in && s.forward[q] && !s.isCur[q] && s.size[q] > 1 {
			by[s.site[q]] = append(by[s.site[q]], q)
		}
	}
	other := false
	for _, q := range s.between {
		if l.made[q] {
			return false
		}
		for _, o := range by[s.site[q]] {
			if v, w := s.val(q), s.val(o); v != nil && w != nil && len(v.Data) == len(w.Data) {
				if slices.Equal(v.Data, w.Data) {
					return false
				}
				other = true
			}
		}
	}
	return other
}

// departs reports that the gradients are, all of them, the derivative of the
// cross-entropy of the very probabilities that the computed loss takes the
// logarithms of, though not of that loss: the training is sound, and what is
// computed beside it is another number.
func (s *step) departs(computed, assumed *loss) bool {
	if assumed.right < assumed.reach || assumed.kind != "cross-entropy of a softmax" {
		return false
	}
	logits := s.after(keys(assumed.seeds), nil)
	yes, no := false, false
	for q := range s.n {
		if !computed.made[q] || !logits[q] || s.op[q] != "log" {
			continue
		}
		x := s.in[q][0]
		for len(s.in[x]) > 0 && (s.op[x] == "clip" || s.op[x] == "copy" || s.alias[x] || s.op[x] == "add" && s.size[s.in[x][len(s.in[x])-1]] == 1) {
			x = s.in[x][0]
		}
		if s.op[x] == "sub" {
			no = true
			continue
		}
		if z, _, _, _ := s.probabilities(x); z >= 0 {
			yes = true
		}
	}
	return yes && no
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
func (l *loss) weak() bool { return !l.computed && !l.sure && 10*l.right < 6*l.reach }

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
	list := s.assumedLosses()
	if l.computed {
		list = s.lossCandidates()
	}
	for _, c := range list {
		if c.place == l.place && c.computed == l.computed {
			if l.guarded {
				c.over = s.unguarded(c)
				c.guarded = c.over != nil
			}
			c.multiply(l.scale)
			c.cut, c.constant = l.cut, s.likeEdges(c, l.constant)
			return c
		}
	}
	return nil
}
