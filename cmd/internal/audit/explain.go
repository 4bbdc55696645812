package audit

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lang"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// folded is how many terms of a long sum are shown at either end.
const folded = 8

// runExplain shows how one number of a training step came about.
func runExplain(args []string, stdout, stderr io.Writer) error {
	if aboutPart1(args) {
		return explainPart1(args, stdout)
	}
	set := cli.New("audit explain", "Shows how one number of a training step came about: every operation in its order, to the last bit.",
		"-step 12 'dW1[0,3]'", "'12.p[0,1]'", "'x[3,0]'", "-step 1500 accuracy", "-trace trace.npz -step 2 'db1[0,3]'", "-trace trace.npz net.py:41", "-trace trace.npz -step 2 'net.py:41:dW[0,3]'", "-as_reported 'h1[0,3]'", "-part1 2 -epoch 1 'w[0]'", "-part1 2 -h")
	config := experiment.Defaults()
	experiment.Flags(set, &config)
	set.Group("Explanation")
	var step, round int
	seeds := 1
	var file string
	var all bool
	cli.Var(set, &step, "step", cli.AtLeast(0), "the training step, from 0; as in a trace it may stand before the name: 12.dW1[0,3]")
	cli.Var(set, &file, "trace", cli.Text("FILE.npz"), "a recorded step instead of one of our own run; of a whole program, lines: net.py:41 or net.py:41:NAME[ROW,COLUMN]")
	cli.Var(set, &round, "round", cli.AtLeast(0), "of a program's line that runs several times in a step, which time, from 0")
	cli.Var(set, &seeds, "seeds", cli.Between(1, 100_000), "of mean_accuracy, sd_, least_ and most_, and of the other numbers of an evaluation: over how many seeds, from -seed up")
	cli.Var(set, &all, "all", cli.Switch, "shows every term of a long sum")
	set.Operands("NAME[ROW,COLUMN] | FILE.py:LINE[:NAME[ROW,COLUMN]]", 1, 1)
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	if file != "" && isProgram(file) {
		if _, err := traceRate(set, config.Rate, "step", "all", "round"); err != nil {
			return err
		}
		return explainProgram(explanation{w: stdout, set: set, all: all, source: "the program has"}, file, set.Rest()[0], step, round, set.Given("step"))
	}
	if set.Given("round") {
		return cli.Usagef("-round belongs to the lines of a recorded program: -trace brings one")
	}
	q, err := asked(set.Rest()[0])
	if err != nil && file == "" {
		err = fmt.Errorf("%w; of an evaluation there are accuracy, train_accuracy, plotted_loss, loss_a_row, mean_accuracy over -seeds, confusion[CLASS,ANSWER], train_rows, test_rows, fingerprint, of a hint guess, guess_sum, recent_loss, lowest_loss, highest_loss, feature_size, mean_rate, and, as test_p[ROW,COLUMN] or train_p[ROW,COLUMN], x, y, z, h and p of its rows", err)
	}
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if q.Step >= 0 {
		if set.Given("step") && step != q.Step {
			return cli.Usagef("-step %d and %s name two steps: give one of them", step, set.Rest()[0])
		}
		step = q.Step
	}
	q.seeds = seeds
	v := explanation{w: stdout, set: set, all: all, number: step, source: "the network in training has"}
	var x audit.Explanation
	if file != "" {
		if q.evaluated || q.rows != "" {
			return cli.Usagef("%s belongs to our own run and -trace brings a recorded one: give one of the two", q.rows+q.Tensor)
		}
		s, err := traceStep(set, config.Rate, file, step, set.Given("step") || q.Step >= 0)
		if err != nil {
			return err
		}
		if x, err = audit.Explain(s, q.ElementName); err != nil {
			return inspector.Advise(err)
		}
		v.where, v.source, v.number = file, "the trace has", s.Number
	} else {
		if err := config.Resolve(set, stderr); err != nil {
			return err
		}
		if q.Tensor == "fingerprint" {
			return v.ownFingerprint(config, stderr)
		}
		if q.over != "" {
			v.number = config.Steps
			if err := cli.CheckSeeds(config.Seed, seeds-1); err != nil {
				return err
			}
		}
		if x, err = q.explain(config, step, stderr); err != nil {
			return err
		}
		if len(config.Faults) > 0 && !q.evaluated {
			v.source = "the network with the mistake has"
		}
	}
	v.print(x)
	return nil
}

// A question is the number that is asked for.
type question struct {
	audit.ElementName
	evaluated bool   // Tensor is a number of an evaluation, as a whole
	over      string // "mean", "sd", "least" or "most" of it over seeds; or ""
	seeds     int
	rows      string // "test_", "train_" or "last_", which the rows of Tensor are; or the batch's
}

