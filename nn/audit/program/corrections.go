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
	b, by := st.fit.decay, j.multiples(h, n, func(k int) *array { return st.values[k+1] })
	found := noCorrection
	var wrong *updateFault
	sites := keys(by)
	slices.SortStableFunc(sites, func(x, y int) int { return by[x].node - by[y].node })
	for _, site := range sites {
		s := by[site]
		if len(s.c) != n || alike(s.c[0], 1, 1e-7) && alike(s.c[n-1], 1, 1e-7) {
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
			wrong = j.corrected(h, st, name, other.fit.decay, s.node)
			continue
		}
		x := math.Pow(1-1/s.c[0], 1/h.time(0))
		often := math.Log(x) / math.Log(b) // a whole number where t rises that much in a step
		if n >= 3 && x > 0.3 && x < 1 && !alike(s.c[0], 1, 1e-3) && !alike(often, max(1, math.Round(often)), 1e-6) && is(func(t float64) float64 { return 1 / (1 - math.Pow(x, t)) }) {
			if wrong = j.corrected(h, st, name, x, s.node); other != nil && alike(other.fit.decay, b, 1e-6) {
				wrong.node = st.nodes[n] // its line has the other's decay
			}
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
		if still {
			wrong.cause = "adam-step-not-counted"
		}
		if still || late {
			wrong.line = j.counted(s.node)
		}
		if still {
			wrong.fix = j.countedOn(s.node, wrong.line)
		}
	}
	return found, wrong
}

// A multiple is what one line makes of a value in every step: how many times it, and
// the node of the last.
type multiple struct {
	c    []float64
	node int
}

// multiples are the lines of an update whose values are multiples of one, by site.
func (j *judge) multiples(h *history, n int, of func(k int) *array) map[int]*multiple {
	by := map[int]*multiple{}
	for k := range n {
		base, tol := of(k), exactOf(h.steps[k].prec == single, 1e-9, 1e-5)
		for _, q := range h.steps[k].region[h.p] {
			v := layout(j.val(q), base.Shape)
			if v == nil {
				continue
			}
			if c := factor(v, base, tol); c != 0 {
				s := by[j.site[q]]
				if s == nil {
					s = &multiple{}
					by[j.site[q]] = s
				}
				if len(s.c) == k {
					s.c, s.node = append(s.c, c), q
				}
			}
		}
	}
	return by
}

// outsideRoot finds the root of a second moment divided by 1 - decay**t, where the
// moment under the root should be.
func (j *judge) outsideRoot(h *history, st *stateHistory, n int) *updateFault {
	b := st.fit.decay
	if n < 3 || b <= 0 || b >= 1-1e-6 || len(h.value[0].Data) < 3 {
		return nil
	}
	by := j.multiples(h, n, func(k int) *array {
		root := st.values[k+1].Clone()
		for i, x := range root.Data {
			root.Data[i] = math.Sqrt(max(x, 0))
		}
		return root
	})
	for _, site := range keys(by) {
		x := by[site]
		if len(x.c) != n {
			continue
		}
		is := true
		for k, c := range x.c {
			is = is && alike(c*(1-math.Pow(b, h.time(k))), 1, exactOf(h.steps[k].prec == single, 1e-6, 1e-3))
		}
		if is {
			return &updateFault{weight: 5, sure: true, coarse: true, node: x.node, text: message.New("the root of the second moment is divided by 1 - %s**t: the moment under the root should be", number(b))}
		}
	}
	return nil
}

// corrected tells of a moment that is divided by 1 - base**t with another base than
// its decay, at value q.
func (j *judge) corrected(h *history, st *stateHistory, name string, base float64, q int) *updateFault {
	b := st.fit.decay
	return &updateFault{weight: 5, sure: true, node: j.numberOf(h, q), text: message.New("the %s moment decays by %s, so it should be divided by 1 - %s**t; it is divided by 1 - %s**t", name, number(b), number(b), number(base)), fix: otherDecay(1 - base)}
}

// powerOf reports a power of a number below 1 with a count, as corrections have.
func (j *judge) powerOf(q int) (base, t float64, ok bool) {
	if j.op[q] != "pow" || j.size[q] != 1 || len(j.in[q]) != 2 || !made(j.op[j.in[q][0]]) || !made(j.op[j.in[q][1]]) || j.float[j.in[q][1]] {
		return 0, 0, false
	}
	base, t = j.scalar(j.in[q][0]), j.scalar(j.in[q][1])
	return base, t, base > 0 && base < 1 && !isNumber(j.operandCode(q, 1))
}

// numbersOf are the numbers that the update of step k is made with.
func (j *judge) numbersOf(h *history, k int) map[int]bool {
	var todo []int
	for _, q := range h.steps[k].region[h.p] {
		todo = append(todo, j.in[q]...)
	}
	seen := map[int]bool{}
	for len(todo) > 0 && len(seen) < 200 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] || j.size[x] != 1 || made(j.op[x]) {
			continue
		}
		if seen[x] = true; x < h.steps[k].begin {
			continue // a number among the parameters, which other steps have made
		}
		todo = append(todo, j.in[x]...)
	}
	return seen
}

