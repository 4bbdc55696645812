package part1

import (
	"glassbox/cmd/internal/lang"
	"glassbox/perceptron"
)

// learning says what the rule did.
func (t Test) learning() lang.Text {
	if t.Main().Rule == perceptron.RuleRosenblatt {
		return t.corrected()
	}
	m := t.Main()
	o := m.Outcome
	var text lang.Text
	switch {
	case !m.drawsLine():
		text = lang.T("The sum Σ y·x over the training points is 0, so w stays 0 and answers nothing.")
	case o.Updates == 1 && o.Converged:
		text = lang.T("The rule made one update, from w = 0 to rate·Σ y·x, and stopped there, as more training points were then right than wrong.")
	case o.Updates == 1:
		text = lang.T("In its one epoch the rule made the one update from w = 0 to rate·Σ y·x.")
	default:
		text = lang.T("In each of the %d epochs no more training points were right than wrong, so the rule made %d updates. All add the same rate·Σ y·x: w grew longer and longer and no answer changed after the first.",
			o.Epochs, o.Updates)
	}
	if m.Bias {
		text = lang.Sentences(text, lang.T("The bias stayed at 0: there are as many training points of either class, so Σ y = 0 in every update."))
	}
	return text
}

// corrected says what Rosenblatt's rule did.
func (t Test) corrected() lang.Text {
	m := t.Main()
	o := m.Outcome
	if o.Converged {
		return lang.T("The rule corrected w %s in %s; the last one had no error, so its line separates the training points.",
			times(o.Updates), epochs(o.Epochs))
	}
	text := lang.T("After %s and %s the rule still found errors.", epochs(o.Epochs), corrections(o.Updates))
	if !t.Lines {
		return text
	}
	n := m.Data.TrainX.Rows
	var why lang.Text
	switch {
	case m.Bias && t.TrainLine == 1:
		why = lang.T("A line does separate the training points, so more -max_epochs would find one.")
	case m.Bias:
		why = lang.T("It never can stop: even the best line has %d of the %d training points right, and what it ends with is up to its last corrections.",
			whole(t.TrainLine, n), n)
	case t.TrainThrough == 1:
		why = lang.T("A line through the origin does separate the training points, so more -max_epochs would find one.")
	default:
		why = lang.T("It never can stop: even the best line through the origin has %d of the %d training points right, and what it ends with is up to its last corrections.",
			whole(t.TrainThrough, n), n)
	}
	return lang.Sentences(text, why)
}

// answers says which points the line has right.
func (t Test) answers() lang.Text {
	m := t.Main()
	if !m.drawsLine() {
		return lang.Text{}
	}
	d, p := m.Data, m.Learned
	var right, of [2]int // by class
	for i, a := range p.Forward(d.TestX) {
		k := class(d.TestY[i])
		of[k]++
		if a == d.TestY[i] {
			right[k]++
		}
	}
	if right == of {
		return lang.T("It has all %d test points right.", of[0]+of[1])
	}
	n, up := d.TrainX.Rows+d.TestX.Rows, 0 // up: answered +1
	for _, a := range append(p.Forward(d.TrainX), p.Forward(d.TestX)...) {
		if a > 0 {
			up++
		}
	}
	text := lang.T("It has %d of the %d test points right: %d of %d of class 1, %d of %d of class 2.",
		right[0]+right[1], of[0]+of[1], right[0], of[0], right[1], of[1])
	switch up {
	case n:
		return lang.Sentences(text, lang.T("All %d points lie on class %d's side of its line.", n, 1))
	case 0:
		return lang.Sentences(text, lang.T("All %d points lie on class %d's side of its line.", n, 2))
	}
	for k, mean := range [][2]float64{t.Pair.Mean1, t.Pair.Mean2} {
		score := float64(p.W[0]*mean[0]) + float64(p.W[1]*mean[1]) + p.B
		if k == 0 && score < 0 || k == 1 && score > 0 {
			text = lang.Sentences(text, lang.T("Even class %d's mean (%s) lies on the other class's side of its line.", k+1, Numbers(mean[:])))
		}
	}
	return text
}

func class(label float64) int {
	if label > 0 {
		return 0
	}
	return 1
}
