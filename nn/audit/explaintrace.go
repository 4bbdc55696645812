package audit

import (
	"fmt"
	"maps"
	"strings"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// Numbered returns a step of the trace to explain from. What is not recorded
// and follows from what is, is computed. Rate is used where the trace has none;
// it may be 0.
func (t Trace) Numbered(number int, rate float64) (*Numbered, error) {
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
	recorded := t.Steps[at]
	s := &Numbered{Number: number, Single: recorded.Single, Computed: map[string]bool{}, Missing: map[string]message.Text{}}
	s.L, s.T, s.Rate = layers(recorded.T), maps.Clone(recorded.T), t.Rate
	if rate != 0 {
		s.Rate = rate
	}
	if t.Meta.Momentum != nil {
		s.Momentum = *t.Meta.Momentum
	}
	for k, slope := range t.Meta.Slopes {
		s.Notes = append(s.Notes, message.New("the trace declares a leaky ReLU of slope %g in layer %s; a plain one is shown", slope, k))
	}
	if loss, ok := s.T["loss"]; ok && (loss.Rows != 1 || loss.Cols != 1) {
		delete(s.T, "loss")
		s.Notes = append(s.Notes, message.New("the loss is recorded row by row; the step's is shown"))
	}
	if at > 0 && t.Steps[at-1].Number == number-1 {
		s.Prev = t.Steps[at-1].T
	}
	s.inherit()
	s.Mean = t.Reduction == "mean"
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
			for _, suffix := range []string{"_next", "_new"} {
				if m, ok := s.Prev[name+suffix]; ok {
					s.T[name], s.Computed[name] = m, true
					break
				}
			}
		}
		if s.Momentum == 0 {
			continue
		}
		m, ok := s.T[name]
		if s.Number == 0 && ok {
			s.T["v"+name], s.Computed["v"+name] = mat.New(m.Rows, m.Cols), true
			continue
		}
		for _, v := range []string{"v" + name, "v" + name + "_new"} {
			s.Missing[v] = message.New("a trace has no velocities, and this is not the first step")
		}
	}
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

// needs returns the tensors that one is computed from.
func (s *Numbered) needs(tensor string) []string {
	kind, k, suffix := split(tensor)
	switch {
	case suffix == "_next":
		return []string{strings.TrimSuffix(tensor, suffix) + "_new"}
	case suffix == "_new" && kind[0] == 'v':
		name := tensor[1 : len(tensor)-len(suffix)]
		return []string{"v" + name, "d" + name}
	case suffix == "_new":
		name := strings.TrimSuffix(tensor, suffix)
		if s.Momentum != 0 {
			return []string{name, "v" + name + "_new"}
		}
		return []string{name, "d" + name}
	case kind == "z":
		return []string{input(k), spec.Name("W", k), spec.Name("b", k)}
	case kind == "h":
		return []string{spec.Name("z", k)}
	case kind == "p":
		return []string{spec.Name("z", s.L)}
	case kind == "loss", kind == "dz" && k == s.L:
		return []string{"p", "y"}
	case kind == "dz":
		return []string{spec.Name("dh", k), spec.Name("z", k)}
	case kind == "dW":
		return []string{input(k), spec.Name("dz", k)}
	case kind == "db":
		return []string{spec.Name("dz", k)}
	case kind == "dh":
		return []string{spec.Name("dz", k+1), spec.Name("W", k+1)}
	}
	return nil
}

// complete computes what is not recorded, in the order of the step.
func (s *Numbered) complete() {
	ops := spec.Right()
	for _, tensor := range spec.Order(s.L, s.Momentum != 0) {
		if _, ok := s.T[tensor]; ok {
			continue
		}
		lack := ""
		for _, name := range s.needs(tensor) {
			if _, ok := s.T[name]; !ok {
				lack = name
				break
			}
		}
		kind, k, suffix := split(tensor)
		if suffix == "_new" && kind[0] != 'v' && s.Rate == 0 {
			s.Missing[tensor] = message.New("the trace has no lr; -learning_rate gives it")
			continue
		}
		if lack != "" {
			if s.Missing[tensor].IsZero() {
				s.Missing[tensor] = message.New("it is not recorded, and neither is %s, from which it would be computed", lack)
			}
			continue
		}
		s.T[tensor], s.Computed[tensor] = s.compute(ops, tensor, kind, k, suffix), true
	}
}

func (s *Numbered) compute(ops spec.Ops, tensor, kind string, k int, suffix string) mat.Matrix {
	name := strings.TrimSuffix(tensor, suffix)
	switch {
	case suffix == "_next":
		return ops.Next(&s.Step, name)
	case suffix == "_new" && kind[0] == 'v':
		return spec.Velocity(s.T[name], s.Momentum, s.T["d"+name[1:]])
	case suffix == "_new":
		return ops.Update(&s.Step, name)
	case kind == "z":
		return ops.Z(&s.Step, k)
	case kind == "h":
		return ops.H(&s.Step, k)
	case kind == "p":
		return ops.P(&s.Step)
	case kind == "loss":
		return ops.Loss(&s.Step)
	case kind == "dz" && k == s.L:
		return ops.DZL(&s.Step)
	case kind == "dz":
		return ops.DZ(&s.Step, k)
	case kind == "dW":
		return ops.DW(&s.Step, k)
	case kind == "db":
		return ops.DB(&s.Step, k)
	}
	return ops.DH(&s.Step, k)
}
