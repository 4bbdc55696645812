package coursework

import (
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// Modules are what the report says of its classes and of its data, held
// against the network whose figures it shows and against a right one.
type Modules struct {
	Reported     audit.Verdict `json:"reported"`
	Right        audit.Verdict `json:"right"`
	Elements     int           `json:"elements"`      // of dz1 in step 0
	Stopped      int           `json:"stopped"`       // of them, by ReLU: as reported
	RightStopped int           `json:"right_stopped"` // and in a right network
	Zeros        int           `json:"zeros"`         // elements of z1 of step 0 that are exactly 0, in both
	Predict      Prediction    `json:"predict"`
	RightPredict Prediction    `json:"right_predict"`
	SoftMax      SoftMax       `json:"softmax"`
	Data         Data          `json:"data"`
}

// Data are the rows of make_moons.
type Data struct {
	Train     int    `json:"train"`
	Test      int    `json:"test"`
	TestClass [2]int `json:"test_class"` // the test rows of either class
	OneHot    bool   `json:"one_hot"`    // a row of y has one 1, at its label, and 0 elsewhere
}

// Prediction compares p in training with p in prediction, of the training rows
// with the weights that a run ends with.
type Prediction struct {
	Rows    int     `json:"rows"`
	Off     float64 `json:"off"`     // the largest difference
	Changed int     `json:"changed"` // rows whose class differs
}

func (w *Work) modules() *Modules {
	rep, right := w.network(fullReported), w.network(fullRight)
	if rep == nil || right == nil || len(w.Audits) < 2 {
		return nil
	}
	m := &Modules{Reported: w.Audits[fullReported], Right: w.Audits[fullRight], SoftMax: softMax(right), Data: newData(right.Exp.Data)}
	var zeros [2]int
	m.Stopped, m.Elements, zeros[0] = w.mask(fullReported)
	m.RightStopped, _, zeros[1] = w.mask(fullRight)
	m.Zeros = zeros[0] + zeros[1]
	m.Predict, m.RightPredict = prediction(rep), prediction(right)
	return m
}

// mask makes step 0 of a run again by the plain loops and counts what its first
// ReLU stops on the way back.
func (w *Work) mask(name string) (stopped, elements, zeros int) {
	t, err := experiment.Trace(w.experiment(name), []int{0}, func() error { return nil })
	if err != nil {
		panic("coursework: " + err.Error()) // there is none but after's
	}
	T := t.Steps[0].T
	for i := range T["dz1"].Rows {
		for j, dz := range T["dz1"].Row(i) {
			elements++
			if dz == 0 && T["dh1"].At(i, j) != 0 {
				stopped++
			}
			if T["z1"].At(i, j) == 0 {
				zeros++
			}
		}
	}
	return stopped, elements, zeros
}

func prediction(n *Network) Prediction {
	x, y := n.Exp.Data.TrainX, n.Exp.Data.TrainY
	predicted := n.Predict(x)
	trained := n.Exp.Net.Forward(x, y)
	q := Prediction{Rows: x.Rows}
	for i := range x.Rows {
		for j, v := range predicted.Row(i) {
			q.Off = max(q.Off, math.Abs(v-trained.At(i, j)))
		}
		if mat.ArgMax(predicted.Row(i)) != mat.ArgMax(trained.Row(i)) {
			q.Changed++
		}
	}
	return q
}

func newData(d experiment.Data) Data {
	q := Data{Train: d.TrainX.Rows, Test: d.TestX.Rows, OneHot: true}
	for _, label := range d.TestLabels {
		q.TestClass[label]++
	}
	for i, label := range d.TrainLabels {
		for j, v := range d.TrainY.Row(i) {
			if (v == 1) != (j == label) || v != 0 && v != 1 {
				q.OneHot = false
			}
		}
	}
	return q
}

// SoftMax is what subtracting the largest element does to a softmax, and what
// the Gumbel-max trick does, with the logits of the right network's test rows.
type SoftMax struct {
	Largest  float64 `json:"largest"`   // logit, in size
	Off      float64 `json:"off"`       // p with the subtraction from p without
	Shift    float64 `json:"shift"`     // added to all logits, for the next two
	Plain    bool    `json:"plain"`     // p without the subtraction is finite even then
	ShiftOff float64 `json:"shift_off"` // p with the subtraction from p before; 1 where it is no number
	Same     bool    `json:"same"`      // two calls give the same bits
	Draws    int     `json:"draws"`     // by the Gumbel-max trick, for the row least sure
	Drawn    float64 `json:"drawn"`     // the share of class 1 in them
	P        float64 `json:"p"`         // of class 1 there
}

func softMax(n *Network) SoftMax {
	w := n.Result.Params
	z := spec.Linear(spec.ReLU(spec.Linear(n.Exp.Data.TestX, w[0], w[1])), w[2], w[3])
	var right, again nn.SoftMax
	p := right.Forward(z)
	q := SoftMax{Shift: 1000, Same: mat.EqualBits(p, again.Forward(z)), Draws: 10000}
	unsure, shifted := 0, z.Clone()
	for i := range z.Rows {
		for j, v := range z.Row(i) {
			q.Largest = max(q.Largest, math.Abs(v))
			shifted.Set(i, j, v+q.Shift)
		}
		if math.Abs(p.At(i, 1)-0.5) < math.Abs(p.At(unsure, 1)-0.5) {
			unsure = i
		}
	}
	q.Off = off(p, plainSoftMax(z))
	_, _, _, bad := plainSoftMax(shifted).NonFinite()
	q.Plain = !bad
	var behind nn.SoftMax
	q.ShiftOff = off(p, behind.Forward(shifted))
	q.P = p.At(unsure, 1)
	rng := nprand.New(n.Exp.Seed)
	gumbel := func() float64 { return -mat.Log(-mat.Log(rng.Float64())) }
	ones := 0
	for range q.Draws {
		a := z.At(unsure, 0) + gumbel()
		if z.At(unsure, 1)+gumbel() > a {
			ones++
		}
	}
	q.Drawn = float64(ones) / float64(q.Draws)
	return q
}

// plainSoftMax is exp(z) over its sum, with nothing subtracted.
func plainSoftMax(z mat.Matrix) mat.Matrix {
	p := mat.New(z.Rows, z.Cols)
	for i := range z.Rows {
		sum := 0.0
		for j, v := range z.Row(i) {
			p.Set(i, j, mat.Exp(v))
			sum += p.At(i, j)
		}
		for j := range z.Cols {
			p.Set(i, j, p.At(i, j)/sum)
		}
	}
	return p
}

// off is the largest difference of two matrices, 1 where one is no number.
func off(a, b mat.Matrix) float64 {
	most := 0.0
	for i := range a.Rows {
		for j, v := range a.Row(i) {
			if d := math.Abs(v - b.At(i, j)); d <= 1 {
				most = max(most, d)
			} else {
				return 1
			}
		}
	}
	return most
}

// Weights tell what the first weights were: the report's loss stays almost at
// N·ln 2 for 50 steps.
type Weights struct {
	Guess      float64 `json:"guess"`       // N·ln 2
	Start      float64 `json:"start"`       // the loss at step 0, weights of 1e-4
	Early      float64 `json:"early"`       // and at step 50
	RandnStart float64 `json:"randn_start"` // with randn's own
	RandnEarly float64 `json:"randn_early"`
}

func (w *Work) weights() *Weights {
	tiny, randn := w.network(fullReported), w.network(randnReports)
	if tiny == nil || randn == nil {
		return nil
	}
	return &Weights{
		Guess: float64(tiny.Exp.Data.TrainX.Rows) * mat.Log(2),
		Start: tiny.at(0).Loss, Early: tiny.at(early).Loss,
		RandnStart: randn.at(0).Loss, RandnEarly: randn.at(early).Loss,
	}
}
