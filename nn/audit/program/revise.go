package program

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// A fault of the forward pass is one of the loss's derivative as well: a backward
// pass that is right for what was meant is wrong for what is computed, in several
// places at once perhaps. One change of the forward pass is tried after the other, and
// held against the slope of the loss (slopes.go).

// A revision is one change of an expression of the forward pass, made at all
// executions of its line.
type revision struct {
	node  int     // the last of the executions
	class float64 // how far fetched, as of an edit
	text  message.Text
	own   func(n int) func(ins []*array) *array
	form  bool           // it applies a function
	adds  bool           // it puts in what is left out
	idle  bool           // what nothing of the loss is made of
	whole bool           // it is a change of all that the expression gives
	put   map[int]*array // what has been computed of the step with the change
}

// plain reports that interventions say all: one place, with the change that it
// needs, which is not that a term of a sum should stand in it twice.
func (j *judge) plain(s *step, found []*intervention, left []int) bool {
	if len(found) != 1 || len(left) > 0 {
		return false
	}
	f := found[0]
	if s.blame(f); f.edit == nil {
		return false
	}
	_, term, quoted := strings.Cut(f.edit.text.String(), "`")
	if term, _, _ = strings.Cut(term, "`"); f.edit.kind != termMissing || !quoted {
		return true
	}
	l := j.line(f.edit.node)
	return !strings.Contains(j.source(l.file, l.line), term)
}

// removes reports that the correction of an intervention is to take something out.
func (s *step) removes(f *intervention) bool {
	s.blame(f)
	switch f.edit.kind {
	case factorTooMany, termTooMany, functionTooMany, lineTooMany:
		return true
	}
	return false
}

// tellRevision tells what the forward pass lacks, and what could be changed in the backward
// pass in its place.
func (j *judge) tellRevision(s *step, x *revision, f *intervention) {
	text := message.New("the gradients are not the derivative of the loss (%s) that is computed: with one change of the forward pass, here, all of them are", j.where(s.loss.node))
	if f != nil {
		text = message.New("%s; if the forward pass is as it is meant to be, the backward pass is wrong at %s: %s", text, j.where(f.edit.node), f.edit.text)
	}
	j.tell(Finding{Severity: "error", Step: s.k, Relation: "the forward pass", Fix: x.text, Text: text}, s.revisedAt(x))
}

// revisedAt is where a revision is told: of all that an expression gives, where it
// merely gets another name.
func (s *step) revisedAt(x *revision) place {
	if k := s.renamed(x.node); x.whole && k >= 0 {
		return place{node: x.node, file: s.file(k), line: s.lineOfSite(k)}
	}
	return at(x.node)
}

// renamed is where a value gets another name in the function that made it, -1 where it
// does not.
func (s *step) renamed(n int) int {
	for _, k := range s.kept {
		if k.node >= 0 && s.root(k.node) == s.root(n) && k.kind == "name" && k.site >= 0 && isReference(s.g.Text(k.site)) && s.lineOfSite(k.site) > s.line(n).line && s.file(k.site) == s.line(n).file && s.g.Sites[k.site].Func == s.g.Sites[s.site[n]].Func {
			return k.site
		}
	}
	return -1
}

// A reviser tries revisions of one step.
type reviser struct {
	*step
	first   []int            // the forward pass as far as the loss is made of it
	all     []int            // and what the update is made of
	limit   int              // of step.work
	decayed bool             // decays are added to gradients that are right without
	close   float64          // within which two slopes are alike
	cost    int              // of the products in first
	total   int              // and in all
	checks  map[int][]*array // directions, by parameter
	sums    map[int]bool     // what is known of linear
}

