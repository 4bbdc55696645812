package program

import (
	"cmp"
	"slices"

	"glassbox/nn/message"
)

// A history is one parameter through the recorded steps: its values, its true
// gradients, the values that enter its update as gradients, and its
// optimiser's states.
type history struct {
	p     int
	steps []*step
	value []*array // before each step
	moved []*array // by each step
	truth []*array // the derivative in each step
	news  []int    // the new version; where lands is set, before what becomes of it after its step
	made  []int    // and what its name stands for
	lands bool
	grads []*gradientSite
	sums  bool // grads are not the gradients of a step: see uncleared
	// decayed are the gradients with a multiple of the parameter added.
	decayed []*gradientSite
	states  []*stateHistory
	ways    []way
}

// A way is one expression between gradient and new version, in all steps. Of its
// values, which are many, none is held.
type way struct {
	judge *judge
	like  []int // the parameter's shape
	site  int
	nodes []int
}

func (w *way) value(k int) *array { return layout(w.judge.val(w.nodes[k]), w.like) }

func (w *way) values() (out []*array) {
	for k := range w.nodes {
		out = append(out, w.value(k))
	}
	return out
}

// time is the number of step i of the history, from 1.
func (h *history) time(i int) float64 { return float64(h.steps[i].k + 1) }

// A gradientSite is one line on the way from gradient to update whose value is
// the derivative up to a factor, in all steps.
type gradientSite struct {
	site   int
	nodes  []int
	values []*array
	c      []float64
	own    float64 // and own·parameter
}

// A stateHistory is one array of an optimiser as each step finds it.
type stateHistory struct {
	nodes  []int
	values []*array
	fit    *stateFit
}

// A stateFit is how a state is renewed: s' = decay·s + gain·g or gain·g².
type stateFit struct {
	square bool
	decay  float64
	gain   float64
	grad   *gradientSite
	own    float64 // and own·parameter: a decay of weights inside the state
	varies bool    // the gain is another in each step: this is the last
	mean   bool    // of the parameter's own values
	past   bool    // the parameter as it was a step before
	// largest: s' is the largest of decay·s and of what squares says.
	largest bool
	of      *way // which that is
	size    bool // and that is the gradient's size, not its square
	// odd is what the state is made of where that is no known rule.
	odd  message.Text
	with *stateHistory // the other state that the gradient is multiplied by
}

// An updateFault is what is wrong with an update: the heavier, the surer.
type updateFault struct {
	weight  int
	node    int
	site    int // told there instead, if not 0
	line    int // told at this line of the node's file, if not 0
	text    message.Text
	cause   string // its name in the catalogue, if it has one
	fix     message.Text
	fixes   []message.Text // the first that another step bears out is the fix
	surplus bool           // the first of them takes something away
	sure    bool           // the line is: no change is looked for elsewhere
	coarse  bool           // it shows in any precision
	// unknown: nothing speaks for it but a change that makes the update a known one.
	unknown bool
	made    int // the site of the new parameter
}

func (j *judge) histories(all []*step) []*history {
	var out []*history
	for p := range j.params {
		if h := j.history(p, all, false); h != nil {
			out = append(out, h)
		}
	}
	return out
}

