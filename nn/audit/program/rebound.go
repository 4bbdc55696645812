package program

import (
	"slices"

	"glassbox/nn/message"
)

// A rebinding is one execution of `v = f(v)`: the new value and what the name stood for.
type rebinding struct{ made, was int }

// tellRebound tells of statements that give a name a new array where the one that it
// stands for is meant to change, as a loop over states or gradients has it: of new
// values that nothing reads, while the old are read again, and of states that go into
// every step as the zeros that they began as. It reports whether there are any.
func (j *judge) tellRebound(s *step) (any bool) {
	by := map[int][]rebinding{}
	for q := range j.n {
		t := j.g.Site(q)
		if t == nil || !isName(t.Target) || !j.float[q] || !updateOps[j.op[q]] || j.inplace[q] || j.alias[q] || j.stored(q) {
			continue
		}
		if u := j.readAs(q, t.Target); u >= 0 && j.size[u] == j.size[q] {
			by[j.site[q]] = append(by[j.site[q]], rebinding{q, j.root(u)})
		}
	}
	for _, site := range keys(by) {
		list, t := by[site], &j.g.Sites[site]
		if len(list) < 3 || !slices.ContainsFunc(list, func(x rebinding) bool { return j.size[x.made] > 1 }) {
			continue
		}
		name := message.Plain(t.Target)
		text := message.Text{}
		switch {
		case j.overlooked(list) && !mentioned(&j.g.Files[t.File], t):
			text = message.New("`%s` is given a new array, which nothing reads: the one that it stood for stays as it was", name)
		case j.stillZero(s, list):
			text = message.New("`%s` is given a new array: the one that it stood for is read in every step and stays zero", name)
		default:
			continue
		}
		any = true
		j.tell(Finding{Severity: "error", Step: s.k, Relation: "never moves", Text: text, Fix: message.New("`%s[...] = …` changes the array itself", name)}, place{file: t.File, line: t.Line})
	}
	return any
}

// readAs is what a statement reads by a name to make value q; -1 for nothing.
func (v *view) readAs(q int, name string) int {
	args := v.args(q)
	for k, u := range v.in[q] {
		if k < len(args) && args[k] == name {
			return u
		}
		if v.sameStatement(u, q) && len(v.in[u]) > 0 {
			if w := v.readAs(u, name); w >= 0 {
				return w
			}
		}
	}
	return -1
}

// overlooked reports that nothing reads the new values, while the old ones, but for
// those of the recording's end, are read afterwards.
func (j *judge) overlooked(list []rebinding) bool {
	again := 0
	for _, x := range list {
		if len(j.cons[x.made]) > 0 {
			return false
		}
		again += b2i(slices.ContainsFunc(j.cons[x.was], func(c int) bool { return c > x.made }))
	}
	return again >= 3 && 2*again >= len(list)
}

// stillZero reports that the statement reads the same zeros again and again, and that
// what it makes of them goes into the step's updates.
func (j *judge) stillZero(s *step, list []rebinding) bool {
	times, made := map[int]int{}, map[int]bool{}
	for _, x := range list {
		times[x.was]++
		made[x.made] = true
	}
	for u, n := range times {
		if v := j.val(u); n < 3 || v == nil || !isZero(v) {
			return false
		}
	}
	return slices.ContainsFunc(s.live, func(p int) bool {
		return slices.ContainsFunc(s.region[p], func(q int) bool {
			return made[q] || slices.ContainsFunc(s.in[q], func(u int) bool { return made[u] })
		})
	})
}
