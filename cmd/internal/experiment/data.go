package experiment

import (
	"glassbox/cmd/internal/dataset"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
)

// Data are the rows of an experiment, split.
type Data struct {
	Name     string   // "make_moons" or the file's
	Features []string // names of the columns of x
	Classes  []string // names of the classes

	TrainX, TrainY, TestX mat.Matrix // N×in, N×C one-hot, M×in
	TrainLabels           []int
	TestLabels            []int
}

// trainShare is the share of the rows that train, the first ones.
const trainShare = 0.8

// newData draws the experiment's data from rng: make_moons, or the rows of a
// table in the order of a permutation.
func newData(c Config, rng *nprand.RandomState) Data {
	d := Data{Name: "make_moons", Features: []string{"x", "y"}, Classes: []string{"0", "1"}}
	var x mat.Matrix
	var labels []int
	if c.Table == nil {
		x, labels = moons.Make(c.N, c.Noise, rng)
	} else {
		t := c.Table
		d.Name, d.Features, d.Classes = t.Name, t.Features, t.Classes
		x, labels = mat.New(t.X.Rows, t.X.Cols), make([]int, t.X.Rows)
		for i, r := range rng.Permutation(t.X.Rows) {
			copy(x.Row(i), t.X.Row(r))
			labels[i] = t.Labels[r]
		}
	}
	d.TrainX, d.TrainLabels, d.TestX, d.TestLabels = moons.Split(x, labels, trainShare)
	if c.Standardize {
		d.TrainX, d.TestX = d.TrainX.Clone(), d.TestX.Clone()
		dataset.Standardize(d.TrainX, d.TestX)
	}
	d.TrainY = moons.OneHot(d.TrainLabels, len(d.Classes))
	return d
}
