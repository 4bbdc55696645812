package audit

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An Origin is where a step has a tensor from.
type Origin int

// The origins of tensors.
const (
	Recorded Origin = iota
	Linked          // recorded in a step beside it
	Computed        // from what is recorded
)

// A Numbered is a completed step, with what is known of it: what compare judges
// by, explain explains and pages show.
type Numbered struct {
	spec.Step
	Number  int
	Single  map[string]bool   // tensors recorded in float32
	From    map[string]Origin // of tensors that are not recorded in this step
	Missing map[string]error  // why tensors that such a step has are not there
	Notes   []message.Text    // what every explanation has to say
	architecture
}

// linked returns step i of the trace with the parameters that the next one
// starts from: as _next, or as _new where nothing is recorded in between.
func (t *Trace) linked(i int) Step {
	s := t.Steps[i]
	s.T, s.Single, s.From = maps.Clone(s.T), maps.Clone(s.Single), map[string]Origin{}
	if s.Single == nil {
		s.Single = map[string]bool{}
	}
	for name, m := range s.T {
		s.T[name] = dense(m)
	}
	if i+1 == len(t.Steps) || t.Steps[i+1].Number != s.Number+1 {
		return s
	}
	next := t.Steps[i+1]
	for _, name := range spec.ParamNames(layers(next.T)) {
		m, ok := next.T[name]
		if w, has := s.T[name]; !ok || has && (w.Rows != m.Rows || w.Cols != m.Cols) {
			continue
		}
		to := name + spec.SuffixNext
		if _, ok := s.T[name+spec.SuffixNew]; !ok && s.T[to].Rows == 0 {
			to = name + spec.SuffixNew
		}
		if _, ok := s.T[to]; !ok {
			s.T[to], s.Single[to], s.From[to] = dense(m), next.Single[name], Linked
		}
	}
	return s
}

// dense is m without numbers between its rows or behind them.
func dense(m mat.Matrix) mat.Matrix {
	if len(m.Data) == m.Rows*m.Cols {
		return m
	}
	return m.Clone()
}

// Numbered returns a step of the trace to explain from. What is not recorded
// and follows from what is, is computed.
func (t Trace) Numbered(number int) (*Numbered, error) {
	at := -1
	var have []string
	for i, s := range t.Steps {
		have = append(have, fmt.Sprint(s.Number))
		if s.Number == number {
			at = i
		}
	}
	if at < 0 {
		if len(have) > 12 {
			have = append(have[:10:10], "…", have[len(have)-1])
		}
		return nil, fmt.Errorf("%s has no step %d; it has %s", t.File, number, strings.Join(have, ", "))
	}
	recorded := t.linked(at)
	t.recognise()
	s := &Numbered{architecture: t.architecture, Number: number, Single: recorded.Single, From: recorded.From, Missing: map[string]error{}}
	s.L, s.T, s.Settings = layers(recorded.T), recorded.T, t.settings()
	s.Notes = append(s.Notes, t.told...)
	s.acts = maps.Clone(s.acts)
	for k, slope := range t.Meta.Slopes {
		if n, err := strconv.Atoi(k); err == nil && slope != 0 {
			s.acts[n] = spec.Leaky(slope)
		}
	}
	s.Decay = t.penaltyOf(s)
	if loss, ok := s.T["loss"]; ok && (loss.Rows != 1 || loss.Cols != 1) {
		delete(s.T, "loss")
		s.Notes = append(s.Notes, message.New("the loss is recorded row by row; the step's is shown"))
	}
	if at > 0 && t.Steps[at-1].Number == number-1 {
		s.Prev = t.Steps[at-1].T
	}
	s.inherit()
	if t.Reduction == "" {
		s.guessReduction()
	}
	s.complete()
	return s, nil
}

// inherit takes parameters that are not recorded from the end of the step
// before, and velocities where there can be none yet.
func (s *Numbered) inherit() {
	for _, name := range spec.ParamNames(s.L) {
		if _, ok := s.T[name]; !ok {
			for _, suffix := range []string{spec.SuffixNext, spec.SuffixNew} {
				if m, ok := s.Prev[name+suffix]; ok {
					s.T[name], s.From[name] = m, Linked
					break
				}
			}
		}
	}
	for _, name := range s.States(s.L) {
		if _, ok := s.T[name]; ok {
			continue
		}
		n, _ := spec.ParseName(name)
		m, ok := s.Prev[name+spec.SuffixNew]
		switch param := s.T[n.Param()]; {
		case ok:
			s.T[name], s.From[name] = m, Linked
		case s.Number == 0 && n.Kind == "t":
			s.T[name], s.From[name] = mat.New(1, 1), Computed
		case s.Number == 0 && param.Rows > 0:
			s.T[name], s.From[name] = mat.New(param.Rows, param.Cols), Computed
		case s.Number == 0:
		default:
			for _, v := range []string{name, name + spec.SuffixNew} {
				s.Missing[v] = message.Errorf("a trace has no velocities, and this is not the first step")
			}
		}
	}
}

