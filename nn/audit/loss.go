package audit

import (
	"fmt"
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

var crossEntropy = operation{
	ways: func(j *judge, _ spec.TensorName, in []value, u float64) []candidate { return j.losses(in[0], in[1], u) },
	formula: func(s *Numbered, _ spec.TensorName) string {
		if s.Mean {
			return fmt.Sprintf("loss = −Σ y·log(p + %g) / N", spec.Epsilon)
		}
		return fmt.Sprintf("loss = −Σ y·log(p + %g)", spec.Epsilon)
	},
	form: func(s *Numbered, _ spec.TensorName, in []string) Form {
		N, C := s.T[in[0]].Rows, s.T[in[0]].Cols
		mean := ""
		if s.Mean {
			mean = " / N"
		}
		f := Form{
			Of:      []Ref{{Tensor: in[1], Row: "t/n", Col: "t%n", Width: C}, {Tensor: in[0], Row: "t/n", Col: "t%n", Width: C}},
			Formula: symbols("−(Σ y[n,c]·log(p[n,c] + ε))%s, n = 0 … %d, c = 0 … %d, ε = %g", mean, N-1, C-1, spec.Epsilon),
			Numbers: symbols("{1:numbers}"),
			Parts: []Part{
				{N * C, symbols("{0}·log({1} + ε)"), symbols("{#0}·log({#1} + ε)"), func(e *evaluation, t int) (value, running float64) {
					v := float64(e.of[0].at(t) * mat.Log(e.of[1].at(t)+spec.Epsilon))
					return v, e.running + v
				}},
				{1, message.New("the sign"), symbols("−{(<)}"), func(e *evaluation, _ int) (value, running float64) {
					return -e.running, -e.running
				}},
			},
		}
		if s.Mean {
			f.Numbers = symbols("{1:numbers} / %d", N)
			f.Parts = append(f.Parts, overRows(N))
		}
		return f
	},
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
