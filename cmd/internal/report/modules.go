package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// moduleClaims are what the text says of the classes and the data of Part II.
func moduleClaims() []Claim {
	modules := func(f *Facts) *Modules { return f.Modules }
	return slices.Concat(
		claimsOf(2, "part2-modules", modules,
			claim[Modules]{"forward", lang.T("layer by layer, one softmax"),
				lang.T("The forward pass goes layer by layer, x·W + b and ReLU in turn, and ends in one softmax."), (*Modules).forward},
			claim[Modules]{"mask", lang.T("ReLU's mask"),
				lang.T("On the way back ReLU lets the gradient pass where its input was above 0 and stops it elsewhere."), (*Modules).mask},
			claim[Modules]{"maximum", lang.T("softmax less its maximum"),
				lang.T("The softmax subtracts the largest element first, so that nothing overflows."), (*Modules).maximum},
			claim[Modules]{"gumbel", lang.T("this is the Gumbel-max trick"),
				lang.T("Subtracting the largest element is called the Gumbel-max trick."), (*Modules).gumbel},
			claim[Modules]{"loss", lang.T("loss with 1e-7, gradient p − y"),
				lang.T("The loss is −Σ y·log(p + 10⁻⁷) over the batch, and the gradient at the logits p − y."), follow("loss", "dz2")},
			claim[Modules]{"gradients", lang.T("gradients of weights and biases"),
				lang.T("On the way back each Linear keeps the gradients of its weights and of its biases and passes on that of its input."), follow("dW2", "db2", "dh1", "dW1", "db1")},
			claim[Modules]{"update", lang.T("update by rate times gradient"),
				lang.T("The update subtracts the learning rate times the gradient."), follow("W1_new", "b1_new", "W2_new", "b2_new")},
			claim[Modules]{"predict", lang.T("predicting is a forward pass"),
				lang.T("Prediction does what the forward pass does, but keeps nothing for the way back."), (*Modules).predict}),
		claimsOf(2, "part2-modules", func(f *Facts) *Weights { return f.Weights },
			claim[Weights]{"weights", lang.T("weights from randn, biases 0"),
				lang.T("The first weights are those of `randn`, the first biases 0."), (*Weights).randn}),
		claimsOf(2, "part2-settings", modules,
			claim[Modules]{"moons", lang.T("make_moons, 8 : 2, one-hot"),
				lang.T("The data come from make_moons, 8 of 10 rows train and 2 test, and the labels are one-hot."), (*Modules).moons}),
	)
}

// Modules are what the report says of its classes and of its data, held
// against the network whose figures it shows and against a right one.
type Modules struct {
	Reported     audit.Verdict `json:"reported"`
	Right        audit.Verdict `json:"right"`
	Elements     int           `json:"elements"`      // of dz1 in step 0
	Stopped      int           `json:"stopped"`       // of them, by ReLU: as reported
	RightStopped int           `json:"right_stopped"` // and in a right network
	Zeros        int           `json:"zeros"`         // elements of z1 of step 0 that are exactly 0, in both
	Predict      Prediction    `json:"predict"`
	RightPredict Prediction    `json:"right_predict"`
	SoftMax      SoftMax       `json:"softmax"`
	Data         Data          `json:"data"`
}

func (w *Work) modules() *Modules {
	rep, right := w.network(fullReported), w.network(fullRight)
	if rep == nil || right == nil || len(w.Audits) < 2 {
		return nil
	}
	m := &Modules{Reported: w.Audits[fullReported], Right: w.Audits[fullRight], SoftMax: softMax(right), Data: newData(right.Exp.Data)}
	var zeros [2]int
	m.Stopped, m.Elements, zeros[0] = w.countMask(fullReported)
	m.RightStopped, _, zeros[1] = w.countMask(fullRight)
	m.Zeros = zeros[0] + zeros[1]
	m.Predict, m.RightPredict = prediction(rep), prediction(right)
	return m
}

// errors are the audit's errors of some tensors of the report's network, the
// first of each tensor, and the tensors without one.
func (m *Modules) errors(tensors []string) (bad []audit.Finding, good []string) {
	for _, name := range tensors {
		found := false
		for _, x := range m.Reported.Findings {
			if x.Tensor == name && x.Level == "error" {
				bad, found = append(bad, x), true
				break
			}
		}
		if !found {
			good = append(good, name)
		}
	}
	return bad, good
}

