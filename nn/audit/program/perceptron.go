package program

import (
	"math"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// A perceptron has no loss whose derivative its steps are: where the score w·x
// of a sample has the wrong sign it adds the sample, times its label, to the
// weights (Rosenblatt, The perceptron, Psychological Review 65, 1958). It is
// judged by what becomes of the weights between one score and the next.

// A scoring is one execution of the product of n samples with the weights.
type scoring struct {
	node   int // the product
	w, b   int // the weights as it reads them, and what is added to the score, -1 for nothing
	x      [][]float64
	s      []float64 // the scores, what is added included
	y      []float64 // the labels as -1 and 1, nil where they are not known
	offset float64   // 1 where b is added, -1 where it is taken away
	slot   int       // the weights' operand of the product
	label  int       // the labels
	read   int       // what reads them
}

// A perceptronStep is one step of the weights: the scorings since the one before,
// and by how much they move.
type perceptronStep struct {
	runs   []scoring
	all    []scoring // those of the whole program
	dw     []float64
	db     float64
	w, b   int // the new weights and offset as they are read next
	tol    float64
	tolB   float64
	factor float64 // dw is factor times the rule's direction
}

func (c *perceptronStep) last() *scoring { return &c.runs[len(c.runs)-1] }

// A rule gives the direction that a step's weights should move in, by the
// sign that scores have on the side of the label 1; nil where it has none.
type rule struct {
	name  string
	wrong message.Text // what is said of a program that does this; nothing where it is right
	along func(c *perceptronStep, side float64) []float64
}

// perceptronRules are tried in order; the first that fits every step is the
// program's.
var perceptronRules = []rule{
	{name: "sample", along: func(c *perceptronStep, side float64) []float64 {
		if l := c.last(); len(l.x) == 1 {
			return scaled(l.y[0], l.x[0])
		}
		return nil
	}},
	{name: "wrong", along: sumWhere(func(ys float64) bool { return ys <= 0 }, true)},
	{name: "wrong", along: sumWhere(func(ys float64) bool { return ys < 0 }, true)},
	{name: "one", along: func(c *perceptronStep, side float64) []float64 {
		l := c.last()
		for i, x := range l.x {
			if u := scaled(l.y[i], x); l.y[i]*side*l.s[i] <= 0 && c.fit(u) != 0 {
				return u
			}
		}
		return nil
	}},
	{name: "every", along: sumWhere(func(float64) bool { return true }, true)},
	{wrong: message.New("the weights move along another sample than the one that was misjudged"), along: func(c *perceptronStep, side float64) []float64 {
		for _, r := range c.all {
			if len(r.x) == 1 && c.fit(r.x[0]) != 0 {
				return r.x[0]
			}
		}
		return nil
	}},
	{wrong: message.New("the sum is over the samples that are right, not over the misjudged ones"), along: sumWhere(func(ys float64) bool { return ys > 0 }, true)},
	{wrong: message.New("the sum is over the samples that are right, not over the misjudged ones"), along: sumWhere(func(ys float64) bool { return ys >= 0 }, true)},
	{wrong: message.New("the samples are added without their labels: those of the class -1 have to be taken away"), along: sumWhere(func(ys float64) bool { return ys <= 0 }, false)},
	{wrong: message.New("the samples are added without their labels: those of the class -1 have to be taken away"), along: sumWhere(func(float64) bool { return true }, false)},
}

// sumWhere adds the samples of a step's scorings, times their labels if
// labelled, of which label times score is as asked.
func sumWhere(want func(ys float64) bool, labelled bool) func(*perceptronStep, float64) []float64 {
	return func(c *perceptronStep, side float64) []float64 {
		sum := make([]float64, len(c.dw))
		for _, r := range c.runs {
			for i, x := range r.x {
				switch {
				case r.y == nil:
					return nil
				case !want(r.y[i] * side * r.s[i]):
				case labelled:
					sum = sumOf(sum, r.y[i], x)
				default:
					sum = sumOf(sum, 1, x)
				}
			}
		}
		return sum
	}
}

func sumOf(a []float64, c float64, b []float64) []float64 {
	out := slices.Clone(a)
	for i := range out {
		out[i] += c * b[i]
	}
	return out
}

func scaled(c float64, x []float64) []float64 { return sumOf(make([]float64, len(x)), c, x) }

// fit is the factor by which u is the step, within the rounding of the
// weights; 0 where it is not.
func (c *perceptronStep) fit(u []float64) float64 {
	if len(u) != len(c.dw) {
		return 0
	}
	uu, ud := 0.0, 0.0
	for i, x := range u {
		uu, ud = uu+x*x, ud+x*c.dw[i]
	}
	if uu == 0 {
		return 0
	}
	f := ud / uu
	for i, x := range u {
		if !(math.Abs(c.dw[i]-f*x) <= c.tol+1e-12*math.Abs(f*x)) {
			return 0
		}
	}
	return f
}

// perceptron judges a program that learns by correcting errors, and reports
// whether it is one.
func (j *judge) perceptron() bool {
	for _, slot := range [2]int{0, 1} {
		for _, runs := range j.scorings(slot) {
			list := j.corrections(runs)
			if len(list) < 2 || len(runs) < 6 {
				continue
			}
			for _, side := range [2]float64{1, -1} {
				for r := range perceptronRules {
					if perceptronRules[r].fits(list, side) {
						j.judgePerceptron(&perceptronRules[r], runs, list, side)
						return true
					}
				}
			}
		}
	}
	return false
}

// fits sets the corrections' factors and reports whether all follow the rule.
func (r *rule) fits(list []*perceptronStep, side float64) bool {
	for _, c := range list {
		if c.last().y == nil {
			return false
		}
		u := r.along(c, side)
		if u == nil {
			return false
		}
		if c.factor = c.fit(u); c.factor == 0 {
			return false
		}
	}
	return true
}

// scorings finds the products of which the operand slot is stepped between
// executions, by the place in the program.
func (j *judge) scorings(slot int) [][]scoring {
	type place struct{ site, size int }
	by := map[place][]int{}
	var order []place
	for i := range j.n {
		if !contractions[j.op[i]] || len(j.in[i]) != 2 || j.site[i] < 0 || !j.float[i] || len(squeezed(j.shapes[j.in[i][slot]])) > 1 {
			continue
		}
		k := place{j.site[i], j.size[j.in[i][slot]]}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], i)
	}
	var out [][]scoring
	for _, k := range order {
		var runs []scoring
		if !j.decides(by[k], slot) {
			continue
		}
		for _, i := range by[k] {
			r, ok := j.scoringAt(i, slot)
			if !ok {
				runs = nil
				break
			}
			runs = append(runs, r)
		}
		if len(runs) > 3 {
			j.labels(runs)
			out = append(out, runs)
		}
	}
	return out
}

