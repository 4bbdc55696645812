package program

import (
	"math"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// A correction is what becomes of a moment for its beginning at zero.
type correction int

const (
	noCorrection    correction = iota
	rightCorrection            // divided by 1 - decay**t
	otherFactor                // a multiple of it that is no correction: the rate, perhaps
)

// correction looks for a moment divided by 1 - decay**t, or by something that
// is meant to be that and is not: with a t that stands still or starts
// elsewhere, a product in place of the power, a plus in place of the minus, a
// product with it in place of the division.
func (j *judge) correction(h *history, st, other *stateHistory, name string, n int) (correction, *updateFault) {
	if len(h.value[0].Data) < 3 {
		return noCorrection, nil
	}
	b := st.fit.decay
	type seen struct {
		c    []float64
		node int
	}
	by := map[int]*seen{}
	for k := range n {
		base := st.values[k+1]
		for _, q := range h.steps[k].region[h.p] {
			v := layout(j.val(q), base.Shape)
			if v == nil {
				continue
			}
			if c := factor(v, base, 1e-9); c != 0 {
				s := by[j.site[q]]
				if s == nil {
					s = &seen{}
					by[j.site[q]] = s
				}
				if len(s.c) == k {
					s.c, s.node = append(s.c, c), q
				}
			}
		}
	}
	found := noCorrection
	var wrong *updateFault
	sites := keys(by)
	slices.SortStableFunc(sites, func(x, y int) int { return by[x].node - by[y].node })
	for _, site := range sites {
		s := by[site]
		if len(s.c) != n || alike(s.c[0], 1, 1e-9) && alike(s.c[n-1], 1, 1e-9) {
			continue
		}
		is := func(f func(t float64) float64) bool {
			for k, c := range s.c {
				if !alike(c, f(h.time(k)), 1e-7) {
					return false
				}
			}
			return true
		}
		same := true // up to a rate
		for k := range n {
			same = same && alike(s.c[k]*(1-math.Pow(b, h.time(k))), s.c[0]*(1-math.Pow(b, h.time(0))), 1e-6)
		}
		if same {
			return rightCorrection, nil
		}
		found = otherFactor
		if wrong != nil {
			continue
		}
		what, still, late := message.Text{}, false, false
		if other != nil && other.fit.decay < 1-1e-6 && other.fit.decay != b && is(func(t float64) float64 { return 1 / (1 - math.Pow(other.fit.decay, t)) }) {
			wrong = &updateFault{weight: 5, sure: true, node: j.numberOf(h, s.node), text: message.New("the %s moment decays by %s, so it should be divided by 1 - %s**t; it is divided by 1 - %s**t", name, number(b), number(b), number(other.fit.decay))}
			continue
		}
		t0 := math.Round(math.Log(1-1/s.c[0])/math.Log(b)) - h.time(0) + 1
		switch {
		case t0 >= 1 && h.time(0) == 1 && is(func(float64) float64 { return 1 / (1 - math.Pow(b, t0)) }):
			what, still = message.New("t stays %g", t0), true
		case t0 >= 2 && is(func(t float64) float64 { return 1 / (1 - math.Pow(b, t0+t-1)) }):
			what, late = message.New("t begins at %g", t0), true
		case is(func(t float64) float64 { return 1 / (1 - b*t) }):
			what = message.New("it is divided by 1 - %s*t", number(b))
		case is(func(t float64) float64 { return 1 / (1 + math.Pow(b, t)) }):
			what = message.New("it is divided by 1 + %s**t", number(b))
		case is(func(t float64) float64 { return 1 - math.Pow(b, t) }):
			what = message.New("it is multiplied by it")
		case is(func(t float64) float64 { return 1 / (1 - b) }):
			what = message.New("it is divided by 1 - %s", number(b))
		case is(func(t float64) float64 { return 1 / math.Pow(1-b, t) }):
			what = message.New("it is divided by (1 - %s)**t", number(b))
		case is(func(t float64) float64 { return 1 / (1 - math.Pow(b, 1/t)) }):
			what = message.New("it is divided by 1 - %s**(1/t)", number(b))
		default:
			continue
		}
		wrong = &updateFault{weight: 5, sure: true, node: j.numberOf(h, s.node), text: message.New("the %s moment should be divided by 1 - %s**t with t = 1, 2, …: %s", name, number(b), what)}
		if still || late {
			wrong.line = j.counted(s.node)
		}
	}
	return found, wrong
}

// numberOf is where the number that a moment is divided by is made, where that
// is a statement of its own.
func (j *judge) numberOf(h *history, q int) int {
	begin := h.steps[max(0, len(h.steps)-2)].begin // corrections are followed up to the step before the last
	for _, u := range j.in[q] {
		u = j.root(u)
		if j.size[u] != 1 || j.size[q] == 1 || made(j.op[u]) || u < begin {
			continue
		}
		if !j.sameStatement(u, q) && j.op[u] == "sub" {
			return u
		}
	}
	return q
}

// withoutStep finds, in what the rate of the last step is made of, a division by
// 1 - b, or by its root, with no power of b: -1 where there is none.
func (j *judge) withoutStep(h *history, b float64) int {
	s := h.steps[len(h.steps)-1]
	var todo []int
	for _, q := range s.region[h.p] {
		todo = append(todo, j.in[q]...)
	}
	seen := map[int]bool{}
	for len(todo) > 0 && len(seen) < 200 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] || j.size[x] != 1 || made(j.op[x]) {
			continue
		}
		seen[x] = true
		under := x
		switch {
		case j.op[x] == "div":
			under = j.in[x][1]
		case j.op[x] == "mul" && j.isRoot(j.in[x][0]):
			under = j.in[x][0]
		case j.op[x] == "mul" && j.isRoot(j.in[x][1]):
			under = j.in[x][1]
		}
		if under != x && j.isRoot(under) {
			under = j.in[under][0]
		}
		if under != x && j.op[under] == "sub" && made(j.op[j.in[under][1]]) && alike(j.scalar(under), 1-b, 1e-12) {
			return x
		}
		todo = append(todo, j.in[x]...)
	}
	return -1
}

