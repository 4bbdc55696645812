// Package frame cuts lines and half-planes to the part of the plane that a
// figure shows.
package frame

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/plotsvg"
)

// A Frame is the part of the plane that a figure shows.
type Frame struct{ X0, X1, Y0, Y1 float64 }

// Of returns a frame around the points with a margin, no side of it longer
// than three times the other. It takes the origin in, unless the points would
// then fill less than a fifth of it, and says whether it did.
func Of(points ...mat.Matrix) (f Frame, origin bool) {
	f = Frame{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for _, m := range points {
		for i := range m.Rows {
			f.take(m.At(i, 0), m.At(i, 1))
		}
	}
	g := f
	g.take(0, 0)
	// Both axes have one scale, so it is the larger side that counts.
	if side := max(f.X1-f.X0, f.Y1-f.Y0); max(g.X1-g.X0, g.Y1-g.Y0) <= 5*side || side == 0 {
		f, origin = g, true
	}
	margin := float64(0.05 * max(f.X1-f.X0, f.Y1-f.Y0))
	if size := max(math.Abs(f.X0), math.Abs(f.X1), math.Abs(f.Y0), math.Abs(f.Y1)); size == 0 {
		margin = 1 // all points at the origin
	} else if margin < float64(1e-9*size) {
		margin = float64(0.1 * size) // all points at one place
	}
	f = Frame{f.X0 - margin, f.X1 + margin, f.Y0 - margin, f.Y1 + margin}
	if lack := (f.X1-f.X0)/3 - (f.Y1 - f.Y0); lack > 0 {
		f.Y0, f.Y1 = f.Y0-lack/2, f.Y1+lack/2
	}
	if lack := (f.Y1-f.Y0)/3 - (f.X1 - f.X0); lack > 0 {
		f.X0, f.X1 = f.X0-lack/2, f.X1+lack/2
	}
	return f, origin
}

func (f *Frame) take(x, y float64) {
	f.X0, f.X1 = min(f.X0, x), max(f.X1, x)
	f.Y0, f.Y1 = min(f.Y0, y), max(f.Y1, y)
}

// A Line is W0·x + W1·y + B = 0.
type Line struct{ W0, W1, B float64 }

// scaled returns the same line with the larger weight ±1, and false if w = 0,
// which is no line. (Written as y = −w0/w1·x, as the report draws it, an
// upright line would be a division by zero.)
func (l Line) scaled() (Line, bool) {
	size := max(math.Abs(l.W0), math.Abs(l.W1))
	return Line{l.W0 / size, l.W1 / size, l.B / size}, size > 0
}

// Clip returns the two ends of the line within the frame, and false if it does
// not cross it.
func (f Frame) Clip(l Line) (xs, ys []float64, ok bool) {
	l, ok = l.scaled()
	if !ok {
		return nil, nil, false
	}
	if math.Abs(l.W0) > math.Abs(l.W1) { // steep: as x(y), in a mirrored frame
		ys, xs, ok = Frame{f.Y0, f.Y1, f.X0, f.X1}.Clip(Line{l.W1, l.W0, l.B})
		return xs, ys, ok
	}
	slope, offset := -l.W0/l.W1, -l.B/l.W1
	from, to := f.X0, f.X1
	if slope != 0 { // between the crossings of y0 and y1
		a, b := (f.Y0-offset)/slope, (f.Y1-offset)/slope
		from, to = max(from, min(a, b)), min(to, max(a, b))
	}
	at := func(x float64) float64 { return float64(slope*x) + offset }
	if !(from < to) || slope == 0 && !(offset >= f.Y0 && offset <= f.Y1) {
		return nil, nil, false
	}
	// Rounding must not carry an end out of the frame.
	within := func(y float64) float64 { return min(max(y, f.Y0), f.Y1) }
	return []float64{from, to}, []float64{within(at(from)), within(at(to))}, true
}

// Sides returns the parts of the frame in which the line answers +1 and −1,
// coloured as classes 0 and 1.
func (f Frame) Sides(l Line) []plotsvg.Layer {
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
	if l.W1 < 0 || l.W1 == 0 && l.W0 < 0 {
		rightOrUp, leftOrDown = 1, 0
	}
	if l.W1 == 0 {
		x := min(max(-l.B/l.W0, f.X0), f.X1)
		lo, hi := []float64{f.Y0, f.Y0}, []float64{f.Y1, f.Y1}
		add(leftOrDown, []float64{f.X0, x}, lo, hi)
		add(rightOrUp, []float64{x, f.X1}, lo, hi)
		return bands
	}
	// Above and below y(x), bent where it leaves the frame.
	xs := []float64{f.X0, f.X1}
	if ends, _, ok := f.Clip(l); ok {
		xs = append(xs, ends...)
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	var low, edge, high []float64
	for _, x := range xs {
		y := -(float64(l.W0*x) + l.B) / l.W1
		low, edge, high = append(low, f.Y0), append(edge, min(max(y, f.Y0), f.Y1)), append(high, f.Y1)
	}
	add(rightOrUp, xs, edge, high)
	add(leftOrDown, xs, low, edge)
	return bands
}
