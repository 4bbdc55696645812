package engine

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// A setup is all that decides a run, and what a link to it holds.
type setup struct {
	Flags   string   `json:"flags"`          // part2's, as one types them
	Data    string   `json:"data,omitempty"` // "moons", …: see shapes; "own"
	CSV     string   `json:"csv,omitempty"`  // the table, where Data is own
	Changes []change `json:"changes,omitempty"`
	Step    int      `json:"step,omitempty"` // to go to
}

// A change is made before the step of that number: Text becomes the value of a
// flag, or of an element of a parameter, "W1[0,3]".
type change struct {
	Step int    `json:"step"`
	Name string `json:"name"`
	Text string `json:"text"`
}

// A run is a network in training that can go back: it keeps its parameters every
// so many steps, and goes on from there.
type run struct {
	setup
	start  experiment.Config // the flags'
	config experiment.Config // with the changes so far
	exp    *experiment.Experiment
	net    experiment.Trainer
	// twin is the right network, on the same draws, from the first mistake on.
	twin  experiment.Trainer
	step  int // the number of the next
	made  int // of the changes
	evals []experiment.Eval
	right []experiment.Eval // the twin's
	marks []mark            // ascending
	err   error             // why it ended
}

// A mark is where a run can go on from.
type mark struct {
	step, made int
	config     experiment.Config
	net        state
	twin       state // nothing without one
}

const (
	mostBytes = 512 << 20 // of a network and its data in a page
	markEvery = 50        // steps between two marks, …
	mostMarks = 400       // … the older ones thinned out beyond so many
)

// newRun begins a run, before its first step.
func newRun(s setup) (*run, error) {
	for _, word := range strings.Fields(s.Flags) {
		switch name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "="); {
		case !strings.HasPrefix(word, "-"):
		case name == "data":
			return nil, cli.Usagef("-data names a file, which a page cannot read: choose the table beside Data")
		case name == "standardize" || name == "h" || name == "help":
			return nil, cli.Usagef("%s is for the command line", word)
		}
	}
	c, err := experiment.FromFlags(s.Flags, experiment.Defaults().Seed)
	if err != nil {
		return nil, err
	}
	if c.N > 20000 {
		return nil, cli.Usagef("-n: %d points are more than a page draws; up to 20000 would be right", c.N)
	}
	if c.Table, err = s.table(c); err != nil {
		return nil, err
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	if size := c.Bytes(); size > mostBytes {
		return nil, cli.Usagef("the network and its data would take %s of memory, and a page has %s", experiment.Gigabytes(size), experiment.Gigabytes(mostBytes))
	}
	r := &run{setup: s, start: c}
	r.Changes = slices.Clone(s.Changes)
	for i, x := range r.Changes {
		if x.Step < 0 || i > 0 && x.Step < r.Changes[i-1].Step {
			return nil, fmt.Errorf("the changes are not in the order of their steps")
		}
	}
	r.begin()
	return r, r.settle()
}

// begin makes the network of the first step.
func (r *run) begin() {
	r.config, r.exp = r.start, experiment.New(r.start)
	r.net, r.twin = r.exp.Net.(experiment.Trainer), nil
	if len(r.start.Faults) > 0 {
		right := r.start
		right.Faults = nil
		r.twin = experiment.New(right).Net.(experiment.Trainer)
	}
	r.step, r.made, r.evals, r.right, r.err = 0, 0, nil, nil, nil
}

// advance takes steps up to that number, until the deadline or its end.
func (r *run) advance(to int, deadline time.Time) error {
	for r.step < to && r.err == nil {
		if r.step%markEvery == 0 {
			r.mark()
		}
		if r.err = r.take(); r.err != nil {
			break
		}
		r.step++
		if err := r.settle(); err != nil {
			return err
		}
		if time.Now().After(deadline) {
			break
		}
	}
	return nil
}

// take takes a step.
func (r *run) take() error {
	x, y := r.exp.Next()
	if err := r.stepOf(r.net, x, y, &r.evals); err != nil || r.twin == nil {
		return err
	}
	return r.stepOf(r.twin, x, y, &r.right)
}

// stepOf is a step of nn.Train, with its evaluation where one is due.
func (r *run) stepOf(net nn.Stepper, x, y mat.Matrix, evals *[]experiment.Eval) error {
	if r.step%r.config.EvalFreq != 0 {
		return nn.Step(net, r.step, x, y, nil)
	}
	return nn.Step(net, r.step, x, y, func(t int, loss float64, rows int) error {
		v, err := r.exp.Evaluate(net, t, loss, rows)
		if err == nil {
			*evals = append(*evals, v)
		}
		return err
	})
}

// settle makes the changes that are due.
func (r *run) settle() error {
	for r.made < len(r.Changes) && r.Changes[r.made].Step == r.step {
		if err := r.apply(r.Changes[r.made]); err != nil {
			return err
		}
		r.made++
	}
	return nil
}

// element is an element of a parameter.
var element = regexp.MustCompile(`^([Wb])([1-9][0-9]{0,2})\[([0-9]{1,6}),([0-9]{1,6})\]$`)

// changeable are the flags that may change in a run.
var changeable = []string{"learning_rate", "momentum", "reduction", "l2", "fault"}

