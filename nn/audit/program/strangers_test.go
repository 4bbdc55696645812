package program

import (
	"testing"

	"glassbox/mat/nptest"
)

// Right programs by an author who knows nothing of the judge, each right in a way that
// was once taken for a fault or could not be judged: sequences whose samples lie along
// the second axis, line searches, points that are looked ahead to, a teacher that follows,
// a baseline with a loss of its own, rows counted before the training, a decay of some
// elements alone.
func TestRightByStrangers(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, name := range []string{
		"elman_addition", "logistic_line_search", "lookahead_optimizer", "mean_teacher_semisupervised",
		"reinforce_gridworld", "skipgram_negative", "accumulate_microbatches",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, name, source(t, "strangers/"+name)); v.Verdict != "clean" {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}
