package audit

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// What a step is given, and above all the first: its weights, labels and features.

// start looks at weights that make all units of a layer the same or are of another
// size than they should be, rows without a class, features that were never scaled.
func (j *judge) start() {
	if j.s.Number == 0 {
		for k := 1; k <= j.L; k++ {
			j.alike(k)
			j.sizeOfWeights(k)
		}
		j.drawnAlike()
	}
	j.rowsWithoutClass()
	if x, ok := j.s.T["x"]; ok && len(x.Data) > 0 && slices.Max(x.Data) >= 50 {
		if text := j.reach(x); !slices.ContainsFunc(j.out.Notes, func(n message.Text) bool { return n.Format == text.Format }) {
			j.note(text)
		}
	}
}

func (j *judge) reach(x mat.Matrix) message.Text {
	return message.New("x reaches from %.4g to %.4g: features of about 1 keep what is made of them in the range where gradients are neither 0 nor large", slices.Min(x.Data), slices.Max(x.Data))
}

// alike looks for a layer whose units are all the same.
func (j *judge) alike(k int) {
	name := spec.Name("W", k)
	W, ok := j.s.T[name]
	if !ok || k == j.L || W.Cols < 2 {
		return
	}
	b := j.s.T[spec.Name("b", k)]
	equal := true
	for i := range W.Rows {
		for _, v := range W.Row(i) {
			equal = equal && v == W.At(i, 0)
		}
	}
	for _, v := range b.Data {
		equal = equal && v == b.Data[0]
	}
	switch next := j.s.T[spec.Name("W", k+1)]; {
	case !equal || next.Rows > 0 && !equalRows(next):
	case isZero(W):
		j.report("warning", name, comparison{at: allElements(W)}, "weights-all-zero", message.New("all numbers of %s are 0 at the start: the layer's units are all the same; start from small random numbers", name))
	default:
		j.report("warning", name, comparison{at: allElements(W)}, "units-alike", message.New("all %d units of layer %d are the same at the start and get the same gradients: the layer is as good as one unit; start from random numbers", W.Cols, k))
	}
}

func equalRows(m mat.Matrix) bool {
	for i := range m.Rows {
		if !slices.Equal(m.Row(i), m.Row(0)) {
			return false
		}
	}
	return true
}

// deviation is the root of the mean square.
func deviation(m mat.Matrix) float64 {
	sum := 0.0
	for _, v := range m.Data {
		sum += v * v
	}
	return math.Sqrt(sum / float64(max(1, len(m.Data))))
}

// sizeOfWeights looks at the first weights of a layer: drawn from 0 upwards, or so
// small that no gradient comes through.
func (j *judge) sizeOfWeights(k int) {
	name := spec.Name("W", k)
	W, ok := j.s.T[name]
	if !ok || len(W.Data) < 40 || j.said("weights-one-sided") || j.said("first-weights-too-small") {
		return
	}
	c := comparison{at: allElements(W)}
	switch he := math.Sqrt(2 / float64(W.Rows)); {
	case k < j.L && slices.Min(W.Data) > 0 && slices.Max(W.Data) > slices.Min(W.Data):
		j.report("warning", name, c, "weights-one-sided", message.New("%s (they are between %.3g and %.3g)", faultText("weights-one-sided"), slices.Min(W.Data), slices.Max(W.Data)))
	case !isZero(W) && deviation(W) < 2e-5*he:
		j.report("warning", name, c, "first-weights-too-small", message.New("%s (the deviation of %s is %.3g, √(2/in) is %.3g)", faultText("first-weights-too-small"), name, deviation(W), he))
	}
}

