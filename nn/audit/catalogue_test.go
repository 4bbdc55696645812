package audit

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// A course is a training of some steps that is right until it is changed.
type course struct {
	set    spec.Settings
	sizes  []int
	rows   int // of a batch
	steps  int
	x, y   mat.Matrix // the data, 96 rows
	rng    *rand.Rand
	batch  func(n int) []int            // the rows of step n
	data   func(n int, x, y mat.Matrix) // changes a batch
	params func(list []mat.Matrix)      // changes the first parameters
	ops    func(ops *spec.Ops, n *int)  // changes operations; n is the step
	tensor func(n int, T spec.Tensors)  // changes what is recorded
	trace  func(t *Trace)               // changes the trace
}

// newCourse is one of a network of so many outputs with other settings.
func newCourse(set spec.Settings, classes int) *course {
	c := &course{set: set, sizes: []int{3, 16, classes}, rows: 24, steps: 6, rng: rand.New(rand.NewPCG(11, 4))}
	c.x, c.y = mat.New(96, 3), mat.New(96, classes)
	for i := range c.x.Rows {
		row := c.x.Row(i)
		for k := range row {
			row[k] = c.rng.NormFloat64()
		}
		switch {
		case set.Loss != nil && !set.Loss.Binary:
			for k := range classes {
				c.y.Set(i, k, row[k%3]+0.1*c.rng.NormFloat64())
			}
		case classes == 1:
			if row[0]+row[1] > 0 {
				c.y.Set(i, 0, 1)
			}
		default:
			c.y.Set(i, mat.ArgMax(row[:classes]), 1)
		}
	}
	c.batch = func(n int) (rows []int) {
		for i := range c.rows {
			rows = append(rows, (n*c.rows+i)%c.x.Rows)
		}
		return rows
	}
	return c
}

// record runs it.
func (c *course) record(t *testing.T) Trace {
	t.Helper()
	var params []mat.Matrix
	for k := 1; k < len(c.sizes); k++ {
		W := mat.New(c.sizes[k-1], c.sizes[k])
		for i := range W.Data {
			W.Data[i] = c.rng.NormFloat64() * math.Sqrt(2/float64(c.sizes[k-1]))
		}
		params = append(params, W, mat.New(1, c.sizes[k]))
	}
	if c.params != nil {
		c.params(params)
	}
	net, number := spec.NewNet(params, c.set), 0
	if c.ops != nil {
		c.ops(&net.Ops, &number)
	}
	trace := Trace{File: "course.npz", Rate: c.set.Rate, Reduction: map[bool]string{true: "mean", false: "sum"}[c.set.Mean]}
	if c.set.Optimizer != nil {
		trace.Optimizer = c.set.Optimizer.Name
	}
	if c.set.Activation != nil {
		trace.Activation = []string{c.set.Activation.Name}
	}
	if c.set.Loss != nil {
		trace.Loss = c.set.Loss.Name
	}
	if c.set.Momentum != 0 {
		trace.Meta.Momentum = &c.set.Momentum
	}
	trace.Meta.Decay = c.set.Decay
	for ; number < c.steps; number++ {
		rows := c.batch(number)
		x, y := mat.New(len(rows), c.x.Cols), mat.New(len(rows), c.y.Cols)
		for i, r := range rows {
			copy(x.Row(i), c.x.Row(r))
			copy(y.Row(i), c.y.Row(r))
		}
		if c.data != nil {
			c.data(number, x, y)
		}
		net.Forward(x, y)
		net.Backward()
		net.Update()
		s := Step{Number: number, T: spec.Tensors{}, Single: map[string]bool{}}
		for name, m := range net.Tensors() {
			if n, ok := spec.ParseName(name); ok && n.Suffix != spec.SuffixNext {
				s.T[name] = m.Clone()
			}
		}
		if c.tensor != nil {
			c.tensor(number, s.T)
		}
		trace.Steps = append(trace.Steps, s)
	}
	if c.trace != nil {
		c.trace(&trace)
	}
	return normalized(t, trace)
}

