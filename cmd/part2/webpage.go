package main

import (
	"fmt"
	"strconv"
	"strings"

	"glassbox/cmd/internal/page"
)

// files describes what lies beside the page.
func files(names []string) []page.File {
	notes := map[string]string{
		"metrics.csv": "every evaluation at full precision", "run.json": "settings, evaluations, final numbers, fingerprint",
		"runs.csv": "the final numbers of every run", "data.svg": "the data", "accuracy.svg": "the accuracy curves",
		"loss.svg": "the loss curve", "boundary.svg": "the decision boundary",
	}
	var list []page.File
	for _, name := range names {
		list = append(list, page.File{Name: name, Note: notes[name]})
	}
	return list
}

func figureBlock(f figure) page.Figure { return page.Figure{SVG: f.svg, Caption: f.caption} }

// page is the run's index.html.
func (r report) page(figures []figure, written []string) *page.Page {
	d := r.exp.Data
	p := &page.Page{
		Title:    "Multi-layer perceptron: " + strings.ReplaceAll(r.network(), "-", "\u2011") + " on " + d.Name,
		Subtitle: fmt.Sprintf("%d training rows, %d test rows, %s, seed %d", d.TrainX.Rows, d.TestX.Rows, batches(r.exp.Config), r.exp.Seed),
		Files:    files(written),
		Run:      page.Run{Command: r.flags.set.Command("seed"), Seed: strconv.FormatUint(uint64(r.exp.Seed), 10), Fingerprint: r.result.Fingerprint},
	}
	if r.result.Interrupted() {
		p.Interrupted = fmt.Sprintf("The run was interrupted after %d of %d steps; what follows is what there was.", r.result.Steps, r.exp.Steps)
	}
	result := page.Section{ID: "result", Heading: "Result"}
	if lines := r.preface(); lines != nil {
		result.Blocks = append(result.Blocks, page.Note{Warning: true, Title: "Not a right network", Text: strings.Join(lines, " ")})
	}
	if err := r.result.Err; err != nil && !r.result.Interrupted() {
		result.Blocks = append(result.Blocks, page.Note{Warning: true, Title: "Stopped", Text: err.Error()})
	}
	if len(r.result.Evals) > 0 {
		v := r.result.Last()
		result.Blocks = append(result.Blocks, page.Facts{
			{Label: "Test accuracy", Value: fmt.Sprintf("%.4f", v.TestAccuracy), Note: fmt.Sprintf("%d rows the network has not seen", d.TestX.Rows)},
			{Label: "Training accuracy", Value: fmt.Sprintf("%.4f", v.TrainAccuracy), Note: fmt.Sprintf("%d rows", d.TrainX.Rows)},
			{Label: "Loss", Value: digits(v.Loss), Note: fmt.Sprintf("%s a row, after %d steps", digits(v.Loss/float64(v.Rows)), v.Step)},
		})
		result.Blocks = append(result.Blocks, r.explanation()...)
	}
	p.Sections = append(p.Sections, result)

	var pictures []page.Block
	for _, f := range figures {
		pictures = append(pictures, figureBlock(f))
	}
	if len(pictures) > 0 {
		p.Sections = append(p.Sections, page.Section{ID: "figures", Heading: "Figures", Blocks: pictures})
	}
	numbers := page.Section{ID: "numbers", Heading: "Numbers"}
	if len(r.result.Evals) > 0 {
		numbers.Blocks = append(numbers.Blocks, page.Table{Caption: "Evaluations spread over the run; `metrics.csv` has all.", Head: evalHead, Align: "rrrrr", Rows: r.evalRows()})
		if c := r.confusion(); c != nil {
			align := "l"
			for range c[0][1:] {
				align += "r"
			}
			numbers.Blocks = append(numbers.Blocks, page.Table{Caption: "Test rows by their class (down) and by the predicted one (across).", Head: c[0], Align: align, Rows: c[1:], RowHeads: true})
		}
	}
	numbers.Blocks = append(numbers.Blocks, r.settings())
	p.Sections = append(p.Sections, numbers)
	return p
}

