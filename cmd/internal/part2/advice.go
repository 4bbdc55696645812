package part2

import (
	"math"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
)

// lossPerRow returns the loss a row around evaluation i: the mean of up to
// width evaluations that end there, since single rows' losses jump about.
func (r *Run) lossPerRow(i, width int) float64 {
	sum, n := 0.0, 0
	for k := max(0, i-width+1); k <= i; k++ {
		sum += r.Result.Evals[k].LossPerRow()
		n++
	}
	return sum / float64(n)
}

// Advice says what the numbers of the run mean and what to try.
func (r *Run) Advice() []lang.Text {
	c, d, evals := r.Exp.Config, r.Exp.Data, r.Result.Evals
	if len(evals) < 2 || r.Result.Err != nil && !r.Result.Interrupted() {
		return nil
	}
	last := len(evals) - 1
	width := 1
	if c.SGD || c.BatchSize > 0 {
		width = max(1, len(evals)/5)
	}
	loss, plateau := r.lossPerRow(last, width), math.Log(float64(len(d.Classes)))
	rows := float64(evals[last].Rows)
	var said []lang.Text
	switch onPlateau := math.Abs(loss-plateau) < 0.02*plateau && evals[last].TestAccuracy < 0.7; {
	case onPlateau:
		stays := lang.T("The loss stays at ln %d = %.3f a row: every class gets the same probability.", len(d.Classes), plateau)
		if rows > 1 {
			stays = lang.T("The loss stays at ln %d = %.3f a row (%.1f for %.0f rows): every class gets the same probability.", len(d.Classes), plateau, plateau*rows, rows)
		}
		way := lang.T("More `-max_steps` or a larger `-learning_rate` would move it.")
		if c.Init.Std(d.TrainX.Cols) < 0.05 {
			way = lang.T("Weights of size %s make almost no gradient for each other, so it takes long to leave: `-init he` starts right.", c.Init.Text)
		}
		said = append(said, lang.Sentences(stays, way))
	case loss > 1.5*plateau && evals[last].TestAccuracy < 0.7:
		said = append(said, lang.T("The loss, %.3f a row, is above ln %d = %.3f, that of a guess: the steps are too large. A smaller `-learning_rate` would be right.", loss, len(d.Classes), plateau))
	case len(c.Faults) == 0 && last >= 20 && r.lossPerRow(last-last/10, width) > 1.02*loss && evals[last].TestAccuracy < 0.99:
		said = append(said, lang.T("The loss is still falling (%.4f a row, %.4f at step %d): more `-max_steps` or a larger `-learning_rate` would bring more.",
			loss, r.lossPerRow(last-last/10, width), evals[last-last/10].Step))
	}
	if !c.Mean && rows > 1 && !c.AsReported {
		said = append(said, lang.T("With `-reduction sum` each step is %.0f× that of the mean at the same rate; as long as the mean's would be `-learning_rate %s`.", rows, cli.FormatFloat(c.Rate/rows)))
	}
	return said
}