// instead changes an operation of a step.
func instead(op *spec.Op, f func(s *spec.Step, n spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix) {
	run := op.Run
	op.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		return f(s, n, in, run(s, n, in))
	}
}

func mapped(m mat.Matrix, f func(k int, v float64) float64) mat.Matrix {
	r := m.Clone()
	for k, v := range r.Data {
		r.Data[k] = f(k, v)
	}
	return r
}

// slopes makes a hidden layer's gradient with another derivative, by z and h.
func slopes(f func(z, h float64) float64) func(*course) {
	return func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.DZ, func(s *spec.Step, n spec.TensorName, in []mat.Matrix, _ mat.Matrix) mat.Matrix {
				h := s.T[n.Of("h")]
				return mapped(in[0], func(k int, v float64) float64 { return v * f(in[1].Data[k], h.Data[k]) })
			})
		}
	}
}

// The settings of two styles, and of those that a mistake belongs to.
var (
	plain   = spec.Settings{Rate: 0.1, Mean: true}
	tanhSum = spec.Settings{Rate: 0.01, Activation: spec.FindActivation("tanh")}
	styles  = []spec.Settings{plain, tanhSum}
)

func with(activation, loss, optimizer string) spec.Settings {
	return spec.Settings{Rate: 0.05, Mean: true, Activation: spec.FindActivation(activation), Loss: spec.FindLoss(loss), Optimizer: spec.FindOptimizer(optimizer)}
}

