package program

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// Backpropagation through time is often truncated on purpose: the derivative
// goes back a fixed number of steps and no further. Where an uncut derivative
// leaves gradients of shared weights unexplained, those of each number of steps
// are tried.

// intime finds the operations that run once in each step in time: cut reports
// that an input of an operation is the same number of steps, one, back.
func (s *step) intime() (cut func(i, q int) bool, steps int) {
	type key struct{ site, call int }
	count := map[key]int{}
	order := make([]int, s.n)
	from := 0
	for _, p := range s.live {
		from = max(from, s.cur[p])
	}
	for q := from; q < min(s.hi, s.n); q++ {
		k := key{s.site[q], s.call[q]}
		order[q] = count[k]
		count[k]++
	}
	times := func(q int) int {
		if q < from || !s.lossOf[q] || s.isCur[q] {
			return 0
		}
		return count[key{s.site[q], s.call[q]}]
	}
	cut = func(i, q int) bool {
		n := times(q)
		buffer := s.op[i] == "setitem" && s.in[i][0] == q // that is filled step by step
		return n >= 3 && times(i) == n && order[i] == order[q]+1 && !buffer
	}
	for i, in := range s.lossOf {
		if !in {
			continue
		}
		for _, q := range s.in[i] {
			if cut(i, q) {
				steps = max(steps, times(i))
			}
		}
	}
	return cut, steps
}

// rounds are the derivatives of a truncated loss as far back as they were taken, from
// where one that is cut later goes on.
type rounds struct {
	taken       int
	ad          map[int]adjoint
	seeds, over map[int]*array
	kink        graph.Kink
}

// truncate takes the derivatives that have gone back through l.cut steps in time
// for the step's.
func (s *step) truncate(l *loss) {
	r := l.rounds
	if r == nil || r.kink != s.kink || s.view.near != nil {
		r = &rounds{ad: map[int]adjoint{}, seeds: l.seeds, over: l.over}
	}
	cut, _ := s.intime()
	for ; r.taken < l.cut && len(r.seeds) > 0; r.taken++ {
		a, rest := s.reverseUpTo(r.seeds, r.over, true, cut, nil, nil)
		for q, x := range a {
			x = x.open()
			if old, ok := r.ad[q]; ok {
				x.v = plus(old.v, 1, x.v)
			}
			bound, _ := s.derivativeOf(q)
			x.err = bound.err
			r.ad[q] = x
		}
		r.seeds, r.over = rest, nil
	}
	s.ad = maps.Clone(r.ad)
}

// eachRound takes the derivative of a truncated loss back through one step in time
// after the other.
func (s *step) eachRound(l *loss, handed func(i, slot int, part adjoint)) {
	cut, _ := s.intime()
	seeds, over := l.seeds, l.over
	for range l.cut {
		if _, seeds = s.reverseUpTo(seeds, over, true, cut, handed, nil); len(seeds) == 0 {
			break
		}
		over = nil
	}
}

// shared reports that all the given parameters are read in several steps in
// time, and there are such.
func (s *step) shared(params []int) bool {
	for _, p := range params {
		by, most := map[int]int{}, 0
		for _, c := range s.cons[s.cur[p]] {
			if s.lossOf[c] {
				by[s.site[c]]++
				most = max(most, by[s.site[c]])
			}
		}
		if most < 3 {
			return false
		}
	}
	return len(params) > 0
}

// truncated is the loss with its derivative cut at the number of steps in time
// that explains every gradient, nil where there is none.
func (s *step) truncated(l *loss) *loss {
	s.setLoss(l)
	if right := s.right(nil); !s.shared(s.wrong(right)) {
		return nil
	}
	_, steps := s.intime()
	reached := slices.Clone(s.trivial)
	r := &rounds{ad: map[int]adjoint{}, seeds: l.seeds, over: l.over}
	for cut := 1; cut < steps; cut++ {
		c := *l
		c.cut, c.rounds = cut, r
		s.measure(&c)
		if c.rounds = nil; slices.Equal(s.trivial, reached) && len(s.wrong(s.right(nil))) == 0 {
			return &c
		}
	}
	return nil
}

// tellUnreadPast tells, where the derivative goes back through one step in time,
// of a value that is what would go on to the step before, in every step, and that
// no statement reads: the cut is none that was meant.
func (j *judge) tellUnreadPast(s *step) {
	if s.loss.cut != 1 {
		return
	}
	cut, _ := s.intime()
	_, rest := s.reverseUpTo(s.loss.seeds, s.loss.over, false, cut, nil, nil)
	past := newIndex(s.prec, &s.dirs)
	for _, q := range keys(rest) { // of states that fill an array, what is written
		if len(s.in[q]) != 2 || s.op[q] != "setitem" || s.size[s.in[q][1]] != len(s.index(q)) {
			continue
		}
		part := graph.NewArray(s.shapes[s.in[q][1]]...)
		for i, k := range s.index(q) {
			if k > 0 {
				part.Data[i] = rest[q].Data[k-1]
			}
		}
		rest[s.in[q][1]] = part
	}
	for _, q := range keys(rest) {
		past.add(q, adjoint{v: rest[q]})
	}
	past.done()
	rounds := map[int][]int{} // values that are one of these, by site
	for x := s.begin; x < s.hi; x++ {
		if v := s.val(x); s.forward[x] && !s.update[x] && !s.lossOf[x] && s.size[x] > 1 && v != nil && len(past.find(v)) > 0 {
			rounds[s.site[x]] = append(rounds[s.site[x]], x)
		}
	}
	m := s.match()
	for _, site := range keys(rounds) {
		l := rounds[site]
		x := l[len(l)-1]
		name := j.g.Sites[max(site, 0)].Target
		if len(l) < 2 || !isName(name) || !onlyWritten(j.g.Files[j.file(site)].Text, name) {
			continue
		}
		for _, q := range s.back {
			if slices.ContainsFunc(m.whole[q], func(y match) bool { return rest[y.key] != nil }) {
				j.tell(Finding{Severity: "error", Step: s.k, Relation: "a share left out", Fix: message.New("the term `%s` is missing", message.Plain(name)),
					Text: message.New("`%s` (%s) is the derivative that goes back to the step before, and nothing reads it", message.Plain(name), j.where(x))}, at(q))
				return
			}
		}
	}
}

// onlyWritten reports that a program's text gives a name values and reads none.
func onlyWritten(text, name string) bool {
	read := regexp.MustCompile(`(?m)\b` + regexp.QuoteMeta(name) + `\b(?:\s*[-+]?=[^=])?`)
	for _, at := range read.FindAllStringIndex(text, -1) {
		line := text[strings.LastIndexByte(text[:at[0]], '\n')+1 : at[0]]
		if strings.TrimSpace(line) != "" || !strings.Contains(text[at[0]:at[1]], "=") {
			return false
		}
	}
	return true
}
