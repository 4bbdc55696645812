package experiment

import (
	"encoding/json"
	"fmt"
	"strings"

	"glassbox/mat"
	"glassbox/mat/npy"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// Trace trains the network of c operation by operation up to the last of
// steps, which ascend, and keeps these with all their tensors, as if they had been
// recorded. It calls after behind each step; its error ends the training, and
// comes with the steps kept until then.
func Trace(c Config, steps []int, after func() error) (audit.Trace, error) {
	e := New(c)
	net := c.Loops(e.Net.Params())
	t := NewTrace(c)
	for n := range steps[len(steps)-1] + 1 {
		net.Forward(e.Next())
		net.Backward()
		net.Update()
		if n == steps[len(t.Steps)] {
			t.Steps = append(t.Steps, Kept(n, net.Tensors(), c.Declared()))
		}
		if err := after(); err != nil {
			return t, err
		}
	}
	return t, nil
}

// NewTrace returns a trace of c without a step.
func NewTrace(c Config) audit.Trace {
	t := audit.Trace{Rate: c.Rate, Reduction: "sum", Meta: audit.Meta{Momentum: new(c.Momentum)}}
	if c.Mean {
		t.Reduction = "mean"
	}
	t.Meta.Decay = c.Decay
	if c.Activation != nil {
		t.Activation = []string{c.Activation.Name}
	}
	if c.Loss != nil {
		t.Loss = c.Loss.Name
	}
	if o := c.Settings().Optimizer; o != nil {
		t.Optimizer = o.Name
	}
	return t
}

// Declared are the settings of which a trace has the states: momentum alone shows
// in how the parameters move.
func (c Config) Declared() spec.Settings { return spec.Settings{Optimizer: c.Settings().Optimizer} }

// Kept copies the tensors of a step with such settings: those of a batch change
// later.
func Kept(n int, tensors spec.Tensors, set spec.Settings) audit.Step {
	s := audit.Step{Number: n, T: spec.Tensors{}}
	for _, name := range spec.All(tensors.Layers(), set) {
		if m, ok := tensors[name]; ok {
			s.T[name] = m.Clone()
		}
	}
	return s
}

// TraceFile returns a trace that Trace has made of c as the entries of an .npz
// file.
func TraceFile(c Config, t audit.Trace) ([]npy.Entry, error) {
	var entries []npy.Entry
	for _, s := range t.Steps {
		for _, name := range spec.All(s.T.Layers(), c.Declared()) {
			if m, ok := s.T[name]; ok {
				entries = append(entries, npy.Entry{Name: fmt.Sprintf("%d.%s", s.Number, name), Array: array(name, m)})
			}
		}
	}
	meta, err := json.Marshal(map[string]any{"recorder": "glassbox", "momentum": c.Momentum, "batch_size": c.BatchSize, "seed": c.Seed})
	if err != nil {
		return nil, err
	}
	for _, said := range [][2]string{{"activation", strings.Join(t.Activation, "")}, {"loss", t.Loss}, {"optimizer", t.Optimizer}} {
		if said[1] != "" {
			entries = append(entries, npy.Entry{Name: said[0], Array: npy.FromText(said[1])})
		}
	}
	if t.Meta.Decay != 0 {
		entries = append(entries, npy.Entry{Name: "weight_decay", Array: npy.FromFloat(t.Meta.Decay)})
	}
	return append(entries, npy.Entry{Name: "lr", Array: npy.FromFloat(t.Rate)},
		npy.Entry{Name: "reduction", Array: npy.FromText(t.Reduction)}, npy.Entry{Name: "meta", Array: npy.FromText(string(meta))}), nil
}

// array gives the loss no dimension, as NumPy's sum has none.
func array(name string, m mat.Matrix) npy.Array {
	if name == "loss" {
		return npy.FromFloat(m.At(0, 0))
	}
	return npy.FromMatrix(m)
}
