package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// TestLosses plants faults in programs that compute no loss where the gradients
// are, or another than the gradients are of, or whose forward pass is not what the
// backward pass is of.
func TestLosses(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, kind, severity, text string }{
		{"fresh/residual_layernorm", "skip path missing on the way back", "error", "the term `dstream`"},
		{"fresh/movie_factors", "user gradient with the user's own factors", "error", "`Q[i]`"},
		{"fresh/residual_layernorm", "gamma forgotten in the layer-norm gradient", "error", "the factor"},
		{"fresh/spiral_script", "L2 penalty of W3 missing in the loss, though in its gradient", "warning", "the penalty leaves `params[\"W3\"]` out"},
		{"fresh/movie_mf", "user factor gradient has the wrong sign on the error term", "error", "`-self.Q[i]` is meant"},
		{"fresh/micro_autograd", "power rule lacks the reduced exponent", "error", "the exponent should be 1"},
		{"fresh/gru_adding", "reset gate's path into the previous state lacks the factor r", "error", "`drh * r` is meant"},
		{"fresh/mdn_inverse", "log-sigma gradient lacks the square of z", "error", "`z * z` is meant"},
		{"fresh/nielsen_digits", "sigmoid derivative applied to the activations instead of z", "error", "`zs[-l]` is meant"},
		{"fresh/tiny_transformer", "softmax backward in attention sums over the query axis instead of the key axis", "error", "sum over axis 3"},
		{"fresh/gru_counter", "nothing flows back from the next step", "error", "the term `dh_next` is missing"},
		{"seen/two_layer", "penalty left out of the loss", "warning", "the penalty leaves `W1` out"},
		{"fresh/vae_patterns", "variance used as standard deviation", "error", "`0.5 * self.logvar` is meant, not `self.logvar`"},
		{"fresh/conv_net", "log left out", "error", "`np.log(self.p[np.arange(len(y)), y])` is meant"},
		{"seen/columns", "loss differs from the one differentiated", "error", "the forward pass, here"},
		{"seen/vae2", "an exponent left out", "error", "`mu ** 2` is meant, not `mu`"},
		{"habits/actor_critic", "advantage with the other sign", "error", "the sign of `dz` should be the other"},
		{"habits/actor_critic", "the entropy's own value left out", "error", "entropy"},
		{"fresh/conv_windows", "penalty of another kernel than the one in the gradient", "error", "the loss has the penalty of"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			v, lines := planted(t, python, c.program, plantOf(t, c.program, c.kind))
			if len(v.Findings) == 0 {
				t.Fatalf("nothing was found: %s %v", v.Verdict, v.Unjudged)
			}
			if f := v.Findings[0]; f.Severity != c.severity || !slices.Contains(lines, f.Line) || !strings.Contains(f.Text.String()+f.Fix.String(), c.text) {
				t.Errorf("planted at %v: %v", lines, f)
			}
		})
	}
}

// plantOf is the change of that kind of a program.
func plantOf(t *testing.T, program, kind string) plant {
	t.Helper()
	folder, name, _ := strings.Cut(program, "/")
	list := plants(t, folder)[name]
	k := slices.IndexFunc(list, func(f plant) bool { return f.Kind == kind })
	if k < 0 {
		t.Fatalf("%s has no fault %q", program, kind)
	}
	return list[k]
}

// TestLineOfWhatIsLeftOut plants faults whose value is made on one line and first
// seen to be wrong on another.
func TestLineOfWhatIsLeftOut(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for program, kinds := range map[string][]string{
		"fresh/closure_tape":   {"sum instead of mean in the normalisation gradient"},
		"fresh/bn_dropout_net": {"path through the batch mean missing", "ReLU mask from the incoming gradient"},
		"fresh/autoenc":        {"sigmoid slope"},
		"fresh/attention_copy": {"residual path missing on the way back"},
		"fresh/lstm_sum":       {"hidden slice"},
		"fresh/vae_patterns":   {"missing transpose of a square decoder matrix"},
	} {
		for _, kind := range kinds {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				f := plantOf(t, program, kind)
				v, lines := planted(t, python, program, f)
				f.told(t, v, lines)
			})
		}
	}
}

// TestRulesOfTheirOwn has programs that compute no loss and step by what is no
// derivative on purpose: errors that come back through other weights, or without
// the derivative of the output.
func TestRulesOfTheirOwn(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const start = `import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(50, 6)), np.eye(3)[rng.integers(0, 3, 50)]
U, V, B = rng.normal(size=(6, 8)) / 3, rng.normal(size=(8, 3)) / 3, rng.normal(size=(3, 8))
for i in range(20):
    h = np.tanh(X @ U)
    o = 1 / (1 + np.exp(-(h @ V)))
    e = o - Y
`
	for name, text := range map[string]string{
		"other_weights": "    dh = e @ B\n    V -= 0.01 * h.T @ e\n",
		"no_derivative": "    dh = e @ V.T\n    V -= 0.01 * h.T @ (e * o * (1 - o))\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, name, start+text+"    U -= 0.01 * X.T @ (dh * (1 - h ** 2))\n")
			if len(v.Findings) > 0 || v.Clean() {
				t.Errorf("%s: %v", v.Verdict, v.Findings)
			}
		})
	}
}

func TestOnlyWritten(t *testing.T) {
	for text, want := range map[string]bool{
		"d = 0\nfor t in ts:\n    d = g * r\n    d += h\n": true,
		"d = 0\nfor t in ts:\n    d = g * d\n":             false,
		"d = 0\nreturn d\n":                                false,
		"dd = d == 1\n":                                    false,
		"d_old = x.d\n":                                    false,
	} {
		if got := onlyWritten(text, "d"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
