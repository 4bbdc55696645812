package audit

import (
	"maps"
	"math"
	"runtime"
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
	X, Y      mat.Matrix   // N×in, N×C one-hot
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
	Tolerance         float64 // how far apart they may be
	Off               float64 // their distance over the tolerance; above 1 is wrong
	Relative          float64 // their distance, relative to the larger of the two
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
// quotients of the loss. Its error says why there is no loss to check.
//
// The quotient is the central one, D(h) = (f(w+h) − f(w−h))/2h, extrapolated
// once as Richardson does: R(h) = (4·D(h/2) − D(h))/3. An element is right when
// it is within
//
//	|R(h/2) − R(h)|   truncation: some fifteen times what is left in R(h/2)
//	6·δ/h             rounding; δ bounds the rounding error of one loss
//
// of R(h/2). ε is in the loss, −log(p_t + ε), and not in the gradient p − y,
// which the loss would have only times p_t/(p_t + ε); that share is computed
// for each element, and one anywhere between with and without it is right.
func CheckGradients(c Checked) (GradientCheck, error) {
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
	shares := []spec.Tensors{epsilonShare(c.Ops, base.s, labelled), epsilonShare(c.Ops, base.s, drawnTo)}

	names := spec.ParamNames(base.s.L)
	var all []parameter
	for n, name := range names {
		g := grads["d"+name]
		for i := range g.Rows {
			for j := range g.Cols {
				p := parameter{n: n, name: name, i: i, j: j, analytic: g.At(i, j)}
				for k, share := range shares {
					p.epsilon[k] = share["d"+name].At(i, j)
				}
				all = append(all, p)
			}
		}
	}
	results := make([]checkedOne, len(all))
	r.SweepEvery = (len(all) + maxSwept - 1) / maxSwept
	sweeps := make([][]quotient, len(all))
	inParallel(len(all), func() func(i int) {
		f := newLossAt(c, base.s.T)
		return func(i int) {
			results[i] = f.check(all[i], r.LossError)
			if i%r.SweepEvery == 0 {
				sweeps[i] = f.sweep(all[i])
			}
			if c.Progress != nil {
				c.Progress(1)
			}
		}
	})
	r.Tensors = summarise(names, all, results)
	r.Sweep = summariseSweep(all, sweeps, r.LossError, floors(all))
	return r, nil
}

// Failed returns the names of the tensors that are not the loss's gradient.
func (r GradientCheck) Failed() []string {
	var names []string
	for _, t := range r.Tensors {
		if t.Bad > 0 {
			names = append(names, t.Name)
		}
	}
	return names
}

// Unchecked returns the names of the tensors of which nothing could be checked.
func (r GradientCheck) Unchecked() []string {
	var names []string
	for _, t := range r.Tensors {
		if t.Checked == 0 {
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
	n        int // index of the matrix: W1, b1, W2, …
	name     string
	i, j     int
	analytic float64
	epsilon  [2]float64 // what of it the loss has not, for its ε: see epsilonShare
}

// A checkedOne is the result for one parameter.
type checkedOne struct {
	CheckedElement
	ok       bool // checked
	smaller  bool
	crossing Crossing
}

// relative is the distance of a derivative from its quotient relative to the
// larger of the two, but to no less than floor: where both are next to nothing
// only rounding is left to compare.
func relative(numeric float64, p parameter, floor float64) float64 {
	d := p.apart(numeric)
	if d == 0 {
		return 0
	}
	return d / max(math.Abs(numeric), math.Abs(p.analytic), floor)
}

// floors returns a thousandth of the largest derivative of each parameter
// matrix.
func floors(all []parameter) map[int]float64 {
	floor := map[int]float64{}
	for _, p := range all {
		floor[p.n] = max(floor[p.n], math.Abs(p.analytic)/1000)
	}
	return floor
}

// summarise makes the table by tensor.
func summarise(names []string, all []parameter, results []checkedOne) []CheckedTensor {
	tensors := make([]CheckedTensor, len(names))
	floor := floors(all)
	for n, name := range names {
		tensors[n] = CheckedTensor{Name: "d" + name}
	}
	for i, p := range all {
		t, x := &tensors[p.n], results[i]
		t.Elements++
		if !x.ok {
			t.Left++
			if len(t.Crossings) < keptCrossings {
				t.Crossings = append(t.Crossings, x.crossing)
			}
			continue
		}
		x.Relative = relative(x.Numeric, p, floor[p.n])
		if p.epsilon[0] != 0 {
			t.Epsilon = max(t.Epsilon, math.Abs(p.epsilon[0])/max(math.Abs(p.analytic), floor[p.n]))
		}
		if x.smaller {
			t.Smaller++
		}
		switch {
		case !(x.Off <= 1):
			t.Bad++
		case x.size() > 0 && x.Tolerance > max(x.size(), floor[p.n])/100:
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
	for n := range tensors {
		if tensors[n].Bad > 0 {
			tensors[n].Ratio = ratio(n, all, results)
		}
	}
	return tensors
}

// ratio returns the c with derivative = c·numeric for all elements of matrix n
// that were checked, to a thousandth and what is allowed; 0 when there is none,
// or when it is 1, of which there is nothing to say. ε's share is taken off.
func ratio(n int, all []parameter, results []checkedOne) float64 {
	for share := range 2 {
		var an, nn float64
		for i, p := range all {
			if x := results[i]; p.n == n && x.ok {
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
			if x := results[i]; p.n == n && x.ok {
				fits = fits && math.Abs(x.Analytic-p.epsilon[share]-c*x.Numeric) <= math.Abs(c)*(2*x.Tolerance+1e-3*math.Abs(x.Numeric))
			}
		}
		if fits {
			return c
		}
	}
	return 0
}