// aroundTheStep plants the mistakes that no changed operation makes.
var aroundTheStep = []struct {
	name    string
	in      []spec.Settings
	classes int
	change  func(c *course)
}{
	{"labels-of-other-rows", styles, 2, func(c *course) {
		right := c.y.Clone()
		c.data = func(n int, _, y mat.Matrix) {
			for i, r := range c.batch(n) {
				copy(y.Row(i), right.Row((r+7*n)%96))
			}
		}
	}},
	{"labels-repeat", styles, 2, func(c *course) {
		c.data = func(_ int, _, y mat.Matrix) {
			for i := range y.Rows {
				copy(y.Row(i), c.y.Row(i))
			}
		}
		c.steps = 4
	}},
	{"same-batch-each-step", styles, 2, func(c *course) {
		rows := []int{}
		for i := range 24 {
			rows = append(rows, i*i%19*5)
		}
		c.batch = func(int) []int { return rows }
	}},
	{"batches-overlap", styles, 2, func(c *course) {
		c.batch = func(n int) (rows []int) {
			for i := range 24 {
				rows = append(rows, n*12+i)
			}
			return rows
		}
	}},
	{"rows-doubled", styles, 2, func(c *course) {
		c.batch = func(n int) (rows []int) {
			for i := range 24 {
				rows = append(rows, n*12+i%12)
			}
			return rows
		}
	}},
	{"batches-of-one-class", styles, 3, func(c *course) {
		c.batch = func(n int) (rows []int) {
			for r := range 96 {
				if c.y.At(r, n%3) == 1 && len(rows) < 16 {
					rows = append(rows, r)
				}
			}
			return rows
		}
	}},
	{"class-missing", styles, 3, func(c *course) {
		c.batch = func(n int) (rows []int) {
			for r := range 96 {
				if c.y.At(r, 2) == 0 && (r%2 == n%2) {
					rows = append(rows, r)
				}
			}
			return rows
		}
	}},
	{"classes-from-1", styles, 3, func(c *course) {
		for i := range c.y.Rows {
			row := c.y.Row(i)
			row[2], row[1], row[0] = row[1], row[0], 0
		}
	}},
	{"labels-all-zero", styles, 2, func(c *course) {
		for i := range c.y.Rows {
			if i%9 == 0 {
				c.y.Row(i)[0], c.y.Row(i)[1] = 0, 0
			}
		}
	}},
	{"labels-not-encoded", styles, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.DZL, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix {
				return mapped(right, func(k int, _ float64) float64 {
					d := in[0].Data[k] - in[1].At(k/2, 1)
					if s.Mean {
						d /= float64(in[0].Rows)
					}
					return d
				})
			})
		}
		c.tensor = func(_ int, T spec.Tensors) {
			y := mat.New(24, 1)
			for i := range y.Data {
				y.Data[i] = T["y"].At(i, 1)
			}
			T["y"] = y
		}
	}},
	{"data-not-finite", styles, 2, func(c *course) { c.x.Row(5)[1] = math.NaN() }},
	{"features-not-scaled", []spec.Settings{plain, {Rate: 0.01}}, 2, func(c *course) { c.x = mapped(c.x, func(_ int, v float64) float64 { return 100 * v }) }},
	{"feature-constant", styles, 2, func(c *course) {
		for i := range c.x.Rows {
			c.x.Row(i)[2] = 5
		}
	}},
	{"weights-all-zero", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) { clear(list[0].Data); clear(list[2].Data) }
	}},
	{"units-alike", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i := range list[0].Data {
				list[0].Data[i] = 0.3
			}
			for i := range list[2].Data {
				list[2].Data[i] = 0.1 * float64(i%2)
			}
		}
	}},
	{"first-weights-too-large", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i := range list[2].Data {
				list[2].Data[i] = -20 * math.Sin(float64(i))
			}
		}
	}},
	{"first-weights-too-small", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i := range list[0].Data {
				list[0].Data[i] *= 1e-6
			}
		}
	}},
	{"layers-drawn-alike", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i := range list[2].Data {
				list[2].Data[i] = list[0].Data[i] / 2
			}
		}
	}},
	{"weights-one-sided", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i, v := range list[0].Data {
				list[0].Data[i] = math.Abs(v)
			}
		}
	}},
	{"integer-parameters", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for _, m := range list {
				for i, v := range m.Data {
					m.Data[i] = math.Trunc(2 * v)
				}
			}
		}
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.New, func(_ *spec.Step, _ spec.TensorName, _ []mat.Matrix, right mat.Matrix) mat.Matrix {
				return mapped(right, func(_ int, v float64) float64 { return math.Trunc(v) })
			})
		}
	}},
	{"mask-missing-backward", styles, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, n *int) {
			instead(&ops.H, func(_ *spec.Step, _ spec.TensorName, _ []mat.Matrix, right mat.Matrix) mat.Matrix {
				return mapped(right, func(k int, v float64) float64 {
					if (k*7+*n)%5 == 0 {
						return 0
					}
					return v / 0.8
				})
			})
		}
	}},
	{"derivative-of-result", []spec.Settings{with("sigmoid", "", ""), with("tanh", "", "")}, 2, func(c *course) {
		slopes(func(_, h float64) float64 { return c.set.Activation.By(h) })(c)
	}},
	{"derivative-missing", []spec.Settings{with("tanh", "", ""), with("gelu", "binary_cross_entropy", "")}, 1, slopes(func(float64, float64) float64 { return 1 })},
	{"derivative-without-square", []spec.Settings{with("tanh", "", "adam"), with("tanh", "squared_error", "")}, 2, slopes(func(_, h float64) float64 { return 1 - h })},
	{"derivative-half", []spec.Settings{with("sigmoid", "", ""), with("sigmoid", "mean_squared_error", "")}, 2, slopes(func(_, h float64) float64 { return h })},
	{"derivative-half", []spec.Settings{with("sigmoid", "", "")}, 2, slopes(func(_, h float64) float64 { return 1 - h })},
	{"derivative-of-another", []spec.Settings{with("tanh", "", ""), with("elu", "", "")}, 2, slopes(func(_, h float64) float64 { return h * (1 - h) })},
	{"derivative-of-another", []spec.Settings{with("sigmoid", "", ""), with("gelu_tanh", "", "")}, 2, slopes(func(_, h float64) float64 { return 1 - h*h })},
	{"derivative-of-another", []spec.Settings{with("elu", "", ""), with("tanh", "", "rmsprop")}, 2, slopes(func(z, _ float64) float64 {
		if z > 0 {
			return 1
		}
		return 0
	})},
	{"binary-one-sided", []spec.Settings{with("relu", "binary_cross_entropy", ""), with("tanh", "binary_cross_entropy", "")}, 1, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.Loss, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix, _ mat.Matrix) mat.Matrix {
				sum := 0.0
				for i, p := range in[0].Data {
					sum -= in[1].Data[i] * math.Log(p+1e-7)
				}
				return mat.Of(1, 1, sum/float64(in[0].Rows))
			})
		}
	}},
	{"binary-without-sigmoid", []spec.Settings{with("relu", "binary_cross_entropy", ""), with("tanh", "binary_cross_entropy", "")}, 1, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.DZL, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix {
				return mapped(right, func(k int, v float64) float64 { return v / (in[0].Data[k] * (1 - in[0].Data[k])) })
			})
		}
	}},
	{"n-by-n", []spec.Settings{with("relu", "squared_error", ""), with("tanh", "squared_error", "")}, 1, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.Loss, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix, _ mat.Matrix) mat.Matrix {
				sum := 0.0
				for _, p := range in[0].Data {
					for _, y := range in[1].Data {
						sum += (p - y) * (p - y)
					}
				}
				return mat.Of(1, 1, sum/float64(in[0].Rows*in[0].Rows))
			})
		}
	}},
	{"penalty-not-in-gradient", []spec.Settings{{Rate: 0.1, Mean: true, Decay: 0.1}, {Rate: 0.01, Decay: 0.2, Activation: spec.FindActivation("tanh")}}, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.DW, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix, _ mat.Matrix) mat.Matrix {
				return spec.DW(in[0], in[1])
			})
		}
	}},
	{"penalty-doubled", []spec.Settings{{Rate: 0.1, Mean: true, Decay: 0.1}, {Rate: 0.01, Decay: 0.2, Activation: spec.FindActivation("tanh")}}, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.DW, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix {
				spec.AddDecay(right, in[2], s.Decay)
				return right
			})
		}
		c.trace = func(t *Trace) { t.Meta.Decay = 0 }
	}},
	{"divided-by-full-batch", []spec.Settings{plain, with("tanh", "", "")}, 2, func(c *course) {
		whole := c.batch
		c.batch = func(n int) []int {
			if n == 3 {
				return whole(n)[:10]
			}
			return whole(n)
		}
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.DZL, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix {
				return mapped(right, func(_ int, v float64) float64 { return v * float64(in[0].Rows) / 24 })
			})
		}
	}},
	{"decay-each-step", styles, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, n *int) {
			instead(&ops.New, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix, _ mat.Matrix) mat.Matrix {
				return spec.Update(in[0], s.Rate*math.Pow(0.9, float64(*n)), in[1])
			})
		}
		c.trace = func(t *Trace) { t.Rate = 0 }
	}},
	{"evaluation-changes-parameters", styles, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, n *int) {
			instead(&ops.New, func(_ *spec.Step, _ spec.TensorName, _ []mat.Matrix, right mat.Matrix) mat.Matrix {
				if *n%2 == 0 {
					return right
				}
				return mapped(right, func(_ int, v float64) float64 { return 0.99 * v })
			})
		}
	}},
	{"evaluation-inside-step", styles, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, n *int) {
			instead(&ops.DW, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix {
				return spec.DW(mapped(in[0], func(k int, v float64) float64 { return v*v - math.Sin(float64(k)) }), in[1])
			})
		}
		c.trace = func(t *Trace) { t.Meta.Inside = map[int]int{0: 24} }
	}},
	{"leaky-backward-plain", []spec.Settings{with("leaky_relu", "", ""), with("leaky_relu", "", "adam")}, 2, slopes(func(z, _ float64) float64 {
		if z > 0 {
			return 1
		}
		return 0
	})},
	{"dead-relu", []spec.Settings{plain, {Rate: 0.01}}, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i := range list[1].Data {
				list[1].Data[i] = -100
			}
		}
	}},
	{"saturated-softmax", styles, 2, func(c *course) {
		c.params = func(list []mat.Matrix) {
			for i := range list[3].Data {
				list[3].Data[i] = 1e4 * float64(i)
			}
		}
	}},
	{"epoch-gradient", styles, 2, func(c *course) { c.trace = func(t *Trace) { t.Meta.Merged = map[int]int{0: 6} } }},
	{"weight-decay", []spec.Settings{with("relu", "", "adam"), with("tanh", "", "rmsprop")}, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) {
			instead(&ops.New, func(s *spec.Step, n spec.TensorName, in []mat.Matrix, right mat.Matrix) mat.Matrix {
				if n.Kind == "b" {
					return right
				}
				return mapped(right, func(k int, v float64) float64 { return v - s.Rate*0.01*in[0].Data[k] })
			})
		}
	}},
	{"stale-gradient", []spec.Settings{with("relu", "", "adam"), with("tanh", "", "rmsprop")}, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) { fault("stale-gradient").Changes[1](ops) }
	}},
	{"rate-divided-by-n", []spec.Settings{with("relu", "", "adam"), with("tanh", "", "rmsprop")}, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) { fault("rate-divided-by-n").Changes[0](ops) }
	}},
	{"velocity-renewed-late", []spec.Settings{{Rate: 0.1, Mean: true, Momentum: 0.9}, {Rate: 0.01, Momentum: 0.5, Activation: spec.FindActivation("tanh")}}, 2, func(c *course) {
		c.ops = func(ops *spec.Ops, _ *int) { fault("velocity-renewed-late").Changes[0](ops) }
	}},
}

