package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Updates that are not what they should be are told at their line, with what to
// change.
func TestUpdates(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, wrong, text, fix string }{
		{"rules/column_target", "W1 -= 0.1 * dW1", "W1 = 0.1 * dW1", "written over", "`-=` is meant, not `=`"},
		{"seen/linear_gd", "theta - alpha * (1 / m) *", "alpha * (1 / m) *", "written over", "`-=` is meant, not `=`"},
		{"seen/linear_gd", " * X.T.dot(error)", "", "does not depend on its gradient", ""},
		{"seen/linear_gd", " * X.T.dot(error)", " / X.T.dot(error)", "divides by its gradient", "`/` should be `*`"},
		{"seen/nesterov", "mu * b - lr * c for", "mu * b for", "does not depend on its gradient", ""},
		{"seen/twohead", "(1 - rho) * gr[name] ** 2", "(1 + rho) * gr[name] ** 2", "the second moment decays by 0.9", "`+` should be `-`"},
		{"unseen/adamw_warmup", "b2) * np.square(p.grad)", "b2) * np.abs(p.grad)", "the gradient's absolute value", "its square is meant"},
		{"seen/adagrad32", "a += g * g", "a += g", "not finite", "`g ** 2` is meant"},
		{"seen/adagrad32", "a += g * g", "a[...] = g * g * f(2)", "of this step alone", ""},
		{"seen/book_adam", "(1.0 - self.beta1 ** self.iter)", "(1.0 - self.beta1)", "it is divided by 1 - 0.9", ""},
		{"unseen/adamw_warmup", "c1, c2 = 1 - b1", "c2, c1 = 1 - b1", "it is divided by 1 - 0.9**t", ""},
		{"unseen/lists_nadam", "(1 - b2 ** self.t)) + eps", "(1 - b1 ** self.t)) + eps", "it is divided by 1 - 0.9**t", ""},
		{"unseen/uncertain_tasks", "-np.sqrt(self.moved + eps) / np.sqrt(self.seen + eps)", "-np.sqrt(self.seen + eps) / np.sqrt(self.moved + eps)", "the other way round is meant", ""},
		{"unseen/uncertain_tasks", "(1 - rho) * delta ** 2", "(1 - rho) * self.grad ** 2", "that of the steps is meant", ""},
		{"unseen/quantiles", "0.85 * dw_old[k] - ", "0.85 * dw_old[k] * 0 - ", "nothing of the step before", ""},
		{"habits/adadelta", "rho * Eg[k] + (1 - rho) * g[k] ** 2", "rho * Eg[k]", "of itself and of numbers alone", ""},
		{"habits/adadelta", "rho * Ed[k] +", "rho / Ed[k] +", "not finite", ""},
		{"habits/bits_and_sums", "b -= .02 * d.sum(0)", "b += .02 * d.sum(0)", "goes up the loss", ""},
		{"habits/bits_and_sums", "b -= .02 * d.sum(0)", "b -= .02 * np.abs(d.sum(0))", "the gradient's absolute value", ""},
		{"habits/bits_and_sums", "b -= .02 * d.sum(0)", "b -= .02 * d.sum(0) ** 2", "the gradient's square", ""},
		{"habits/bits_and_sums", "W -= .02 * (x.T @ d)", "W -= .02 * (x.T @ d) * W", "the gradient times the parameter", ""},
		{"seen/cached_layers", "dout * (cache > 0)", "dout / (cache > 0)", "multiplied where it should be divided", "`/` should be `*`"},
		{"seen/factorization", "-2 * e @ self.V + 2 * self.beta * self.U", "2 * self.beta * self.U", "does not depend on its gradient", ""},
		{"unseen/two_layer_svm", "rate * g", "rate * g * self.params[k]", "no known form", "`self.params[k]` is too many"},
		{"distant/deepsurv", "self.l2 * p[k] if", "self.l2 if", "the number 1/1000 is added", ""},
		{"distant/tensorlite", "v += p.grad", "v = v + p.grad", "stays zero", ""},
		{"distant/attn_pool", "lr * (g + mu * p.velocity)", "lr * (p.velocity + mu * g)", "enters whole and the gradient with 0.9", ""},
		{"distant/lstm_masked", "DT(a) * m", "DT(self.lr * (1 - b1 ** self.k) / np.sqrt(1 - b2 ** self.k)) * m", "upside down", ""},
		{"distant/ddpm_swiss", "        vi *= 0.99\n        vi +=", "        vi +=", "does not decay", ""},
		{"distant/gmm_by_gradient", "objective(theta, xb)", "objective(theta, X[:40])", "the same rows in every step", ""},
		{"kinds/conv_im2col", "prob = e / e.sum(1", "prob = e / e.sum(0", "a class over the whole batch", ""},
		{"blind/kaggle_softmax", "np.exp(z) / np.sum(np.exp(z), axis=1).reshape(-1, 1)", "np.exp(z) / np.sum(np.exp(z), axis=0)", "a class over the whole batch", ""},
		{"strangers/mixture_density", "        d_h = (d_raw @ self.theta.w2.T) * (1 - h ** 2)\n        grad.w1 += x.T @ d_h\n        grad.b1 += d_h.sum(axis=0)\n", "        d_h = (d_raw @ self.theta.w2.T) * (1 - h ** 2)\n        grad.w1 += x.T @ d_h\n", "does not depend on its gradient", ""},
		{"strangers/vae_bars", " + self.enc_logvar.backward(d_logvar)", "", "", "what is called makes"},
		{"strangers/vae_bars", "self.enc_logvar, self.dec_hidden", "self.dec_hidden", "never changes", ""},
		{"strangers/vae_bars", "np.sqrt(1 - beta2 ** self.iteration) / (1 - beta1 ** self.iteration)", "(1 - beta1 ** self.iteration) / np.sqrt(1 - beta2 ** self.iteration)", "upside down", ""},
		{"strangers/actor_critic_corridor", "scale = min(1.0,", "scale = max(1.0,", "is 1 or more, however large", ""},
		{"strangers/triplet_embedding", "limit / max(total, limit)", "limit / min(total, limit)", "is 1 or more, however large", ""},
		{"strangers/huber_regression", "np.clip(residual, -self.huber_threshold, self.huber_threshold) / n", "residual / n", "`error_signal` should be the derivative", ""},
		{"strangers/mixture_density", "resp * (1 - diff ** 2 * inv_var)", "resp * (1 - 0.5 * diff ** 2 * inv_var)", "a factor is too many", "`0.5` is too many"},
		{"strangers/conv1d_signals", "        net.backward(crit.backward())\n        opt.step()", "        opt.step()\n        net.backward(crit.backward())", "as they were cleared before it", ""},
		{"distant/conv_by_loops", "ds[y] -= 1", "ds[prob.argmax()] -= 1", "", ""},
		{"distant/tied_sparse_ae", "ahead = theta + mu", "ahead = theta - mu", "takes it ahead", ""},
		{"distant/sgns_words", "gIn[:] = 0", "gIn[center] = 0", "in some places only", ""},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			f := plant{Old: c.old, New: c.wrong, Cause: []string{c.text}}
			v, lines := planted(t, python, c.program, f)
			if x := f.told(t, v, lines); !strings.HasPrefix(x.Fix.String(), c.fix) {
				t.Errorf("%v, want %s", x, c.fix)
			}
		})
	}
}

