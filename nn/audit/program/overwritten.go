package program

import (
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A statement of a loop that writes over what it should add to leaves of a sum what
// comes last. That is found by adding up what was lost: the program's later operations
// then make the right gradients.

// An overwrite is a statement and what the step's values would be if it added.
type overwrite struct {
	site    int
	changed map[int]*array
}

// tellOverwritten tells of such statements and returns the parameters among the wrong
// ones of a step that they are not to blame for. What nothing reads is not recorded in
// the first steps.
func (j *judge) tellOverwritten(pl player, k int, s *step, wrong []int) []int {
	for i := k; i < min(k+3, len(pl.steps)) && len(wrong) > 0; i++ {
		t := s
		if i > k {
			t = j.newStep(pl.steps, i, len(j.params), j.states, pl.fixed)
			l := t.sameLoss(s.loss)
			if l == nil {
				break
			}
			t.measure(l)
			t.setLoss(l)
		}
		right := t.right(nil)
		for _, o := range slices.Concat(t.lostNames(), t.lostElements()) {
			mended := t.mendedBy(o, right, wrong)
			if len(mended) == 0 {
				continue
			}
			of := len(wrong)
			wrong = slices.DeleteFunc(wrong, func(p int) bool { return slices.Contains(mended, p) })
			r := relations[overwritten]
			j.tell(Finding{Severity: "error", Step: t.k, Relation: r.name, Mended: len(mended), Wrong: of,
				Fix:  message.New("`+=` is meant, not `=`: what came before is lost"),
				Text: message.New("%s: the gradient of %s is not the derivative of the loss (%s)", r.words, j.listed(mended), j.where(t.loss.node))},
				place{file: t.file(o.site), line: t.lineOfSite(o.site)})
		}
	}
	return wrong
}

// mendedBy are the parameters among the wrong ones whose gradients would be right if a
// statement added; none where it would make another wrong.
func (s *step) mendedBy(o overwrite, right [][]hit, wrong []int) (mended []int) {
	with := s.right(o.changed)
	for _, p := range s.live {
		switch is := len(with[p]) > 0; {
		case s.single(p):
		case len(right[p]) > 0 && !is:
			return nil
		case len(right[p]) == 0 && is && slices.Contains(wrong, p):
			mended = append(mended, p)
		}
	}
	return mended
}

// lostNames are the statements that give a name another array while nothing has read
// the one it had.
func (s *step) lostNames() (out []overwrite) {
	type name struct {
		file         int
		fn, variable string
	}
	lost := map[name]*array{} // the sum of what was not read
	by := map[name]int{}      // the statement that gave another while that was not read
	put := map[int]map[int]*array{}
	var sites []int
	for q := s.begin; q < s.hi && q < s.n; q++ {
		t := s.g.Site(q)
		if t == nil || !isReference(t.Target) || strings.Contains(t.Target, "[") || t.Target == "return" || !s.float[q] || s.size[q] < 2 || slices.ContainsFunc(s.cons[q], func(c int) bool { return s.sameStatement(c, q) }) {
			continue
		}
		key, v := name{t.File, t.Func, t.Target}, s.value(q)
		sum := lost[key]
		switch same := sum != nil && v != nil && slices.Equal(sum.Shape, v.Shape); {
		case v == nil:
			delete(lost, key)
		case len(s.cons[q]) == 0 && same:
			lost[key], by[key] = plus(sum, 1, v), s.site[q]
		case len(s.cons[q]) == 0:
			lost[key] = v
			delete(by, key)
		case same:
			site, before := by[key]
			if !before {
				site = s.site[q]
			}
			if put[site] == nil {
				put[site] = map[int]*array{}
				sites = append(sites, site)
			}
			put[site][q] = plus(sum, 1, v)
			delete(lost, key)
		default:
			delete(lost, key)
		}
	}
	for _, site := range sites {
		out = append(out, overwrite{site, s.replay(put[site])})
	}
	return out
}

// lostElements are the statements that write the same elements of an array again.
func (s *step) lostElements() (out []overwrite) {
	written := map[slot]bool{} // by array and element
	var sites []int
	for q := s.begin; q < s.hi && q < s.n; q++ {
		if s.op[q] != "setitem" || len(s.in[q]) != 2 || !s.float[q] || !s.update[q] || slices.Contains(sites, s.site[q]) {
			continue
		}
		again := false
		for _, k := range s.index(q) {
			e := slot{s.obj[q], int(k)}
			again = again || written[e]
			written[e] = true
		}
		if again {
			sites = append(sites, s.site[q])
		}
	}
	for _, site := range sites[:min(len(sites), 8)] {
		if changed := s.adding(site); changed != nil {
			out = append(out, overwrite{site, changed})
		}
	}
	return out
}

// adding is what the step's values would be if the statement that writes at a site
// added; nil where that cannot be computed.
func (s *step) adding(site int) map[int]*array {
	var nodes []int
	for q := s.begin; q < s.hi && q < s.n; q++ {
		if s.update[q] && !s.isCur[q] && !made(s.op[q]) && (len(nodes) > 0 || s.site[q] == site) {
			nodes = append(nodes, q)
		}
	}
	changed, _ := s.rerun(nodes, map[int]*array{}, nil, s.value, func(n int) func([]*array) *array {
		if s.site[n] != site || s.op[n] != "setitem" {
			return nil
		}
		return func(ins []*array) *array {
			base, idx, v := ins[0], s.index(n), ins[1]
			if len(v.Data) != len(idx) && len(v.Data) != 1 {
				return nil
			}
			out := graph.Of(slices.Clone(base.Data), base.Shape...)
			for i, k := range idx {
				if k > 0 {
					out.Data[k-1] += v.Data[min(i, len(v.Data)-1)]
				}
			}
			return out
		}
	})
	return changed
}
