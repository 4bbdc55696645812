package program

import (
	"maps"
	"slices"
	"strings"

	"glassbox/nn/graph"
)

// Operations that make new values of nothing recorded.
func made(op string) bool {
	switch op {
	case "leaf", "const":
		return true
	}
	return strings.HasPrefix(op, "create:") || random(op)
}

func random(op string) bool { return strings.HasPrefix(op, "random:") }

// Operations that a gradient goes through element by element on its way into
// the update.
var updateOps = setOf("add", "sub", "mul", "div", "neg", "copy", "gather", "setitem", "clip", "where", "sqrt", "pow", "square",
	"maximum", "minimum", "abs", "reciprocal", "sign", "nan_to_num", "exp", "tanh", "log", "expit", "fmax", "fmin")

// A step is one training step of the recording: which versions of the
// parameters it starts from and makes, and by data flow which values belong to
// the forward pass, to the update, and to what lies between.
type step struct {
	*view
	k        int
	cur, new []int  // by parameter; -1 where it does not move in this step
	live     []int  // the parameters that do
	isCur    []bool // the step's parameters, and those of others: the graph ends there
	isNew    []bool
	states   map[int]bool // versions of the optimiser's arrays
	forward  []bool       // depends on the step's parameters, before the next step
	update   []bool       // what the new parameters are made of
	begin    int          // the first value that depends on the parameters
	hi       int          // where the next step begins
	between  []int        // forward and update: the backward pass, and the part of the forward pass that it reads
	prec     precision

	loss       *loss
	kink       graph.Kink      // what counts as its derivative where it jumps
	ties       map[int]bool    // by value of the forward pass: whether one jumps there
	ad         map[int]adjoint // by the step's parameters, and, unless they were let go, by all that the loss is made of
	normsNear  map[int]*array  // near, when they were taken
	lossOf     []bool          // forward values that the loss is made of
	back       []int           // the backward pass proper
	isBack     []bool
	adIndex    *index  // see derivativeIndex
	gone       bool    // derivatives by all but the parameters
	taken      taken   // of what they were taken
	region     [][]int // by parameter: from its gradient to its new version
	inRegion   []map[int]bool
	zone       []map[int]bool // the part of region that an optimiser's state enters
	allZone    map[int]bool
	slots      []map[slot]int // by parameter: where states enter its region
	partial    []map[int]bool // nodes of region to which a share is added later
	own        [][]bool       // by parameter: what is made of it alone
	paramIx    []*index
	trivial    []bool // parameters whose derivative is zero within rounding
	opaque     map[int]error
	was        []int          // the parameters of the step before
	older      []bool         // made of these
	over       map[int]*array // mended values of the backward pass, and what follows from them
	mended     map[int]bool   // those of them that were put in themselves
	free       map[int]*array // denominators without their guards
	exactEval  map[int]bool
	targets    []target
	targetsOf  taken            // of what they were taken
	handed     map[edge]adjoint // where a loss is cut, what handedOn gives
	handedOf   taken
	shareIndex *index
	work       int // operations on elements replayed so far
	hitCache   map[[2]int][]match
}

// A slot is one operand of an expression of the program.
type slot struct{ site, operand int }

// taken is what derivatives were taken of.
type taken struct {
	loss  *loss
	scale float64
	cut   int
	kink  graph.Kink
}