// asked reads the name of a number.
func asked(name string) (q question, err error) {
	if m := evaluationName.FindStringSubmatch(name); m != nil {
		q.Step, q.over, q.Tensor, q.evaluated = -1, m[2], m[3], true
		if m[1] != "" {
			q.Step, err = strconv.Atoi(m[1])
		}
		return q, err
	}
	if m := rowsName.FindStringSubmatch(name); m != nil {
		name, q.rows = m[1]+m[3], m[2]
	}
	q.ElementName, err = audit.ParseElement(name)
	return q, err
}

// explain says how a number of our own run came about.
func (q question) explain(config experiment.Config, step int, stderr io.Writer) (audit.Explanation, error) {
	if q.over != "" {
		return explainSpread(config, q.over, q.Tensor, q.seeds)
	}
	if q.Tensor == "recent_loss" {
		return explainRecent(config, step)
	}
	if q.Tensor == "lowest_loss" || q.Tensor == "highest_loss" {
		return explainJumps(config, q.Tensor)
	}
	if q.evaluated {
		return explainEvaluation(config, q.Tensor, step, stderr)
	}
	tensors := ownStep
	if q.rows != "" {
		tensors = func(c experiment.Config, step int, w io.Writer) (*audit.Numbered, spec.Tensors, error) {
			return ownRows(c, step, q.rows, w)
		}
	}
	s, trained, err := tensors(config, step, stderr)
	if err != nil {
		return audit.Explanation{}, err
	}
	x, err := audit.Explain(s, q.ElementName)
	if err != nil {
		return x, inspector.Advise(err)
	}
	x.Recorded = nil
	if m, ok := trained[q.Tensor]; ok {
		x.Recorded = new(m.At(q.I, q.J))
	}
	if o, ok := origin(experiment.New(config), step, q.rows, q.ElementName); ok {
		o.Recorded = cmp.Or(o.Recorded, x.Recorded)
		x = o
	}
	return ofRows(x, q.rows), nil
}

// rowsName is a number of an evaluation, of the test or the training rows or of the
// last batch under the final parameters: with the step before it, rows, element.
var rowsName = regexp.MustCompile(`^(\d{1,9}\.)?(test_|train_|last_)([xyzhp]\d*\[.*|loss)$`)

var rowTensor = regexp.MustCompile(`\b(?:[xyzhp]\d*\[|loss\b)`)

// ofRows names in x the tensors with a row a sample after the rows that they are of.
func ofRows(x audit.Explanation, rows string) audit.Explanation {
	if rows == "" || strings.HasPrefix(x.Name, rows) {
		return x
	}
	named := func(text *string) { *text = rowTensor.ReplaceAllString(*text, rows+"$0") }
	named(&x.Name)
	named(&x.Formula)
	named(&x.Numbers)
	for i := range x.Given {
		named(&x.Given[i].Text)
	}
	for i := range x.Inputs {
		named(&x.Inputs[i])
	}
	for i := range x.Terms {
		named(&x.Terms[i].Text)
		for k := range x.Terms[i].Inputs {
			named(&x.Terms[i].Inputs[k])
		}
	}
	return x
}

// ownRows is the forward pass of the evaluation before a step's update, and what the
// network that trains has.
func ownRows(c experiment.Config, step int, rows string, stderr io.Writer) (*audit.Numbered, spec.Tensors, error) {
	e := experiment.New(c)
	last := lastBatch(e, c, step)
	if _, _, err := trainTo(e, step, stderr); err != nil {
		return nil, nil, err
	}
	net := spec.NewNet(e.Net.Params(), c.Settings())
	if trained, ok := e.Net.(*spec.Net); ok {
		net.Ops = trained.Predicts
	}
	x, y := e.Data.TestX, c.Targets(e.Data.TestLabels, len(e.Data.Classes))
	switch {
	case rows == "train_":
		x, y = e.Data.TrainX, e.Data.TrainY
	case rows == "last_" && last.x.Rows == 0:
		return nil, nil, cli.Usagef("the loss of the last batch is told after the last step of -sgd and -batch_size: -step %d", c.Steps)
	case rows == "last_":
		x, y = last.x, last.y
	}
	net.Forward(x, y)
	s := &audit.Numbered{Number: step, Step: spec.Step{Settings: c.Settings(), L: len(net.Params()) / 2, T: net.Tensors()}}
	return s, spec.Tensors{"p": e.Net.Predict(x), "x": x}, nil
}

// traceStep returns a step of a recorded trace: the first unless one is given.
func traceStep(set *cli.Set, rate float64, file string, step int, given bool) (*audit.Numbered, error) {
	rate, err := traceRate(set, rate, "step", "all")
	if err != nil {
		return nil, err
	}
	t, err := audit.ReadTrace(file)
	if err != nil {
		return nil, err
	}
	if !given {
		step = t.Steps[0].Number
	}
	t.Rate = cmp.Or(rate, t.Rate)
	return t.Numbered(step)
}

