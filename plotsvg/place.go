package plotsvg

import (
	"math"
)

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

// obstacles tell where in the frame a legend or a label should not stand: a
// grid of small squares with what is drawn in each, and the boxes of texts.
type obstacles struct {
	area       box
	cols, rows int
	weights    []float64 // row-major; 0: nothing is drawn
	boxes      []box
}

// square is the side of the grid's squares, in pixels.
const square = 4

// onRegion is the weight of a filled region: a text on it can be read.
const onRegion = 0.2

func newObstacles(area box) obstacles {
	cols, rows := int(area.x1/square)+1, int(area.y1/square)+1
	return obstacles{area: area, cols: cols, rows: rows, weights: make([]float64, cols*rows)}
}

// at returns the weight of the square that p is in, nil outside of the frame.
func (o *obstacles) at(p point) *float64 {
	if !o.area.has(p) {
		return nil
	}
	return &o.weights[int(p.y/square)*o.cols+int(p.x/square)]
}

// point adds a point.
func (o *obstacles) point(p point, weight float64) {
	if w := o.at(p); w != nil {
		*w += weight
	}
}

// line adds an open line: every square that it passes counts once or twice.
func (o *obstacles) line(points []point) {
	last := point{far, far}
	for _, piece := range clipLine(points, o.area) {
		for i, q := range piece {
			if i > 0 {
				n := math.Floor(distance(piece[i-1], q) / square)
				for k := 1.0; k < n; k++ {
					o.point(between(piece[i-1], q, k/n), 1)
				}
			}
			// Close vertices of long curves count once.
			if distance(last, q) >= square/2 {
				o.point(q, 1)
				last = q
			}
		}
	}
}

// region adds what lies between two lines with the same abscissas.
func (o *obstacles) region(lo, hi []point) {
	for i := range lo {
		o.stretch(lo[i], hi[i])
		if i == 0 {
			continue
		}
		// Only the part in view matters.
		p, q, ok := clipSegment(point{lo[i-1].x, o.area.y0}, point{lo[i].x, o.area.y0}, o.area)
		if !ok || p.x == q.x {
			continue
		}
		n := math.Floor(math.Abs(q.x-p.x)/square) + 1
		for k := range int(n) {
			x := between(p, q, float64(k)/n).x
			t := (x - lo[i-1].x) / (lo[i].x - lo[i-1].x)
			o.stretch(between(lo[i-1], lo[i], t), between(hi[i-1], hi[i], t))
		}
	}
}

// stretch adds the upright line between two points as part of a region.
func (o *obstacles) stretch(lo, hi point) {
	p, q, ok := clipSegment(lo, hi, o.area)
	if !ok {
		return
	}
	n := math.Floor(distance(p, q)/square) + 1
	for k := range int(n) + 1 {
		if w := o.at(between(p, q, float64(k)/n)); w != nil {
			*w = max(*w, onRegion)
		}
	}
}

func between(p, q point, t float64) point {
	return point{p.x + float64(t*(q.x-p.x)), p.y + float64(t*(q.y-p.y))}
}

// distance is the larger of the distances along x and along y.
func distance(p, q point) float64 { return max(math.Abs(p.x-q.x), math.Abs(p.y-q.y)) }

// cost tells how much b would cover, 0 if nothing.
func (o *obstacles) cost(b box) float64 {
	sum := 0.0
	index := func(v float64, n int) int { return int(min(max(v/square, 0), float64(n-1))) }
	for row := index(b.y0, o.rows); row <= index(b.y1, o.rows); row++ {
		for col := index(b.x0, o.cols); col <= index(b.x1, o.cols); col++ {
			sum += o.weights[row*o.cols+col]
		}
	}
	for _, c := range o.boxes {
		if b.overlaps(c) {
			sum += 1e4
		}
	}
	if !b.within(o.area) {
		sum += 1e6
	}
	return sum
}

// best returns the candidate that covers least, the earlier of equals, and
// what it covers.
func (o *obstacles) best(candidates []box) (box, float64) {
	found, least := candidates[0], math.Inf(1)
	for _, b := range candidates {
		if c := o.cost(b); c < least {
			found, least = b, c
		}
	}
	return found, least
}

// label writes a text into the best of the places that around offers for a
// block of the given size. A text longer than half the frame is wrapped, one
// of more than three lines shortened.
func (p *plot) label(t Text, around func(w, h float64) []box) {
	room := max(float64(p.w*0.5), min(100, p.w-4))
	lines := wrapEach(t, tickSize, room)
	for i := range lines {
		lines[i] = shorten(lines[i], 3, tickSize, room)
	}
	if lines.count() == 0 {
		return
	}
	w, h := lines.width(tickSize), float64(float64(lines.count())*tickSize*lineHeight)
	b, _ := p.busy.best(around(w, h))
	// Better over something than outside of the frame.
	dx := min(0, p.w-2-b.x1) + max(0, 2-b.x0)
	dy := min(0, p.h-2-b.y1) + max(0, 2-b.y0)
	b = box{b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy}
	p.busy.boxes = append(p.busy.boxes, b)
	p.labels.lines(lines, tickSize, b.x0, b.y0+tickSize, "")
}

// at returns a box of size w×h with its corner at (x, y).
func at(x, y, w, h float64) box { return box{x, y, x + w, y + h} }