// drawnAlike looks for two layers whose weights are the same numbers in one ratio,
// row by row from the first: each was drawn by a generator that was seeded anew.
func (j *judge) drawnAlike() {
	for k := 2; k <= j.L; k++ {
		W := j.s.T[spec.Name("W", k)]
		for l := 1; l < k; l++ {
			V := j.s.T[spec.Name("W", l)]
			n := min(len(W.Data), len(V.Data))
			if n < 4 || slices.Max(W.Data[:n]) == slices.Min(W.Data[:n]) {
				continue
			}
			a, b := mat.Of(1, n, W.Data[:n]...), mat.Of(1, n, V.Data[:n]...)
			if _, ok := constantRatioNear(a, b); ok && !isZero(b) {
				name := spec.Name("W", k)
				j.report("warning", name, comparison{at: allElements(W)}, "layers-drawn-alike", message.New("%s: %s and %s", faultText("layers-drawn-alike"), spec.Name("W", l), name))
				return
			}
		}
	}
}

// sureAtOnce looks for a network that is sure of its answers before the first step
// and wrong in many: by its features if they were never scaled, else by the layer
// whose weights are far larger than those that keep z of the size of x.
func (j *judge) sureAtOnce() {
	p, ok := j.value("p")
	y, has := j.s.T["y"]
	if !ok || !has || j.N < 8 || p.V.Cols < 2 || !sameShape(p.V, y) || j.t.output != nil || !isOneHot(y) {
		return
	}
	if slices.ContainsFunc(j.out.Findings, func(f Finding) bool {
		return f.Step == 0 && (f.Tensor == "p" || f.Tensor == "loss" || f.Cause == "inverted-he-init")
	}) {
		return // which says as much
	}
	sure, wrong := 0, 0
	for i := range p.V.Rows {
		row := p.V.Row(i)
		if top := mat.ArgMax(row); row[top] > 0.999 {
			sure++
			if y.At(i, top) == 0 {
				wrong++
			}
		}
	}
	if 2*sure < j.N || 5*wrong < j.N {
		return
	}
	if x := j.s.T["x"]; len(x.Data) > 0 && deviation(x) >= 10 {
		text := faultText("features-not-scaled")
		j.report("warning", "x", comparison{at: allElements(x)}, "features-not-scaled", message.New("%s (%s)", text, j.reach(x)))
		return
	}
	for k := 1; k <= j.L; k++ {
		name := spec.Name("W", k)
		if W := j.s.T[name]; W.Rows > 0 && deviation(W) > 3*math.Sqrt(2/float64(W.Rows)) {
			j.report("warning", name, comparison{at: allElements(W)}, "first-weights-too-large", message.New("%s: %d of %d rows have a probability above 0.999, and %d of these are wrong (the deviation of %s is %.3g, √(2/in) is %.3g)",
				faultText("first-weights-too-large"), sure, j.N, wrong, name, deviation(W), math.Sqrt(2/float64(W.Rows))))
			return
		}
	}
}

// rowsWithoutClass looks for one-hot rows that are all zero.
func (j *judge) rowsWithoutClass() {
	y, ok := j.s.T["y"]
	if !ok || y.Cols < 2 || y.Rows < 5*y.Cols || !isOneHot(y) || j.t.output != nil || slices.ContainsFunc(j.out.Findings, func(f Finding) bool { return f.Tensor == "y" }) {
		return
	}
	none, count := 0, make([]int, y.Cols)
	for i := range y.Rows {
		c := slices.Index(y.Row(i), 1)
		if c < 0 {
			none++
		} else {
			count[c]++
		}
	}
	if none == 0 {
		return
	}
	zero := elementsOf(y, func(e int) bool { return slices.Index(y.Row(e/y.Cols), 1) < 0 })
	if unused := slices.Index(count, 0); unused >= 0 {
		j.report("error", "y", comparison{at: zero}, "classes-from-1", message.New("%d of %d labels are all zero, and column %d is never 1: the classes are numbered from 1 and encoded from 0, or there are more of them than columns", none, y.Rows, unused))
		return
	}
	dz, ok := j.value(spec.Name("dz", j.L))
	if !ok || !sameShape(dz.V, y) || !slices.ContainsFunc(zero, func(e int) bool { return dz.V.Data[e] != 0 }) {
		return // they are masked
	}
	j.report("warning", "y", comparison{at: zero}, "labels-all-zero", message.New("%s (%d of %d rows)", faultText("labels-all-zero"), none, y.Rows))
}
