package plotsvg

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Points are a scatter. Class sets the colour and the mark: circle, square,
// triangle, diamond, cross, …; Hollow marks are outlines, for a second kind of
// the same class or for rings around points.
//
// Up to 2000 points show their values on hover; more are drawn as one path.
type Points struct {
	Name   Text
	X, Y   []float64 // as many in both, at least one
	Class  int
	Hollow bool
	Size   float64  // pixels across; 0: by the number of points
	Hover  []Text   // one a point; nil: "(x, y)"
	Keys   []string // one a point, or nil: its data-key, as of a Line
}

// maxHover is the number of points up to which each is an element.
const maxHover = 2000

func (l Points) what() (string, Text) { return "Points", l.Name }

func (l Points) check(f *Figure) string {
	keys := ""
	if l.Keys != nil && len(l.Keys) != len(l.X) {
		keys = fmt.Sprintf("Keys has %d texts for %d points", len(l.Keys), len(l.X))
	}
	return cmp.Or(keys, pixels("Size", l.Size), f.columns(l.Hover, column{"X", l.X, f.X}, column{"Y", l.Y, f.Y}))
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
	if len(l.X) > maxHover {
		l.drawAll(p)
		return
	}
	p.body.b = slices.Grow(p.body.b, 100*len(l.X))
	p.body.printf("<g class=\"%s%s\">\n", l.look(), colour(l.Class))
	for i := range l.X {
		if !p.near(l.X[i], l.Y[i]) {
			continue
		}
		var says Text
		key := ""
		if l.Keys != nil && !p.bare {
			key = l.Keys[i]
		}
		if !p.bare {
			says = hover(l.Hover, i, l.X[i], l.Y[i])
		}
		p.body.mark(l.Class, size, p.at(l.X[i], l.Y[i]), says, key)
	}
	p.body.printf("</g>\n")
}

// drawAll writes all marks as one path, those at the same tenth of a pixel
// once.
func (l Points) drawAll(p *plot) {
	var d path
	size := l.size()
	dots := markShape(l.Class) == nil && !l.Hollow
	type spot struct{ x, y int64 }
	seen := map[spot]bool{}
	for i := range l.X {
		if !p.near(l.X[i], l.Y[i]) {
			continue
		}
		q := p.at(l.X[i], l.Y[i])
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
	c.mark(l.Class, min(max(l.size(), 5), 11), point{x, y}, nil, "")
	c.b = bytes.TrimSuffix(c.b, []byte("\n"))
	c.printf("</g>\n")
}

func (l Points) look() string {
	if l.Hollow {
		return "gbo"
	}
	return "gbf"
}

// hover is what shows on the i-th point of a layer, at (x, y): its values where
// the layer gives no texts.
func hover(texts []Text, i int, x, y float64) Text {
	if texts != nil {
		return texts[i]
	}
	return Text{"(" + strconv.FormatFloat(x, 'g', 6, 64) + ", " + strconv.FormatFloat(y, 'g', 6, 64) + ")"}
}

// A shape is the outline of a mark, as offsets from its middle.
type shape []point

// shapes are the marks of the classes after the circle of class 0 (and of
// Neutral), for a circle of diameter 1, with about the same area.
var shapes = [...]shape{
	{{-.44, -.44}, {.44, -.44}, {.44, .44}, {-.44, .44}}, // square
	{{0, -.72}, {.64, .42}, {-.64, .42}},                 // triangle
	{{0, -.66}, {.66, 0}, {0, .66}, {-.66, 0}},           // diamond
	turned(cross),                         // ×
	{{0, .72}, {-.64, -.42}, {.64, -.42}}, // triangle, point down
	cross,                                 // +
	{{-.28, -.54}, {.28, -.54}, {.56, 0}, {.28, .54}, {-.28, .54}, {-.56, 0}}, // hexagon
}

var cross = shape{
	{-.18, -.64}, {.18, -.64}, {.18, -.18}, {.64, -.18}, {.64, .18}, {.18, .18},
	{.18, .64}, {-.18, .64}, {-.18, .18}, {-.64, .18}, {-.64, -.18}, {-.18, -.18},
}

// turned turns a shape by an eighth.
func turned(s shape) shape {
	var t shape
	for _, p := range s {
		t = append(t, point{
			float64((p.x - p.y) * (math.Sqrt2 / 2)),
			float64((p.x + p.y) * (math.Sqrt2 / 2)),
		})
	}
	return t
}

// markShape returns the outline of a class's mark, nil for the circle.
func markShape(class int) shape {
	if class < 0 {
		return nil
	}
	k := class % (len(shapes) + 1)
	if k == 0 {
		return nil
	}
	return shapes[k-1]
}

// trace adds the mark of a class, size pixels across, at q to a path.
func (p *path) trace(class int, size float64, q point) {
	cx, cy := cents(q.x), cents(q.y)
	outline := markShape(class)
	if outline == nil {
		r := cents(size / 2)
		p.moveTo(cx-r, cy)
		for _, d := range []int64{2 * r, -2 * r} {
			p.command('a')
			p.number(r)
			p.number(r)
			p.b = append(p.b, " 0 1 0"...)
			p.number(d)
			p.number(0)
		}
		p.close(cx-r, cy)
		return
	}
	for i, v := range outline {
		x, y := cx+cents(float64(v.x*size)), cy+cents(float64(v.y*size))
		if i == 0 {
			p.moveTo(x, y)
		} else {
			p.lineTo(x, y)
		}
	}
	p.close(cx+cents(float64(outline[0].x*size)), cy+cents(float64(outline[0].y*size)))
}

// mark writes one mark as an element of its own, with a text on hover if
// there is one. Figures have thousands of them, so nothing here goes by
// a format.
func (c *canvas) mark(class int, size float64, q point, title Text, key string) {
	name := "path"
	if markShape(class) == nil {
		name = "circle"
		c.b = append(c.b, "<circle cx=\""...)
		c.px(q.x)
		c.b = append(c.b, "\" cy=\""...)
		c.px(q.y)
		c.b = append(c.b, "\" r=\""...)
		c.px(size / 2)
	} else {
		c.b = append(c.b, "<path d=\""...)
		p := path{b: c.scratch[:0]}
		p.trace(class, size, q)
		c.b = append(c.b, p.b...)
		c.scratch = p.b
	}
	if key != "" {
		c.b = append(append(c.b, "\" data-key=\""...), escape(key)...)
	}
	if blank(title) {
		c.b = append(c.b, "\"/>\n"...)
		return
	}
	c.b = append(c.b, "\">"...)
	c.say("title", "", title)
	c.b = append(c.b, "</"...)
	c.b = append(c.b, name...)
	c.b = append(c.b, ">\n"...)
}