// decides reports that of products with weights that change nothing enters
// later weights but by a comparison or a sign.
func (j *judge) decides(products []int, slot int) bool {
	weights := map[int]bool{}
	for _, i := range products {
		weights[j.maker(j.in[i][slot])] = true
	}
	if len(weights) < 4 {
		return false
	}
	stop := make([]bool, j.n)
	for i := range j.n {
		stop[i] = constantOps[j.op[i]]
	}
	reached := j.after(products, stop)
	for w := range weights {
		if reached[w] {
			return false
		}
	}
	return true
}

// scoringAt reads one product as the scores of samples.
func (j *judge) scoringAt(i, slot int) (scoring, bool) {
	r := scoring{node: i, w: j.in[i][slot], b: -1, offset: 1, slot: slot}
	x := j.val(j.in[i][1-slot])
	if j.val(i) == nil || j.val(r.w) == nil {
		return r, false
	}
	d, n := j.size[r.w], j.size[i]
	if x == nil || d == 0 || n == 0 || len(x.Data) != n*d {
		return r, false
	}
	samplesFirst := slot == 1 || len(x.Shape) == 1
	for s := range n {
		row := make([]float64, d)
		for f := range d {
			if samplesFirst {
				row[f] = x.Data[s*d+f]
			} else {
				row[f] = x.Data[f*n+s]
			}
		}
		r.x = append(r.x, row)
	}
	top := i
	for _, c := range j.cons[i] {
		if (j.op[c] == "add" || j.op[c] == "sub") && j.size[c] == n && len(j.in[c]) == 2 {
			k := slices.Index(j.in[c], i)
			if o := j.in[c][1-k]; j.size[o] == 1 && o != i && j.val(o) != nil && (j.op[c] == "add" || k == 0) {
				top, r.b = c, o
				if j.op[c] == "sub" {
					r.offset = -1
				}
				break
			}
		}
	}
	v := j.val(top)
	if v == nil || !finite(v) {
		return r, false
	}
	r.s = v.Data
	return r, true
}

