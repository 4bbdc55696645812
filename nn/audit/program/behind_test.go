package program

import (
	"slices"
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
	t.Parallel()
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

// A network with batch normalisation on batches, evaluated behind each third epoch.
const evaluatedNowAndThen = `import numpy as np
r = np.random.RandomState(0)
X, T = r.randn(120, 4), r.randn(60, 4)
y, t = (X[:, 0] > X[:, 1]) * 1.0, (T[:, 0] > T[:, 1]) * 1.0
W, g, c, v = 0.5 * r.randn(4, 6), np.ones(6), np.zeros(6), 0.5 * r.randn(6, 1)
run_mean, run_var = np.zeros(6), np.ones(6)
def forward(x, training):
    global run_mean, run_var, cache
    z = x @ W
    if training:
        mean, var = z.mean(axis=0), z.var(axis=0)
        run_mean = 0.9 * run_mean + 0.1 * mean
        run_var = 0.9 * run_var + 0.1 * var
    else:
        mean, var = run_mean, run_var
    s = 1 / np.sqrt(var + 1e-5)
    zh = (z - mean) * s
    h = np.tanh(g * zh + c)
    if training:
        keep = (r.rand(*h.shape) < 0.8) / 0.8
        cache = x, s, zh, h, keep
        h = h * keep
    return (h @ v)[:, 0]
def loss(o, y):
    return np.mean(np.maximum(o, 0) - o * y + np.log1p(np.exp(-np.abs(o))))
for epoch in range(7):
    order = r.permutation(120)
    xe, ye = X[order], y[order]
    for i in range(0, 120, 12):
        o = forward(xe[i:i + 12], True)
        cost = loss(o, ye[i:i + 12])
        x, s, zh, h, keep = cache
        d = ((1 / (1 + np.exp(-o)) - ye[i:i + 12]) / 12)[:, None]
        dh = d @ v.T * keep * (1 - h ** 2)
        dz = dh * g
        dz = s * (dz - dz.mean(axis=0) - zh * (dz * zh).mean(axis=0))
        W -= 0.1 * x.T @ dz
        v -= 0.1 * (h * keep).T @ d
        g -= 0.1 * (dh * zh).sum(axis=0)
        c -= 0.1 * dh.sum(axis=0)
    if epoch % 3 == 2:
        print(loss(forward(T, False), t))
`

// Evaluations that only some epochs have are judged too, by losses of every form.
func TestBehindALaterEpoch(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ old, new, says string }{
		{"", "", ""},
		{"mean, var = run_mean, run_var", "mean, var = z.mean(axis=0), z.var(axis=0)", "statistics of the evaluated"},
		{"forward(T, False)", "forward(T, True)", "dropout in an evaluation"},
		{"(r.rand(*h.shape) < 0.8) / 0.8", "(r.rand(*h.shape) < 0.8) * 1.0", "dropout without its factor"},
		{"range(0, 120, 12)", "range(0, 108, 6)", "batches overlap"},
		{"0.9 * run_mean + 0.1 * mean", "0.1 * run_mean + 0.9 * mean", "a running average"},
		{"0.9 * run_var + 0.1 * var", "0.1 * var", "a running average"},
		{"if training:\n        keep", "if True:\n        keep", "dropout in an evaluation"},
		{"X, T = r.randn(120, 4), r.randn(60, 4)", "A = r.randn(180, 4)\nX, T = A[:120], A[60:120]", "tested on training rows"},
		{"X, T = r.randn(120, 4), r.randn(60, 4)", "A = r.randn(180, 4)\nX, T = A[:120], A[110:170]", ""},
		{"X, T = r.randn(120, 4), r.randn(60, 4)", "A = r.randn(180, 4)\nX = A[:120]\nT = X[60:]", ""},
		{"X, T = r.randn(120, 4), r.randn(60, 4)", "A = r.randn(180, 4)\nX, T = A[:120], A[:60]", ""},
	} {
		t.Run(c.new, func(t *testing.T) {
			t.Parallel()
			g, err := graph.Read(tracedWith(t, python, "net", strings.Replace(evaluatedNowAndThen, c.old, c.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			v := Judge(g)
			if c.says == "" && !v.Clean() {
				t.Errorf("%v %v", v.Findings, v.Unjudged)
			}
			if c.says != "" && (len(v.Findings) == 0 || v.Findings[0].Relation != c.says) {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

// Right programs whose evaluations may look wrong: the mean of several passes with units
// dropped is what they are dropped for, and a logarithm may be guarded where it is chosen.
func TestRightBehindTheFirstEpoch(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, name := range []string{"mean_of_draws", "guard_behind_choice"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := graph.Read(tracedWith(t, python, name, source(t, "habits/"+name)))
			if err != nil {
				t.Fatal(err)
			}
			if v := Judge(g); !v.Clean() {
				t.Errorf("%v %v", v.Findings, v.Unjudged)
			}
		})
	}
}

// Labels of a fold that were encoded are known by their numbers where an evaluation
// reads them too; weights that are looked ahead to are weights.
func TestLabelsOfAFold(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	text := `import numpy as np
r = np.random.RandomState(0)
y = r.randint(0, 3, 60)
X = r.randn(3, 4)[y] + r.randn(60, 4)
order = r.permutation(60)
train, test = np.sort(order[20:]), order[:20]
def fit(x, labels):
    T = np.zeros((len(x), 3))
    T[np.arange(len(x)), labels] = 1
    W = np.zeros((4, 3))
    V = np.zeros((4, 3))
    for step in range(9):
        z = x @ (W + 0.8 * V)
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.sum(T * np.log(p)) / len(x)
        V = 0.8 * V - 0.5 * x.T @ (p - T) / len(x)
        W = W + V
    return W
W = fit(X[train], y[train])
print(np.mean((X[test] @ W).argmax(axis=1) == y[test]))
`
	for labels, lines := range map[string][]int{"y[train]": nil, "y[:40]": {20}} {
		g, err := graph.Read(tracedWith(t, python, "fold", strings.Replace(text, "y[train]", labels, 1)))
		if err != nil {
			t.Fatal(err)
		}
		var at []int
		for _, x := range Judge(g).Findings {
			if x.Relation == "other rows' labels" {
				at = append(at, x.Line)
			}
		}
		if !slices.Equal(at, lines) {
			t.Errorf("%s: told at %v", labels, at)
		}
	}
}

// The cross-entropy is looked at behind an epoch, and the gradients are a squared
// error's.
func TestLossThatIsLookedAt(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	text := `import numpy as np
r = np.random.RandomState(0)
X = r.randn(120, 4)
Y = (X[:, :2] > 0) * 1.0
U, V = 0.5 * r.randn(4, 6), 0.5 * r.randn(6, 2)
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
for epoch in range(3):
    for i in range(0, 120, 10):
        x, y = X[i:i + 10], Y[i:i + 10]
        h = sigmoid(x @ U)
        p = sigmoid(h @ V)
        d = p - y
        e = d @ V.T * h * (1 - h)
        V -= 0.05 * h.T @ d
        U -= 0.05 * x.T @ e
    p = sigmoid(sigmoid(X @ U) @ V)
    print(-np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p)))
`
	squared := strings.Replace(text, "d = p - y", "d = (p - y) * p * (1 - p)", 1)
	i := strings.Index(text, "-np.mean")
	for _, c := range []struct {
		text string
		told bool
	}{{text, false}, {squared, true}, {squared[:strings.Index(squared, "-np.mean")] + "np.mean((p - Y) ** 2))\n", false}, {text[:i] + "np.mean((p - Y) ** 2))\n", false}} {
		g, err := graph.Read(tracedWith(t, python, "net", c.text))
		if err != nil {
			t.Fatal(err)
		}
		v := Judge(g)
		if told := len(v.Findings) == 1 && v.Findings[0].Relation == "another loss" && v.Findings[0].Line == 13; told != c.told || !told && !v.Clean() {
			t.Errorf("%s\n%v", c.text, v.Findings)
		}
	}
}
