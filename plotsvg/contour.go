package plotsvg

// A Contour is the line on which the values of a Heat pass 0, such as the edge
// between the regions of two classes, drawn straight from side to side of the
// squares between the middles of four cells. It needs the Heat's Z.
type Contour struct {
	Name  Text
	Of    Heat
	Class int
	Width float64 // pixels; 0: 1.8
}

func (l Contour) what() (string, Text) { return "Contour", l.Name }

func (l Contour) check(f *Figure) string {
	if l.Of.Z == nil {
		return "Of has no Z"
	}
	if wrong := pixels("Width", l.Width); wrong != "" {
		return wrong
	}
	return l.Of.check(f)
}

func (l Contour) extent(x, y *extent) { l.Of.extent(x, y) }

func (l Contour) avoid(f *frame, busy *obstacles) {
	for _, s := range l.segments(f) {
		busy.line(s[:])
	}
}

func (l Contour) draw(p *plot) {
	var d path
	for _, s := range l.segments(&p.frame) {
		for _, piece := range clipLine(s[:], p.area().grow(beyond)) {
			d.line(piece)
		}
	}
	if len(d.b) > 0 {
		p.body.printf("<path class=\"gbl%s\"%s d=\"%s\"/>\n", colour(l.Class), Line{Width: l.Width}.stroke(), d.b)
	}
}

func (l Contour) key(c *canvas, x, y, w float64) {
	Line{Class: l.Class, Width: l.Width}.key(c, x, y, w)
}

// segments are the pieces of the line in pixels of the frame, at most two in
// each square.
func (l Contour) segments(f *frame) (list [][2]point) {
	h := l.Of
	middle := func(row, col int) point {
		x := h.X0 + float64((h.X1-h.X0)*((float64(col)+0.5)/float64(h.Cols)))
		y := h.Y0 + float64((h.Y1-h.Y0)*((float64(row)+0.5)/float64(h.Rows)))
		return f.at(x, y)
	}
	for row := range h.Rows - 1 {
		for col := range h.Cols - 1 {
			// The corners, and the places where the line crosses a side.
			at := [4][2]int{{row, col}, {row, col + 1}, {row + 1, col + 1}, {row + 1, col}}
			var crossings []point
			for k, from := range at {
				to := at[(k+1)%4]
				a, b := h.Z[from[0]*h.Cols+from[1]], h.Z[to[0]*h.Cols+to[1]]
				if (a > 0) == (b > 0) {
					continue
				}
				p, q, t := middle(from[0], from[1]), middle(to[0], to[1]), a/(a-b)
				crossings = append(crossings, point{p.x + float64(t*(q.x-p.x)), p.y + float64(t*(q.y-p.y))})
			}
			for k := 0; k+1 < len(crossings); k += 2 {
				list = append(list, [2]point{crossings[k], crossings[k+1]})
			}
		}
	}
	return list
}
