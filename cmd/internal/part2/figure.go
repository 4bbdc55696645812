package part2

import (
	"context"
	"fmt"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/parallel"
	"glassbox/plotsvg"
)

// A Figure is a drawing in two languages and the file for its English one.
type Figure struct {
	File         string
	SVG, Caption lang.Text
}

// Block is the figure on a page.
func (f Figure) Block() page.Figure { return page.Figure{SVG: f.SVG, Caption: f.Caption} }

// width and height of a figure: its texts can still be read where a phone
// shrinks it.
const (
	width       = 500
	height      = 340
	equalHeight = 400
)

// A Sketch is a figure to be drawn in both languages.
type Sketch struct {
	File    string
	Caption lang.Text
	figure  func(in language) *plotsvg.Figure
}

// A language chooses one of a text's two.
type language func(lang.Text) string

var languages = [...]language{
	func(t lang.Text) string { return t.EN },
	func(t lang.Text) string { return t.ZH },
}

// all returns the texts in the language, nil for nil.
func (in language) all(texts []lang.Text) []string {
	if texts == nil {
		return nil
	}
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = in(t)
	}
	return list
}

// Draw makes figures of sketches, on all cores; the last, which is the largest
// where there is a boundary, is begun first. Sketches of several runs may be
// drawn together.
func Draw(sketches []Sketch) ([]Figure, error) {
	n := len(sketches)
	list, errs := make([]Figure, n), make([]error, 2*n)
	svgs := make([][2]string, n)
	_ = parallel.Do(context.Background(), 2*n, func(job int) {
		i, code := n-1-job%n, job/n
		s := sketches[i]
		f := s.figure(languages[code])
		f.Width, f.Height = width, height
		if f.Equal {
			f.Height = equalHeight
		}
		svg, err := f.SVG()
		if err != nil {
			errs[job] = fmt.Errorf("%s: %w", s.File, err)
		}
		svgs[i][code] = svg
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for i, s := range sketches {
		list[i] = Figure{s.File, lang.Text{EN: svgs[i][0], ZH: svgs[i][1]}, s.Caption}
	}
	return list, nil
}