// labels finds the values of the two classes that are read after each scoring
// and before the next.
func (j *judge) labels(runs []scoring) {
	type place struct{ site, slot int }
	var made []int
	for _, r := range runs {
		made = append(made, r.w)
	}
	learnt := j.after(made, nil)
	type labels struct {
		y        []float64
		node, by int
	}
	read := map[place]map[int]labels{}
	sources := map[place][]float64{} // the labels of all samples, of which single ones are read
	var order []place
	for t, r := range runs {
		end := j.n
		if t+1 < len(runs) {
			end = runs[t+1].node
		}
		for c := r.node + 1; c < end; c++ {
			for k, q := range j.in[c] {
				if j.size[q] != len(r.s) || learnt[q] || j.op[q] == "const" || j.site[c] < 0 {
					continue
				}
				y := twoClasses(j.val(q))
				if y == nil {
					continue
				}
				p := place{j.site[c], k}
				if read[p] == nil {
					read[p] = map[int]labels{}
					order = append(order, p)
					if j.op[q] == "gather" && len(j.in[q]) == 1 {
						sources[p] = twoClasses(j.val(j.in[q][0]))
					}
				}
				if read[p][t].y == nil {
					read[p][t] = labels{y, q, c}
				}
			}
		}
	}
	// Both classes have to occur: a constant is no label.
	var best place
	most := 0
	for _, p := range order {
		var seen [2]bool
		for _, l := range read[p] {
			for _, x := range l.y {
				seen[b2i(x > 0)] = true
			}
		}
		for _, y := range sources[p] {
			seen[b2i(y > 0)] = true
		}
		if seen[0] && seen[1] && len(read[p]) > most {
			best, most = p, len(read[p])
		}
	}
	if most == 0 {
		return
	}
	// The other places of the program have the same labels.
	for _, p := range slices.Insert(order, 0, best) {
		for t := range runs {
			if l := read[p][t]; runs[t].y == nil && (p == best || len(read[p]) > 2) {
				runs[t].y, runs[t].label, runs[t].read = l.y, l.node, l.by
			}
		}
	}
}

// twoClasses reads labels of -1 and 1, or of 0 and 1, as -1 and 1.
func twoClasses(a *array) []float64 {
	if a == nil || len(a.Data) == 0 {
		return nil
	}
	y := make([]float64, len(a.Data))
	for i, x := range a.Data {
		switch x {
		case 1, -1:
			y[i] = x
		case 0:
			y[i] = -1
		default:
			return nil
		}
	}
	return y
}

// corrections cuts the scorings where the weights or what is added to the score
// move.
func (j *judge) corrections(runs []scoring) []*perceptronStep {
	var out []*perceptronStep
	first := 0
	for t := range len(runs) - 1 {
		r, next := &runs[t], &runs[t+1]
		a, b := j.val(r.w).Data, j.val(next.w).Data
		c := &perceptronStep{runs: runs[first : t+1], all: runs, w: next.w, b: next.b}
		eps := 0x1p-52
		if j.dtype[r.w] == "float32" {
			eps = 0x1p-23
		}
		moved := false
		for i := range a {
			c.dw = append(c.dw, b[i]-a[i])
			c.tol = max(c.tol, 8*eps*(math.Abs(a[i])+math.Abs(b[i])))
			moved = moved || a[i] != b[i]
		}
		if r.b >= 0 && next.b >= 0 {
			p, q := j.scalar(r.b), j.scalar(next.b)
			c.db = (q - p) * r.offset
			c.tolB = 8 * eps * (math.Abs(p) + math.Abs(q))
		}
		if !moved && c.db == 0 {
			continue
		}
		first = t + 1
		if !moved { // the offset alone: a step of zero along the sample
			continue
		}
		out = append(out, c)
	}
	return out
}

