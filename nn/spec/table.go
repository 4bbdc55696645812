package spec

import (
	"slices"
	"strings"

	"glassbox/mat"
)

// An Op is a row of the table of operations: which tensors it makes, where in
// the step its turn comes, what it needs and how it runs.
type Op struct {
	Kind  string       // what it is called: "dW"; for tensors of one kind, that
	Makes []TensorName // the tensors it makes, without their layer
	Pass  Pass
	Only  func(k, L int) bool   // the layers that have it, nil for all
	When  func(*Optimizer) bool // the optimizers that have it, nil for all
	Shape Shape                 // of what it makes; none: that of the parameter

	// Inputs are the tensors without which it cannot run: the same in all steps
	// of as many layers with the same settings.
	Inputs func(s *Step, n TensorName) []string
	// Run makes n from the inputs, in the order of Inputs. It may look at more
	// of s, if it does without where there is none.
	Run func(s *Step, n TensorName, in []mat.Matrix) mat.Matrix
}

// A Pass is a part of a step.
type Pass int

// The passes in their order. Within one, layer by layer, the operations come in
// the order of the table.
const (
	InForward  Pass = iota // layers upwards
	InOutput               // once
	InBackward             // layers downwards
	InCount                // once
	InUpdate               // layers upwards; of each W, then b
	InBetween              // as InUpdate: what happens before the next step
)

// Ops are the operations that make a step: the table.
type Ops struct {
	Z, H, P, Loss       Op
	DZL, DH, DZ, DW, DB Op
	Count               Op
	Velocity, Squares   Op
	New, Next           Op
}

// Rows returns the operations in the order of the table.
func (ops *Ops) Rows() [14]*Op {
	return [...]*Op{&ops.Z, &ops.H, &ops.P, &ops.Loss, &ops.DZL, &ops.DH, &ops.DZ, &ops.DW, &ops.DB,
		&ops.Count, &ops.Velocity, &ops.Squares, &ops.New, &ops.Next}
}

// Row returns the operation that stands where the table has that kind; it
// panics where there is none.
func (ops *Ops) Row(kind string) *Op {
	for i, op := range right.Rows() {
		if op.Kind == kind {
			return ops.Rows()[i]
		}
	}
	panic("spec: no operation is of the kind " + kind)
}

// Right returns the operations as they are defined, for all settings.
func Right() Ops { return right }

var right = table()

// From are inputs told by their kinds: "z" is that of the tensor's own layer,
// "z-" that of the layer below, which for the first is x, "z+" that of the layer
// above, "zL" that of the last; "p" and "y" belong to no layer. In "d%" and
// "%_new" the % stands for the parameter that the tensor belongs to.
func From(kinds ...string) func(s *Step, n TensorName) []string {
	return func(s *Step, n TensorName) []string {
		names := make([]string, len(kinds))
		for i, kind := range kinds {
			k, bare := n.Layer, strings.TrimRight(kind, "-+L")
			switch kind[len(bare):] {
			case "-":
				k--
			case "+":
				k++
			case "L":
				k = s.L
			}
			switch {
			case strings.Contains(kind, "%"):
				names[i] = strings.Replace(kind, "%", n.Param(), 1)
			case bare == "p" || bare == "y" || bare == "t" || bare == "t"+SuffixNew:
				names[i] = bare
			case k == 0:
				names[i] = "x"
			default:
				names[i] = Name(bare, k)
			}
		}
		return names
	}
}

