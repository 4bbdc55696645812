package program

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// An evaluation is a pass of which no parameter is made, up to where its results
// are compared with labels.
type evaluation struct {
	at   int    // the comparison
	y    int    // the labels
	from int    // where the parameters are as they are here
	made []bool // what it is made of, back to the parameters
	use  int    // the first product that takes samples
	x    int    // the samples
	axis int    // that they lie along in x
	runs int    // products that take samples at the place of the first
}

// evaluations judges the passes beside training that were recorded.
func (f *forward) evaluations(batches []*batch) {
	f.testedOnTraining()
	f.testedWithin(batches)
	f.scaled(batches)
	stop, stops := f.versions(), slices.Concat(f.params...)
	for _, c := range f.params { // what the last step makes of them is in no step
		last := c[len(c)-1]
		for i := last + 1; i < f.n && len(c) > 1; i++ {
			if f.site[i] == f.site[f.root(c[1])] && f.op[i] == f.op[f.root(c[1])] && slices.Equal(f.shapes[i], f.shapes[last]) {
				stop[i] = true
				stops = append(stops, i)
			}
		}
	}
	trained := f.before(stops, nil)
	type place struct{ site, call int }
	steps := map[place]bool{} // where a step compares its own results, the last one too, whose update is not recorded
	var found []*evaluation
	for i := range f.n {
		if i >= f.known && i < f.g.End.Behind || f.size[i] < 4 || steps[place{f.site[i], f.call[i]}] {
			continue
		}
		y := f.comparedWith(i, stop)
		if y < 0 {
			continue
		}
		e := &evaluation{at: i, y: y, made: f.reach([]int{i}, stop, f.in), use: -1}
		for _, x := range stops {
			if x < i {
				e.from = max(e.from, min(x, f.g.End.Behind)) // running averages are made of the steps before
			}
		}
		for q := e.from; q <= i; q++ {
			if !e.made[q] || !f.moves[q] || stop[q] {
				continue
			}
			if trained[q] {
				steps[place{f.site[i], f.call[i]}] = true
				break
			}
			if x, axis, ok := f.enters(q); ok && (e.use < 0 || f.site[q] == f.site[e.use]) {
				if e.runs++; e.use < 0 {
					e.use, e.x, e.axis = q, x, axis
				}
			}
		}
		if e.use >= 0 {
			found = append(found, e)
		}
	}
	for _, e := range found {
		if steps[place{f.site[e.at], f.call[e.at]}] {
			continue
		}
		f.evaluatedLabels(e)
		own := f.trainedOn(batches, e)
		if own {
			f.calledTest(e)
		}
		if e.runs != 1 || len(batches) == 0 {
			continue
		}
		// What rows that are trained on give may be wanted as training has it, of others
		// of the same data not.
		if !own || f.chosen(e.at) || f.otherLabels(batches, e) {
			f.evaluatedDropout(e, trained)
		}
		if !own {
			f.evaluatedStatistics(e, trained)
		}
	}
	f.unscaledDropout(batches, found)
}

// comparedWith are the labels where a node is what an accuracy or a loss is made of:
// results that are compared with them, multiplied by them, or of which they pick one
// of each sample; -1 where it is not.
func (f *forward) comparedWith(i int, updates []bool) int {
	in := f.in[i]
	if f.op[i] == "gather" && len(in) == 1 && f.moves[in[0]] && len(f.shapes[i]) == 1 {
		for _, q := range f.attr(i).By {
			if !f.moves[q] && f.size[q] == f.size[i] && f.op[f.root(q)] != "create:arange" && len(f.attr(i).By) == 2 {
				return q
			}
		}
		return -1
	}
	if len(in) != 2 || f.moves[in[0]] == f.moves[in[1]] {
		return -1
	}
	y := in[b2i(f.moves[in[0]])]
	switch o := f.op[i]; {
	case o == "cmp" && f.attr(i).Cmp == "Eq", o == "mul" && (f.op[in[0]] == "log" || f.op[in[1]] == "log"):
		return y
	case (o == "sub" || o == "mul") && f.size[y] == f.size[i] && f.size[in[0]] == f.size[in[1]] && !f.passesOn(i, updates):
		return y // a difference, or the logits'
	}
	return -1
}

