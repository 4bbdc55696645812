package audit

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// Causes that lie in how a program is put together, not in one of the step's
// operations: the catalogue has no changed operation for them.

// lossOfNumbers reports whether the loss is that of the class numbers in the place
// of one-hot rows, each of which is multiplied with every logarithm of its row.
func (j *judge) lossOfNumbers(p value, g guard, is func(value) bool) bool {
	C := float64(p.V.Cols)
	sum := total(elementwise(p.V, func(k int) (float64, float64) {
		q, c := g.of(p.V.Data[k]), j.s.numbers.Data[k/p.V.Cols]
		l := mat.Log(q)
		return -c * l, math.Abs(c) * (2*elementary*j.u*math.Abs(l) + 4*j.u + p.E.Data[k]/q)
	}), j.u)
	for _, by := range []float64{1, float64(j.N), C, C * float64(j.N)} {
		if is(divided(sum, by, j.u)) {
			return true
		}
	}
	return false
}

// movedOtherwise says what became of a parameter that is not where its update
// leads.
func (j *judge) movedOtherwise(n spec.TensorName, got mat.Matrix, want value) (cause string, text message.Text) {
	param := n.Param()
	before, ok := j.s.T[param]
	if !ok || !sameShape(before, got) {
		return "", message.Text{}
	}
	if j.truncated(param, before, got, want.V) {
		return "integer-parameters", message.New("%s holds whole numbers before and after: an array of integers cuts what is written to it; make it of floats", param)
	}
	if len(got.Data) < 4 {
		return "", message.Text{} // so few fit anything
	}
	if text := j.lateVelocity(param, before, got); !text.IsZero() {
		return "velocity-renewed-late", text
	}
	c, ok := constantRatioNear(got, want.V)
	if d := j.s.T["d"+param]; !ok || math.Abs(c-1) < 1e-6 || c <= 0 || d.Rows == 0 || isZero(d) || isZero(before) {
		return "", message.Text{}
	}
	cause = "evaluation-changes-parameters"
	c = short(c)
	if rows := j.t.Meta.Behind[j.s.Number]; rows > 0 {
		return cause, message.New("every number of %s is %.6g times what the update makes of it, and behind this step the network ran over %d rows without learning: it fits that this pass multiplies the parameter in place", param, c, rows)
	}
	return cause, message.New("every number of %s is %.6g times what the update makes of it: it is multiplied in place behind the update", param, c)
}

// truncated reports a parameter in an array of integers: it is whole before and
// after where the update has fractions. A bias may stand at 0; the weights of its
// layer tell then.
func (j *judge) truncated(param string, before, got, want mat.Matrix) bool {
	whole := func(m mat.Matrix) bool {
		return m.Rows > 0 && !slices.ContainsFunc(m.Data, func(v float64) bool { return v != math.Trunc(v) })
	}
	if !whole(before) || !whole(got) || whole(want) {
		return false
	}
	if !isZero(before) {
		return true
	}
	W := "W" + param[1:]
	return param[0] == 'b' && whole(j.s.T[W]) && whole(j.s.T[W+spec.SuffixNew]) && !isZero(j.s.T[W])
}

// lateVelocity says that a step is made with what was kept from the step before,
// which shows in two steps: the move is of the gradient and the move before, and
// this step's own gradient is not in it.
func (j *judge) lateVelocity(param string, before, got mat.Matrix) message.Text {
	move := func(s *Step) (m mat.Matrix, ok bool) {
		a, b := s.T[param], s.T[param+spec.SuffixNew]
		if a.Rows == 0 || !sameShape(a, b) {
			return m, false
		}
		m = mat.New(a.Rows, a.Cols)
		for k, v := range a.Data {
			m.Data[k] = v - b.Data[k]
		}
		return m, true
	}
	now := mat.New(got.Rows, got.Cols)
	for k, v := range before.Data {
		now.Data[k] = v - got.Data[k]
	}
	if isZero(now) {
		next := j.following()
		if next == nil || isZero(j.s.T["d"+param]) {
			return message.Text{}
		}
		later, ok := move(next)
		if !ok || !sameShape(later, j.s.T["d"+param]) {
			return message.Text{}
		}
		if c, fits := constantRatioNear(later, j.s.T["d"+param]); fits && j.otherThanRate(c) {
			return message.New("nothing moves in this step, and the next moves along this step's gradient: the update takes the velocity, or the gradient, of the step before; renew it first")
		}
		return message.Text{}
	}
	if j.prev == nil {
		return message.Text{}
	}
	earlier, ok := move(j.prev)
	d := j.prev.T["d"+param]
	if !ok || !sameShape(d, now) || !sameShape(earlier, now) || isZero(earlier) {
		return message.Text{}
	}
	if c, fits := constantRatioNear(now, d); fits && j.otherThanRate(c) {
		return message.New("the step goes along the gradient of the step before: the update takes the velocity, or the gradient, before it is renewed")
	}
	mu, c, fits := fitTwo(now, earlier, d)
	if !fits || !(mu > 0.01 && mu < 1 && c > 0) {
		return message.Text{}
	}
	return message.New("the step takes the velocity of the step before, with momentum %.4g: it is renewed only afterwards", short(mu))
}

// otherThanRate reports a factor of the gradient before that is not the declared
// rate, which is a stale gradient and in the catalogue.
func (j *judge) otherThanRate(c float64) bool {
	return c > 0 && !(math.Abs(c/j.t.Rate-1) < 1e-6)
}

// following is the step behind this one, nil where it is not recorded.
func (j *judge) following() *Step {
	for i := range j.t.Steps {
		if j.t.Steps[i].Number == j.s.Number+1 {
			return &j.t.Steps[i]
		}
	}
	return nil
}

// fitTwo finds a and b in m = a·x + b·y; fits is false where there are none.
func fitTwo(m, x, y mat.Matrix) (a, b float64, fits bool) {
	var xx, xy, yy, mx, my, top float64
	for k, v := range m.Data {
		p, q := x.Data[k], y.Data[k]
		xx, xy, yy, mx, my, top = xx+p*p, xy+p*q, yy+q*q, mx+v*p, my+v*q, max(top, math.Abs(v))
	}
	det := xx*yy - xy*xy
	if !(det > 1e-9*xx*yy) {
		return 0, 0, false
	}
	a, b = (mx*yy-my*xy)/det, (my*xx-mx*xy)/det
	for k, v := range m.Data {
		if !(math.Abs(v-a*x.Data[k]-b*y.Data[k]) <= 1e-7*top) {
			return 0, 0, false
		}
	}
	return a, b, true
}
