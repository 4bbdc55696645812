package plotsvg

import "math"

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
// title is not empty. Figures have thousands of them, so nothing here goes by
// a format.
func (c *canvas) mark(class int, size float64, q point, title string) {
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
	if title == "" {
		c.b = append(c.b, "\"/>\n"...)
		return
	}
	c.b = append(c.b, "\"><title>"...)
	c.b = append(c.b, escape(title)...)
	c.b = append(c.b, "</title></"...)
	c.b = append(c.b, name...)
	c.b = append(c.b, ">\n"...)
}
