package audit

import (
	"math"
	"slices"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A penalty is λ/2·ΣW² beside the loss, and λ·W in the gradients.
type penalty struct {
	lambda float64 // in the gradients of the weights; 0 for none
	biases bool    // in those of the biases as well
	inLoss bool    // the loss has it
}

// findPenalty looks for one λ for all weights that their gradients have beyond
// what follows from h and dz. It is taken for meant where it is declared or the
// loss has it; else it is a decay that nothing declares.
func (j *judge) findPenalty() {
	lambda, by := 0.0, 0.0
	for _, n := range []float64{1, float64(j.N)} {
		if l, ok := j.penaltyIn("W", n); ok {
			lambda, by = l, n
			break
		}
	}
	if lambda == 0 {
		if j.declaredInLoss() {
			j.note(message.New("the loss has the declared penalty of %.4g/2 times the squared weights", j.penalty.lambda))
		}
		return
	}
	p := penalty{lambda: lambda}
	if l, ok := j.penaltyIn("b", by); ok && math.Abs(l/lambda-1) < 1e-4 {
		p.biases = true
	}
	declared := j.t.Meta.Decay != 0 && math.Abs(j.t.Meta.Decay/lambda-1) < 1e-6
	loss, seen := j.s.T["loss"]
	j.penalty = p
	if in, ok := j.values("p", "y"); ok && seen && !j.s.PerRow && len(loss.Data) == 1 {
		// Does one of the ways in which the loss may be written give it?
		for _, times := range []float64{1, 2, 0.5} { // of those in the gradients
			for _, biases := range []bool{p.biases, true} {
				j.penalty = penalty{lambda * times, biases, true}
				for _, c := range crossEntropy.ways(j, spec.TensorName{Kind: "loss"}, in, j.u) {
					if compareTo(loss, c.v).ratio <= 1 {
						p = j.penalty
					}
				}
				if p.inLoss {
					break
				}
			}
			if p.inLoss {
				break
			}
		}
		j.penalty = p
	}
	switch {
	case j.penalty.inLoss && j.penalty.lambda != lambda: // told at the gradients
	case j.penalty.inLoss:
		j.note(message.New("the loss has a penalty of %.4g/2 times the squared weights, and the gradients theirs", lambda))
	case declared:
		j.note(message.New("the gradients have the declared weight decay of %.4g", lambda))
	default:
		j.penalty = penalty{}
	}
}

// declaredInLoss takes the declared decay for a penalty where the loss has it,
// whatever the gradients have.
func (j *judge) declaredInLoss() bool {
	loss, seen := j.s.T["loss"]
	in, ok := j.values("p", "y")
	if j.t.Meta.Decay == 0 || !ok || !seen || j.s.PerRow || len(loss.Data) != 1 {
		return false
	}
	j.penalty = penalty{lambda: j.t.Meta.Decay, inLoss: true}
	for _, c := range crossEntropy.ways(j, spec.TensorName{Kind: "loss"}, in, j.u) {
		if compareTo(loss, c.v).ratio <= 1 {
			return true
		}
	}
	j.penalty = penalty{}
	return false
}

// penaltyIn is the one λ by which the recorded gradients of a kind of parameters
// differ from what they follow from, divided by by.
func (j *judge) penaltyIn(kind string, by float64) (lambda float64, ok bool) {
	for k := 1; k <= j.L; k++ {
		w, has := j.s.T[spec.Name(kind, k)]
		got, recorded := j.s.T[spec.Name("d"+kind, k)]
		if !has || !recorded || isZero(w) {
			continue
		}
		n, _ := spec.ParseName(spec.Name("d"+kind, k))
		in, inputs := j.values(right.Row("d"+kind).Inputs(&spec.Step{L: j.L, Settings: j.t.settings()}, n)...)
		if !inputs {
			return 0, false
		}
		var v value
		if kind == "W" {
			v = product(in[0].transposed(), in[1].transposed(), nil, j.u)
		} else {
			v = biasGradient(in[0], j.u)
		}
		if v = divided(v, by, j.u); !sameShape(v.V, got) || !sameShape(w, got) {
			return 0, false
		}
		var ww, wd, top, dtop float64
		for e, x := range w.Data {
			d := got.Data[e] - v.V.Data[e]
			ww, wd, top, dtop = ww+x*x, wd+x*d, max(top, math.Abs(got.Data[e])), max(dtop, math.Abs(d))
		}
		l := wd / ww
		if !(l > 0) || dtop < 1e-9*top || lambda != 0 && !(math.Abs(l/lambda-1) < 1e-6) {
			return 0, false
		}
		tol := 1e-6
		if j.u == u32 {
			tol = 1e-3
		}
		for e, x := range w.Data {
			if !(math.Abs(got.Data[e]-v.V.Data[e]-l*x) <= tol*dtop) {
				return 0, false
			}
		}
		lambda = l
	}
	// To the digits it takes to write: it was fitted.
	if lambda > 0 {
		lambda = short(lambda)
	}
	return lambda, lambda > 0
}

// short is v with as few digits as differ from it by 1e-6 of it at most.
func short(v float64) float64 {
	e := math.Floor(math.Log10(v))
	for digits := 0.0; digits < 8; digits++ {
		unit := math.Pow(10, digits-e)
		if r := math.Round(v*unit) / unit; math.Abs(r/v-1) < 1e-6 {
			return r
		}
	}
	return v
}

// penalized are right losses with the penalty that the gradients have.
func (j *judge) penalized(list []candidate) []candidate {
	p := j.penalty
	if p.lambda == 0 || !p.inLoss {
		return list
	}
	sum, size := 0.0, 0.0
	for _, name := range spec.ParamNames(j.L) {
		w, ok := j.value(name)
		if !ok || name[0] == 'b' && !p.biases {
			continue
		}
		for _, x := range w.V.Data {
			sum += x * x
			size++
		}
	}
	add := p.lambda / 2 * sum
	out := make([]candidate, len(list))
	for i, c := range list {
		out[i] = c
		out[i].v = elementwise(c.v.V, func(k int) (float64, float64) {
			v := c.v.V.Data[k]
			return v + add, c.v.E.Data[k] + (gamma(int(size)+8, j.u)+1e-9)*add + 4*j.u*(math.Abs(v)+add)
		})
	}
	return out
}

// withPenalty is a right gradient with the penalty's share.
func (j *judge) withPenalty(n spec.TensorName, v value) value {
	p := j.penalty
	w, ok := j.value(n.Param())
	if p.lambda == 0 || n.Kind == "db" && !p.biases || !ok || !sameShape(w.V, v.V) {
		return v
	}
	return elementwise(v.V, func(k int) (float64, float64) {
		x := p.lambda * w.V.Data[k]
		// λ was fitted, to numbers with their rounding.
		return v.V.Data[k] + x, v.E.Data[k] + 8*j.u*(math.Abs(v.V.Data[k])+math.Abs(x)) + p.lambda*w.E.Data[k]
	})
}

// otherPenalty says that a gradient lacks a penalty that the loss has, or has
// another one.
func (j *judge) otherPenalty(name string) (cause string, text message.Text) {
	n, _ := spec.ParseName(name)
	got, p := j.s.T[name], j.penalty
	if p.lambda == 0 || n.Kind != "dW" && n.Kind != "db" {
		return "", message.Text{}
	}
	has := func(times float64) bool {
		j.penalty = penalty{lambda: p.lambda * times, biases: p.biases}
		list := j.ways(name)
		j.penalty = p
		return slices.ContainsFunc(list, func(c candidate) bool { return sameShape(c.v.V, got) && compareTo(got, c.v).ratio <= 1 })
	}
	for _, times := range []float64{2, 0.5} {
		if p.inLoss && has(times) {
			return "penalty-doubled", message.New("%s (the loss has %.4g/2 times the squares of %s, its gradient %.4g times %s)", faultText("penalty-doubled"), p.lambda, n.Param(), times*p.lambda, n.Param())
		}
	}
	if has(0) {
		return "penalty-not-in-gradient", message.New("the loss has a penalty on %s, and its gradient has not: %.4g times it is missing", n.Param(), p.lambda)
	}
	return "", message.Text{}
}
