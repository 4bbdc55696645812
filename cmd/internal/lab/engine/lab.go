package engine

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
	"glassbox/mat"
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

// moved is a call that changes the run that is there, and says where it is then.
func moved(act func(r *run, a asked) error) call {
	return func(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
		a, r, err := e.asked(args)
		if err == nil {
			err = act(r, a)
		}
		if err != nil {
			return nil, nil, err
		}
		return r.where(), nil, nil
	}
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
	if s.Status, err = fragment(labParts, "status", r.status()); err != nil {
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

// status is a run in numbers.
type status struct {
	Nets  []numbers // the network, and the right one beside it
	Ended lang.Text
	Made  []change
}

type numbers struct {
	Name        lang.Text
	Loss        string // of all training rows, a row
	Train, Test string
}

func (r *run) status() status {
	s := status{Nets: []numbers{r.numbers(lang.T("the network in training"), r.net)}, Made: r.Changes[:r.made]}
	if r.err != nil {
		s.Ended = lang.Of(message.Of(r.err))
	}
	if r.twin != nil {
		s.Nets = append(s.Nets, r.numbers(lang.T("the right network"), r.twin))
	}
	return s
}

func (r *run) numbers(name lang.Text, net nn.Stepper) numbers {
	d := r.exp.Data
	p := net.Predict(d.TrainX)
	train := nn.Accuracy(experiment.Classes(p), d.TrainLabels)
	loss := r.loss(net, p)
	return numbers{name, strconv.FormatFloat(loss, 'f', 5, 64), fmt.Sprintf("%.4f", train), fmt.Sprintf("%.4f", nn.Accuracy(experiment.Classes(net.Predict(d.TestX)), d.TestLabels))}
}

// loss is that of all training rows, a row, of which a network says p.
func (r *run) loss(net nn.Stepper, p mat.Matrix) float64 {
	d, c := r.exp.Data, r.config
	if c.Settings().Plain() {
		return spec.LossSum(p, d.TrainY) / float64(p.Rows)
	}
	c.Faults, c.Mean = nil, true
	loops := c.Loops(net.Params())
	loops.Forward(d.TrainX, d.TrainY)
	return loops.Loss()
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
	set, c := cli.New("part2", ""), experiment.Defaults()
	experiment.Flags(set, &c)
	_ = set.Parse(strings.Fields(r.Flags), io.Discard) // newRun saw no error
	own, data := []string{"max_steps"}, ""
	if r.start.Table != nil {
		own, data = append(own, "n", "noise"), " -data data.csv"
	}
	to, change := r.step, ""
	if r.made > 0 {
		x := r.Changes[0]
		to, change = x.Step, fmt.Sprintf(" # %d: %s = %s", x.Step, x.Name, x.Text)
	}
	return fmt.Sprintf("%s%s -max_steps %d%s", set.Settings(own...).Command("part2"), data, max(1, to), change)
}

// next is the next step with all its tensors, made beside the run.
func (r *run) next() audit.Trace {
	began := experiment.New(r.start)
	for range r.step {
		began.Next()
	}
	net := stateOf(r.net).loops(r.config)
	net.Forward(began.Next())
	net.Backward()
	net.Update()
	t := experiment.NewTrace(r.config)
	t.File, t.Steps = fmt.Sprintf("step-%d.npz", r.step), []audit.Step{experiment.Kept(r.step, net.Tensors(), r.config.Declared())}
	return t
}

// inspect is the page to look into the next step: every number a button that
// explains it.
func inspect(e *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	_, r, err := e.asked(args)
	if err != nil {
		return nil, nil, err
	}
	t := r.next()
	m, err := inspector.Trace(t, audit.Compare(t), inspector.Options{Explain: []string{"go run ./cmd/audit explain -trace " + t.File}})
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
	switch a.What {
	case "metrics":
		return struct{}{}, part2.Metrics(r.evals).Data, nil
	case "data":
		return struct{}{}, csvOf(r.start.Table, r.start), nil
	case "trace":
		var b bytes.Buffer
		entries, err := experiment.TraceFile(r.config, r.next())
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
	for _, f := range faults.InStep {
		if len(f.Changes) > 0 {
			list = append(list, Mistake{f.Name, lang.Of(message.New(f.Doc))})
		}
	}
	return list
}
