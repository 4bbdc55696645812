package coursework

import (
	"fmt"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/message"
)

// moduleClaims are what the text says of the classes and the data of Part II.
func moduleClaims() []Claim {
	list := []Claim{
		{ID: "forward", Name: lang.T("layer by layer, one softmax"),
			Says:  lang.T("The forward pass goes layer by layer, x·W + b and ReLU in turn, and ends in one softmax."),
			Judge: forwardFound, Brief: auditBrief("z1", "h1", "z2", "p")},
		{ID: "mask", Name: lang.T("ReLU's mask"),
			Says:  lang.T("On the way back ReLU lets the gradient pass where its input was above 0 and stops it elsewhere."),
			Judge: maskFound, Brief: func(f *Facts) string {
				m := f.Modules
				return fmt.Sprintf("stopped %s of %s elements, right %s", group(m.Stopped), group(m.Elements), group(m.RightStopped))
			}},
		{ID: "maximum", Name: lang.T("softmax less its maximum"),
			Says:  lang.T("The softmax subtracts the largest element first, so that nothing overflows."),
			Judge: maximumFound, Brief: func(f *Facts) string {
				s := f.Modules.SoftMax
				return fmt.Sprintf("logits + %g: off by %.0e with it, finite without: %v", s.Shift, s.ShiftOff, s.Plain)
			}},
		{ID: "gumbel", Name: lang.T("this is the Gumbel-max trick"),
			Says:  lang.T("Subtracting the largest element is called the Gumbel-max trick."),
			Judge: gumbelFound, Brief: func(f *Facts) string {
				s := f.Modules.SoftMax
				return fmt.Sprintf("two calls the same: %v; the trick draws classes: %.4f where p is %.4f", s.Same, s.Drawn, s.P)
			}},
		{ID: "loss", Name: lang.T("loss with 1e-7, gradient p − y"),
			Says:  lang.T("The loss is −Σ y·log(p + 10⁻⁷) over the batch, and the gradient at the logits p − y."),
			Judge: tensorsFound("loss", "dz2"), Brief: auditBrief("loss", "dz2")},
		{ID: "gradients", Name: lang.T("gradients of weights and biases"),
			Says:  lang.T("On the way back each Linear keeps the gradients of its weights and of its biases and passes on that of its input."),
			Judge: tensorsFound("dW2", "db2", "dh1", "dW1", "db1"), Brief: auditBrief("dW2", "db2", "dh1", "dW1", "db1")},
		{ID: "update", Name: lang.T("update by rate times gradient"),
			Says:  lang.T("The update subtracts the learning rate times the gradient."),
			Judge: tensorsFound("W1_new", "b1_new", "W2_new", "b2_new"), Brief: auditBrief("W1_new", "b1_new", "W2_new", "b2_new")},
		{ID: "predict", Name: lang.T("predicting is a forward pass"),
			Says:  lang.T("Prediction does what the forward pass does, but keeps nothing for the way back."),
			Judge: predictFound, Brief: func(f *Facts) string {
				p := f.Modules.Predict
				return fmt.Sprintf("p differs by up to %.3f, class in %d of %d rows", p.Off, p.Changed, p.Rows)
			}},
		{ID: "weights", Name: lang.T("weights from randn, biases 0"),
			Says:  lang.T("The first weights are those of `randn`, the first biases 0."),
			Ready: func(f *Facts) bool { return f.Weights != nil },
			Judge: weightsFound, Brief: func(f *Facts) string {
				w := f.Weights
				return fmt.Sprintf("loss at step 50: randn %s, 1e-4 %s, report about 554", loss(w.RandnEarly), loss(w.Early))
			}},
		{ID: "moons", Section: "part2-settings", Name: lang.T("make_moons, 8 : 2, one-hot"),
			Says:  lang.T("The data come from make_moons, 8 of 10 rows train and 2 test, and the labels are one-hot."),
			Judge: moonsFound, Brief: func(f *Facts) string {
				d := f.Modules.Data
				return fmt.Sprintf("%d + %d rows; test rows by class %d and %d", d.Train, d.Test, d.TestClass[0], d.TestClass[1])
			}},
	}
	for i := range list {
		c := &list[i]
		c.Chapter = 2
		if c.Section == "" {
			c.Section = "part2-modules"
		}
		if c.Ready == nil {
			c.Ready = func(f *Facts) bool { return f.Modules != nil }
		}
	}
	return list
}

