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

// An output is how a network ends where it does not in a softmax and its
// cross-entropy.
type output struct{ spec.Loss }

// lossNames are the losses that a trace may declare.
var lossNames = func() []string {
	list := []string{spec.CrossEntropy}
	for _, l := range spec.Losses {
		list = append(list, l.Name)
	}
	return list
}()

// outputOf finds out how the network of a trace ends; nil for a softmax and its
// cross-entropy. A p that is z is taken for meant only where the loss, or labels
// that are no classes, say so: else it looks like a forgotten softmax.
func (t *Trace) outputOf() *output {
	declared := spec.FindLoss(t.Loss)
	if t.Loss == spec.CrossEntropy || t.endsIn(spec.SoftMax, true) {
		return nil
	}
	for _, name := range []string{"sigmoid", "identity", "tanh"} {
		q := spec.FindActivation(name)
		if !t.endsIn(func(z mat.Matrix) mat.Matrix { return activate(q, recorded(z), u64).V }, false) {
			continue
		}
		for _, binary := range []bool{true, false} {
			o := &output{spec.Loss{Output: q, Binary: binary}}
			if binary && name != "sigmoid" || declared != nil && binary != declared.Binary {
				continue
			}
			if declared != nil || t.has(o) {
				if declared != nil {
					o.Half, o.PerClass = declared.Half, declared.PerClass
				}
				t.told = append(t.told, message.New("the network ends in %s and the %s, by its numbers", name, o.lossName()))
				return o
			}
		}
	}
	return nil
}

func (o *output) lossName() message.Text {
	if o.Binary {
		return message.New("binary cross-entropy")
	}
	return message.New("squared error")
}

// endsIn reports that p is of the last z in every step that has both; with
// several only where there are several columns.
func (t *Trace) endsIn(of func(z mat.Matrix) mat.Matrix, several bool) bool {
	seen := false
	for i := range t.Steps {
		s := &t.Steps[i]
		z, p := s.T[spec.Name("z", layers(s.T))], s.T["p"]
		if p.Rows == 0 || !sameShape(z, p) || several && p.Cols == 1 {
			continue
		}
		tol := s.likeness()
		for k, w := range of(z).Data {
			if !(math.Abs(p.Data[k]-w) <= tol*max(1, math.Abs(w))) {
				return false
			}
		}
		seen = true
	}
	return seen
}

// has reports that the loss in every step is o's, on some scale, or where none
// is recorded that the gradient at the last z is.
func (t *Trace) has(o *output) bool {
	seen := false
	for i := range t.Steps {
		s := &t.Steps[i]
		p, y, loss := s.T["p"], s.T["y"], s.T["loss"]
		if !sameShape(p, y) || p.Rows == 0 {
			continue
		}
		sum := o.sum(p, y, 0)
		if len(loss.Data) == 1 {
			if slices.ContainsFunc(o.scales(p.Rows, p.Cols), func(c scaling) bool {
				return math.Abs(loss.Data[0]-c.by*sum) <= 1e-4*math.Abs(loss.Data[0])
			}) {
				seen = true
				continue
			}
		}
		// None is recorded, or it has a penalty.
		dz, ok := s.T[spec.Name("dz", layers(s.T))]
		if !ok || !sameShape(dz, p) || o.Output.Name == "identity" && isOneHot(y) {
			if len(loss.Data) == 1 {
				return false
			}
			continue
		}
		if _, ok := constantRatioNear(dz, o.gradient(p, y)); !ok {
			return false
		}
		seen = true
	}
	return seen
}

func isOneHot(y mat.Matrix) bool {
	return !slices.ContainsFunc(y.Data, func(v float64) bool { return v != 0 && v != 1 })
}

// constantRatioNear is the factor between two matrices, ok is false where there
// is none.
func constantRatioNear(got, want mat.Matrix) (float64, bool) {
	var gw, ww, top float64
	for k, g := range got.Data {
		gw, ww, top = gw+g*want.Data[k], ww+want.Data[k]*want.Data[k], max(top, math.Abs(g))
	}
	c := gw / ww
	for k, g := range got.Data {
		if !(math.Abs(g-c*want.Data[k]) <= 1e-6*top) {
			return 0, false
		}
	}
	return c, c != 0
}

// scaling is a factor before the sum over all elements, whether it has 1/N in it,
// and what is left of it then.
type scaling struct {
	by, rest float64
	mean     bool
}

// scales are those in which o's loss is written, the most usual first.
func (o *output) scales(rows, cols int) []scaling {
	n, c := float64(rows), float64(cols)
	rests := []float64{1}
	if !o.Binary {
		rests = []float64{1, 0.5}
	}
	var list []scaling
	for _, r := range rests {
		for _, perClass := range []float64{1, 1 / c} {
			list = append(list, scaling{r * perClass / n, r * perClass, true}, scaling{r * perClass, r * perClass, false})
		}
	}
	return list
}