// newStep is step k. Fixed are the versions of parameters that are not the
// step's own: the graph ends there as it does at the step's parameters.
func (v *view) newStep(steps [][]version, k, params int, states map[int]bool, fixed []int) *step {
	s := &step{view: v, k: k, states: states, opaque: map[int]error{}, over: map[int]*array{}, mended: map[int]bool{}, exactEval: map[int]bool{}, ties: map[int]bool{}, hitCache: map[[2]int][]match{}}
	s.cur, s.new = make([]int, params), make([]int, params)
	for p := range params {
		s.cur[p], s.new[p] = -1, -1
	}
	s.isCur, s.isNew = make([]bool, v.n), make([]bool, v.n)
	end := 0
	for _, x := range steps[k] {
		s.cur[x.param], s.new[x.param] = x.cur, x.new
		s.isCur[x.cur], s.isNew[x.new] = true, true
		s.live = append(s.live, x.param)
		end = max(end, x.new)
	}
	slices.Sort(s.live)
	if k > 0 {
		for _, x := range steps[k-1] {
			s.was = append(s.was, x.cur)
		}
		s.older = v.after(s.was, nil)
	}
	later := make([]bool, v.n)
	for _, x := range fixed {
		s.isCur[x], later[x] = true, true
	}
	for _, l := range steps[k:] {
		for _, x := range l {
			later[x.new] = true
		}
	}
	var curs, news []int
	for _, p := range s.live {
		curs, news = append(curs, s.cur[p]), append(news, s.new[p])
	}
	s.forward = v.after(curs, later)
	s.update = v.before(news, s.isCur)
	s.hi = v.n
	for _, n := range news {
		for _, q := range v.cons[n] {
			if q > end && !s.update[q] {
				s.hi = min(s.hi, q)
			}
		}
	}
	s.begin = v.n
	last := -1 // until then the step before makes one parameter after the other
	for _, q := range curs {
		if !made(v.op[q]) {
			last = max(last, q)
		}
	}
	for i := range v.n {
		if s.forward[i] && i >= s.hi {
			s.forward[i] = false
		}
		if s.forward[i] && !s.isCur[i] && i > last {
			s.begin = min(s.begin, i)
		}
		if s.forward[i] && s.update[i] && !s.isCur[i] {
			s.between = append(s.between, i)
		}
	}
	s.prec = double
	for i := s.begin; i < s.hi; i++ { // 1 - y of labels is rounded like all that is made of it
		if !made(v.op[i]) && v.op[i] != "gather" && (v.dtype[i] == "float32" || v.dtype[i] == "float16") {
			s.prec = single
		}
	}
	return s
}

// starts are the step's parameters as it finds them.
func (s *step) starts() (out []int) {
	for _, p := range s.live {
		out = append(out, s.cur[p])
	}
	return out
}

// after is everything made of the given values, stopping at stop.
func (v *view) after(from []int, stop []bool) []bool { return v.reach(from, stop, v.cons) }

// before is everything that the given values are made of, stopping at stop.
func (v *view) before(from []int, stop []bool) []bool { return v.reach(from, stop, v.in) }

func (v *view) reach(from []int, stop []bool, next [][]int) []bool {
	seen := make([]bool, v.n)
	todo := slices.Clone(from)
	for _, x := range from {
		seen[x] = true
	}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, q := range next[x] {
			if !seen[q] && (stop == nil || !stop[q]) {
				seen[q] = true
				todo = append(todo, q)
			}
		}
	}
	return seen
}

// setLoss takes a loss as the step's: adjoints, what is backward pass and what
// is not, each parameter's way from gradient to update.
func (s *step) setLoss(l *loss) {
	s.loss, s.kink = l, graph.KinkNone
	s.derive(l)
	right := s.right(nil)
	wrong := len(s.wrong(right))
	if wrong == 0 {
		return
	}
	if s.tied() {
		// As it is from the other side, where it jumps at what the program computes; of the
		// sides of several that are the largest only where other gradients are right.
		kink, sides := s.kink, []graph.Kink{graph.KinkLast}
		if slices.ContainsFunc(right, func(h []hit) bool { return len(h) > 0 }) {
			sides = append(sides, graph.KinkFirst, graph.KinkAll)
		}
		for _, k := range sides {
			s.kink = k
			s.derive(l)
			if n := len(s.wrong(s.right(nil))); n < wrong {
				if kink, wrong = k, n; n == 0 {
					return
				}
			}
		}
		if s.kink != kink {
			s.kink = kink
			s.derive(l)
		}
	}
	// As it is where the norms are those that the program divides by.
	near := s.guardedNorms()
	if len(near) == 0 {
		return
	}
	s.view.near = near
	s.derive(l)
	s.view.near = nil
	if len(s.wrong(s.right(nil))) >= wrong {
		s.derive(l)
	}
}

// tied reports that the derivative of the loss jumps at a value that was computed.
func (s *step) tied() bool {
	for q, in := range s.lossOf {
		switch s.op[q] {
		case "abs", "maximum", "minimum", "clip", "max", "min":
			if !in || !s.forward[q] || s.isCur[q] {
				continue
			}
			is, known := s.ties[q]
			if !known {
				c, err := s.g.DerivativeOf(q)
				is = err == nil && c.TiesAt() != nil
				s.ties[q] = is
			}
			if is {
				return true
			}
		}
	}
	return false
}

