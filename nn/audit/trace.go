package audit

import (
	"cmp"
	"encoding/json"
	"errors"
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
	// Activation is declared: of all layers below the last, or of each; without
	// it the numbers tell.
	Activation []string
	Loss       string // declared, as spec names it; "" if it is not
	Optimizer  string // declared, as spec names it; "" if it is not
	architecture
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
	// What was left out of T because it cannot be what it is called.
	impossible []misfit
	numbers    mat.Matrix // y as class numbers, N×1, where it was recorded so
}

// Meta is what a recorder knows beside the numbers. All of it is optional.
type Meta struct {
	Slopes   map[string]float64 // of LeakyReLU classes, by layer: "1": 0.01
	Momentum *float64           // declared
	Decay    float64            // the weight decay that is declared
	Merged   map[int]int        // steps put together from several passes, by the rows of each: their loss is no step's
	Skipped  bool               // samples that were right had no backward pass
	Inside   map[int]int        // rows of a pass without a backward between a step's forward and backward
	Behind   map[int]int        // rows of one behind a step's update
}

// settings are those of a step as the trace declares them.
func (t *Trace) settings() spec.Settings {
	set := spec.Settings{Rate: t.Rate, Mean: t.Reduction == "mean", Optimizer: t.declaredRule()}
	if t.Meta.Momentum != nil {
		set.Momentum = *t.Meta.Momentum
	}
	return set
}

// declaredRule is the declared optimizer, where its steps are not those down the
// gradient or with momentum, which the numbers tell.
func (t *Trace) declaredRule() *spec.Optimizer {
	if o := spec.FindOptimizer(t.Optimizer); o != nil && !o.Plain() {
		return o
	}
	return nil
}

// ReadTrace reads a trace from an .npz file. Its errors name the file, the
// entry and what would be right.
func ReadTrace(path string) (Trace, error) {
	a, err := npy.ReadNPZ(path)
	if err != nil {
		return Trace{}, err
	}
	return DecodeTrace(a, path)
}

// DecodeTrace returns the trace in an archive. Errors call it path.
func DecodeTrace(a npy.Archive, path string) (Trace, error) {
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
	slices.SortStableFunc(t.Steps, func(a, b Step) int { return a.Number - b.Number })
	for i := range t.Steps {
		if err := t.normalize(&t.Steps[i]); err != nil {
			return Trace{}, fmt.Errorf("%s: step %d: %w", path, t.Steps[i].Number, err)
		}
	}
	t.Notes = sorted(t.Notes)
	t.recognise()
	return t, nil
}

// sorted sorts texts by their English, each once.
func sorted(list []message.Text) []message.Text {
	slices.SortStableFunc(list, func(a, b message.Text) int { return cmp.Compare(a.String(), b.String()) })
	return slices.CompactFunc(list, func(a, b message.Text) bool { return a.String() == b.String() })
}

