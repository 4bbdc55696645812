package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// A running is an average that training renews by statistics of its batches: how much
// of itself it keeps, and how much it takes of the new.
type running struct {
	node        int
	keeps, adds float64
}

// runningAverages tells of averages that keep less of themselves than they take of one
// batch, or nothing, beside one of the same function that is an average.
func (f *forward) runningAverages() {
	// A mean or variance of what the mean is taken away from.
	statistic := func(q int) bool {
		return q >= 0 && f.moves[q] && (f.op[q] == "mean" || f.op[q] == "var") && slices.ContainsFunc(f.cons[f.in[q][0]], func(c int) bool {
			m := f.root(f.in[c][len(f.in[c])-1])
			return f.op[c] == "sub" && f.op[m] == "mean" && f.in[m][0] == f.in[q][0]
		})
	}
	var list []running
	for i := range f.n {
		if t := f.g.Site(i); t == nil || !isReference(t.Target) || f.size[i] < 2 {
			continue
		}
		switch f.op[i] {
		case "add":
			for k := range f.in[i] {
				keeps, old := f.scaledBy(f.in[i][k])
				adds, new := f.scaledBy(f.in[i][1-k])
				if statistic(new) && !statistic(old) && math.Abs(keeps+adds-1) < 0.1 && f.size[old] == f.size[i] && adds > 0 && keeps > 0 {
					list = append(list, running{i, keeps, adds})
					break
				}
			}
		case "mul":
			if adds, new := f.scaledBy(i); statistic(new) {
				list = append(list, running{i, 0, adds})
			}
		}
	}
	for _, a := range list {
		b := slices.IndexFunc(list, func(b running) bool {
			return f.site[b.node] != f.site[a.node] && f.g.Site(b.node).Func == f.g.Site(a.node).Func && b.keeps > b.adds && (a.keeps == 0 && a.adds == b.adds || a.keeps > 0)
		})
		if a.keeps >= a.adds || b < 0 {
			continue
		}
		text := message.New("`%s` is the last batch's statistic times %s and keeps nothing of what it was, as `%s` (%s) does", f.g.Site(a.node).Target, figure(a.adds), f.g.Site(list[b].node).Target, f.where(list[b].node))
		if a.keeps > 0 {
			text = message.New("`%s` takes %s of the last batch's statistic and keeps %s of what it was, the other way round than `%s` (%s): after a few batches nothing is left of those before", f.g.Site(a.node).Target, figure(a.adds), figure(a.keeps), f.g.Site(list[b].node).Target, f.where(list[b].node))
		}
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "a running average", Text: text}, at(a.node)})
		return
	}
}

// followsTooClosely tells of averages of a parameter that take more of it in every step
// than they keep of themselves.
func (f *forward) followsTooClosely() {
	version := map[int]bool{}
	for _, c := range f.params {
		for _, q := range c {
			version[f.root(q)] = true
		}
	}
	taken := map[int]float64{} // what an average takes
	times := map[int]int{}     // how often in a row: a rate that falls is another each time
	for i := range f.n {
		if f.op[i] != "add" || f.size[i] < 2 || version[f.root(i)] || len(f.in[i]) != 2 {
			continue
		}
		for k := range f.in[i] {
			keeps, old := f.scaledBy(f.in[i][k])
			adds, new := f.scaledBy(f.in[i][1-k])
			if old < 0 || new < 0 || !version[f.root(new)] || version[f.root(old)] || f.site[old] != f.site[i] || f.size[old] != f.size[i] || math.Abs(keeps+adds-1) > 1e-9 || keeps <= 0 || adds < 0.75 {
				continue
			}
			if taken[i], times[i] = adds, 1; taken[old] == adds {
				times[i] += times[old]
			}
			if times[i] == 3 {
				f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "a running average", Text: message.New("`%s` takes %s of `%s` in each step and keeps %s of what it was: that is the parameter of the last step rather than an average of many", f.g.Site(i).Target, figure(adds), f.nameOf(new), figure(keeps))}, at(i)})
				return
			}
		}
	}
}

// scaledBy reads a product of numbers and an array, as where a variance is made up for
// its degrees of freedom; the array is -1 where it is none.
func (f *forward) scaledBy(q int) (by float64, of int) {
	by, of = 1, -1
	for f.op[q] == "mul" || f.op[q] == "div" {
		k := slices.IndexFunc(f.in[q], func(u int) bool { return f.size[u] == 1 && !f.moves[u] })
		if len(f.in[q]) != 2 || k < 0 || k == 0 && f.op[q] == "div" || f.size[f.in[q][1-k]] == 1 {
			break
		}
		if f.op[q] == "mul" {
			by *= f.scalar(f.in[q][k])
		} else {
			by /= f.scalar(f.in[q][k])
		}
		q = f.root(f.in[q][1-k])
		of = q
	}
	return by, of
}