func table() Ops {
	one := func(kind string) []TensorName { return []TensorName{{Kind: kind}} }
	hidden := func(k, L int) bool { return k < L }
	return Ops{
		Z: Op{Kind: "z", Makes: one("z"), Pass: InForward, Shape: Shape{Rows, Out},
			Inputs: From("h-", "W", "b"),
			Run:    func(_ *Step, _ TensorName, in []mat.Matrix) mat.Matrix { return Linear(in[0], in[1], in[2]) }},
		H: Op{Kind: "h", Makes: one("h"), Pass: InForward, Only: hidden, Shape: Shape{Rows, Out},
			Inputs: From("z"),
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				if s.Activation == nil {
					return ReLU(in[0])
				}
				h := mat.New(in[0].Rows, in[0].Cols)
				Activate(s.Activation, h, in[0])
				return h
			}},
		P: Op{Kind: "p", Makes: one("p"), Pass: InOutput, Shape: Shape{Rows, Classes},
			Inputs: From("zL"),
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				if s.Loss == nil {
					return SoftMax(in[0])
				}
				p := mat.New(in[0].Rows, in[0].Cols)
				Activate(s.Loss.Output, p, in[0])
				return p
			}},
		Loss: Op{Kind: "loss", Makes: one("loss"), Pass: InOutput, Shape: Shape{One, One},
			Inputs: func(s *Step, n TensorName) []string {
				names := From("p", "y")(s, n)
				for k := 1; k <= s.L && s.Decay != 0; k++ {
					names = append(names, Name("W", k))
				}
				return names
			},
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix { return mat.Of(1, 1, s.loss(in)) }},
		DZL: Op{Kind: "dzL", Makes: one("dz"), Pass: InBackward, Only: func(k, L int) bool { return k == L }, Shape: Shape{Rows, Out},
			Inputs: From("p", "y"),
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				if s.Loss == nil {
					return DLogits(in[0], in[1], s.Mean)
				}
				dz := mat.New(in[0].Rows, in[0].Cols)
				s.Loss.Gradient(dz, in[0], in[1], s.Mean)
				return dz
			}},
		DH: Op{Kind: "dh", Makes: one("dh"), Pass: InBackward, Only: hidden, Shape: Shape{Rows, Out},
			Inputs: From("dz+", "W+"),
			Run:    func(_ *Step, _ TensorName, in []mat.Matrix) mat.Matrix { return DH(in[0], in[1]) }},
		DZ: Op{Kind: "dz", Makes: one("dz"), Pass: InBackward, Only: hidden, Shape: Shape{Rows, Out},
			Inputs: From("dh", "z"),
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				if s.Activation == nil {
					return DReLU(in[0], in[1])
				}
				dz := mat.New(in[1].Rows, in[1].Cols)
				Deactivate(s.Activation, dz, in[0], in[1])
				return dz
			}},
		DW: Op{Kind: "dW", Makes: one("dW"), Pass: InBackward, Shape: Shape{In, Out},
			Inputs: func(s *Step, n TensorName) []string {
				if s.Decay != 0 {
					return From("h-", "dz", "W")(s, n)
				}
				return From("h-", "dz")(s, n)
			},
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				dW := DW(in[0], in[1])
				if len(in) > 2 {
					AddDecay(dW, in[2], s.Decay)
				}
				return dW
			}},
		DB: Op{Kind: "db", Makes: one("db"), Pass: InBackward, Shape: Shape{One, Out},
			Inputs: From("dz"),
			Run:    func(_ *Step, _ TensorName, in []mat.Matrix) mat.Matrix { return DB(in[0]) }},
		Count: Op{Kind: "count", Makes: []TensorName{{"t", 0, SuffixNew}}, Pass: InCount,
			When:   func(o *Optimizer) bool { return o.Counts },
			Inputs: From("t"),
			Run:    func(_ *Step, _ TensorName, in []mat.Matrix) mat.Matrix { return mat.Of(1, 1, in[0].At(0, 0)+1) }},
		Velocity: Op{Kind: "velocity", Makes: []TensorName{{"vW", 0, SuffixNew}, {"vb", 0, SuffixNew}}, Pass: InUpdate,
			When:   func(o *Optimizer) bool { return o.Velocity != nil },
			Inputs: From("v%", "d%"),
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				v := mat.New(in[0].Rows, in[0].Cols)
				SetVelocity(s.Settings, v, in[0], in[1])
				return v
			}},
		Squares: Op{Kind: "squares", Makes: []TensorName{{"sW", 0, SuffixNew}, {"sb", 0, SuffixNew}}, Pass: InUpdate,
			When:   func(o *Optimizer) bool { return o.Squares != nil },
			Inputs: From("s%", "d%"),
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				q := mat.New(in[0].Rows, in[0].Cols)
				SetMeanSquares(s.Settings, q, in[0], in[1])
				return q
			}},
		New: Op{Kind: "new", Makes: []TensorName{{"W", 0, SuffixNew}, {"b", 0, SuffixNew}}, Pass: InUpdate,
			Inputs: func(s *Step, n TensorName) []string {
				return append(From("%")(s, n), From(s.Rule().Uses...)(s, n)...)
			},
			Run: func(s *Step, _ TensorName, in []mat.Matrix) mat.Matrix {
				d := in[1]
				if len(in) > 2 {
					d = mat.New(in[0].Rows, in[0].Cols)
					Along(s.Settings, d, in[1:])
				}
				return Update(in[0], s.Rate, d)
			}},
		Next: Op{Kind: "next", Makes: []TensorName{{"W", 0, SuffixNext}, {"b", 0, SuffixNext}}, Pass: InBetween,
			Inputs: From("%" + SuffixNew),
			Run:    func(_ *Step, _ TensorName, in []mat.Matrix) mat.Matrix { return in[0] }},
	}
}

// loss is that of a batch with its penalty, of p, y and the weights.
func (s *Step) loss(in []mat.Matrix) float64 {
	var loss float64
	switch {
	case s.Loss != nil:
		loss = s.Loss.Of(in[0], in[1], s.Mean)
	default:
		loss = LossSum(in[0], in[1])
		if s.Mean {
			loss /= float64(in[0].Rows)
		}
	}
	if len(in) > 2 {
		loss += Penalty(s.Decay, in[2:])
	}
	return loss
}

