package audit

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// layouts are how a right program may keep its arrays.
var layouts = []struct {
	name   string
	turned func(n spec.TensorName) bool
}{
	{"samples in rows", func(spec.TensorName) bool { return false }},
	{"samples in columns", func(n spec.TensorName) bool { return n.Kind != "loss" && n.Kind != "t" }},
	{"weights out×in", func(n spec.TensorName) bool { return strings.HasSuffix(n.Kind, "W") }},
}

// TestRightIsClean: of right networks, each activation with each loss and each
// optimizer, in turns of reduction, layout, precision, penalty and batches, nothing
// is said at all.
func TestRightIsClean(t *testing.T) {
	count := 0
	for _, activation := range append([]*spec.Activation{nil}, spec.Activations...) {
		for _, loss := range append([]*spec.Loss{nil}, spec.Losses...) {
			for _, optimizer := range append([]*spec.Optimizer{nil}, spec.Optimizers...) {
				if activation != nil && activation.Name == "relu" || optimizer != nil && optimizer.Name == "sgd" {
					continue // as where none is given
				}
				i := count
				count++
				set := spec.Settings{Rate: 0.01, Mean: i%2 == 0, Activation: activation, Loss: loss, Optimizer: optimizer}
				if !set.Mean {
					set.Rate = 0.001
				}
				if optimizer != nil && optimizer.Velocity != nil && !optimizer.Counts {
					set.Momentum = 0.9
				}
				if i%5 == 1 {
					set.Decay = 0.02
				}
				c := newCourse(set, set.Outputs(2+i%2))
				single, layout := i%7 == 3, layouts[i%3]
				if i%4 == 2 { // the last batch of an epoch is a smaller one
					whole := c.batch
					c.batch = func(n int) []int {
						if n%4 == 3 {
							return whole(n)[:9]
						}
						return whole(n)
					}
				}
				c.tensor = func(_ int, T spec.Tensors) {
					for name, m := range T {
						if n, _ := spec.ParseName(name); layout.turned(n) {
							m = m.Transpose()
						}
						if single {
							m = mapped(m, func(_ int, v float64) float64 { return float64(float32(v)) })
						}
						T[name] = m
					}
				}
				c.trace = func(t *Trace) {
					if i%6 == 5 && (activation == nil || !activation.Kink && activation.Name != "identity") && (loss == nil || loss.Binary) {
						t.Activation, t.Loss = nil, "" // the numbers tell
					}
					for _, s := range t.Steps {
						for name := range s.T {
							s.Single[name] = single
						}
					}
				}
				v := Compare(c.record(t))
				about := fmt.Sprintf("%s, %s, %s, %s, float32 %v, λ %g, mean %v", name(activation), nameOf(loss), ruleName(optimizer), layout.name, single, set.Decay, set.Mean)
				if v.Verdict != "clean" || len(v.Unjudged) > 0 {
					t.Errorf("%s: %v %v", about, told(v), v.Unjudged)
				}
			}
		}
	}
	if count < 150 {
		t.Errorf("only %d right networks", count)
	}
	t.Logf("%d right networks", count)
}

// rightData are data and beginnings that look like a mistake and are none.
var rightData = map[string]func(c *course){
	"all rows in every step": func(c *course) { c.rows = 96 },
	"drawn with replacement": func(c *course) {
		c.batch = func(n int) (rows []int) {
			for range 24 {
				rows = append(rows, c.rng.IntN(96))
			}
			return rows
		}
	},
	"classes in turn": func(c *course) {
		of := [2][]int{}
		for i := range c.y.Rows {
			k := mat.ArgMax(c.y.Row(i))
			of[k] = append(of[k], i)
		}
		c.batch = func(n int) (rows []int) {
			for i := range 24 {
				rows = append(rows, of[i%2][(n*12+i/2)%len(of[i%2])])
			}
			return rows
		}
	},
	"noise on the same rows": func(c *course) {
		c.rows = 96
		c.data = func(_ int, x, _ mat.Matrix) {
			for k := range x.Data {
				x.Data[k] += 0.1 * c.rng.NormFloat64()
			}
		}
	},
	"rows of 0 and 1, labels that are not sure": func(c *course) {
		c.x = mapped(c.x, func(_ int, v float64) float64 { return map[bool]float64{true: 1}[v > 0] })
	},
	"a rare class": func(c *course) {
		for i := range c.y.Rows {
			c.y.Row(i)[0], c.y.Row(i)[1] = 1, 0
		}
		c.y.Row(50)[0], c.y.Row(50)[1] = 0, 1
	},
	"a column of ones and one of zeros": func(c *course) {
		for i := range c.x.Rows {
			c.x.Row(i)[1], c.x.Row(i)[2] = 1, 0
		}
	},
	"a table of four rows, over and over": func(c *course) {
		for i := range c.x.Rows {
			a, b := i%2, i/2%2
			copy(c.x.Row(i), []float64{float64(a), float64(b), 0.5})
			c.y.Row(i)[0], c.y.Row(i)[1] = float64(1-(a^b)), float64(a^b)
		}
	},
	"one row that is there twice": func(c *course) {
		c.rows = 96
		copy(c.x.Row(7), c.x.Row(70))
		copy(c.y.Row(7), c.y.Row(70))
	},
	"a rate that falls with every step over all rows": func(c *course) {
		c.rows = 96
		c.ops = func(ops *spec.Ops, n *int) {
			instead(&ops.New, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix, _ mat.Matrix) mat.Matrix {
				return spec.Update(in[0], s.Rate*math.Pow(0.9, float64(*n)), in[1])
			})
		}
		c.trace = func(t *Trace) { t.Rate = 0 }
	},
	"small first weights": func(c *course) {
		c.params = func(list []mat.Matrix) {
			for _, m := range list {
				for i := range m.Data {
					m.Data[i] *= 0.01
				}
			}
		}
	},
	"a last layer of zeros": func(c *course) { c.params = func(list []mat.Matrix) { clear(list[2].Data) } },
	"a last layer above zero": func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i, v := range list[2].Data {
				list[2].Data[i] = math.Abs(v)
			}
		}
	},
	"weights of whole numbers": func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i, v := range list[0].Data {
				list[0].Data[i] = math.Round(v)
			}
		}
	},
	"labels drawn by chance": func(c *course) {
		for i := range c.y.Rows {
			k := c.rng.IntN(2)
			c.y.Row(i)[k], c.y.Row(i)[1-k] = 1, 0
		}
	},
}

// TestRightDataIsClean: nothing is called wrong of them, nor warned of.
func TestRightDataIsClean(t *testing.T) {
	for name, change := range rightData {
		for n, set := range styles {
			c := newCourse(set, 2)
			change(c)
			if v := Compare(c.record(t)); v.Verdict != "clean" || len(v.Unjudged) > 0 {
				t.Errorf("%s %d: %v %v", name, n, told(v), v.Unjudged)
			}
		}
	}
}

func name(a *spec.Activation) string {
	if a == nil {
		return "relu"
	}
	return a.Name
}

func nameOf(l *spec.Loss) string {
	if l == nil {
		return spec.CrossEntropy
	}
	return l.Name
}

func ruleName(o *spec.Optimizer) string {
	if o == nil {
		return "sgd"
	}
	return o.Name
}
