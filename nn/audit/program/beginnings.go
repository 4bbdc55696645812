package program

import (
	"regexp"
	"slices"

	"glassbox/nn/message"
)

// begunAsWeights finds a velocity or a moment that is the parameter itself before
// the first step: its array, or a copy of it.
func (j *judge) begunAsWeights(f *updateFit) *updateFault {
	h := f.h
	k := len(h.steps) - 1
	first := j.val(j.params[h.p][0])
	if first == nil || len(first.Data) < 3 || first.MaxAbs() == 0 {
		return nil
	}
	for _, st := range []*stateHistory{f.velocity, f.squares} {
		if st == nil || st.fit.decay > 1-1e-6 && !st.fit.square || st.nodes[k] < 0 {
			continue
		}
		for _, c := range j.cons[st.nodes[k]] {
			o := slices.Index(j.in[c], st.nodes[k])
			if !h.steps[k].zone[h.p][c] {
				continue
			}
			// The first execution of the line that renews it.
			for q := j.params[h.p][0] + 1; q < j.params[h.p][1]; q++ {
				if j.site[q] != j.site[c] || j.size[q] != len(first.Data) || len(j.in[q]) <= o {
					continue
				}
				if u := j.in[q][o]; j.val(u) != nil && slices.Equal(j.val(u).Data, first.Data) {
					name, own := j.operand(q, o), message.Plain(j.names[h.p])
					for i, x := range j.in[h.made[k]] {
						if j.root(x) == h.steps[k].cur[h.p] {
							own = j.operand(h.made[k], i)
						}
					}
					w := &updateFault{weight: 5, sure: true, coarse: true, node: q, text: message.New("`%s` begins as the parameter `%s`: what is kept of the gradients begins at zero", name, own)}
					w.line = j.firstGiven(q, held(name.String()))
					return w
				}
			}
		}
	}
	return nil
}

// firstGiven is the first line of a node's file, outside of the node's statement,
// that assigns to what holds a value: an element of it before the whole; 0 where
// there is none.
func (j *judge) firstGiven(node int, name string) int {
	file, t := &j.g.Files[j.line(node).file], j.g.Site(node)
	name = regexp.QuoteMeta(name)
	if isName(name) {
		name = `(^|[^\w.])` + name
	}
	for _, form := range []string{`\[[^=]*\]`, `(\[[^=]*\])?\s*(,[^=]*)?`} {
		given := regexp.MustCompile(name + form + `\s*=[^=]`)
		for n := 1; n <= file.Lines(); n++ {
			if line := file.Line(n); (n < t.Stmt[0] || n > t.Stmt[1]) && given.MatchString(line) && !definition.MatchString(line) {
				return n
			}
		}
	}
	return 0
}
