package audit

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A perceptron has no loss: where the score of a sample has the wrong sign it
// adds the sample, times its label, to the weights (Rosenblatt, The perceptron,
// Psychological Review 65, 1958).

// isPerceptron reports that the steps are of one: a single layer with a single
// output that is a sign, and labels that are.
func (t *Trace) isPerceptron() bool {
	for i := range t.Steps {
		T := t.Steps[i].T
		p, y, w := T["p"], T["y"], T["W1"]
		if layers(T) != 1 || w.Cols != 1 || p.Cols != 1 || y.Cols != 1 || p.Rows != y.Rows || T["x"].Rows != p.Rows || T["x"].Cols != w.Rows {
			return false
		}
		for _, name := range []string{"loss", "dz1", "dW1"} {
			if _, ok := T[name]; ok {
				return false
			}
		}
		for k, v := range p.Data {
			if math.Abs(v) != 1 && v != 0 || math.Abs(y.Data[k]) != 1 && y.Data[k] != 0 {
				return false
			}
		}
	}
	return len(t.Steps) > 0
}

// side is a label or a result as a sign: 1 of what is above 0, else −1.
func side(v float64) float64 {
	if v > 0 {
		return 1
	}
	return -1
}

// perceptron judges a step of one.
func (j *judge) perceptron() {
	if j.notFinite() {
		return
	}
	T := j.s.T
	x, y, p, w := T["x"], T["y"], T["p"], T["W1"]
	j.tensor("z1")
	z, ok := j.value("z1")
	if !ok {
		j.unjudged("p", message.New("its inputs are not recorded and cannot be computed"))
		return
	}
	j.out.Judged++
	var off []int
	for k, v := range p.Data {
		if math.Abs(z.V.Data[k]) > z.E.Data[k] && side(v) != side(z.V.Data[k]) {
			off = append(off, k)
		}
	}
	if len(off) > 0 {
		c := comparison{ratio: math.Inf(1), k: off[0], got: p.Data[off[0]], want: side(z.V.Data[off[0]]), off: len(off), at: off}
		j.report("error", "p", c, "result-not-the-sign", message.New("the result is not the sign of the score"))
	}
	u, ones, wrong := mat.New(w.Rows, 1), 0.0, 0
	for i := range y.Rows {
		label := side(y.Data[i])
		if side(p.Data[i]) == label && p.Data[i] != 0 || y.Data[i] == p.Data[i] {
			continue
		}
		wrong++
		ones += label
		for k, v := range x.Row(i) {
			u.Data[k] += label * v
		}
	}
	to, new, has := j.after("W1")
	if !has || !sameShape(new, w) {
		return
	}
	j.out.Judged++
	moved := mat.New(w.Rows, 1)
	for k, v := range new.Data {
		moved.Data[k] = v - w.Data[k]
	}
	fit := move{name: "W1", to: to, w: recorded(w), d: recorded(u), got: new}
	c, e := 0.0, 0.0
	if !isZero(u) {
		c, e = fitted(fit, j.u)
	}
	at := comparison{got: new.Data[0], want: w.Data[0], off: len(new.Data), at: allElements(new), ratio: math.Inf(1)}
	switch {
	case wrong == 0 && !isZero(moved):
		j.report("error", to, at, "updates-right-samples", message.New("the weights are stepped though every sample of the step is right"))
		return
	case wrong == 0 || isZero(u):
		return
	case !j.follows(fit, c, e):
		v := mat.New(w.Rows, 1) // without the labels
		for i := range y.Rows {
			if label := side(y.Data[i]); side(p.Data[i]) != label || p.Data[i] == 0 && y.Data[i] != 0 {
				for k := range v.Data {
					v.Data[k] += label * label * x.At(i, k)
				}
			}
		}
		plain := move{name: "W1", to: to, w: recorded(w), d: recorded(v), got: new}
		if c, e := fitted(plain, j.u); c < 0 && y.Rows > 1 && j.follows(plain, c, e) {
			j.report("error", to, at, "label-left-out", faultText("label-left-out"))
			return
		}
		if y.Rows == 1 {
			j.report("error", to, at, "another-sample", message.New("the weights do not move along the sample that was misjudged"))
		} else {
			j.unjudged(to, message.New("its step is no multiple of the sum of the misjudged samples, times their labels"))
		}
		return
	case c > 0 && y.Rows == 1 && side(y.Data[0]) < 0 && j.addsAll():
		j.report("error", to, at, "label-left-out", faultText("label-left-out"))
		return
	case c > 0: // fitted is the factor of what is taken away
		j.report("error", to, at, "step-inverted", message.New("the step goes the wrong way: the sample times its label is taken away where it should be added"))
		return
	case c == 0 && y.Rows == 1 && p.Data[0] == 0 && isSigns(y):
		j.report("error", to, at, "sign-of-zero", faultText("sign-of-zero"))
		return
	case c == 0:
		j.report("error", to, at, "misjudged-left-alone", message.New("a sample is misjudged, and the weights stay as they are"))
		return
	}
	b, known := T["b1"]
	to, after, has := j.after("b1")
	if !known || !has || len(b.Data) != 1 || len(after.Data) != 1 || ones == 0 {
		return
	}
	j.out.Judged++
	if k := (after.Data[0] - b.Data[0]) / ones / -c; math.Abs(k-1) > 1e-6 {
		at := comparison{got: after.Data[0], want: b.Data[0] - c*ones, off: 1, at: []int{0}, ratio: math.Inf(1)}
		cause, text := "rate-on-one-part", message.New("the offset is stepped %.6g times where the weights are stepped once", k)
		switch {
		case math.Abs(k-float64(w.Rows)) < 1e-6:
			cause, text = "bias-each-feature", message.New("%s: once for each feature", text)
		case math.Abs(k+1) < 1e-6 && y.Rows == 1 && ones < 0 && j.addsAll():
			cause, text = "bias-without-label", faultText("bias-without-label")
		case math.Abs(k+1) < 1e-6:
			cause, text = "bias-inverted", faultText("bias-inverted")
		}
		j.report("error", to, at, cause, text)
	}
}

// addsAll reports that no offset of the trace ever falls, and no weights but along
// samples: its steps do not have the sign of the label.
func (j *judge) addsAll() bool {
	for i := range j.t.Steps {
		T := j.t.Steps[i].T
		b, after := T["b1"], T["b1"+spec.SuffixNew]
		if len(b.Data) != 1 || len(after.Data) != 1 || after.Data[0] < b.Data[0] {
			return false
		}
	}
	return true
}
