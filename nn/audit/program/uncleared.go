package program

import (
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// uncleared finds gradients that are added to what the steps before have left: a sum
// of all gradients in whose place, were it the gradient, the update would be of a
// known form.
func (j *judge) uncleared(h *history) *updateFault {
	n := len(h.steps) - 1
	if len(h.value[0].Data) < 3 || n < 4 || h.steps[0].prec == single {
		return nil
	}
	for _, st := range h.states {
		if slices.Contains(st.nodes[1:], -1) {
			continue
		}
		var grown []*array
		for i := 1; i < n; i++ {
			grown = append(grown, plus(st.values[i+1], -1, st.values[i]))
		}
		x, off, ok := leastSquares([][]float64{joined(h.truth[1:n])}, joined(grown))
		if !ok || off > exactFit || x[0] == 0 {
			continue
		}
		sums := &gradientSite{site: j.site[st.nodes[n]], nodes: st.nodes[1 : n+1], values: st.values[1 : n+1], c: slices.Repeat(x, n)}
		o := &history{p: h.p, lands: h.lands, steps: h.steps[:n], value: h.value[:n], moved: h.moved[:n], truth: h.truth[:n], news: h.news[:n], made: h.made[:n], grads: []*gradientSite{sums}}
		for _, w := range h.ways {
			o.ways = append(o.ways, way{w.judge, w.like, w.site, w.nodes[:n]})
		}
		o.withDecay()
		for _, x := range h.states {
			if x != st {
				o.states = append(o.states, &stateHistory{nodes: x.nodes[:n], values: x.values[:n]})
			}
		}
		if fit, wrong, _ := j.fitUpdate(o); fit == nil || wrong != nil || fit.rate == 0 {
			continue
		}
		name := j.g.Sites[sums.site].Target
		if name == "" {
			name = j.bestName(st.nodes[n])
		}
		w := &updateFault{weight: 6, sure: true, node: st.nodes[n], text: message.New("the gradient is added to that of the steps before: `%s` is never cleared", name)}
		if w.line = j.compared(st.nodes[n], name); w.line > 0 {
			w.fix = message.New("`=` is meant, not `==`")
		}
		return w
	}
	return nil
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
