package inspector

import (
	"math"
	"strconv"

	"glassbox/cmd/internal/frame"
	"glassbox/mat"
	"glassbox/nn/spec"
)

// A picture draws what a network's steps make of the data.
type picture struct {
	*training
	places *places
	frame  frame.Frame
	planar bool
	right  *training // the right network, beside one with a mistake
}

func (p *picture) draw(s *source) Drawing {
	var to Drawing
	params := params(s)
	d := p.exp.Data
	if p.planar {
		to.Hinges = hinges(p.frame, params[0], params[1])
		if len(d.Classes) == 2 {
			to.Boundary = boundary(p.frame, func(x mat.Matrix) mat.Matrix { return p.predict(params, x) })
		}
	}
	t := s.T
	if s.batch() < d.TrainX.Rows {
		t = p.units(params, d.TrainX)
	}
	to.Dead = dead(t, s.L)
	q := p.predict(params, d.TrainX)
	for _, r := range p.places.rows {
		to.Right = append(to.Right, mat.ArgMax(q.Row(r)) == d.TrainLabels[r])
	}
	if p.right != nil {
		if _, ok := p.right.made[s.Number]; ok {
			to.Differs = different(p.right.source(s.Number), s)
		}
	}
	return to
}

// params are the parameters that the step starts from.
func params(s *source) []mat.Matrix {
	var list []mat.Matrix
	for _, name := range spec.ParamNames(s.L) {
		list = append(list, s.T[name])
	}
	return list
}

// boundary is where class 1 is the likelier of two, as an SVG path.
func boundary(f frame.Frame, predict func(x mat.Matrix) mat.Matrix) string {
	if !(f.X0 < f.X1 && f.Y0 < f.Y1) {
		return ""
	}
	g := newGrid(f)
	at := mat.New(g.nx*g.ny, 2)
	for j := range g.ny {
		for i := range g.nx {
			x, y := g.at(i, j)
			at.Set(j*g.nx+i, 0, x)
			at.Set(j*g.nx+i, 1, y)
		}
	}
	q := predict(at)
	v := make([]float64, q.Rows)
	for i := range v {
		v[i] = q.At(i, 1) - q.At(i, 0)
	}
	return g.contour(v)
}

