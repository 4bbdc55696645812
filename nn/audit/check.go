package audit

import (
	"context"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A Checked is what a gradient check is made of: a network on one batch and the
// gradients that are said to be those of its loss.
type Checked struct {
	Ops       spec.Ops // whose Forward defines the loss
	Settings  spec.Settings
	Params    []mat.Matrix // W1, b1, W2, b2, …
	X, Y      mat.Matrix   // N×in, N×C one-hot or as the loss has it
	Gradients spec.Tensors // dW1, db1, …; nil: those of Ops.Backward
	Progress  func(n int)  // told of n more parameters done; may be nil
}

// A GradientCheck is its result.
type GradientCheck struct {
	Rows, Classes int
	Loss          float64
	LossError     float64 // what rounding may have moved the loss by, at most
	Tensors       []CheckedTensor
	Sweep         []SweepRow
	SweepEvery    int // every so many-th parameter is in the sweep
}

// A CheckedTensor is the gradient of one parameter matrix, dW1 or db1.
type CheckedTensor struct {
	Name      string
	Elements  int
	Checked   int
	Left      int // left out: a ReLU has a kink there, however small the step
	Smaller   int // checked with a smaller step than the others, for a kink nearby
	Bad       int // not the gradient of the loss
	Vague     int // right, but rounding hides more than a hundredth of it
	Flat      int // of the bad ones: the loss does not move, and the gradient is not 0
	Worst     CheckedElement
	Epsilon   float64 // the largest share of ε in the loss, relative to the element
	Ratio     float64 // analytic / numeric where it is the same for all that were checked; else 0
	Crossings []Crossing
}

// A CheckedElement is one derivative, both ways.
type CheckedElement struct {
	I, J              int
	H                 float64 // the step of the difference quotient
	Numeric, Analytic float64
	Exact             float64 // Analytic without ε's share: what the loss should have
	Tolerance         float64 // how far they may be from each other
	Off               float64 // their distance over the tolerance; above 1 is wrong
	Relative          float64 // their distance, relative to the larger of the two
	Flat              bool    // no step moved the loss in a bit, though the derivative says that it has to
}

// A Crossing is a unit at whose ReLU's kink a parameter was left out.
type Crossing struct {
	Param     string // "W1"
	I, J      int
	Tensor    string // "z1"
	Row, Unit int
	H         float64 // the smallest step tried
}

// A SweepRow is the check made with plain central differences of one step.
type SweepRow struct {
	H        float64 // times max(1, |w|)
	Worst    float64 // relative error over all parameters
	Median   float64
	Where    string // the worst one, "dW1[0,3]"
	Checked  int
	Left     int     // a ReLU's kink was within h
	Rounding float64 // what rounding of the loss may do to a quotient, at most
}

// keptCrossings is how many crossings of a tensor are kept.
const keptCrossings = 3

// baseStep is the one that balances the quotient's truncation, which falls with
// h², and its rounding, which grows with 1/h: the cube root of the distance
// between 1 and the next float64 (Press et al., Numerical Recipes, 3rd ed.,
// 2007, section 5.7).
const baseStep = 6.055454452393343e-06

// Larger steps up to largestStep are tried where a quotient is not as fine as a
// thousandth of the derivative.
const (
	largestStep = 1
	fineEnough  = 1e-3
)

// smallerSteps are tried where the step before meets a kink.
var smallerSteps = []float64{1, 0.1, 0.01, 0.001}

// CheckGradients holds every element of every gradient against difference
// quotients of the loss. Its error says why there is no loss to check, or is that of
// ctx, which ends it early.
//
// The quotient is the central one, D(h) = (f(w+h) − f(w−h))/2h, extrapolated
// once as Richardson does: R(h) = (4·D(h/2) − D(h))/3. An element is right when
// it is within
//
//	|R(h/2) − R(h)|   truncation: some fifteen times what is left in R(h/2)
//	6·δ/h             rounding; δ bounds the rounding error of one loss
//
// of R(h/2). One that is not 0 is wrong as well where no step moves the loss in
// a bit, though by the derivative it would move by several. ε is in the loss, −log(p_t + ε), and not in the gradient p − y,
// which the loss would have only times p_t/(p_t + ε); that share is computed
// for each element, and one anywhere between with and without it is right.
func CheckGradients(ctx context.Context, c Checked) (GradientCheck, error) {
	base := newLossAt(c, nil)
	base.forward(1)
	loss := base.loss()
	r := GradientCheck{Rows: c.X.Rows, Classes: c.Y.Cols, Loss: loss}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return r, message.Errorf("the loss is %v, which has no gradient to check", loss)
	}
	grads := c.Gradients
	if grads == nil {
		s := &spec.Step{Settings: c.Settings, L: base.s.L, T: maps.Clone(base.s.T)}
		c.Ops.Backward(s)
		grads = s.T
	}
	r.LossError = lossError(base.s)
	shares := []spec.Tensors{epsilonShare(c.Ops, base.s, false), epsilonShare(c.Ops, base.s, true)}

	var all []parameter
	var matrices [][2]int // which of all are of the same one
	for n, name := range spec.ParamNames(base.s.L) {
		from, largest := len(all), 0.0
		g := grads["d"+name]
		for i := range g.Rows {
			for j, v := range g.Row(i) {
				p := parameter{name: name, layer: n/2 + 1, i: i, j: j, analytic: v}
				for k, share := range shares {
					p.epsilon[k] = share["d"+name].At(i, j)
				}
				all, largest = append(all, p), max(largest, math.Abs(v))
			}
		}
		matrices = append(matrices, [2]int{from, len(all)})
		for i := range all[from:] {
			all[from+i].floor = largest / 1000
		}
	}
	results := make([]checkedOne, len(all))
	r.SweepEvery = (len(all) + maxSwept - 1) / maxSwept
	sweeps := make([][]quotient, len(all))
	inParallel(len(all), func() func(i int) {
		f := newLossAt(c, base.s.T)
		return func(i int) {
			if ctx.Err() != nil {
				return
			}
			results[i] = f.check(all[i], r.LossError)
			if i%r.SweepEvery == 0 {
				sweeps[i] = f.sweep(all[i])
			}
			if c.Progress != nil {
				c.Progress(1)
			}
		}
	})
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	for _, m := range matrices {
		r.Tensors = append(r.Tensors, summary(all[m[0]:m[1]], results[m[0]:m[1]]))
	}
	for n := range sweptSteps {
		r.Sweep = append(r.Sweep, sweepRow(n, all, sweeps, r.LossError))
	}
	return r, nil
}

