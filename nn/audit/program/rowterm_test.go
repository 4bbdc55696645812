package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A gradient of which each step has one element is held against its derivative over the
// steps, and what is added to it against the loss.
func TestTermsOfRows(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, wrong, says string }{
		{"fresh/movie_mf", "g_bi = -err + self.reg_b * self.bi[i]", "g_bi = -err + self.reg_b * self.bu[u]", "where the same of its own element is meant"},
		{"fresh/movie_factors", "err - reg_b * bu[u]", "err - reg_b * bi[i]", "where the same of its own element is meant"},
		{"courses/mf_ratings", "gbu = err - self.reg * self.bu[u]", "gbu = err + self.reg * self.bu[u]", "with the wrong sign: what it is made of grows"},
		{"blind/ratings_biases", "grad_bi = -e + self.reg_bias * self.b_i[i]", "grad_bi = -e + self.reg_factor * self.b_i[i]", "1/4 times that is"},
		{"blind/ratings_biases", "grad_bu = -e + self.reg_bias", "grad_bu = -e - self.reg_bias", "with the wrong sign"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			text := source(t, c.program)
			if v := judged(t, python, "right", text); !v.Clean() {
				t.Errorf("right: %s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
			before, _, _ := strings.Cut(text, c.old)
			v := judged(t, python, "wrong", strings.Replace(text, c.old, c.wrong, 1))
			list := errorsOf(v)
			if len(list) == 0 || list[0].Line != 1+strings.Count(before, "\n") || !strings.Contains(list[0].Text.String(), c.says) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}

// Two losses that nothing adds up are one, however few gradients are right.
func TestLossesGivenBesideEachOther(t *testing.T) {
	t.Parallel()
	slips(t, source(t, "pupils/vae"), []slip{
		{"d_mu = d_z + mu / n", "d_mu = d_z", 64, "`mu`"},
		{"+ 0.5 * (np.exp(logvar) - 1) / n", "- 0.5 * (np.exp(logvar) - 1) / n", 65, "`-` should be `+`"},
		{"std = np.exp(0.5 * logvar)", "std = np.exp(logvar)", 50, "`0.5 * logvar` is meant"},
	})
}