// history follows one parameter, nil where too little is known of it. With lands
// it is followed up to its steps, not through what becomes of it afterwards.
func (j *judge) history(p int, all []*step, lands bool) *history {
	h := &history{p: p, lands: lands}
	for _, s := range all {
		if s.new[p] < 0 || s.trivial[p] {
			continue
		}
		// States are followed from step to step: without a gap.
		if n := len(h.steps); n > 0 && h.steps[n-1].k != s.k-1 {
			if n >= 4 {
				break
			}
			h.steps = nil
		}
		h.steps = append(h.steps, s)
	}
	// At the very first step a state that begins at zero is no state yet.
	if len(h.steps) > 2 && !j.common(p, h.steps[0], h.steps[1]) {
		h.steps = h.steps[1:]
	}
	if len(h.steps) < 2 || j.unsteady[p] || j.lost[p] {
		return nil
	}
	by := map[int]*gradientSite{}
	var order []int
	var run, longest []*step // in which the gradient is right
	for i, s := range h.steps {
		last := s.new[p]
		if lands {
			last = j.landed(s, p)
		}
		before, after := j.view.val(s.cur[p]), layout(j.val(last), j.shapes[s.cur[p]])
		if before == nil || after == nil {
			return nil
		}
		truth, hits := s.ad[s.cur[p]].v, j.gradientsOf(s, p)
		if i >= 4 && (len(hits) == 0 || !finite(after) || !finite(truth)) {
			h.steps = h.steps[:i] // what training that runs away leaves is no evidence
			break
		}
		if j.given[p] != nil && len(hits) > 0 {
			if v := layout(j.val(hits[0].node), truth.Shape); v != nil {
				truth = v.Scaled(1 / hits[0].c)
			}
		}
		moved := plus(after, -1, before)
		h.value, h.moved, h.truth = append(h.value, touched(before, moved, truth)), append(h.moved, moved), append(h.truth, truth)
		h.news, h.made = append(h.news, last), append(h.made, j.root(last))
		add := func(q int, c float64) {
			v := layout(j.val(q), s.ad[s.cur[p]].v.Shape)
			if v == nil {
				return
			}
			g := by[j.site[q]]
			if g == nil {
				g = &gradientSite{site: j.site[q]}
				by[j.site[q]] = g
				order = append(order, j.site[q])
			}
			if n := len(h.made); len(g.nodes) == n {
				g.nodes[n-1], g.values[n-1], g.c[n-1] = q, v, c
			} else {
				g.nodes, g.values, g.c = append(g.nodes, q), append(g.values, v), append(g.c, c)
			}
		}
		if run = append(run, s); len(hits) == 0 {
			run = nil
		} else if len(run) > len(longest) {
			longest = run
		}
		c := map[int]float64{}
		for _, x := range hits {
			add(x.node, x.c)
			c[x.node] = x.c
		}
		// A gradient clipped element by element, or without its mean, is the gradient
		// from there on.
		clipped := map[int]bool{}
		v := func(q int) *array { return layout(j.val(q), before.Shape) }
		for _, q := range s.region[p] {
			if c[q] != 0 || s.isNew[q] || s.zone[p][q] || len(s.in[q]) == 0 {
				continue
			}
			u, k := s.in[q][0], 1.0
			switch s.op[q] {
			case "clip", "minimum", "maximum":
			case "mul", "div":
				if s.size[u] == 1 && len(s.in[q]) == 2 && s.op[q] == "mul" {
					u = s.in[q][1]
				}
				o := s.in[q][0] + s.in[q][1] - u
				if k = s.scalar(o); s.op[q] == "div" {
					k = 1 / k
				}
				if !clipped[u] || s.size[o] != 1 {
					continue
				}
			case "neg":
				k = -1
				fallthrough
			case "copy", "gather":
				if !clipped[u] {
					continue
				}
			case "sub":
				if !centralised(v(u), v(q)) {
					continue
				}
			default:
				continue
			}
			if c[u] == 0 {
				continue
			}
			c[q], clipped[q] = c[u]*k, true
			add(q, c[q])
		}
	}
	for _, site := range order {
		if g := by[site]; len(g.nodes) == len(h.steps) && !g.squared(h.truth) {
			h.grads = append(h.grads, g)
		}
	}
	for _, g := range h.grads {
		for _, site := range order {
			if now := by[site].among(g, h.steps); now != nil {
				h.grads = append(h.grads, now)
			}
		}
	}
	slices.SortStableFunc(h.grads, func(a, b *gradientSite) int { return a.nodes[len(a.nodes)-1] - b.nodes[len(b.nodes)-1] })
	if len(h.grads) == 0 {
		// A step in between may have met a guard, and tell nothing.
		if len(longest) >= 3 && len(longest) < len(h.steps) {
			return j.history(p, longest, lands)
		}
		return nil
	}
	h.findWays(j)
	h.withDecay()
	h.findStates(j)
	return h
}

// squared reports, of a parameter of one element, whose derivative is a multiple of any
// number, that a site's is the derivative times itself.
func (g *gradientSite) squared(truth []*array) bool {
	if len(truth) < 3 || len(truth[0].Data) != 1 {
		return false
	}
	for i, t := range truth {
		if !alike(g.c[i]*truth[0].Data[0], g.c[0]*t.Data[0], 1e-9) {
			return false
		}
	}
	return !alike(g.c[0], g.c[1], 1e-9)
}