// causes are the audit's errors on the report's network, the first of each
// cause.
func (m *Modules) causes() []audit.Finding {
	var list []audit.Finding
	known := map[string]bool{}
	for _, x := range m.Reported.Findings {
		if x.Level == "error" && !known[x.Cause] {
			known[x.Cause] = true
			list = append(list, x)
		}
	}
	return list
}

// tells is a finding in words: the number, what it should be, and the cause.
func tells(x audit.Finding) lang.Text {
	place := fmt.Sprintf("%s[%d,%d]", x.Tensor, x.Index[0], x.Index[1])
	return lang.Sentences(
		lang.T("In step %d `%s` is %s where its own inputs make %s; %s of %s elements are off.",
			x.Step, place, number(x.Got), number(x.Want), group(x.Off), group(x.Elements)),
		lang.T("The cause: %s.", doc(x)))
}

func number(v audit.Number) string {
	return strings.ReplaceAll(fmt.Sprintf("%.6g", float64(v)), "-", "−")
}

// doc says in both languages what the mistake of a finding is.
func doc(x audit.Finding) lang.Text {
	if f, err := faults.Find(x.Cause); err == nil {
		return lang.Of(message.New(f.Doc))
	}
	return lang.Of(x.Message)
}

// tensorNames lists tensors as code.
func tensorNames(names []string) lang.Text {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = "`" + n + "`"
	}
	return commas(list)
}

// follow judges by whether some tensors follow from their inputs.
func follow(tensors ...string) func(*Modules) finding {
	return func(m *Modules) finding {
		bad, good := m.errors(tensors)
		var wrong, parts []string
		if len(good) > 0 {
			parts = append(parts, strings.Join(good, " ")+" right")
		}
		for _, x := range bad {
			wrong, parts = append(wrong, x.Tensor), append(parts, fmt.Sprintf("%s %s of %s off", x.Tensor, group(x.Off), group(x.Elements)))
		}
		short := strings.Join(parts, ", ")
		switch {
		case len(bad) == 0:
			return finding{page.Holds, lang.T("In the network whose figures the report shows %s follow from their inputs within rounding, in all %d recorded steps.", tensorNames(good), m.Reported.Steps), short}
		case len(good) == 0:
			return finding{page.Fails, tells(bad[0]), short}
		}
		return finding{page.Partly, lang.Sentences(lang.T("Right to within rounding, each from its own inputs: %s; wrong: %s.", tensorNames(good), tensorNames(wrong)), tells(bad[0])), short}
	}
}

// forward fails by any tensor: a pass that does something else is another pass.
func (m *Modules) forward() finding {
	tensors := []string{"z1", "h1", "z2", "p"}
	f := follow(tensors...)(m)
	if bad, _ := m.errors(tensors); len(bad) > 0 {
		f.Verdict, f.Found = page.Fails, lang.Sentences(lang.T("The network whose figures the report shows does otherwise."), tells(bad[0]))
	}
	return f
}

// countMask makes step 0 of a run again by the plain loops and counts what its
// first ReLU stops on the way back.
func (w *Work) countMask(name string) (stopped, elements, zeros int) {
	t, err := experiment.Trace(w.experiment(name), []int{0}, func() error { return nil })
	if err != nil {
		panic("report: " + err.Error()) // nothing interrupts it
	}
	T := t.Steps[0].T
	for i := range T["dz1"].Rows {
		for j, dz := range T["dz1"].Row(i) {
			elements++
			if dz == 0 && T["dh1"].At(i, j) != 0 {
				stopped++
			}
			if T["z1"].At(i, j) == 0 {
				zeros++
			}
		}
	}
	return stopped, elements, zeros
}

func (m *Modules) mask() finding {
	short := fmt.Sprintf("stopped %s of %s elements, right %s", group(m.Stopped), group(m.Elements), group(m.RightStopped))
	zero := lang.T("Whether it passes at exactly 0, where the English text and the Chinese disagree, never matters: not one input is 0.")
	if m.Zeros > 0 {
		zero = lang.T("At exactly 0, where the English text and the Chinese disagree, it matters: %d inputs of step 0 are 0.", m.Zeros)
	}
	counts := lang.T("Of %s elements of `dz1` in step 0 it stops %s; in a right network %s.", group(m.Elements), group(m.Stopped), group(m.RightStopped))
	bad, _ := m.errors([]string{"dz1"})
	switch {
	case len(bad) > 0:
		return finding{page.Fails, lang.Sentences(tells(bad[0]), counts), short}
	case m.Stopped == 0 && m.RightStopped > 0:
		return finding{page.Partly, lang.Sentences(lang.T("`dz1` follows from its inputs, but there is nothing left to stop: what ReLU kept has been made positive by the softmax that follows it."), counts, zero), short}
	}
	return finding{page.Holds, lang.Sentences(lang.T("`dz1` follows from its inputs."), counts, zero), short}
}

