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

// A rule gives the direction that a step's weights should move in, by the
// sign that scores have on the side of the label 1; nil where it has none.
type rule struct {
	name  string
	wrong message.Text // what is said of a program that does this; nothing where it is right
	cause string       // its name in the catalogue then
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
	{cause: "another-sample", wrong: message.New("the weights move along another sample than the one that was misjudged"), along: func(c *perceptronStep, side float64) []float64 {
		for _, r := range c.all {
			if len(r.x) == 1 && c.fit(r.x[0]) != 0 {
				return r.x[0]
			}
		}
		return nil
	}},
	{cause: "updates-right-samples", wrong: message.New("the sum is over the samples that are right, not over the misjudged ones"), along: sumWhere(func(ys float64) bool { return ys > 0 }, true)},
	{cause: "updates-right-samples", wrong: message.New("the sum is over the samples that are right, not over the misjudged ones"), along: sumWhere(func(ys float64) bool { return ys >= 0 }, true)},
	{cause: "label-left-out", wrong: message.New("the samples are added without their labels: those of the class -1 have to be taken away"), along: sumWhere(func(ys float64) bool { return ys <= 0 }, false)},
	{cause: "label-left-out", wrong: message.New("the samples are added without their labels: those of the class -1 have to be taken away"), along: sumWhere(func(float64) bool { return true }, false)},
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

// perceptron judges a program that learns by correcting errors, and reports
// whether it is one.
func (j *judge) perceptron() bool {
	for _, slot := range [2]int{0, 1} {
		for _, runs := range j.scorings(slot) {
			list := j.corrections(runs)
			// A step of a single weight is along every sample.
			if len(list) < 2 || len(list[0].dw) < 2 {
				continue
			}
			for _, side := range [2]float64{1, -1} {
				if missed, _ := j.cutPasses(runs, side); len(runs) < 6 && missed <= 0 {
					continue
				}
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
	fault := func(i, at int, cause string, text message.Text) {
		v.Parameters[i].Update = "wrong"
		j.tell(Finding{Severity: "error", Relation: "the update", Cause: cause, Text: text}, place{node: at})
	}
	j.mismatched(list[0].last())
	w, b := j.maker(c.w), -1
	if offset {
		b = j.maker(c.b)
	}
	if !r.wrong.IsZero() {
		fault(0, w, r.cause, r.wrong)
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
		fault(0, at, "step-inverted", message.New("the step goes the wrong way: it takes the label times the sample from the weights instead of adding it"))
		if at != w {
			return
		}
	case sign == 0 && bySide != 0 && single:
		fault(0, j.causeOf(w), "label-left-out", message.New("the step does not have the label's sign: a sample of the class -1 has to be taken from the weights"))
	case sign == 0:
		v.Parameters[0].Update = "not judged"
	case rights > 0 && single:
		j.tellUntimely(runs, list, w, side, wrongs, rights)
	}
	if single {
		j.tellCutPasses(runs, side)
	}
	if r.name == "every" && len(j.params) < 3 && !j.allWrong(list, side) {
		j.tell(Finding{Severity: "warning", Relation: "the update", Cause: "updates-right-samples", Text: message.New("the step adds all samples of the batch, those that are right already too: a perceptron learns from the misjudged ones")}, place{node: w})
	}
	if offset && r.name != "one" {
		j.judgeOffset(r, list, side, w, b, fault)
	}
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
		j.tell(Finding{Severity: "error", Relation: "the condition", Cause: "updates-right-samples", Text: message.New("the weights are stepped at samples that are right and left alone at the misjudged ones: the condition is the wrong way round")}, at)
	case at.line > 0 || left > 0:
		j.verdict.Parameters[0].Update = "wrong"
		j.tell(Finding{Severity: "error", Relation: "the condition", Cause: "updates-right-samples", Text: message.New("%d of %d steps are made at samples that are right already", rights, len(list))}, at)
	default:
		j.tell(Finding{Severity: "warning", Relation: "the condition", Cause: "updates-right-samples", Text: message.New("%d of %d steps are made at samples that are right already", rights, len(list))}, at)
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
		fault(1, j.causeOf(b), "bias-inverted", message.New("the offset moves the other way than the weights do"))
	case constant && all(ratios, d):
		fault(1, j.causeOf(b), "bias-each-feature", message.New("the offset is stepped %d times where the weights are stepped once: once for each feature", int(d)))
	case constant && alike(math.Abs(ratios[0]), 1/rate, 1e-6):
		fault(1, j.causeOf(b), "rate-on-one-part", message.New("the offset is stepped without the rate %s of the weights", number(rate)))
	case !constant && all(byLabel, byLabel[0]):
		fault(1, j.causeOf(b), "bias-without-label", message.New("the step of the offset does not have the label's sign"))
	case constant && alike(rate, 1, 1e-9):
		fault(0, j.causeOf(w), "rate-on-one-part", message.New("the weights are stepped without the rate %s of the offset", number(math.Abs(ratios[0]))))
	case constant:
		j.tell(Finding{Severity: "warning", Relation: "the update", Cause: "rate-on-one-part", Text: message.New("the offset is stepped at %s times the rate of the weights", number(ratios[0]))}, place{node: b})
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