// derive takes the derivative of a loss, and what is known of the step by it.
func (s *step) derive(l *loss) {
	s.lossOf = s.before(keys(l.seeds), s.isCur)
	for i, f := range s.forward {
		s.lossOf[i] = s.lossOf[i] && f || s.isCur[i]
	}
	// A loss is often taken twice in a row.
	if t := (taken{l, l.scale, l.cut, s.kink}); s.taken != t || s.gone || s.normsNear != nil || s.view.near != nil {
		s.normsNear, s.adIndex, s.targetsOf, s.handedOf, s.taken = s.view.near, nil, taken{}, taken{}, t
		s.differentiate(func(int, adjoint) bool { return true })
	}
	s.free = nil
	s.back, s.isBack = nil, make([]bool, s.n)
	handed := make([]bool, s.n) // forward values under another name, or kept
	for _, q := range s.between {
		if s.lossOf[q] || s.size[q] == 0 {
			continue
		}
		if s.alias[q] && (s.lossOf[s.in[q][0]] || handed[s.in[q][0]]) {
			handed[q] = true
			continue
		}
		if s.size[q] > 0 {
			s.back = append(s.back, q)
			s.isBack[q] = true
		}
	}
	s.regions()
	s.unmend()
	s.unguard()
}

// differentiate takes the derivative of the loss by all that it is made of.
func (s *step) differentiate(done func(q int, a adjoint) bool) {
	s.gone = false
	if s.loss.cut > 0 {
		s.ad = s.reverse(s.loss.seeds, s.loss.over, true)
		s.capBounds()
		s.truncate(s.loss)
	} else {
		s.ad, _ = s.reverseUpTo(s.loss.seeds, s.loss.over, true, s.loss.holds(s.view), nil, done)
		s.capBounds()
	}
}

// restore takes the derivatives again that were let go.
func (s *step) restore() {
	if s.gone {
		s.retake(func(int, adjoint) bool { return true })
	}
}

func (s *step) retake(done func(q int, a adjoint) bool) {
	before := s.view.near
	s.view.near = s.normsNear
	s.differentiate(done)
	s.view.near = before
}

// derivativeIndex finds derivatives again by value.
func (s *step) derivativeIndex() *index {
	if s.adIndex != nil {
		return s.adIndex
	}
	s.adIndex = newIndex(s.prec, &s.dirs)
	put := func(q int, a adjoint) bool {
		if s.lossOf[q] {
			s.adIndex.addLater(q, a.v, func() adjoint { a, _ := s.derivativeOf(q); return a })
		}
		return true
	}
	held := !s.gone
	for _, a := range s.ad {
		held = held && a.v != nil
	}
	if held || s.loss.cut > 0 {
		s.restore()
		for q, a := range s.ad {
			put(q, a)
		}
	} else {
		s.retake(put)
	}
	return s.adIndex.done()
}

// derivativeOf is the derivative by a value that the loss is made of.
func (s *step) derivativeOf(q int) (adjoint, bool) {
	if !s.isCur[q] {
		s.restore()
	}
	a, ok := s.ad[q]
	if a.by != nil {
		a = s.capBound(q, s.handedOn(a.by.user, a.by.slot))
	} else if a.packed != nil {
		a = s.capBound(q, a.open())
	}
	return a, ok
}

// capBounds keeps the worst case of single precision, which grows tenfold with each
// normalisation that a derivative passes, from saying that nothing is known of
// derivatives that are no smaller than the others: what rounding really does is far
// below. A derivative that should be zero is far smaller than those of the other
// parameters, and keeps its bound.
func (s *step) capBounds() {
	if s.prec != single {
		return
	}
	for q, a := range s.ad {
		if a.v != nil {
			s.ad[q] = s.capBound(q, a)
		}
	}
}

func (s *step) capBound(q int, a adjoint) adjoint {
	if s.prec != single {
		return a
	}
	const most = 5e-4
	m := a.v.MaxAbs()
	if worst := a.err.MaxAbs(); worst <= most*m || m < 0.01*worst || s.isCur[q] && m < 1e-3*s.largest() {
		return a
	}
	a.err = a.err.Clone() // others may be packed from it
	for i, e := range a.err.Data {
		a.err.Data[i] = min(e, most*m)
	}
	return a
}

// largest is the largest element of the derivatives by the step's parameters.
func (s *step) largest() (top float64) {
	for _, p := range s.live {
		if a, ok := s.ad[s.cur[p]]; ok {
			top = max(top, a.v.MaxAbs())
		}
	}
	return top
}