// miscounted finds, in the powers that moments are corrected by, a t that stays as
// it is, or that every parameter of a step raises.
func (j *judge) miscounted(h *history, b1, b2 float64) *updateFault {
	counts, node := map[int][]float64{}, map[int]int{} // by site of the power
	for k := range h.steps {
		for _, q := range keys(j.numbersOf(h, k)) {
			if _, t, ok := j.powerOf(q); ok && len(counts[j.site[q]]) == k {
				counts[j.site[q]] = append(counts[j.site[q]], t)
				node[j.site[q]] = q
			}
		}
	}
	for _, site := range keys(counts) {
		l, q := counts[site], node[site]
		b, _, _ := j.powerOf(q)
		name := "first"
		if !alike(b, b1, 1e-6) {
			name = "second"
		}
		if len(l) < len(h.steps) || len(l) < 3 || name == "second" && !alike(b, b2, 1e-6) {
			continue
		}
		by, steady := l[1]-l[0], true
		for k := range l[1:] {
			steady = steady && l[k+1]-l[k] == by
		}
		s := h.steps[len(h.steps)-1]
		beside := 0 // the parameters that one line steps
		for _, p := range s.live {
			beside += b2i(j.site[j.root(s.new[p])] == j.site[j.root(s.new[h.p])])
		}
		what, fix, line := message.Text{}, message.Text{}, j.counted(j.cons[q][0])
		switch {
		case steady && by == 0:
			what, fix = message.New("t stays %g", l[0]), j.countedOn(j.cons[q][0], line)
		case steady && by > 1 && int(by) == beside:
			what = message.New("every parameter raises t, where each step should once")
		default:
			continue
		}
		return &updateFault{weight: 5, sure: true, node: q, line: line, text: message.New("the %s moment should be divided by 1 - %s**t with t = 1, 2, …: %s", name, number(b), what), fix: fix}
	}
	return nil
}

// correctedAs reports that rates are one number times a correction, which changes from
// step to step.
func correctedAs(rates []float64, tol float64, by func(k int) float64) bool {
	for k, r := range rates {
		if !alike(r/by(k), rates[0]/by(0), tol) {
			return false
		}
	}
	return true
}

// miscorrected finds, in the rates from step to step, a correction by the power of
// another number than the decay of its moment.
func (j *judge) miscorrected(f *updateFit, rate []float64, b1, b2 float64) *updateFault {
	h := f.h
	if len(rate) < 4 || f.velocity == nil {
		return nil
	}
	bases := []float64{b1, b2} // of these there may be nothing to see: roots of numbers are not recorded
	at := map[float64]int{}
	for _, q := range keys(j.numbersOf(h, len(h.steps)-1)) {
		if b, _, ok := j.powerOf(q); ok && at[b] == 0 {
			bases, at[b] = append(bases, b), q
		}
	}
	for _, x := range bases {
		for _, y := range bases {
			second := func(k int) float64 { return math.Sqrt(1 - math.Pow(y, h.time(k))) }
			if f.squares.fit.largest { // which needs no correction
				y, second = b2, func(int) float64 { return 1 }
			}
			if alike(x, b1, 1e-6) == alike(y, b2, 1e-6) || !correctedAs(rate, 1e-6, func(k int) float64 { return second(k) / (1 - math.Pow(x, h.time(k))) }) {
				continue
			}
			st, name, base := f.velocity, "first", x
			if alike(x, b1, 1e-6) {
				st, name, base = f.squares, "second", y
			}
			if at[base] == 0 {
				continue
			}
			w := j.corrected(h, st, name, base, at[base])
			if alike(b1, b2, 1e-6) {
				w.node = st.nodes[len(st.nodes)-1] // its line has the other's decay
			}
			return w
		}
	}
	return nil
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
	for _, x := range keys(j.numbersOf(h, len(h.steps)-1)) {
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
	}
	return -1
}

// correctedBy reports that a number of the update is 1 - b**t in every step.
func (j *judge) correctedBy(h *history, b float64, n int) bool {
	for k := range n {
		found := false
		for q := range j.numbersOf(h, k) {
			found = found || alike(j.scalar(q), 1-math.Pow(b, h.time(k)), 1e-9)
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
		return j.assigned(x, 1)
	}
	return 0
}

// assigned is the line that sets the name that is operand k of node q, the last
// one, deepest inside; 0 where it is no name, or set nowhere.
func (j *judge) assigned(q, k int) int {
	name, file := j.operand(q, k).String(), j.line(q).file
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
	// The line that reads it for the step.
	for _, q := range h.steps[n-1].region[h.p] {
		if q > st.nodes[n] && slices.ContainsFunc(j.in[q], func(u int) bool { return j.root(u) == j.root(st.nodes[n]) }) {
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
		if !correctedAs(rate, exactOf(h.steps[0].prec == single, 1e-6, 1e-3), func(k int) float64 { return x.f(h.time(k)) }) {
			continue
		}
		// The factor is a number that changes from step to step.
		at := last
		a := len(h.steps) - 1
		for _, q := range h.steps[a].region[h.p] {
			for todo := slices.Clone(j.in[q]); len(todo) > 0; todo = todo[1:] {
				if o := todo[0]; j.size[o] == 1 && !made(j.op[o]) && !h.steps[a].forward[o] {
					if j.sameStatement(o, q) {
						todo = append(todo, j.in[o]...) // the rate times it
						continue
					}
					at = o
				}
			}
		}
		return &updateFault{weight: 5, sure: true, coarse: true, node: at, text: message.New("the moments' corrections come to √(1 - %s**t) / (1 - %s**t): %s", number(b2), number(b1), x.what)}
	}
	return nil
}