// Optimisers that divide by other second moments than a running mean of squares
// are known, and those that do more to the gradient or the moments.
func TestSpread(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const start = `import numpy as np
rng = np.random.default_rng(3)
x, w, m, v = rng.normal(size=(40, 6)), rng.normal(size=(6, 2)), np.zeros((6, 2)), np.zeros((6, 2))
y = x @ rng.normal(size=(6, 2))
for t in range(1, 12):
    e = x @ w - y
    print((e ** 2).mean())
    g = 2 * x.T @ e / e.size
    m = 0.9 * m + 0.1 * g
`
	const step = "    w -= 0.05 * m / (1 - 0.9 ** t) / (np.sqrt(v / (1 - 0.99 ** t)) + 1e-8)\n"
	for name, text := range map[string]string{
		"belief":  start + "    v = 0.99 * v + 0.01 * (g - m) ** 2 + 1e-16\n" + step,
		"yogi":    start + "    v = v - 0.01 * np.sign(v - g ** 2) * g ** 2\n" + step,
		"centred": start + "    v = 0.9 * v + 0.1 * g ** 2\n    w -= 0.01 * g / np.sqrt(v - m ** 2 + 1e-4)\n",
		"centred steps": strings.Replace(start, "\ny =", "\ns = np.zeros((6, 2))\ny =", 1) +
			"    v = 0.9 * v + 0.1 * g ** 2\n    s = 0.8 * s + g / np.sqrt(v - m ** 2 + 1e-4)\n    w -= 0.01 * s\n",
		"ahead":       start + "    v = 0.99 * v + 0.01 * g * g\n    a = 0.9 * m / (1 - 0.9 ** (t + 1)) + 0.1 * g / (1 - 0.9 ** t)\n    w -= 0.01 * a / (np.sqrt(v / (1 - 0.99 ** t)) + 1e-8)\n",
		"centralised": strings.Replace(start, "    m =", "    g = g - g.mean(axis=0)\n    m =", 1) + "    w -= 0.05 * m\n",
		"penalty":     start + "    w = w - 0.05 * (g + 0.01 * np.sign(w))\n",
		"projected":   strings.Replace(start, "e = x", "w = np.clip(w, -0.5, 0.5)\n    e = x", 1) + "    w = w - 0.05 * g\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, name, text)
			if len(v.Parameters) != 1 || v.Parameters[0].Update != "right" || len(v.Findings) > 0 {
				t.Errorf("%v %v", v.Parameters, v.Findings)
			}
		})
	}
}

// A gradient that is shortened only where it is long is the gradient there.
func TestClippedInSomeSteps(t *testing.T) {
	t.Parallel()
	v := judged(t, nptest.Python(t, "numpy"), "mdn_inverse", source(t, "fresh/mdn_inverse"))
	if !v.Clean() || len(v.Parameters) != 1 || v.Parameters[0].Update != "right" {
		t.Errorf("%s: %v %v %+v", v.Verdict, v.Findings, v.Unjudged, v.Parameters)
	}
}
