package inspector

import (
	"math"

	"glassbox/cmd/internal/frame"
	"glassbox/mat"
	"glassbox/nn/spec"
)

// A picture draws what a network's steps make of the data.
type picture struct {
	*life
	places *places
	frame  frame.Frame
	planar bool
	right  *life // the right network, beside one with a mistake
}

func (p *picture) draw(s *source) drawing {
	var to drawing
	params := params(s)
	d := p.exp.Data
	if p.planar {
		to.hinges = hinges(p.frame, params[0], params[1])
		if len(d.Classes) == 2 {
			to.boundary = boundary(p.frame, func(x mat.Matrix) mat.Matrix { return p.predict(params, x) })
		}
	}
	t := s.T
	if s.batch() < d.TrainX.Rows {
		t = p.units(params, d.TrainX)
	}
	to.dead = dead(t, s.L)
	q := p.predict(params, d.TrainX)
	for _, r := range p.places.rows {
		to.right = append(to.right, mat.ArgMax(q.Row(r)) == d.TrainLabels[r])
	}
	if p.right != nil {
		if _, ok := p.right.made[s.Number]; ok {
			to.differs = different(p.right.source(s.Number), s)
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
