package program

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// Training that ends at a comparison is judged by what is compared: a loss is to be
// small, and an accuracy large.

var (
	stopHead  = regexp.MustCompile(`^if\b[^:]*[<>][^:]*:(\s*(break|return|sys\.exit|exit|quit)\b.*)?$`)
	stopBody  = regexp.MustCompile(`^(break|return|sys\.exit|exit|quit)\b`)
	conjoined = regexp.MustCompile(`\b(and|or|not)\b`)
)

// stopsEarly finds the comparison that ends training where it holds while the loss
// is large, or as soon as it falls.
func (f *forward) stopsEarly() {
	if f.n < len(f.g.Nodes) || f.g.End.Why != "the program ended" {
		return
	}
	last := 0
	for _, c := range f.params {
		last = max(last, c[len(c)-1])
	}
	for i := f.n - 1; i > last; i-- {
		if f.op[i] != "cmp" || f.size[i] != 1 || len(f.in[i]) != 2 || f.scalar(i) != 1 || !f.stops(i) {
			continue
		}
		less := false
		switch f.attr(i).Cmp {
		case "Lt", "LtE":
			less = true
		case "Gt", "GtE":
		default:
			continue
		}
		if text := f.wrongSide(f.in[i][0], f.in[i][1], less); !text.IsZero() {
			f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "stops on the wrong side", Text: message.New("training stops here: %s", text)}, at(i)})
		}
		return
	}
}

// stops reports that a comparison alone is the condition of an `if` that leaves the
// loop, or the function.
func (f *forward) stops(i int) bool {
	s := f.g.Site(i)
	if s == nil {
		return false
	}
	head := strings.TrimSpace(f.source(s.File, s.Stmt[0]))
	head, _, _ = strings.Cut(head, "#")
	m := stopHead.FindStringSubmatch(strings.TrimSpace(head))
	if m == nil || conjoined.MatchString(head) {
		return false
	}
	return m[1] != "" || stopBody.MatchString(strings.TrimSpace(f.source(s.File, s.Stmt[0]+1)))
}

// wrongSide says why training should not stop where a < b, or a > b.
func (f *forward) wrongSide(a, b int, less bool) message.Text {
	if kind := f.quality(a); kind == noQuality || kind == f.quality(b) && b > a {
		a, b, less = b, a, !less // the newest first
	}
	kind, small := f.quality(a), less
	switch kind {
	case accuracyQuality:
		small = !less
	case noQuality:
		return message.Text{}
	}
	word := message.New("the loss")
	if kind == accuracyQuality {
		word = message.New("the accuracy")
	}
	of := f.quality(b)
	switch {
	case of == kind && small:
		return message.New("%s is better than it was: %s beside %s", word, figure(f.scalar(a)), figure(f.scalar(b)))
	case of != noQuality || f.size[b] != 1:
		return message.Text{}
	}
	// The newer of two losses less the older falls, the older less the newer is what
	// a step has brought.
	if x, y := f.differenceOf(a); x >= 0 {
		now, before := max(x, y), min(x, y)
		if made(f.op[now]) {
			now, before = before, now // a number that it begins with
		}
		falls := f.scalar(before) - f.scalar(now)
		switch {
		case kind != lossQuality || !(falls > math.Abs(f.scalar(b))):
		case f.op[a] == "abs" && !less, f.op[a] != "abs" && now == y && !less:
			return message.New("the loss still falls by more than %s, from %s to %s", figure(f.scalar(b)), figure(f.scalar(before)), figure(f.scalar(now)))
		case f.op[a] != "abs" && now == x && less:
			return message.New("the loss falls, from %s to %s: the difference is taken the other way round", figure(f.scalar(before)), figure(f.scalar(now)))
		}
		return message.Text{}
	}
	if small || kind == lossQuality && !f.fell(a) {
		return message.Text{}
	}
	if kind == accuracyQuality {
		return message.New("the accuracy is %s, still below %s", figure(f.scalar(a)), figure(f.scalar(b)))
	}
	return message.New("the loss is %s, still above %s", figure(f.scalar(a)), figure(f.scalar(b)))
}

// What a number says of a network.
type quality int

const (
	noQuality quality = iota
	lossQuality
	accuracyQuality
)

