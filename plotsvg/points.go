package plotsvg

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// Points are a scatter. Class sets the colour and the mark: circle, square,
// triangle, diamond, cross, …; Hollow marks are outlines, for a second kind of
// the same class or for rings around points.
//
// Up to 2000 points show their values on hover; more are drawn as one path.
type Points struct {
	Name   string
	X, Y   []float64 // as many in both, at least one
	Class  int
	Hollow bool
	Size   float64  // pixels across; 0: by the number of points
	Hover  []string // one a point; nil: "(x, y)"
}

// maxHover is the number of points up to which each is an element.
const maxHover = 2000

func (l Points) what() (string, string) { return "Points", l.Name }

func (l Points) check(x, y Axis) string {
	if wrong := pixels("Size", l.Size); wrong != "" {
		return wrong
	}
	return columns(l.Hover, column{"X", l.X, x}, column{"Y", l.Y, y})
}

func (l Points) extent(x, y *extent) {
	x.addAll(l.X, false)
	y.addAll(l.Y, false)
}

func (l Points) size() float64 {
	switch n := len(l.X); {
	case l.Size > 0:
		return l.Size
	case n <= 500:
		return 7
	case n <= maxHover:
		return 5
	case n <= 10_000:
		return 3
	}
	return 2
}

func (l Points) avoid(f *frame, busy *obstacles) {
	for i := range l.X {
		busy.point(f.at(l.X[i], l.Y[i]), 1)
	}
}

func (l Points) draw(p *plot) {
	size := l.size()
	visible := p.area().grow(size)
	if len(l.X) > maxHover {
		l.drawAll(p, visible)
		return
	}
	p.body.b = slices.Grow(p.body.b, 100*len(l.X))
	p.body.printf("<g class=\"%s%s\">\n", l.look(), colour(l.Class))
	for i := range l.X {
		if q := p.at(l.X[i], l.Y[i]); visible.has(q) {
			title := pair(l.X[i], l.Y[i])
			if l.Hover != nil {
				title = l.Hover[i]
			}
			p.body.mark(l.Class, size, q, title)
		}
	}
	p.body.printf("</g>\n")
}

// drawAll writes all marks as one path, those at the same tenth of a pixel
// once.
func (l Points) drawAll(p *plot, visible box) {
	var d path
	size := l.size()
	dots := markShape(l.Class) == nil && !l.Hollow
	type spot struct{ x, y int64 }
	seen := map[spot]bool{}
	for i := range l.X {
		q := p.at(l.X[i], l.Y[i])
		if !visible.has(q) {
			continue
		}
		s := spot{cents(q.x/10) * 10, cents(q.y/10) * 10}
		if seen[s] {
			continue
		}
		seen[s] = true
		if dots {
			d.moveTo(s.x, s.y)
			d.dot()
		} else {
			d.trace(l.Class, size, point{float64(s.x) / 100, float64(s.y) / 100})
		}
	}
	look, width := "gbp", ""
	switch {
	case l.Hollow:
		look = "gbo"
	case dots:
		look, width = "gbd", fmt.Sprintf(" stroke-width=\"%v\"", px(size))
	}
	if len(d.b) > 0 {
		p.body.printf("<path class=\"%s%s\"%s d=\"%s\"/>\n", look, colour(l.Class), width, d.b)
	}
}

func (l Points) key(c *canvas, x, y, w float64) {
	c.printf("<g class=\"%s%s\">", l.look(), colour(l.Class))
	c.mark(l.Class, min(max(l.size(), 5), 11), point{x, y}, "")
	c.b = bytes.TrimSuffix(c.b, []byte("\n")) // a line of its own, that differs or not as a whole
	c.printf("</g>\n")
}

func (l Points) look() string {
	if l.Hollow {
		return "gbo"
	}
	return "gbf"
}

// pair writes a point's values as they are shown on hover.
func pair(x, y float64) string {
	return "(" + strconv.FormatFloat(x, 'g', 6, 64) + ", " + strconv.FormatFloat(y, 'g', 6, 64) + ")"
}
