package plotsvg

// A point is a place in pixels of the frame, y downwards.
type point struct{ x, y float64 }

// A box spans x0…x1 and y0…y1.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) has(p point) bool {
	return b.x0 <= p.x && p.x <= b.x1 && b.y0 <= p.y && p.y <= b.y1
}

func (b box) overlaps(c box) bool {
	return b.x0 < c.x1 && c.x0 < b.x1 && b.y0 < c.y1 && c.y0 < b.y1
}

// within reports whether b lies inside c.
func (b box) within(c box) bool {
	return c.x0 <= b.x0 && b.x1 <= c.x1 && c.y0 <= b.y0 && b.y1 <= c.y1
}

// grow moves the sides of b outwards by d.
func (b box) grow(d float64) box { return box{b.x0 - d, b.y0 - d, b.x1 + d, b.y1 + d} }

// The picture is clipped to the frame when it is shown. Geometry is cut here
// as well, a little outside of it: what is far away would exceed the numbers
// of a renderer.

// clipLine cuts an open line into the pieces that lie within b.
func clipLine(points []point, b box) [][]point {
	var pieces [][]point
	var piece []point
	if len(points) == 1 && b.has(points[0]) {
		return [][]point{points}
	}
	for i := 1; i < len(points); i++ {
		from, to, ok := clipSegment(points[i-1], points[i], b)
		if !ok {
			continue
		}
		if n := len(piece); n == 0 || piece[n-1] != from {
			if n > 0 {
				pieces = append(pieces, piece)
			}
			piece = []point{from}
		}
		piece = append(piece, to)
	}
	if len(piece) > 0 {
		pieces = append(pieces, piece)
	}
	return pieces
}

// clipSegment cuts a segment at one side of b after the other.
func clipSegment(p, q point, b box) (point, point, bool) {
	for _, s := range b.sides() {
		dp, dq := s.depth(p), s.depth(q)
		switch {
		case dp < 0 && dq < 0:
			return p, q, false
		case dp < 0:
			p = s.cross(p, q)
		case dq < 0:
			q = s.cross(q, p)
		}
	}
	return p, q, true
}

// clipRegion cuts a closed region to b, one side after the other (Sutherland
// and Hodgman, Reentrant Polygon Clipping, 1974).
func clipRegion(points []point, b box) []point {
	for _, s := range b.sides() {
		var kept []point
		for i, q := range points {
			p := points[(i+len(points)-1)%len(points)]
			in, was := s.depth(q) >= 0, s.depth(p) >= 0
			if in != was {
				out, inner := p, q
				if was {
					out, inner = q, p
				}
				kept = append(kept, s.cross(out, inner))
			}
			if in {
				kept = append(kept, q)
			}
		}
		points = kept
	}
	return points
}

// A side of a box is the line x = at or y = at, and the inside lies in
// direction sign of it.
type side struct {
	at, sign float64
	upright  bool // x = at
}

func (b box) sides() [4]side {
	return [4]side{{b.x0, 1, true}, {b.x1, -1, true}, {b.y0, 1, false}, {b.y1, -1, false}}
}

// depth is how far inside p lies, negative outside.
func (s side) depth(p point) float64 {
	if s.upright {
		return float64(s.sign * (p.x - s.at))
	}
	return float64(s.sign * (p.y - s.at))
}

// cross returns where the segment from out to in meets the side.
func (s side) cross(out, in point) point {
	if s.upright {
		t := (s.at - in.x) / (out.x - in.x)
		return point{s.at, in.y + float64(t*(out.y-in.y))}
	}
	t := (s.at - in.y) / (out.y - in.y)
	return point{in.x + float64(t*(out.x-in.x)), s.at}
}
