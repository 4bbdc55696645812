package plotsvg

import (
	"fmt"
	"math"
	"strconv"
)

// A canvas collects SVG text.
type canvas struct {
	b       []byte
	scratch []byte // mark's
}

// printf appends text; pixels are passed as px, texts as txt.
func (c *canvas) printf(format string, args ...any) { c.b = fmt.Appendf(c.b, format, args...) }

// px appends a length.
func (c *canvas) px(v float64) { c.b = appendCents(c.b, cents(v), true) }

// lines writes a block of text whose first baseline is at (x, y). attrs is
// empty or starts with a space.
func (c *canvas) lines(lines []string, size, x, y float64, attrs string) {
	for i, l := range lines {
		dy := float64(float64(i) * size * lineHeight)
		c.printf("<text x=\"%v\" y=\"%v\"%s>%v</text>\n", px(x), px(y+dy), attrs, txt(l))
	}
}

// txt is escaped when it is printed.
type txt string

func (t txt) String() string { return escape(string(t)) }

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
