package engine

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
	"glassbox/mat/npy"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

//go:embed lab.html
var labHTML string

var labParts = page.Template(labHTML)

var errNoRun = errors.New("no network is in training")

// startRun begins a run anew and says where it is.
func startRun(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	s, err := read[setup](args)
	if err != nil {
		return nil, nil, err
	}
	r, err := newRun(s)
	if err != nil {
		return nil, nil, err
	}
	e.run = r
	return e.run.where(), nil, nil
}

// A place is how far a run is.
type place struct {
	Step  int    `json:"step"`
	Ended string `json:"ended,omitempty"` // why it goes no further
}

func (r *run) where() place {
	p := place{Step: r.step}
	if r.err != nil {
		p.Ended = r.err.Error()
	}
	return p
}

// asked are the arguments of calls about the run.
type asked struct {
	To   int    `json:"to"`
	MS   int    `json:"ms"`
	Name string `json:"name"`
	Text string `json:"text"`
	What string `json:"what"`
	// Full asks for more than is drawn while a network trains.
	Full bool `json:"full"`
}

func (e *Engine) asked(args json.RawMessage) (a asked, r *run, err error) {
	if a, err = read[asked](args); err == nil && e.run == nil {
		err = errNoRun
	}
	return a, e.run, err
}

// advance trains for some milliseconds, at most to a step.
func advance(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	a, r, err := e.asked(args)
	if err != nil {
		return nil, nil, err
	}
	if err := r.advance(a.To, time.Now().Add(time.Duration(min(a.MS, 1000))*time.Millisecond)); err != nil && r.err == nil {
		return nil, nil, err
	}
	return r.where(), nil, nil
}

// back goes to a step, or to one before it from which advance goes on.
func back(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	a, r, err := e.asked(args)
	if err == nil {
		err = r.back(max(0, a.To))
	}
	if err != nil {
		return nil, nil, err
	}
	return r.where(), nil, nil
}

func makeChange(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	a, r, err := e.asked(args)
	if err == nil {
		err = r.change(a.Name, a.Text)
	}
	if err != nil {
		return nil, nil, err
	}
	return r.where(), nil, nil
}

func undo(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	_, r, err := e.asked(args)
	if err == nil {
		err = r.undo()
	}
	if err != nil {
		return nil, nil, err
	}
	return r.where(), nil, nil
}

// A scene is what the page shows of a run.
type scene struct {
	place
	Status      string   `json:"status"`  // HTML
	Figures     []figure `json:"figures"` // boundary, accuracy and loss, the right network's beside them
	Weights     string   `json:"weights"` // HTML
	Fingerprint string   `json:"fingerprint"`
	Command     string   `json:"command"`
	Setup       setup    `json:"setup"`
}

func look(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	a, r, err := e.asked(args)
	if err != nil {
		return nil, nil, err
	}
	s := scene{place: r.where(), Fingerprint: experiment.Fingerprint(r.net.Params()), Command: r.command(), Setup: r.setup}
	s.Setup.Step = r.step
	if s.Figures, err = r.figures(r.net, lang.T("the network in training"), r.evals); err != nil {
		return nil, nil, err
	}
	if r.twin != nil {
		beside, err := r.figures(r.twin, lang.T("the right network"), r.right)
		if err != nil {
			return nil, nil, err
		}
		for i := range min(len(s.Figures), len(beside)) { // each beside its like
			s.Figures = slices.Insert(s.Figures, 2*i+1, beside[i])
		}
	}
	if s.Status, err = fragment(labParts, "status", r.state()); err != nil {
		return nil, nil, err
	}
	if a.Full {
		s.Weights, err = fragment(labParts, "weights", r.weights())
	}
	return s, nil, err
}

// A figure is a drawing and what stands under it.
type figure struct {
	SVG     string `json:"svg"`
	Caption string `json:"caption"` // HTML
}

// figures are part2's, of a network as it is: the boundary first, and of which
// network they are.
func (r *run) figures(net nn.Stepper, name lang.Text, evals []experiment.Eval) (list []figure, err error) {
	exp := *r.exp
	exp.Net = net
	shown := part2.New(&exp, experiment.Result{Evals: evals, Steps: r.step, Params: net.Params()})
	figures, err := part2.Draw(slices.Concat(shown.Sketches("boundary"), shown.Sketches("loss", "accuracy")))
	if err != nil {
		return nil, err
	}
	for _, f := range figures {
		caption, err := fragment(labParts, "caption", lang.Join(lang.Text{EN: ": ", ZH: "："}, name.Capital(), f.Caption))
		if err != nil {
			return nil, err
		}
		list = append(list, figure{f.Drawing.SVG(), caption})
	}
	return list, nil
}

// A state is a run in numbers.
type state struct {
	Step   int
	Nets   []numbers // the network, and the right one beside it
	Faults []string
	Ended  lang.Text
	Made   []change
}

type numbers struct {
	Name        lang.Text
	Loss        string // of all training rows, a row
	Train, Test string
}

func (r *run) state() state {
	s := state{Step: r.step, Made: r.Changes[:r.made]}
	if r.err != nil {
		s.Ended = lang.Of(message.Of(r.err))
	}
	for _, f := range r.config.Faults {
		s.Faults = append(s.Faults, f.Name)
	}
	s.Nets = append(s.Nets, r.numbers(lang.T("the network in training"), r.net))
	if r.twin != nil {
		s.Nets = append(s.Nets, r.numbers(lang.T("the right network"), r.twin))
	}
	return s
}