// traceRate returns the learning rate to explain a trace with, 0 if none was
// given. Of the other flags only those named in too go with a trace.
func traceRate(set *cli.Set, rate float64, too ...string) (float64, error) {
	for _, x := range set.Settings(append(too, "trace", "learning_rate")...) {
		if x.Given {
			return 0, cli.Usagef("-%s belongs to our own run and -trace brings a recorded one: give one of the two", x.Name)
		}
	}
	if !set.Given("learning_rate") {
		return 0, nil
	}
	return rate, nil
}

// ownStep trains our own network up to the step and makes that one by the plain
// loops. What the network that trains has for it comes beside, by name; one
// with a mistake trains operation by operation itself.
func ownStep(c experiment.Config, step int, stderr io.Writer) (*audit.Numbered, spec.Tensors, error) {
	e := experiment.New(c)
	x, y, err := trainTo(e, step, stderr)
	if err != nil {
		return nil, nil, err
	}
	var trained spec.Tensors
	net, ok := e.Net.(*spec.Net)
	if !ok {
		fast := e.Net.(*nn.SGD)
		net = spec.NewNet(fast.Params(), c.Settings())
		for i, v := range fast.States() {
			net.States()[i].CopyFrom(v)
		}
		trained = fast.Tensors(x, y)
	}
	net.Forward(x, y)
	net.Backward()
	net.Update()
	s := &audit.Numbered{Number: step, Step: spec.Step{Settings: c.Settings(), L: len(net.Params()) / 2, T: net.Tensors()}}
	if trained == nil {
		trained = s.T
	}
	return s, trained, nil
}

// An explanation is being printed.
type explanation struct {
	w      io.Writer
	set    *cli.Set
	all    bool
	number int
	where  string // the trace's file, "" for our own run
	source string // who has the recorded number
	// settings are the run's where numbers have no step: of Part I.
	settings cli.Settings
}

func (v explanation) print(x audit.Explanation) {
	if v.where != "" {
		fmt.Fprintln(v.w, lang.T("%s of step %d in %s", x.Name, v.number, cli.OneLine(v.where)).Here())
	} else {
		fmt.Fprintln(v.w, lang.T("%s of step %d", x.Name, v.number).Here())
		printSettings(v.w, v.set, "step", "all", "trace", "round", "seeds")
	}
	v.body(x)
}

// body prints the explanation below its head.
func (v explanation) body(x audit.Explanation) {
	fmt.Fprintln(v.w)
	for _, text := range []string{x.Formula, x.Numbers} {
		cli.Wrap(v.w, x.Name+" = "+read(strings.TrimPrefix(text, x.Name+" = ")), "  ", cli.Columns)
	}
	fmt.Fprintln(v.w)
	for _, d := range x.Given {
		cli.Wrap(v.w, fmt.Sprintf("%s = %v", read(d.Text), d.Value), "  ", cli.Columns)
	}
	var list []operation
	skipped, before := 0, 0.0
	if n := len(x.Terms); !v.all && n > 2*folded+2 {
		skipped, before = n-2*folded, x.Terms[n-folded-1].Running
	}
	for i, t := range x.Terms {
		if skipped == 0 || i < folded || i >= folded+skipped {
			list = append(list, operation{t.Text, t.Numbers, t.Value, t.Running})
		}
	}
	v.operations(list, skipped, before)
	fmt.Fprintf(v.w, "\n%s = %s\n", x.Name, bits(x.Result))
	if x.Recorded != nil {
		v.recorded(x.Result, *x.Recorded)
	}
	for _, n := range x.Notes {
		cli.Wrap(v.w, cli.OneLine(lang.T("note: %s", n).Here()), "", cli.Columns)
	}
	v.onward(x)
}

// read is a text of an explanation as it goes to a terminal.
func read(english string) string { return lang.Read(english).Here() }

// bits shows a number in decimal, in hexadecimal and as it stands in memory.
func bits(v float64) string { return fmt.Sprintf("%v  %x  0x%016x", v, v, math.Float64bits(v)) }

// recorded shows what someone has for the number.
func (v explanation) recorded(follows, has float64) {
	d, source := has-follows, lang.Read(v.source)
	switch {
	case math.Float64bits(follows) == math.Float64bits(has):
		fmt.Fprintln(v.w, lang.Say("%s the same 64 bits", source))
		return
	case follows != follows && has != has:
		fmt.Fprintln(v.w, lang.Say("%s no number either", source))
		return
	}
	cli.Wrap(v.w, source.Here()+" "+bits(has), "", cli.Columns)
	away := lang.T("which is %.3g away", d)
	if n, near := lastPlaces(follows, has); near {
		away = lang.Count(n, lang.T("which is %.3g away, 1 unit in the last place", d), lang.T("which is %.3g away, %d units in the last place", d, n))
	} else if follows != 0 {
		away = lang.T("which is %.3g away, %.6g times what follows", d, has/follows)
	}
	fmt.Fprintln(v.w, away.Here())
}

