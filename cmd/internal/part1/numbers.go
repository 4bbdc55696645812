package part1

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/chain"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn/message"
	"glassbox/perceptron"
)

// A Lesson is a training of a test, of which every number can be explained.
type Lesson struct {
	Config // with the training's variant
	Test
	Trial
	Spread
	values       []float64                // what Spread is of
	start, order nprand.RandomState       // before the points and before the first epoch
	learned      []*perceptron.Perceptron // after each epoch, from none on
	updates      []int                    // in each epoch
}

// Lesson returns the training of a test of the run by its variant v.
func (r *Run) Lesson(t Test, v int) (*Lesson, error) {
	l := &Lesson{Config: r.Config, Test: t, Trial: t.Trials[v], Spread: t.Spreads[v], start: *nprand.New(r.Seed)}
	if t.seeds != nil {
		l.values = t.seeds[v]
	}
	if l.Config.Variant = l.Trial.Variant; v > 0 {
		l.MaxUpdates = 0
	}
	l.Test.Trials = []Trial{l.Trial} // what is lost is by this one
	l.order = l.start
	if _, err := t.Pair.Sample(r.N, &l.order); err != nil {
		return nil, err
	}
	p, rng := l.New(), l.order
	keep := func() {
		learned := *p
		learned.W = slices.Clone(p.W)
		l.learned = append(l.learned, &learned)
	}
	p.After = func(updates int) {
		l.updates = append(l.updates, updates)
		keep()
	}
	keep()
	_, err := p.Train(context.Background(), l.Data.TrainX, l.Data.TrainY, &rng)
	return l, err
}

// Epochs is how many epochs the training took.
func (l *Lesson) Epochs() int { return len(l.updates) }

var numberName = regexp.MustCompile(`^(?:(\d{1,9})\.)?(?:(b|accuracy|right1|right2)|(w|z|test_z)\[(\d{1,9})\]|(x|test_x)\[(\d{1,9}),([01])\]|` +
	`(train_points|test_points|epochs|updates|origin|line|train_origin|train_line|bayes|bayes1|bayes2|lost|lost_rule|lost_offset|lost_overlap|chance|mean|sd|least|most))$`)

// Names are the numbers that Explain knows.
const Names = "w[0] w[1] b x[ROW,COLUMN] test_x[ROW,COLUMN] z[ROW] test_z[ROW] accuracy right1 right2 train_points test_points epochs updates " +
	"origin line train_origin train_line bayes bayes1 bayes2 lost lost_rule lost_offset lost_overlap chance mean sd least most"

// A story is a chain of a lesson's numbers; prefix stands before the names of its
// epoch.
type story struct {
	*chain.Chain
	*Lesson
	prefix string
}

// Explain says how a number came about: 3.w[0] is w[0] after epoch 3, w[0] that
// after the last.
func (l *Lesson) Explain(name string) (*chain.Chain, error) {
	m := numberName.FindStringSubmatch(name)
	if m == nil {
		return nil, message.Errorf("%q is no number of Part I; there are %s", name, Names)
	}
	epoch := l.Epochs()
	c := story{&chain.Chain{Name: name}, l, ""}
	if m[1] != "" {
		c.prefix = m[1] + "."
		epoch, _ = strconv.Atoi(m[1])
		if epoch < 1 || epoch > l.Epochs() {
			return nil, message.Errorf("%s: the training of test %s had the epochs 1 to %d", name, l.Setup.Name, l.Epochs())
		}
	}
	p := l.learned[epoch]
	i, _ := strconv.Atoi(m[4] + m[6])
	j, _ := strconv.Atoi(m[7])
	points := map[string]mat.Matrix{"x": l.Data.TrainX, "z": l.Data.TrainX, "test_x": l.Data.TestX, "test_z": l.Data.TestX}[m[3]+m[5]]
	switch kind := m[2] + m[3] + m[5] + m[8]; {
	case kind == "w" && i > 1 || points.Cols > 0 && i >= points.Rows:
		return nil, message.Errorf("%s: the rows of %s are 0 to %d", name, kind, max(points.Rows, 2)-1)
	case kind == "w":
		c.weight(epoch, i)
		c.Recorded = &p.W[i]
	case kind == "b":
		c.weight(epoch, 2)
		c.Recorded = &p.B
	case kind == "z" || kind == "test_z":
		c.score(p, points.Row(i), map[string]string{"z": "x", "test_z": "test_x"}[kind], i)
		c.Recorded = new(p.Score(points.Row(i)))
	case points.Cols > 0:
		c.point(i, j, kind == "test_x")
		c.Recorded = new(points.At(i, j))
	case kind == "accuracy":
		c.right(p, 0)
		c.Recorded = new(p.Accuracy(l.Data.TestX, l.Data.TestY))
	case kind == "right1" || kind == "right2":
		c.right(p, map[string]float64{"right1": 1, "right2": -1}[kind])
	case m[1] != "":
		return nil, message.Errorf("%s: %s belongs to no epoch", name, kind)
	case kind == "mean" || kind == "sd" || kind == "least" || kind == "most":
		if l.Spread.Count == 0 {
			return nil, message.Errorf("%s: there are no further seeds", name)
		}
		c.Chain.Spread(kind, lang.T("the accuracies with %s", l.span()), l.values, func(k int) lang.Text { return lang.T("accuracy with seed %d", uint64(l.Seed)+1+uint64(k)) })
		c.Recorded = map[string]*float64{"mean": &l.Mean, "sd": &l.SD, "least": &l.Min, "most": &l.Max}[kind]
	default:
		if err := c.whole(kind); err != nil {
			return nil, err
		}
	}
	return c.Chain, nil
}

