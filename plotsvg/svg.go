package plotsvg

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A canvas collects SVG text.
type canvas struct {
	b         []byte
	languages []string
	others    []span // what a figure in its first language alone leaves out
	scratch   []byte // mark's
}

// A span is the bytes from, …, to−1.
type span struct{ from, to int }

// add appends what another canvas has.
func (c *canvas) add(o canvas) {
	n := len(c.b)
	c.b = append(c.b, o.b...)
	for _, s := range o.others {
		c.others = append(c.others, span{n + s.from, n + s.to})
	}
}

// first returns the text without the spans of other languages.
func (c *canvas) first() []byte {
	b, at := make([]byte, 0, len(c.b)), 0
	for _, s := range c.others {
		b, at = append(b, c.b[at:s.from]...), s.to
	}
	return append(b, c.b[at:]...)
}

// say writes an element that holds a text: one where all languages have the
// same, else one for each language that has any. attrs is empty or starts with
// a space.
func (c *canvas) say(name, attrs string, t Text) {
	several := slices.ContainsFunc(t, func(s string) bool { return s != t[0] })
	for i := range max(1, len(t)) {
		s := in(t, i)
		if several && s == "" {
			continue
		}
		from := len(c.b)
		c.b = append(append(c.b, '<'), name...)
		if several {
			at := len(c.b)
			c.b = append(append(append(c.b, " lang=\""...), escape(c.languages[i])...), '"')
			if i == 0 {
				c.others = append(c.others, span{at, len(c.b)})
			}
		}
		c.b = append(append(append(c.b, attrs...), '>'), escape(s)...)
		c.b = append(append(append(c.b, "</"...), name...), '>')
		if !several {
			return
		}
		if i > 0 {
			c.others = append(c.others, span{from, len(c.b)})
		}
	}
}

// end closes a group that was begun at from with so many bytes, or takes it
// back where nothing was drawn in it.
func (c *canvas) end(from, open int) {
	if len(c.b) == from+open {
		c.b = c.b[:from]
		return
	}
	c.printf("</g>\n")
}

// printf appends text; pixels are passed as px.
func (c *canvas) printf(format string, args ...any) { c.b = fmt.Appendf(c.b, format, args...) }

// px appends a length.
func (c *canvas) px(v float64) { c.b = appendCents(c.b, cents(v), true) }

// lines writes a block of text whose first baseline is at (x, y). attrs is
// empty or starts with a space.
func (c *canvas) lines(b block, size, x, y float64, attrs string) {
	for k := range b.count() {
		dy := float64(float64(k) * size * lineHeight)
		c.say("text", fmt.Sprintf(" x=\"%v\" y=\"%v\"%s", px(x), px(y+dy), attrs), b.line(k))
		c.b = append(c.b, '\n')
	}
}

// px is a length that prints rounded to hundredths of a pixel.
type px float64

func (v px) String() string { return string(appendCents(nil, cents(float64(v)), true)) }

// cents rounds v to hundredths, halves upwards. Being whole they have no -0,
// and differences of them no error.
func cents(v float64) int64 { return int64(math.Floor(float64(v*100) + 0.5)) }

// appendCents appends n hundredths as a decimal number, with the 0 before the
// point or without.
func appendCents(b []byte, n int64, zero bool) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	whole, part := n/100, n%100
	if whole > 0 || part == 0 || zero {
		b = strconv.AppendInt(b, whole, 10)
	}
	if part > 0 {
		b = append(b, '.', byte('0'+part/10))
		if part%10 > 0 {
			b = append(b, byte('0'+part%10))
		}
	}
	return b
}

// A path collects the commands of a <path>, relative to each other and as
// short as they can be. Positions are exact hundredths, so nothing adds up.
type path struct {
	b    []byte
	x, y int64 // the pen
	last byte  // the last command
}

func (p *path) number(n int64) {
	if k := len(p.b); n >= 0 && k > 0 && '0' <= p.b[k-1] && p.b[k-1] <= '9' {
		p.b = append(p.b, ' ')
	}
	p.b = appendCents(p.b, n, false)
}

func (p *path) command(c byte) {
	if p.last != c || c == 'z' {
		p.b = append(p.b, c)
	}
	p.last = c
}

// moveTo starts a line at (x, y).
func (p *path) moveTo(x, y int64) {
	if len(p.b) == 0 {
		p.command('M')
		p.number(x)
		p.number(y)
	} else {
		p.last = 0 // what follows a move without a letter would be a line
		p.command('m')
		p.number(x - p.x)
		p.number(y - p.y)
	}
	p.x, p.y = x, y
}

