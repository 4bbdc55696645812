package main

import (
	"fmt"
	"math"
	"strings"

	"glassbox/perceptron"
)

// drawsLine reports whether w is not 0.
func (t trial) drawsLine() bool { return t.learned.W[0] != 0 || t.learned.W[1] != 0 }

// explain says from the numbers of a result why its accuracy is what it is, in
// a few paragraphs.
func (r report) explain(res result) []string {
	var list []string
	for _, parts := range [][]string{
		{r.learning(res), r.answers(res)},
		{r.limits(res), r.losses(res)},
		{r.others(res), r.told(res)},
	} {
		if text := strings.TrimSpace(strings.Join(parts, " ")); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// learning says what the rule did.
func (r report) learning(res result) string {
	t, c := res.main(), r.config
	o := t.outcome
	if c.rule == perceptron.RuleRosenblatt {
		if o.Settled {
			return fmt.Sprintf("The rule corrected w %s in %s; the last one had no error, so its line separates the training points.",
				times(o.Updates), count(o.Epochs, "epoch"))
		}
		text := fmt.Sprintf("After %s and %s the rule still found errors.", count(o.Epochs, "epoch"), count(o.Updates, "correction"))
		best, which := res.trainThrough, "line through the origin"
		if c.bias {
			best, which = res.trainLine, "line"
		}
		switch {
		case !res.lines:
		case best == 1:
			text += fmt.Sprintf(" A %s does separate the training points, so more -max_epochs would find one.", which)
		default:
			n := t.data.TrainX.Rows
			text += fmt.Sprintf(" It never can stop: even the best %s has %d of the %d training points right, and what it ends with is up to its last corrections.",
				which, whole(best, n), n)
		}
		return text
	}
	var text string
	switch {
	case !t.drawsLine():
		text = "The sum Σ y·x over the training points is 0, so w stays 0 and answers nothing."
	case o.Updates == 1 && o.Settled:
		text = "The rule made one update, from w = 0 to rate·Σ y·x, and stopped there, as more training points were then right than wrong."
	case o.Updates == 1:
		text = "In its one epoch the rule made the one update from w = 0 to rate·Σ y·x."
	default:
		text = fmt.Sprintf("In each of the %d epochs no more training points were right than wrong, so the rule made %d updates. All add the same rate·Σ y·x: w grew longer and longer and no answer changed after the first.",
			o.Epochs, o.Updates)
	}
	if c.bias {
		text += " The bias stayed at 0: there are as many training points of either class, so Σ y = 0 in every update."
	}
	return text
}

// answers says which points the line has right.
func (r report) answers(res result) string {
	t := res.main()
	if !t.drawsLine() {
		return ""
	}
	d, p := t.data, t.learned
	var right, of, up, all [2]int // by class; up: answered +1, of all points
	for i, a := range p.Forward(d.TestX) {
		k := class(d.TestY[i])
		of[k]++
		if a == d.TestY[i] {
			right[k]++
		}
	}
	for _, x := range []struct{ answers, labels []float64 }{
		{p.Forward(d.TrainX), d.TrainY}, {p.Forward(d.TestX), d.TestY},
	} {
		for i, a := range x.answers {
			all[class(x.labels[i])]++
			if a > 0 {
				up[class(x.labels[i])]++
			}
		}
	}
	text := fmt.Sprintf("It has %d of the %d test points right: %d of %d of class 1, %d of %d of class 2.",
		right[0]+right[1], of[0]+of[1], right[0], of[0], right[1], of[1])
	if right == of {
		return fmt.Sprintf("It has all %d test points right.", of[0]+of[1])
	}
	n := all[0] + all[1]
	switch up[0] + up[1] {
	case n:
		return text + fmt.Sprintf(" All %d points lie on class 1's side of its line.", n)
	case 0:
		return text + fmt.Sprintf(" All %d points lie on class 2's side of its line.", n)
	}
	for k, mean := range [][2]float64{res.pair.Mean1, res.pair.Mean2} {
		score := float64(p.W[0]*mean[0]) + float64(p.W[1]*mean[1]) + p.B
		if k == 0 && score < 0 || k == 1 && score > 0 {
			text += fmt.Sprintf(" Even class %d's mean (%s) lies on the other class's side of its line.", k+1, numbers(mean[:]))
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

// limits says how well anything could do.
func (r report) limits(res result) string {
	t := res.main()
	var list []string
	if t.accuracy < 1 {
		text := fmt.Sprintf("No line through the origin has more than %s of these test points right", share(res.origin))
		if t.accuracy == res.origin {
			text += ", which this one reaches"
		}
		switch {
		case !res.lines:
		case res.line == res.origin:
			text += ", and with an offset none has more either"
		default:
			text += fmt.Sprintf("; with an offset the best has %s", share(res.line))
		}
		list = append(list, text+".")
	}
	n := t.data.TrainX.Rows + t.data.TestX.Rows
	switch {
	case !res.lines:
	case res.fromOrigin:
		list = append(list, fmt.Sprintf("A line separates all %d points, even one through the origin.", n))
	case res.separable:
		list = append(list, fmt.Sprintf("A line separates all %d points, but none through the origin does.", n))
	}
	if res.bayes > 0.99995 {
		list = append(list, fmt.Sprintf("The two Gaussians hardly overlap: their Bayes accuracy is %.4f.", res.bayes))
	} else {
		list = append(list, fmt.Sprintf("On fresh points nothing at all can expect more than %.4f, the Bayes accuracy: so much do the two Gaussians overlap.", res.bayes))
	}
	return strings.Join(list, " ")
}

// A loss says what the wrong answers on the test points are due to.
type loss struct {
	sum     float64
	rule    float64 // a line of the same kind would have done better by this
	offset  float64 // and a line with an offset by this too
	overlap float64 // no line could have had these
	chance  float64 // the sd of the Bayes accuracy on as many points
	fair    bool    // within chance of the Bayes accuracy: then the overlap explains it all
	parts   bool    // rule, offset and overlap are known
}

func newLoss(res result) loss {
	t := res.main()
	l := loss{sum: 1 - t.accuracy, parts: res.lines}
	l.chance = math.Sqrt(res.bayes * (1 - res.bayes) / float64(t.data.TestX.Rows))
	l.fair = t.accuracy >= res.bayes-l.chance
	reach := res.origin
	if t.learned.Bias && t.rule == perceptron.RuleRosenblatt { // the report's never moves its bias
		reach = res.line
	}
	l.rule, l.offset, l.overlap = reach-t.accuracy, res.line-reach, 1-res.line
	return l
}

// few is how many test points are too few, or seeds, to draw conclusions from.
const few = 20

// losses says what the wrong answers are due to.
func (r report) losses(res result) string {
	l := newLoss(res)
	n := res.main().data.TestX.Rows
	switch {
	case l.sum == 0:
		return ""
	case l.fair && n < few:
		return fmt.Sprintf("On %d points even that best classifier scatters by ±%.3f: so few cannot tell the rule from chance.", n, l.chance)
	case l.fair:
		return fmt.Sprintf("On %d points even that best classifier scatters by ±%.3f, so %s is as good as it gets: the overlap keeps it down, not the rule.",
			n, l.chance, share(1-l.sum))
	case !l.parts:
		return ""
	}
	var parts []string
	for _, x := range []struct {
		part float64
		what string
	}{
		{l.rule, "the rule, which misses the best line of its kind"},
		{l.offset, "the missing offset"},
		{l.overlap, "the overlap, where no line has all right"},
	} {
		const nothing = 1e-9 // a difference of shares that are equal
		switch {
		case x.part <= nothing:
		case x.part >= l.sum-nothing:
			return fmt.Sprintf("All of the %s lost is due to %s.", share(l.sum), x.what)
		case len(parts) == 0:
			parts = append(parts, share(x.part)+" is due to "+x.what)
		default:
			parts = append(parts, share(x.part)+" to "+x.what)
		}
	}
	return fmt.Sprintf("Of the %s lost, %s.", share(l.sum), strings.Join(parts, "; "))
}

// others says how other rules fare on the same points.
func (r report) others(res result) string {
	var here, over []string
	name := ""
	for i, t := range res.trials[1:] {
		v := t.variant.String()
		if name != "" && strings.HasPrefix(v, name) {
			v = strings.TrimSpace(strings.TrimPrefix(v, name))
		} else {
			name = v
		}
		text := v + " reaches "
		switch {
		case v == "with a bias":
			text = v + " "
		case t.rule == r.config.rule && !t.bias: // only the bias differs
			text = v + " without a bias reaches "
		}
		text += share(t.accuracy)
		if t.rule == perceptron.RuleRosenblatt && t.outcome.Settled {
			text += fmt.Sprintf(" (without an error after %s)", count(t.outcome.Epochs, "epoch"))
		}
		here = append(here, text)
		if s := res.spreads[i+1]; s.Count > 0 {
			over = append(over, meanSD(s))
		}
	}
	text := "On the same points " + and(here)
	if len(over) > 0 {
		text += "; over the further seeds " + and(over)
	}
	return text + "."
}

// told compares with the report, which had 100 points of each class: its
// accuracy with what its rule gives from seed to seed, and its reason with what
// was found.
func (r report) told(res result) string {
	if res.told == nil || r.config.n != 100 {
		return ""
	}
	text, reason := "", r.blamed(res)
	for i, t := range res.trials {
		s := res.spreads[i]
		if t.rule != perceptron.RuleReport || s.Count < few {
			continue
		}
		switch {
		case s.Min == s.Max && s.Min == *res.told:
			text += ", which its rule gives with every seed here"
		case *res.told >= s.Min && *res.told <= s.Max:
			text += fmt.Sprintf(", within what its rule gives here from seed to seed, %s to %s", share(s.Min), share(s.Max))
		default:
			text += fmt.Sprintf(", outside of what its rule gives here from seed to seed, %s to %s", share(s.Min), share(s.Max))
		}
	}
	if text == "" && reason == "" {
		return ""
	}
	return strings.TrimSpace("The report has " + share(*res.told) + text + ". " + reason)
}

// blamed judges the report's reason for an accuracy of its own rule.
func (r report) blamed(res result) string {
	l := newLoss(res)
	if (r.config.variant != variant{perceptron.RuleReport, false}) || l.sum == 0 || !l.fair && !l.parts {
		return ""
	}
	switch res.blame {
	case blameOverlap:
		switch {
		case l.fair:
			return "It blames the overlap of the two classes, rightly."
		case l.overlap >= max(l.rule, l.offset):
			return "It blames the overlap of the two classes, which does cost the most."
		case l.rule >= l.offset:
			return "It blames the overlap of the two classes; by these numbers its rule costs more."
		}
		return "It blames the overlap of the two classes; by these numbers the missing offset costs more."
	case blameOffset:
		switch {
		case res.separable && !res.fromOrigin && l.rule > 0:
			return "It blames the missing bias, rightly; but its rule would leave a bias at 0, and does worse than a line through the origin must."
		case l.offset >= max(l.rule, l.overlap):
			return "It blames the missing bias, rightly."
		}
		return "It blames the missing bias; by these numbers that does not cost the most."
	}
	return ""
}
