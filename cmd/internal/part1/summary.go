package part1

import (
	"fmt"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// rosenblatt is the way to learn that the report's is measured by.
var rosenblatt = Variant{perceptron.RuleRosenblatt, true}

// Summary says in a few sentences what all the tests come to, a paragraph for
// the report's accuracies, the better rule, the bias and the report's reasons,
// as far as the run can tell.
func (r *Run) Summary() []lang.Text {
	if len(r.Tests) == 1 && r.Tests[0].own() {
		return r.ownSummary()
	}
	return lang.Paragraphs(
		lang.Sentences(r.typical(), r.extreme()),
		r.better(),
		r.bias(),
		r.reasons())
}

// ownSummary is of a pair of one's own.
func (r *Run) ownSummary() []lang.Text {
	t := r.Tests[0]
	n := t.Main().Data.TestX.Rows
	first := lang.T("%s has %d of the %d test points right, %s; no line through the origin has more than %s, and nothing can expect more than %.4f on fresh points.",
		r.Variant.Name().Capital(), pointsOf(t.Main().Accuracy, n), n, share(t.Main().Accuracy), share(t.Origin), t.Bayes)
	if t.Spreads[0].Count < 2 {
		return []lang.Text{first}
	}
	s := t.Spreads[0]
	return []lang.Text{first, lang.T("Over %s it has %s, from %s to %s.", r.span(), s, share(s.Min), share(s.Max))}
}

// seeded lists the tests whose report's accuracy can be set against enough
// seeds, and those of them whose accuracy their rule gives and does not give.
func (r *Run) seeded() (all, within, outside []Test) {
	for _, t := range r.Tests {
		_, s := t.reports()
		switch {
		case !t.comparable() || s.Count < few:
			continue
		case s.holds(*t.Report):
			within = append(within, t)
		default:
			outside = append(outside, t)
		}
		all = append(all, t)
	}
	return all, within, outside
}

// typical says how many of the report's accuracies are what its rule gives.
func (r *Run) typical() lang.Text {
	all, within, outside := r.seeded()
	switch {
	case len(all) == 0:
		return lang.Text{}
	case len(outside) == 0:
		return lang.T("All %d accuracies of the report lie within what its rule gives here over %s.", len(all), r.span())
	case len(within) == 0:
		return lang.T("None of the report's %d accuracies lies within what its rule gives here over %s.", len(all), r.span())
	}
	return lang.T("Of the report's %d accuracies %d lie within what its rule gives here over %s; outside is that of %s.",
		len(all), len(within), r.span(), names(outside))
}

// extreme says which of them are rare.
func (r *Run) extreme() lang.Text {
	all, _, _ := r.seeded()
	var above, below []Test
	for _, t := range all {
		_, s := t.reports()
		switch s.far(*t.Report) {
		case 1:
			above = append(above, t)
		case -1:
			below = append(below, t)
		}
	}
	var text lang.Text
	if len(all) > 0 && len(above)+len(below) == 0 {
		text = lang.T("None is more than two standard deviations from the mean: they are ordinary ones.")
	}
	if len(below) > 0 {
		text = lang.T("That of %s is more than two standard deviations below the mean, an unlucky draw.", names(below))
	}
	if len(above) > 0 {
		text = lang.Sentences(text, lang.T("That of %s is more than two standard deviations above the mean, a lucky draw.", names(above)))
	}
	return text
}

// better says where Rosenblatt's rule does better than the report's, and where
// it does worse.
func (r *Run) better() lang.Text {
	better, worse, compared := r.rivals()
	if compared == 0 {
		return lang.Text{}
	}
	pairs := func(tests []Test) lang.Text {
		var list []lang.Text
		for _, t := range tests {
			_, ros, _ := t.Of(rosenblatt)
			_, rep := t.reports()
			list = append(list, lang.T("test %s (%s instead of %s)", t.Name, share(ros.Mean), share(rep.Mean)))
		}
		return lists(list)
	}
	text := lang.T("Rosenblatt's rule with a bias does no better on average in any test.")
	if len(better) > 0 {
		text = lang.T("On average Rosenblatt's rule with a bias does better in %s.", pairs(better))
	}
	if len(worse) == 0 {
		return text
	}
	for _, t := range worse {
		if !t.Lines || t.Separable {
			return lang.Sentences(text, lang.T("It does worse in %s.", pairs(worse)))
		}
	}
	return lang.Sentences(text, lang.T("It does worse in %s: no line separates the points there, so it never settles and ends wherever its last corrections leave it.", pairs(worse)))
}

// rivals lists the tests in which Rosenblatt's rule with a bias does better and
// worse than the report's by more than chance, and how many could be compared.
func (r *Run) rivals() (better, worse []Test, compared int) {
	for _, t := range r.Tests {
		_, ros, _ := t.Of(rosenblatt)
		_, rep := t.reports()
		if ros.Count < few || rep.Count < few {
			continue
		}
		compared++
		switch ros.above(rep) {
		case 1:
			better = append(better, t)
		case -1:
			worse = append(worse, t)
		}
	}
	return better, worse, compared
}

// bias says what the missing bias costs where the report blames it.
func (r *Run) bias() lang.Text {
	for _, t := range r.Tests {
		if t.Blames != BlameBias || !t.Lines || !t.Separable || t.FromOrigin {
			continue
		}
		rep, _ := t.reports()
		ros, _, _ := t.Of(rosenblatt)
		return lang.T("Test %s shows what a missing bias costs: a line separates all %d points, but the best through the origin has only %s of the test points right. The report's rule ends at %s, and with a bias Rosenblatt's reaches %s.",
			t.Name, 2*t.points(), share(t.Origin), share(rep.Accuracy), share(ros.Accuracy))
	}
	return lang.Text{}
}

// judged sorts the tests by how the report's reasons fare.
func (r *Run) judged() (by [3][]Test, n int) {
	for _, t := range r.Tests {
		if c, ok := t.Claim(); ok {
			by[c.Verdict] = append(by[c.Verdict], t)
			n++
		}
	}
	return by, n
}

// reasons says how the report's reasons fare.
func (r *Run) reasons() lang.Text {
	by, _ := r.judged()
	var list []lang.Text
	if tests := by[page.Holds]; len(tests) > 0 {
		list = append(list, lang.T("The report's reason for %s holds on these points.", names(tests)))
	}
	if tests := by[page.Partly]; len(tests) > 0 {
		list = append(list, lang.T("The report's reason for %s holds in part.", names(tests)))
	}
	if tests := by[page.Fails]; len(tests) > 0 {
		list = append(list, lang.T("The report's reason for %s does not hold: something else costs more.", names(tests)))
	}
	return lang.Sentences(list...)
}

// facts are the summary's numbers at a glance, counts of the report's tests; none
// where there are none.
func (r *Run) facts() page.Facts {
	if len(r.Tests) == 1 && r.Tests[0].own() {
		return nil
	}
	var facts page.Facts
	if all, within, _ := r.seeded(); len(all) > 0 {
		facts = append(facts, page.Fact{Label: lang.T("The report's accuracies that its rule gives"), Value: of(len(within), len(all)), Note: r.span()})
	}
	if better, _, n := r.rivals(); n > 0 {
		facts = append(facts, page.Fact{Label: lang.T("Tests that Rosenblatt's rule with a bias does better in"), Value: of(len(better), n), Note: r.span()})
	}
	if by, n := r.judged(); n > 0 {
		facts = append(facts, page.Fact{Label: lang.T("The report's reasons that hold, in part or in full"), Value: of(n-len(by[page.Fails]), n), Note: lang.T("on this run's points")})
	}
	return facts
}

func of(k, n int) string { return fmt.Sprintf("%d/%d", k, n) }
