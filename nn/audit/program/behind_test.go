package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/graph"
)

// A network on batches of which an epoch has more than are recorded, evaluated
// behind each epoch.
const evaluatedByEpoch = `import numpy as np
r = np.random.RandomState(0)
X, T = r.randn(200, 4), r.randn(80, 4)
y, t = (X[:, 0] > X[:, 1]).astype(int), (T[:, 0] > T[:, 1]).astype(int)
W, b, V, c = 0.5 * r.randn(4, 8), np.zeros(8), 0.5 * r.randn(8, 2), np.zeros(2)
def probabilities(x, keep=None):
    h = np.maximum(x @ W + b, 0)
    if keep:
        h *= (r.rand(*h.shape) < keep) / keep
    e = np.exp(h @ V + c)
    return h, e / e.sum(axis=1, keepdims=True)
for epoch in range(4):
    order = r.permutation(200)
    for i in range(0, 200, 10):
        x, k = X[order[i:i + 10]], y[order[i:i + 10]]
        h, p = probabilities(x, 0.8)
        d = p.copy()
        d[np.arange(10), k] -= 1
        d /= 10
        g = d @ V.T * (h > 0) / 0.8
        W -= 0.1 * x.T @ g
        b -= 0.1 * g.sum(axis=0)
        V -= 0.1 * h.T @ d
        c -= 0.1 * d.sum(axis=0)
    h, q = probabilities(T)
    print(np.mean(q.argmax(axis=1) == t))
`

// What follows the first epoch is judged with the parameters as they are then,
// changed in place or made anew.
func TestBehindTheFirstEpoch(t *testing.T) {
	python := nptest.Python(t, "numpy")
	anew := strings.NewReplacer("W -=", "W = W -", "b -=", "b = b -", "V -=", "V = V -", "c -=", "c = c -")
	for name, text := range map[string]string{"in place": evaluatedByEpoch, "anew": anew.Replace(evaluatedByEpoch)} {
		for _, c := range []struct{ old, new, says string }{
			{"", "", ""},
			{"q.argmax(axis=1)", "q.argmax()", "argmax without an axis"},
			{"probabilities(T)", "probabilities(T, 0.8)", "dropout in an evaluation"},
		} {
			t.Run(name+" "+c.says, func(t *testing.T) {
				t.Parallel()
				g, err := graph.Read(tracedWith(t, python, "net", strings.Replace(text, c.old, c.new, 1)))
				if err != nil {
					t.Fatal(err)
				}
				v := Judge(g)
				if !strings.Contains(v.Looked.String(), "and what follows its first epoch") || v.Judged() != 4 {
					t.Errorf("%s; %d gradients judged", v.Looked, v.Judged())
				}
				if c.says == "" && !v.Clean() {
					t.Errorf("%v %v", v.Findings, v.Unjudged)
				}
				if c.says != "" && (len(v.Findings) == 0 || v.Findings[0].Relation != c.says || !strings.Contains(v.Findings[0].Statement, c.new)) {
					t.Errorf("%v", v.Findings)
				}
			})
		}
	}
}