// correctedBy reports that a number of the update is 1 - b**t in every step.
func (j *judge) correctedBy(h *history, b float64, n int) bool {
	for k := range n {
		var todo []int
		seen, found := map[int]bool{}, false
		for _, q := range h.steps[k].region[h.p] {
			todo = append(todo, j.in[q]...)
		}
		for len(todo) > 0 && len(seen) < 200 && !found {
			x := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if seen[x] || j.size[x] != 1 || made(j.op[x]) {
				continue
			}
			seen[x] = true
			found = alike(j.scalar(x), 1-math.Pow(b, h.time(k)), 1e-9)
			todo = append(todo, j.in[x]...)
		}
		if !found {
			return false
		}
	}
	return true
}

// counted is the line that sets the exponent of a correction, 0 where it is not
// found: the exponent is a name, and the last line that assigns it, deepest
// inside, is meant.
func (j *judge) counted(q int) int {
	todo, seen := slices.Clone(j.in[q]), map[int]bool{}
	for len(todo) > 0 && len(seen) < 30 {
		x := todo[0]
		todo = todo[1:]
		if seen[x] || j.size[x] != 1 {
			continue
		}
		seen[x] = true
		if j.op[x] != "pow" {
			todo = append(todo, j.in[x]...)
			continue
		}
		name, file := j.operand(x, 1).String(), j.line(x).file
		if file < 0 || name == "" || strings.ContainsAny(name, " ()+") {
			return 0
		}
		best, deepest := 0, -1
		for i, l := range strings.Split(j.g.Files[file].Text, "\n") {
			text := strings.TrimLeft(l, " \t")
			rest, ok := strings.CutPrefix(text, name)
			rest = strings.TrimLeft(rest, " ")
			if !ok || !strings.HasPrefix(rest, "+=") && (!strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "==")) {
				continue
			}
			if d := len(l) - len(text); d >= deepest {
				best, deepest = i+1, d
			}
		}
		return best
	}
	return 0
}

