package audit

import (
	"maps"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// A lossAt computes the loss with one parameter moved. It serves one goroutine.
type lossAt struct {
	ops  spec.Ops
	s    *spec.Step
	base spec.Tensors // of the unmoved parameters; what lies before a moved layer is kept
}

func newLossAt(c Checked, base spec.Tensors) *lossAt {
	s := &spec.Step{Settings: c.Settings, L: len(c.Params) / 2, T: spec.Tensors{"x": c.X, "y": c.Y}}
	maps.Copy(s.T, base)
	for i, name := range spec.ParamNames(s.L) {
		s.T[name] = c.Params[i].Clone()
	}
	return &lossAt{c.Ops, s, base}
}

// forward computes the step from layer k on.
func (f *lossAt) forward(k int) { f.ops.ForwardFrom(f.s, k) }

func (f *lossAt) loss() float64 { return f.s.T["loss"].At(0, 0) }

// A quotient is a central difference quotient, unless a unit crossed 0.
type quotient struct {
	value   float64
	crossed bool
	tensor  string // where the first sign changed
	row     int
	unit    int
}

// central returns (f(w+h) − f(w−h))/2h for the parameter. The step is that
// between the moved parameters as float64 has them.
func (f *lossAt) central(p parameter, h float64) (q quotient) {
	m, k := f.s.T[p.name], p.n/2+1
	w := m.At(p.i, p.j)
	up, down := w+h, w-h
	m.Set(p.i, p.j, up)
	f.forward(k)
	fUp := f.loss()
	q.cross(f, k)
	m.Set(p.i, p.j, down)
	f.forward(k)
	q.cross(f, k)
	q.value = (fUp - f.loss()) / (up - down)
	m.Set(p.i, p.j, w)
	// The next parameter may be of a later layer, which starts from the tensors
	// as they were.
	for ; k < f.s.L; k++ {
		for _, kind := range []string{"z", "h"} {
			f.s.T[spec.Name(kind, k)] = f.base[spec.Name(kind, k)]
		}
	}
	return q
}

// cross looks for the first unit from layer k on whose ReLU is on another side
// of its kink than with the unmoved parameters.
func (q *quotient) cross(f *lossAt, k int) {
	for ; k < f.s.L && !q.crossed; k++ {
		name := spec.Name("z", k)
		was, is := f.base[name], f.s.T[name]
		for i := range was.Rows {
			a, b := was.Row(i), is.Row(i)
			for j := range a {
				if (a[j] > 0) != (b[j] > 0) {
					q.crossed, q.tensor, q.row, q.unit = true, name, i, j
					return
				}
			}
		}
	}
}

// check holds one parameter's derivative against its quotient; delta bounds the
// rounding error of a loss. The first step without a kink is taken, and larger
// ones as long as rounding hides more than a thousandth of the derivative.
func (f *lossAt) check(p parameter, delta float64) (x checkedOne) {
	w := f.s.T[p.name].At(p.i, p.j)
	for n, by := range smallerSteps {
		h := float64(baseStep * by * max(1, math.Abs(w))) // rounded here, on every machine
		e, q := f.extrapolate(p, h, delta)
		if q.crossed {
			x.crossing = Crossing{p.name, p.i, p.j, q.tensor, q.row, q.unit, h}
			continue
		}
		x.ok, x.smaller, x.CheckedElement = true, n > 0, e
		break
	}
	if !x.ok || x.smaller {
		return x
	}
	for h := 10 * x.H; h <= largestStep && x.Tolerance > fineEnough*x.size(); h *= 10 {
		e, q := f.extrapolate(p, h, delta)
		if q.crossed {
			break
		}
		if e.Tolerance < x.Tolerance {
			x.CheckedElement = e
		}
	}
	return x
}

// extrapolate holds a derivative against the quotient of step h.
func (f *lossAt) extrapolate(p parameter, h, delta float64) (x CheckedElement, q quotient) {
	var d [3]float64
	for n := range d {
		// What does not cross within h does not within h/2, but for units that
		// cross twice.
		if q = f.central(p, h/float64(int(1)<<n)); q.crossed {
			return x, q
		}
		d[n] = q.value
	}
	r := (4*d[1] - d[0]) / 3
	x = CheckedElement{I: p.i, J: p.j, H: h, Analytic: p.analytic, Exact: p.analytic - p.epsilon[0], Numeric: (4*d[2] - d[1]) / 3}
	x.Tolerance = math.Abs(x.Numeric-r) + 6*delta/h
	if x.Off = p.apart(x.Numeric) / x.Tolerance; x.Off != x.Off {
		x.Off = math.Inf(1)
	}
	return x, q
}

// apart is the distance of a quotient from the derivative, with ε's share or
// without or with a part of it.
func (p parameter) apart(numeric float64) float64 {
	lo := p.analytic - max(p.epsilon[0], p.epsilon[1], 0)
	hi := p.analytic - min(p.epsilon[0], p.epsilon[1], 0)
	if numeric != numeric || lo != lo || hi != hi {
		return math.NaN()
	}
	return max(lo-numeric, numeric-hi, 0)
}

// size is that of the derivative, by either way of computing it.
func (x CheckedElement) size() float64 { return max(math.Abs(x.Numeric), math.Abs(x.Analytic)) }

// maxSwept bounds how many parameters are swept; of more, every so many-th is.
const maxSwept = 600

// sweptSteps go from where truncation rules to where rounding does.
var sweptSteps = []float64{1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11}

func (f *lossAt) sweep(p parameter) []quotient {
	w := f.s.T[p.name].At(p.i, p.j)
	var list []quotient
	for _, h := range sweptSteps {
		list = append(list, f.central(p, float64(h*max(1, math.Abs(w)))))
	}
	return list
}

func summariseSweep(all []parameter, sweeps [][]quotient, delta float64, floor map[int]float64) []SweepRow {
	var rows []SweepRow
	for n, h := range sweptSteps {
		r := SweepRow{H: h, Rounding: delta / h}
		var errs []float64
		for i, p := range all {
			if sweeps[i] == nil {
				continue
			}
			q := sweeps[i][n]
			if q.crossed {
				r.Left++
				continue
			}
			e := relative(q.value, p, floor[p.n])
			errs = append(errs, e)
			if e > r.Worst || r.Where == "" {
				r.Worst, r.Where = e, element("d"+p.name, p.i, p.j)
			}
		}
		if r.Checked = len(errs); r.Checked > 0 {
			slices.Sort(errs)
			r.Median = errs[len(errs)/2]
		}
		rows = append(rows, r)
	}
	return rows
}

// lossError bounds what rounding moves the loss of a step by, to first order:
// the logits' errors, carried from layer to layer, each of which moves its
// row's loss by at most the sum of |p − y|, which is at most 2; the softmax and
// the logarithm of each row; and the sum over N·C terms.
func lossError(s *spec.Step) float64 {
	h := recorded(s.T["x"])
	var z value
	for k := 1; k <= s.L; k++ {
		z = linear(h, recorded(s.T[spec.Name("W", k)]), recorded(s.T[spec.Name("b", k)]), u64)
		h = relu(z, 0, u64)
	}
	p, y := s.T["p"], s.T["y"]
	total, rows := 0.0, 0.0
	for i := range p.Rows {
		dz := 0.0
		for j := range p.Cols {
			dz = max(dz, z.E.At(i, j))
		}
		term := 0.0
		for j := range p.Cols {
			if t := float64(y.At(i, j) * mat.Log(p.At(i, j)+spec.Epsilon)); !math.IsNaN(t) {
				term += math.Abs(t)
			}
		}
		rows += float64(2*dz) + float64(u64*(float64(p.Cols)+6+float64(3*term)))
		total += term
	}
	e := rows + float64(float64(p.Rows*p.Cols)*u64*total)
	// The loss may be the sum, the mean, or whatever else a fault makes of it.
	by := math.Abs(s.T["loss"].At(0, 0) / spec.LossSum(p, y))
	if by > 0 && !math.IsInf(by, 0) {
		e *= by
	} else if s.Mean {
		e /= float64(p.Rows)
	}
	return e
}

// epsilonShare returns what ε in the loss takes off the gradient: the gradient
// of −log(p_t + ε) at the logits is p_t/(p_t + ε)·(p − y), so the share is
// ε/(p_t + ε)·(p − y), taken back through the layers. By name: dW1, db1, ….
// Class tells t from a row of the gradient at the logits and one of y.
func epsilonShare(ops spec.Ops, at *spec.Step, class func(d, y []float64) int) spec.Tensors {
	s := &spec.Step{Settings: at.Settings, L: at.L, T: maps.Clone(at.T)}
	right := ops.DZL.Run
	ops.DZL.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		d := right(s, n, in).Clone()
		for i := range d.Rows {
			row := d.Row(i)
			t := class(row, s.T["y"].Row(i))
			share := spec.Epsilon / (max(s.T["p"].At(i, t), 0) + spec.Epsilon)
			for j := range row {
				row[j] *= share
			}
		}
		return d
	}
	ops.Backward(s)
	return s.T
}

// labelled is the class that y names.
func labelled(_, y []float64) int { return mat.ArgMax(y) }

// drawnTo is the class that the gradient draws the row to, the one where p − y
// is below 0. It is y's unless the network has other labels than y.
func drawnTo(d, _ []float64) int {
	t := 0
	for j, v := range d {
		if v < d[t] {
			t = j
		}
	}
	return t
}