// SoftMax is what subtracting the largest element does to a softmax, and what
// the Gumbel-max trick does, with the logits of the right network's test rows.
type SoftMax struct {
	Largest  float64 `json:"largest"`   // logit, in size
	Off      float64 `json:"off"`       // p with the subtraction from p without
	Shift    float64 `json:"shift"`     // added to all logits, for the next two
	Plain    bool    `json:"plain"`     // p without the subtraction is finite even then
	ShiftOff float64 `json:"shift_off"` // p with the subtraction from p before; 1 where it is no number
	Same     bool    `json:"same"`      // two calls give the same bits
	Draws    int     `json:"draws"`     // by the Gumbel-max trick, for the row least sure
	Drawn    float64 `json:"drawn"`     // the share of class 1 in them
	P        float64 `json:"p"`         // of class 1 there
}

func softMax(n *Network) SoftMax {
	w := n.Result.Params
	z := spec.Linear(spec.ReLU(spec.Linear(n.Exp.Data.TestX, w[0], w[1])), w[2], w[3])
	var first, second, third nn.SoftMax
	p := first.Forward(z)
	q := SoftMax{Shift: 1000, Same: mat.EqualBits(p, second.Forward(z)), Draws: 10000}
	unsure, shifted := 0, z.Clone()
	for i := range z.Rows {
		for j, v := range z.Row(i) {
			q.Largest = max(q.Largest, math.Abs(v))
			shifted.Set(i, j, v+q.Shift)
		}
		if math.Abs(p.At(i, 1)-0.5) < math.Abs(p.At(unsure, 1)-0.5) {
			unsure = i
		}
	}
	q.Off = off(p, plainSoftMax(z))
	_, _, _, bad := plainSoftMax(shifted).NonFinite()
	q.Plain = !bad
	q.ShiftOff = off(p, third.Forward(shifted))
	q.P = p.At(unsure, 1)
	rng := nprand.New(n.Exp.Seed)
	gumbel := func() float64 { return -mat.Log(-mat.Log(rng.Float64())) }
	ones := 0
	for range q.Draws {
		a := z.At(unsure, 0) + gumbel()
		if z.At(unsure, 1)+gumbel() > a {
			ones++
		}
	}
	q.Drawn = float64(ones) / float64(q.Draws)
	return q
}

// plainSoftMax is exp(z) over its sum, with nothing subtracted.
func plainSoftMax(z mat.Matrix) mat.Matrix {
	p := mat.New(z.Rows, z.Cols)
	for i := range z.Rows {
		sum := 0.0
		for j, v := range z.Row(i) {
			p.Set(i, j, mat.Exp(v))
			sum += p.At(i, j)
		}
		for j := range z.Cols {
			p.Set(i, j, p.At(i, j)/sum)
		}
	}
	return p
}

// off is the largest difference of two matrices, 1 where one is no number.
func off(a, b mat.Matrix) float64 {
	most := 0.0
	for i := range a.Rows {
		for j, v := range a.Row(i) {
			if d := math.Abs(v - b.At(i, j)); d <= 1 {
				most = max(most, d)
			} else {
				return 1
			}
		}
	}
	return most
}

func (m *Modules) maximum() finding {
	s := m.SoftMax
	helps := lang.T("With %g added to all logits p moves by %.0e, and without the subtraction it is no number any more.", s.Shift, s.ShiftOff)
	if s.Plain {
		helps = lang.T("With %g added to all logits p moves by %.0e; without the subtraction it is a number as well.", s.Shift, s.ShiftOff)
	}
	need := lang.T("Here there is no need of it: the largest logit is %.1f in size and exp overflows from 709.8 on.", s.Largest)
	if s.Largest > 709 {
		need = lang.T("Here it is needed: the largest logit is %.1f in size and exp overflows from 709.8 on.", s.Largest)
	}
	return finding{grade(s.ShiftOff < 1e-9, !s.Plain), lang.Sentences(helps, need), fmt.Sprintf("logits + %g: off by %.0e with it, finite without: %v", s.Shift, s.ShiftOff, s.Plain)}
}