// judgePerceptron holds the corrections against the rule.
func (j *judge) judgePerceptron(r *rule, runs []scoring, list []*perceptronStep, side float64) {
	v := j.verdict
	c := list[len(list)/2]
	offset := j.moves(list)
	v.Parameters, j.params, j.names = nil, nil, nil
	add := func(node int) {
		name := j.bestName(node)
		j.names = append(j.names, name)
		j.params = append(j.params, chain{node, node})
		v.Parameters = append(v.Parameters, Parameter{Name: name, Shape: j.shapes[node], Steps: len(list), Gradient: "right", Update: "right"})
	}
	add(runs[0].w)
	if offset {
		add(runs[0].b)
	}
	j.steps = make([][]version, len(list))
	v.Unjudged = nil
	v.Notes = append(v.Notes, message.New("judged as a perceptron: `%s` (%s) is the score, and a step is a rate times the label times the sample", j.text(runs[0].node), j.where(runs[0].node)))
	fault := func(i, at int, relation string, text message.Text) {
		v.Parameters[i].Update = "wrong"
		j.tell(Finding{Severity: "error", Relation: relation, Text: text}, place{node: at})
	}
	j.mismatched(list[0].last())
	w, b := j.maker(c.w), -1
	if offset {
		b = j.maker(c.b)
	}
	if !r.wrong.IsZero() {
		fault(0, w, "the update", r.wrong)
		return
	}
	sign := signs(list, func(c *perceptronStep) float64 { return c.factor })
	bySide := signs(list, func(c *perceptronStep) float64 { return c.factor * c.last().y[0] })
	wrongs, rights := 0, 0
	for _, c := range list {
		l := c.last()
		if ys := l.y[0] * side * l.s[0]; ys > 0 {
			rights++
		} else if ys < 0 {
			wrongs++
		}
	}
	single := len(c.last().x) == 1 && r.name == "sample"
	mirrored := single && sign < 0 && wrongs == 0 // the label 1 lies where scores are negative
	if mirrored {
		sign, rights = 1, wrongs
	}
	switch {
	case sign < 0:
		at := j.signOf(c, w, b)
		fault(0, at, "the update", message.New("the step goes the wrong way: it takes the label times the sample from the weights instead of adding it"))
		if at != w {
			return
		}
	case sign == 0 && bySide != 0 && single:
		fault(0, j.causeOf(w), "the update", message.New("the step does not have the label's sign: a sample of the class -1 has to be taken from the weights"))
	case sign == 0:
		v.Parameters[0].Update = "not judged"
	case rights > 0 && single:
		j.tellUntimely(runs, list, w, side, wrongs, rights)
	}
	if r.name == "every" && !j.allWrong(list, side) {
		j.tell(Finding{Severity: "warning", Relation: "the update", Text: message.New("the step adds all samples of the batch, those that are right already too: a perceptron learns from the misjudged ones")}, place{node: w})
	}
	if offset && r.name != "one" {
		j.judgeOffset(r, list, side, w, b, fault)
	}
}

// moves reports that what is added to the score is stepped too.
func (j *judge) moves(list []*perceptronStep) bool {
	return slices.ContainsFunc(list, func(c *perceptronStep) bool { return c.db != 0 && c.b >= 0 })
}

// signs is the sign that f has of all corrections, 0 where it has both.
func signs(list []*perceptronStep, f func(*perceptronStep) float64) float64 {
	s := math.Copysign(1, f(list[0]))
	for _, c := range list {
		if s*f(c) < 0 {
			return 0
		}
	}
	return s
}