// quality reads a number by what it is made of: a loss, of logarithms or squares and
// above 0, or a share of samples that are right.
func (f *forward) quality(q int) quality {
	if f.size[q] != 1 || !f.float[q] || made(f.op[q]) || !(f.scalar(q) == f.scalar(q)) {
		return noQuality
	}
	if x, y := f.differenceOf(q); x >= 0 {
		return max(f.quality(x), f.quality(y))
	}
	loss, right, product := false, false, false
	todo, seen := []int{q}, map[int]bool{}
	for len(todo) > 0 && len(seen) < 400 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] || len(f.params) > 0 && !f.moves[x] {
			continue
		}
		seen[x] = true
		switch o := f.op[x]; {
		case contractions[o]:
			product = true
			continue
		case o == "cmp" && f.size[x] > 1 && f.attr(x).Cmp == "Eq":
			right = true
			continue
		case o == "cmp" && f.size[x] > 1:
			return noQuality
		case o == "log", o == "square", o == "pow" && f.size[f.in[x][1]] == 1 && f.scalar(f.in[x][1]) == 2, o == "mul" && f.in[x][0] == f.in[x][1]:
			loss = true
		}
		todo = append(todo, f.in[x]...)
	}
	switch {
	case right:
		return accuracyQuality
	case loss && product && f.scalar(q) > 0:
		return lossQuality
	}
	return noQuality
}

// differenceOf are the two numbers of which one is the difference, or its size: one
// number at two times, which may have begun with a constant; -1 where it is none.
func (f *forward) differenceOf(q int) (x, y int) {
	if f.op[q] == "abs" {
		q = f.root(f.in[q][0])
	}
	if f.op[q] != "sub" || f.size[q] != 1 {
		return -1, -1
	}
	x, y = f.root(f.in[q][0]), f.root(f.in[q][1])
	if a, b := f.op[x] == "const", f.op[y] == "const"; a == b && (f.site[x] != f.site[y] || x == y || made(f.op[x])) {
		return -1, -1
	}
	return x, y
}

// fell reports that a number is no larger than it was where it was first computed:
// what has grown may be meant to end training.
func (f *forward) fell(q int) bool {
	list := f.executions(f.root(q))
	k := slices.IndexFunc(list, func(x int) bool { return f.size[x] == 1 })
	return k >= 0 && f.scalar(f.root(q)) <= 1.5*f.scalar(list[k])
}

// cutPasses counts the samples that are never looked at where passes over them end at
// the first that is right: after every such sample the first of all comes again, or
// the program is at its end. It is 0 where they do not.
func (j *judge) cutPasses(runs []scoring, side float64) (missed, all int) {
	key := func(t int) string { return rowKey(runs[t].x[0]) }
	met, right := map[string]bool{}, 0
	for t, r := range runs {
		if len(r.x) != 1 || r.y == nil {
			return 0, 0
		}
		met[key(t)] = true
		end := t+1 == len(runs)
		switch is := r.y[0]*side*r.s[0] > 0; {
		case !end && is != (key(t+1) == key(0)):
			return 0, 0
		case is && (!end || j.n == len(j.g.Nodes) && j.g.End.Why == "the program ended"):
			right++
		}
	}
	x := j.in[runs[0].node][1-runs[0].slot]
	of := j.whole(x)
	if right < 2 || of == x || len(j.shapes[of]) != 2 {
		return 0, 0
	}
	return j.shapes[of][0] - len(met), j.shapes[of][0]
}

// tellCutPasses tells of passes that end at the first sample that is right, at the
// line that leaves them.
func (j *judge) tellCutPasses(runs []scoring, side float64) {
	missed, all := j.cutPasses(runs, side)
	if missed <= 0 {
		return
	}
	p := at(runs[0].node)
	l := j.line(p.node)
	for k := l.line + 1; k <= l.line+10; k++ {
		if stopBody.MatchString(strings.TrimSpace(j.source(l.file, k))) {
			p.file, p.line = l.file, k
			break
		}
	}
	j.verdict.Parameters[0].Update = "wrong"
	j.tell(Finding{Severity: "error", Relation: "the condition", Cause: "stops-at-first-right", Text: message.New("a pass ends at the first sample that is right: %d of the %d samples are never looked at; it ends where a whole pass finds no mistake", missed, all)}, p)
}
