package coursework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// fullClaims are the results of Part II: the whole batch.
func fullClaims() []Claim {
	list := []Claim{
		{ID: "full-accuracy", Name: lang.T("full batch: accuracy 0.845"),
			Says:  lang.T("After 1500 steps on the whole batch the test accuracy is 0.845."),
			Judge: fullAccuracyFound, Brief: func(f *Facts) string {
				return runBrief(share, f.Full.Reported.End.Test, f.Full.Reported.Accuracy, f.Full.Right.End.Test)
			}},
		{ID: "full-loss", Name: lang.T("full batch: loss about 340"),
			Says:  lang.T("The loss has fallen to about 340."),
			Judge: fullLossFound, Brief: func(f *Facts) string {
				return runBrief(loss, f.Full.Reported.End.Loss, f.Full.Reported.Loss, f.Full.Right.End.Loss)
			}},
		{ID: "full-well", Name: lang.T("the network does well"),
			Says:  lang.T("With that the network does well."),
			Judge: fullWellFound, Brief: func(f *Facts) string {
				return fmt.Sprintf("training rows: %s, a straight line %s, right %s", trainShare(f.Full.Reported.End.Train), trainShare(f.Full.Line), trainShare(f.Full.Right.End.Train))
			}},
		{ID: "full-overfit", Name: lang.T("no overfitting"),
			Says:  lang.T("The training accuracy is a little above the test accuracy and both curves have the same shape, so nothing is overfitted."),
			Judge: fullOverfitFound, Brief: func(f *Facts) string {
				r := f.Full.Reported
				seeds := ""
				if r.Gap.Seeds > 1 {
					seeds = fmt.Sprintf(" (%d seeds %s to %s)", r.Gap.Seeds, signed(r.Gap.Min), signed(r.Gap.Max))
				}
				return fmt.Sprintf("training − test %s%s, likeness %.2f", signed(r.End.Gap()), seeds, f.Full.Likeness)
			}},
		{ID: "full-early", Name: lang.T("0.8 by step 50, loss still 554"),
			Says:  lang.T("Within the first 50 steps the accuracy rises to about 0.8 while the loss stays almost at 554."),
			Judge: fullEarlyFound, Brief: func(f *Facts) string {
				r := f.Full
				return fmt.Sprintf("step 50: %s, loss %s; right %s, %s", share(r.Reported.Early.Test), loss(r.Reported.Early.Loss), share(r.Right.Early.Test), loss(r.Right.Early.Loss))
			}},
		{ID: "full-slow", Name: lang.T("then accuracy grows slowly"),
			Says:  lang.T("After that the accuracy grows slowly."),
			Judge: fullSlowFound, Brief: func(f *Facts) string {
				r := f.Full.Reported
				return fmt.Sprintf("%s at step 50, %s at %d", share(r.Early.Test), share(r.End.Test), r.End.Step)
			}},
		{ID: "full-exponential", Name: lang.T("then loss falls exponentially"),
			Says:  lang.T("After that the loss falls exponentially."),
			Judge: fullExponentialFound, Brief: func(f *Facts) string {
				return "halvings take " + strings.Join(texts(f.Full.Halvings), ", ") + " steps"
			}},
		{ID: "full-more", Name: lang.T("more steps would bring more"),
			Says:  lang.T("With more steps the accuracy would perhaps rise further."),
			Ready: func(f *Facts) bool { return f.More != nil },
			Judge: fullMoreFound, Brief: func(f *Facts) string {
				m := f.More
				return fmt.Sprintf("%d to %d steps: %s to %s; right %s to %s", m.Reported.Before.Step, m.Reported.After.Step,
					share(m.Reported.Before.Test), share(m.Reported.After.Test), share(m.Right.Before.Test), share(m.Right.After.Test))
			}},
	}
	for i := range list {
		c := &list[i]
		c.Chapter, c.Section = 2, "part2-results"
		if c.Ready == nil {
			c.Ready = func(f *Facts) bool { return f.Full != nil }
		}
	}
	return list
}

func texts(numbers []int) []string {
	var list []string
	for _, n := range numbers {
		list = append(list, strconv.Itoa(n))
	}
	return list
}

// runBrief is a number of the run, of its seeds and of the right network.
func runBrief(show func(float64) string, here float64, seeds Spread, right float64) string {
	text := "here " + show(here)
	if seeds.Seeds > 1 {
		text += fmt.Sprintf(", %d seeds %s to %s", seeds.Seeds, show(seeds.Min), show(seeds.Max))
	}
	return text + ", right " + show(right)
}

