package plotsvg

// A Mark is a small upright cross at a point, with a text beside it where
// there is room. It is in the colour of the text.
type Mark struct {
	Text string
	X, Y float64
}

func (l Mark) what() (string, string) { return "Mark", l.Text }

func (l Mark) check(x, y Axis) string {
	if wrong := x.value("X", l.X); wrong != "" {
		return wrong
	}
	return y.value("Y", l.Y)
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