func (m *Modules) gumbel() finding {
	s := m.SoftMax
	short := fmt.Sprintf("two calls the same: %v; the trick draws classes: %.4f where p is %.4f", s.Same, s.Drawn, s.P)
	trick := lang.T("The Gumbel-max trick draws a class at random: it adds −ln(−ln u) to each logit, u uniform, and takes the largest. For a row whose p of class 1 is %.4f it drew class 1 in %.4f of %s draws.", s.P, s.Drawn, group(s.Draws))
	if s.Same {
		return finding{page.Fails, lang.Sentences(lang.T("That is something else. Subtracting the largest element draws nothing: two calls give the same bits, and p differs from that without the subtraction by %.0e.", s.Off), trick), short}
	}
	return finding{page.Holds, lang.Sentences(lang.T("Two calls of this softmax differ, as if it drew something."), trick), short}
}

// Prediction compares p in training with p in prediction, of the training rows
// with the weights that a run ends with.
type Prediction struct {
	Rows    int     `json:"rows"`
	Off     float64 `json:"off"`     // the largest difference
	Changed int     `json:"changed"` // rows whose class differs
}

func prediction(n *Network) Prediction {
	x, y := n.Exp.Data.TrainX, n.Exp.Data.TrainY
	predicted := n.Predict(x)
	trained := n.Exp.Loops(n.Exp.Net.Params()).Forward(x, y)
	q := Prediction{Rows: x.Rows}
	for i := range x.Rows {
		for j, v := range predicted.Row(i) {
			q.Off = max(q.Off, math.Abs(v-trained.At(i, j)))
		}
		if mat.ArgMax(predicted.Row(i)) != mat.ArgMax(trained.Row(i)) {
			q.Changed++
		}
	}
	return q
}

func (m *Modules) predict() finding {
	p, r := m.Predict, m.RightPredict
	short := fmt.Sprintf("p differs by up to %.3f, class in %d of %d rows", p.Off, p.Changed, p.Rows)
	right := lang.T("In a right network the two are the same to the last bit.")
	if r.Off > 0 {
		right = lang.T("In a right network the two differ by up to %.0e.", r.Off)
	}
	differ := lang.T("As reported, with the weights it ends with, p in training and in prediction differ by up to %.3f on the %d training rows", p.Off, p.Rows)
	switch {
	case p.Off == 0:
		return finding{page.Holds, lang.T("As reported, p in training and in prediction are the same to the last bit on all %d training rows.", p.Rows), short}
	case p.Changed == 0:
		return finding{page.Partly, lang.Sentences(lang.T("%s, though no row changes its class.", differ), right), short}
	}
	return finding{page.Fails, lang.Sentences(lang.T("%s, and %d rows change their class.", differ, p.Changed), right), short}
}

// Weights tell what the first weights were: the report's loss stays almost at
// N·ln 2 for 50 steps.
type Weights struct {
	Guess      float64 `json:"guess"`       // N·ln 2
	Start      float64 `json:"start"`       // the loss at step 0, weights of 1e-4
	Early      float64 `json:"early"`       // and at step 50
	RandnStart float64 `json:"randn_start"` // with randn's own
	RandnEarly float64 `json:"randn_early"`
}

func (w *Work) weights() *Weights {
	tiny, randn := w.network(fullReported), w.network(randnReports)
	if tiny == nil || randn == nil {
		return nil
	}
	return &Weights{
		Guess: float64(tiny.Exp.Data.TrainX.Rows) * mat.Log(2),
		Start: tiny.at(0).Loss, Early: tiny.at(early).Loss,
		RandnStart: randn.at(0).Loss, RandnEarly: randn.at(early).Loss,
	}
}

// almost is how much of its start a loss keeps that stays almost there.
const almost = 0.96

func (w *Weights) randn() finding {
	short := fmt.Sprintf("loss at step 50: randn %s, 1e-4 %s, report about 554", loss(w.RandnEarly), loss(w.Early))
	says := lang.T("The report's loss stays almost at %s for 50 steps. With weights of `randn` it goes from %s to %s by then, with weights of `randn`·10⁻⁴ from %s to %s.",
		loss(w.Guess), loss(w.RandnStart), loss(w.RandnEarly), loss(w.Start), loss(w.Early))
	stays := func(start, early float64) bool { return within(start, w.Guess, 0.02*w.Guess) && early >= almost*start }
	switch {
	case stays(w.RandnStart, w.RandnEarly):
		return finding{page.Holds, lang.Sentences(says, lang.T("So the former fit.")), short}
	case stays(w.Start, w.Early):
		return finding{page.Partly, lang.Sentences(says, lang.T("So the weights were some ten thousand times smaller than the text says; the biases may have been 0.")), short}
	}
	return finding{page.Fails, lang.Sentences(says, lang.T("Neither fits.")), short}
}

