package bench

import (
	"bytes"
	"os"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/mat/npy"
	"glassbox/moons"
	"glassbox/nn"
)

// A dataset is the data of the measured steps by name. All who do a step start
// from the same rows and weights: glassbox makes them, the others read a file.
type dataset map[string]problem

// A problem is what a network learns, x (N×in) and y (N×C), and the first
// weights of its two layers.
type problem struct {
	x, y           mat.Matrix
	w1, b1, w2, b2 mat.Matrix
}

// newData makes the data: the moons that part2 trains on; rows of 784 numbers
// in 10 classes; and, for checks with a peer whose two classes are something
// else, the moons cut into three.
func newData() dataset {
	rng := nprand.New(42)
	points, labels := moons.Make(1000, 0.05, rng)
	x, labels, _, _ := moons.Split(points, labels, 0.8)
	d := dataset{"moons": newProblem(x, moons.OneHot(labels, 2), 20, rng)}
	three := append([]int{}, labels...)
	for i := range three {
		if x.At(i, 0) > 1 {
			three[i] = 2
		}
	}
	d["three"] = newProblem(x, moons.OneHot(three, 3), 20, rng)
	wide, classes := mat.New(800, 784), make([]int, 800)
	for i := range wide.Data {
		wide.Data[i] = rng.Float64()
	}
	for i := range classes {
		classes[i] = rng.Intn(10)
	}
	d["wide"] = newProblem(wide, moons.OneHot(classes, 10), 256, rng)
	return d
}

func newProblem(x, y mat.Matrix, hidden int, rng *nprand.RandomState) problem {
	m := nn.NewMLP(x.Cols, []int{hidden}, y.Cols)
	m.Init(rng, nn.He)
	p := m.Params()
	return problem{x, y, p[0], p[1], p[2], p[3]}
}

// net returns a new network with the first weights.
func (p problem) net() *nn.MLP {
	return nn.FromParams([]mat.Matrix{p.w1, p.b1, p.w2, p.b2})
}

// write writes the data where every peer can read it. A bias has one axis there.
func (d dataset) write(path string) error {
	var entries []npy.Entry
	for name, p := range d {
		for part, m := range map[string]mat.Matrix{"x": p.x, "y": p.y, "W1": p.w1, "b1": p.b1, "W2": p.w2, "b2": p.b2} {
			a := npy.FromMatrix(m)
			if part[0] == 'b' {
				a.Shape = a.Shape[1:]
			}
			entries = append(entries, npy.Entry{Name: name + "." + part, Array: a})
		}
	}
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, entries, false); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o666)
}