// allWrong reports that no batch had a sample that was right.
func (j *judge) allWrong(list []*perceptronStep, side float64) bool {
	for _, c := range list {
		for i, s := range c.last().s {
			if c.last().y[i]*side*s > 0 {
				return false
			}
		}
	}
	return true
}

// mismatched tells of a batch whose labels are those of other samples.
func (j *judge) mismatched(l *scoring) {
	if len(l.x) < 2 || len(j.shapes[l.label]) == 0 || j.shapes[l.label][0] != len(l.x) {
		return
	}
	b := &batch{step: &step{view: j.view}, use: l.node, x: j.in[l.node][1-l.slot], against: l.read, y: l.label}
	if l.slot == 0 {
		b.axis = len(j.shapes[b.x]) - 1
	}
	b.from, b.seen = j.origins(b.x, b.axis), j.origins(b.y, 0)
	(&forward{judge: j}).mismatched(b)
}

// tellUntimely tells of steps made at samples that are right. A margin is none:
// where every sample nearer to the line than some distance is learnt from.
func (j *judge) tellUntimely(runs []scoring, list []*perceptronStep, w int, side float64, wrongs, rights int) {
	learnt := map[int]bool{}
	far := math.Inf(-1)
	for _, c := range list {
		l := c.last()
		learnt[l.node] = true
		far = max(far, l.y[0]*side*l.s[0])
	}
	left, near, missed := 0, math.Inf(1), 0
	for _, r := range runs[:len(runs)-1] {
		if learnt[r.node] || r.y == nil {
			continue
		}
		left++
		ys := r.y[0] * side * r.s[0]
		near = min(near, ys)
		missed += b2i(ys < 0)
	}
	at := place{node: w}
	if line := j.guard(w); line > 0 {
		at.file, at.line = j.line(w).file, line
	}
	switch {
	case left > 0 && near >= far:
		j.verdict.Notes = append(j.verdict.Notes, message.New("samples up to a score of %s on their right side are learnt from: a margin", number(far)))
	case wrongs == 0 && (missed > 0 || left == 0):
		j.verdict.Parameters[0].Update = "wrong"
		j.tell(Finding{Severity: "error", Relation: "the condition", Text: message.New("the weights are stepped at samples that are right and left alone at the misjudged ones: the condition is the wrong way round")}, at)
	case at.line > 0 || left > 0:
		j.verdict.Parameters[0].Update = "wrong"
		j.tell(Finding{Severity: "error", Relation: "the condition", Text: message.New("%d of %d steps are made at samples that are right already", rights, len(list))}, at)
	default:
		j.tell(Finding{Severity: "warning", Relation: "the condition", Text: message.New("%d of %d steps are made at samples that are right already", rights, len(list))}, at)
	}
}

// judgeOffset holds the steps of what is added to the score against those of the
// weights.
func (j *judge) judgeOffset(r *rule, list []*perceptronStep, side float64, w, b int, fault func(int, int, string, message.Text)) {
	var ratios, byLabel []float64
	var of []*perceptronStep
	if len(list) > 2 {
		list = list[:len(list)-1] // the recording may end within the last
	}
	for _, c := range list {
		u := r.alongOnes(c, side)
		if u == 0 {
			continue
		}
		of = append(of, c)
		ratios = append(ratios, c.db/(c.factor*u))
		byLabel = append(byLabel, c.db/(c.factor*math.Abs(u)))
	}
	if len(of) == 0 {
		return
	}
	d := float64(len(of[0].dw))
	tol := func(c *perceptronStep) float64 { return 1e-9 + c.tolB/math.Abs(c.factor) }
	all := func(x []float64, want float64) bool {
		for i, f := range x {
			if math.Abs(f-want) > tol(of[i])*max(1, math.Abs(want)) {
				return false
			}
		}
		return true
	}
	rate := math.Abs(of[0].factor)
	constant := all(ratios, ratios[0])
	switch {
	case all(ratios, 1):
	case all(ratios, -1):
		fault(1, j.causeOf(b), "the update", message.New("the offset moves the other way than the weights do"))
	case constant && all(ratios, d):
		fault(1, j.causeOf(b), "the update", message.New("the offset is stepped %d times where the weights are stepped once: once for each feature", int(d)))
	case constant && alike(math.Abs(ratios[0]), 1/rate, 1e-6):
		fault(1, j.causeOf(b), "the update", message.New("the offset is stepped without the rate %s of the weights", number(rate)))
	case !constant && all(byLabel, byLabel[0]):
		fault(1, j.causeOf(b), "the update", message.New("the step of the offset does not have the label's sign"))
	case constant && alike(rate, 1, 1e-9):
		fault(0, j.causeOf(w), "the update", message.New("the weights are stepped without the rate %s of the offset", number(math.Abs(ratios[0]))))
	case constant:
		j.tell(Finding{Severity: "warning", Relation: "the update", Text: message.New("the offset is stepped at %s times the rate of the weights", number(ratios[0]))}, place{node: b})
	default:
		j.verdict.Parameters[1].Update, j.verdict.Parameters[1].Why = "not judged", message.New("its steps follow no rule that is known here")
	}
}

