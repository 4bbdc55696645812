package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// recordedToItsEnd records all of a program's text, what follows six updates too.
func recordedToItsEnd(t *testing.T, python, name, text string) *graph.Graph {
	t.Helper()
	g, err := graph.Read(tracedWith(t, python, name, text, "--steps", "1000"))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A hinge, a softmax and a two-layer network, one after another, on data of a process
// that is simulated first; a state is carried on with what was learnt at the end.
const oneAfterAnother = `import numpy as np
r = np.random.RandomState(3)
A = 0.3 * r.randn(4, 4)
x, rows = r.randn(4), []
for t in range(60):
    x = x + 0.1 * np.tanh(A.dot(x))
    rows.append(x + 0.3 * r.randn(4))
X = np.array(rows)
X = (X - X.mean(0)) / X.std(0)
y = (X[:, 0] > 0).astype(int)

w = 0.1 * r.randn(4)
for i in range(8):
    s = 2.0 * y - 1
    m = 1 - s * X.dot(w)
    print(np.mean(np.maximum(0, m)))
    g = X.T.dot(-s * (m > 0)) / len(y)
    w = w - 0.1 * g

V, c = 0.1 * r.randn(4, 2), np.zeros(2)
vV, vc = np.zeros_like(V), np.zeros_like(c)
for i in range(8):
    f = X.dot(V) + c
    p = np.exp(f - f.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    print(-np.mean(np.log(p[np.arange(60), y])))
    df = p.copy()
    df[np.arange(60), y] -= 1
    df /= 60
    vV, vc = 0.9 * vV + X.T.dot(df), 0.9 * vc + df.sum(0)
    V -= 0.5 * vV
    c -= 0.5 * vc

for rate in [0.1, 0.3, 1.0]:
    P = {"W1": r.randn(4, 5) * 0.5, "b1": np.zeros(5), "W2": r.randn(5, 1) * 0.5}
    for i in range(8):
        h = np.tanh(X.dot(P["W1"]) + P["b1"])
        e = h.dot(P["W2"])[:, 0] - y
        print(0.5 * np.mean(e ** 2))
        de = (e / len(y))[:, None]
        dh = de.dot(P["W2"].T) * (1 - h ** 2)
        G = {"W2": h.T.dot(de), "W1": X.T.dot(dh), "b1": dh.sum(0)}
        for k in P:
            P[k] -= rate * G[k]

z = r.randn(4)
for t in range(20):
    z = z + 0.1 * np.tanh(P["W1"].dot(z.dot(P["W1"])))
print(z)
`

func TestTrainingsOneAfterAnother(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	t.Run("right", func(t *testing.T) {
		t.Parallel()
		v := Judge(recordedToItsEnd(t, python, "right", oneAfterAnother))
		if v.Verdict != "clean" || v.Trainings != 5 || len(v.Parameters) != 12 || v.Judged() != 12 || v.Updates() != 12 {
			t.Errorf("%s, %d trainings: %v; %v; %v; %v", v.Verdict, v.Trainings, v.Covers(), v.Findings, v.Notes, v.Unjudged)
		}
	})
	for _, c := range []struct{ old, new, note string }{
		{"X.T.dot(-s * (m > 0))", "X.T.dot(-s * m)", ""},
		{"df[np.arange(60), y] -= 1", "df[np.arange(60), y] += 1", ""},
		{"V -= 0.5 * vV", "V += 0.5 * vV", ""},
		{"(1 - h ** 2)", "(1 - h)", "2 more trainings run the lines of one that is wrong"},
	} {
		t.Run(c.old, func(t *testing.T) {
			t.Parallel()
			line := 1 + strings.Count(oneAfterAnother[:strings.Index(oneAfterAnother, c.old)], "\n")
			v := Judge(recordedToItsEnd(t, python, "wrong", strings.Replace(oneAfterAnother, c.old, c.new, 1)))
			if l := errorsOf(v); len(l) != 1 || l[0].Line != line {
				t.Errorf("an error at line %d: %v; %v", line, v.Findings, v.Unjudged)
			}
			if c.note != "" && !slices.ContainsFunc(v.Notes, func(n message.Text) bool { return strings.Contains(n.String(), c.note) }) {
				t.Errorf("notes: %v", v.Notes)
			}
		})
	}
}

// Of a later training of which no loss is found that is said.
func TestLaterTrainingThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(3)
X = r.randn(20, 3)
y = X.dot([1.0, 2.0, 0.5])
w, b = np.zeros((3, 1)), np.zeros(1)
for i in range(8):
    e = X.dot(w) + b - y[:, None]
    print(np.mean(e ** 2))
    w, b = w - 0.1 * 2 * X.T.dot(e) / 20, b - 0.1 * 2 * e.mean(0)
u, c = r.randn(3, 2), np.zeros(2)
for i in range(8):
    h = X.dot(u) + c
    d = np.exp(-h ** 2)
    u, c = u + 0.1 * X.T.dot(d), c + 0.1 * d.sum(0)
`
	v := Judge(recordedToItsEnd(t, python, "unknown", text))
	if v.Verdict != "not judged" || len(errorsOf(v)) > 0 || len(v.Parameters) != 4 || v.Judged() != 2 {
		t.Errorf("%s: %v; %v; %v", v.Verdict, v.Covers(), v.Findings, v.Unjudged)
	}
}

// A network that is trained in rounds, with others' states carried on between them, is
// one training.
func TestRoundsAreOneTraining(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(3)
W, U = 0.3 * r.randn(4, 3), 0.3 * r.randn(4, 4)
B = 0.3 * r.randn(1, 4)
for epoch in range(3):
    for batch in range(4):
        xs = r.randn(6, 3)
        h = [np.zeros(4)]
        for x in xs:
            h.append(0.5 * h[-1] + 0.5 * np.tanh(W.dot(x) + U.dot(h[-1])))
        e = B.dot(h[-1]) - xs.sum()
        print(0.5 * e[0] ** 2)
        dB, dW, dU = np.outer(e, h[-1]), np.zeros_like(W), np.zeros_like(U)
        dh = B.T.dot(e)
        for x, before, now in zip(xs[::-1], h[-2::-1], h[:0:-1]):
            t = 2 * (now - 0.5 * before)
            dz = 0.5 * dh * (1 - t ** 2)
            dW += np.outer(dz, x)
            dU += np.outer(dz, before)
            dh = 0.5 * dh + U.T.dot(dz)
        W -= 0.02 * dW
        U -= 0.02 * dU
        B -= 0.02 * dB
    s = np.zeros(4)
    for x in r.randn(9, 3):
        s = 0.5 * s + 0.5 * np.tanh(W.dot(x) + U.dot(s))
    print(B.dot(s))
`
	v := Judge(recordedToItsEnd(t, python, "rounds", text))
	if v.Verdict != "clean" || v.Trainings > 1 || len(v.Parameters) != 3 {
		t.Errorf("%s, %d trainings: %v; %v; %v", v.Verdict, v.Trainings, v.Covers(), v.Findings, v.Unjudged)
	}
}