// ranged says what the network as reported gives, and over what seeds.
func ranged(show func(float64) string, here float64, seeds Spread) lang.Text {
	if seeds.Seeds < 2 {
		return lang.T("As reported it is %s here.", show(here))
	}
	return lang.T("As reported it is %s here, and %s to %s with %d seeds.", show(here), show(seeds.Min), show(seeds.Max), seeds.Seeds)
}

// rightGives says the same of the right network.
func rightGives(show func(float64) string, here float64, seeds Spread) lang.Text {
	if seeds.Seeds < 2 {
		return lang.T("A right network has %s.", show(here))
	}
	return lang.T("A right network has %s, and %s to %s with the same seeds.", show(here), show(seeds.Min), show(seeds.Max))
}

// among judges a number of the report by those that the seeds give, with some
// room on either side: more of it where there are few seeds.
func among(told, room float64, s Spread) page.Verdict {
	near, far := 0.0, room
	if s.Seeds < few {
		near, far = room, 2*room
	}
	switch {
	case told >= s.Min-near-1e-9 && told <= s.Max+near+1e-9:
		return page.Holds
	case told >= s.Min-far-1e-9 && told <= s.Max+far+1e-9:
		return page.Partly
	}
	return page.Fails
}

// The report's numbers.
const (
	toldAccuracy = 0.845
	toldLoss     = 340
)

// lies says where a number of the report lies among those that the seeds give.
func lies(show func(float64) string, told float64, v page.Verdict) lang.Text {
	switch v {
	case page.Holds:
		return lang.T("The report's %s is one that this network gives.", show(told))
	case page.Partly:
		return lang.T("The report's %s is near that, but none of them.", show(told))
	}
	return lang.T("The report's %s is not what this network gives.", show(told))
}

func fullAccuracyFound(f *Facts) (lang.Text, page.Verdict) {
	rep, right := f.Full.Reported, f.Full.Right
	v := among(toldAccuracy, 0.03, rep.Accuracy)
	return lang.Sentences(ranged(share, rep.End.Test, rep.Accuracy), lies(share, toldAccuracy, v), rightGives(share, right.End.Test, right.Accuracy)), v
}

func fullLossFound(f *Facts) (lang.Text, page.Verdict) {
	rep, right := f.Full.Reported, f.Full.Right
	v := among(toldLoss, 0.05*toldLoss, rep.Loss)
	return lang.Sentences(ranged(loss, rep.End.Loss, rep.Loss), lies(loss, toldLoss, v), rightGives(loss, right.End.Loss, right.Loss)), v
}

func fullWellFound(f *Facts) (lang.Text, page.Verdict) {
	rep, right, line := f.Full.Reported.End, f.Full.Right.End, f.Full.Line
	says := lang.T("A single straight line can have %s of the training rows right; the network as reported has %s, and a right one %s.", trainShare(line), trainShare(rep.Train), trainShare(right.Train))
	fast := lang.Text{}
	if at := f.Full.Fast; at != nil {
		fast = lang.T("At a learning rate of %g a right one has %s of the training rows and %s of the test rows right after as many steps.", fastRate, trainShare(at.Train), share(at.Test))
	}
	switch {
	case rep.Train <= line:
		return lang.Sentences(says, lang.T("So its hidden layer has gained nothing."), fast), page.Fails
	case rep.Train < right.Train-0.02:
		return lang.Sentences(says, lang.T("So it beats the line, but not by what it could."), fast), page.Partly
	}
	return lang.Sentences(says, lang.T("So it does what it can."), fast), page.Holds
}

func fullOverfitFound(f *Facts) (lang.Text, page.Verdict) {
	r := f.Full.Reported
	gap, drop := r.End.Gap(), r.Best-r.End.Test
	says := lang.T("As reported the training accuracy is %s and the test accuracy %s; the curves correlate by %.2f from step 50 on, and the test accuracy ends %.3f below its best.",
		trainShare(r.End.Train), share(r.End.Test), f.Full.Likeness, drop)
	seeds := lang.Text{}
	if r.Gap.Seeds > 1 {
		seeds = lang.T("With %d seeds the difference goes from %s to %s.", r.Gap.Seeds, signed(r.Gap.Min), signed(r.Gap.Max))
		if r.Gap.Min < 0 && r.Gap.Max > 0 {
			seeds = lang.Sentences(seeds, lang.T("Which of the two is ahead is up to which %d rows test.", f.Full.TestRows))
		}
	}
	switch {
	case gap > 0.05 || drop > 0.03:
		return lang.Sentences(says, lang.T("That is overfitted."), seeds), page.Fails
	case gap > 0 && f.Full.Likeness >= 0.8:
		return lang.Sentences(says, seeds), page.Holds
	case gap > 0:
		return lang.Sentences(says, lang.T("Nothing is overfitted, though the curves are not alike."), seeds), page.Partly
	}
	return lang.Sentences(says, lang.T("Nothing is overfitted, though the training rows are not ahead."), seeds), page.Partly
}

