package program

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

const (
	programs = "../../../testdata/programs/"
	recorder = "../../../cmd/internal/audit/recorder/glassbox_record.py"
)

// judged records a program's text and judges it.
func judged(t *testing.T, python, name, text string) *Verdict {
	t.Helper()
	return Judge(recorded(t, python, name, text))
}

// recorded runs a program's text and reads what was recorded of it.
func recorded(t *testing.T, python, name, text string) *graph.Graph {
	t.Helper()
	g, err := graph.Read(traced(t, python, name, text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// traced records a program's text to a file. The program ends where the recording
// does: what it does after is no part of it.
func traced(t *testing.T, python, name, text string) string {
	t.Helper()
	return tracedWith(t, python, name, text, "--stop")
}

// tracedWith is traced with options of the recorder's.
func tracedWith(t *testing.T, python, name, text string, options ...string) string {
	t.Helper()
	dir := t.TempDir()
	file, trace := filepath.Join(dir, name+".py"), filepath.Join(dir, "trace.npz")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := slices.Concat(options, []string{"-o", trace, file})
	if out, err := nptest.Script(t, python, dir, recorder, args...); err != nil {
		if _, gone := os.Stat(trace); gone != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	return trace
}

// smaller are programs that take seconds to judge as they are. With fewer steps
// through time, units and rows they are the same to the judge.
var smaller = map[string][]string{
	"blind/skipgram_negative":        {"WINDOW, NEG = len(vocab), 8, 2, 4", "WINDOW, NEG = len(vocab), 4, 2, 2", "step, batch_size, anneal_every = 0.5, 8", "step, batch_size, anneal_every = 0.5, 3"},
	"courses/skipgram_neg":           {"K = len(vocab), 10, 2, 5", "K = len(vocab), 4, 1, 3", "BATCH = 10", "BATCH = 4"},
	"courses/conv_loops":             {"(2, 7, 7)", "(2, 5, 5)", "arange(7)", "arange(5)", "ones(7)", "ones(5)", "ones((7, 1))", "ones((5, 1))", "len(images), 9", "len(images), 4", "start + 9", "start + 4"},
	"courses/convnet_im2col":         {"(96, 24)", "(96, 6)"},
	"distant/conv_by_loops":          {"NF = 4 ", "NF = 2 ", "BATCH = 4", "BATCH = 2"},
	"distant/kalman_trend":           {"(rng, 20, 30)", "(rng, 20, 16)"},
	"distant/mini_gpt":               {"d=16", "d=8", "ctx=10", "ctx=6", "batch(24,", "batch(8,"},
	"foreign/gru_tagger_samples":     {"randint(3, 8)", "randint(3, 5)", "init(2, 8)", "init(2, 5)"},
	"fresh/birnn_tagger":             {"4, 3, 14", "4, 3, 6"},
	"fresh/bn_cnn_loops":             {"1, 8, 8)", "1, 4, 4)", "(1, 7)", "(1, 3)", "arange(8)", "arange(4)", "% 8", "% 4", "randn(20, 3)", "randn(5, 3)"},
	"fresh/gru_adding":               {"t_min=5, t_max=10", "t_min=3, t_max=5", "init(2, 20, rng)", "init(2, 6, rng)", "make_batch(32", "make_batch(8"},
	"fresh/gru_counter":              {"12, 9, 32", "5, 4, 8"},
	"fresh/residual_layernorm":       {"len(x_tr), 40", "len(x_tr), 12"},
	"fresh/tiny_transformer":         {"8, 4, 16, 2, 32", "8, 2, 6, 2, 8", "batch(16)", "batch(6)", "160, 2, ", "160, 1, "},
	"guests/a2c_gauss":               {"N_ENV, HORIZON, GAMMA = 32, 8", "N_ENV, HORIZON, GAMMA = 8, 4", "[2, 24, 1]", "[2, 6, 1]", "[2, 24, 24, 1]", "[2, 6, 6, 1]"},
	"guests/kalman_params":           {"simulate(700", "simulate(60", "y[:500], y[500:]", "y[:40], y[40:]"},
	"kinds/conv_im2col":              {"rng.integers(0, 3, 96)", "rng.integers(0, 3, 12)", "(96, 1, 8, 8)", "(12, 1, 8, 8)"},
	"mixed/conv_im2col":              {"160, 16)", "160, 4)", "i + 16", "i + 4"},
	"seen/lstm_batch":                {"10, 6, 3, 7", "6, 4, 3, 5"},
	"visitors/causal_attention_copy": {"D, NH, F = 9, 5, 32, 2, 64", "D, NH, F = 9, 5, 8, 2, 16", "batch(32", "batch(12"},
}

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(programs + name + ".py")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for change := range slices.Chunk(smaller[name], 2) {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("%q is no longer in %s", change[0], name)
		}
		text = strings.ReplaceAll(text, change[0], change[1])
	}
	return text
}

func errorsOf(v *Verdict) (list []Finding) {
	for _, f := range v.Findings {
		if f.Severity == "error" {
			list = append(list, f)
		}
	}
	return list
}

// A slip is a wrong line in the place of a right one, and what is to be said of it: a
// line, and words of the finding or its correction.
type slip struct {
	old, wrong string
	line       int
	says       string
}

// slips judges a program that is right, and the same with each slip.
func slips(t *testing.T, text string, slips []slip) {
	t.Helper()
	python := nptest.Python(t, "numpy")
	if v := judged(t, python, "right", text); !v.Clean() {
		t.Fatalf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
	for _, c := range slips {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "wrong", strings.Replace(text, c.old, c.wrong, 1))
			if len(v.Findings) == 0 || v.Findings[0].Line != c.line || !strings.Contains(v.Findings[0].Text.String()+v.Findings[0].Fix.String(), c.says) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}

func TestRightProgramsAreClean(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, name := range []string{"seen/colnet", "seen/hinge", "seen/gru", "seen/bnnet", "seen/persample", "seen/functional", "seen/f32val", "habits/matrices", "habits/early_stop", "habits/adadelta", "habits/running_statistics", "habits/several_terms", "habits/truncated", "habits/guarded_probability", "habits/rows_of_pairs", "seen/gan",
		"habits/checked_first", "habits/checked_through_views", "habits/checked_on_copies", "habits/climbed_score", "habits/loops_of_preparation", "habits/sampled_text", "habits/actor_critic", "fresh/dilated_tcn", "fresh/birnn_tagger",
		"habits/rows_by_adagrad", "habits/zero_rows", "habits/drawn_actions", "habits/largest_stretch", "habits/rate_by_length", "habits/what_else_was_rated", "habits/traces_of_values", "habits/helper_in_place", "habits/losses_of_two_calls", "habits/copies_of_each", "habits/norm_looked_at", "habits/one_unit", "kinds/reinforce_corridor", "habits/decay_after_the_step", "foreign/gan_ring", "foreign/gru_tagger_samples", "foreign/siamese_contrastive_tuple", "distant/a2c_windy", "distant/ddpm_swiss", "distant/dqn_corridor", "distant/hetero_ensemble", "guests/fomaml_sine", "guests/cox_survival", "pupils/logreg_nesterov", "pupils/mytorch_bn",
		"strangers/elman_addition", "strangers/logistic_line_search", "strangers/lookahead_optimizer", "strangers/mean_teacher_semisupervised", "strangers/reinforce_gridworld", "strangers/skipgram_negative", "strangers/accumulate_microbatches",
		"visitors/bpr_implicit_ratings", "visitors/causal_attention_copy", "habits/cox_survival", "visitors/contrastive_two_views", "visitors/bayes_weights_curve", "habits/moment_rows"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, filepath.Base(name), source(t, name))
			if !v.Clean() {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
			if v.Judged() != len(v.Parameters) || len(v.Parameters) == 0 {
				t.Errorf("%d of %d gradients were judged", v.Judged(), len(v.Parameters))
			}
		})
	}
}

// What cannot be judged is neither clean nor an error.
func TestWhatCannotBeJudgedIsSaid(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, name := range []string{"habits/kmeans", "habits/no_loss", "habits/policy", "guests/crf_tagger"} {
		v := judged(t, python, filepath.Base(name), source(t, name))
		if v.Verdict != "not judged" || len(v.Unjudged) == 0 {
			t.Errorf("%s: %s, %v; said: %v", name, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}

// What is judged only in part, and was once called wrong.
func TestNotCalledWrong(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, name := range []string{"guests/a2c_gauss", "guests/kalman_params", "guests/portfolio_sharpe", "kinds/ordinal_logit", "visitors/cox_survival_proximal"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, filepath.Base(name), source(t, name))
			if panics := slices.ContainsFunc(v.Unjudged, func(why message.Text) bool { return strings.Contains(why.String(), "panics") }); panics || len(errorsOf(v)) > 0 {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}

// Faults of each kind are told at their line, and where a change is proposed it
// says what was changed.
func TestFaultsAreToldAtTheirLine(t *testing.T) {
	python := nptest.Python(t, "numpy")
	faults := plants(t, "seen")
	for _, c := range []struct {
		name, old string
		says      string // part of what is said
	}{
		{"colnet", "np.dot(dZ, A_prev.T)", ""},
		{"attn", "datt", "is meant"},
		{"lstm", "tc", ""},
		{"hinge", "dh1[z1 <= 0]", "the mask is the other way round"},
		{"hinge", "old = vW2.copy()", "not a copy"},
		{"flat", "gb1 = dZ.sum(0)", "sum over axis 0 is meant"},
		{"resln", "wd * P[k]", "decay"},
		{"logreg", "err = p - y", ""},
		{"cached_layers", "return dout * (cache > 0)", "the comparison should be"},
		{"cached_layers", "dgamma = (dout * xhat)", ""},
		{"layer_norm", ".mean(-1, keepdims=True)) / self.s", "the division by `self.s`"},
		{"conv2", "da1 = dr1", "`a1 > 0`"},
		{"persample2", "nw = [a + d", "only the last of"},
		{"mini_batches", "s = sigmoid(zs[-l])", ""},
		{"jac", "return np.multiply(grad", "`tanh` is too many"},
	} {
		all := faults[c.name]
		k := slices.IndexFunc(all, func(f plant) bool { return strings.Contains(f.Old, c.old) })
		if k < 0 {
			t.Fatalf("no fault of %s has %q", c.name, c.old)
		}
		t.Run(c.name+"/"+all[k].Old, func(t *testing.T) {
			t.Parallel()
			f := all[k]
			v, lines := planted(t, python, "seen/"+c.name, f)
			f.Cause = []string{c.says}
			f.told(t, v, lines)
		})
	}
}