// take reads one entry.
func (t *Trace) take(a npy.Archive, key string, steps map[int]*Step) error {
	number, name, ok := strings.Cut(key, ".")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 {
		switch key {
		case "lr", "reduction", "meta", "activation", "loss", "weight_decay", "momentum", "optimizer":
			return t.takeSetting(a, key)
		}
		t.Notes = append(t.Notes, message.New("entry %q is not a tensor of a step and was left out", cut(key)))
		return nil
	}
	if n, ok := spec.ParseName(name); !ok || n.IsState() && !slices.Contains(a.Names(), "optimizer") {
		t.Notes = append(t.Notes, message.New("entry %q: no tensor is called %q; it was left out", cut(key), cut(name)))
		return nil
	}
	array, err := a.Array(key)
	if err != nil {
		return err
	}
	if array.Kind == npy.Text {
		return fmt.Errorf("entry %s holds text; a tensor holds numbers", key)
	}
	if len(array.Data) == 0 {
		return fmt.Errorf("entry %s has shape %s and so no numbers; a tensor has at least one", key, array.ShapeText())
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

// cut shortens what a file says, which may be millions of letters, and says how
// many there are.
func cut(text string) string {
	const most = 100
	if letters := []rune(text); len(letters) > most {
		return fmt.Sprintf("%s… (%d letters)", string(letters[:most]), len(letters))
	}
	return text
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
		if len(array.Data) != 1 {
			return fmt.Errorf("entry lr: it holds %d numbers; one finite number above 0 would be right", len(array.Data))
		}
		if !(array.Data[0] > 0) || math.IsInf(array.Data[0], 0) {
			return fmt.Errorf("entry lr: it holds %v; one finite number above 0 would be right", array.Data[0])
		}
		t.Rate = array.Data[0]
	case "reduction":
		if text != "sum" && text != "mean" {
			return fmt.Errorf("entry reduction: it holds %q; sum or mean would be right", cut(text))
		}
		t.Reduction = text
	case "loss":
		if !slices.Contains(lossNames, text) {
			return fmt.Errorf("entry loss: it holds %q; %s would be right", cut(text), strings.Join(lossNames, ", "))
		}
		t.Loss = text
	case "optimizer":
		if spec.FindOptimizer(text) == nil {
			return fmt.Errorf("entry optimizer: it holds %q; %s would be right", cut(text), names(spec.Optimizers, func(o *spec.Optimizer) string { return o.Name }))
		}
		t.Optimizer = text
	case "activation":
		for _, name := range array.Text {
			if declaredActivation(name) == nil {
				return fmt.Errorf("entry activation: it holds %q; %s would be right", cut(name), names(spec.Activations, func(q *spec.Activation) string { return q.Name }))
			}
		}
		t.Activation = array.Text
	case "weight_decay", "momentum":
		if len(array.Data) != 1 || !(array.Data[0] >= 0) || math.IsInf(array.Data[0], 0) {
			return fmt.Errorf("entry %s: one finite number, 0 or more, would be right", key)
		}
		if key == "momentum" {
			t.Meta.Momentum = &array.Data[0]
		} else {
			t.Meta.Decay = array.Data[0]
		}
	case "meta":
		if !t.Meta.read([]byte(text)) {
			t.Notes = append(t.Notes, message.New("entry meta is not a JSON object and was left out"))
		}
	}
	return nil
}

// names lists those of a table.
func names[T any](list []T, of func(T) string) string {
	var all []string
	for _, v := range list {
		all = append(all, of(v))
	}
	return strings.Join(all, ", ")
}

// read takes what the audit uses out of a JSON object, but for what is not of the
// type that it should be; false where there is no object.
func (m *Meta) read(text []byte) bool {
	var said struct {
		Momentum *float64 `json:"momentum"`
		Decay    float64  `json:"weight_decay"`
		Layers   []struct {
			Slope *float64 `json:"slope"`
		} `json:"layers"`
		Merged []struct {
			Step, Rows *float64
		} `json:"merged_passes"`
		Skipped float64 `json:"right_samples_skipped"`
		Idle    []struct {
			Before *float64 `json:"before_step"`
			Rows   *float64 `json:"rows"`
			Inside bool     `json:"inside_step"`
		} `json:"passes_without_backward"`
	}
	var other *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &said); err != nil && !(errors.As(err, &other) && other.Field != "") {
		return false
	}
	if said.Momentum != nil {
		m.Momentum = said.Momentum
	}
	if said.Decay > 0 {
		m.Decay = said.Decay
	}
	m.Skipped, m.Slopes, m.Merged = said.Skipped > 0, map[string]float64{}, map[int]int{}
	for i, l := range said.Layers {
		if l.Slope != nil {
			m.Slopes[strconv.Itoa(i+1)] = *l.Slope
		}
	}
	for _, p := range said.Merged {
		if p.Step != nil && p.Rows != nil {
			m.Merged[int(*p.Step)] = int(*p.Rows)
		}
	}
	m.Inside, m.Behind = map[int]int{}, map[int]int{}
	for _, p := range said.Idle {
		switch {
		case p.Before == nil || p.Rows == nil:
		case p.Inside:
			m.Inside[int(*p.Before)] = int(*p.Rows)
		default:
			m.Behind[int(*p.Before)-1] = int(*p.Rows)
		}
	}
	return true
}