// uncorrected is where a moment goes on without its correction: another name
// that it gets, else the step.
func (j *judge) uncorrected(h *history, st *stateHistory, n, last int) int {
	for _, k := range j.kept {
		if k.node == st.nodes[n] && k.kind == "name" && k.site >= 0 && j.lineOfSite(k.site) != j.line(k.node).line {
			for q := range h.reads(j, n-1, st.nodes[n-1]) {
				if j.site[q] == k.site {
					return q
				}
			}
		}
	}
	// A line between the moment and the step that only hands it on.
	for _, q := range h.steps[n-1].region[h.p] {
		if j.alias[q] && j.root(q) == j.root(st.nodes[n]) {
			return q
		}
	}
	return last
}

// oddCorrection recognises, in the rates from step to step, both corrections in
// one factor (the rate times √(1-b2**t)/(1-b1**t)) with something in it that is
// off.
func (j *judge) oddCorrection(h *history, rate []float64, b1, b2 float64, last int) *updateFault {
	if len(rate) < 4 || alike(b1, b2, 1e-6) {
		return nil
	}
	c1 := func(t float64) float64 { return 1 - math.Pow(b1, t) }
	c2 := func(t float64) float64 { return 1 - math.Pow(b2, t) }
	for _, x := range []struct {
		f    func(t float64) float64
		what message.Text
	}{
		{func(t float64) float64 { return math.Sqrt(c1(t)) / c2(t) }, message.New("the two decays are exchanged")},
		{func(t float64) float64 { return c2(t) / c1(t) }, message.New("the root of the second one's is missing")},
		{func(t float64) float64 { return math.Sqrt(c2(t) / c1(t)) }, message.New("there is a root over the first one's too")},
		{func(t float64) float64 { return math.Sqrt(c2(t)) * c1(t) }, message.New("it is multiplied by the first one's")},
		{func(t float64) float64 { return 1 / math.Sqrt(c2(t)) / c1(t) }, message.New("it is divided by the second one's")},
		{func(t float64) float64 { return c1(t) / math.Sqrt(c2(t)) }, message.New("it is turned upside down")},
		{func(t float64) float64 { return math.Sqrt(c2(t)) / (1 - b1*t) }, message.New("it has a product in place of the power of the first one's decay")},
		{func(t float64) float64 { return math.Sqrt(c2(t)) / (1 + math.Pow(b1, t)) }, message.New("it has a plus in place of the minus of the first one's")},
		{func(t float64) float64 { return math.Sqrt(1-b2*t) / c1(t) }, message.New("it has a product in place of the power of the second one's decay")},
		{func(t float64) float64 { return math.Sqrt(c2(t+1)) / c1(t+1) }, message.New("t begins at 2")},
	} {
		fits := true
		for k := range rate {
			fits = fits && alike(rate[k]*x.f(h.time(0)), rate[0]*x.f(h.time(k)), 1e-6)
		}
		if !fits {
			continue
		}
		// The factor is a number that changes from step to step.
		at := last
		a := len(h.steps) - 1
		for _, q := range h.steps[a].region[h.p] {
			for _, o := range j.in[q] {
				if j.size[o] == 1 && !made(j.op[o]) && !h.steps[a].forward[o] && !j.sameStatement(o, q) {
					at = o
				}
			}
		}
		return &updateFault{weight: 5, sure: true, node: at, text: message.New("the moments' corrections come to √(1 - %s**t) / (1 - %s**t): %s", number(b2), number(b1), x.what)}
	}
	return nil
}