func fullEarlyFound(f *Facts) (lang.Text, page.Verdict) {
	rep, right := f.Full.Reported, f.Full.Right
	says := lang.T("As reported the test accuracy is %s at step 50 and the loss %s, from %s.", share(rep.Early.Test), loss(rep.Early.Loss), loss(rep.Start.Loss))
	other := lang.T("In a right network the loss is %s by then, from %s, and the accuracy %s.", loss(right.Early.Loss), loss(right.Start.Loss), share(right.Early.Test))
	why := lang.T("Prediction has one softmax, at the end, so small differences decide it, while in training the softmax after every layer levels them out and p stays near one half.")
	rises, stays := within(rep.Early.Test, 0.8, 0.05), rep.Early.Loss >= almost*rep.Start.Loss
	switch v := grade(rises, stays); {
	case v == page.Holds:
		return lang.Sentences(says, why, other), v
	case v == page.Fails:
		return lang.Sentences(says, lang.T("The accuracy is not yet there and the loss has moved."), other), v
	case rises:
		return lang.Sentences(says, lang.T("The loss has moved."), other), v
	default:
		return lang.Sentences(says, lang.T("The accuracy is not near 0.8 at that step."), other), v
	}
}

func fullSlowFound(f *Facts) (lang.Text, page.Verdict) {
	rep, right := f.Full.Reported, f.Full.Right
	gain := rep.End.Test - rep.Early.Test
	says := lang.T("As reported it goes from %s at step 50 to %s at step %d, in a right network from %s to %s.",
		share(rep.Early.Test), share(rep.End.Test), rep.End.Step, share(right.Early.Test), share(right.End.Test))
	switch {
	case gain <= 0:
		return lang.Sentences(says, lang.T("That is no growth.")), page.Fails
	case gain > 0.15:
		return lang.Sentences(says, lang.T("It grows, but not slowly.")), page.Partly
	}
	return says, page.Holds
}

func fullExponentialFound(f *Facts) (lang.Text, page.Verdict) {
	h := f.Full.Halvings
	if len(h) == 0 {
		return lang.T("As reported the loss does not fall after step 50: the lowest is %s.", loss(f.Full.Bottom)), page.Fails
	}
	if len(h) == 1 {
		return lang.T("As reported the loss gets half-way to its lowest, %s, in %d steps, and no nearer than a quarter: too little to tell.", loss(f.Full.Bottom), h[0]), page.Partly
	}
	says := lang.T("An exponential halves what is left of its way in equal times. As reported, on the way from step 50 to the lowest loss seen, %s, the halvings take %s steps.",
		loss(f.Full.Bottom), commas(texts(h)))
	switch ratio := float64(slices.Max(h)) / float64(max(slices.Min(h), 1)); {
	case ratio <= 1.5:
		return says, page.Holds
	case ratio <= 4:
		return lang.Sentences(says, lang.T("So it slows down, though not by much.")), page.Partly
	case slices.IsSorted(h):
		return lang.Sentences(says, lang.T("So it falls fast at first and then ever more slowly.")), page.Fails
	}
	return lang.Sentences(says, lang.T("So there is no one rate.")), page.Fails
}

func fullMoreFound(f *Facts) (lang.Text, page.Verdict) {
	m := f.More
	says := lang.T("As reported it goes from %s after %d steps to %s after %d.",
		share(m.Reported.Before.Test), m.Reported.Before.Step, share(m.Reported.After.Test), m.Reported.After.Step)
	right := lang.T("A right network goes from %s to %s.", share(m.Right.Before.Test), share(m.Right.After.Test))
	switch rows := m.Reported.Rows(m.TestRows); {
	case rows <= 0:
		return lang.Sentences(says, lang.T("That is no rise."), right), page.Fails
	case rows*50 < m.TestRows: // less than 2 %
		more := lang.T("That is %d of the %d test rows more.", rows, m.TestRows)
		if rows == 1 {
			more = lang.T("That is one of the %d test rows more.", m.TestRows)
		}
		return lang.Sentences(says, more, right), page.Partly
	}
	return lang.Sentences(says, right), page.Holds
}
