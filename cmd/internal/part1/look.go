package part1

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/mat"
)

// key is where a page has the explanation of a number of a test's training by its
// variant v.
func key(t Test, v int, name string) string { return fmt.Sprintf("%s.%d/%s", t.Name, v, name) }

// A page has room for what so many epochs are made of, and for explanations of tests
// of so many points of each class.
const mostPast, mostPoints = 5, 2000

// tell adds to all the explanations of l's numbers and, of the main training, of what
// they are made of.
func (l *Lesson) tell(all map[string]page.Explained, v int, names ...string) error {
	for len(names) > 0 {
		name := names[len(names)-1]
		names = names[:len(names)-1]
		if _, ok := all[key(l.Test, v, name)]; ok {
			continue
		}
		c, err := l.Explain(name)
		if err != nil {
			return err
		}
		all[key(l.Test, v, name)] = page.Explained{Chain: c, Of: l.of(), Command: l.command(name)}
		terms, _ := page.Shown(c.Terms)
		for _, t := range terms {
			for _, of := range t.Inputs {
				epoch, _, past := strings.Cut(of, ".")
				if n, _ := strconv.Atoi(epoch); v == 0 && (!past || n <= mostPast) {
					names = append(names, of)
				}
			}
		}
	}
	return nil
}

func (l *Lesson) of() lang.Text {
	if l.own() {
		return lang.T("of a pair of one's own, by %s", l.Config.Variant.Name())
	}
	return lang.T("of test %s, by %s", l.Setup.Name, l.Config.Variant.Name())
}

// command is what tells in a terminal how a number came about.
func (l *Lesson) command(name string) string {
	c, d := l.Config, Defaults()
	line := "go run ./cmd/audit explain -part1 " + map[bool]string{true: "1", false: l.Setup.Name}[l.own()]
	flag := func(differs bool, shape string, args ...any) {
		if differs {
			line += " " + fmt.Sprintf(shape, args...)
		}
	}
	flag(c.Rule != d.Rule, "-rule %s", c.Rule)
	flag(c.Bias, "-bias")
	flag(c.MaxEpochs != d.MaxEpochs, "-max_epochs %d", c.MaxEpochs)
	flag(c.Rate != d.Rate, "-learning_rate %s", cli.FormatFloat(c.Rate))
	flag(c.N != d.N, "-n %d", c.N)
	p := l.Pair
	flag(l.own(), "-mean1 %s -mean2 %s -cov1 %s -cov2 %s", numbers(p.Mean1[:]), numbers(p.Mean2[:]), rows(p.Cov1), rows(p.Cov2))
	flag(c.Seed != d.Seed, "-seed %d", c.Seed)
	flag(c.Seeds != d.Seeds, "-seeds %d", c.Seeds)
	return line + " " + cli.Shell(name)
}

// printed are the names of the numbers of a training that the tables show.
func (l *Lesson) printed() []string {
	names := []string{"accuracy", "right1", "right2", "epochs", "updates", "w[0]", "w[1]", "b", "bayes", "lost", "chance"}
	if l.Data.TestX.Rows <= mostTurns {
		names = append(names, "origin")
	}
	if l.Lines {
		names = append(names, "line", "lost_rule", "lost_offset", "lost_overlap")
	}
	if l.Spread.Count > 0 {
		names = append(names, "mean", "sd", "least", "most")
	}
	return names
}

