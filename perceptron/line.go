package perceptron

import "glassbox/mat"

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
	best := 0
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
		best = max(best, right+max(plus, minus))
	}
	return float64(best) / float64(points.Rows)
}
