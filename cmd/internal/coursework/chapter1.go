package coursework

import (
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part1"
)

// missing is a chapter whose runs were not come to.
func missing(i int) []page.Section {
	return []page.Section{{ID: chapters[i].id, Heading: chapters[i].heading(), Blocks: []page.Block{
		page.Text(lang.T("The runs of this chapter did not come to their end."))}}}
}

// chapter1 is Part I. Its error names the figure that cannot be drawn.
func (r Report) chapter1() ([]page.Section, error) {
	const prefix = "part1-"
	run := r.Perceptron
	if run == nil {
		return missing(0), nil
	}
	top := []page.Block{page.Text(lang.T("The report draws five pairs of Gaussians in the plane and lets a perceptron without a bias learn each. Here its code's rule has run on all five again, and beside it Rosenblatt's, which is the one its text tells of, on the same points."))}
	for _, text := range run.Summary() {
		top = append(top, page.Text(text))
	}
	spread, ok, err := run.SpreadFigure(prefix)
	if err != nil {
		return nil, err
	}
	results := []page.Block{run.Results(prefix)}
	if ok {
		results = append(results, spread)
	}
	list := []page.Section{
		{ID: chapters[0].id, Heading: chapters[0].heading(), Blocks: top},
		{ID: "part1-data", Minor: true, Heading: lang.T("1.1 The data"), Blocks: append(r.claims("part1-data"), run.Pairs())},
		{ID: "part1-rule", Minor: true, Heading: lang.T("1.2 The rule"), Blocks: append(r.claims("part1-rule"), run.Learned())},
		{ID: "part1-results", Minor: true, Heading: lang.T("1.3 and 1.4 Results and analysis"), Blocks: append(results, run.Compared())},
	}
	for _, t := range run.Tests {
		blocks, err := testBlocks(t)
		if err != nil {
			return nil, err
		}
		id := part1.Key(prefix, t)
		list = append(list, page.Section{ID: id, Minor: true, Heading: t.Title(), Blocks: append(blocks, r.claims(id)...)})
	}
	return list, nil
}

// testBlocks are what part1 says of a test but for its claim, which stands among
// the others.
func testBlocks(t part1.Test) ([]page.Block, error) {
	all, err := t.Blocks()
	if err != nil {
		return nil, err
	}
	var blocks []page.Block
	for _, b := range all {
		if _, ok := b.(page.Claim); !ok {
			blocks = append(blocks, b)
		}
	}
	return blocks, nil
}