// hinges are the lines on which the units of the first layer, of weights W and
// biases b, change sides.
func hinges(f frame.Frame, W, b mat.Matrix) [][4]float64 {
	list := make([][4]float64, W.Cols)
	for j := range list {
		l := frame.Line{W0: W.At(0, j), W1: W.At(1, j), B: b.At(0, j)}
		if !finite(l.W0) || !finite(l.W1) || !finite(l.B) {
			continue
		}
		if xs, ys, ok := f.Clip(l); ok {
			list[j] = [4]float64{rounded(xs[0], 5), rounded(ys[0], 5), rounded(xs[1], 5), rounded(ys[1], 5)}
		}
	}
	return list
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// dead are, for each hidden layer, the units that are 0 for every row.
func dead(t spec.Tensors, L int) [][]int {
	list := [][]int{}
	for k := 1; k < L; k++ {
		h := t[spec.Name("h", k)]
		units := []int{}
		for j := range h.Cols {
			alive := false
			for i := range h.Rows {
				alive = alive || h.At(i, j) != 0
			}
			if !alive {
				units = append(units, j)
			}
		}
		list = append(list, units)
	}
	return list
}

// A grid is values at the crossings of lines over a frame, from the lower left
// corner, row by row.
type grid struct {
	f      frame.Frame
	nx, ny int // points along each side
}

// newGrid covers the frame with some 80×60 points, at equal distances along
// both axes.
func newGrid(f frame.Frame) grid {
	ratio := math.Sqrt((f.X1 - f.X0) / (f.Y1 - f.Y0))
	return grid{f, int(math.Round(70*ratio)) + 1, int(math.Round(70/ratio)) + 1}
}

// at is where point (i, j) lies.
func (g grid) at(i, j int) (x, y float64) {
	tx, ty := float64(i)/float64(g.nx-1), float64(j)/float64(g.ny-1)
	return g.f.X0 + float64(tx*(g.f.X1-g.f.X0)), g.f.Y0 + float64(ty*(g.f.Y1-g.f.Y0))
}

// The sides of a cell.
const (
	low = iota
	right
	up
	left
)

// outlines are, by which corners of a cell are above 0 (1 the lower left one, 2, 4
// and 8 those that follow counter-clockwise), the sides between which the outline
// goes, with what is above 0 on its left. In joined are those of two opposite
// corners whose middle is above 0 too.
var (
	outlines = [16][]int{1: {low, left}, 2: {right, low}, 3: {right, left}, 4: {up, right}, 5: {low, left, up, right}, 6: {up, low},
		7: {up, left}, 8: {left, up}, 9: {low, up}, 10: {right, low, left, up}, 11: {right, up}, 12: {left, right}, 13: {low, right}, 14: {left, low}}
	joined = [2][]int{{low, right, up, left}, {right, up, left, low}}
)

// contour returns the part of the frame in which v, one value a point, is above
// 0, as an SVG path of closed polygons in the units of the frame.
func (g grid) contour(v []float64) string {
	// Around the points lies a ring of points below 0, on the frame's edge too:
	// it closes what leaves the frame.
	value := func(i, j int) float64 {
		if i < 0 || j < 0 || i >= g.nx || j >= g.ny || v[j*g.nx+i] != v[j*g.nx+i] {
			return -1
		}
		return v[j*g.nx+i]
	}
	// The outline crosses each side of a cell at most once. A side is named by
	// the point at its lower left end and its direction.
	next := map[side]side{}
	var starts []side
	for j := -1; j < g.ny; j++ {
		for i := -1; i < g.nx; i++ {
			sides := [4]side{low: {i, j, false}, right: {i + 1, j, true}, up: {i, j + 1, false}, left: {i, j, true}}
			corners := [4]float64{value(i, j), value(i+1, j), value(i+1, j+1), value(i, j+1)}
			index, sum := 0, 0.0
			for k, c := range corners {
				if sum += c; c > 0 {
					index |= 1 << k
				}
			}
			// Opposite corners: the middle says whether they are joined.
			pieces := outlines[index]
			if sum > 0 && (index == 5 || index == 10) {
				pieces = joined[index/10]
			}
			for k := 0; k < len(pieces); k += 2 {
				next[sides[pieces[k]]] = sides[pieces[k+1]]
				starts = append(starts, sides[pieces[k]])
			}
		}
	}
	decimals := g.decimals()
	var path []byte
	for _, s := range starts {
		var line [][2]float64
		for {
			to, ok := next[s]
			if !ok {
				break
			}
			delete(next, s)
			line = append(line, g.crossing(s, value))
			s = to
		}
		path = g.polygon(path, line, decimals)
	}
	return string(path)
}

// A side joins point (i, j) of a grid with the next one to the right, or above.
type side struct {
	i, j int
	up   bool
}

// crossing is where the outline crosses a side.
func (g grid) crossing(s side, value func(i, j int) float64) [2]float64 {
	i, j := s.i+1, s.j
	if s.up {
		i, j = s.i, s.j+1
	}
	a, b := value(s.i, s.j), value(i, j)
	within := func(i, j int) (x, y float64) { return g.at(min(max(i, 0), g.nx-1), min(max(j, 0), g.ny-1)) }
	x0, y0 := within(s.i, s.j)
	x1, y1 := within(i, j)
	t := a / (a - b)
	return [2]float64{x0 + float64(t*(x1-x0)), y0 + float64(t*(y1-y0))}
}

// decimals is how many are needed to tell some thousandths of the frame apart.
func (g grid) decimals() int {
	n := 0
	for size := max(g.f.X1-g.f.X0, g.f.Y1-g.f.Y0); size < 2000 && n < 300; size *= 10 {
		n++
	}
	return n
}

// polygon appends a closed line without the points that lie straight between
// their neighbours.
func (g grid) polygon(path []byte, line [][2]float64, decimals int) []byte {
	tolerance := 4e-4 * max(g.f.X1-g.f.X0, g.f.Y1-g.f.Y0)
	line = straightened(line, tolerance)
	if len(line) < 3 {
		return path
	}
	for k, p := range line {
		if k == 0 {
			path = append(path, 'M')
		} else {
			path = append(path, 'L')
		}
		path = append(append(append(path, short(p[0], decimals)...), ' '), short(p[1], decimals)...)
	}
	return append(path, 'Z')
}

// straightened leaves out points of a closed line that lie nearer than
// tolerance to the line without them (Ramer, Douglas and Peucker).
func straightened(line [][2]float64, tolerance float64) [][2]float64 {
	if len(line) < 4 {
		return line
	}
	far := 0
	for k, p := range line {
		if apart(p, line[0]) > apart(line[far], line[0]) {
			far = k
		}
	}
	var keep [][2]float64
	var half func(from, to int)
	half = func(from, to int) { // keeps points from from up to, not including, to
		a, b := line[from], line[to%len(line)]
		worst, at := tolerance, -1
		for k := from + 1; k < to; k++ {
			if d := offLine(line[k], a, b); d > worst {
				worst, at = d, k
			}
		}
		if at < 0 {
			keep = append(keep, a)
			return
		}
		half(from, at)
		half(at, to)
	}
	if far == 0 {
		return nil // all at one place
	}
	half(0, far)
	half(far, len(line))
	return keep
}

func apart(a, b [2]float64) float64 { return distance(a[:], b[:]) }

// offLine is how far p lies from the line through a and b.
func offLine(p, a, b [2]float64) float64 {
	d := apart(a, b)
	if d == 0 {
		return apart(p, a)
	}
	return math.Abs(float64((b[0]-a[0])*(p[1]-a[1]))-float64((b[1]-a[1])*(p[0]-a[0]))) / d
}

// short writes a coordinate.
func short(v float64, decimals int) string {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'f', decimals, 64), 64)
	return strconv.FormatFloat(v+0, 'f', -1, 64) // −0 is 0
}
