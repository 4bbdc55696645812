package plotsvg

import (
	"cmp"
	"fmt"
)

// A Line joins its points in their order and shows values on hover at its
// vertices, evenly thinned to some 400 if there are more; the line itself is
// drawn in full.
type Line struct {
	Name   Text
	X, Y   []float64 // as many in both, at least one
	Class  int
	Dashed bool
	Width  float64  // pixels; 0: 1.8
	Hover  []Text   // one a vertex; nil: "Name (x, y)"
	Keys   []string // one a vertex, or nil: data-key of what shows there, to tie it to other parts of a page
}

// maxTargets bounds the hover targets of one line.
const maxTargets = 400

// beyond is how far outside of the frame geometry goes on, in pixels: far
// enough for no line's end or corner to be seen.
const beyond = 200

func (l Line) what() (string, Text) { return "Line", l.Name }

func (l Line) check(f *Figure) string {
	keys := ""
	if l.Keys != nil && len(l.Keys) != len(l.X) {
		keys = fmt.Sprintf("Keys has %d texts for %d vertices", len(l.Keys), len(l.X))
	}
	return cmp.Or(pixels("Width", l.Width), keys, f.columns(l.Hover, column{"X", l.X, f.X}, column{"Y", l.Y, f.Y}))
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
	c := canvas{languages: p.hover.languages}
	for i, q := range ps {
		if i%every != 0 && i != len(ps)-1 || !p.x.inside(l.X[i]) || !p.y.inside(l.Y[i]) {
			continue
		}
		title := hover(l.Hover, i, l.X[i], l.Y[i])
		if l.Hover == nil && !blank(l.Name) {
			value := title[0]
			title = nil
			for _, name := range l.Name {
				title = append(title, name+" "+value)
			}
		}
		if p.bare {
			c.printf("<circle cx=\"%v\" cy=\"%v\"/>\n", px(q.x), px(q.y))
			continue
		}
		key := ""
		if l.Keys != nil {
			key = " data-key=\"" + escape(l.Keys[i]) + "\""
		}
		c.printf("<circle cx=\"%v\" cy=\"%v\"%s>", px(q.x), px(q.y), key)
		c.say("title", "", title)
		c.printf("</circle>\n")
	}
	if len(c.b) > 0 {
		p.hover.printf("<g class=\"gbv%s\">\n", colour(l.Class))
		p.hover.add(c)
		p.hover.printf("</g>\n")
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

// A Band fills the region between two curves over the same X, such as mean
// minus and plus a standard deviation.
type Band struct {
	Name      Text
	X, Lo, Hi []float64 // as many in all three, at least one; Lo ≤ Hi
	Class     int
}

func (l Band) what() (string, Text) { return "Band", l.Name }

func (l Band) check(f *Figure) string {
	if wrong := f.columns(nil, column{"X", l.X, f.X}, column{"Lo", l.Lo, f.Y}, column{"Hi", l.Hi, f.Y}); wrong != "" {
		return wrong
	}
	for i := range l.Lo {
		if l.Lo[i] > l.Hi[i] {
			return fmt.Sprintf("Lo[%d] %v is above Hi[%d] %v", i, l.Lo[i], i, l.Hi[i])
		}
	}
	return ""
}

func (l Band) extent(x, y *extent) {
	x.addAll(l.X, true)
	y.addAll(l.Lo, false)
	y.addAll(l.Hi, false)
}

func (l Band) avoid(f *frame, busy *obstacles) {
	busy.region(f.points(l.X, l.Lo), f.points(l.X, l.Hi))
}

func (l Band) draw(p *plot) {
	ps := p.points(l.X, l.Hi)
	for i := len(l.X) - 1; i >= 0; i-- {
		ps = append(ps, p.at(l.X[i], l.Lo[i]))
	}
	if ps = clipRegion(ps, p.area().grow(beyond)); len(ps) == 0 {
		return
	}
	var d path
	d.line(ps)
	p.body.printf("<path class=\"gbr%s\" d=\"%sz\"/>\n", colour(l.Class), d.b)
}

func (l Band) key(c *canvas, x, y, w float64) {
	c.printf("<path class=\"gbr%s\" d=\"M%v %vh%vv10h-%vz\"/>\n", colour(l.Class), px(x-w/2), px(y-5), px(w), px(w))
}

// An HLine is a reference level across the frame, with Name as its label.
type HLine struct {
	Name   Text
	At     float64
	Class  int
	Dashed bool
}

const referenceWidth = 1.3

func (l HLine) what() (string, Text) { return "HLine", l.Name }

func (l HLine) check(f *Figure) string { return f.Y.value("At", l.At) }

func (l HLine) extent(_, y *extent) { y.soft.add(l.At) }

func (l HLine) avoid(f *frame, busy *obstacles) {
	if f.y.inside(l.At) {
		y := f.at(f.x.lo, l.At).y
		busy.line([]point{{0, y}, {f.w, y}})
	}
}

func (l HLine) draw(p *plot) {
	if !p.y.inside(l.At) {
		return
	}
	y := p.at(p.x.lo, l.At).y
	p.body.printf("<path class=\"gbl%s\"%s d=\"M0 %vh%v\"/>\n", colour(l.Class), strokeAttrs(referenceWidth, l.Dashed), px(y), px(p.w))
	p.label(l.Name, func(w, h float64) []box {
		right, middle := p.w-w-6, (p.w-w)/2
		over, under := y-h-2, y+2
		return []box{
			at(right, over, w, h), at(right, under, w, h), at(6, over, w, h), at(6, under, w, h),
			at(middle, over, w, h), at(middle, under, w, h),
		}
	})
}

// A Mark is a small upright cross at a point, with a text beside it where
// there is room. It is in the colour of the text.
type Mark struct {
	Text Text
	X, Y float64
}

func (l Mark) what() (string, Text) { return "Mark", l.Text }

func (l Mark) check(f *Figure) string {
	return cmp.Or(f.X.value("X", l.X), f.Y.value("Y", l.Y))
}

func (l Mark) extent(x, y *extent) {
	x.soft.add(l.X)
	y.soft.add(l.Y)
}

func (l Mark) avoid(f *frame, busy *obstacles) {
	// A mark matters more than any one point.
	busy.point(f.at(l.X, l.Y), 20)
}

func (l Mark) draw(p *plot) {
	q := p.at(l.X, l.Y)
	if !p.area().has(q) {
		return
	}
	p.labels.printf("<path class=\"gbl\" stroke-width=\"1.6\" d=\"M%v %vh10m-5-5v10\"/>\n", px(q.x-5), px(q.y))
	p.label(l.Text, func(w, h float64) []box {
		const d = 9
		left, right, middle := q.x-d-w, q.x+d, q.x-w/2
		over, under, level := q.y-d-h, q.y+d, q.y-h/2
		var places []box
		for _, c := range []point{
			{right, level}, {left, level}, {middle, over}, {middle, under},
			{right - 3, over + 3}, {left + 3, over + 3}, {right - 3, under - 3}, {left + 3, under - 3},
		} {
			places = append(places, at(c.x, c.y, w, h))
		}
		return places
	})
}