// lastPlaces counts the steps from one float64 to the next between two numbers,
// if they are few enough to speak of rounding.
func lastPlaces(a, b float64) (n int, near bool) {
	if a != a || b != b || math.Signbit(a) != math.Signbit(b) {
		return 0, false
	}
	x, y := math.Float64bits(a), math.Float64bits(b)
	d := max(x, y) - min(x, y)
	return int(d), d < 1<<16
}

// An operation is a line of the table that shows how a number came about.
type operation struct {
	text, numbers  string
	value, running float64
}

// operations prints them in their order. Of skipped ones, which lie in the middle,
// it shows the running value behind the last.
//
// An operation takes two lines, that a terminal has room for both: the term, its
// value and the running one; and the term with numbers and the running value in
// hexadecimal. A long one has the first line for itself.
func (v explanation) operations(list []operation, skipped int, before float64) {
	const term, number = 25, 24 // columns
	line := func(text, value, running string) {
		if cli.Width(text) > term {
			fmt.Fprintf(v.w, "  %s\n", text)
			text = ""
		}
		pad := func(text string, width int) string { return text + strings.Repeat(" ", max(0, width-cli.Width(text))) }
		fmt.Fprintln(v.w, strings.TrimRight("  "+pad(text, term)+"  "+pad(value, number)+"  "+running, " "))
	}
	line(lang.Say("term"), lang.Say("value"), lang.Say("running"))
	line("  "+lang.Say("with numbers"), "", lang.Say("in hexadecimal"))
	for i, t := range list {
		if skipped > 0 && i == len(list)/2 {
			line(lang.Say("… %d terms more; -all shows them", skipped), "", fmt.Sprint(before))
			line("", "", fmt.Sprintf("%x", before))
		}
		line(read(t.text), fmt.Sprint(t.value), fmt.Sprint(t.running))
		if numbers := "  " + read(t.numbers); cli.Width(numbers) <= term+2+number {
			row := "  " + numbers + strings.Repeat(" ", term+2+number-cli.Width(numbers)) + fmt.Sprintf("  %x", t.running)
			fmt.Fprintln(v.w, row)
		} else {
			cli.Wrap(v.w, read(t.numbers), "    ", cli.Columns)
			line("", "", fmt.Sprintf("%x", t.running))
		}
	}
}

// onward names what the number is made of and how to ask for it.
func (v explanation) onward(x audit.Explanation) {
	if len(x.Inputs) == 0 {
		return
	}
	names := x.Inputs
	if len(names) > 6 {
		names = append(append(names[:4:4], lang.Say("… %d more …", len(names)-5)), names[len(names)-1])
	}
	fmt.Fprintln(v.w)
	cli.Wrap(v.w, lang.Say("made of %s", strings.Join(names, ", ")), "", cli.Columns)
	next := x.Inputs[0]
	if t, ok := largest(x.Terms); ok {
		fmt.Fprintln(v.w, lang.Say("the largest term is %s = %v", lang.Read(t.Text), t.Value))
		next = t.Inputs[len(t.Inputs)-1]
		for _, name := range t.Inputs {
			// Data and parameters lead nowhere in this step.
			if kind := strings.TrimRight(strings.SplitN(name, "[", 2)[0], "0123456789"); kind != "x" && kind != "y" && kind != "W" && kind != "b" {
				next = name
			}
		}
	}
	fmt.Fprintln(v.w, lang.T("go on: %s", v.command(next)).Here())
}

// largest returns the largest term of a sum of several.
func largest(terms []audit.Term) (big audit.Term, ok bool) {
	inputs := 0
	for _, t := range terms {
		if len(t.Inputs) == 0 {
			continue
		}
		if inputs++; inputs == 1 || math.Abs(t.Value) > math.Abs(big.Value) {
			big = t
		}
	}
	return big, inputs > 2
}

// command is the line that explains another number of this run.
func (v explanation) command(name string) string {
	if v.settings != nil {
		return fmt.Sprintf("%s '%s'", v.settings.Command("audit explain"), name)
	}
	step := v.number
	if number, rest, ok := strings.Cut(name, "."); ok {
		fmt.Sscan(number, &step)
		name = rest
	}
	return fmt.Sprintf("%s -step %d '%s'", v.set.Settings("step", "all", "round").Command("audit explain"), step, name)
}
