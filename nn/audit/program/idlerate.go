package program

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

var (
	roundsOf = regexp.MustCompile(`^for (\w+)\b.* in `)
	rateName = regexp.MustCompile(`(?i)(^|_)(lr|eta|rate|alpha|learning_rate|step_size|stepsize)`)
	shows    = regexp.MustCompile(`\bprint\(|\.write\(`)
	words    = regexp.MustCompile(`\b[A-Za-z_]\w*\b`)
	quoted   = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// tellIdleRate tells of a rate that each round of a loop makes of another, and that
// nothing but what is printed reads, where the step takes the other. That nothing reads
// it lies beyond the recorded steps: it is read in the source.
func (j *judge) tellIdleRate() {
	used := map[position]bool{} // lines at which new parameters are made, and that lead there
	for _, s := range j.steps {
		for _, x := range s {
			q := j.root(x.new)
			used[j.line(q)] = true
			if c := j.call[q]; c >= 0 {
				for _, p := range j.g.Calls[c] {
					used[position{p.File, p.Line}] = true
				}
			}
		}
	}
	for file := range j.g.Files {
		f := &j.g.Files[file]
		for n := 1; n <= f.Lines(); n++ {
			given := assignments(f.Line(n))
			for _, rate := range slices.Sorted(maps.Keys(given)) {
				line, other := idleRate(f, n, rate, given[rate], func(k int) bool { return used[position{file, k}] })
				if line == 0 {
					continue
				}
				j.tell(Finding{Severity: "warning", Relation: "the update", Text: message.New("`%s` is made of `%s` in each round (line %d), and nothing but what is printed reads it: the step takes `%s` itself", rate, other, n, other), Fix: message.New("`%s` is meant, not `%s`", rate, other)}, place{file: file, line: line})
				return
			}
		}
	}
}

// idleRate is the line of a step that takes the name of which line n makes a rate in a
// round of a loop, and that name; 0 where there is none, or something reads the rate.
func idleRate(f *graph.File, n int, rate, value string, step func(line int) bool) (line int, other string) {
	loop := n - 1
	for loop > 0 && (strings.TrimSpace(f.Line(loop)) == "" || f.Indent(loop) >= f.Indent(n)) {
		loop--
	}
	if loop == 0 || !isName(rate) || !rateName.MatchString(rate) {
		return 0, ""
	}
	round := roundsOf.FindStringSubmatch(strings.TrimSpace(f.Line(loop)))
	if round == nil || !wordIn(value, round[1]) || wordIn(value, rate) {
		return 0, ""
	}
	end := n
	for end < f.Lines() && (strings.TrimSpace(f.Line(end+1)) == "" || f.Indent(end+1) > f.Indent(loop)) {
		end++
	}
	from, to := functionAround(f, loop)
	for k := from; k <= to; k++ {
		code := f.Line(k)
		if k != n && !shows.MatchString(code) && !strings.Contains(code, ".append("+rate+")") && wordIn(quoted.ReplaceAllString(code, ""), rate) {
			return 0, ""
		}
	}
	for k := n + 1; k <= end; k++ {
		for _, name := range words.FindAllString(value, -1) {
			if name != round[1] && rateName.MatchString(name) && step(k) && wordIn(f.Line(k), name) && !shows.MatchString(f.Line(k)) {
				return k, name
			}
		}
	}
	return 0, ""
}

// functionAround are the first and last line of the function around a line, or of the
// file.
func functionAround(f *graph.File, n int) (from, to int) {
	if f.Indent(n) == 0 {
		return 1, f.Lines()
	}
	for from = n; from > 1 && !(definition.MatchString(f.Line(from)) && f.Indent(from) < f.Indent(n)); {
		from--
	}
	for to = n; to < f.Lines() && (strings.TrimSpace(f.Line(to+1)) == "" || f.Indent(to+1) > f.Indent(from)); {
		to++
	}
	return from, to
}

// tellIdleBest tells of copies of the best parameters so far that nothing reads, where
// something else is returned in their place.
func (j *judge) tellIdleBest() {
	for file := range j.g.Files {
		f := &j.g.Files[file]
		for n := 1; n <= f.Lines(); n++ {
			given := assignments(f.Line(n))
			for _, best := range slices.Sorted(maps.Keys(given)) {
				value := given[best]
				of := slices.IndexFunc(j.names, func(p string) bool { return isName(p) && wordIn(value, p) })
				if !isName(best) || !strings.Contains(strings.ToLower(best), "best") || of < 0 || !strings.Contains(value, "copy") || !comparedInLoop(f, n) {
					continue
				}
				from, to := functionAround(f, n)
				returned := 0
				for k := from; k <= to; k++ {
					code := quoted.ReplaceAllString(f.Line(k), "")
					given := assignments(f.Line(k))
					if v, is := given[best]; wordIn(code, best) && (!is || wordIn(v, best)) {
						returned = -1
						break
					}
					if is := strings.HasPrefix(strings.TrimSpace(code), "return "); is && k > n && wordIn(code, j.names[of]) {
						returned = k
					}
				}
				if returned > 0 {
					j.tell(Finding{Severity: "warning", Relation: "the best is left", Text: message.New("`%s` is kept where it is best (line %d) and nothing reads `%s`: what is returned is the last `%s`", j.names[of], n, best, j.names[of]), Fix: message.New("`%s` is meant, not `%s`", best, j.names[of])}, place{file: file, line: returned})
					return
				}
			}
		}
	}
}

// comparedInLoop reports that a comparison in a loop decides whether a line runs.
func comparedInLoop(f *graph.File, n int) bool {
	under, at := false, f.Indent(n)
	for k := n - 1; k > 0; k-- {
		if strings.TrimSpace(f.Line(k)) == "" || f.Indent(k) >= at {
			continue
		}
		at = f.Indent(k)
		if loops.MatchString(f.Line(k)) {
			return under
		}
		under = under || compares.MatchString(f.Line(k))
	}
	return false
}

// wordIn reports that code has a name as a word of its own.
func wordIn(code, name string) bool {
	return regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(name) + `($|\W)`).MatchString(code)
}