// sum is the loss's sum over all elements, with eps added to what a logarithm is
// taken of.
func (o *output) sum(p, y mat.Matrix, eps float64) float64 {
	s := 0.0
	for k, v := range p.Data {
		s += o.Term(v, y.Data[k], eps)
	}
	return s
}

// gradient is that of the sum by z, for the squared error without its 2.
func (o *output) gradient(p, y mat.Matrix) mat.Matrix {
	d := mat.New(p.Rows, p.Cols)
	for k, v := range p.Data {
		if d.Data[k] = o.Slope(v, y.Data[k]); !o.Binary {
			d.Data[k] /= 2
		}
	}
	return d
}

// losses are the right losses of such a network: each scale, and for the
// logarithm each guard.
func (o *output) losses(j *judge, p, y value, u float64) []candidate {
	guards := []float64{0}
	if o.Binary {
		guards = []float64{0, 1e-7, 1e-8, 1e-6, 1e-5, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, -1e-7, -1e-8, -1e-9, -1e-10, -1e-12, -1e-15}
	}
	var list []candidate
	for _, eps := range guards {
		v := newValue(p.V.Rows, p.V.Cols)
		for k, x := range p.V.Data {
			guard := eps
			if eps < 0 { // a clip from below and above
				x, guard = min(max(x, -eps), 1+eps), 0
			}
			l := o.Term(x, y.V.Data[k], guard)
			v.V.Data[k] = l
			if v.E.Data[k] = 2*elementary*u*math.Abs(l) + 2*math.Abs(x-y.V.Data[k])*p.E.Data[k]; o.Binary {
				far := max(x, 1e-300) // the logarithm's argument moves by a rounding of p, 1 - p by one of 1
				if y.V.Data[k] < 0.5 {
					far = max(1-x, 1e-300)
				}
				v.E.Data[k] = 2*elementary*u*math.Abs(l) + (4*u+p.E.Data[k])/far
			}
		}
		if j.s.PerRow {
			rows := newValue(p.V.Rows, 1)
			for i := range p.V.Rows {
				for c := range p.V.Cols {
					rows.V.Set(i, 0, rows.V.At(i, 0)+v.V.At(i, c))
					rows.E.Set(i, 0, rows.E.At(i, 0)+v.E.At(i, c)+gamma(p.V.Cols, u)*math.Abs(v.V.At(i, c)))
				}
			}
			list = append(list, candidate{v: rows})
			continue
		}
		sum := total(v, u)
		for _, c := range o.scales(p.V.Rows, p.V.Cols) {
			list = append(list, candidate{v: divided(sum, 1/c.by, u), take: func() {
				if j.lossScale = c.rest; j.N > 1 {
					j.lossMean = map[bool]int{true: 1, false: -1}[c.mean]
				}
			}})
		}
	}
	return list
}

// gradients are the right gradients at the last z: of the loss that was found,
// or a usual multiple of it, with 1/N or without.
func (o *output) gradients(j *judge, p, y value, u float64) []candidate {
	plain := o.gradient(p.V, y.V)
	base := elementwise(plain, func(k int) (float64, float64) {
		d := plain.Data[k]
		return d, 8*u*(math.Abs(d)+math.Abs(p.V.Data[k])+math.Abs(y.V.Data[k])) + 2*p.E.Data[k]
	})
	own, c := 1.0, float64(p.V.Cols)
	if j.lossScale != 0 {
		own = j.lossScale
	}
	if !o.Binary {
		own *= 2
	}
	factors := []float64{own}
	for _, f := range []float64{1, 2, 1 / c, 2 / c, 0.5} {
		if !slices.ContainsFunc(factors, func(g float64) bool { return math.Abs(g-f) < 1e-12 }) {
			factors = append(factors, f)
		}
	}
	var list []candidate
	for i, f := range factors {
		note := message.New("1/N stands at the gradient at the logits")
		if i > 0 {
			note = message.New("the gradient at the logits is %s times that of the loss: the rate takes it up", fmt.Sprintf("%.4g", f/own))
		}
		of := j.scaled(&j.dzBy, note, func(by float64) value { return divided(base, by/f, u) })
		if i > 0 {
			for k := range of {
				of[k].note = note
			}
		}
		list = append(list, of...)
	}
	return list
}

// into puts the output's operations in the place of the softmax's and its
// cross-entropy's.
func (o *output) into(ops *spec.Ops) {
	p, loss, dz := ops.P.Run, ops.Loss.Run, ops.DZL.Run
	with := func(run func(*spec.Step, spec.TensorName, []mat.Matrix) mat.Matrix) func(*spec.Step, spec.TensorName, []mat.Matrix) mat.Matrix {
		return func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
			ending := *s
			ending.Loss = &o.Loss
			return run(&ending, n, in)
		}
	}
	ops.P.Run, ops.Loss.Run, ops.DZL.Run = with(p), with(loss), with(dz)
}

