package main

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/plotsvg"
)

// A frame is the part of the plane that a figure shows.
type frame struct{ x0, x1, y0, y1 float64 }

// frameOf returns a frame around the points with a margin, no side of it longer
// than three times the other. It takes the origin in, unless the points would
// then fill less than a fifth of it, and says whether it did.
func frameOf(points ...mat.Matrix) (f frame, origin bool) {
	f = frame{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for _, m := range points {
		for i := range m.Rows {
			f.take(m.At(i, 0), m.At(i, 1))
		}
	}
	g := f
	g.take(0, 0)
	// Both axes have one scale, so it is the larger side that counts.
	if side := max(f.x1-f.x0, f.y1-f.y0); max(g.x1-g.x0, g.y1-g.y0) <= 5*side || side == 0 {
		f, origin = g, true
	}
	margin := float64(0.05 * max(f.x1-f.x0, f.y1-f.y0))
	if size := max(math.Abs(f.x0), math.Abs(f.x1), math.Abs(f.y0), math.Abs(f.y1)); size == 0 {
		margin = 1 // all points at the origin
	} else if margin < float64(1e-9*size) {
		margin = float64(0.1 * size) // all points at one place
	}
	f = frame{f.x0 - margin, f.x1 + margin, f.y0 - margin, f.y1 + margin}
	if lack := (f.x1-f.x0)/3 - (f.y1 - f.y0); lack > 0 {
		f.y0, f.y1 = f.y0-lack/2, f.y1+lack/2
	}
	if lack := (f.y1-f.y0)/3 - (f.x1 - f.x0); lack > 0 {
		f.x0, f.x1 = f.x0-lack/2, f.x1+lack/2
	}
	return f, origin
}

func (f *frame) take(x, y float64) {
	f.x0, f.x1 = min(f.x0, x), max(f.x1, x)
	f.y0, f.y1 = min(f.y0, y), max(f.y1, y)
}

// A line is w0·x + w1·y + b = 0.
type line struct{ w0, w1, b float64 }

// scaled returns the same line with the larger weight ±1, and false if w = 0,
// which is no line. (Written as y = −w0/w1·x, as the report draws it, an
// upright line would be a division by zero.)
func (l line) scaled() (line, bool) {
	size := max(math.Abs(l.w0), math.Abs(l.w1))
	return line{l.w0 / size, l.w1 / size, l.b / size}, size > 0
}

// clip returns the two ends of the line within the frame, and false if it does
// not cross it.
func (f frame) clip(l line) (xs, ys []float64, ok bool) {
	l, ok = l.scaled()
	if !ok {
		return nil, nil, false
	}
	if math.Abs(l.w0) > math.Abs(l.w1) { // steep: as x(y), in a mirrored frame
		ys, xs, ok = frame{f.y0, f.y1, f.x0, f.x1}.clip(line{l.w1, l.w0, l.b})
		return xs, ys, ok
	}
	slope, offset := -l.w0/l.w1, -l.b/l.w1
	from, to := f.x0, f.x1
	if slope != 0 { // between the crossings of y0 and y1
		a, b := (f.y0-offset)/slope, (f.y1-offset)/slope
		from, to = max(from, min(a, b)), min(to, max(a, b))
	}
	at := func(x float64) float64 { return float64(slope*x) + offset }
	if !(from < to) || slope == 0 && !(offset >= f.y0 && offset <= f.y1) {
		return nil, nil, false
	}
	// Rounding must not carry an end out of the frame.
	within := func(y float64) float64 { return min(max(y, f.y0), f.y1) }
	return []float64{from, to}, []float64{within(at(from)), within(at(to))}, true
}

// sides returns the parts of the frame in which the line answers +1 and −1,
// coloured as classes 0 and 1.
func (f frame) sides(l line) []plotsvg.Layer {
	l, ok := l.scaled()
	if !ok {
		return nil
	}
	var bands []plotsvg.Layer
	add := func(class int, x, lo, hi []float64) {
		if len(x) > 1 && x[0] < x[len(x)-1] {
			bands = append(bands, plotsvg.Band{X: x, Lo: lo, Hi: hi, Class: class})
		}
	}
	rightOrUp, leftOrDown := 0, 1
	if l.w1 < 0 || l.w1 == 0 && l.w0 < 0 {
		rightOrUp, leftOrDown = 1, 0
	}
	if l.w1 == 0 {
		x := min(max(-l.b/l.w0, f.x0), f.x1)
		lo, hi := []float64{f.y0, f.y0}, []float64{f.y1, f.y1}
		add(leftOrDown, []float64{f.x0, x}, lo, hi)
		add(rightOrUp, []float64{x, f.x1}, lo, hi)
		return bands
	}
	// Above and below y(x), bent where it leaves the frame.
	xs := []float64{f.x0, f.x1}
	if ends, _, ok := f.clip(l); ok {
		xs = append(xs, ends...)
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	var low, edge, high []float64
	for _, x := range xs {
		y := -(float64(l.w0*x) + l.b) / l.w1
		low, edge, high = append(low, f.y0), append(edge, min(max(y, f.y0), f.y1)), append(high, f.y1)
	}
	add(rightOrUp, xs, edge, high)
	add(leftOrDown, xs, low, edge)
	return bands
}
