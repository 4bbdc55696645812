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
	name   lang.Text
	x, y   []float64
	rows   []int // of the part's matrix
	test   bool
	class  int
	hollow bool
	size   float64
	hover  []lang.Text // nil: the coordinates
}

func (c cloud) points(in language) plotsvg.Points {
	return plotsvg.Points{Name: in(c.name), X: c.x, Y: c.y, Class: c.class, Hollow: c.hollow, Size: c.size, Hover: in.all(c.hover)}
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
			c := cloud{name: lang.T("class %s, train", name), test: test, class: class, hollow: test, size: size}
			if test {
				c.name = lang.T("class %s, test", name)
			}
			x, labels := r.part(test)
			for i, label := range labels {
				if label == class {
					c.x, c.y, c.rows = append(c.x, x.At(i, 0)), append(c.y, x.At(i, 1)), append(c.rows, i)
				}
			}
			if len(c.x) > 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

// answers puts what the network says of each point into its text on hover. It
// returns rings around the points it has wrong, nil when there are none, and
// false when an answer is no number.
func (r *Run) answers(clouds []cloud) (rings *cloud, ok bool) {
	p := map[bool]mat.Matrix{}
	for _, test := range []bool{false, true} {
		x, _ := r.part(test)
		p[test] = r.Predict(x)
		if _, _, _, bad := p[test].NonFinite(); bad {
			return nil, false
		}
	}
	rings = &cloud{name: lang.T("classified wrong"), class: plotsvg.Neutral, hollow: true, size: 8.5}
	for k := range clouds {
		c := &clouds[k]
		name := r.Exp.Data.Classes[c.class]
		right, wrong := answerOf(lang.T("training row %s, class %s: p = %s, right", "\x01", name, "\x02")), answerOf(lang.T("training row %s, class %s: p = %s, wrong", "\x01", name, "\x02"))
		if c.test {
			right, wrong = answerOf(lang.T("test row %s, class %s: p = %s, right", "\x01", name, "\x02")), answerOf(lang.T("test row %s, class %s: p = %s, wrong", "\x01", name, "\x02"))
		}
		c.hover = make([]lang.Text, len(c.rows))
		for i, row := range c.rows {
			of := p[c.test].Row(row)
			number, probabilities := strconv.Itoa(row), list(of, c.class)
			if mat.ArgMax(of) == c.class {
				c.hover[i] = right.with(number, probabilities)
				continue
			}
			c.hover[i] = wrong.with(number, probabilities)
			rings.x, rings.y, rings.hover = append(rings.x, c.x[i]), append(rings.y, c.y[i]), append(rings.hover, c.hover[i])
		}
	}
	if len(rings.x) == 0 {
		rings = nil
	}
	return rings, true
}

// An answer is a text with two gaps, which thousands of points fill: formatting
// each would take as long as the training.
type answer struct{ en, zh [3]string }

func answerOf(t lang.Text) answer {
	cut := func(s string) [3]string {
		head, rest, _ := strings.Cut(s, "\x01")
		middle, tail, _ := strings.Cut(rest, "\x02")
		return [3]string{head, middle, tail}
	}
	return answer{cut(t.EN), cut(t.ZH)}
}

func (a answer) with(row, p string) lang.Text {
	return lang.Text{EN: a.en[0] + row + a.en[1] + p + a.en[2], ZH: a.zh[0] + row + a.zh[1] + p + a.zh[2]}
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