// Failed returns the names of the tensors that are not the loss's gradient.
func (r GradientCheck) Failed() []string {
	return r.names(func(t CheckedTensor) bool { return t.Bad > 0 })
}

// Unchecked returns the names of the tensors of which nothing could be checked.
func (r GradientCheck) Unchecked() []string {
	return r.names(func(t CheckedTensor) bool { return t.Checked == 0 })
}

func (r GradientCheck) names(is func(t CheckedTensor) bool) []string {
	var names []string
	for _, t := range r.Tensors {
		if is(t) {
			names = append(names, t.Name)
		}
	}
	return names
}

// inParallel calls what worker returns with 0 … n−1, each once, from as many
// goroutines as there are processors, with a worker for each.
func inParallel(n int, worker func() func(i int)) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	for w := range workers {
		wg.Go(func() {
			do := worker()
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wg.Wait()
}

// A parameter is one element of one parameter matrix.
type parameter struct {
	name     string // of the matrix: "W1"
	layer    int
	i, j     int
	analytic float64
	epsilon  [2]float64 // the share of it that ε in the loss takes away: see epsilonShare
	floor    float64    // a thousandth of the matrix's largest derivative
}

// A checkedOne is the result for one parameter.
type checkedOne struct {
	CheckedElement
	ok       bool // checked
	smaller  bool
	crossing Crossing
}

// relative is the distance of a derivative from its quotient relative to the
// larger of the two, but to no less than its floor: where both are next to
// nothing only rounding is left to compare.
func (p parameter) relative(numeric float64) float64 {
	d := p.distance(numeric)
	if d == 0 {
		return 0
	}
	return d / max(math.Abs(numeric), math.Abs(p.analytic), p.floor)
}

// summary is that of one matrix.
func summary(all []parameter, results []checkedOne) CheckedTensor {
	t := CheckedTensor{Name: "d" + all[0].name, Elements: len(all)}
	for i, p := range all {
		x := results[i]
		if !x.ok {
			t.Left++
			if len(t.Crossings) < keptCrossings {
				t.Crossings = append(t.Crossings, x.crossing)
			}
			continue
		}
		x.Relative = p.relative(x.Numeric)
		if p.epsilon[0] != 0 {
			t.Epsilon = max(t.Epsilon, math.Abs(p.epsilon[0])/max(math.Abs(p.analytic), p.floor))
		}
		if x.smaller {
			t.Smaller++
		}
		switch {
		case !(x.Off <= 1):
			t.Bad++
			if x.Flat {
				t.Flat++
			}
		case x.size() > 0 && x.Tolerance > max(x.size(), p.floor)/100:
			t.Vague++
		}
		// Any wrong one is worse than all right ones.
		worse := x.Relative > t.Worst.Relative || x.Relative != x.Relative
		if wrong, had := !(x.Off <= 1), !(t.Worst.Off <= 1); wrong != had {
			worse = wrong
		}
		if t.Checked == 0 || worse {
			t.Worst = x.CheckedElement
		}
		t.Checked++
	}
	if t.Bad > 0 {
		t.Ratio = ratio(all, results)
	}
	return t
}

// ratio returns the c with derivative = c·numeric for all elements of a matrix
// that were checked, to a thousandth and what is allowed; 0 when there is none,
// or when it is 1, of which there is nothing to say. ε's share is taken off.
func ratio(all []parameter, results []checkedOne) float64 {
	for share := range 2 {
		var an, nn float64
		for i, p := range all {
			if x := results[i]; x.ok {
				an += (x.Analytic - p.epsilon[share]) * x.Numeric
				nn += x.Numeric * x.Numeric
			}
		}
		c := an / nn
		if nn == 0 || c == 0 || math.IsNaN(c) || math.IsInf(c, 0) || math.Abs(c-1) < 1e-3 {
			continue
		}
		fits := true
		for i, p := range all {
			if x := results[i]; x.ok {
				fits = fits && math.Abs(x.Analytic-p.epsilon[share]-c*x.Numeric) <= math.Abs(c)*(2*x.Tolerance+1e-3*math.Abs(x.Numeric))
			}
		}
		if fits {
			return c
		}
	}
	return 0
}

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
	crossed *Crossing // the first unit that did
}

// central returns (f(w+h) − f(w−h))/2h for the parameter. The step is that
// between the moved parameters as float64 has them.
func (f *lossAt) central(p parameter, h float64) (q quotient) {
	m, k := f.s.T[p.name], p.layer
	w := m.At(p.i, p.j)
	up, down := w+h, w-h
	m.Set(p.i, p.j, up)
	f.forward(k)
	fUp := f.loss()
	q.crossed = f.crossed(k)
	m.Set(p.i, p.j, down)
	f.forward(k)
	if q.crossed == nil {
		q.crossed = f.crossed(k)
	}
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

// crossed looks for the first unit from layer k on whose ReLU is on another side
// of its kink than with the unmoved parameters.
func (f *lossAt) crossed(k int) *Crossing {
	if q := f.s.Activation; q != nil && !q.Kink {
		return nil
	}
	for ; k < f.s.L; k++ {
		name := spec.Name("z", k)
		was, is := f.base[name], f.s.T[name]
		for i := range was.Rows {
			a, b := was.Row(i), is.Row(i)
			for j := range a {
				if (a[j] > 0) != (b[j] > 0) {
					return &Crossing{Tensor: name, Row: i, Unit: j}
				}
			}
		}
	}
	return nil
}

// check holds one parameter's derivative against its quotient; delta bounds the
// rounding error of a loss. The first step without a kink is taken, and larger
// ones as long as rounding hides more than a thousandth of the derivative.
func (f *lossAt) check(p parameter, delta float64) (x checkedOne) {
	w := f.s.T[p.name].At(p.i, p.j)
	for n, by := range smallerSteps {
		h := float64(baseStep * by * max(1, math.Abs(w))) // rounded here, on every machine
		e, q := f.extrapolate(p, h, delta)
		if at := q.crossed; at != nil {
			x.crossing = Crossing{p.name, p.i, p.j, at.Tensor, at.Row, at.Unit, h}
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
		if q.crossed != nil {
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
		if q = f.central(p, h/float64(int(1)<<n)); q.crossed != nil {
			return x, q
		}
		d[n] = q.value
	}
	r := (4*d[1] - d[0]) / 3
	x = CheckedElement{I: p.i, J: p.j, H: h, Analytic: p.analytic, Exact: p.analytic - p.epsilon[0], Numeric: (4*d[2] - d[1]) / 3}
	x.Tolerance = math.Abs(x.Numeric-r) + 6*delta/h
	if x.Off = p.distance(x.Numeric) / x.Tolerance; x.Off != x.Off {
		x.Off = math.Inf(1)
	}
	// Within what rounding could do, and yet nothing moved.
	if d == [3]float64{} && p.distance(0)*2*h > float64(4*f.resolution()) {
		x.Off, x.Flat = math.Inf(1), true
	}
	return x, q
}

// resolution is what every row's loss has to change by, so that the sum of all
// changes for certain.
func (f *lossAt) resolution() float64 {
	sum := math.Abs(f.loss()) * float64(f.s.T["x"].Rows)
	return math.Nextafter(sum, math.Inf(1)) - sum
}

// distance is that of a quotient from the derivative, with ε's share or
// without or with a part of it.
func (p parameter) distance(numeric float64) float64 {
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

// sweepRow is the check with step n of those swept.
func sweepRow(n int, all []parameter, sweeps [][]quotient, delta float64) SweepRow {
	r := SweepRow{H: sweptSteps[n], Rounding: delta / sweptSteps[n]}
	var errs []float64
	for i, p := range all {
		switch {
		case sweeps[i] == nil:
		case sweeps[i][n].crossed != nil:
			r.Left++
		default:
			e := p.relative(sweeps[i][n].value)
			errs = append(errs, e)
			if e > r.Worst || r.Where == "" {
				r.Worst, r.Where = e, element("d"+p.name, p.i, p.j)
			}
		}
	}
	if r.Checked = len(errs); r.Checked > 0 {
		slices.Sort(errs)
		r.Median = errs[len(errs)/2]
	}
	return r
}
