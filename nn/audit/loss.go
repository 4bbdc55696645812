package audit

import (
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

var probabilities = operation{
	whole: "softmax({0})",
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate {
		if o := j.t.output; o != nil {
			return []candidate{{v: activate(o.Output, in[0], u)}}
		}
		return []candidate{{v: softmax(in[0], u)}, {v: softmaxShiftedBy(slices.Max(in[0].V.Data), in[0], u), lax: true}}
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		if o := s.ending(); o != nil {
			return activationForm(o.Output, in, false)
		}
		z := in[0]
		C := s.T[z].Cols
		return Form{
			Of:      []Ref{at(z, "i", "t"), at(z, "i", "j")},
			Formula: symbols("e{j} / Σ ec, ec = exp(%s[{i},c] − m), m = max %s[{i},c], %s", z, z, over("c", C)),
			Numbers: symbols("{1:numbers}"),
			Given:   &Given{symbols("m = {0}"), C},
			Parts: []Part{
				{C, symbols("e{t} = exp({0} − m)"), symbols("exp({#0} − {(m)})"), func(e *evaluation, t int) (value, running float64) {
					v := mat.Exp(e.of[0].at(t) - e.given)
					return v, e.running + v
				}},
				{1, symbols("e{j} / Σ"), symbols("{#=} / {#<}"), func(e *evaluation, _ int) (value, running float64) {
					v := mat.Exp(e.of[1].at(0) - e.given)
					return v, v / e.running
				}},
			},
		}
	},
}

// softmax is p, row by row. Its relative error is that of the exponentials,
// where the rounding of z − max counts |z − max| times, of their sum and of
// the division.
func softmax(z value, u float64) value { return softmaxShiftedBy(math.Inf(-1), z, u) }

// softmaxShiftedBy is softmax where what is taken off z may be shift, further
// away than the row's own maximum.
func softmaxShiftedBy(shift float64, z value, u float64) value {
	p := value{spec.SoftMax(z.V), mat.New(z.V.Rows, z.V.Cols)}
	C := z.V.Cols
	for i := range p.V.Rows {
		zi := z.V.Row(i)
		top := mat.ArgMax(zi)
		var sum, weighted float64
		rel := make([]float64, C)
		for j, v := range zi {
			d := max(math.Abs(v-zi[top]), math.Abs(v-max(shift, zi[top])))
			// Without the shift exp(z) has no such rounding, with it |z| has none.
			rel[j] = math.Expm1(d*u*2 + z.E.At(i, j) + z.E.At(i, top) + elementary*u)
			sum += p.V.At(i, j)
			weighted += p.V.At(i, j) * rel[j]
		}
		of := weighted/sum + gamma(C, u)
		for j := range zi {
			v := p.V.At(i, j)
			p.E.Set(i, j, v*((1+rel[j])*(1+of)/(1-min(of, 0.5))*(1+4*u)-1)+tiny(C+2, u))
		}
	}
	return p
}

var crossEntropy = operation{
	whole:  fmt.Sprintf("−Σ y·log(p + %g)", spec.Epsilon),
	ofMean: fmt.Sprintf("−Σ y·log(p + %g) / N", spec.Epsilon),
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate {
		if o := j.t.output; o != nil {
			return j.penalized(o.losses(j, in[0], in[1], u))
		}
		return j.penalized(j.losses(in[0], in[1], u))
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form { return s.lossForm(in) },
}

// guards are the ways to keep log(p) finite that are right, each as what
// becomes of p.
type guard struct {
	note message.Text // what to tell where the program has it
	of   func(p float64) float64
}

func guards() []guard {
	list := []guard{
		{message.Text{}, func(p float64) float64 { return p + 1e-7 }},
		{message.New("the loss shows no guard of its logarithm: none, or a clip that had nothing to do"), func(p float64) float64 { return p }},
	}
	for _, eps := range []float64{1e-8, 1e-6, 1e-5, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16} {
		list = append(list, guard{message.New("the loss guards its logarithm by + %g", eps), func(p float64) float64 { return p + eps }})
	}
	for _, eps := range []float64{1e-7, 1e-8, 1e-6, 1e-5, 1e-9, 1e-10, 1e-12, 1e-15} {
		list = append(list,
			guard{message.New("the loss clips p at %g from below", eps), func(p float64) float64 { return max(p, eps) }},
			guard{message.New("the loss clips p to [%g, 1 − %g]", eps, eps), func(p float64) float64 { return min(max(p, eps), 1-eps) }})
	}
	return list
}

// losses returns the right losses: each guard, as the mean and as the sum, or
// row by row where it was recorded so.
func (j *judge) losses(p, y value, u float64) []candidate {
	var list []candidate
	forms := guards()
	if g, ok := j.fittedGuard(p, y, u); ok {
		forms = append(forms, g)
		j.epsilon = g.of(0)
	}
	for _, g := range append(forms, guard{note: message.New("the loss is computed from the logits")}) {
		rows := value{}
		if g.of != nil {
			rows = rowLosses(p, y, g.of, u)
		} else if z, ok := j.value(spec.Name("z", j.L)); ok {
			rows = logitLosses(z, y, u)
		} else {
			continue
		}
		if j.s.PerRow {
			list = append(list, candidate{v: rows, note: g.note})
			continue
		}
		sum := total(rows, u)
		if v := sum.V.At(0, 0); math.IsInf(v, 0) && g.of != nil && g.of(0) == 0 {
			continue // log(0) is what a guard is for
		}
		asSum := candidate{v: sum, note: g.note, take: func() { j.lossMean = -1 }}
		asMean := candidate{v: divided(sum, float64(j.N), u), note: g.note, take: func() { j.lossMean = 1 }}
		switch {
		case j.N == 1:
			asSum.take = nil
			list = append(list, asSum)
		case j.t.Reduction == "sum":
			list = append(list, asSum, asMean)
		default:
			list = append(list, asMean, asSum)
		}
	}
	return list
}

// rowLosses are −Σ y·log(guarded p) of each row, N×1.
func rowLosses(p, y value, guarded func(float64) float64, u float64) value {
	v := newValue(p.V.Rows, 1)
	for i := range p.V.Rows {
		sum, e := 0.0, 0.0
		for k, t := range y.V.Row(i) {
			if t == 0 && !math.IsNaN(p.V.At(i, k)) {
				continue
			}
			q := guarded(p.V.At(i, k))
			l := mat.Log(q)
			sum -= t * l
			// The rounding of p + ε is relative to it, so it moves the log by u.
			e += math.Abs(t) * (elementary*u*math.Abs(l) + 4*u + p.E.At(i, k)/q)
		}
		v.V.Set(i, 0, sum)
		v.E.Set(i, 0, e+gamma(p.V.Cols+1, u)*math.Abs(sum)+tiny(2, u))
	}
	return v
}

// total is the sum over all elements, 1×1.
func total(v value, u float64) value {
	r := newValue(1, 1)
	sum, size, e := 0.0, 0.0, 0.0
	for i := range v.V.Rows {
		for j, x := range v.V.Row(i) {
			sum, size, e = sum+x, size+math.Abs(x), e+v.E.At(i, j)
		}
	}
	r.V.Set(0, 0, sum)
	r.E.Set(0, 0, e+gamma(2*len(v.V.Data)+1, u)*size)
	return r
}

// logitLosses are log Σ exp(z) − z_t of each row, N×1: the same loss without a
// detour over p, which may underflow.
func logitLosses(z, y value, u float64) value {
	v := newValue(z.V.Rows, 1)
	for i := range z.V.Rows {
		zi := z.V.Row(i)
		m := zi[mat.ArgMax(zi)]
		sum, size := 0.0, 0.0
		for k, x := range zi {
			sum += mat.Exp(x - m)
			size = max(size, math.Abs(x)+z.E.At(i, k)/u)
		}
		l := mat.Log(sum)
		for k, t := range y.V.Row(i) {
			if t != 0 {
				v.V.Set(i, 0, v.V.At(i, 0)+t*(l+m-zi[k]))
			}
		}
		v.E.Set(i, 0, 4*elementary*u*(1+size))
	}
	return v
}

// fittedGuard looks for another ε than the usual ones in log(p + ε): one that
// gives the recorded loss and takes at most two digits to write.
func (j *judge) fittedGuard(p, y value, u float64) (guard, bool) {
	got, ok := j.s.T["loss"]
	if !ok || j.s.PerRow || math.IsNaN(got.At(0, 0)) {
		return guard{}, false
	}
	for _, by := range []float64{1, float64(j.N)} {
		at := func(eps float64) value {
			return total(rowLosses(p, y, func(p float64) float64 { return p + eps }, u), u)
		}
		lo, hi := 1e-16, 0.1
		for range 60 {
			mid := math.Sqrt(lo * hi)
			if at(mid).V.At(0, 0) > got.At(0, 0)*by {
				lo = mid
			} else {
				hi = mid
			}
		}
		var eps float64
		if _, err := fmt.Sscanf(fmt.Sprintf("%.1e", lo), "%g", &eps); err != nil {
			continue
		}
		if compareTo(got, divided(at(eps), by, u)).ratio <= 1 {
			return guard{message.New("the loss guards its logarithm by + %g", eps), func(p float64) float64 { return p + eps }}, true
		}
	}
	return guard{}, false
}

var logitGradient = operation{
	whole: "{0} − {1}", ofMean: "({0} − {1}) / N",
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate {
		if o := j.t.output; o != nil {
			return o.gradients(j, in[0], in[1], u)
		}
		list := j.scaled(&j.dzBy, message.New("1/N stands at the gradient at the logits"), func(by float64) value { return logits(in[0], in[1], by, u) })
		for _, c := range slices.Clone(list) { // -y / (p + 1e-15) on the way
			c.lax, c.v = true, throughGuard(c.v, in[0].V, in[1].V, 1.1e-15)
			list = append(list, c)
		}
		return list
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		if o := s.ending(); o != nil {
			return o.slopeForm(s, in)
		}
		f := Form{
			Of:      []Ref{at(in[0], "i", "j"), at(in[1], "i", "j")},
			Formula: symbols("{0} − {1}"),
			Numbers: symbols("{#0} − {(1)}"),
			Parts: []Part{alone(symbols("{0}"), symbols("{#0}"), 0), {1, symbols("−{1}"), symbols("−{(1)}"), func(e *evaluation, _ int) (value, running float64) {
				y := e.of[1].at(0)
				return -y, e.running - y
			}}},
		}
		if s.Mean {
			N := s.T[in[0]].Rows
			f.Formula = symbols("({0} − {1}) / N, N = %d", N)
			f.Numbers = symbols("({#0} − {(1)}) / %d", N)
			f.Parts = append(f.Parts, overRows(N))
		}
		return f
	},
}

// logits is dz = (p − y)/n. The difference itself is nearly exact, but the same
// gradient may have come from −y/p through the softmax's Jacobian, whose
// roundings are relative to p and y.
func logits(p, y value, n, u float64) value {
	return elementwise(p.V, func(k int) (float64, float64) {
		v, t := p.V.Data[k], y.V.Data[k]
		d := (v - t) / n
		return d, (math.Abs(d)*3+8*(math.Abs(v)+math.Abs(t))/n)*(u+u64) + p.E.Data[k]/n + tiny(2, u)
	})
}

// throughGuard allows for a guard below a fraction line on the way of a gradient,
// which takes eps/p_t of it away.
func throughGuard(dz value, p, y mat.Matrix, eps float64) value {
	return elementwise(dz.V, func(k int) (float64, float64) {
		t := 1.0
		for c, v := range y.Row(k / y.Cols) {
			if v != 0 {
				t = p.At(k/y.Cols, c)
			}
		}
		return dz.V.Data[k], dz.E.Data[k] + math.Abs(dz.V.Data[k])*eps/max(t, 1e-300)
	})
}
