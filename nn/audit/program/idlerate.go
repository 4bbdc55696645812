package program

import (
	"regexp"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

var (
	roundsOf = regexp.MustCompile(`^for (\w+)\b.* in `)
	rateName = regexp.MustCompile(`(?i)(^|_)(lr|eta|rate|alpha|learning_rate|step_size|stepsize)`)
	shows    = regexp.MustCompile(`\bprint\(|\.write\(`)
	falling  = regexp.MustCompile(`\((1|1\.0) - \(?(\w+)( [+-] 1\))? // `)
	outside  = regexp.MustCompile(` / \((1|1\.0) \+ [\w.]+\) \* (\w+)$`)
	words    = regexp.MustCompile(`\b[A-Za-z_]\w*\b`)
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
		for a := range assigned(f) {
			line, other := idleRate(f, a.line, a.target, a.value, func(k int) bool { return used[position{file, k}] })
			if line == 0 {
				continue
			}
			j.tell(Finding{Severity: "warning", Relation: "the update", Text: message.New("`%s` is made of `%s` in each round (line %d), and nothing but what is printed reads it: the step takes `%s` itself", a.target, other, a.line, other), Fix: message.New("`%s` is meant, not `%s`", a.target, other)}, place{file: file, line: line})
			return
		}
	}
}

// tellRateWritten tells of a rate that is to fall with the rounds of a loop, and is written so
// that it does not: over one more than a number, times the round; or by whole numbers.
func (j *judge) tellRateWritten() {
	for file := range j.g.Files {
		f := &j.g.Files[file]
		for a := range assigned(f) {
			n, rate, value := a.line, a.target, a.value
			if !isReference(rate) || !rateName.MatchString(rate[strings.LastIndex(rate, ".")+1:]) {
				continue
			}
			x := Finding{Severity: "warning", Relation: "the update"}
			if m := falling.FindStringSubmatch(value); m != nil && countsRounds(f, n, m[2]) {
				x.Text = message.New("`%s` is 1 less a whole number here, which is 0 up to the last round: the rate stays as it is; `/` is meant, not `//`", rate)
			} else if m := outside.FindStringSubmatch(value); m != nil && countsRounds(f, n, m[2]) {
				x.Text = message.New("`%s` grows with `%s` here, which is outside of the brackets: the rate is to fall with it", rate, m[2])
			} else {
				continue
			}
			j.tell(x, place{file: file, line: n})
			return
		}
	}
}

// countsRounds reports that a name is the variable of a loop around a line, or is raised by 1
// in it.
func countsRounds(f *graph.File, n int, name string) bool {
	from, to := functionAround(f, n)
	for k := from; k <= to; k++ {
		code := strings.TrimSpace(f.Line(k))
		if head, _, ok := strings.Cut(code, " in "); ok && strings.HasPrefix(code, "for ") && wordIn(head, name) && k < n && f.Indent(k) < f.Indent(n) || code == name+" += 1" {
			return true
		}
	}
	return false
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
