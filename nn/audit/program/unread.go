package program

import (
	"slices"
	"strings"

	"glassbox/nn/message"
)

// An unreadStep is a new array, made of one that the forward pass reads, that
// only a name was given, in a loop over parameters: the array stays as it was.
type unreadStep struct{ site, array int }

// tellUnread tells, where no parameter changes, of `param = param - rate*grad`
// whose result nothing reads, again and again.
func (j *judge) tellUnread() {
	count, last := map[unreadStep]int{}, map[unreadStep]int{}
	reached := map[int][]bool{}
	for q := range j.n {
		t := j.g.Site(q)
		if o := j.op[q]; o != "sub" && o != "add" || !j.float[q] || len(j.in[q]) != 2 || len(j.cons[q]) > 0 || t == nil || !isName(t.Target) || j.stored(q) {
			continue
		}
		for k, w := range j.in[q] {
			w = j.root(w)
			if j.size[w] < 2 || !slices.Equal(j.shapes[w], j.shapes[q]) || !slices.ContainsFunc(j.cons[w], func(c int) bool { return contractions[j.op[c]] || j.op[c] == "add" && j.size[c] > j.size[w] }) {
				continue
			}
			if reached[w] == nil {
				if len(reached) > 64 {
					return
				}
				reached[w] = j.after([]int{w}, nil)
			}
			if x := j.in[q][1-k]; x != w && reached[w][x] {
				l := unreadStep{j.site[q], w}
				count[l]++
				last[l] = q
			}
		}
	}
	sites := map[int][]string{}
	for l, n := range count {
		// The array is read again after the last of them but one.
		if n >= 3 && slices.Max(j.cons[l.array]) >= last[l] {
			sites[l.site] = append(sites[l.site], "`"+j.bestName(l.array)+"`")
		}
	}
	for _, site := range keys(sites) {
		names := sites[site]
		slices.Sort(names)
		if len(names) > 4 {
			names = append(names[:3:3], "…")
		}
		name := message.Plain(j.g.Sites[site].Target)
		j.tell(Finding{Severity: "error", Relation: "never moves",
			Text: message.New("`%s` is given a new array, which nothing reads; what the forward pass reads stays as it was: %s", name, strings.Join(names, ", ")),
			Fix:  message.New("`%s -= …` or `%s[...] = …` changes the array itself", name, name)}, place{file: j.file(site), line: j.lineOfSite(site)})
	}
}
