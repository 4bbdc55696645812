package plotsvg

import "fmt"

// A Line joins its points in their order and shows values on hover at its
// vertices, evenly thinned to some 400 if there are more; the line itself is
// drawn in full.
type Line struct {
	Name   string
	X, Y   []float64 // as many in both, at least one
	Class  int
	Dashed bool
	Width  float64  // pixels; 0: 1.8
	Hover  []string // one a vertex; nil: "Name (x, y)"
	Keys   []string // one a vertex, or nil: data-key of what shows there, to tie it to other parts of a page
}

// maxTargets bounds the hover targets of one line.
const maxTargets = 400

// beyond is how far outside of the frame geometry goes on, in pixels: far
// enough for no line's end or corner to be seen.
const beyond = 200

func (l Line) what() (string, string) { return "Line", l.Name }

func (l Line) check(x, y Axis) string {
	if wrong := pixels("Width", l.Width); wrong != "" {
		return wrong
	}
	if l.Keys != nil && len(l.Keys) != len(l.X) {
		return fmt.Sprintf("Keys has %d texts for %d vertices", len(l.Keys), len(l.X))
	}
	return columns(l.Hover, column{"X", l.X, x}, column{"Y", l.Y, y})
}

func (l Line) extent(x, y *extent) {
	x.addAll(l.X, true)
	y.addAll(l.Y, false)
}

func (l Line) avoid(f *frame, busy *obstacles) { busy.line(f.points(l.X, l.Y)) }

func (l Line) draw(p *plot) {
	ps := p.points(l.X, l.Y)
	var d path
	for _, piece := range clipLine(ps, p.area().grow(beyond)) {
		d.line(piece)
	}
	if len(d.b) == 0 {
		return
	}
	p.body.printf("<path class=\"gbl%s\"%s d=\"%s\"/>\n", colour(l.Class), l.stroke(), d.b)
	l.targets(p, ps)
}

// targets writes invisible circles that appear under the pointer.
func (l Line) targets(p *plot, ps []point) {
	every := (len(ps)-1)/maxTargets + 1
	var c canvas
	for i, q := range ps {
		if i%every != 0 && i != len(ps)-1 || !p.area().has(q) {
			continue
		}
		title := pair(l.X[i], l.Y[i])
		if l.Name != "" {
			title = l.Name + " " + title
		}
		if l.Hover != nil {
			title = l.Hover[i]
		}
		key := ""
		if l.Keys != nil {
			key = " data-key=\"" + escape(l.Keys[i]) + "\""
		}
		c.printf("<circle cx=\"%v\" cy=\"%v\" r=\"5\"%s><title>%v</title></circle>\n", px(q.x), px(q.y), key, txt(title))
	}
	if len(c.b) > 0 {
		p.hover.printf("<g class=\"gbv%s\">\n%s</g>\n", colour(l.Class), c.b)
	}
}

func (l Line) key(c *canvas, x, y, w float64) {
	c.printf("<path class=\"gbl%s\"%s d=\"M%v %vh%v\"/>\n", colour(l.Class), l.stroke(), px(x-w/2), px(y), px(w))
}

func (l Line) stroke() string {
	w := l.Width
	if w == 0 {
		w = 1.8
	}
	return strokeAttrs(w, l.Dashed)
}

func strokeAttrs(width float64, dashed bool) string {
	s := fmt.Sprintf(" stroke-width=\"%v\"", px(width))
	if dashed {
		s += ` stroke-dasharray="4 5"` // with the round ends about 6 and 3
	}
	return s
}