func (r *run) numbers(name lang.Text, net nn.Stepper) numbers {
	d := r.exp.Data
	p := net.Predict(d.TrainX)
	loss := spec.LossSum(p, d.TrainY) / float64(p.Rows)
	train := nn.Accuracy(p, d.TrainLabels)
	return numbers{name, strconv.FormatFloat(loss, 'f', 5, 64), fmt.Sprintf("%.4f", train), fmt.Sprintf("%.4f", nn.Accuracy(net.Predict(d.TestX), d.TestLabels))}
}

// A parameter is a table of weights, each of which can be edited.
type parameter struct {
	Name string
	Rows [][]weight
}

type weight struct{ Name, Text string }

// mostWeights are as many as a page has fields for.
const mostWeights = 600

func (r *run) weights() (list []parameter) {
	left := mostWeights
	for k, p := range r.net.Params() {
		x := parameter{Name: spec.ParamNames(len(r.net.Params()) / 2)[k]}
		for i := range p.Rows {
			var row []weight
			for j, v := range p.Row(i) {
				if left--; left >= 0 {
					row = append(row, weight{fmt.Sprintf("%s[%d,%d]", x.Name, i, j), cli.FormatFloat(v)})
				}
			}
			x.Rows = append(x.Rows, row)
		}
		list = append(list, x)
	}
	return list
}

// command is the line that gives this run on the command line, up to its first
// change, which it names: no flag changes in mid-run there.
func (r *run) command() string {
	var words []string
	fields := strings.Fields(r.Flags)
	for i := 0; i < len(fields); i++ {
		if own := strings.TrimLeft(fields[i], "-"); r.start.Table != nil && (own == "n" || own == "noise") {
			i++
			continue
		}
		words = append(words, fields[i])
	}
	if r.start.Table != nil {
		words = append(words, "-data", r.start.Table.Name)
		if r.Data != "own" {
			words[len(words)-1] += ".csv"
		}
	}
	to, change := r.step, ""
	if r.made > 0 {
		x := r.Changes[0]
		to, change = x.Step, fmt.Sprintf(" # %d: %s = %s", x.Step, x.Name, x.Text)
	}
	words = append(words, "-max_steps", strconv.Itoa(max(1, to))+change)
	return "go run ./cmd/part2 " + strings.Join(words, " ")
}

// next is the next step with all its tensors, made beside the run.
func (r *run) next() (audit.Trace, error) {
	began := experiment.New(r.start)
	for range r.step {
		began.Next()
	}
	x, y := began.Next()
	net := r.config.Loops(r.net.Params())
	copyAll(net.Velocities(), velocities(r.net))
	if loops, ok := r.net.(*spec.Net); ok && r.step > 0 && loops.Tensors() != nil {
		net.Resume(cloneTensors(loops.Tensors()))
	}
	net.Forward(x, y)
	net.Backward()
	net.Update()
	t := audit.Trace{File: fmt.Sprintf("step-%d.npz", r.step), Rate: r.config.Rate, Reduction: "sum", Meta: audit.Meta{Momentum: new(r.config.Momentum)}}
	if r.config.Mean {
		t.Reduction = "mean"
	}
	s := audit.Step{Number: r.step, T: spec.Tensors{}}
	for name, m := range net.Tensors() {
		if n, ok := spec.ParseName(name); ok && !n.IsVelocity() {
			s.T[name] = m.Clone()
		}
	}
	t.Steps = []audit.Step{s}
	return t, nil
}

func cloneTensors(t spec.Tensors) spec.Tensors {
	c := spec.Tensors{}
	for name, m := range t {
		c[name] = m.Clone()
	}
	return c
}

// inspect is the page to look into the next step: every number a button that
// explains it.
func inspect(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	_, r, err := e.asked(args)
	if err != nil {
		return nil, nil, err
	}
	t, err := r.next()
	if err != nil {
		return nil, nil, err
	}
	m, _, err := inspector.Trace(t, 0, inspector.Options{Explain: []string{"go run ./cmd/audit explain -trace " + t.File}})
	if err != nil {
		return nil, nil, err
	}
	html, err := inspector.Render(m, inspector.Head{Title: lang.T("Step %d, number by number", r.step), Run: page.Run{Command: r.command()}})
	return struct{}{}, html, err
}

// save is a file of the run: the evaluations, the data, or the next step as a
// trace.
func save(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	a, r, err := e.asked(args)
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	switch a.What {
	case "metrics":
		w := csv.NewWriter(&b)
		w.Write([]string{"step", "loss", "train_accuracy", "test_accuracy"})
		for _, v := range r.evals {
			w.Write([]string{strconv.Itoa(v.Step), cli.FormatFloat(v.Loss), cli.FormatFloat(v.TrainAccuracy), cli.FormatFloat(v.TestAccuracy)})
		}
		w.Flush()
		return struct{}{}, b.Bytes(), w.Error()
	case "data":
		return struct{}{}, csvOf(r.start.Table, r.start), nil
	case "trace":
		t, err := r.next()
		if err != nil {
			return nil, nil, err
		}
		entries, err := experiment.TraceFile(r.config, t)
		if err == nil {
			err = npy.WriteNPZ(&b, entries, true)
		}
		return struct{}{}, b.Bytes(), err
	}
	return nil, nil, fmt.Errorf("there is no file %q", a.What)
}

// A Mistake is an entry of the catalogue for the page's list.
type Mistake struct {
	Name string
	Doc  lang.Text
}

// Mistakes is the catalogue, but for what is done before the first step.
func Mistakes() (list []Mistake) {
	for _, f := range faults.All {
		if len(f.Changes) > 0 {
			list = append(list, Mistake{f.Name, lang.Of(message.New(f.Doc))})
		}
	}
	return list
}
