package program

import (
	"cmp"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// Where several values of one call of a function are wrong at once, what it was
// called with may be: what another call kept for its way back, or another number.

// A calling is one line's call of a function of the backward pass: the path to it, and
// what is computed in it, by what it calls as well.
type calling struct {
	path  []graph.Position // of its caller's line, and so on
	nodes []int
	in    map[int]bool
	body  int // a node of the function itself
}

// A misgiven is a call that is given another argument than meant.
type misgiven struct {
	place place
	fix   message.Text
}

// otherArgument is the one argument that a call of the backward pass is to be given
// in the place of another for all wrong gradients to be right, and no right one
// wrong; nil where there is none, or several would do.
func (s *step) otherArgument() *misgiven {
	t := s.look()
	if len(t.wrong) < 2 {
		return nil
	}
	var found []*misgiven
	for _, c := range s.callings(t) {
		found = append(found, s.otherMemory(c, t)...)
		found = append(found, s.otherNumber(c, t)...)
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// tellArgument tells of it.
func (j *judge) tellArgument(s *step, x *misgiven, wrong int) {
	j.tell(Finding{Severity: "error", Step: s.k, Relation: "another operand", Fix: message.New("%s; %s", x.fix, mends(true, wrong, wrong)), Mended: wrong, Wrong: wrong,
		Text: message.New("the function is called with another argument than meant")}, x.place)
}

// callings lists the calls that wrong gradients are made of.
func (s *step) callings(t *situation) (out []*calling) {
	by := map[[2]int]*calling{} // by the path of those called directly, and the function
	var order [][2]int
	for _, q := range s.back {
		if s.site[q] < 0 || len(s.callsTo(q)) == 0 || !slices.ContainsFunc(t.wrong, func(p int) bool { return t.reaches[p][q] }) {
			continue
		}
		k := [2]int{s.call[q], slices.IndexFunc(s.g.Sites, func(o graph.Site) bool { return o.File == s.g.Site(q).File && o.Func == s.g.Site(q).Func })}
		if by[k] == nil {
			by[k] = &calling{path: s.callsTo(q), in: map[int]bool{}, body: q}
			order = append(order, k)
		}
	}
	for _, k := range order {
		c := by[k]
		for q := s.begin; q < s.n && q < s.hi; q++ {
			l := s.callsTo(q)
			own := s.call[q] == k[0] && s.frame(q).fn == s.frame(c.body).fn
			inner := len(l) > len(c.path) && slices.Equal(l[len(l)-len(c.path):], c.path)
			if s.update[q] && !s.isNew[q] && (own || inner) {
				c.nodes, c.in[q] = append(c.nodes, q), true
			}
		}
		out = append(out, c)
	}
	return out
}

// mendsGiven reruns a call with other values in the place of what it reads, and then
// what the program makes of it: are all gradients right?
func (s *step) mendsGiven(c *calling, t *situation, instead func(n, slot int) *array) bool {
	put, work := s.rerun(c.nodes, map[int]*array{}, nil, s.value, func(n int) func([]*array) *array {
		var other []*array
		for j := range s.in[n] {
			other = append(other, instead(n, j))
		}
		if !slices.ContainsFunc(other, func(v *array) bool { return v != nil }) {
			return nil
		}
		return func(ins []*array) *array {
			for j, v := range other {
				if v != nil {
					ins[j] = v
				}
			}
			if r, err := s.evaluate(n, ins); err == nil && slices.Equal(r.Shape, s.shapes[n]) {
				return r
			}
			return nil
		}
	})
	if s.work += work; len(put) == 0 {
		return false
	}
	right := s.rightGiven(t, s.replay(put))
	return !slices.ContainsFunc(s.live, func(p int) bool { return !s.trivial[p] && len(right[p]) == 0 })
}

// outside reports that a call reads operand j of node n from outside, and that it is
// no derivative handed to it.
func (s *step) outside(c *calling, n, j int) bool {
	q := s.in[n][j]
	return !c.in[q] && s.size[q] > 1 && (!s.isBack[q] || s.isCur[q])
}

// otherMemory tries what another call of the function of the forward pass made and
// read in the place of what the one made and read whose values the call at hand
// reads.
func (s *step) otherMemory(c *calling, t *situation) (out []*misgiven) {
	// The calls of the forward pass, each with what it calls: the executions of each
	// site in order, by the path to it from there.
	type spot struct{ site, depth, line int }
	sites := map[frame]map[spot][]int{}
	var order []frame
	var nodes []int
	for q := s.begin; q < s.n && q < s.hi; q++ {
		if s.lossOf[q] && s.forward[q] && !s.isCur[q] && s.call[q] >= 0 && s.site[q] >= 0 {
			nodes = append(nodes, q)
			if r := s.frame(q); sites[r] == nil {
				sites[r] = map[spot][]int{}
				order = append(order, r)
			}
		}
	}
	for _, r := range order {
		for _, q := range nodes {
			k := spot{site: s.site[q]}
			if s.frame(q) != r {
				l, path := s.callsTo(q), s.g.Calls[r.call]
				if k.depth = len(l) - len(path); k.depth <= 0 || !slices.Equal(l[k.depth:], path) {
					continue
				}
				k.line = l[k.depth-1].Line
			}
			sites[r][k] = append(sites[r][k], q)
		}
	}
	read := map[frame]bool{}
	for _, n := range c.nodes {
		for j, q := range s.in[n] {
			if x := s.root(q); s.outside(c, n, j) && sites[s.frame(x)] != nil {
				read[s.frame(x)] = true
			}
		}
	}
	for _, from := range order {
		for _, to := range order {
			if !read[from] || to == from || to.fn != from.fn {
				continue
			}
			meant := corresponding(s, sites[from], sites[to])
			if meant != nil && s.mendsGiven(c, t, func(n, j int) *array {
				if w, ok := meant[s.root(s.in[n][j])]; ok && s.outside(c, n, j) {
					return s.value(w)
				}
				return nil
			}) {
				out = append(out, s.memory(c, s.g.Calls[from.call][0], s.g.Calls[to.call][0]))
			}
		}
	}
	return out
}

// corresponding pairs what one call of a function made and read with what another
// did; nil where they did not do the same.
func corresponding[K comparable](s *step, a, b map[K][]int) map[int]int {
	out, reads := map[int]int{}, map[int]int{}
	for k, l := range a {
		m := b[k]
		if len(m) != len(l) {
			return nil
		}
		for i, q := range l {
			if len(s.in[q]) != len(s.in[m[i]]) {
				return nil
			}
			out[s.root(q)] = m[i]
			for j, u := range s.in[q] {
				w := s.in[m[i]][j]
				if old, met := reads[s.root(u)]; s.size[u] > 1 && u != w && (!met || w < old) {
					reads[s.root(u)] = w
				}
			}
		}
	}
	for u, w := range reads {
		if _, is := out[u]; !is {
			out[u] = w
		}
	}
	return out
}

// memory says which argument of a call is meant, where the line at a made what it is
// given and that at b what it should be.
func (s *step) memory(c *calling, a, b graph.Position) *misgiven {
	file, line := c.path[0].File, c.path[0].Line
	assigned := func(p graph.Position) []string {
		to, _, ok := strings.Cut(s.view.source(p.File, p.Line), " = ")
		if !ok {
			return nil
		}
		return strings.Split(to, ",")
	}
	text := message.New("what the call at line %d gives is meant, not what that at line %d does", b.Line, a.Line)
	is, be := assigned(a), assigned(b)
	for _, param := range s.paramsOf(c.body) {
		given := s.argument(c.body, param, file, line)
		for i, name := range is {
			if i < len(be) && given != "" && strings.TrimSpace(name) == given && strings.TrimSpace(be[i]) != given {
				text = message.New("`%s` is meant, not `%s`", message.Plain(strings.TrimSpace(be[i])), message.Plain(given))
			}
		}
	}
	return s.misgiven(c, text)
}

// misgiven is told at the line that gives the argument.
func (s *step) misgiven(c *calling, text message.Text) *misgiven {
	file, line := c.path[0].File, c.path[0].Line
	return &misgiven{place{node: c.body, file: file, line: line}, message.New("%s (an argument of the function at line %d)", text, s.line(c.body).line)}
}

// otherNumber tries the numbers that other calls have for a parameter of this name in
// the place of the one that the call at hand has.
func (s *step) otherNumber(c *calling, t *situation) (out []*misgiven) {
	tried := map[string][]float64{}
	for _, n := range c.nodes {
		for j, q := range s.in[n] {
			if code := s.operandCode(n, j); s.frame(n) == s.frame(c.body) && s.readsNumber(n, j) && tried[code] == nil {
				tried[code] = []float64{s.scalar(q)}
			}
		}
	}
	file, line := c.path[0].File, c.path[0].Line
	for n := s.begin; n < s.n && n < s.hi; n++ {
		for j, q := range s.in[n] {
			param, x := s.operandCode(n, j), s.scalar(q)
			if tried[param] == nil || !s.readsNumber(n, j) || slices.Contains(tried[param], x) {
				continue
			}
			tried[param] = append(tried[param], x)
			if !s.mendsGiven(c, t, func(i, k int) *array {
				if s.frame(i) == s.frame(c.body) && s.readsNumber(i, k) && s.operandCode(i, k) == param {
					return graph.Scalar(x)
				}
				return nil
			}) {
				continue
			}
			given, meant := s.argument(c.body, param, file, line), number(x)
			for _, p := range s.callsTo(n) { // through functions that hand it on
				code := s.argument(n, param, p.File, p.Line)
				if !isNumber(code) && !isReference(code) {
					break
				}
				if meant = code; !slices.Contains(s.around(p).Params, code) {
					break
				}
			}
			out = append(out, s.misgiven(c, message.New("`%s` is meant, not `%s`", message.Plain(meant), message.Plain(cmp.Or(given, param)))))
		}
	}
	return out
}

// readsNumber reports that an operand is a number that the function around was given.
func (s *step) readsNumber(n, j int) bool {
	q := s.in[n][j]
	return s.size[q] == 1 && !s.forward[q] && slices.Contains(s.paramsOf(n), s.operandCode(n, j))
}