// apply makes a change: what was trained goes on under the new settings.
func (r *run) apply(x change) error {
	now, next := stateOf(r.net), r.config
	if m := element.FindStringSubmatch(x.Name); m != nil {
		k, _ := strconv.Atoi(m[2])
		i, _ := strconv.Atoi(m[3])
		j, _ := strconv.Atoi(m[4])
		at := 2 * (k - 1)
		if m[1] == "b" {
			at++
		}
		if at >= len(now.params) || i >= now.params[at].Rows || j >= now.params[at].Cols {
			return cli.Usagef("the network has no %s", x.Name)
		}
		v, err := cli.Finite.Parse(x.Text)
		if err != nil {
			return cli.Usagef("%s: %w", x.Name, err)
		}
		now.params[at].Set(i, j, v)
		r.build(next, now)
		return nil
	}
	if !slices.Contains(changeable, x.Name) {
		return cli.Usagef("%.40q cannot change while a network trains; %s can", x.Name, strings.Join(changeable, ", "))
	}
	next, err := next.With(x.Name, x.Text)
	if err != nil {
		return cli.Usagef("-%s: %w", x.Name, err)
	}
	if err := next.Check(); err != nil {
		return err
	}
	if r.twin != nil {
		r.twin = stateOf(r.twin).right(next)
	} else if len(next.Faults) > 0 {
		r.twin, r.right = now.right(next), slices.Clone(r.evals)
	}
	r.build(next, now)
	return nil
}

// build makes the network anew, of what it goes on from.
func (r *run) build(c experiment.Config, s state) {
	if len(c.Faults) == 0 {
		r.net = s.right(c)
	} else {
		r.net = s.loops(c)
	}
	r.config, r.exp.Net, r.exp.Config = c, r.net, c
}

// A state is all that a network goes on from.
type state struct {
	params, kept []mat.Matrix // the parameters, and what the optimizer keeps beside them
	before       spec.Tensors // the last step's of the loops, for mistakes that go on from them; else nil
}

// stateOf is that of a network, none of it the network's own.
func stateOf(net experiment.Trainer) state {
	s := state{params: cloned(net.Params()), kept: cloned(net.States())}
	if loops, ok := net.(*spec.Net); ok && loops.Tensors() != nil {
		s.before = spec.Tensors{}
		for name, m := range loops.Tensors() {
			s.before[name] = m.Clone()
		}
	}
	return s
}

// right is the right network, from a copy of the state.
func (s state) right(c experiment.Config) experiment.Trainer {
	c.Faults = nil
	net := c.Trainer(s.params)
	copyAll(net.States(), s.kept)
	return net
}

// loops is the network operation by operation, with the mistakes of c, from a copy
// of the state.
func (s state) loops(c experiment.Config) *spec.Net {
	net := c.Loops(s.params)
	copyAll(net.States(), s.kept)
	if s.before != nil {
		net.Resume(maps.Clone(s.before))
	}
	return net
}

// copyAll copies what both have: without momentum there may be no velocities.
func copyAll(to, from []mat.Matrix) {
	for i := range min(len(to), len(from)) {
		to[i].CopyFrom(from[i])
	}
}

func cloned(list []mat.Matrix) (copies []mat.Matrix) {
	for _, m := range list {
		copies = append(copies, m.Clone())
	}
	return copies
}

// mark keeps where the run is, once.
func (r *run) mark() {
	if n := len(r.marks); n > 0 && r.marks[n-1].step >= r.step {
		return
	}
	m := mark{step: r.step, made: r.made, config: r.config, net: stateOf(r.net)}
	if r.twin != nil {
		m.twin = stateOf(r.twin)
	}
	r.marks = append(r.marks, m)
	if len(r.marks) > mostMarks {
		i := 0
		r.marks = slices.DeleteFunc(r.marks, func(mark) bool { i++; return i%2 == 0 })
	}
}

// back goes to the last mark at or before a step; advance does the rest.
func (r *run) back(step int) error {
	i := len(r.marks) - 1
	for i >= 0 && r.marks[i].step > step {
		i--
	}
	evals, right := r.evals, r.right
	r.begin()
	if i < 0 || r.marks[i].step == 0 {
		return r.settle()
	}
	m := r.marks[i]
	for range m.step {
		r.exp.Next()
	}
	r.step, r.made = m.step, m.made
	r.build(m.config, m.net)
	if r.twin = nil; m.twin.params != nil {
		r.twin = m.twin.right(m.config)
	}
	r.evals, r.right = upTo(evals, m.step), upTo(right, m.step)
	return r.settle()
}

// upTo are the evaluations before a step.
func upTo(list []experiment.Eval, step int) []experiment.Eval {
	i := 0
	for i < len(list) && list[i].Step < step {
		i++
	}
	return list[:i:i]
}

// change makes a change now; those that were to come are forgotten.
func (r *run) change(name, text string) error {
	x := change{r.step, name, text}
	if err := r.apply(x); err != nil {
		return err
	}
	r.Changes = append(r.Changes[:r.made:r.made], x)
	r.made++
	r.forget(r.step)
	return nil
}

// undo takes the last change back and goes to the mark before it.
func (r *run) undo() error {
	if r.made == 0 {
		return cli.Usagef("nothing was changed")
	}
	r.made--
	at := r.Changes[r.made].Step
	r.Changes = r.Changes[:r.made:r.made]
	r.forget(at - 1)
	return r.back(at)
}

// forget drops the marks behind a step.
func (r *run) forget(step int) {
	i := len(r.marks)
	for i > 0 && r.marks[i-1].step > step {
		i--
	}
	r.marks = r.marks[:i]
}
