package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What all gradients are multiplied by is a note where a custom explains it, a
// warning where none does, and an error where the forward pass has it and the way
// back has not.
func TestWhatAllGradientsAreMultipliedBy(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(2)
X, Y = r.randn(20, 5), np.eye(3)[r.randint(3, size=20)]
W, V = r.randn(5, 7) * 0.5, r.randn(7, 3) * 0.5
b, total, rate, steep = np.zeros(3), 0.0, 0.1, 1.7
for step in range(8):
    n = 20 if step % 4 < 3 else 12
    rows = r.permutation(20)[:n]
    x, y = X[rows], Y[rows]
    h = np.tanh(x @ W)
    z = h @ V + b
    q = steep * z
    e = np.exp(q - q.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    LOSS
    dz = BACK
    dh = dz @ V.T
    V -= rate * h.T @ dz
    b -= rate * dz.sum(axis=0)
    W -= rate * x.T @ (dh * (1 - h ** 2))
`
	const cross = "print(-np.sum(y * np.log(p)) / n)"
	for _, c := range []struct{ name, loss, back, level string }{
		{"mean and sum", cross, "steep * (p - y)", "note"},
		{"sum and mean", "print(-np.sum(y * np.log(p)))", "steep * (p - y) / n", "note"},
		{"bits", "print(-np.mean(np.sum(y * np.log2(p), axis=1)))", "steep * (p - y) / n", "note"},
		{"in hundredths", "print(100 * -np.mean(np.sum(y * np.log(p), axis=1)))", "steep * (p - y) / n", ""},
		{"perplexity", "print(np.exp(-np.sum(y * np.log(p)) / n))", "steep * (p - y) / n", ""},
		{"root of the mean square", "print(np.sqrt(np.mean((z - y) ** 2)))", "2 * (z - y) / n", "note"},
		{"half of the square", "print(np.mean((z - y) ** 2))", "(z - y) / n", "note"},
		{"running mean", "total += -np.sum(y * np.log(p)) / n; print(total / (step + 1))", "steep * (p - y) / n", ""},
		{"rate in the error", "rate = 1.0; print(-np.sum(y * np.log(p)) / n)", "0.07 * steep * (p - y)", "note"},
		{"divided twice", cross, "steep * (p - y) / n ** 2", "warning"},
		{"by another length", cross, "steep * (p - y) / 5", "warning"},
		{"steepness left out", cross, "(p - y) / n", "error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "scale", strings.NewReplacer("LOSS", c.loss, "BACK", c.back).Replace(text))
			k := slices.IndexFunc(v.Findings, func(f Finding) bool { return f.Severity != "note" })
			if c.level != "warning" && c.level != "error" {
				if k >= 0 || v.Verdict != "clean" || c.level == "note" && len(v.Findings) == 0 {
					t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
				}
				return
			}
			if len(v.Findings) != 1 || v.Findings[0].Severity != c.level || v.Findings[0].Line != 16 {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}

// A running mean beside numbers that another rule steps is no gradient of a loss.
func TestRunningMeanIsNotWarnedOf(t *testing.T) {
	t.Parallel()
	v := judged(t, nptest.Python(t, "numpy"), "bandit", `import numpy as np
rng = np.random.RandomState(1)
H, q, base = np.zeros(5), rng.randn(5), 0.0
for t in range(1, 200):
    p = np.exp(H - H.max())
    p /= p.sum()
    a = rng.choice(5, p=p)
    r = q[a] + rng.randn()
    base += (r - base) / t
    onehot = np.zeros(5)
    onehot[a] = 1
    H += 0.1 * (r - base) * (onehot - p)
print(H, q)
`)
	for _, f := range v.Findings {
		if f.Severity != "note" {
			t.Errorf("%v", f)
		}
	}
}