// passesOn reports that a product with parameters takes what is made of a value before
// they are updated: the network goes on behind it.
func (f *forward) passesOn(i int, updates []bool) bool {
	of := f.after([]int{i}, updates)
	for q := i + 1; q < f.n; q++ {
		if in := f.in[q]; of[q] && contractions[f.op[q]] && len(in) == 2 && of[in[0]] != of[in[1]] && f.moves[in[b2i(of[in[0]])]] {
			return true
		}
	}
	return false
}

// chosen reports that some of the results of a comparison are taken.
func (f *forward) chosen(i int) bool {
	return f.op[i] == "cmp" && slices.ContainsFunc(f.cons[i], func(c int) bool { return f.op[c] == "gather" && f.size[c] < f.size[i] })
}

// otherLabels reports that none of the labels of an evaluation are those of a step.
func (f *forward) otherLabels(batches []*batch, e *evaluation) bool {
	if f.size[e.y] != f.shapes[e.y][0] {
		return false
	}
	for _, l := range f.origins(e.y, 0) {
		other := false
		for _, b := range batches {
			for _, m := range b.seen {
				if f.root(m.node) != f.root(l.node) || m.axis != l.axis {
					continue
				}
				if slices.ContainsFunc(l.rows, func(r int) bool { return slices.Contains(m.rows, r) }) {
					return false
				}
				other = true
			}
		}
		if other {
			return true
		}
	}
	return false
}

// enters reads a product as that of samples and what moves: the samples, and the
// axis that they lie along.
func (f *forward) enters(q int) (x, axis int, ok bool) {
	if !contractions[f.op[q]] || len(f.in[q]) != 2 {
		return 0, 0, false
	}
	for k, x := range f.in[q] {
		if !f.moves[x] && f.moves[f.in[q][1-k]] && len(f.shapes[x]) == 2 {
			return x, k * (len(f.shapes[x]) - 1), true
		}
	}
	return 0, 0, false
}

// evaluatedLabels holds the samples of an evaluation against its labels.
func (f *forward) evaluatedLabels(e *evaluation) {
	if o := f.op[e.at]; o != "cmp" && o != "mul" || o == "mul" && f.op[f.in[e.at][0]] != "log" && f.op[f.in[e.at][1]] != "log" {
		return
	}
	y := e.y
	if y = f.root(y); f.op[y] == "argmax" && f.attr(y).Axis != nil && len(f.shapes[f.in[y][0]]) == 2 {
		y = f.root(f.in[y][0])
	}
	n, shape := f.shapes[e.x][e.axis], f.shapes[y]
	b := &batch{step: &step{view: f.view}, use: e.use, x: e.x, axis: e.axis, against: e.at, y: y}
	switch {
	case len(shape) == 0 || f.op[y] == "const":
		return
	case shape[0] == n:
	case shape[len(shape)-1] == n:
		b.yAxis = len(shape) - 1
	default:
		return
	}
	b.from, b.seen = f.origins(b.x, b.axis), f.origins(b.y, b.yAxis)
	f.mismatched(b)
}

// trainedOn reports that all samples of an evaluation are among those of steps.
func (f *forward) trainedOn(batches []*batch, e *evaluation) bool {
	for _, l := range f.origins(e.x, e.axis) {
		trained := map[int]bool{}
		for _, b := range batches {
			for _, m := range b.from {
				if f.root(m.node) == f.root(l.node) && m.axis == l.axis {
					for _, r := range m.rows {
						trained[r] = true
					}
				}
			}
		}
		if len(trained) > 0 {
			return !slices.ContainsFunc(l.rows, func(r int) bool { return !trained[r] })
		}
	}
	return slices.ContainsFunc(batches, func(b *batch) bool { return f.sameRows(b.x, e.x) })
}

var testName = regexp.MustCompile(`(?i)^\s*(\w*(test|val|valid|validation)_?(acc|accuracy|loss|err|error|score)\w*|\w*(acc|accuracy|loss|err|error|score)_?(on_)?(test|val|valid|validation))\s*=`)