// among is all in every step but those in which g was made of it: a gradient whose
// norm is clipped where it is too large. It is nil where there is no such step.
func (g *gradientSite) among(all *gradientSite, steps []*step) *gradientSite {
	if len(g.nodes) == len(steps) {
		return nil
	}
	out := &gradientSite{site: g.site, nodes: slices.Clone(all.nodes), values: slices.Clone(all.values), c: slices.Clone(all.c)}
	for i, q := range g.nodes {
		k := slices.IndexFunc(steps, func(s *step) bool { return s.begin <= q && q < s.hi })
		if k < 0 || !slices.Contains(steps[k].in[q], all.nodes[k]) || steps[k].op[q] == "add" || steps[k].op[q] == "sub" {
			return nil
		}
		out.nodes[k], out.values[k], out.c[k] = q, g.values[i], g.c[i]
	}
	return out
}

// touched is a parameter with zeros where a step leaves it alone and its gradient
// is zero too: rows that are not looked up in a step do not decay in it either.
func touched(value, moved, truth *array) *array {
	out := value
	for i, d := range moved.Data {
		if d == 0 && truth.Data[i] == 0 && value.Data[i] != 0 {
			if out == value {
				out = value.Clone()
			}
			out.Data[i] = 0
		}
	}
	return out
}

// common reports that a parameter's gradient comes in at one line in both steps.
func (j *judge) common(p int, a, b *step) bool {
	return slices.ContainsFunc(j.gradientsOf(a, p), func(x hit) bool {
		return slices.ContainsFunc(j.gradientsOf(b, p), func(y hit) bool { return j.site[x.node] == j.site[y.node] })
	})
}

// gradientsOf are the values on a parameter's way into its update that are its
// gradient, as the program computed it where it is known to be wrong.
func (j *judge) gradientsOf(s *step, p int) []hit {
	sites := j.given[p]
	if sites == nil {
		return s.rightOf(p, j.changed)
	}
	var out []hit
	for _, q := range s.region[p] {
		if c := sites[j.site[q]]; c != 0 && !s.isNew[q] && !s.zone[p][q] && !s.partial[p][q] {
			out = append(out, hit{q, c})
		}
	}
	return out
}

// findStates collects what comes into the update from before the step.
func (h *history) findStates(j *judge) {
	late := h.steps
	if len(late) > 2 {
		late = late[1:]
	}
	var slots []slot
	for k := range late[0].slots[h.p] {
		in := true
		for _, s := range late[1:] {
			_, ok := s.slots[h.p][k]
			in = in && ok
		}
		if in {
			slots = append(slots, k)
		}
	}
	slices.SortStableFunc(slots, func(a, b slot) int { return cmp.Or(a.site-b.site, a.operand-b.operand) })
	for _, k := range slots {
		st := &stateHistory{}
		var nodes []int
		distinct, ok := map[int]bool{}, true
		for i, s := range h.steps {
			n, there := s.slots[h.p][k]
			if !there {
				n = -1
			} else {
				distinct[n] = true
			}
			nodes = append(nodes, n)
			if n < 0 {
				st.values = append(st.values, plus(h.truth[i], -1, h.truth[i]))
				continue
			}
			v := layout(j.val(n), h.truth[i].Shape)
			ok = ok && v != nil
			st.values = append(st.values, v)
		}
		last := nodes[len(nodes)-1]
		st.nodes = nodes
		if !ok || len(distinct) < 2 || last < 0 || made(j.op[last]) || h.buffer(j, st) {
			continue
		}
		if slices.ContainsFunc(h.states, func(o *stateHistory) bool { return slices.Equal(o.nodes, nodes) }) {
			continue
		}
		h.states = append(h.states, st)
	}
}

// buffer reports that a state is none: an array that each step fills anew, with
// zeros or over all that stood there.
func (h *history) buffer(j *judge, st *stateHistory) bool {
	if !slices.ContainsFunc(st.values, func(v *array) bool { return !isZero(v) }) {
		return true
	}
	for i, s := range h.steps {
		u := st.nodes[i]
		if u < 0 {
			continue
		}
		for _, c := range j.cons[u] {
			if s.inRegion[h.p][c] && !(j.op[c] == "setitem" && len(j.in[c]) == 2 && j.in[c][0] == u && j.in[c][1] != u && j.size[j.in[c][1]] == j.size[u]) {
				return false
			}
		}
	}
	return true
}