// penaltyOf is the declared weight decay, where the gradients of the weights have
// it and not the update alone.
func (t *Trace) penaltyOf(s *Numbered) float64 {
	h, dz, W, dW := s.T["x"], s.T["dz1"], s.T["W1"], s.T["dW1"]
	if s.L > 1 {
		h, dz, W, dW = s.T[spec.Name("h", s.L-1)], s.T[spec.Name("dz", s.L)], s.T[spec.Name("W", s.L)], s.T[spec.Name("dW", s.L)]
	}
	if t.Meta.Decay == 0 || h.Rows == 0 || dz.Rows != h.Rows || !sameShape(W, dW) || W.Rows != h.Cols || W.Cols != dz.Cols {
		return 0
	}
	plain := spec.DW(h, dz)
	with := plain.Clone()
	spec.AddDecay(with, W, t.Meta.Decay)
	if distance(with, dW) < distance(plain, dW) {
		return t.Meta.Decay
	}
	return 0
}

// activation is what stands behind a hidden layer, nil for ReLU, and ending how
// the network ends, nil for softmax and cross-entropy.
func (s *Numbered) activation(k int) *spec.Activation { return cmp.Or(s.acts[k], s.Activation) }

func (s *Numbered) ending() *output {
	if s.output == nil && s.Loss != nil {
		return &output{*s.Loss}
	}
	return s.output
}

// guessReduction finds out whether the gradient is that of the mean.
func (s *Numbered) guessReduction() {
	s.Mean = true
	p, y := s.T["p"], s.T["y"]
	dz, ok := s.T[spec.Name("dz", s.L)]
	if !ok || p.Rows == 0 || y.Rows == 0 {
		s.Notes = append(s.Notes, message.New("the trace declares no reduction; it was taken to be the mean"))
		return
	}
	s.Mean = distance(spec.DLogits(p, y, true), dz) <= distance(spec.DLogits(p, y, false), dz)
	switch name := spec.Name("dz", s.L); {
	case p.Rows == 1:
	case s.Mean:
		s.Notes = append(s.Notes, message.New("the trace declares no reduction; %s is nearest to that of the mean", name))
	default:
		s.Notes = append(s.Notes, message.New("the trace declares no reduction; %s is nearest to that of the sum", name))
	}
}

// complete computes what is not recorded, in the order of the step.
func (s *Numbered) complete() {
	ops := spec.Right()
	s.into(&ops, func(int) float64 { return 0 })
	for _, n := range spec.Made(s.L, s.Settings) {
		name := n.String()
		if _, ok := s.T[name]; ok {
			continue
		}
		op := ops.Op(n, s.L)
		if op.Kind == "new" && s.Rate == 0 {
			s.Missing[name] = ErrNoRate
			continue
		}
		m, lacks := op.Make(&s.Step, n)
		switch {
		case lacks == "":
			s.T[name], s.From[name] = m, Computed
		case s.Missing[name] == nil:
			s.Missing[name] = message.Errorf("it is not recorded, and neither is %s, from which it would be computed", lacks)
		}
	}
}

// Remarks are what there is to say of a tensor whatever the element: that it
// was not recorded, that it was recorded in float32.
func (s *Numbered) Remarks(tensor string) []message.Text {
	return append(s.origin(tensor), s.precision(tensor)...)
}

func (s *Numbered) origin(tensor string) []message.Text {
	switch s.From[tensor] {
	case Linked:
		return []message.Text{message.New("%s is not recorded: it was taken from the step beside this one", tensor)}
	case Computed:
		return []message.Text{message.New("%s is not recorded: it was computed from what is", tensor)}
	}
	return nil
}

func (s *Numbered) precision(tensor string) []message.Text {
	if !s.Single[tensor] {
		return nil
	}
	return []message.Text{message.New("%s is recorded in float32 and computed here in float64: a relative difference of some 1e-7 is rounding", tensor)}
}
