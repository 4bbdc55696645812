// Package perceptron is Part I of the coursework: a single neuron that answers
// with the sign of w·x, the two rules by which it may learn, the Gaussian
// points it learns from, and how well anything could do on them.
//
// Labels are +1 and −1. Products are chains of fused multiply-adds and sums
// are plain additions, both in ascending order, so weights have the same bits
// on every machine and equal NumPy's to rounding.
package perceptron

import (
	"context"
	"fmt"
	"math"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// A Rule is how a perceptron learns in an epoch.
type Rule int

const (
	// RuleReport looks at the whole batch: if Σ sign(w·x)·y ≤ 0 over all rows,
	// then w += rate·Σ y·x, else nothing. From w = 0 it makes one update, and
	// another only while the batch is wrong on balance.
	RuleReport Rule = iota
	// RuleRosenblatt looks at one row at a time: where y·(w·x + b) ≤ 0,
	// w += rate·y·x (F. Rosenblatt, The perceptron, Psychological Review 65,
	// 1958). On points that a line separates it ends without an error after
	// finitely many updates.
	RuleRosenblatt
)

var ruleNames = [...]string{RuleReport: "report", RuleRosenblatt: "rosenblatt"}

// String returns the rule's name, "report" or "rosenblatt".
func (r Rule) String() string {
	if r < 0 || int(r) >= len(ruleNames) {
		return fmt.Sprintf("Rule(%d)", int(r))
	}
	return ruleNames[r]
}

// A Perceptron answers sign(w·x), or sign(w·x + b) with a bias.
type Perceptron struct {
	W    []float64 // one weight for each input
	B    float64   // 0 for good unless Bias
	Bias bool      // whether B is learned

	Rule       Rule
	MaxEpochs  int
	MaxUpdates int     // at most so many updates, then training ends; 0: any number
	Rate       float64 // the learning rate

	// After, if not nil, is called after each epoch with the number of its updates.
	After func(updates int)
}

// New returns the report's perceptron: weights 0, no bias, its batch rule,
// 100 epochs at most, rate 0.01.
func New(inputs int) *Perceptron {
	return &Perceptron{W: make([]float64, inputs), MaxEpochs: 100, Rate: 1e-2}
}

// Score returns w·x + b of a row, one number for each weight: the chain
// s = fma(x[k], w[k], s), then b with a rounding of its own.
func (p *Perceptron) Score(x []float64) float64 {
	s := 0.0
	for k, w := range p.W {
		s = math.FMA(x[k], w, s)
	}
	return s + p.B
}

// Forward returns the answer for each row of x (N×inputs): +1, −1, or 0 for a
// row on the line itself, which is no class and so is always wrong.
func (p *Perceptron) Forward(x mat.Matrix) []float64 {
	p.mustFit("Forward", x)
	answers := make([]float64, x.Rows)
	for i := range answers {
		answers[i] = sign(p.Score(x.Row(i)))
	}
	return answers
}

// Accuracy returns the share of the rows of x (N×inputs) whose answer is
// their label.
func (p *Perceptron) Accuracy(x mat.Matrix, labels []float64) float64 {
	mustMatch("Accuracy", x, labels)
	right := 0
	for i, a := range p.Forward(x) {
		if a == labels[i] {
			right++
		}
	}
	return float64(right) / float64(x.Rows)
}

// An Outcome says how a training went.
type Outcome struct {
	Epochs    int  // begun
	Updates   int  // of the weights
	Converged bool // the last epoch changed nothing, so no further one would
}

// Train learns from the rows of x (N×inputs) for MaxEpochs epochs, until it has
// made MaxUpdates updates if that is not 0, or until an epoch changes nothing:
// for the report's rule every later epoch would find the same, and Rosenblatt's
// has no error left. Neither x nor labels change.
//
// Each epoch first shuffles the rows as np.random.shuffle would shuffle the
// stacked array, in place, so that the orders of the epochs compose.
//
// It ends early with ctx's error when ctx is done, after the epoch in hand,
// and with an error that names the weight and the epoch when one is no longer
// finite. The weights learned so far stay in either case.
func (p *Perceptron) Train(ctx context.Context, x mat.Matrix, labels []float64, rng *nprand.RandomState) (Outcome, error) {
	p.mustFit("Train", x)
	mustMatch("Train", x, labels)
	order := make([]int, x.Rows)
	for i := range order {
		order[i] = i
	}
	var out Outcome
	for stopped := false; out.Epochs < p.MaxEpochs && !out.Converged && !stopped; {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		out.Epochs++
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		updates := p.epoch(x, labels, order, p.MaxUpdates-out.Updates)
		out.Updates += updates
		out.Converged = updates == 0
		stopped = out.Updates == p.MaxUpdates && updates > 0
		if err := p.finite(); err != nil {
			return out, fmt.Errorf("epoch %d: %w", out.Epochs, err)
		}
		if p.After != nil {
			p.After(updates)
		}
	}
	return out, nil
}

// epoch goes through the rows in the given order once, or until it has made left
// updates, and returns the number of those it made.
func (p *Perceptron) epoch(x mat.Matrix, labels []float64, order []int, left int) int {
	if p.Rule == RuleReport {
		return p.batch(x, labels, order)
	}
	updates := 0
	for _, i := range order {
		row, y := x.Row(i), labels[i]
		if y*p.Score(row) > 0 {
			continue
		}
		for j := range p.W {
			p.W[j] += float64(p.Rate * float64(y*row[j]))
		}
		if p.Bias {
			p.B += float64(p.Rate * y)
		}
		if updates++; updates == left {
			break
		}
	}
	return updates
}

// batch is an epoch by the report's rule.
func (p *Perceptron) batch(x mat.Matrix, labels []float64, order []int) int {
	agree := 0.0 // Σ sign(w·x)·y, a small whole number and so exact
	for _, i := range order {
		agree += float64(sign(p.Score(x.Row(i))) * labels[i])
	}
	if agree > 0 {
		return 0
	}
	for j := range p.W {
		sum := 0.0
		for _, i := range order {
			sum = math.FMA(labels[i], x.At(i, j), sum)
		}
		p.W[j] += float64(p.Rate * sum)
	}
	if p.Bias {
		sum := 0.0
		for _, y := range labels {
			sum += y
		}
		p.B += float64(p.Rate * sum)
	}
	return 1
}

// finite returns an error that names the first weight that is not.
func (p *Perceptron) finite() error {
	for j, w := range p.W {
		if math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("w[%d] is %g: a smaller learning rate may help", j, w)
		}
	}
	if math.IsNaN(p.B) || math.IsInf(p.B, 0) {
		return fmt.Errorf("b is %g: a smaller learning rate may help", p.B)
	}
	return nil
}

// sign is np.sign: ±1, 0 at 0, NaN for NaN.
func sign(s float64) float64 {
	switch {
	case s > 0:
		return 1
	case s < 0:
		return -1
	}
	return s + 0 // −0 becomes +0
}

func (p *Perceptron) mustFit(op string, x mat.Matrix) {
	if x.Cols != len(p.W) {
		panic(fmt.Sprintf("perceptron.%s: x %s for %d weights", op, x.Shape(), len(p.W)))
	}
}

func mustMatch(op string, x mat.Matrix, labels []float64) {
	if x.Rows != len(labels) {
		panic(fmt.Sprintf("perceptron.%s: x %s with %d labels", op, x.Shape(), len(labels)))
	}
}
