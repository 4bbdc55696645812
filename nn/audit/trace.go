package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/mat"
	"glassbox/mat/npy"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A Trace is some training steps of one network, as recorded.
type Trace struct {
	File      string
	Steps     []Step         // by number
	Rate      float64        // the declared learning rate, 0 if none
	Reduction string         // "sum", "mean" or "" when not declared
	Meta      Meta           // what the recorder says of the program
	Notes     []message.Text // what was brought into form while reading
}

// A Step is the recorded tensors of one training step.
type Step struct {
	Number int
	T      spec.Tensors
	// Single are the names that were recorded in float32.
	Single map[string]bool
	// From says which tensors were not recorded in this step; nil in a trace
	// that was just read.
	From map[string]Origin
	// PerRow is the loss of each row, where that was recorded for loss.
	PerRow bool
}

// Meta is what a recorder knows beside the numbers. All of it is optional.
type Meta struct {
	Slopes   map[string]float64 // of LeakyReLU classes, by layer: "1": 0.01
	Momentum *float64           // declared
	Merged   map[int]int        // steps put together from several passes, by the rows of each: their loss is no step's
	Skipped  bool               // samples that were right had no backward pass
	raw      map[string]any
}

// settings are those of a step as the trace declares them.
func (t *Trace) settings() spec.Settings {
	set := spec.Settings{Rate: t.Rate, Mean: t.Reduction == "mean"}
	if t.Meta.Momentum != nil {
		set.Momentum = *t.Meta.Momentum
	}
	return set
}

// ReadTrace reads a trace from an .npz file. Its errors name the file, the
// entry and what would be right.
func ReadTrace(path string) (Trace, error) {
	a, err := npy.ReadNPZ(path)
	if err != nil {
		return Trace{}, err
	}
	t := Trace{File: path}
	steps := map[int]*Step{}
	for _, key := range a.Names() {
		if err := t.take(a, key, steps); err != nil {
			return Trace{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(steps) == 0 {
		return Trace{}, fmt.Errorf("%s: no array is named as a tensor of a step; a trace has names like 0.x, 0.W1, 0.dW1, 0.W1_new", path)
	}
	for _, s := range steps {
		t.Steps = append(t.Steps, *s)
	}
	slices.SortFunc(t.Steps, func(a, b Step) int { return a.Number - b.Number })
	for i := range t.Steps {
		if err := t.normalize(&t.Steps[i]); err != nil {
			return Trace{}, fmt.Errorf("%s: step %d: %w", path, t.Steps[i].Number, err)
		}
	}
	t.Notes = sorted(t.Notes)
	return t, nil
}

// sorted sorts texts by their English, each once.
func sorted(list []message.Text) []message.Text {
	slices.SortFunc(list, func(a, b message.Text) int { return cmp.Compare(a.String(), b.String()) })
	return slices.CompactFunc(list, func(a, b message.Text) bool { return a.String() == b.String() })
}

// take reads one entry.
func (t *Trace) take(a npy.Archive, key string, steps map[int]*Step) error {
	number, name, ok := strings.Cut(key, ".")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 {
		switch key {
		case "lr", "reduction", "meta":
			return t.takeSetting(a, key)
		}
		t.Notes = append(t.Notes, message.New("entry %q is not a tensor of a step and was left out", key))
		return nil
	}
	if n, ok := spec.ParseName(name); !ok || n.IsVelocity() {
		t.Notes = append(t.Notes, message.New("entry %q: no tensor is called %q; it was left out", key, name))
		return nil
	}
	array, err := a.Array(key)
	if err != nil {
		return err
	}
	if array.Kind == npy.Text {
		return fmt.Errorf("entry %s holds text; a tensor holds numbers", key)
	}
	s := steps[n]
	if s == nil {
		s = &Step{Number: n, T: spec.Tensors{}, Single: map[string]bool{}}
		steps[n] = s
	}
	m, err := tensor(name, array)
	if err != nil {
		return fmt.Errorf("entry %s: %w", key, err)
	}
	s.T[name] = m
	s.Single[name] = array.Kind == npy.Float32
	s.PerRow = s.PerRow || name == "loss" && len(m.Data) > 1
	return nil
}

// tensor gives an array of up to three dimensions the shape of a matrix:
// (N,1,f) loses its middle.
func tensor(name string, a npy.Array) (mat.Matrix, error) {
	if len(a.Shape) == 3 {
		switch {
		case a.Shape[1] == 1:
			return mat.Of(a.Shape[0], a.Shape[2], a.Data...), nil
		case a.Shape[2] == 1:
			return mat.Of(a.Shape[0], a.Shape[1], a.Data...), nil
		}
	}
	if name == "y" && len(a.Shape) == 1 {
		return mat.Of(a.Shape[0], 1, a.Data...), nil
	}
	m, err := a.Matrix()
	if err != nil {
		return mat.Matrix{}, fmt.Errorf("shape %s: a tensor has two dimensions, a row a sample", a.ShapeText())
	}
	return m, nil
}

func (t *Trace) takeSetting(a npy.Archive, key string) error {
	array, err := a.Array(key)
	if err != nil {
		return err
	}
	text := strings.Join(array.Text, "")
	switch key {
	case "lr":
		if len(array.Data) != 1 || !(array.Data[0] > 0) || math.IsInf(array.Data[0], 0) {
			return fmt.Errorf("entry lr: it holds %v; one finite number above 0 would be right", array.Data)
		}
		t.Rate = array.Data[0]
	case "reduction":
		if text != "sum" && text != "mean" {
			return fmt.Errorf("entry reduction: it holds %q; sum or mean would be right", text)
		}
		t.Reduction = text
	case "meta":
		if err := json.Unmarshal([]byte(text), &t.Meta.raw); err != nil {
			t.Notes = append(t.Notes, message.New("entry meta is not a JSON object and was left out"))
			return nil
		}
		t.Meta.read()
	}
	return nil
}

// read takes what the audit uses out of the raw object.
func (m *Meta) read() {
	if v, ok := m.raw["momentum"].(float64); ok {
		m.Momentum = &v
	}
	m.Slopes, m.Merged = map[string]float64{}, map[int]int{}
	list, _ := m.raw["layers"].([]any)
	for i, layer := range list {
		if l, ok := layer.(map[string]any); ok {
			if slope, ok := l["slope"].(float64); ok {
				m.Slopes[strconv.Itoa(i+1)] = slope
			}
		}
	}
	merged, _ := m.raw["merged_passes"].([]any)
	for _, pass := range merged {
		if p, ok := pass.(map[string]any); ok {
			step, ok1 := p["step"].(float64)
			rows, ok2 := p["rows"].(float64)
			if ok1 && ok2 {
				m.Merged[int(step)] = int(rows)
			}
		}
	}
	if n, ok := m.raw["right_samples_skipped"].(float64); ok {
		m.Skipped = n > 0
	}
}
