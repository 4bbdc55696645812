package program

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// uncleared finds gradients that are added to what the steps before have left: a sum
// of all gradients, or of those since it was last cleared, in whose place, were it the
// gradient, the update would be of a known form.
func (j *judge) uncleared(h *history) *updateFault {
	if len(h.steps) < 5 || h.steps[0].prec == single || h.sums {
		return nil
	}
	for _, w := range h.ways {
		sums, cleared := h.summed(w)
		if sums == nil {
			continue
		}
		o := *h
		o.sums, o.grads, o.decayed, o.states = true, []*gradientSite{sums}, nil, nil
		o.withDecay()
		for _, x := range h.states {
			own := true
			for k, v := range x.values[1:] {
				own = own && (x.nodes[k+1] < 0 || near(v, sums.values[k], 1e-9))
			}
			if !own {
				o.states = append(o.states, &stateHistory{nodes: x.nodes, values: x.values})
			}
		}
		if fit, wrong, _ := j.fitUpdate(&o); fit == nil || wrong != nil || fit.rate == 0 {
			continue
		}
		node := w.nodes[len(w.nodes)-1]
		name := j.g.Sites[w.site].Target
		if name == "" {
			name = j.bestName(node)
		}
		f := &updateFault{weight: 6, sure: true, node: node, cause: "gradient-accumulated", text: message.New("the gradient is added to that of the steps before: `%s` is never cleared", name)}
		if cleared > 0 {
			f.text = message.New("the gradient is added to that of the steps before: `%s` is cleared before %d of the %d steps recorded, and not before each", name, cleared, len(h.steps))
		}
		if f.line = j.compared(node, name); f.line > 0 {
			f.fix = message.New("`=` is meant, not `==`")
		} else if cleared == 0 {
			f.site = j.clearedBeside(node)
		}
		return f
	}
	return nil
}

// summed takes a way whose value grows by the gradient, up to one factor, in each step
// for the sum of the gradients since it was cleared; nil where it is none. It is cleared
// before so many steps.
func (h *history) summed(w way) (sums *gradientSite, cleared int) {
	sums = &gradientSite{site: w.site, nodes: w.nodes}
	if near(touched(w.value(0), h.moved[0], h.truth[0]), plus(h.value[0], 1, h.moved[0]), 1e-9) {
		return nil, 0 // the parameter itself
	}
	c, grows := 0.0, 0
	for k := range w.nodes {
		v := w.value(k)
		sums.values = append(sums.values, v)
		own, more := factor(v, h.truth[k], 1e-9), 0.0
		if k > 0 {
			more = factor(plus(v, -1, sums.values[k-1]), h.truth[k], 1e-9)
		}
		switch {
		case more != 0 && (c == 0 || alike(more, c, 1e-6)):
			c = more
			grows++
		case own != 0 && (c == 0 || alike(own, c, 1e-6)):
			c = own
			cleared += min(k, 1)
		case k > 0:
			return nil, 0
		}
	}
	if grows < 3 {
		return nil, 0
	}
	sums.c = slices.Repeat([]float64{c}, len(w.nodes))
	return sums, cleared
}

// clearedInPart finds gradients that are added to what the steps before have left in
// some places of an array, which is cleared in others alone: beside the derivative
// there is nothing, or what was there a step before, times the change of the rate.
func (j *judge) clearedInPart(h *history) *updateFault {
	n := len(h.steps)
	if len(h.value[0].Data) < 8 || n < 4 || h.steps[0].prec == single {
		return nil
	}
	for _, w := range h.ways {
		kept, rows := 0, true
		for k := 1; k < n && rows; k++ {
			old, now, truth := w.value(k-1), w.value(k), h.truth[k]
			most, large := old.MaxAbs(), 1e-3*truth.MaxAbs()
			tol := 1e-9 * max(most, now.MaxAbs())
			c := 0.0 // as it is where there was nothing before, or where all of it stays
			for i, x := range truth.Data {
				if math.Abs(x) > large && old.Data[i] == 0 {
					c = now.Data[i] / x
					break
				}
			}
			if c == 0 {
				var a, b, sum []float64
				for i, x := range truth.Data {
					if x != 0 {
						a, b, sum = append(a, x), append(b, old.Data[i]), append(sum, now.Data[i])
					}
				}
				if x, _, ok := leastSquares([][]float64{a, b}, sum); ok {
					c = x[0]
				}
			}
			left, ratio := 0, 0.0
			for i, x := range truth.Data {
				r := now.Data[i] - c*x
				switch {
				case math.Abs(r) <= tol:
				case math.Abs(old.Data[i]) <= 10*tol || ratio != 0 && math.Abs(r-ratio*old.Data[i]) > 10*tol:
					rows = false
				default:
					if left++; math.Abs(old.Data[i]) > 0.1*most && ratio == 0 {
						ratio = r / old.Data[i]
					}
				}
			}
			rows = rows && c != 0 && (left == 0 || ratio > 0.5 && ratio < 2)
			kept += b2i(left > 2)
		}
		if !rows || kept <= 2 {
			continue
		}
		if at := j.clearing(w.nodes[n-2], w.nodes[n-1]); at >= 0 {
			return &updateFault{weight: 6, sure: true, node: at, text: message.New("the gradient of `%s` is added to what the steps before have left: it is cleared in some places only", j.names[h.p])}
		}
	}
	return nil
}