// each calls f for every tensor of the passes, in their order, with the
// operation that makes it.
func (ops *Ops) each(L int, set Settings, passes []Pass, f func(op *Op, n TensorName)) {
	rule := set.Rule()
	for _, pass := range passes {
		layer := func(k int) {
			for i := range 2 { // W, then b
				for _, op := range ops.Rows() {
					if op.Pass != pass || i >= len(op.Makes) || op.Only != nil && !op.Only(k, L) || op.When != nil && !op.When(rule) {
						continue
					}
					n := op.Makes[i]
					if pass != InOutput && pass != InCount {
						n.Layer = k
					}
					f(op, n)
				}
			}
		}
		switch pass {
		case InOutput, InCount:
			layer(L)
		case InBackward:
			for k := L; k >= 1; k-- {
				layer(k)
			}
		default:
			for k := 1; k <= L; k++ {
				layer(k)
			}
		}
	}
}

// Op returns the operation that makes a tensor in a step of L layers, nil for
// what a step is given.
func (ops *Ops) Op(n TensorName, L int) *Op {
	bare := TensorName{Kind: n.Kind, Suffix: n.Suffix}
	for _, op := range ops.Rows() {
		for _, makes := range op.Makes {
			if makes == bare && (op.Only == nil || op.Only(n.Layer, L)) {
				return op
			}
		}
	}
	return nil
}

// Make makes n from the tensors of s; lacks names the first input that is not
// there, "" if all are.
func (op *Op) Make(s *Step, n TensorName) (m mat.Matrix, lacks string) {
	names := op.Inputs(s, n)
	in := make([]mat.Matrix, len(names))
	for i, name := range names {
		var ok bool
		if in[i], ok = s.T[name]; !ok {
			return mat.Matrix{}, name
		}
	}
	return op.Run(s, n, in), ""
}

// A task is an operation to run: all that does not change from step to step.
type task struct {
	op     *Op
	makes  TensorName
	name   string // of what it makes
	inputs []string
	in     []mat.Matrix
	out    mat.Matrix // what it made last, in the pass of that number
	pass   int
}

// tasks returns those of the passes for steps like s.
func (ops *Ops) tasks(s *Step, passes ...Pass) []task {
	var list []task
	ops.each(s.L, s.Settings, passes, func(op *Op, n TensorName) {
		inputs := op.Inputs(s, n)
		list = append(list, task{op: op, makes: n, name: n.String(), inputs: inputs, in: make([]mat.Matrix, len(inputs))})
	})
	return list
}

// run runs tasks, all of whose inputs must be there.
func (s *Step) run(tasks []task) {
	_, labelled := s.T["y"] // not in prediction
	for i := range tasks {
		t := &tasks[i]
		if t.makes.Kind == right.Loss.Kind && !labelled {
			continue
		}
		for i, name := range t.inputs {
			var ok bool
			if t.in[i], ok = s.T[name]; !ok {
				panic("spec: " + t.name + " needs " + name)
			}
		}
		t.out, t.pass = t.op.Run(s, t.makes, t.in), s.Serial
		s.T[t.name] = t.out
	}
}

// Forward computes z1 … p and the loss from x, y, the weights and the biases.
func (ops *Ops) Forward(s *Step) { ops.ForwardFrom(s, 1) }

// ForwardFrom is Forward from layer k on, where what comes before is there.
func (ops *Ops) ForwardFrom(s *Step, k int) {
	tasks := ops.tasks(s, InForward, InOutput)
	s.run(slices.DeleteFunc(tasks, func(t task) bool { return t.makes.Layer < k && t.op.Pass != InOutput }))
}

// Backward computes dzL, dWL, dbL, dh(L−1), … db1 from what Forward left.
func (ops *Ops) Backward(s *Step) { s.run(ops.tasks(s, InBackward)) }

// Updates computes the new parameters (and velocities) from the gradients, and
// what the next step finds in their place, which is the same unless something
// happens in between.
func (ops *Ops) Updates(s *Step) { s.run(ops.tasks(s, InCount, InUpdate, InBetween)) }

// Made returns what a step of L layers computes, in order.
func Made(L int, set Settings) []TensorName {
	var names []TensorName
	right.each(L, set, []Pass{InForward, InOutput, InBackward, InCount, InUpdate, InBetween}, func(_ *Op, n TensorName) { names = append(names, n) })
	return names
}

// Order returns the names of what a step of L layers computes, in order.
func Order(L int, set Settings) []string {
	var names []string
	for _, n := range Made(L, set) {
		names = append(names, n.String())
	}
	return names
}
