package audit

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
)

// What part2 prints and plots of its evaluations is what explain arrives at.
func TestExplainEvaluation(t *testing.T) {
	for _, flags := range []string{"-n 40", "-n 40 -sgd -reduction sum", "-n 43 -batch_size 9 -as_reported"} {
		flags += " -max_steps 16 -eval_freq 7"
		config, err := experiment.FromFlags(flags, 42)
		if err != nil {
			t.Fatal(err)
		}
		evals := experiment.New(config).Run(context.Background(), nil, nil).Evals
		if len(evals) != 4 {
			t.Fatalf("%s: %d evaluations", flags, len(evals))
		}
		for _, v := range evals {
			for name, want := range map[string]float64{"accuracy": v.TestAccuracy, "train_accuracy": v.TrainAccuracy, "plotted_loss": v.Loss, "loss_a_row": v.LossPerRow()} {
				args := append([]string{"explain", fmt.Sprintf("%d.%s", v.Step, name)}, strings.Fields(flags)...)
				out, stderr, status := audits(t, args...)
				if status != 0 || !strings.Contains(out, fmt.Sprintf("\n%s = %v  %x  0x%016x\n", name, want, want, math.Float64bits(want))) ||
					!strings.Contains(out, " has the same 64 bits\n") {
					t.Errorf("%s: status %d, want %v\n%s%s", args, status, want, stderr, out)
				}
			}
		}
	}
}