// clearing is where, between two nodes, a zero is written into a part of an array that
// goes into the second; -1 where it is nowhere.
func (j *judge) clearing(from, to int) int {
	for q, in := range j.before([]int{to}, nil) {
		if in && q > from && j.op[q] == "setitem" && len(j.in[q]) == 2 && j.size[j.in[q][1]] == 1 && j.scalar(j.in[q][1]) == 0 && len(j.index(q)) < j.size[q] {
			return q
		}
	}
	return -1
}

// tellUncleared tells, of parameters among the wrong ones, of gradients that would be
// right without what the steps before have left in the array that they are added to; it
// returns the others.
func (j *judge) tellUncleared(s *step, wrong []int) []int {
	return slices.DeleteFunc(slices.Clone(wrong), func(p int) bool {
		if s.k == 0 || s.size[s.cur[p]] < 3 || s.paramIx[p] == nil {
			return false
		}
		for _, u := range s.leftFrom(p) {
			left := layout(j.val(u), s.shapes[s.cur[p]])
			if left == nil || isZero(left) {
				continue
			}
			for _, q := range s.region[p] {
				v := layout(j.val(q), left.Shape)
				if v == nil || s.isNew[q] || q < s.begin || (s.op[q] != "add" && s.op[q] != "setitem" && s.op[q] != "add_at") {
					continue
				}
				if len(s.findParam(p, plus(v, -1, left), false)) == 0 {
					continue
				}
				j.verdict.Parameters[p].Gradient = "wrong"
				name := j.g.Sites[s.site[q]].Target
				if name == "" {
					name = j.bestName(q)
				}
				j.report(s, []updateFault{{node: q, cause: "gradient-accumulated", text: message.New("the gradient is added to that of the steps before: `%s` is never cleared", name)}}, "accumulated")
				return true
			}
		}
		return false
	})
}

// clearedBeside is where the class of the function that adds to an array clears another
// gradient, 0 where it does not: there this one is left out.
func (j *judge) clearedBeside(node int) int {
	own := j.g.Site(node)
	class, _, is := strings.Cut(own.Func, ".")
	for q := j.n - 1; q >= 0 && is; q-- {
		t := j.g.Site(q)
		if t == nil || t.File != own.File || t.Func == own.Func || !strings.HasPrefix(t.Func, class+".") || strings.HasSuffix(t.Func, ".__init__") {
			continue
		}
		if in := j.in[q]; j.op[q] == "setitem" && len(in) == 2 && j.size[in[1]] == 1 && made(j.op[in[1]]) && j.scalar(in[1]) == 0 && j.obj[q] != j.obj[node] && j.writesAll(q) {
			return j.site[q]
		}
	}
	return 0
}

// leftFrom are the arrays of the steps before that something is added to on the way of
// parameter p into its update.
func (s *step) leftFrom(p int) (out []int) {
	for _, q := range s.region[p] {
		if o := s.op[q]; o != "add" && o != "setitem" && o != "add_at" {
			continue
		}
		if u := s.in[q][0]; u < s.begin && s.size[u] == s.size[q] && !s.isCur[s.root(u)] && !made(s.op[u]) && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// compared is the line of a node's file that compares what holds a value with zero
// and does nothing with the answer, 0 where there is none.
func (j *judge) compared(node int, target string) int {
	file := &j.g.Files[j.line(node).file]
	word := regexp.MustCompile(`^[\w.]*` + regexp.QuoteMeta(held(target)) + `\b[^=]*==\s*0(\.0*)?$`)
	for n := range file.Lines() {
		code, _, _ := strings.Cut(file.Line(n+1), "#")
		if word.MatchString(strings.TrimSpace(code)) {
			return n + 1
		}
	}
	return 0
}