// revised is the one change of the forward pass with which the program's gradients
// are the derivative of its loss, all of them; nil where there is none.
func (s *step) revised(wrong []int, budget int, f *intervention, fits func(*revision) bool) *revision {
	if s.loss.cut > 0 || s.loss.constant != nil || !s.loss.computed && s.loss.kind != squaredError {
		return nil
	}
	r := &reviser{step: s, close: 1e-5, limit: s.work + budget, checks: map[int][]*array{}, sums: map[int]bool{}}
	if s.prec == single {
		r.close = 1e-3
	}
	for q := range s.hi {
		if s.isCur[q] || made(s.op[q]) || s.size[q] == 0 {
			continue
		}
		cost := 0
		if contractions[s.op[q]] && len(s.in[q]) > 0 && len(s.shapes[s.in[q][0]]) > 0 {
			d := s.shapes[s.in[q][0]]
			cost = s.size[q] * d[len(d)-1] / 4
		}
		if s.lossOf[q] && s.forward[q] {
			r.first = append(r.first, q)
			r.cost += cost
		}
		if s.lossOf[q] && s.forward[q] || s.update[q] && s.forward[q] {
			r.all = append(r.all, q)
			r.total += cost
		}
	}
	params := slices.Clone(wrong)
	for _, p := range s.live {
		if !s.trivial[p] && !slices.Contains(wrong, p) {
			params = append(params, p)
		}
	}
	for p, hits := range s.right(nil) {
		r.decayed = r.decayed || slices.ContainsFunc(hits, func(h hit) bool { return r.beforeDecay(p, h.node) })
	}
	if r.right(&revision{node: wrong[0], own: func(int) func([]*array) *array { return nil }}, params) {
		return nil // by another constant
	}
	proper := !s.loss.computed || s.proper(s.loss, s.forward)
	all := r.revisions(f)
	far := r.passed(wrong)
	// At the value that the derivative is taken by, and where a value gets a name, first.
	all = slices.DeleteFunc(all, func(x *revision) bool { return !proper && !x.form || !fits(x) })
	apart := map[*revision]int{}
	for _, x := range all {
		apart[x] = 2*b2i(f != nil && !s.sameStatement(x.node, f.about)) + b2i(x.form && s.revisedAt(x) == at(x.node))
	}
	slices.SortStableFunc(all, func(a, b *revision) int {
		return cmp.Or(far[a.node]-far[b.node], cmp.Compare(a.class, b.class), apart[a]-apart[b], b2i(a.idle)*(a.node-b.node))
	})
	for _, x := range all {
		if s.work > r.limit {
			break
		}
		if r.right(x, params) {
			return x
		}
	}
	return nil
}

// passed says of each value whether it is made of all parameters whose gradients are wrong,
// and of no other, as one is behind which they all go wrong: 0 if it is.
func (r *reviser) passed(wrong []int) []int {
	far := make([]int, r.n)
	for _, p := range r.live {
		bad := slices.Contains(wrong, p)
		if _, reached := r.ad[r.cur[p]]; r.trivial[p] || bad && !reached {
			continue
		}
		for q, made := range r.after([]int{r.cur[p]}, nil) {
			far[q] |= b2i(made != bad)
		}
	}
	return far
}