// calledTest tells of a name that says test and is of rows that are trained on.
func (f *forward) calledTest(e *evaluation) {
	p := at(e.at)
	if file, line, ok := f.callerOf(e.at); ok {
		p.file, p.line = file, line
	} else {
		l := f.line(e.at)
		p.file, p.line = l.file, l.line
	}
	if m := testName.FindStringSubmatch(f.source(p.file, p.line)); m != nil {
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "tested on training rows", Text: message.New("`%s` is of %d rows that are trained on: the rows of a test have to be others", m[1], f.shapes[e.x][e.axis])}, p})
	}
}

// calledApart is the innermost call by which one execution of an expression differs
// from another, else its own line.
func (f *forward) calledApart(i, other int) place {
	if f.call[i] < 0 || f.call[other] < 0 {
		return at(i)
	}
	mine, its := f.g.Calls[f.call[i]], f.g.Calls[f.call[other]]
	for k, c := range mine {
		if c.File >= 0 && (k >= len(its) || its[k] != c) {
			return place{node: i, file: c.File, line: c.Line}
		}
	}
	return at(i)
}

// executions are the nodes of an expression.
func (f *forward) executions(i int) (out []int) {
	for q := range f.n {
		if f.site[q] == f.site[i] && f.op[q] == f.op[i] {
			out = append(out, q)
		}
	}
	return out
}

// evaluatedStatistics tells of an evaluation that takes the mean or variance of its
// own samples, as training does, where the running averages that training keeps are
// read nowhere.
func (f *forward) evaluatedStatistics(e *evaluation, trained []bool) {
	for i := e.from; i < e.at; i++ {
		o := f.op[i]
		if !e.made[i] || !f.moves[i] || o != "mean" && o != "var" && o != "std" || f.size[i] < 2 || f.size[f.in[i][0]] != f.size[i]*f.shapes[e.x][e.axis] {
			continue
		}
		var p place
		name := ""
		if k := slices.IndexFunc(f.executions(i), func(q int) bool { return trained[q] }); k >= 0 {
			p, name = f.calledApart(i, f.executions(i)[k]), f.unreadAverage(i, false)
		} else if slices.ContainsFunc(f.executions(f.in[i][0]), func(x int) bool {
			return slices.ContainsFunc(f.cons[x], func(q int) bool { return trained[q] && f.op[q] == o && f.size[q] == f.size[i] })
		}) { // by another line, for evaluations alone
			p, name = at(i), f.unreadAverage(i, true)
		}
		if name != "" {
			f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "statistics of the evaluated", Text: message.New("an evaluation takes the statistics of its own %d samples (%s), and `%s`, which training renews, is not read there: a sample's result hangs on those beside it", f.shapes[e.x][e.axis], f.where(i), name)}, p})
			return
		}
	}
}

var averageName = regexp.MustCompile(`(?i)^[\w.\[\]'", ]*\b((?:self\.)?\w*(?:run|running|moving|global|ema)_?(?:mean|avg|average|mu)\w*)[^=!<>]*=[^=].*\*`)

// unreadAverage is a running mean that the file of a node renews, and that no value
// recorded is made of, nor any at all if that is asked for; "" where there is none. What
// nothing reads is not recorded.
func (f *forward) unreadAverage(i int, anywhere bool) string {
	file := f.file(f.site[i])
	for n := range f.g.Files[file].Lines() {
		m := averageName.FindStringSubmatch(strings.TrimSpace(f.source(file, n+1)))
		if m == nil {
			continue
		}
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(m[1]) + `\b`)
		read := false
		for q := range f.n {
			t := f.g.Site(q)
			read = read || t != nil && !(t.File == file && t.Stmt[0] <= n+1 && n+1 <= t.Stmt[1]) && slices.ContainsFunc(t.Args, word.MatchString)
		}
		for k := 0; anywhere && !read && k < f.g.Files[file].Lines(); k++ {
			line := strings.TrimSpace(f.source(file, k+1))
			given := assignments(line)
			read = k != n && word.MatchString(line) && !strings.HasPrefix(line, "global ") && !slices.ContainsFunc(slices.Collect(maps.Keys(given)), func(t string) bool { return word.MatchString(t) && !word.MatchString(given[t]) })
		}
		if !read {
			return m[1]
		}
	}
	return ""
}

