package part2

import (
	"context"
	"errors"
	"fmt"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/parallel"
	"glassbox/plotsvg"
)

// A Figure is a figure of a page and the file for its English drawing.
type Figure struct {
	File string
	page.Figure
}

// width and height of a figure: its texts can still be read where a phone
// shrinks it.
const (
	width       = 500
	height      = 340
	equalHeight = 400
)

// A Sketch is a figure to be drawn.
type Sketch struct {
	File    string
	Caption lang.Text
	figure  plotsvg.Figure
}

// Draw makes figures of sketches, on all cores; the last, which is the largest
// where there is a boundary, is begun first. Sketches of several runs may be
// drawn together.
func Draw(sketches []Sketch) ([]Figure, error) {
	list, errs := make([]Figure, len(sketches)), make([]error, len(sketches))
	_ = parallel.Do(context.Background(), len(sketches), func(job int) {
		i := len(sketches) - 1 - job
		s := sketches[i]
		f := s.figure
		f.Languages, f.Width, f.Height = lang.Codes, width, height
		if f.Equal {
			f.Height = equalHeight
		}
		drawing, err := f.Draw()
		if err != nil {
			errs[i] = fmt.Errorf("%s: %w", s.File, err)
		}
		list[i] = Figure{s.File, page.Figure{Drawing: drawing, Caption: s.Caption}}
	})
	return list, errors.Join(errs...)
}