// Data are the rows of make_moons.
type Data struct {
	Train     int    `json:"train"`
	Test      int    `json:"test"`
	TestClass [2]int `json:"test_class"` // the test rows of either class
	OneHot    bool   `json:"one_hot"`    // a row of y has one 1, at its label, and 0 elsewhere
}

func newData(d experiment.Data) Data {
	q := Data{Train: d.TrainX.Rows, Test: d.TestX.Rows, OneHot: true}
	for _, label := range d.TestLabels {
		q.TestClass[label]++
	}
	for i, label := range d.TrainLabels {
		for j, v := range d.TrainY.Row(i) {
			if (v == 1) != (j == label) || v != 0 && v != 1 {
				q.OneHot = false
			}
		}
	}
	return q
}

func (m *Modules) moons() finding {
	d := m.Data
	v, parts := twoParts(d.Train*2 == d.Test*8, d.OneHot, lang.T("Every row of y has one 1."),
		lang.T("But not every row of y has one 1."), lang.T("That is not 8 : 2."), lang.T("That is not 8 : 2, and not every row of y has one 1."))
	return finding{v, lang.Sentences(lang.T("%d rows train and %d test, %d of these of class 0 and %d of class 1.", d.Train, d.Test, d.TestClass[0], d.TestClass[1]), parts),
		fmt.Sprintf("%d + %d rows; test rows by class %d and %d", d.Train, d.Test, d.TestClass[0], d.TestClass[1])}
}

// modulesSections are the chapter's beginning on the page: the classes, the
// data and the settings.
func (r Report) modulesSections(g gallery, rep, right *Network) []page.Section {
	top := []page.Block{
		page.Text(lang.T("The report's network has two inputs, 20 hidden units and two classes, and learns make_moons in 1500 steps on all training rows. Its text tells of one network; its figures are those of another. As reported is here the one that gives the figures; right is the one that the text tells of, with a usual start: weights of `randn·√(2/in)` and the gradient of the mean loss.")),
		page.Note{Warning: true, Title: lang.T("Not a right network"), Text: lang.Sentences(rep.Preface()...).Capital()},
	}
	modules := []page.Block{page.Text(lang.T("The text describes the classes; the audit has judged three steps of the network whose figures it shows, each tensor from its own inputs. Its verdict in full stands at the end of this page."))}
	data := append(r.claims("part2-settings"), g.one(fullRight+"-data")...)
	return []page.Section{
		{ID: chapters[1].id, Heading: chapters[1].heading(), Blocks: top},
		{ID: "part2-modules", Minor: true, Heading: lang.T("2.1 The modules"), Blocks: append(modules, r.claims("part2-modules")...)},
		{ID: "part2-settings", Minor: true, Heading: lang.T("2.2 The data and the settings"), Blocks: append(data, settingsTable(rep, right))},
	}
}

// settingsTable is how the two networks are set.
func settingsTable(rep, right *Network) page.Table {
	t := page.Table{
		Caption: lang.T("The settings that both have, and those in which they differ."),
		Head:    []lang.Text{lang.T("Setting"), lang.T("as reported"), lang.T("right")},
		Align:   "lrr", RowHeads: true,
	}
	reported, other := settings(rep), settings(right)
	for _, name := range []string{"dnn_hidden_units", "learning_rate", "max_steps", "eval_freq", "init", "reduction"} {
		t.Rows = append(t.Rows, page.Row(name, reported[name], other[name]))
	}
	built := func(faults string) lang.Text {
		if faults == "" {
			return lang.T("none")
		}
		return commas(strings.Split(faults, ","))
	}
	t.Rows = append(t.Rows, page.Cells(lang.Same("fault"), built(reported["fault"]), built(other["fault"])))
	return t
}

// settings are part2's settings of a run, by name, as a user would type them.
func settings(n *Network) map[string]string {
	set, c := cli.New("part2", ""), n.config
	experiment.Flags(set, &c)
	texts := map[string]string{}
	for _, x := range set.Settings() {
		texts[x.Name] = x.Text
	}
	return texts
}