// lineTo draws a line to (x, y); a line of no length is left out.
func (p *path) lineTo(x, y int64) {
	dx, dy := x-p.x, y-p.y
	switch {
	case dx == 0 && dy == 0:
		return
	case dy == 0:
		p.command('h')
		p.number(dx)
	case dx == 0:
		p.command('v')
		p.number(dy)
	default:
		p.command('l')
		p.number(dx)
		p.number(dy)
	}
	p.x, p.y = x, y
}

// dot draws a line of no length, which round or square caps make a dot.
func (p *path) dot() {
	p.last = 0
	p.b = append(p.b, "h0"...)
}

// line draws an open line through points, a dot if they are all the same.
func (p *path) line(points []point) {
	for i, q := range points {
		if i == 0 {
			p.moveTo(cents(q.x), cents(q.y))
		} else {
			p.lineTo(cents(q.x), cents(q.y))
		}
	}
	if n := len(points); n > 0 && (p.last == 'M' || p.last == 'm') {
		p.dot()
	}
}

// close ends the line where it began, which becomes the pen's place again.
func (p *path) close(x, y int64) {
	p.command('z')
	p.x, p.y = x, y
}

// assemble writes the whole <svg> around what the layers have drawn.
func (f *Figure) assemble(p *plot) canvas {
	w, h := p.left+p.w+p.right, p.top+p.h+p.bottom
	w, h = math.Ceil(w), math.Ceil(h)
	c := canvas{languages: f.Languages, b: make([]byte, 0, len(Style)+len(p.body.b)+len(p.labels.b)+len(p.hover.b)+1<<13)}
	c.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gb\" role=\"img\" width=\"%v\" height=\"%v\" viewBox=\"0 0 %v %v\">\n",
		px(w), px(h), px(w), px(h))
	title, desc := f.spoken()
	c.say("title", "", title)
	c.b = append(c.b, '\n')
	c.say("desc", "", desc)
	c.b = append(c.b, '\n')
	if !f.bare {
		c.printf("<style>%s</style>\n", Style)
	}
	c.printf("<rect class=\"gbb\" width=\"%v\" height=\"%v\"/>\n", px(w), px(h))
	c.lines(p.title, titleSize, p.head, margin+titleSize, " class=\"gbh\"")
	p.axes(&c)

	// A nested svg clips to its own rectangle without an id. No element has a
	// style attribute, which a page's security policy would have to allow.
	c.printf("<svg x=\"%v\" y=\"%v\" width=\"%v\" height=\"%v\">\n", px(p.left), px(p.top), px(p.w), px(p.h))
	c.add(p.body)
	if len(p.labels.b) > 0 {
		c.printf("<g class=\"gbt gbn\">\n")
		c.add(p.labels)
		c.printf("</g>\n")
	}
	c.add(p.hover)
	c.printf("</svg>\n")
	c.printf("<g class=\"gbk\">\n")
	p.legend.draw(&c, p.left+p.legendX, p.top+p.legendY, f)
	c.printf("</g>\n")
	c.printf("</svg>\n")
	return c
}

