package part1

import (
	"math"

	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// A Loss says what a test's wrong answers on the test points are due to, in
// shares of these points.
type Loss struct {
	Sum     float64
	Rule    float64 // a line of the same kind would have done better by this
	Offset  float64 // and a line with an offset by this too
	Overlap float64 // no line could have had these
	Chance  float64 // the sd of the Bayes accuracy on as many points
	Fair    bool    // within Chance of the Bayes accuracy: then the overlap explains it all
	Parts   bool    // Rule, Offset and Overlap are known
}

// Loss judges the training that was asked for.
func (t Test) Loss() Loss {
	m := t.Main()
	l := Loss{Sum: 1 - m.Accuracy, Parts: t.Lines}
	l.Chance = math.Sqrt(t.Bayes * (1 - t.Bayes) / float64(m.Data.TestX.Rows))
	l.Fair = m.Accuracy >= t.Bayes-l.Chance
	reach := t.Origin
	if m.Bias && m.Rule == perceptron.RuleRosenblatt { // the report's never moves its bias
		reach = t.Line
	}
	l.Rule, l.Offset, l.Overlap = reach-m.Accuracy, t.Line-reach, 1-t.Line
	return l
}

// nothing is a difference of shares that are equal.
const nothing = 1e-9

// A Reason is how the report's reason for an accuracy fares on this run's
// points.
type Reason int

// What can be found of a reason. Unjudged is one that nothing can be said of:
// the report gives none, all answers are right, another rule was run than the
// report's, or there are too many points for the best line to be known.
const (
	Unjudged       Reason = iota
	OverlapAlone          // it blames the overlap, and nothing else costs anything that chance does not
	OverlapMost           // … which costs the most
	OverlapNotRule        // … but the rule costs more
	OverlapNotBias        // … but the missing offset costs more
	BiasAndRule           // it blames the missing bias: no line without one separates the points, but the rule costs as well
	BiasMost              // … which costs the most
	BiasNotMost           // … which does not
)

// Reason judges what the report blames.
func (t Test) Reason() Reason {
	l, m := t.Loss(), t.Main()
	if (m.Variant != Variant{perceptron.RuleReport, false}) || l.Sum == 0 || !l.Fair && !l.Parts {
		return Unjudged
	}
	switch t.Blames {
	case BlameOverlap:
		switch {
		case l.Fair || l.Parts && l.Overlap >= l.Sum-nothing:
			return OverlapAlone
		case l.Overlap >= max(l.Rule, l.Offset):
			return OverlapMost
		case l.Rule >= l.Offset:
			return OverlapNotRule
		}
		return OverlapNotBias
	case BlameBias:
		switch {
		case t.Separable && !t.FromOrigin && l.Rule > 0:
			return BiasAndRule
		case l.Offset >= max(l.Rule, l.Overlap):
			return BiasMost
		}
		return BiasNotMost
	}
	return Unjudged
}

// Verdict says whether the report blames rightly; false where it is Unjudged.
func (r Reason) Verdict() (page.Verdict, bool) {
	switch r {
	case OverlapAlone, BiasMost:
		return page.Holds, true
	case OverlapMost, BiasAndRule:
		return page.Partly, true
	case OverlapNotRule, OverlapNotBias, BiasNotMost:
		return page.Fails, true
	}
	return 0, false
}
