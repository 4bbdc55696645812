package part1

import (
	"math"
	"slices"

	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
	"glassbox/mat"
	"glassbox/perceptron"
)

// Ceilings say how well anything could do.
type Ceilings struct {
	Origin  float64    // any line through the origin, on the test points
	OriginW [2]float64 // such a line
	Bayes   float64    // anything at all, expected on fresh points

	// The rest is known only where Lines is true: finding the best of all
	// lines takes the square of the number of points.
	Lines                   bool
	Line                    float64 // any line, on the test points
	Separable, FromOrigin   bool    // all points, by any line and by one through the origin
	TrainLine, TrainThrough float64 // the best on the training points
}

// maxLines is up to how many points the best line of all is looked for.
const maxLines = 1000

func newCeilings(pair perceptron.Pair, d perceptron.Data) (c Ceilings, err error) {
	if c.Bayes, err = perceptron.Bayes(pair); err != nil {
		return c, err
	}
	c.Origin, c.OriginW = perceptron.BestThroughOrigin(d.TestX, d.TestY)
	n := d.TrainX.Rows + d.TestX.Rows
	if n > maxLines {
		return c, nil
	}
	c.Lines = true
	c.Line = perceptron.BestLine(d.TestX, d.TestY)
	c.TrainLine = perceptron.BestLine(d.TrainX, d.TrainY)
	c.TrainThrough, _ = perceptron.BestThroughOrigin(d.TrainX, d.TrainY)
	all := mat.New(n, 2)
	all.RowRange(0, d.TrainX.Rows).CopyFrom(d.TrainX)
	all.RowRange(d.TrainX.Rows, n).CopyFrom(d.TestX)
	labels := append(append([]float64{}, d.TrainY...), d.TestY...)
	through, _ := perceptron.BestThroughOrigin(all, labels)
	c.Separable, c.FromOrigin = perceptron.BestLine(all, labels) == 1, through == 1
	return c, nil
}

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

// A Spread describes a number over several seeds.
type Spread struct {
	Count int `json:"count"`
	stat.Stat
}

// newSpread leaves the NaN out, which stand for seeds that were not run.
func newSpread(values []float64) Spread {
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	return Spread{len(known), stat.Of(known)}
}

// few is how many seeds, or test points, are too few to draw conclusions from.
const few = 20

// holds reports whether a value is one that the seeds give.
func (s Spread) holds(v float64) bool { return v >= s.Min && v <= s.Max }

// above says how s's mean compares with o's: 1 and −1 where they differ by more
// than two standard errors, as of independent draws.
func (s Spread) above(o Spread) int {
	if s.Count < 2 || o.Count < 2 {
		return 0
	}
	e := 2 * math.Sqrt(float64(s.SD*s.SD)/float64(s.Count)+float64(o.SD*o.SD)/float64(o.Count))
	switch d := s.Mean - o.Mean; {
	case d > e:
		return 1
	case d < -e:
		return -1
	}
	return 0
}

// far says on which side of the mean a value is by more than two standard
// deviations, and 0 if it is nearer.
func (s Spread) far(v float64) int {
	const rounding = 1e-9 // of a mean of equal values
	switch d := v - s.Mean; {
	case d > 2*s.SD+rounding:
		return 1
	case d < -2*s.SD-rounding:
		return -1
	}
	return 0
}