func fault(name string) faults.Fault {
	f, err := faults.Find(name)
	if err != nil {
		panic(err)
	}
	return f
}

// perceptronFaults plants those of a perceptron, in what becomes of w and b.
var perceptronFaults = []struct {
	name string
	what func(w, b mat.Matrix, x []float64, label, p float64)
}{
	{"updates-right-samples", func(w, b mat.Matrix, x []float64, label, _ float64) { moves(w, b, x, label, label) }},
	{"misjudged-left-alone", func(w, b mat.Matrix, x []float64, label, p float64) {
		if p != label && label > 0 {
			moves(w, b, x, label, label)
		}
	}},
	{"step-inverted", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, -label, -label) })},
	{"label-left-out", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, 1, 1) })},
	{"another-sample", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, []float64{x[1], -x[0]}, label, label) })},
	{"bias-each-feature", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, label, 2*label) })},
	{"rate-on-one-part", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, label, 10*label) })},
	{"bias-inverted", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, label, -label) })},
	{"bias-without-label", wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, label, 1) })},
}

func moves(w, b mat.Matrix, x []float64, by, offset float64) {
	for k, v := range x {
		w.Data[k] += 0.1 * by * v
	}
	b.Data[0] += 0.1 * offset
}

func wrongOnly(f func(w, b mat.Matrix, x []float64, label float64)) func(w, b mat.Matrix, x []float64, label, p float64) {
	return func(w, b mat.Matrix, x []float64, label, p float64) {
		if p != label {
			f(w, b, x, label)
		}
	}
}

