package main

import (
	"fmt"
	"math"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
)

// reported is what the report found where this run does the same work.
type reported struct {
	Accuracy float64 `json:"test_accuracy"`
	Loss     float64 `json:"loss,omitempty"` // 0: the report gives none
	Words    string  `json:"words"`
}

// reportedFor returns the report's figures for the same data and batches, or
// nil: the report has only make_moons with all rows or with single ones.
func reportedFor(c experiment.Config) *reported {
	switch {
	case c.Table != nil || c.BatchSize > 0 || c.N != 1000:
		return nil
	case !c.SGD:
		return &reported{0.845, 340, "1500 steps on the whole batch: test accuracy 0.845, loss about 340"}
	case c.Steps <= 25000:
		return &reported{0.5, 0, "1500 steps on single rows: test accuracy about 0.5"}
	default:
		return &reported{0.8, 0, "45000 steps on single rows: test accuracy about 0.8 (0.5 until 25000)"}
	}
}

// beside puts the report's figures and this run's in two lines.
func (r report) beside() []string {
	rep := reportedFor(r.exp.Config)
	if rep == nil || len(r.result.Evals) == 0 {
		return nil
	}
	v := r.result.Last()
	mine := fmt.Sprintf("test accuracy %.3f", v.TestAccuracy)
	if rep.Loss != 0 {
		mine += fmt.Sprintf(", loss %.1f", v.Loss)
	}
	return []string{
		"report    " + rep.Words,
		fmt.Sprintf("this run  %d steps: %s", v.Step, mine),
	}
}

// lossPerRow returns the loss a row around evaluation i: the mean of up to
// width evaluations that end there, since single rows' losses jump about.
func (r report) lossPerRow(i, width int) float64 {
	sum, n := 0.0, 0
	for k := max(0, i-width+1); k <= i; k++ {
		v := r.result.Evals[k]
		sum += v.Loss / float64(v.Rows)
		n++
	}
	return sum / float64(n)
}

// advice says what the numbers of the run mean and what to try.
func (r report) advice() []string {
	c, d, evals := r.exp.Config, r.exp.Data, r.result.Evals
	if len(evals) < 2 || r.result.Err != nil && !r.result.Interrupted() {
		return nil
	}
	last := len(evals) - 1
	width := 1
	if c.SGD || c.BatchSize > 0 {
		width = max(1, len(evals)/5)
	}
	loss, plateau := r.lossPerRow(last, width), math.Log(float64(len(d.Classes)))
	rows := float64(evals[last].Rows)
	var lines []string
	switch onPlateau := math.Abs(loss-plateau) < 0.02*plateau && evals[last].TestAccuracy < 0.7; {
	case onPlateau:
		line := fmt.Sprintf("The loss stays at ln %d = %.3f a row", len(d.Classes), plateau)
		if rows > 1 {
			line += fmt.Sprintf(" (%.1f for %.0f rows)", plateau*rows, rows)
		}
		line += ": every class gets the same probability."
		if c.Init.Std(d.TrainX.Cols) < 0.05 {
			line += fmt.Sprintf(" Weights of size %s make almost no gradient for each other, so it takes long to leave: -init he starts right.", c.Init.Text)
		} else {
			line += " More -max_steps or a larger -learning_rate would move it."
		}
		lines = append(lines, line)
	case loss > 1.5*plateau && evals[last].TestAccuracy < 0.7:
		lines = append(lines, fmt.Sprintf("The loss, %.3f a row, is above ln %d = %.3f, that of a guess: the steps are too large. A smaller -learning_rate would be right.", loss, len(d.Classes), plateau))
	case len(c.Faults) == 0 && last >= 20 && r.lossPerRow(last-last/10, width) > 1.02*loss && evals[last].TestAccuracy < 0.99:
		lines = append(lines, fmt.Sprintf("The loss is still falling (%.4f a row, %.4f at step %d): more -max_steps or a larger -learning_rate would bring more.",
			loss, r.lossPerRow(last-last/10, width), evals[last-last/10].Step))
	}
	if !c.Mean && rows > 1 && !c.AsReported {
		lines = append(lines, fmt.Sprintf("With -reduction sum each step is %.0f× that of the mean at the same rate; as long as the mean's would be -learning_rate %s.", rows, cli.FormatFloat(c.Rate/rows)))
	}
	return lines
}