// then does an operation with a number on the running one.
func (c story) then(text lang.Text, sign string, value, running float64, inputs ...string) {
	c.Do(text, fmt.Sprintf("%v %s %v", c.Result, sign, value), value, running, inputs...)
}

// product writes factors, negative ones in brackets.
func product(factors ...float64) string {
	var list []string
	for _, f := range factors {
		text := fmt.Sprint(f)
		if math.Signbit(f) {
			text = "(" + text + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, "·")
}

// point is a coordinate of a point, by multivariate_normal.
func (c story) point(i, j int, test bool) {
	from, count := 0, perceptron.TrainCount(c.N)
	if test {
		from, count = count, c.N-count
	}
	class, row, mean, cov := 1, from+i, c.Pair.Mean1, c.Pair.Cov1
	if i >= count {
		class, row, mean, cov = 2, c.N+from+i-count, c.Pair.Mean2, c.Pair.Cov2
	}
	a := nprand.Root2(mat.Of(2, 2, cov[0][0], cov[0][1], cov[1][0], cov[1][1]))
	z0, z1 := c.Normal(c.start, 2*row, "z0"), c.Normal(c.start, 2*row+1, "z1")
	c.Formula = lang.T("z0·A[0,%d] + z1·A[1,%d] + mean, of class %d, A being the square root of its covariance: AᵀA", j, j, class)
	s := z0 * a[0][j]
	c.Do(lang.Same(fmt.Sprintf("z0·A[0,%d]", j)), product(z0, a[0][j]), s, s)
	c.Do(lang.Same(fmt.Sprintf("z1·A[1,%d]", j)), product(z1, a[1][j]), z1*a[1][j], math.FMA(z1, a[1][j], s))
	c.Do(lang.T("+ mean"), "", mean[j], c.Result+mean[j])
}

// score is w·x + b of a row.
func (c story) score(p *perceptron.Perceptron, x []float64, of string, i int) {
	c.Formula = lang.Same(fmt.Sprintf("w[0]·%s[%d,0] + w[1]·%s[%d,1] + b", of, i, of, i))
	for k, w := range p.W {
		name := fmt.Sprintf("%s[%d,%d]", of, i, k)
		c.Do(lang.Same(fmt.Sprintf("%s·w[%d]", name, k)), product(x[k], w), x[k]*w, math.FMA(x[k], w, c.Result), name, fmt.Sprintf("%sw[%d]", c.prefix, k))
	}
	c.then(lang.Same("+ b"), "+", p.B, c.Result+p.B, c.prefix+"b")
}

// weight is what an epoch makes of w[0], w[1] or, as 2, of b.
func (c story) weight(epoch, j int) {
	before := *c.learned[max(epoch-1, 0)]
	before.W = slices.Clone(before.W)
	order := make([]int, c.Data.TrainX.Rows)
	for i := range order {
		order[i] = i
	}
	rng := c.order
	for range epoch {
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	w, part, past := &before.B, func(int) float64 { return 1 }, fmt.Sprintf("%d.b", epoch-1)
	input := func(int) []string { return nil }
	if j < 2 {
		w, past = &before.W[j], fmt.Sprintf("%d.w[%d]", epoch-1, j)
		part = func(i int) float64 { return c.Data.TrainX.At(i, j) }
		input = func(i int) []string { return []string{fmt.Sprintf("x[%d,%d]", i, j)} }
	}
	start := func(text lang.Text, running float64) {
		if epoch > 1 {
			c.Do(text, "", *w, running, past)
		} else {
			c.Do(text, "", *w, running)
		}
	}
	if c.Config.Rule == perceptron.RuleRosenblatt {
		c.Formula = lang.T("its value before + Σ rate·y·x over the rows with y·(w·x + b) ≤ 0, one after the other as shuffled")
		start(lang.T("before the epoch"), *w)
		for _, i := range order {
			y, x := c.Data.TrainY[i], c.Data.TrainX.Row(i)
			s := before.Score(x)
			if y*s > 0 {
				continue
			}
			d := float64(c.Rate * float64(y*part(i)))
			for k := range before.W {
				before.W[k] += float64(c.Rate * float64(y*x[k]))
			}
			if c.Config.Bias {
				before.B += float64(c.Rate * y)
			} else if j == 2 {
				continue
			}
			c.Do(lang.T("row %d: y = %v, w·x + b = %v", i, y, s), product(c.Rate, y, part(i)), d, *w, input(i)...)
		}
		return
	}
	agree := 0.0
	for _, i := range order {
		if s := before.Score(c.Data.TrainX.Row(i)); s != 0 {
			agree += float64(math.Copysign(1, s) * c.Data.TrainY[i])
		}
	}
	c.Find(agree, lang.T("nothing is updated where this is above 0: Σ sign(w·x + b)·y"))
	if agree > 0 || j == 2 && !c.Config.Bias {
		c.Formula = lang.T("its value before")
		start(lang.T("before the epoch"), *w)
		return
	}
	c.Formula = lang.T("its value before + rate·Σ y·x over the rows as shuffled")
	for _, i := range order {
		y := c.Data.TrainY[i]
		c.Do(lang.T("y·x of row %d", i), product(y, part(i)), y*part(i), math.FMA(y, part(i), c.Result), input(i)...)
	}
	c.then(lang.T("·rate"), "·", c.Rate, float64(c.Rate*c.Result))
	start(lang.T("+ the value before"), *w+c.Result)
}

// right counts the test points on their side of the line: those of a class, or all
// of them, divided by their number.
func (c story) right(p *perceptron.Perceptron, class float64) {
	c.Formula = lang.T("right rows / %d test rows, right being those whose w·x + b has the sign of their label", c.Data.TestX.Rows)
	if class != 0 {
		c.Formula = lang.T("test rows of label %v whose w·x + b has that sign", class)
	}
	right := 0.0
	for i, answer := range p.Forward(c.Data.TestX) {
		y, counts := c.Data.TestY[i], 0.0
		if class != 0 && y != class {
			continue
		}
		if answer == y {
			counts = 1
			right++
		}
		c.Do(lang.T("test row %d: w·x + b = %v, label %v", i, p.Score(c.Data.TestX.Row(i)), y), "", counts, right, fmt.Sprintf("%stest_z[%d]", c.prefix, i))
	}
	if class == 0 {
		n := float64(len(c.Data.TestY))
		c.then(lang.T("/ rows"), "/", n, right/n)
	}
}

// mostTurns is for how many test points the lines are explained.
const mostTurns = 4000

// whole is a number of the test as a whole.
func (c story) whole(kind string) error {
	l, rows := c.Loss(), float64(c.Data.TestX.Rows)
	reach := "origin"
	if c.Trial.Bias && c.Trial.Rule == perceptron.RuleRosenblatt {
		reach = "line"
	}
	value := map[string]float64{"accuracy": c.Accuracy, "origin": c.Origin, "line": c.Line}
	less := func(from, to string) {
		c.Formula = lang.Same(from + " − " + to)
		a := 1.0
		if from == "1" {
			c.Do(lang.Same(from), "", 1, 1)
		} else {
			a = value[from]
			c.Do(lang.Same(from), "", a, a, from)
		}
		c.then(lang.Same("− "+to), "−", value[to], a-value[to], to)
	}
	x, y := c.Data.TestX, c.Data.TestY
	if strings.HasPrefix(kind, "train_") {
		x, y = c.Data.TrainX, c.Data.TrainY
	}
	if !c.Lines && slices.Contains([]string{"line", "train_line", "train_origin", "lost_rule", "lost_offset", "lost_overlap"}, kind) || kind == "origin" && x.Rows > mostTurns {
		return message.Errorf("%s is not known of so many points; a smaller -n would do", kind)
	}
	switch kind {
	case "train_points", "test_points":
		train := perceptron.TrainCount(c.N)
		c.Formula = lang.T("of the n points of each class ⌊0.8·n⌋ train, and the others test")
		c.Do(lang.Same("n"), "", float64(c.N), float64(c.N))
		if kind == "test_points" {
			c.then(lang.Same("− train_points"), "−", float64(train), float64(c.N-train), "train_points")
		} else {
			c.Do(lang.Same("⌊0.8·n⌋"), "", float64(train), float64(train))
		}
	case "epochs", "updates":
		c.Formula = lang.T("one for each epoch until an epoch changes nothing, at most %d", c.MaxEpochs)
		if kind == "updates" {
			c.Formula = lang.T("the updates of the epochs added up")
		}
		for k, n := range c.updates {
			if kind == "epochs" {
				c.Do(lang.T("epoch %d, which made %d updates", k+1, n), "", 1, c.Result+1)
			} else {
				c.Do(lang.T("updates in epoch %d", k+1), "", float64(n), c.Result+float64(n))
			}
		}
		c.Recorded = new(float64(map[string]int{"epochs": c.Outcome.Epochs, "updates": c.Outcome.Updates}[kind]))
	case "origin", "train_origin":
		c.Formula = lang.T("the most rows that one w has right / %d rows. With p = y·x a row is right where w·p > 0: going round the circle the count changes at the p only", x.Rows)
		for i, n := range perceptron.HalfTurns(x, y) {
			c.Do(lang.T("right where the half turn begins at p of row %d", i), "", float64(n), max(c.Result, float64(n)))
		}
		c.then(lang.T("/ rows"), "/", float64(x.Rows), c.Result/float64(x.Rows))
		c.Recorded = map[string]*float64{"origin": &c.Origin, "train_origin": &c.TrainThrough}[kind]
	case "line", "train_line":
		c.Formula = lang.T("the most rows that one line has right / %d rows. A best line can be moved until it touches a point", x.Rows)
		for i, n := range perceptron.LinesThrough(x, y) {
			c.Do(lang.T("right for the best line that touches row %d", i), "", float64(n), max(c.Result, float64(n)))
		}
		c.then(lang.T("/ rows"), "/", float64(x.Rows), c.Result/float64(x.Rows))
		c.Recorded = map[string]*float64{"line": &c.Line, "train_line": &c.TrainLine}[kind]
	case "bayes", "bayes1", "bayes2":
		return c.bayes(kind)
	case "lost":
		less("1", "accuracy")
		c.Recorded = &l.Sum
	case "lost_rule":
		less(reach, "accuracy")
		c.Recorded = &l.Rule
	case "lost_offset":
		less("line", reach)
		c.Recorded = &l.Offset
	case "lost_overlap":
		less("1", "line")
		c.Recorded = &l.Overlap
	case "chance":
		c.Formula = lang.T("√(bayes·(1 − bayes) / %d test rows)", int(rows))
		c.Do(lang.Same("bayes"), "", c.Bayes, c.Bayes, "bayes")
		c.then(lang.Same("·(1 − bayes)"), "·", 1-c.Bayes, c.Bayes*(1-c.Bayes))
		c.then(lang.T("/ rows"), "/", rows, c.Result/rows)
		c.Do(lang.T("its root"), fmt.Sprintf("√%v", c.Result), 0.5, math.Sqrt(c.Result))
		c.Recorded = &l.Chance
	}
	return nil
}

// bayes is the Bayes accuracy or what it has of one class.
func (c story) bayes(kind string) error {
	var parts [3][]perceptron.Part
	found, err := perceptron.BayesOf(c.Pair, func(class int, p perceptron.Part) { parts[class] = append(parts[class], p) })
	if err != nil {
		return err
	}
	class := map[string]int{"bayes1": 1, "bayes2": 2}[kind]
	if len(parts[1]) == 0 {
		c.Formula = lang.T("½ where the two Gaussians are the same, 1 where one has no density in the plane of the other: nothing has to be integrated")
		c.Do(lang.Same(kind), "", found, found)
		return nil
	}
	share := func(class int) float64 {
		s := 0.0
		for _, p := range parts[class] {
			s += p.Value
		}
		return min(1, s/math.Pi)
	}
	if class == 0 {
		c.Formula = lang.T("½·bayes1 + ½·bayes2: each class is right where its own density is the higher")
		c.Do(lang.Same("½·bayes1"), fmt.Sprintf("0.5·%v", share(1)), 0.5*share(1), 0.5*share(1), "bayes1")
		c.Do(lang.Same("½·bayes2"), fmt.Sprintf("0.5·%v", share(2)), 0.5*share(2), min(1, max(0.5, 0.5*share(1)+0.5*share(2))), "bayes2")
		c.Recorded = &c.Bayes
		return nil
	}
	c.Formula = lang.T("the probability of the points of class %d where its density is the higher: an integral over the directions from its mean, divided by π", class)
	for _, p := range parts[class] {
		direction := "(1, t)"
		if p.Swapped {
			direction = "(t, 1)"
		}
		c.Do(lang.T("directions %s, t from %v to %v", direction, p.From, p.To), "", p.Value, c.Result+p.Value)
	}
	c.then(lang.Same("/ π"), "/", math.Pi, min(1, c.Result/math.Pi))
	c.Recorded = nil
	return nil
}