// errors are the audit's errors of some tensors of the report's network, the
// first of each tensor, and the tensors without one.
func (m *Modules) errors(tensors []string) (bad []audit.Finding, good []string) {
	for _, name := range tensors {
		found := false
		for _, x := range m.Reported.Findings {
			if x.Tensor == name && x.Level == "error" {
				bad, found = append(bad, x), true
				break
			}
		}
		if !found {
			good = append(good, name)
		}
	}
	return bad, good
}

// tells is a finding in words: the number, what it should be, and the cause.
func tells(x audit.Finding) lang.Text {
	place := fmt.Sprintf("%s[%d,%d]", x.Tensor, x.Index[0], x.Index[1])
	return lang.Sentences(
		lang.T("In step %d `%s` is %s where its own inputs make %s; %s of %s elements are off.",
			x.Step, place, number(x.Got), number(x.Want), group(x.Off), group(x.Elements)),
		lang.T("The cause: %s.", doc(x)))
}

func number(v audit.Number) string {
	return strings.ReplaceAll(fmt.Sprintf("%.6g", float64(v)), "-", "−")
}

// doc says in both languages what the mistake of a finding is.
func doc(x audit.Finding) lang.Text {
	if f, err := faults.Find(x.Cause); err == nil {
		return lang.Of(message.New(f.Doc))
	}
	return lang.Of(x.Message)
}

// tensorNames lists tensors as code.
func tensorNames(names []string) lang.Text {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = "`" + n + "`"
	}
	return commas(list)
}

func forwardFound(f *Facts) (lang.Text, page.Verdict) {
	bad, good := f.Modules.errors([]string{"z1", "h1", "z2", "p"})
	if len(bad) == 0 {
		return lang.T("In the network whose figures the report shows %s follow from their inputs within rounding, in all %d recorded steps.", tensorNames(good), f.Modules.Reported.Steps), page.Holds
	}
	return lang.Sentences(lang.T("The network whose figures the report shows does otherwise."), tells(bad[0])), page.Fails
}

// tensorsFound judges by whether some tensors follow from their inputs.
func tensorsFound(tensors ...string) func(*Facts) (lang.Text, page.Verdict) {
	return func(f *Facts) (lang.Text, page.Verdict) {
		bad, good := f.Modules.errors(tensors)
		switch {
		case len(bad) == 0:
			return lang.T("In the network whose figures the report shows %s follow from their inputs within rounding, in all %d recorded steps.", tensorNames(good), f.Modules.Reported.Steps), page.Holds
		case len(good) == 0:
			return tells(bad[0]), page.Fails
		}
		var names []string
		for _, x := range bad {
			names = append(names, x.Tensor)
		}
		return lang.Sentences(lang.T("Right to within rounding, each from its own inputs: %s; wrong: %s.", tensorNames(good), tensorNames(names)), tells(bad[0])), page.Partly
	}
}

// auditBrief lists which tensors follow and which do not.
func auditBrief(tensors ...string) func(*Facts) string {
	return func(f *Facts) string {
		bad, good := f.Modules.errors(tensors)
		var texts []string
		if len(good) > 0 {
			texts = append(texts, strings.Join(good, " ")+" right")
		}
		for _, x := range bad {
			texts = append(texts, fmt.Sprintf("%s %s of %s off", x.Tensor, group(x.Off), group(x.Elements)))
		}
		return strings.Join(texts, ", ")
	}
}

func maskFound(f *Facts) (lang.Text, page.Verdict) {
	m := f.Modules
	zero := lang.T("Whether it passes at exactly 0, where the English text and the Chinese disagree, never matters: not one input is 0.")
	if m.Zeros > 0 {
		zero = lang.T("At exactly 0, where the English text and the Chinese disagree, it matters: %d inputs of step 0 are 0.", m.Zeros)
	}
	counts := lang.T("Of %s elements of `dz1` in step 0 it stops %s; in a right network %s.", group(m.Elements), group(m.Stopped), group(m.RightStopped))
	bad, _ := m.errors([]string{"dz1"})
	switch {
	case len(bad) > 0:
		return lang.Sentences(tells(bad[0]), counts), page.Fails
	case m.Stopped == 0 && m.RightStopped > 0:
		return lang.Sentences(lang.T("`dz1` follows from its inputs, but there is nothing left to stop: what ReLU kept has been made positive by the softmax that follows it."), counts, zero), page.Partly
	}
	return lang.Sentences(lang.T("`dz1` follows from its inputs."), counts, zero), page.Holds
}