// testedOnTraining finds one evaluation that is made twice with the same
// parameters, rows and labels, as when the rows to test on are those to train
// on.
func (f *forward) testedOnTraining() {
	updates := map[int]bool{} // sites: the last update's result may be read nowhere
	for _, c := range f.params {
		for _, x := range c[1:] {
			updates[f.site[f.root(x)]] = true
		}
	}
	type where struct{ site, call int }
	before := map[where]int{}
	for i := range f.n {
		if updates[f.site[i]] {
			clear(before)
		}
		if f.op[i] != "cmp" || f.attr(i).Cmp != "Eq" || f.size[i] < 10 || !f.moves[i] || len(f.in[i]) != 2 {
			continue
		}
		k := where{f.site[i], f.call[i]}
		o, ok := before[k]
		before[k] = i
		if !ok {
			continue
		}
		same := true
		for s := range 2 {
			a, b := f.val(f.in[i][s]), f.val(f.in[o][s])
			same = same && a != nil && b != nil && slices.Equal(a.Data, b.Data)
		}
		x, z := f.rowsOf(i), f.rowsOf(o)
		if !same || x < 0 || z < 0 {
			continue
		}
		if a, b := f.val(x), f.val(z); x != z && (a == nil || b == nil || !slices.Equal(a.Data, b.Data)) {
			continue
		}
		p := at(i)
		if file, line, ok := f.callerOf(i); ok {
			p.file, p.line = file, line
		}
		for _, kept := range f.kept {
			if kept.kind == "name" && f.root(kept.node) == f.root(x) && kept.site >= 0 && f.g.Sites[kept.site].Func == "" {
				p.file, p.line = f.file(kept.site), f.lineOfSite(kept.site)
			}
		}
		f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "tested on training rows", Text: message.New("two evaluations at %s are of the same %d rows and labels: if one is to be a test, its rows have to be others than those trained on", f.where(i), f.size[i])}, p})
		return
	}
}

// testedWithin finds rows that an array was split into for evaluations alone and that lie
// within those which are trained on, where the array has others.
func (f *forward) testedWithin(batches []*batch) {
	if len(batches) < 2 {
		return
	}
	rows := func(q int) []int { // of the array that q takes a stretch of
		if f.op[q] != "gather" || len(f.in[q]) != 1 || len(f.shapes[q]) == 0 || len(f.shapes[q]) != len(f.shapes[f.in[q][0]]) || len(f.attr(q).By) > 0 {
			return nil
		}
		if axis, rows := f.sampleIndex(q, 0, 0); axis == 0 && follow(rows) {
			return rows
		}
		return nil
	}
	for _, l := range batches[0].from[1:] {
		t := l.node
		all := rows(t)
		if len(all) < 20 || len(all) == f.shapes[f.in[t][0]][0] || slices.ContainsFunc(batches, func(b *batch) bool {
			return !slices.ContainsFunc(b.from[1:], func(m level) bool { return m.node == t })
		}) {
			continue
		}
		trained := f.before(slices.Concat(f.params...), nil)
		for q := range f.n {
			if trained[q] || f.moves[q] || f.op[q] != "gather" || len(f.in[q]) != 1 || f.root(f.in[q][0]) != f.root(f.in[t][0]) {
				continue
			}
			r := rows(q)
			if len(r) < 10 || r[0] <= all[0] || r[len(r)-1] > all[len(all)-1] || !slices.Equal(f.shapes[q][1:], f.shapes[t][1:]) || !f.meetsParameters(q) {
				continue
			}
			f.later = append(f.later, remark{Finding{Severity: "warning", Relation: "tested on training rows", Text: message.New("these %d rows, which are only evaluated, are among the %d that are trained on (%s), and %d others of the same array are not: the rows of a test have to be others", len(r), len(all), f.where(t), f.shapes[f.in[t][0]][0]-len(all))}, at(q)})
			return
		}
	}
}

// rowsOf is the data that an evaluation's first product takes, -1 where there is
// none.
func (f *forward) rowsOf(q int) int {
	first := -1
	for i, in := range f.reach([]int{q}, f.versions(), f.in) {
		if in && first < 0 && contractions[f.op[i]] && len(f.in[i]) == 2 {
			for k, x := range f.in[i] {
				if !f.moves[x] && f.moves[f.in[i][1-k]] {
					first = x
				}
			}
		}
	}
	return first
}
