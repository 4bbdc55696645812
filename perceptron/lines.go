package perceptron

import (
	"math"
	"slices"

	"glassbox/mat"
)

// BestThroughOrigin returns the highest share of the points (N×2) that any w
// can answer rightly with sign(w·x), and a unit w that does so. A point on the
// line is wrong, as it is for Forward, so one at the origin always is.
//
// It is exact. With p = y·x a point is right where w·p > 0: in an open half
// turn of w around p. Going round the circle the count changes at the p only,
// so the best is among the half turns that begin at one of them, boundary
// before it; the p are sorted by angle with an exact predicate and swept in
// O(n log n). (Only w may fall short of the accuracy: where all the w that
// reach it lie within a few roundings of each other.)
//
// The coordinates must be finite and, where not 0, between 1e-140 and 1e140 in
// size, or products of two would under- or overflow.
func BestThroughOrigin(points mat.Matrix, labels []float64) (accuracy float64, w [2]float64) {
	if points.Cols != 2 {
		panic("perceptron.BestThroughOrigin: points " + points.Shape() + ", need N×2")
	}
	mustMatch("BestThroughOrigin", points, labels)
	flipped := make([]vec, 0, points.Rows)
	for i, y := range labels {
		flipped = append(flipped, vec{y * points.At(i, 0), y * points.At(i, 1)})
	}
	right, w := sweep(flipped)
	return float64(right) / float64(points.Rows), w
}

// HalfTurns returns, for each of the points (N×2), how many points are right for
// the w of a half turn that begins at y·x, boundary before it: none for a point at
// the origin. BestThroughOrigin's accuracy is the largest of them; this takes
// O(n²).
func HalfTurns(points mat.Matrix, labels []float64) []int {
	mustMatch("HalfTurns", points, labels)
	flipped := func(i int) vec { return vec{labels[i] * points.At(i, 0), labels[i] * points.At(i, 1)} }
	counts := make([]int, points.Rows)
	for i := range counts {
		p := flipped(i)
		for j := range counts {
			if q := flipped(j); p != (vec{}) && q != (vec{}) && ahead(p, q) {
				counts[i]++
			}
		}
	}
	return counts
}

// A vec is a vector of the plane.
type vec [2]float64

// sweep returns the largest number of the vectors within an open half turn,
// and the middle of the directions w with w·p > 0 for just these. It reorders
// its input.
func sweep(ps []vec) (count int, w [2]float64) {
	ps = slices.DeleteFunc(ps, func(p vec) bool { return p == vec{} })
	if len(ps) == 0 {
		return 0, w
	}
	slices.SortFunc(ps, byAngle)
	n := len(ps)
	var first, last vec
	// The half turn that begins at ps[i] holds ps[i] up to ps[end-1], indices
	// counted on round the circle.
	end := 0
	for i, p := range ps {
		if i > 0 && byAngle(ps[i-1], p) == 0 {
			continue // same direction, same half turn
		}
		end = max(end, i+1)
		for end < i+n && ahead(p, ps[end%n]) {
			end++
		}
		if end-i > count {
			count, first, last = end-i, p, ps[(end-1)%n]
		}
	}
	return count, middle(first, last)
}

// ahead reports whether q's angle is in [p's, p's + half a turn).
func ahead(p, q vec) bool {
	c := cross(p, q)
	return c > 0 || c == 0 && sameSide(p, q)
}

// sameSide reports, for parallel p and q, whether they point the same way.
func sameSide(p, q vec) bool {
	if p[0] != 0 {
		return (p[0] > 0) == (q[0] > 0)
	}
	return (p[1] > 0) == (q[1] > 0)
}

// byAngle compares two vectors by their angle in [0, 2π).
func byAngle(p, q vec) int {
	hp, hq := lower(p), lower(q)
	switch {
	case hp != hq && hp:
		return 1
	case hp != hq:
		return -1
	}
	return -cross(p, q)
}

// lower reports whether the angle is in [π, 2π).
func lower(p vec) bool { return p[1] < 0 || p[1] == 0 && p[0] < 0 }

// cross returns the sign of p[0]·q[1] − p[1]·q[0], exactly: rounding keeps the
// order of the two products, and where they round alike their rounding errors
// decide, which a fused multiply-add gives exactly.
func cross(p, q vec) int {
	a, b := float64(p[0]*q[1]), float64(p[1]*q[0])
	if a == b {
		a, b = math.FMA(p[0], q[1], -a), math.FMA(p[1], q[0], -b)
	}
	switch {
	case a > b:
		return 1
	case a < b:
		return -1
	}
	return 0
}

// middle returns the unit vector midway between the two extreme w with
// w·p ≥ 0 for every p from first on to last, less than half a turn.
func middle(first, last vec) [2]float64 {
	a, b := unit(first), unit(last)
	if float64(a[0]*b[0])+float64(a[1]*b[1]) < 0 {
		// Their own sum would cancel; the sum of their inner normals has the
		// same direction and does not.
		a, b = vec{-a[1], a[0]}, vec{b[1], -b[0]}
	}
	return [2]float64(unit(vec{a[0] + b[0], a[1] + b[1]}))
}

func unit(p vec) vec {
	scale := max(math.Abs(p[0]), math.Abs(p[1])) // keeps the squares in range
	x, y := p[0]/scale, p[1]/scale
	r := math.Sqrt(float64(x*x) + float64(y*y))
	return vec{x / r, y / r}
}

// BestLine returns the highest share of the points (N×2) that any line at all
// can answer rightly, that is sign(w·x + b) for any w and b. It takes
// O(n² log n).
//
// A best line can be moved, keeping its direction, until it touches a point,
// so each point in turn is made the origin and swept as BestThroughOrigin
// does. The points at that very place may then fall to either side, but all to
// the same one. (The differences of coordinates are rounded, so three points
// that are collinear only to within a rounding count as either.)
func BestLine(points mat.Matrix, labels []float64) float64 {
	if points.Cols != 2 {
		panic("perceptron.BestLine: points " + points.Shape() + ", need N×2")
	}
	mustMatch("BestLine", points, labels)
	return float64(slices.Max(LinesThrough(points, labels))) / float64(points.Rows)
}

// LinesThrough returns, for each of the points (N×2), how many points the best
// line that touches it has right; the point itself may fall to either side.
func LinesThrough(points mat.Matrix, labels []float64) (best []int) {
	others := make([]vec, 0, points.Rows)
	for i := range points.Rows {
		origin := points.Row(i)
		others = others[:0]
		var plus, minus int // here, by label
		for j, y := range labels {
			x := points.Row(j)
			dx, dy := x[0]-origin[0], x[1]-origin[1]
			switch {
			case dx != 0 || dy != 0:
				others = append(others, vec{y * dx, y * dy})
			case y > 0:
				plus++
			default:
				minus++
			}
		}
		right, _ := sweep(others)
		best = append(best, right+max(plus, minus))
	}
	return best
}
