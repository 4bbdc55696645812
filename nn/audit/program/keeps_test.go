package program

import "testing"

// What a velocity keeps of itself, what dropout scales by, and how far the first step
// goes: told at the value that has the factor first.
func TestSizesOfWhatIsKept(t *testing.T) {
	t.Parallel()
	slips(t, `import numpy as np
rng = np.random.default_rng(3)
n, keep, mu, lr = 40, 0.8, 0.9, 0.1
X = rng.normal(size=(n, 4))
y = (X[:, 0] * X[:, 1] > 0).astype(int)
P = {"W": rng.normal(size=(4, 16)) * 0.5, "b": np.zeros(16), "V": rng.normal(size=(16, 2)) * 0.3, "c": np.zeros(2)}
v = {k: np.zeros_like(w) for k, w in P.items()}
for step in range(9):
    h = np.maximum(X @ P["W"] + P["b"], 0)
    m = (rng.random(h.shape) < keep) / keep
    d = h * m
    s = d @ P["V"] + P["c"]
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    print(-np.log(p[np.arange(n), y]).mean())
    p[np.arange(n), y] -= 1
    ds = p / n
    dd = ds @ P["V"].T
    dh = dd * m * (h > 0)
    G = {"W": X.T @ dh, "b": dh.sum(0), "V": d.T @ ds, "c": ds.sum(0)}
    for k in P:
        v[k] = mu * v[k] - lr * G[k]
        P[k] += v[k]
`, []slip{
		{"mu * v[k]", "(1 - mu) * v[k]", 22, "keeps 1 - 0.9 = 0.1 of what it was"},
		{"mu * v[k]", "v[k]", 22, "is never cleared"},
		{"< keep) / keep", "< keep) / (1 - keep)", 10, "are kept, times 5"},
		{"p / n", "p", 16, "the rate does not take it up"},
	})
}

// States of other parameters, and such that keep nothing beside one that keeps a part.
func TestStatesOfOthers(t *testing.T) {
	t.Parallel()
	slips(t, source(t, "pupils/plain_moons"), []slip{{"vb2 = mom * vb2", "vb2 = mom * vb1", 62, "is made of `vb1`, which"}})
	slips(t, source(t, "pupils/mytorch_bn"), []slip{{"self.mu * self.v_W[i] + l.dLdW", "l.dLdW", 85, "is the gradient alone"}})
	slips(t, source(t, "pupils/logreg_nesterov"), []slip{{"self.coef_ + self.momentum", "self.coef_ - self.momentum", 67, "is taken behind `self.coef_`"}})
}
