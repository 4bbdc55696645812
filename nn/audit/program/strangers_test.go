package program

import (
	"path"
	"testing"

	"glassbox/mat/nptest"
)

// Right programs by an author who knows nothing of the judge, each right in a way that
// was once taken for a fault or could not be judged: sequences whose samples lie along
// the second axis, line searches, points that are looked ahead to, a teacher that follows,
// a baseline with a loss of its own, rows counted before the training, a decay of some
// elements alone; a bound that is to go up, two rows of one array that are stepped one
// after the other with a decay, parts of a product whose axes lie in another order; samples
// that are sorted with their labels, places in a batch instead of classes, a rate of some
// parameters on a branch, moments that are rows of one array.
func TestRightByStrangers(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, name := range []string{
		"strangers/elman_addition", "strangers/logistic_line_search", "strangers/lookahead_optimizer", "strangers/mean_teacher_semisupervised",
		"strangers/reinforce_gridworld", "strangers/skipgram_negative", "strangers/accumulate_microbatches",
		"visitors/vae_ascent_elbo", "visitors/bpr_implicit_ratings", "visitors/causal_attention_copy",
		"habits/cox_survival", "visitors/contrastive_two_views", "visitors/bayes_weights_curve", "habits/moment_rows",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, path.Base(name), source(t, name)); v.Verdict != "clean" {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
	t.Run("kinds/ordinal_logit", func(t *testing.T) { // goes where it looked, by what it found at points before
		t.Parallel()
		if v := judged(t, python, "ordinal_logit", source(t, "kinds/ordinal_logit")); v.Verdict != "not judged" || len(errorsOf(v)) > 0 {
			t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
		}
	})
}