// lossForm is the form of the loss of p and y: the sum over all elements, what it
// is multiplied by, and the penalty on the weights.
func (s *Numbered) lossForm(in []string) Form {
	N, C := s.T[in[0]].Rows, s.T[in[0]].Cols
	o, mean, factor, eps := s.ending(), "", "", ""
	sign, text := "−", "{0}·log({1} + ε)"
	term := func(p, y float64) float64 { return float64(y * mat.Log(p+spec.Epsilon)) }
	switch {
	case o == nil:
	case o.Binary:
		sign, text = "", "−{0}·log({1} + ε) − (1 − {0})·log(1 − {1} + ε)"
	default:
		sign, text = "", "({1} − {0})²"
	}
	if o == nil || o.Binary {
		eps = fmt.Sprintf(", ε = %g", spec.Epsilon)
	}
	if s.Mean {
		mean = " / N"
	}
	if o != nil {
		term = func(p, y float64) float64 { return o.Term(p, y, spec.Epsilon) }
		if f := o.Factor(C); f != 1 {
			factor = fmt.Sprintf("%g·", f)
		}
	}
	whole := strings.NewReplacer("{0}", "y[n,c]", "{1}", "p[n,c]").Replace(text)
	numbers := inNumbers(text)
	if sign != "" {
		numbers = "{#0}·log({#1} + ε)"
	}
	f := Form{
		Of:      []Ref{{Tensor: in[1], Row: "t/n", Col: "t%n", Width: C}, {Tensor: in[0], Row: "t/n", Col: "t%n", Width: C}},
		Formula: symbols("%s%s(Σ %s)%s, n = 0 … %d, c = 0 … %d%s", sign, factor, whole, mean, N-1, C-1, eps),
		Parts: []Part{{N * C, symbols("%s", text), symbols("%s", numbers), func(e *evaluation, t int) (value, running float64) {
			v := term(e.of[1].at(t), e.of[0].at(t))
			return v, e.running + v
		}}},
	}
	last := "0"
	add := func(p Part) {
		f.Parts = append(f.Parts, p)
		last = fmt.Sprint(len(f.Parts) - 1)
	}
	if sign != "" {
		add(Part{1, message.New("the sign"), symbols("−{(<)}"), func(e *evaluation, _ int) (value, running float64) {
			return -e.running, -e.running
		}})
	}
	if factor != "" {
		by := o.Factor(C)
		add(Part{1, symbols("·%g", by), symbols("{(<)}·%g", by), func(e *evaluation, _ int) (value, running float64) {
			return by, float64(e.running * by)
		}})
	}
	f.Numbers = symbols("{%s:numbers}", last)
	if s.Mean {
		f.Numbers = symbols("{%s:numbers} / %d", last, N)
		add(overRows(N))
	}
	if s.Decay != 0 {
		var weights []mat.Matrix
		for k := 1; k <= s.L; k++ {
			weights = append(weights, s.T[spec.Name("W", k)])
		}
		f.Formula = symbols("%s + %g/2·ΣW²", f.Formula, s.Decay)
		add(Part{1, symbols("+ %g/2·ΣW²", s.Decay), symbols("{#=}"), func(e *evaluation, _ int) (value, running float64) {
			v := spec.Penalty(s.Decay, weights)
			return v, e.running + v
		}})
		f.Numbers = symbols("%s + {%s:numbers}", f.Numbers, last)
	}
	return f
}

// slopeForm is the form of the gradient at the last z, of p and y.
func (o *output) slopeForm(s *Numbered, in []string) Form {
	C := s.T[in[0]].Cols
	formula := "{0} − {1}"
	if !o.Binary {
		formula = "2·({0} − {1})"
		if o.Output.Name != "identity" {
			formula += "·" + o.Output.Name + "′"
		}
	}
	f := byFormula(formula, func(of [3]float64) float64 { return o.Slope(of[0], of[1]) }, at(in[0], "i", "j"), at(in[1], "i", "j"))
	f.Formula, f.Numbers = symbols("(%s)", formula), symbols("({0:numbers})")
	if by := o.Factor(C); by != 1 {
		f.Formula, f.Numbers = symbols("%s·%g", f.Formula, by), symbols("%s·%g", f.Numbers, by)
		f.Parts = append(f.Parts, Part{1, symbols("·%g", by), symbols("{(<)}·%g", by), func(e *evaluation, _ int) (value, running float64) {
			return by, float64(e.running * by)
		}})
	}
	if s.Mean {
		N := s.T[in[0]].Rows
		f.Formula, f.Numbers = symbols("%s / N, N = %d", f.Formula, N), symbols("%s / %d", f.Numbers, N)
		f.Parts = append(f.Parts, overRows(N))
	}
	return f
}