// handedOn is the derivative that an operation hands to one of its inputs, without
// a value where it gives none.
func (s *step) handedOn(u, slot int) adjoint {
	if s.loss.cut > 0 {
		return s.allHanded()[edge{u, slot}]
	}
	if a, ok := s.derivativeOf(u); ok && !s.endsAt(u) {
		if g, e, err := s.backwardInto(u, slot, a.v, a.err); err == nil && g[slot] != nil {
			return adjoint{v: g[slot], err: e[slot]}
		}
	}
	return adjoint{}
}

// eachHanded gives all derivatives that operations hand to their inputs.
func (s *step) eachHanded(f func(i, slot int, part adjoint)) {
	if s.loss.cut == 0 {
		s.reverseUpTo(s.loss.seeds, s.loss.over, true, s.loss.holds(s.view), f, func(int, adjoint) bool { return false })
		return
	}
	for e, part := range s.allHanded() {
		f(e.node, e.slot, part)
	}
}

// allHanded is what operations hand to their inputs where a loss is cut, held as long as
// there is room for it.
func (s *step) allHanded() map[edge]adjoint {
	if s.handed != nil && s.handedOf == s.taken {
		return s.handed
	}
	all, room := map[edge]adjoint{}, s.g.Room()
	s.eachRound(s.loss, func(i, slot int, part adjoint) {
		room -= 2 * len(part.v.Data)
		if old, ok := all[edge{i, slot}]; ok {
			part = adjoint{v: plus(old.v, 1, part.v), err: old.err}
		}
		all[edge{i, slot}] = part
	})
	if s.handed = nil; room >= 0 {
		s.handed, s.handedOf = all, s.taken
	}
	return all
}

// letGo frees what a step takes most room by, and is seldom asked for.
func (s *step) letGo() {
	s.targets, s.shareIndex, s.adIndex, s.handed, s.gone = nil, nil, nil, nil, true
	maps.DeleteFunc(s.ad, func(q int, _ adjoint) bool { return !s.isCur[q] })
}

// A hit is a value on a parameter's way from gradient to update that is its
// derivative up to the factor c.
type hit struct {
	node int
	c    float64
}

// right finds for each parameter the values of its update that are its true
// derivative up to a factor, none where its gradient is wrong. Changed replaces
// recorded values.
func (s *step) right(changed map[int]*array) [][]hit {
	out := make([][]hit, len(s.cur))
	for _, p := range s.live {
		if !s.trivial[p] {
			out[p] = s.rightOf(p, changed)
		}
	}
	return out
}

// wrong are the parameters whose gradient should be right and is not.
func (s *step) wrong(right [][]hit) (out []int) {
	for _, p := range s.live {
		if !s.trivial[p] && len(right[p]) == 0 {
			out = append(out, p)
		}
	}
	return out
}

// single reports that a parameter has one element, or that its derivative has
// one that is not zero: a multiple of any other number, and no evidence.
func (s *step) single(p int) bool {
	a, ok := s.ad[s.cur[p]]
	return s.size[s.cur[p]] == 1 || ok && lone(a.v)
}

func (s *step) rightOf(p int, changed map[int]*array) []hit {
	if s.paramIx[p] == nil {
		return nil
	}
	var out []hit
	one := s.size[s.cur[p]] == 1
	for _, q := range s.region[p] {
		if s.isNew[q] || s.zone[p][q] || s.partial[p][q] || one && !s.isBack[q] || s.op[q] == "sqrt" {
			continue
		}
		if x, ok := changed[q]; ok {
			if m := s.findParam(p, x, one); len(m) > 0 {
				out = append(out, hit{q, m[0].c})
			}
			continue
		}
		k := [2]int{p, q}
		m, ok := s.hitCache[k]
		if !ok {
			if x := s.value(q); x != nil {
				m = s.findParam(p, x, one)
			}
			s.hitCache[k] = m
		}
		if len(m) > 0 {
			out = append(out, hit{q, m[0].c})
		}
	}
	return out
}

func (s *step) findParam(p int, x *array, one bool) []match {
	if one {
		a := s.ad[s.cur[p]].v.Data[0]
		if len(x.Data) != 1 || a == 0 || x.Data[0] == 0 || !finite(x) {
			return nil
		}
		return []match{{0, x.Data[0] / a, false}}
	}
	return s.paramIx[p].find(x)
}

// value is a node's value with what has been mended so far.
func (s *step) value(q int) *array {
	if v, ok := s.over[q]; ok {
		return v
	}
	return s.val(q)
}