// Explained are the explanations of the numbers in the tables of r, and of all that
// they are made of; none where there are too many points.
func (r *Run) Explained() (map[string]page.Explained, error) {
	all := map[string]page.Explained{}
	if r.N > mostPoints {
		return all, nil
	}
	for _, t := range r.Tests {
		for v := range t.Trials {
			l, err := r.Lesson(t, v)
			if err != nil {
				return nil, err
			}
			names := l.printed()
			if v > 0 {
				names = names[:1] // the accuracy is all that is told of them
			}
			if err := l.tell(all, v, names...); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// shownEpochs and shownRows bound the tables of a Look.
const shownEpochs, shownRows = 40, 400

// Look is a page of the numbers of the run's first test: its picture, and tables of
// weights, scores and points that open how each number came about.
func (r *Run) Look() (*page.Page, error) {
	t := r.Tests[0]
	l, err := r.Lesson(t, 0)
	if err != nil {
		return nil, err
	}
	fig, err := t.drawn(true)
	if err != nil {
		return nil, err
	}
	p := &page.Page{
		Title:    lang.T("Part I, number by number"),
		Subtitle: lang.T("%s: %s, %s, seed %d", t.Title(), r.Variant.Name(), r.sizes(), r.Seed),
		Run:      page.Run{Seed: strconv.FormatUint(uint64(r.Seed), 10), Fingerprint: r.Fingerprint()},
	}
	if p.Explained, err = r.Explained(); err != nil {
		return nil, err
	}
	// cell shows a number that opens its explanation.
	cell := func(name string, write func(float64) string) page.Cell {
		if err == nil {
			err = l.tell(p.Explained, 0, name)
		}
		x := p.Explained[key(t, 0, name)]
		if x.Chain == nil {
			return page.Cell{}
		}
		return page.Cell{Text: lang.Same(write(x.Result)), Explain: key(t, 0, name)}
	}
	whole := page.Table{Caption: lang.T("The test as a whole. Each number opens how it came about."), Head: []lang.Text{lang.T("What"), lang.T("Value"), lang.T("Name")}, Align: "lrl", RowHeads: true}
	for _, name := range l.printed() {
		whole.Rows = append(whole.Rows, []page.Cell{{Text: meaning(name)}, cell(name, weight), {Text: lang.Same("`" + name + "`")}})
	}
	epochs := page.Table{Caption: lang.T("After each epoch."), Head: lang.Sames("", "w[0]", "w[1]", "b", ""), Align: "rrrrr", RowHeads: true, Long: true}
	epochs.Head[0], epochs.Head[4] = lang.T("Epoch"), lang.T("Accuracy")
	for k := 1; k <= min(l.Epochs(), shownEpochs); k++ {
		row := page.Row(strconv.Itoa(k))
		for _, name := range []string{"w[0]", "w[1]", "b", "accuracy"} {
			row = append(row, cell(fmt.Sprintf("%d.%s", k, name), weight))
		}
		epochs.Rows = append(epochs.Rows, row)
	}
	points := func(caption lang.Text, test bool, x, z string, d mat.Matrix, labels []float64) page.Table {
		list := page.Table{Caption: caption, Head: lang.Sames("", "x[·,0]", "x[·,1]", "", "w·x + b", ""), Align: "rrrrrc", RowHeads: true, Long: true}
		list.Head[0], list.Head[3], list.Head[5] = lang.T("Row"), lang.T("Label"), lang.T("Right")
		for i := range min(d.Rows, shownRows) {
			mark := "✗"
			if m := t.Main(); m.Learned.Forward(d.RowRange(i, i+1))[0] == labels[i] {
				mark = "✓"
			}
			list.Keys = append(list.Keys, rowKey(test, i))
			list.Rows = append(list.Rows, slices.Concat(page.Row(strconv.Itoa(i)),
				[]page.Cell{cell(fmt.Sprintf("%s[%d,0]", x, i), weight), cell(fmt.Sprintf("%s[%d,1]", x, i), weight)},
				page.Row(fmt.Sprintf("%+.0f", labels[i])), []page.Cell{cell(fmt.Sprintf("%s[%d]", z, i), weight)}, page.Row(mark)))
		}
		return list
	}
	d := l.Data
	train := points(lang.T("The training points, under the weights after the last epoch."), false, "x", "z", d.TrainX, d.TrainY)
	tests := points(lang.T("The test points, under the same weights."), true, "test_x", "test_z", d.TestX, d.TestY)
	p.Sections = []page.Section{
		{ID: "picture", Heading: lang.T("The points and the line"), Blocks: []page.Block{fig,
			page.Text(lang.T("A point leads to its row, and a row to its point. Every underlined number opens its formula, its terms with the running number and its 64 bits, and what it is made of, down to the generator's 32-bit words."))}},
		{ID: "numbers", Heading: lang.T("The numbers"), Blocks: []page.Block{whole, epochs}},
		{ID: "points", Heading: lang.T("The points"), Blocks: []page.Block{tests, train}},
	}
	return p, err
}

// meaning says what a number is.
func meaning(name string) lang.Text {
	return map[string]lang.Text{
		"accuracy": lang.T("accuracy on the test points"), "right1": lang.T("right test points of class 1"), "right2": lang.T("right test points of class 2"),
		"epochs": lang.T("epochs"), "updates": lang.T("updates"), "w[0]": lang.T("weight of x[·,0]"), "w[1]": lang.T("weight of x[·,1]"), "b": lang.T("bias"),
		"origin": lang.T("the most that a line through the origin has right"), "line": lang.T("the most that any line has right"),
		"bayes": lang.T("Bayes accuracy: the most that anything can expect"), "lost": lang.T("lost"), "lost_rule": lang.T("lost to the rule"),
		"lost_offset": lang.T("lost to the missing offset"), "lost_overlap": lang.T("lost to the overlap"), "chance": lang.T("scatter of the Bayes accuracy on so few points"),
		"mean": lang.T("mean accuracy with further seeds"), "sd": lang.T("its standard deviation"), "least": lang.T("the least of them"), "most": lang.T("the largest of them"),
	}[name]
}