// TestAroundTheStep: each mistake is found under its own name, in the styles that
// testdata/planted.txt counts.
func TestAroundTheStep(t *testing.T) {
	planted := map[string]int{}
	for _, m := range aroundTheStep {
		for n, set := range m.in {
			planted[m.name]++
			t.Run(fmt.Sprint(m.name, n), func(t *testing.T) {
				right := newCourse(set, m.classes)
				if v := Compare(right.record(t)); v.Verdict != "clean" {
					t.Fatalf("without the mistake: %v", told(v))
				}
				c := newCourse(set, m.classes)
				m.change(c)
				if v := Compare(c.record(t)); len(v.Findings) == 0 || v.Findings[0].Cause != m.name {
					t.Errorf("%v", told(v))
				}
			})
		}
	}
	for _, m := range perceptronFaults {
		for _, zeroOne := range []bool{false, true} {
			planted[m.name]++
			t.Run(fmt.Sprint(m.name, zeroOne), func(t *testing.T) {
				if v := Compare(perceptronTrace(zeroOne, m.what)); !slices.Contains(causes(v), m.name) {
					t.Errorf("%v", told(v))
				}
			})
		}
	}
	for name, what := range zeroScores {
		for _, bias := range []bool{true, false} {
			planted[name]++
			t.Run(fmt.Sprint(name, bias), func(t *testing.T) {
				trace := perceptronTrace(false, wrongOnly(func(w, b mat.Matrix, x []float64, label float64) { moves(w, b, x, label, label) }))
				what(&trace)
				for _, s := range trace.Steps {
					if !bias {
						delete(s.T, "b1")
						delete(s.T, "b1_new")
					}
				}
				if v := Compare(trace); len(v.Findings) == 0 || v.Findings[0].Cause != name {
					t.Errorf("%v", told(v))
				}
			})
		}
	}
	t.Run("optimizers", func(t *testing.T) { optimizers(t, planted) })
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(planted)) {
		lines = append(lines, fmt.Sprintf("%s %d\n", name, planted[name]))
	}
	want, err := os.ReadFile("testdata/planted.txt")
	if got := strings.Join(lines, ""); err != nil || got != string(want) {
		t.Errorf("testdata/planted.txt is not what is planted (%v):\n%s", err, got)
	}
}

