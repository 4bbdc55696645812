package plotsvg

import "fmt"

// A Band fills the region between two curves over the same X, such as mean
// minus and plus a standard deviation.
type Band struct {
	Name      string
	X, Lo, Hi []float64 // as many in all three, at least one; Lo ≤ Hi
	Class     int
}

func (l Band) what() (string, string) { return "Band", l.Name }

func (l Band) check(x, y Axis) string {
	if wrong := columns(nil, column{"X", l.X, x}, column{"Lo", l.Lo, y}, column{"Hi", l.Hi, y}); wrong != "" {
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
