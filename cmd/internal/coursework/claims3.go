package coursework

import (
	"fmt"
	"math"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// sgdClaims are those of Part III: single rows.
func sgdClaims() []Claim {
	short := func(f *Facts) bool { return f.Short != nil }
	long := func(f *Facts) bool { return f.Long != nil }
	list := []Claim{
		{ID: "sgd-row", Section: "part3-setup", Ready: short, Name: lang.T("one random row a step"),
			Says:  lang.T("With `--sgd` each step takes one training row drawn at random instead of all."),
			Judge: rowFound, Brief: func(f *Facts) string {
				return fmt.Sprintf("%d row a step; %d different of %d in %d steps", f.Short.BatchRows, f.Short.Distinct, f.Short.TrainRows, f.Short.Steps)
			}},
		{ID: "short-half", Section: "part3-short", Ready: short, Name: lang.T("1500 steps: stays near 0.5"),
			Says:  lang.T("With 1500 steps on single rows the accuracy hovers around 0.5, which is worse than on the whole batch."),
			Judge: halfFound, Brief: func(f *Facts) string {
				return fmt.Sprintf("%s to %s, end %s; full batch %s; right %s", share(f.Short.Low), share(f.Short.High), share(f.Short.End.Test), share(f.Short.Full), share(f.Short.Right.Test))
			}},
		{ID: "short-loss", Section: "part3-short", Ready: short, Name: lang.T("1500 steps: loss jumps, no trend"),
			Says:  lang.T("Its loss jumps about all the time, without a downward trend."),
			Judge: jumpsFound, Brief: func(f *Facts) string {
				s := f.Short
				return fmt.Sprintf("%s to %s; over all rows %s at step 0, %s at the end", rowLoss(s.Loss.Min), rowLoss(s.Loss.Max), rowLoss(s.First), rowLoss(s.Last))
			}},
		{ID: "short-cost", Section: "part3-short", Ready: short, Name: lang.T("1500 steps: far less time"),
			Says:  lang.T("It takes far less time than the whole batch."),
			Judge: shortCostFound, Brief: func(f *Facts) string { return costBrief(f.Short.Cost, f.Short.FullCost) }},
		{ID: "short-rounds", Section: "part3-short", Ready: short, Name: lang.T("because of too few steps"),
			Says:  lang.T("That it stays at 0.5 may be due to too few steps."),
			Judge: roundsFound, Brief: func(f *Facts) string {
				long := "not run"
				if f.Short.LongEnd != nil {
					long = share(*f.Short.LongEnd)
				}
				return fmt.Sprintf("right after %d steps %s; as reported after %d %s", f.Short.Right.Step, share(f.Short.Right.Test), longSteps, long)
			}},
		{ID: "long-turn", Section: "part3-long", Ready: long, Name: lang.T("45,000 steps: 0.5 to 25,000, then 0.8"),
			Says:  lang.T("With 45,000 steps the accuracy stays around 0.5 until step 25,000 and then rises quickly to about 0.8."),
			Judge: turnFound, Brief: func(f *Facts) string {
				text := "does not settle"
				if f.Long.Settles >= 0 {
					text = "settles at step " + group(f.Long.Settles)
				}
				return fmt.Sprintf("%s, end %s; right %s", text, share(f.Long.End.Test), share(f.Long.Right.Test))
			}},
		{ID: "long-loss", Section: "part3-long", Ready: long, Name: lang.T("45,000 steps: loss jumps more, falls"),
			Says:  lang.T("The loss jumps even more, but falls slowly after step 25,000."),
			Judge: fallsFound, Brief: func(f *Facts) string {
				l := f.Long
				return fmt.Sprintf("sd %.3f, short run %.3f; over all rows %s to %s", l.Loss.SD, l.Shorter.SD, rowLoss(l.Turn.Mean), rowLoss(l.Last.Mean))
			}},
		{ID: "long-cost", Section: "part3-comparison", Ready: long, Name: lang.T("45,000 steps: still less time"),
			Says:  lang.T("Even 45,000 steps take far less time than the 1500 on the whole batch."),
			Judge: longCostFound, Brief: func(f *Facts) string { return costBrief(f.Long.Cost, f.Long.FullCost) }},
	}
	for i := range list {
		list[i].Chapter = 3
	}
	return list
}

func rowFound(f *Facts) (lang.Text, page.Verdict) {
	s := f.Short
	n := float64(s.TrainRows)
	expected := n * (1 - math.Pow(1-1/n, float64(s.Steps)))
	says := lang.T("%d of the %d training rows came up in %s steps, where draws with replacement make some %.0f.", s.Distinct, s.TrainRows, group(s.Steps), expected)
	switch v := grade(s.BatchRows == 1, within(float64(s.Distinct), expected, 0.05*n)); v {
	case page.Holds:
		return lang.Sentences(lang.T("A step has one row."), says), v
	case page.Partly:
		return lang.Sentences(lang.T("A step has up to %d rows.", s.BatchRows), says, lang.T("Only one of the two fits.")), v
	default:
		return lang.Sentences(lang.T("A step has up to %d rows.", s.BatchRows), says, lang.T("Neither fits.")), v
	}
}

func halfFound(f *Facts) (lang.Text, page.Verdict) {
	s := f.Short
	says := lang.T("As reported it lies between %s and %s after step 0 and ends at %s; on the whole batch at %s.", share(s.Low), share(s.High), share(s.End.Test), share(s.Full))
	if s.Answers == 2 && within(s.Low, min(s.Class[0], s.Class[1]), 0) && within(s.High, max(s.Class[0], s.Class[1]), 0) {
		says = lang.Sentences(says, lang.T("There are only these two values, the shares of the two classes: the network gives every row the same class, now the one and now the other."))
	}
	if s.Ends.Seeds > 1 {
		says = lang.Sentences(says, lang.T("With %d seeds it ends between %s and %s.", s.Ends.Seeds, share(s.Ends.Min), share(s.Ends.Max)))
	}
	right := rightGives(share, s.Right.Test, s.Rights)
	switch v := grade(s.Near >= 0.95, s.Full > s.End.Test); v {
	case page.Holds:
		return lang.Sentences(says, right), v
	case page.Partly:
		return lang.Sentences(says, lang.T("%.0f %% of the evaluations are within 0.05 of one half.", 100*s.Near), right), v
	default:
		return lang.Sentences(says, lang.T("Only %.0f %% of the evaluations are within 0.05 of one half.", 100*s.Near), right), v
	}
}

func jumpsFound(f *Facts) (lang.Text, page.Verdict) {
	s := f.Short
	says := lang.T("As reported it goes up and down between %s and %s.", rowLoss(s.Loss.Min), rowLoss(s.Loss.Max))
	why := lang.T("It is the loss of the one row in hand, so it jumps with any network: in the right one between %s and %s.", rowLoss(s.RightLoss.Min), rowLoss(s.RightLoss.Max))
	trend := lang.T("Taken over all training rows it is %s at step 0 and %s at the end, where ln 2 = 0.6931 is a guess.", rowLoss(s.First), rowLoss(s.Last))
	trend = lang.Sentences(trend, lang.T("A right network has %s at the end.", rowLoss(s.RightLast)))
	jumps, level := s.Loss.Max-s.Loss.Min >= 0.2*s.Loss.Mean, s.Last >= 0.99*s.First
	switch v := grade(jumps, level); {
	case v == page.Holds:
		return lang.Sentences(says, why, trend), v
	case v == page.Fails:
		return lang.Sentences(says, trend, lang.T("That is hardly a jump, and it does fall.")), v
	case jumps:
		return lang.Sentences(says, why, trend, lang.T("So it does fall.")), v
	default:
		return lang.Sentences(says, trend, lang.T("That is hardly a jump.")), v
	}
}

// costs says what two runs compute.
func costs(c, full Cost) lang.Text {
	return lang.T("By counts, which no machine changes: %s rows instead of %s, and %s multiplications in its steps instead of %s; with the evaluations, which take all rows in either run, %s instead of %s.",
		group(c.Rows), group(full.Rows), group(c.Products), group(full.Products), group(c.All()), group(full.All()))
}

func costBrief(c, full Cost) string {
	return fmt.Sprintf("rows %s against %s, steps %s against %s", group(c.Rows), group(full.Rows), group(c.Steps), group(full.Steps))
}

// costFound judges by the rows and by the steps, for what a step costs whatever
// its batch counts as well.
func costFound(c, full Cost) (lang.Text, page.Verdict) {
	says := costs(c, full)
	less, more := c.All()*2 <= full.All(), c.Steps > full.Steps
	switch {
	case less && !more:
		return lang.Sentences(says, lang.T("The number of steps is the same.")), page.Holds
	case less:
		return lang.Sentences(says, lang.T("But the steps are %.0f times as many, and what a step costs however few its rows, such as some dozens of calls of NumPy, comes as many times. With so small a network that can be the larger part, so a program may well take longer.",
			float64(c.Steps)/float64(full.Steps))), page.Partly
	}
	return lang.Sentences(says, lang.T("That is not far less.")), page.Fails
}

func shortCostFound(f *Facts) (lang.Text, page.Verdict) {
	return costFound(f.Short.Cost, f.Short.FullCost)
}

func longCostFound(f *Facts) (lang.Text, page.Verdict) {
	return costFound(f.Long.Cost, f.Long.FullCost)
}

// learned is a test accuracy that counts as having learned something.
const learned = 0.8

func roundsFound(f *Facts) (lang.Text, page.Verdict) {
	s := f.Short
	right := lang.T("A right network has %s after the same %s steps.", share(s.Right.Test), group(s.Right.Step))
	weights := lang.Text{}
	if s.Leaves >= 0 {
		weights = lang.T("From the report's small weights a right network leaves one half for good at step %s.", group(s.Leaves))
	}
	enough := s.Right.Test >= learned
	helps := s.LongEnd != nil && *s.LongEnd >= 0.7
	var long lang.Text
	if s.LongEnd != nil {
		long = lang.T("As reported the accuracy is %s after %s steps.", share(*s.LongEnd), group(longSteps))
	}
	switch {
	case !enough && helps:
		return lang.Sentences(right, long, lang.T("So more steps are what is missing.")), page.Holds
	case enough && helps:
		return lang.Sentences(right, long, weights, lang.T("So more steps do help this network, but what makes them necessary is the network: its small weights and its softmax after every layer.")), page.Partly
	}
	return lang.Sentences(right, long, weights, lang.T("So more steps are not what is missing.")), page.Fails
}

func turnFound(f *Facts) (lang.Text, page.Verdict) {
	l := f.Long
	says := lang.T("As reported the mean test accuracy of the evaluations up to step 25,000 is %s, and the last is %s.", share(l.Before), share(l.End.Test))
	var when lang.Text
	switch {
	case l.Settles < 0:
		when = lang.T("It does not leave one half for good.")
	case l.Early >= 0 && l.Early < l.Settles:
		when = lang.T("Single evaluations are above 0.6 from step %s on, all from step %s on.", group(l.Early), group(l.Settles))
	default:
		when = lang.T("From step %s on all evaluations are above 0.6.", group(l.Settles))
	}
	var seeds lang.Text
	if l.Settled.Seeds > 1 {
		seeds = lang.T("With %d seeds that is between step %s and step %s, and the end between %s and %s.",
			l.Settled.Seeds, group(int(l.Settled.Min)), group(int(l.Settled.Max)), share(l.Ends.Min), share(l.Ends.Max))
	}
	right := lang.T("A right network ends at %s.", share(l.Right.Test))
	if l.Reaches >= 0 {
		right = lang.T("A right network has 0.99 at step %s and ends at %s.", group(l.Reaches), share(l.Right.Test))
	}
	turns := l.Settles >= 20000 && l.Settles <= 30000 && within(l.Before, 0.5, 0.05)
	ends := within(l.End.Test, 0.8, 0.05)
	switch v := grade(turns, ends); {
	case v == page.Holds:
		return lang.Sentences(says, when, seeds, right), v
	case v == page.Fails:
		return lang.Sentences(says, when, lang.T("Neither the turn nor the end is as reported."), seeds, right), v
	case turns:
		return lang.Sentences(says, when, lang.T("The turn is as reported, the end is not."), seeds, right), v
	default:
		return lang.Sentences(says, when, lang.T("The end is as reported, the turn is not."), seeds, right), v
	}
}

func fallsFound(f *Facts) (lang.Text, page.Verdict) {
	l := f.Long
	jumps := lang.T("As reported the losses of the row in hand scatter by %.3f about their mean, those of the run of 1500 steps by %.3f.", l.Loss.SD, l.Shorter.SD)
	falls := lang.T("Taken over all training rows the loss is %s at step 25,000 and %s at the end.", rowLoss(l.Turn.Mean), rowLoss(l.Last.Mean))
	more, less := l.Loss.SD >= 1.1*l.Shorter.SD, l.Last.Mean <= 0.99*l.Turn.Mean
	switch v := grade(more, less); {
	case v == page.Holds:
		return lang.Sentences(jumps, falls), v
	case v == page.Fails:
		return lang.Sentences(jumps, falls, lang.T("So it neither jumps more nor falls.")), v
	case less:
		return lang.Sentences(jumps, falls, lang.T("So it falls, but jumps no more than before.")), v
	default:
		return lang.Sentences(jumps, falls, lang.T("So it jumps more, but does not fall.")), v
	}
}