// alongOnes is the rule's direction for the offset, whose feature is 1.
func (r *rule) alongOnes(c *perceptronStep, side float64) float64 {
	one := &perceptronStep{dw: []float64{0}}
	for _, run := range c.runs {
		run.x = slices.Repeat([][]float64{{1}}, len(run.x))
		one.runs = append(one.runs, run)
	}
	if u := r.along(one, side); u != nil {
		return u[0]
	}
	return 0
}

// maker is what made a value that a product reads, without choices of elements.
func (j *judge) maker(q int) int {
	for {
		q = j.root(q)
		if j.op[q] != "gather" || len(j.in[q]) != 1 {
			return q
		}
		q = j.in[q][0]
	}
}

// causeOf is where a step's value is made: the line of what is added to the old
// value, if that has one of its own.
func (j *judge) causeOf(q int) int {
	x := q
	for j.op[x] == "setitem" && len(j.in[x]) == 2 {
		x = j.in[x][1]
	}
	if j.op[x] == "add" && len(j.in[x]) == 2 {
		for _, u := range j.in[x] {
			if s := j.g.Site(u); s != nil && !made(j.op[u]) && j.op[u] != "gather" && j.op[u] != "copy" && !j.sameStatement(u, x) && u > q-40 && s.Func == j.g.Site(x).Func {
				return u
			}
		}
	}
	return q
}

// signOf is where a step gets its sign: the last value that the steps of the
// weights and of the offset are both made of, else the step itself.
func (j *judge) signOf(c *perceptronStep, w, b int) int {
	if b < 0 {
		return j.causeOf(w)
	}
	if c.db*c.factor < 0 { // only one of the two has it
		return j.causeOf(w)
	}
	from := c.last().node
	mine, its := j.before([]int{w}, nil), j.before([]int{b}, nil)
	best := -1
	for q := from + 1; q < max(w, b); q++ {
		if mine[q] && its[q] && q != w && q != b && !made(j.op[q]) && j.op[q] != "gather" && j.op[q] != "setitem" {
			best = q
		}
	}
	if best >= 0 && !j.sameStatement(best, w) && !j.sameStatement(best, b) {
		return best
	}
	return w
}

// guard is the line of the `if` around a statement, 0 where there is none.
func (j *judge) guard(q int) int {
	p := j.line(q)
	if p.file < 0 {
		return 0
	}
	indent := func(line int) int {
		t := j.g.Files[p.file].Line(line)
		return len(t) - len(strings.TrimLeft(t, " \t"))
	}
	depth := indent(p.line)
	for l := p.line - 1; l > 0 && depth > 0; l-- {
		t := strings.TrimSpace(j.g.Files[p.file].Line(l))
		if t == "" || strings.HasPrefix(t, "#") || indent(l) >= depth {
			continue
		}
		if strings.HasPrefix(t, "if ") || strings.HasPrefix(t, "if(") || strings.HasPrefix(t, "elif ") {
			return l
		}
		depth = indent(l)
		if strings.HasPrefix(t, "def ") {
			return 0
		}
	}
	return 0
}