// axes writes the grid, the frame, ticks and labels.
func (p *plot) axes(c *canvas) {
	var grid, marks path
	left, bottom := cents(p.left), cents(p.top+p.h)
	right, top := cents(p.left+p.w), cents(p.top)
	var xs, ys canvas
	segment := func(d *path, x0, y0, x1, y1 int64) {
		d.moveTo(x0, y0)
		d.lineTo(x1, y1)
	}
	long := map[bool]int64{false: cents(tickLen), true: cents(tickLen) / 2} // minor ones
	label := func(c *canvas, t tick, x, y float64) {
		if t.label != "" {
			c.printf("<text x=\"%v\" y=\"%v\">%s</text>\n", px(x), px(y), t.label)
		}
	}
	for _, t := range p.xTicks {
		x := p.left + float64(t.at*p.w)
		if !t.minor {
			segment(&grid, cents(x), top, cents(x), bottom)
		}
		segment(&marks, cents(x), bottom, cents(x), bottom+long[t.minor])
		label(&xs, t, x, p.top+p.h+tickLen+tickGap+9)
	}
	for _, t := range p.yTicks {
		y := p.top + float64((1-t.at)*p.h)
		if !t.minor {
			segment(&grid, left, cents(y), right, cents(y))
		}
		segment(&marks, left, cents(y), left-long[t.minor], cents(y))
		label(&ys, t, p.left-tickLen-tickGap, y+4)
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
	if p.yLabel.count() > 0 {
		c.printf("<g transform=\"translate(%v %v) rotate(-90)\" text-anchor=\"middle\">\n", px(margin+labelSize-2), px(p.top+p.h/2))
		c.lines(p.yLabel, labelSize, 0, 0, "")
		c.printf("</g>\n")
	}
}

// spoken returns the title and the description for screen readers.
func (f *Figure) spoken() (title, desc Text) {
	title, desc = f.Title, f.Desc
	if wrapEach(title, titleSize, far).count() == 0 {
		title = Text{"Figure"}
	}
	if wrapEach(desc, labelSize, far).count() > 0 {
		return title, desc
	}
	desc = nil
	for i := range max(1, len(f.Languages)) {
		desc = append(desc, f.listed(i))
	}
	return title, desc
}

// listed names axes and layers in language i.
func (f *Figure) listed(i int) string {
	var names []string
	for _, l := range f.Layers {
		kind, t := l.what()
		name := in(t, i)
		if name == "" {
			name = "a " + kind
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return cmp.Or(in(f.Y.Label, i), "y") + " against " + cmp.Or(in(f.X.Label, i), "x") + ": " + strings.Join(names, ", ") + "."
}

// palette holds the colours of the classes on a light and on a dark ground.
// The light ones are the colour-blind-safe set of Okabe and Ito (Color
// Universal Design, 2008) with a grey for their yellow, which cannot be seen
// on white; the dark ones are the same hues, lighter.
var palette = [...]struct{ light, dark string }{
	{"#0072b2", "#3d97d9"}, // blue
	{"#d55e00", "#e8702a"}, // vermilion
	{"#009e73", "#1fc49a"}, // bluish green
	{"#cc79a7", "#d98ab6"}, // reddish purple
	{"#e69f00", "#f5c04a"}, // orange
	{"#56b4e9", "#a5dcff"}, // sky blue
	{"#5a5a5a", "#7d7d7d"}, // grey
}

// colour returns the class attribute's word that sets the colour of a class,
// with a space before it; Neutral keeps the colour of the text.
func colour(class int) string {
	if class < 0 {
		return ""
	}
	return fmt.Sprintf(" gb%d", class%len(palette))
}

// Style is the text of the <style> that every figure holds, the same in all, so
// figures on one page cannot disagree and its policy can name it.
// Colours are set as "color" and used as currentColor: that works in readers
// without CSS variables too. Those without media queries show the light form.
var Style = makeStyle()

func makeStyle() string {
	const shape = `
.gb{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;max-width:100%;height:auto}
.gb text{fill:currentColor;white-space:pre}
.gb .gbt{font-size:11px}
.gb .gbh{font-size:14px;font-weight:600}
.gb .gbg{stroke:currentColor;stroke-opacity:.1;fill:none;shape-rendering:crispEdges}
.gb .gba{stroke:currentColor;stroke-opacity:.6;fill:none;shape-rendering:crispEdges}
.gb .gbf{fill:currentColor;stroke-width:.6}
.gb .gbo{fill:currentColor;fill-opacity:0;stroke:currentColor;stroke-width:1.4}
.gb .gbp{fill:currentColor;fill-opacity:.7;pointer-events:none}
.gb .gbd{fill:none;stroke:currentColor;stroke-linecap:round;stroke-opacity:.7;pointer-events:none}
.gb .gbl{fill:none;stroke:currentColor;stroke-linejoin:round;stroke-linecap:round;pointer-events:none}
.gb .gbr{fill:currentColor;fill-opacity:.2;pointer-events:none}
.gb .gbm{fill:none;stroke:currentColor;shape-rendering:crispEdges;pointer-events:none}
.gb .gbv{fill:currentColor;fill-opacity:0}
.gb .gbv circle{r:5px}
.gb .gbz{fill-opacity:0}
.gb .gboff{display:none}
.gb .gbk .gboff{display:inline;opacity:.45}
.gb .gbv :hover{fill-opacity:.6}
.gb .gbn{stroke-width:3px;stroke-linejoin:round;paint-order:stroke;pointer-events:none}
`
	light := []string{".gb{color:#1f2328}", ".gb .gbb{fill:#fff}", ".gb .gbf,.gb .gbn{stroke:#fff}"}
	dark := []string{".gb{color:#e3e6ea}", ".gb .gbb{fill:#14171b}", ".gb .gbf,.gb .gbn{stroke:#14171b}"}
	for i, p := range palette {
		light = append(light, fmt.Sprintf(".gb .gb%d{color:%s}", i, p.light))
		dark = append(dark, fmt.Sprintf(".gb .gb%d{color:%s}", i, p.dark))
	}
	return shape + strings.Join(light, "\n") +
		"\n@media (prefers-color-scheme:dark){\n" + strings.Join(dark, "\n") + "\n}\n"
}
