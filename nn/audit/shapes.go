package audit

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
	t.turnSamples(s, L)
	t.turnWeights(s, L)
	for k := 1; k <= L; k++ {
		for _, kind := range []string{"b", "db", "vb", "sb"} {
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
	return s.shapes(L)
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
		if strings.HasSuffix(kindOf(name), "W") {
			s.T[name] = m.Transpose()
		}
	}
	t.Notes = append(t.Notes, message.New("the weights are stored out×in and were read so"))
}

// turnSamples transposes what is stored features × samples, tensor by tensor:
// some write x one way and z the other. How many units a layer has its bias and
// the weights tell.
func (t *Trace) turnSamples(s *Step, L int) {
	units := make([]int, L+1)
	for k := 1; k <= L; k++ {
		if b, ok := s.T[spec.Name("b", k)]; ok && (b.Rows == 1 || b.Cols == 1) {
			units[k] = max(b.Rows, b.Cols)
		}
	}
	for k := 1; k < L; k++ {
		switch a, b := s.T[spec.Name("W", k)], s.T[spec.Name("W", k+1)]; {
		case units[k] > 0 || a.Rows == 0 || b.Rows == 0:
		case a.Cols == b.Rows:
			units[k] = a.Cols
		case a.Rows == b.Cols:
			units[k] = a.Rows
		}
	}
	other := func(W mat.Matrix, n int) int { // the side of W that is not n
		switch {
		case n == 0 || W.Rows != n && W.Cols != n:
			return 0
		case W.Cols == n:
			return W.Rows
		}
		return W.Cols
	}
	units[0] = other(s.T["W1"], units[1])
	if L > 1 && units[L] == 0 {
		units[L] = other(s.T[spec.Name("W", L)], units[L-1])
	}
	var turn, keep, either []string
	for _, name := range rowNames(L) {
		n, _ := spec.ParseName(name)
		m, u := s.T[name], units[n.Layers(L)[1]]
		switch {
		case m.Rows == 0 || u == 0 || m.Rows != u && m.Cols != u:
		case m.Rows == u && m.Cols == u:
			either = append(either, name)
		case m.Cols == u:
			keep = append(keep, name)
		default:
			turn = append(turn, name)
		}
	}
	if len(turn) < 2 { // one alone is a mistake, or one sample
		return
	}
	N := s.T[turn[0]].Cols
	for _, name := range turn {
		if s.T[name].Cols != N {
			return
		}
	}
	for _, name := range keep {
		if s.T[name].Rows != N {
			return
		}
	}
	if len(keep) == 0 {
		turn = append(turn, either...)
	}
	for _, name := range turn {
		s.T[name] = s.T[name].Transpose()
	}
	t.Notes = append(t.Notes, message.New("what is stored features × samples was read with a row a sample"))
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
	s.T["y"], s.numbers = hot, mat.Of(len(numbers), 1, numbers...)
	return nil
}

// shapes holds every tensor's shape against the others', the parameters' and the
// rows' of most first. What cannot be what its name says is left out, and said;
// where parameters or data disagree nothing can be judged.
func (s *Step) shapes(L int) error {
	t := s.T
	N, votes := -1, map[int]int{}
	for _, name := range rowNames(L) {
		if m, ok := t[name]; ok {
			if votes[m.Rows]++; N < 0 || votes[m.Rows] > votes[N] {
				N = m.Rows
			}
		}
	}
	units := make([]int, L+1)
	given := func(n spec.TensorName) bool {
		return n.Suffix == "" && (n.Kind == "W" || n.Kind == "b" || n.Kind == "x" || n.Kind == "y")
	}
	names := spec.Sorted(t)
	slices.SortStableFunc(names, func(a, b string) int {
		rank := func(name string) int {
			n, _ := spec.ParseName(name)
			return slices.Index([]string{"W", "b", "x", "y"}, n.Kind) & 7 // -1 is the last
		}
		return rank(a) - rank(b)
	})
	for _, name := range names {
		n, _ := spec.ParseName(name)
		m := t[name]
		if n.Kind == "loss" {
			continue // it may be recorded row by row
		}
		var wrong error
		want := [2]int{m.Rows, m.Cols}
		if n.Shape()[0] == spec.One && m.Rows != 1 {
			want[0], wrong = 1, fmt.Errorf("%s is %s; a bias is one row", name, m.Shape())
		}
		if n.ByRow() && (m.Rows != N || m.Rows == 0 || m.Cols == 0) {
			want[0], wrong = N, fmt.Errorf("%s is %s where other tensors have %d rows; a row a sample would be right", name, m.Shape(), N)
		}
		fits := units
		for side, layer := range n.Layers(L) {
			if layer < 0 {
				continue
			}
			size := want[side]
			if units[layer] == 0 && wrong == nil {
				fits = slices.Clone(fits)
				fits[layer] = size
			}
			switch {
			case fits[layer] == size:
				continue
			case layer == 0:
				wrong = fmt.Errorf("%s is %s, but other tensors have %d features", name, m.Shape(), units[0])
			default:
				wrong = fmt.Errorf("%s is %s, but other tensors have %d units in layer %d", name, m.Shape(), units[layer], layer)
			}
			want[side] = fits[layer]
		}
		switch {
		case wrong == nil:
			units = fits
		case given(n) || len(s.impossible) == 4 || want[0] == 0 || want[1] == 0:
			return wrong
		default:
			s.impossible = append(s.impossible, misfit{name, m, want})
			delete(t, name)
		}
	}
	return nil
}

// A misfit is a tensor that cannot be what its name says, and the shape that
// such a tensor has.
type misfit struct {
	name string
	m    mat.Matrix
	want [2]int
}

// misfits reports what was left out for its shape.
func (j *judge) misfits() {
	for _, x := range j.s.impossible {
		n, _ := spec.ParseName(x.name)
		right := fmt.Sprintf("%d×%d", x.want[0], x.want[1])
		text := message.New("%s is %s where the tensor of that name is %s: it is something else, and was left out", x.name, x.m.Shape(), right)
		f := Finding{Level: "error", Step: j.s.Number, Tensor: x.name, Index: []int{0, 0}, Elements: len(x.m.Data)}
		if what := j.shapeMeans(n, x.m); what != "" {
			f.Cause = what
			text = message.New("%s; %s", text, faultText(what))
		} else if n.Kind == "dh" {
			text = message.New("%s. What a layer's backward returns should be the gradient at its input, dout·Wᵀ", text)
		}
		f.Message = text
		j.out.Judged++
		j.out.Findings = append(j.out.Findings, f)
	}
}

// shapeMeans names the mistake of the catalogue that gives a tensor this shape.
func (j *judge) shapeMeans(n spec.TensorName, m mat.Matrix) string {
	dz, ok := j.value(n.Of("dz"))
	if n.Kind != "db" || len(m.Data) != 1 || !ok {
		return ""
	}
	sum, size := 0.0, 0.0
	for _, v := range dz.V.Data {
		sum, size = sum+v, size+math.Abs(v)
	}
	for _, by := range []float64{1, float64(j.N)} {
		if math.Abs(m.Data[0]*by-sum) <= 1e-9*size {
			return "bias-gradient-total"
		}
	}
	return ""
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
