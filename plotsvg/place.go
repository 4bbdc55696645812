package plotsvg

import "math"

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
func (p *plot) label(text string, around func(w, h float64) []box) {
	room := max(float64(p.w*0.5), min(100, p.w-4))
	lines := shorten(wrap(text, tickSize, room), 3, tickSize, room)
	if len(lines) == 0 {
		return
	}
	w, h := widest(lines, tickSize), float64(float64(len(lines))*tickSize*lineHeight)
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
