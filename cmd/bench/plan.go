package main

import (
	"context"
	"slices"
	"strings"
)

// leaveOutHeavy drops the cases that are too long for a first look.
func leaveOutHeavy(list []section) {
	for i := range list {
		list[i].cases = slices.DeleteFunc(list[i].cases, func(c workCase) bool { return c.heavy })
	}
}

func countCases(list []section) int {
	n := 0
	for _, s := range list {
		n += len(s.cases)
	}
	return n
}

// starters are the processes to start before the first measurement: those of
// one thread. The others come when they are wanted, because the threads of some
// go on spinning for a while.
func starters(list []section) []who {
	var all []who
	for _, s := range list {
		for _, c := range s.cases {
			for _, one := range c.contenders {
				if one.who.threads <= 1 && !slices.Contains(all, one.who) {
					all = append(all, one.who)
				}
			}
		}
	}
	return all
}

// peerResults says who takes part, and of those who do not, why.
func peerResults(ctx context.Context, p *pool, list []section) []peerResult {
	var all []peerResult
	wanted := starters(list)
	for _, k := range kinds {
		i := slices.IndexFunc(wanted, func(w who) bool { return w.kind == k && w.core == "" })
		if i < 0 {
			continue
		}
		m := p.get(ctx, wanted[i])
		r := peerResult{Name: string(k), About: m.about.words(k)}
		if m.err != nil {
			r.Missing = m.err.Error()
		}
		for _, w := range wanted {
			if w.kind == k && w.core != "" {
				if held := p.get(ctx, w); held.err == nil && differs(held.about, m.about) {
					r.About += "; also held to " + held.about.Core
				}
			}
		}
		all = append(all, r)
	}
	return all
}

// words says what a peer is in a few words.
func (a about) words(k kind) string {
	text := strings.TrimPrefix(a.Version, "v")
	switch {
	case k == glassbox:
		text = "Go " + text
		if a.Core != "" {
			text += ", " + a.Core + " kernels"
		}
	case k == part2Kind:
		return "glassbox's, built by go build"
	case k == openblasKind && a.Core != "":
		text += ", by itself with " + a.Core + " kernels"
	case a.BLAS != "" && a.Core != "":
		text += " with " + a.BLAS + " (" + a.Core + ")"
	case a.BLAS != "":
		text += " with " + a.BLAS
	}
	return text
}