// zeroScores are mistakes that a step at a score of 0, or its result, shows.
var zeroScores = map[string]func(t *Trace){
	"sign-of-zero": func(t *Trace) {
		T := t.Steps[0].T // w is 0 there
		T["p"], T["W1_new"], T["b1_new"] = mat.Of(1, 1, 0), T["W1"], T["b1"]
		t.Steps = t.Steps[:1]
	},
	"result-not-the-sign": func(t *Trace) {
		T := t.Steps[9].T
		T["p"] = mat.Of(1, 1, -T["p"].Data[0])
		t.Steps = t.Steps[9:10]
	},
}

// told is what a verdict says, in short.
func told(v Verdict) (list []string) {
	for _, f := range v.Findings {
		list = append(list, fmt.Sprintf("step %d, %s: %s %s: %s", f.Step, f.Tensor, f.Level, f.Cause, f.Message))
	}
	return list[:min(len(list), 4)]
}

// optimizers plants the mistakes of an optimizer, which are found under their own
// names whether what it keeps is recorded or not.
func optimizers(t *testing.T, planted map[string]int) {
	for _, f := range faults.InStep {
		if f.Kind != "optimizer" {
			continue
		}
		for _, rule := range []string{"momentum", "nesterov", "rmsprop", "adam"} {
			set := with("tanh", "", rule)
			set.Rate = 1e-4
			if rule == "momentum" {
				set.Optimizer, set.Momentum = nil, 0.9
			}
			if rule == "nesterov" {
				set.Momentum = 0.9
			}
			for n, change := range f.Changes {
				right := newCourse(set, 2)
				c := newCourse(set, 2)
				c.ops = func(ops *spec.Ops, _ *int) { change(ops) }
				a, b := right.record(t), c.record(t)
				if slices.Equal(a.Steps[3].T["W1_new"].Data, b.Steps[3].T["W1_new"].Data) {
					continue // of another optimizer
				}
				for _, states := range []bool{true, false} {
					planted[f.Name]++
					if !states {
						for _, s := range b.Steps {
							maps.DeleteFunc(s.T, func(name string, _ mat.Matrix) bool { n, _ := spec.ParseName(name); return n.IsState() })
						}
					}
					v := Compare(b)
					if whole := Compare(a); states && (v.Judged < whole.Judged-1 || v.Judged > whole.Judged) {
						t.Errorf("%s, form %d: %d tensors judged, %d without it", f.Name, n, v.Judged, whole.Judged)
					}
					if len(v.Findings) == 0 || v.Findings[0].Cause != f.Name {
						t.Errorf("%s, form %d, states recorded %v: %v %v", f.Name, n, states, told(v), v.Unjudged)
					}
				}
			}
		}
	}
}
