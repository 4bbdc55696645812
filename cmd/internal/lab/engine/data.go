package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/dataset"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
)

// shapes make n points of two classes, of the noise's standard deviation around
// where they belong. The first half is class 0. Each is drawn from the seed alone,
// as a table that one could have brought along.
var shapes = map[string]func(rng *nprand.RandomState, x mat.Matrix, labels []int, noise float64){
	"gaussians": func(rng *nprand.RandomState, x mat.Matrix, labels []int, noise float64) {
		each(rng, x, labels, noise, func(class int, _ float64) (float64, float64) { return float64(2*class - 1), float64(2*class - 1) })
	},
	"circles": func(rng *nprand.RandomState, x mat.Matrix, labels []int, noise float64) {
		each(rng, x, labels, noise, func(class int, t float64) (float64, float64) {
			r := 1 - float64(0.5*float64(class))
			return float64(r * mat.Cos(float64(2*math.Pi*t))), float64(r * mat.Sin(float64(2*math.Pi*t)))
		})
	},
	"spiral": func(rng *nprand.RandomState, x mat.Matrix, labels []int, noise float64) {
		each(rng, x, labels, noise, func(class int, t float64) (float64, float64) {
			r, a := 0.1+float64(0.9*t), float64(3.5*math.Pi*t)+float64(math.Pi*float64(class))
			return float64(r * mat.Cos(a)), float64(r * mat.Sin(a))
		})
	},
}

// each places every point: at says where the point lies that is t of the way
// through its class.
func each(rng *nprand.RandomState, x mat.Matrix, labels []int, noise float64, at func(class int, t float64) (float64, float64)) {
	half := (x.Rows + 1) / 2
	for i := range x.Rows {
		class, k, n := 0, i, half
		if i >= half {
			class, k, n = 1, i-half, x.Rows-half
		}
		labels[i] = class
		px, py := at(class, float64(k)/float64(n))
		x.Set(i, 0, px+float64(noise*rng.StandardNormal()))
		x.Set(i, 1, py+float64(noise*rng.StandardNormal()))
	}
}

// mostText is how long a table of one's own may be, in bytes.
const mostText = 8 << 20

// table is what a setup's data are, nil for make_moons.
func (s setup) table(c experiment.Config) (*dataset.Table, error) {
	switch s.Data {
	case "", "moons":
		return nil, nil
	case "own":
		if len(s.CSV) > mostText {
			return nil, fmt.Errorf("the table has %d bytes; up to %d would be right", len(s.CSV), mostText)
		}
		t, err := dataset.Parse("table.csv", strings.NewReader(s.CSV))
		return &t, err
	}
	shape := shapes[s.Data]
	if shape == nil {
		return nil, fmt.Errorf("%q is no data; moons, gaussians, circles, spiral or own would be right", s.Data)
	}
	t := dataset.Table{Name: s.Data, Features: []string{"x", "y"}, Classes: []string{"0", "1"}, X: mat.New(c.N, 2), Labels: make([]int, c.N)}
	shape(nprand.New(c.Seed), t.X, t.Labels, c.Noise)
	return &t, nil
}

// csvOf is data as a file that -data reads back to the bit.
func csvOf(t *dataset.Table, c experiment.Config) []byte {
	x, labels, features, classes := mat.Matrix{}, []int(nil), []string{"x", "y"}, []string{"0", "1"}
	if t != nil {
		x, labels, features, classes = t.X, t.Labels, t.Features, t.Classes
	} else {
		x, labels = moons.Make(c.N, c.Noise, nprand.New(c.Seed))
	}
	rows := [][]string{append(slices.Clone(features), "class")}
	for i := range x.Rows {
		var row []string
		for _, v := range x.Row(i) {
			row = append(row, cli.FormatFloat(v))
		}
		rows = append(rows, append(row, classes[labels[i]]))
	}
	return output.CSV("data.csv", rows).Data
}