func maximumFound(f *Facts) (lang.Text, page.Verdict) {
	s := f.Modules.SoftMax
	helps := lang.T("With %g added to all logits p moves by %.0e, and without the subtraction it is no number any more.", s.Shift, s.ShiftOff)
	if s.Plain {
		helps = lang.T("With %g added to all logits p moves by %.0e; without the subtraction it is a number as well.", s.Shift, s.ShiftOff)
	}
	need := lang.T("Here there is no need of it: the largest logit is %.1f in size and exp overflows from 709.8 on.", s.Largest)
	if s.Largest > 709 {
		need = lang.T("Here it is needed: the largest logit is %.1f in size and exp overflows from 709.8 on.", s.Largest)
	}
	return lang.Sentences(helps, need), grade(s.ShiftOff < 1e-9, !s.Plain)
}

func gumbelFound(f *Facts) (lang.Text, page.Verdict) {
	s := f.Modules.SoftMax
	trick := lang.T("The Gumbel-max trick draws a class at random: it adds −ln(−ln u) to each logit, u uniform, and takes the largest. For a row whose p of class 1 is %.4f it drew class 1 in %.4f of %s draws.", s.P, s.Drawn, group(s.Draws))
	if s.Same {
		return lang.Sentences(lang.T("That is something else. Subtracting the largest element draws nothing: two calls give the same bits, and p differs from that without the subtraction by %.0e.", s.Off), trick), page.Fails
	}
	return lang.Sentences(lang.T("Two calls of this softmax differ, as if it drew something."), trick), page.Holds
}

func predictFound(f *Facts) (lang.Text, page.Verdict) {
	p, r := f.Modules.Predict, f.Modules.RightPredict
	right := lang.T("In a right network the two are the same to the last bit.")
	if r.Off > 0 {
		right = lang.T("In a right network the two differ by up to %.0e.", r.Off)
	}
	differ := lang.T("As reported, with the weights it ends with, p in training and in prediction differ by up to %.3f on the %d training rows", p.Off, p.Rows)
	switch {
	case p.Off == 0:
		return lang.T("As reported, p in training and in prediction are the same to the last bit on all %d training rows.", p.Rows), page.Holds
	case p.Changed == 0:
		return lang.Sentences(lang.T("%s, though no row changes its class.", differ), right), page.Partly
	}
	return lang.Sentences(lang.T("%s, and %d rows change their class.", differ, p.Changed), right), page.Fails
}

// almost is how much of its start a loss keeps that stays almost there.
const almost = 0.96

func weightsFound(f *Facts) (lang.Text, page.Verdict) {
	w := f.Weights
	says := lang.T("The report's loss stays almost at %s for 50 steps. With weights of `randn` it goes from %s to %s by then, with weights of `randn`·10⁻⁴ from %s to %s.",
		loss(w.Guess), loss(w.RandnStart), loss(w.RandnEarly), loss(w.Start), loss(w.Early))
	stays := func(start, early float64) bool { return within(start, w.Guess, 0.02*w.Guess) && early >= almost*start }
	randn, tiny := stays(w.RandnStart, w.RandnEarly), stays(w.Start, w.Early)
	switch {
	case randn:
		return lang.Sentences(says, lang.T("So the former fit.")), page.Holds
	case tiny:
		return lang.Sentences(says, lang.T("So the weights were some ten thousand times smaller than the text says; the biases may have been 0.")), page.Partly
	}
	return lang.Sentences(says, lang.T("Neither fits.")), page.Fails
}

func moonsFound(f *Facts) (lang.Text, page.Verdict) {
	d := f.Modules.Data
	split := d.Train*2 == d.Test*8
	says := lang.T("%d rows train and %d test, %d of these of class 0 and %d of class 1.", d.Train, d.Test, d.TestClass[0], d.TestClass[1])
	v := grade(split, d.OneHot)
	switch {
	case v == page.Holds:
		return lang.Sentences(says, lang.T("Every row of y has one 1.")), v
	case split:
		return lang.Sentences(says, lang.T("But not every row of y has one 1.")), v
	case d.OneHot:
		return lang.Sentences(says, lang.T("That is not 8 : 2.")), v
	}
	return lang.Sentences(says, lang.T("That is not 8 : 2, and not every row of y has one 1.")), v
}
