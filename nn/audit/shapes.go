package audit

import (
	"fmt"
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// normalize brings a step's tensors into the form that spec has, weights in×out,
// biases 1×out, y one-hot, and refuses shapes that cannot belong together.
func (t *Trace) normalize(s *Step) error {
	L := layers(s.T)
	if L == 0 {
		return fmt.Errorf("no tensor of a layer is recorded; a step has at least W1 and what was made with it")
	}
	t.turnWeights(s, L)
	for k := 1; k <= L; k++ {
		for _, kind := range []string{"b", "db"} {
			for _, suffix := range []string{"", "_new", "_next", "_backward"} {
				name := spec.Name(kind, k) + suffix
				if m, ok := s.T[name]; ok && m.Cols == 1 && m.Rows > 1 {
					s.T[name] = mat.Of(1, m.Rows, m.Clone().Data...)
				}
			}
		}
	}
	if err := t.labels(s, L); err != nil {
		return err
	}
	return shapes(s.T, L)
}

// layers returns the number of the last layer that any tensor names.
func layers(t spec.Tensors) int {
	L := 0
	for name := range t {
		if n, ok := spec.ParseName(name); ok {
			L = max(L, n.Layer)
		}
	}
	return L
}

// turnWeights transposes weights that are out×in. The shapes tell, unless all
// are square: then the one that gives z1 is right.
func (t *Trace) turnWeights(s *Step, L int) {
	turned := false
	for k := 1; k <= L && !turned; k++ {
		W, ok := s.T[spec.Name("W", k)]
		in, known := width(s.T, k-1)
		if ok && known && W.Rows != in && W.Cols == in {
			turned = true
		}
	}
	x, W, z := s.T["x"], s.T["W1"], s.T["z1"]
	if !turned && W.Rows == W.Cols && W.Rows > 0 && x.Cols == W.Rows && z.Rows == x.Rows && z.Cols == W.Cols {
		b, ok := s.T["b1"]
		if !ok || b.Cols != W.Cols {
			b = mat.New(1, W.Cols)
		}
		turned = distance(spec.Linear(x, W.Transpose(), b), z) < 1e-6 && distance(spec.Linear(x, W, b), z) > 1e-3
	}
	if !turned {
		return
	}
	for name, m := range s.T {
		if kind := kindOf(name); kind == "W" || kind == "dW" {
			s.T[name] = m.Transpose()
		}
	}
	t.Notes = append(t.Notes, message.New("the weights are stored out×in and were read so"))
}

// width returns how many numbers a row of layer k's result has (0: x's).
func width(t spec.Tensors, k int) (int, bool) {
	names := []string{"x"}
	if k > 0 {
		names = []string{spec.Name("b", k), spec.Name("z", k), spec.Name("h", k), spec.Name("dz", k), spec.Name("db", k)}
	}
	for _, name := range names {
		if m, ok := t[name]; ok {
			if n := max(m.Cols, 1); kindOf(name) != "b" && kindOf(name) != "db" || m.Rows == 1 {
				return n, true
			}
			return m.Rows, true
		}
	}
	return 0, false
}

// kindOf is a tensor's name without its layer; "" for no tensor's.
func kindOf(name string) string {
	n, _ := spec.ParseName(name)
	return n.Kind
}

// distance is the largest difference of two matrices relative to the largest
// number of the second.
func distance(a, b mat.Matrix) float64 {
	d, size := 0.0, 0.0
	for k, v := range a.Data {
		d, size = max(d, math.Abs(v-b.Data[k])), max(size, math.Abs(b.Data[k]))
	}
	return d / max(size, math.SmallestNonzeroFloat64)
}

// labels makes y one-hot where it holds class numbers.
func (t *Trace) labels(s *Step, L int) error {
	y, ok := s.T["y"]
	if !ok {
		return nil
	}
	classes := 0
	for _, name := range []string{"p", spec.Name("z", L), spec.Name("dz", L), spec.Name("b", L), spec.Name("W", L), spec.Name("b", L) + "_new", spec.Name("W", L) + "_new"} {
		if m, ok := s.T[name]; ok {
			classes = m.Cols
			break
		}
	}
	if classes == y.Cols || classes == 0 {
		return nil // one output of a single unit has one label a row, whatever it is
	}
	if classes == 1 && y.Rows == 1 {
		s.T["y"] = y.Transpose()
		return nil
	}
	if x, ok := s.T["x"]; ok && x.Rows == 1 && y.Rows == classes && y.Cols == 1 {
		s.T["y"] = y.Transpose() // one sample's one-hot row, recorded without its N
		return nil
	}
	numbers := y.Clone().Data
	if y.Cols != 1 && y.Rows != 1 {
		return fmt.Errorf("y is %s, but the network has %d classes; N×%d one-hot or N class numbers would be right", y.Shape(), classes, classes)
	}
	hot := mat.New(len(numbers), classes)
	for i, v := range numbers {
		if v != math.Trunc(v) || v < 0 || v >= float64(classes) {
			return fmt.Errorf("y[%d] is %v; a class number from 0 to %d would be right", i, v, classes-1)
		}
		hot.Set(i, int(v), 1)
	}
	s.T["y"] = hot
	return nil
}

// shapes holds every tensor's shape against the others'.
func shapes(t spec.Tensors, L int) error {
	N := -1
	for _, name := range rowNames(L) {
		m, ok := t[name]
		if !ok {
			continue
		}
		if N < 0 {
			N = m.Rows
		}
		if m.Rows != N || m.Rows == 0 || m.Cols == 0 {
			return fmt.Errorf("%s is %s where other tensors have %d rows; a row a sample would be right", name, m.Shape(), N)
		}
	}
	units := make([]int, L+1)
	for _, name := range spec.Sorted(t) {
		n, _ := spec.ParseName(name)
		m := t[name]
		if n.Kind == "loss" {
			continue // it may be recorded row by row
		}
		if n.Shape()[0] == spec.One && m.Rows != 1 {
			return fmt.Errorf("%s is %s; a bias is one row", name, m.Shape())
		}
		for side, layer := range n.Layers(L) {
			if layer < 0 {
				continue
			}
			size := [2]int{m.Rows, m.Cols}[side]
			if units[layer] == 0 {
				units[layer] = size
			}
			switch {
			case units[layer] == size:
			case layer == 0:
				return fmt.Errorf("%s is %s, but other tensors have %d features", name, m.Shape(), units[0])
			default:
				return fmt.Errorf("%s is %s, but other tensors have %d units in layer %d", name, m.Shape(), units[layer], layer)
			}
		}
	}
	return nil
}

// rowNames are the tensors that have a row a sample.
func rowNames(L int) []string {
	names := []string{"x", "y", "p"}
	for k := 1; k <= L; k++ {
		for _, kind := range []string{"z", "h", "dz", "dh"} {
			names = append(names, spec.Name(kind, k))
		}
	}
	return names
}
