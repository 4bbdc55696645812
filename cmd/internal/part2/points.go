package part2

import (
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/plotsvg"
)

// A cloud is the points of one class and part.
type cloud struct {
	plotsvg.Points
	rows []int // of the part's matrix
	test bool
}

// part returns the rows that train or those that test.
func (r *Run) part(test bool) (x mat.Matrix, labels []int) {
	d := r.Exp.Data
	if test {
		return d.TestX, d.TestLabels
	}
	return d.TrainX, d.TrainLabels
}

// clouds are the points of every class, training and test told apart.
func (r *Run) clouds() []cloud {
	d := r.Exp.Data
	size := 5.0
	switch n := d.TrainX.Rows + d.TestX.Rows; {
	case n <= 200:
		size = 7
	case n > 2000:
		size = 0 // as plotsvg does with many
	}
	var list []cloud
	for class, name := range d.Classes {
		for _, test := range []bool{false, true} {
			c := cloud{plotsvg.Points{Name: lang.T("class %s, train", name).All(), Class: class, Hollow: test, Size: size}, nil, test}
			if test {
				c.Name = lang.T("class %s, test", name).All()
			}
			x, labels := r.part(test)
			for i, label := range labels {
				if label == class {
					c.X, c.Y, c.rows = append(c.X, x.At(i, 0)), append(c.Y, x.At(i, 1)), append(c.rows, i)
				}
			}
			if len(c.X) > 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

// answers puts what the network says of each point into its text on hover. It
// returns rings around the points it has wrong, nil when there are none, and
// false when an answer is no number.
func (r *Run) answers(clouds []cloud) (rings *plotsvg.Points, ok bool) {
	p := map[bool]mat.Matrix{}
	for _, test := range []bool{false, true} {
		x, _ := r.part(test)
		p[test] = r.Predict(x)
		if _, _, _, bad := p[test].NonFinite(); bad {
			return nil, false
		}
	}
	rings = &plotsvg.Points{Name: lang.T("classified wrong").All(), Class: plotsvg.Neutral, Hollow: true, Size: 8.5}
	for k := range clouds {
		c := &clouds[k]
		name := r.Exp.Data.Classes[c.Class]
		right, wrong := answerOf(lang.T("training row %s, class %s: p = %s, right", "\x01", name, "\x02")), answerOf(lang.T("training row %s, class %s: p = %s, wrong", "\x01", name, "\x02"))
		if c.test {
			right, wrong = answerOf(lang.T("test row %s, class %s: p = %s, right", "\x01", name, "\x02")), answerOf(lang.T("test row %s, class %s: p = %s, wrong", "\x01", name, "\x02"))
		}
		c.Hover = make([]plotsvg.Text, len(c.rows))
		for i, row := range c.rows {
			of := p[c.test].Row(row)
			number, probabilities := strconv.Itoa(row), list(of, c.Class)
			if mat.ArgMax(of) == c.Class {
				c.Hover[i] = right.with(number, probabilities)
				continue
			}
			c.Hover[i] = wrong.with(number, probabilities)
			rings.X, rings.Y, rings.Hover = append(rings.X, c.X[i]), append(rings.Y, c.Y[i]), append(rings.Hover, c.Hover[i])
		}
	}
	if len(rings.X) == 0 {
		rings = nil
	}
	return rings, true
}

// An answer is a text in each language, with two gaps that thousands of points
// fill: formatting each would take as long as the training.
type answer [][3]string

func answerOf(t lang.Text) (a answer) {
	for _, s := range t.All() {
		head, rest, _ := strings.Cut(s, "\x01")
		middle, tail, _ := strings.Cut(rest, "\x02")
		a = append(a, [3]string{head, middle, tail})
	}
	return a
}

func (a answer) with(row, p string) plotsvg.Text {
	t := make(plotsvg.Text, len(a))
	for i, part := range a {
		t[i] = part[0] + row + part[1] + p + part[2]
	}
	return t
}

// list writes p with four decimals: all of it for a few classes, otherwise that
// of the class and the largest.
func list(p []float64, class int) string {
	var b []byte
	if len(p) > 5 {
		p = []float64{p[class], p[mat.ArgMax(p)]}
	}
	for i, v := range p {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendFloat(b, v, 'f', 4, 64)
	}
	return string(b)
}
