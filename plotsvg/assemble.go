package plotsvg

import (
	"math"
	"strings"
)

// assemble writes the whole <svg> around what the layers have drawn.
func (f *Figure) assemble(p *plot) string {
	w, h := p.left+p.w+p.right, p.top+p.h+p.bottom
	w, h = math.Ceil(w), math.Ceil(h)
	c := canvas{b: make([]byte, 0, len(style)+len(p.body.b)+len(p.labels.b)+len(p.hover.b)+1<<13)}
	c.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gb\" role=\"img\" width=\"%v\" height=\"%v\" viewBox=\"0 0 %v %v\">\n",
		px(w), px(h), px(w), px(h))
	title, desc := f.spoken()
	c.printf("<title>%v</title>\n<desc>%v</desc>\n", txt(title), txt(desc))
	c.printf("<style>%s</style>\n", style)
	c.printf("<rect class=\"gbb\" width=\"%v\" height=\"%v\"/>\n", px(w), px(h))
	c.lines(p.title, titleSize, p.head, margin+titleSize, " class=\"gbh\"")
	p.axes(&c)

	// A nested svg clips to its own rectangle without an id. No element has a
	// style attribute, which a page's security policy would have to allow.
	c.printf("<svg x=\"%v\" y=\"%v\" width=\"%v\" height=\"%v\">\n", px(p.left), px(p.top), px(p.w), px(p.h))
	c.b = append(c.b, p.body.b...)
	if len(p.labels.b) > 0 {
		c.printf("<g class=\"gbt gbn\">\n%s</g>\n", p.labels.b)
	}
	c.b = append(c.b, p.hover.b...)
	c.printf("</svg>\n")
	p.legend.draw(&c, p.left+p.legendX, p.top+p.legendY)
	c.printf("</svg>\n")
	return string(c.b)
}

// axes writes the grid, the frame, ticks and labels.
func (p *plot) axes(c *canvas) {
	var grid, marks path
	left, bottom := cents(p.left), cents(p.top+p.h)
	right, top := cents(p.left+p.w), cents(p.top)
	var xs, ys canvas
	for _, t := range p.xTicks {
		at, long := cents(p.left+float64(t.at*p.w)), cents(tickLen)
		if t.minor {
			long /= 2
		} else {
			grid.moveTo(at, top)
			grid.lineTo(at, bottom)
		}
		marks.moveTo(at, bottom)
		marks.lineTo(at, bottom+long)
		if t.label != "" {
			xs.printf("<text x=\"%v\" y=\"%v\">%s</text>\n", px(p.left+float64(t.at*p.w)), px(p.top+p.h+tickLen+tickGap+9), t.label)
		}
	}
	for _, t := range p.yTicks {
		y := p.top + float64((1-t.at)*p.h)
		at, long := cents(y), cents(tickLen)
		if t.minor {
			long /= 2
		} else {
			grid.moveTo(left, at)
			grid.lineTo(right, at)
		}
		if t.label != "" {
			ys.printf("<text x=\"%v\" y=\"%v\">%s</text>\n", px(p.left-tickLen-tickGap), px(y+4), t.label)
		}
		marks.moveTo(left, at)
		marks.lineTo(left-long, at)
	}
	if len(grid.b) > 0 {
		c.printf("<path class=\"gbg\" d=\"%s\"/>\n", grid.b)
	}
	marks.moveTo(left, top)
	marks.lineTo(right, top)
	marks.lineTo(right, bottom)
	marks.lineTo(left, bottom)
	marks.close(left, top)
	c.printf("<path class=\"gba\" d=\"%s\"/>\n", marks.b)
	c.printf("<g class=\"gbt\" text-anchor=\"middle\">\n%s</g>\n", xs.b)
	c.printf("<g class=\"gbt\" text-anchor=\"end\">\n%s</g>\n", ys.b)
	c.lines(p.xLabel, labelSize, p.left+p.w/2, p.top+p.h+tickLen+tickGap+tickSize+labelSize+4, " text-anchor=\"middle\"")
	if len(p.yLabel) > 0 {
		c.printf("<g transform=\"translate(%v %v) rotate(-90)\" text-anchor=\"middle\">\n", px(margin+labelSize-2), px(p.top+p.h/2))
		c.lines(p.yLabel, labelSize, 0, 0, "")
		c.printf("</g>\n")
	}
}

// spoken returns the title and the description for screen readers.
func (f *Figure) spoken() (title, desc string) {
	title, desc = f.Title, f.Desc
	if strings.TrimSpace(title) == "" {
		title = "Figure"
	}
	if strings.TrimSpace(desc) != "" {
		return title, desc
	}
	var names []string
	seen := map[string]bool{}
	for _, l := range f.Layers {
		kind, name := l.what()
		if name == "" {
			name = "a " + kind
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	y, x := f.Y.Label, f.X.Label
	if y == "" {
		y = "y"
	}
	if x == "" {
		x = "x"
	}
	return title, y + " against " + x + ": " + strings.Join(names, ", ") + "."
}