// revisions are the changes that are tried, the nearest to the loss first.
func (r *reviser) revisions(f *intervention) (out []*revision) {
	e := &expression{step: r.step, in: map[int]bool{}, m: &matches{map[int][]match{}, map[int][]match{}}}
	by, outside := map[int][]int{}, map[int]bool{}
	for q := range r.hi { // a function that the backward pass calls too
		outside[r.site[q]] = outside[r.site[q]] || r.isBack[q]
	}
	// What is not made of one parameter alone, as penalties are.
	data, of := map[int]bool{}, map[int]int{}
	for _, q := range r.first {
		data[q] = len(r.attr(q).By) > 0
		for _, u := range r.in[q] {
			o := of[u]
			if r.isCur[u] {
				o = 1 + r.root(u)
			}
			if of[q] == 0 {
				of[q] = o
			}
			data[q] = data[q] || data[u] || !r.forward[u] && r.size[u] > 1 || o != 0 && o != of[q]
		}
	}
	var sites []int
	for _, q := range slices.Backward(r.first) {
		if r.site[q] < 0 || !data[q] || !r.float[q] || r.alias[q] || outside[r.site[q]] {
			continue
		}
		if by[r.site[q]] == nil {
			sites = append(sites, r.site[q])
		}
		by[r.site[q]] = append(by[r.site[q]], q)
	}
	orphans, layers := r.orphans(f), r.layerForms()
	removed := 0.0 // the number that is taken out of the backward pass
	if f != nil && r.removes(f) {
		removed = factor(f.was, f.want, 1e-7)
		for _, u := range r.in[f.edit.node] {
			if removed == 0 && r.size[u] == 1 && !r.forward[u] {
				removed = r.scalar(u) // of one term
			}
		}
	}
	var more []int
	for _, o := range orphans {
		more = append(more, o.nodes...)
	}
	for q, in := range r.before(more, r.isCur) {
		if in && r.forward[q] && !r.isCur[q] && !made(r.op[q]) && r.size[q] > 0 {
			if i, has := slices.BinarySearch(r.first, q); !has {
				r.first = slices.Insert(r.first, i, q)
			}
			if i, has := slices.BinarySearch(r.all, q); !has {
				r.all = slices.Insert(r.all, i, q)
			}
		}
	}
	done := map[placeKey]bool{}
	for _, site := range sites {
		n := by[site][0]
		if stmt := (placeKey{r.file(site), r.g.Sites[site].Stmt[0]}); !done[stmt] {
			done[stmt] = true
			var all []int
			for _, q := range r.first {
				if r.sameStatement(q, n) {
					all = append(all, q)
				}
			}
			out = append(out, r.exchanged(all)...)
		}
		for _, a := range e.alternatives(n) {
			class, plausible := plausible[a.kind]
			if plausible && !((a.kind == otherSign || a.kind == exchanged) && r.linear(n)) {
				out = append(out, &revision{node: n, class: class, text: a.text, own: r.everyTime(n, func(_ int, ins []*array) *array { return a.fn(ins) })})
			}
		}
		out = slices.Concat(out, r.replaced(n), r.unused(orphans, n), r.unbent(layers, n), r.axes(n))
		bent := r.argumentOf(n) >= 0 || slices.ContainsFunc(r.cons[n], r.bent)
		for j, q := range r.in[n] {
			text := r.operand(n, j).String()
			for _, f := range forwardForms {
				if !data[q] || r.size[q] == 1 && !f.scalar || !r.float[q] || r.isCur[r.root(q)] || f.inside && (r.op[n] != "exp" || r.op[q] != "neg" && r.scaling(q) && r.sameStatement(q, n)) || r.chosen(n) || !f.inside && !f.scalar && r.bentBefore(q) {
					continue
				}
				adds := !f.inside && !bent || f.inside && alike(f.of(1), removed, 1e-6)
				out = append(out, &revision{node: n, class: 2, text: message.New("`%s` is meant, not `%s`", f.write(text), text), form: !f.inside, adds: adds, own: r.everyTime(n, func(i int, ins []*array) *array {
					if ins[j] = f.apply(ins[j]); isZero(ins[j]) {
						return nil
					}
					v, _ := r.evaluate(i, ins)
					return v
				})})
			}
		}
	}
	return out
}

// bentBefore reports that a value is what an activation gave, moved or scaled since: another
// on top of it is not what was left out.
func (r *reviser) bentBefore(q int) bool {
	for range 8 {
		switch in := r.in[q]; r.op[q] {
		case "where", "maximum", "minimum", "clip", "tanh", "expit":
			return true
		case "setitem":
			q = in[len(in)-1]
		case "gather", "copy", "max", "mul", "div":
			next := slices.IndexFunc(in, func(u int) bool { return r.forward[u] && r.size[u] > 1 })
			if next < 0 {
				return false
			}
			q = in[next]
		default:
			if !r.alias[q] {
				return false
			}
			q = in[0]
		}
	}
	return false
}

// chosen reports that a value is, or goes into, what a statement chooses for some elements
// alone: a function more on one side would only take it away.
func (r *reviser) chosen(n int) bool {
	return r.op[n] == "where" || slices.ContainsFunc(r.cons[n], func(c int) bool { return r.sameStatement(c, n) && r.chosen(c) })
}

// everyTime is a change of all executions of node n's expression.
func (r *reviser) everyTime(n int, fn func(i int, ins []*array) *array) func(int) func([]*array) *array {
	return func(i int) func([]*array) *array {
		if !r.likeExecution(i, n) {
			return nil
		}
		return func(ins []*array) *array { return fn(i, ins) }
	}
}

// with is a value, as it is with a revision made if it has been computed so.
func (r *reviser) with(x *revision, q int) *array {
	if v := x.put[q]; v != nil {
		return v
	}
	return r.val(q)
}

// linear reports that a value goes into the loss by sums and multiples alone: its
// sign is as well one that the backward pass begins with.
func (r *reviser) linear(n int) bool {
	is, known := r.sums[n]
	if !known {
		is = r.onlySummed(n)
		r.sums[n] = is
	}
	return is
}

