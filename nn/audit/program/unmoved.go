package program

import (
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// An idle value is used as the parameters are, but never changes.
type idle struct {
	node int
	d    *array // the derivative by it
}

// unmoved finds values that are used in every step as parameters are, whose
// derivative the program makes, and that never change.
func (j *judge) unmoved(s *step) []idle {
	s.restore()
	moving := map[int]bool{}
	reads := map[slot]bool{}
	for _, c := range j.params {
		for _, x := range c {
			moving[x] = true
		}
	}
	reading := setOf("dot", "matmul", "add", "gather", "mul")
	for x := range moving {
		for _, i := range j.cons[x] {
			for k, q := range j.in[i] {
				if q == x && reading[j.op[i]] {
					reads[slot{j.site[i], k}] = true
				}
			}
		}
	}
	held := map[string]bool{} // what parameters that move are read from
	for x := range moving {
		for _, of := range j.holders(x) {
			held[of] = true
		}
	}
	var out []idle
	for q := range min(s.begin+1, j.n) {
		if moving[j.root(q)] || !j.float[q] || j.size[q] < 2 {
			continue
		}
		if o := j.op[q]; !made(o) && o != "mul" && o != "div" && o != "gather" && o != "copy" {
			continue
		}
		type use struct {
			slot
			node int
		}
		var uses, inside []use
		for _, i := range j.cons[q] {
			for k, x := range j.in[i] {
				if x == q && (reading[j.op[i]] || j.op[i] == "einsum") {
					u := use{slot{j.site[i], k}, i}
					uses = append(uses, u)
					if _, ok := s.ad[i]; s.lossOf[i] && ok {
						inside = append(inside, u)
					}
				}
			}
		}
		// A value that is made of it once, after all else, may be its step where the
		// recording ends with that.
		if of := j.cons[q]; len(of) > 0 {
			c := of[len(of)-1]
			again := slices.ContainsFunc(of[:len(of)-1], func(i int) bool { return j.site[i] == j.site[c] })
			if updateOps[j.op[c]] && j.size[c] == j.size[q] && !again {
				continue
			}
		}
		asOthers := slices.ContainsFunc(uses, func(u use) bool { return reads[u.slot] }) // where parameters that move are read
		if len(uses) < len(j.steps) || len(inside) == 0 && !asOthers && !slices.ContainsFunc(j.holders(q), func(of string) bool { return held[of] }) {
			continue
		}
		like := slices.ContainsFunc(inside, func(u use) bool {
			switch j.op[u.node] {
			case "gather": // rows of a table, or one number after the other
				return len(j.shapes[q]) >= 2 || j.size[u.node] == 1
			case "dot", "matmul", "einsum":
				return len(j.shapes[q]) >= 2
			case "add":
				return j.size[q] < j.size[u.node]
			}
			return false
		})
		first := len(inside) == 0 // before all that depends on parameters that move
		if !like && !first {
			continue
		}
		var d *array
		if first {
			d = s.derivativeBy(q)
		}
		for _, u := range inside {
			// q is outside of what depends on the parameters, so the reverse pass went by.
			c, err := j.g.CallOf(u.node)
			if err != nil {
				continue
			}
			into := make([]*array, len(c.In))
			into[u.operand] = graph.NewArray(j.shapes[q]...)
			if a, _ := s.derivativeOf(u.node); c.Adjoint(graph.Of(a.v.Data, j.shapes[u.node]...), into) != nil {
				continue
			}
			if d == nil {
				d = into[u.operand]
			} else {
				d = plus(d, 1, into[u.operand])
			}
		}
		if d == nil || isZero(d) {
			continue
		}
		if asOthers && !first {
			out = append(out, idle{q, d})
			continue
		}
		ix := newIndex(s.prec, &s.dirs)
		ix.add(0, adjoint{v: d})
		ix.done()
		var twins []int // parameters that move by the same derivative, whose gradients say nothing of q
		for _, p := range s.live {
			if a := s.ad[s.cur[p]]; a.v != nil && factor(a.v, d, 1e-6) != 0 {
				twins = append(twins, p)
			}
		}
		var derivs []int
		for b := s.begin; b < min(s.hi, j.n); b++ {
			if !s.lossOf[b] && j.float[b] && j.size[b] == len(d.Data) && !slices.ContainsFunc(twins, func(p int) bool { return s.inRegion[p][b] }) {
				if v := j.val(b); v != nil && len(ix.find(v)) > 0 {
					derivs = append(derivs, b)
				}
			}
		}
		if len(derivs) == 0 {
			continue
		}
		if first {
			out = append(out, idle{q, d})
			continue
		}
		used := false
		for _, b := range derivs {
			for _, c := range j.cons[b] {
				used = used || !slices.Contains(derivs, c) && j.size[c] == len(d.Data) && s.update[c]
			}
		}
		// Data meets a parameter in a product.
		data := slices.ContainsFunc(inside, func(u use) bool {
			return contractions[j.op[u.node]] && slices.ContainsFunc(j.in[u.node], func(x int) bool {
				return x != q && (moving[x] || j.op[x] == "gather" && len(j.in[x]) > 0 && moving[j.in[x][0]])
			})
		})
		if !used && !data {
			out = append(out, idle{q, d})
		}
	}
	return out
}

// holders are what a value is read from, as an element of a list or a dictionary,
// or as an attribute: its name with the point.
func (j *judge) holders(q int) (out []string) {
	for _, c := range j.cons[q] {
		args := j.args(c)
		for k, u := range j.in[c] {
			if u != q || k >= len(args) || !isReference(args[k]) {
				continue
			}
			if i := strings.LastIndexAny(args[k], ".["); i > 0 && args[k][i] == '[' {
				out = append(out, args[k][:i])
			} else if i > 0 {
				out = append(out, args[k][i:])
			}
		}
	}
	return out
}

// derivativeBy is the loss's derivative by a value that is none of the step's
// parameters, nil where the loss does not depend on it.
func (s *step) derivativeBy(q int) *array {
	recorded := s.forward
	defer func() { s.forward = recorded }()
	s.forward = slices.Clone(recorded)
	for i, in := range s.after([]int{q}, s.isCur) {
		s.forward[i] = s.forward[i] || in && i < s.hi
	}
	ad := s.reverse(s.loss.seeds, nil, false)
	return ad[q].open().v
}

// tellUnmoved names the loop, or the call, that updates the others.
func (j *judge) tellUnmoved(s *step, list []idle) {
	if len(list) == 0 {
		return
	}
	var news []int
	for _, p := range s.live {
		news = append(news, s.new[p])
	}
	for _, x := range list {
		name := j.bestName(x.node)
		at := j.updateLoop(s, x.node, news)
		if q := j.unread(s, x); q >= 0 {
			at = place{node: q}
		} else if n := j.listGiven(at, x.node); n > 0 {
			at.line = n
		}
		j.tell(Finding{Severity: "error", Step: s.k, Relation: "never moves", Text: message.New("`%s` never changes, though it is used as the parameters are and its derivative is made", name)}, at)
	}
}

var goneThrough = regexp.MustCompile(`^for\b.* in (?:enumerate\(|reversed\()?(?:\w+\.)*(\w+)\)?:`)

// listGiven is the one line that writes out the list which the loop at a place goes through,
// where a value that never moves is read as one that moves is, of another element: the list
// lacks its own; 0 where there is none.
func (j *judge) listGiven(p place, idle int) int {
	m := goneThrough.FindStringSubmatch(strings.TrimSpace(j.source(p.file, p.line)))
	if p.line == 0 || m == nil || !slices.ContainsFunc(j.holders(idle), func(of string) bool {
		return of[0] == '.' && slices.ContainsFunc(j.params, func(c chain) bool { return slices.Contains(j.holders(c[0]), of) })
	}) {
		return 0
	}
	given := regexp.MustCompile(`(^|[.\s])` + m[1] + ` = [\[(].*,.*[\])]$`)
	found := 0
	for n := 1; n <= j.g.Files[p.file].Lines(); n++ {
		if code := strings.TrimSpace(j.source(p.file, n)); given.MatchString(code) && !strings.Contains(code, " for ") {
			if found > 0 {
				return 0
			}
			found = n
		}
	}
	return found
}

// unread finds, for a value that never moves, a new one of its size that gets a
// name and is read nowhere, and is not the derivative that nobody asks for; -1
// where there is not just one such line.
func (j *judge) unread(s *step, x idle) int {
	found := -1
	for q := s.begin; q < min(s.hi, j.n); q++ {
		t := j.g.Site(q)
		if len(j.cons[q]) > 0 || j.size[q] != j.size[x.node] || !s.forward[q] || !updateOps[j.op[q]] || t == nil || !isName(t.Target) || j.stored(q) {
			continue
		}
		if v := j.val(q); v == nil || factor(v, x.d, 1e-6) != 0 {
			continue
		}
		if found >= 0 && j.line(found) != j.line(q) {
			return -1
		}
		found = q
	}
	return found
}

func isName(s string) bool {
	return s != "" && s != "return" && !strings.ContainsAny(s, ".[(, ")
}

// tellKept tells of values that the program gives to their own names again and
// again, in place of stepping them.
func (j *judge) tellKept() {
	type key struct{ site, node int }
	count := map[key]int{}
	var order []key
	for _, k := range j.kept {
		if k.site < 0 || k.kind != "name" && k.kind != "store" || !j.float[k.node] {
			continue
		}
		s := &j.g.Sites[k.site]
		if s.Target == "" || s.Target != j.g.Text(k.site) {
			continue
		}
		x := key{k.site, k.node}
		if count[x]++; count[x] == 1 {
			order = append(order, x)
		}
	}
	for _, x := range order {
		if count[x] >= 3 && j.influences(x.node, j.n, nil) {
			j.tell(Finding{Severity: "error", Relation: "never moves", Text: message.New("`%s` is only given its own value: the step is missing", j.siteText(x.site))}, place{node: x.node, file: j.file(x.site), line: j.lineOfSite(x.site)})
		}
	}
}

// updateLoop is where the updates are: an assignment of the idle value among
// them, the outermost loop around them that the forward pass is not in, the
// call that steps them all, or the update of the parameter that was made next.
func (j *judge) updateLoop(s *step, idle int, news []int) place {
	first := slices.Min(news)
	site := j.g.Site(first)
	if site == nil {
		return at(first)
	}
	for _, k := range j.g.Kept {
		if k.Node == idle && k.Site >= 0 && k.At > first-60 && k.At <= slices.Max(news)+60 && (k.Kind == "name" || k.Kind == "store") {
			if o := &j.g.Sites[k.Site]; o.File == site.File && o.Func == site.Func {
				return place{node: first, file: o.File, line: o.Line}
			}
		}
	}
	// Loops of this function that the forward pass runs in, itself or what calls it.
	around := map[int]bool{}
	for q, in := range s.lossOf {
		if !in || s.isCur[q] || j.site[q] < 0 {
			continue
		}
		if o := j.g.Site(q); o.File == site.File && o.Func == site.Func {
			for _, l := range o.Loops {
				around[l] = true
			}
		}
		if c := j.call[q]; c >= 0 {
			for _, p := range j.g.Calls[c] {
				for _, l := range j.loopsAt(p.File, p.Line) {
					around[l] = true
				}
			}
		}
	}
	for _, l := range site.Loops {
		if !around[l] {
			return place{node: first, file: site.File, line: l}
		}
	}
	one := !slices.ContainsFunc(news, func(n int) bool { return j.call[n] != j.call[first] })
	if one && !j.passWithin(s, first) && site.Func != "" && j.call[first] >= 0 && len(j.g.Calls[j.call[first]]) > 0 {
		c := j.g.Calls[j.call[first]][0]
		if c.File >= 0 {
			// The call may be in a loop over layers.
			for _, l := range j.loopsAt(c.File, c.Line) {
				if !around[l] {
					return place{node: first, file: c.File, line: l}
				}
			}
			return place{node: first, file: c.File, line: c.Line}
		}
	}
	// Where the one that was made after it is stepped.
	next := -1
	for _, p := range s.live {
		if q := j.params[p][0]; q > idle && (next < 0 || q < j.params[next][0]) {
			next = p
		}
	}
	if next >= 0 {
		return at(s.new[next])
	}
	return at(first)
}

// passWithin reports that the forward pass runs in the call that a node is in, or in what
// that calls: it is no call that does nothing but step.
func (j *judge) passWithin(s *step, node int) bool {
	own := s.callsTo(node)
	for q, in := range s.lossOf {
		if path := s.callsTo(q); in && !s.isCur[q] && len(path) >= len(own) && slices.Equal(path[len(path)-len(own):], own) {
			return true
		}
	}
	return false
}

// loopsAt are the loops around a line, outermost first, within its function.
func (j *judge) loopsAt(file, line int) (out []int) {
	f := &j.g.Files[file]
	for n, at := line-1, f.Indent(line); n > 0 && at > 0; n-- {
		if d := f.Indent(n); d < at {
			at = d
			if definition.MatchString(f.Line(n)) {
				break
			}
			if loops.MatchString(f.Line(n)) {
				out = append(out, n)
			}
		}
	}
	slices.Reverse(out)
	return out
}