func (r report) settings() page.Settings { return settingsBlock(r.flags) }

func settingsBlock(f flags) page.Settings {
	s := page.Settings{Caption: "All settings; those given on the command line are marked."}
	for _, x := range f.set.Settings("out", "v") {
		s.Rows = append(s.Rows, page.Setting{Name: x.Name, Value: x.Text, Given: x.Given})
	}
	return s
}

// explanation says in sentences what the numbers mean.
func (r report) explanation() []page.Block {
	var blocks []page.Block
	v, first := r.result.Last(), r.result.Evals[0]
	text := fmt.Sprintf("The loss went from %s to %s a row and the test accuracy from %.3f to %.3f in %d steps.",
		digits(first.Loss/float64(first.Rows)), digits(v.Loss/float64(v.Rows)), first.TestAccuracy, v.TestAccuracy, v.Step)
	switch gap := v.TrainAccuracy - v.TestAccuracy; {
	case gap > 0.03:
		text += fmt.Sprintf(" The training rows fare better by %.3f: the network has learned some of them by heart.", gap)
	case gap < -0.03:
		text += fmt.Sprintf(" The test rows fare better by %.3f, which is chance: there are only %d of them.", -gap, r.exp.Data.TestX.Rows)
	default:
		text += " Training and test rows fare alike: nothing was learned by heart."
	}
	blocks = append(blocks, page.Text(text))
	for _, line := range r.advice() {
		blocks = append(blocks, page.Note{Title: "Hint", Text: line})
	}
	if lines := r.beside(); lines != nil {
		blocks = append(blocks, page.Code{Caption: "The report's figures beside this run's", Text: lines[0] + "\n" + lines[1]})
	}
	return blocks
}

// page is the study's index.html.
func (s *study) page(figures []figure, written []string) *page.Page {
	first := s.series[0].config
	seeds := strconv.FormatUint(uint64(first.Seed), 10)
	if s.seeds > 1 {
		seeds += "–" + strconv.FormatUint(uint64(first.Seed)+uint64(s.seeds)-1, 10)
	}
	p := &page.Page{
		Title:    fmt.Sprintf("%d runs on %s", len(s.series)*s.seeds, s.data.Name),
		Subtitle: fmt.Sprintf("%d settings × %d seeds, %s", len(s.series), s.seeds, batches(first)),
		Files:    files(written),
		Run:      page.Run{Command: s.flags.set.Command("seed"), Seed: seeds, Fingerprint: s.fingerprint()},
	}
	if s.interrupted {
		p.Interrupted = fmt.Sprintf("The study was interrupted after %d of %d runs; what follows is what there was.", s.finished(), len(s.series)*s.seeds)
	}
	align := ""
	for range s.names {
		align += "l"
	}
	result := page.Section{ID: "result", Heading: "Result"}
	if best := s.best(); best != "" {
		result.Blocks = append(result.Blocks, page.Text("Best "+best+"."))
	}
	result.Blocks = append(result.Blocks, page.Table{Caption: "Mean ± standard deviation over the seeds, after the last step; the range is from the lowest run to the highest.",
		Head: s.head(), Align: align + "rrrrrr"[:len(s.head())-len(s.names)], Rows: s.rows(), RowHeads: len(s.names) > 0})
	p.Sections = append(p.Sections, result)
	if len(figures) > 0 {
		var blocks []page.Block
		for _, f := range figures {
			blocks = append(blocks, figureBlock(f))
		}
		p.Sections = append(p.Sections, page.Section{ID: "figures", Heading: "Figures", Blocks: blocks})
	}
	p.Sections = append(p.Sections, page.Section{ID: "settings", Heading: "Settings", Blocks: []page.Block{settingsBlock(s.flags)}})
	return p
}