func (r *reviser) onlySummed(n int) bool {
	for _, c := range r.cons[n] {
		if !r.lossOf[c] {
			continue
		}
		switch r.op[c] {
		case "add", "sub", "neg", "sum", "mean", "copy", "gather":
		case "mul", "div":
			if !slices.ContainsFunc(r.in[c], func(q int) bool { return q != n && !r.forward[q] }) {
				return false
			}
		default:
			return false
		}
		if !r.linear(c) {
			return false
		}
	}
	return true
}

// plausible are the changes that are tried of an operation: a term or a factor that
// is too many is as well one that the backward pass lacks.
var plausible = map[kind]float64{otherSign: 0, exchanged: 0, transposition: 1, functionTooMany: 1, otherExponent: 1}

// forwardForms are what a value of the forward pass may be meant to be.
var forwardForms = []form{
	{code: "%s ** 2", of: func(x float64) float64 { return x * x }, scalar: true},
	{code: "np.sqrt(%s)", of: math.Sqrt, scalar: true},
	{code: "np.exp(%s)", of: math.Exp},
	{code: "np.log(%s)", of: math.Log},
	{code: "np.abs(%s)", of: math.Abs},
	tanh, rectified,
	{code: "0.5 * %s", of: func(x float64) float64 { return x / 2 }, inside: true},
	{code: "2 * %s", of: func(x float64) float64 { return 2 * x }, inside: true},
}

// replaced are revisions in which an operand is another parameter of its shape.
func (r *reviser) replaced(n int) (out []*revision) {
	for j, q := range r.in[n] {
		if !r.isCur[q] {
			continue
		}
		for _, p := range r.live {
			w := r.cur[p]
			if w == q || !slices.Equal(r.shapes[w], r.shapes[q]) {
				continue
			}
			x := &revision{node: n, class: 0.5, text: message.New("`%s` is meant, not `%s`", r.bestName(w), r.operand(n, j))}
			x.own = func(i int) func([]*array) *array {
				if !r.likeExecution(i, n) || r.in[i][j] != q {
					return nil
				}
				return r.reading(x, i, map[int]int{q: w})
			}
			out = append(out, x)
		}
	}
	return out
}

// reading computes node i from other values than it reads.
func (r *reviser) reading(x *revision, i int, instead map[int]int) func([]*array) *array {
	return func(ins []*array) *array {
		for k, q := range r.in[i] {
			w, ok := instead[q]
			if !ok {
				continue
			}
			if w >= i && r.forward[w] { // it is not made yet
				return nil
			}
			ins[k] = r.with(x, w)
		}
		v, _ := r.evaluate(i, ins)
		return v
	}
}

// exchanged are revisions in which two values change places everywhere in one
// statement.
func (r *reviser) exchanged(statement []int) (out []*revision) {
	in := map[int]bool{}
	for _, q := range statement {
		in[q] = true
	}
	// The values that each of its executions reads, in one order.
	reads := map[slot][]int{}
	var order []slot
	start := 0 // of this execution
	for _, i := range statement {
		if r.site[i] == r.site[statement[0]] {
			start = i
		}
		for k, q := range r.in[i] {
			if w := (slot{r.site[i], k}); (!in[q] || q < start) && r.size[q] > 1 {
				if reads[w] == nil {
					order = append(order, w)
				}
				reads[w] = append(reads[w], q)
			}
		}
	}
	told := map[[2]string]bool{}
	for a := range order {
		for b := range a {
			x, y := reads[order[a]], reads[order[b]]
			if len(x) != len(y) || order[a].site == order[b].site && r.op[r.cons[x[0]][0]] != "sub" || slices.Equal(x, y) || !slices.Equal(r.shapes[x[0]], r.shapes[y[0]]) {
				continue
			}
			instead := map[int]int{}
			for k := range x {
				instead[x[k]], instead[y[k]] = y[k], x[k]
			}
			name := func(w slot) string {
				for _, i := range statement {
					if r.site[i] == w.site {
						return r.operand(i, w.operand).String()
					}
				}
				return ""
			}
			pair := [2]string{name(order[b]), name(order[a])}
			if told[pair] || pair[0] == pair[1] {
				continue
			}
			told[pair] = true
			v := &revision{node: statement[0], text: message.New("`%s` and `%s` are exchanged", pair[0], pair[1])}
			v.own = func(i int) func([]*array) *array {
				if !in[i] || !slices.ContainsFunc(r.in[i], func(q int) bool { _, ok := instead[q]; return ok }) {
					return nil
				}
				return r.reading(v, i, instead)
			}
			out = append(out, v)
		}
	}
	return out
}
