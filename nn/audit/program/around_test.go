package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// TestAroundTheStep plants what lies around a step, data, start, evaluation and loop, in a
// network whose batches come out of an iterator and whose update makes new arrays.
func TestAroundTheStep(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
rng = np.random.default_rng(4)
points = rng.normal(size=(150, 4)) * [1.0, 2.0, 0.5, 1.0] + [0.0, 1.0, 0.0, -1.0]
kinds = np.digitize(points[:, 0] + points[:, 1] * points[:, 2], [-0.8, 0.8])
mean, spread = points[:120].mean(0), points[:120].std(0)
scaled = (points - mean) / spread
train_x, train_k = scaled[:120], kinds[:120]
test_x, test_k = scaled[120:], kinds[120:]
def onehot(k):
    out = np.zeros((len(k), 3))
    out[np.arange(len(k)), k] = 1
    return out
train_t, test_t = onehot(train_k), onehot(test_k)
class Loader:
    def __init__(self, x, t, size):
        self.x, self.t, self.size = x, t, size
    def __iter__(self):
        order = rng.permutation(len(self.x))
        for at in range(0, len(order), self.size):
            pick = order[at:at + self.size]
            yield self.x[pick], self.t[pick]
class Net:
    def __init__(self):
        self.w = {"A": rng.normal(size=(4, 10)) * np.sqrt(2 / 4), "a": np.zeros(10), "B": rng.normal(size=(10, 3)) * np.sqrt(2 / 10), "b": np.zeros(3)}
        self.speed = {k: np.zeros_like(v) for k, v in self.w.items()}
    def __call__(self, x):
        self.x = x
        self.h = np.maximum(x @ self.w["A"] + self.w["a"], 0)
        o = self.h @ self.w["B"] + self.w["b"]
        e = np.exp(o - o.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    def gradients(self, p, t):
        d = (p - t) / len(t)
        out = {"B": self.h.T @ d, "b": d.sum(0)}
        d = (d @ self.w["B"].T) * (self.h > 0)
        out["A"], out["a"] = self.x.T @ d, d.sum(0)
        return out
    def learn(self, grads, rate):
        for k in self.w:
            self.speed[k] = 0.9 * self.speed[k] + grads[k]
            self.w[k] = self.w[k] - rate * self.speed[k]
def loss_of(p, t):
    return -(t * np.log(p + 1e-12)).sum(axis=1).mean()
def score(net, x, k):
    return (net(x).argmax(axis=1) == k).mean()
net = Net()
rate = 0.05
loader = Loader(train_x, train_t, 24)
for epoch in range(6):
    for x, t in loader:
        p = net(x)
        loss = loss_of(p, t)
        net.learn(net.gradients(p, t), rate)
    rate *= 0.95
    print(epoch, loss, score(net, train_x, train_k), score(net, test_x, test_k))
`
	for name, c := range map[string]struct {
		change []string // old and new in turn
		line   string   // code of the line it is told at
		cause  string
	}{
		"right":                   {},
		"labels from 1":           {[]string{"[-0.8, 0.8])", "[-0.8, 0.8]) + 1", "out[np.arange(len(k)), k] = 1", "for c in range(3): out[k == c, c] = 1"}, "out[k == c", "classes-from-1"},
		"labels of the first":     {[]string{"self.t[pick]", "self.t[:len(pick)]"}, "yield", "labels-of-other-rows"},
		"labels of other rows":    {[]string{"score(net, test_x, test_k)", "score(net, test_x, train_k[:30])"}, "print(epoch", "labels-of-other-rows"},
		"reshaped":                {[]string{"/ spread\ntrain_x", "/ spread\nscaled = scaled.T.reshape(150, 4)\ntrain_x"}, "reshape", "reshaped-not-transposed"},
		"not a number":            {[]string{"/ spread\ntrain_x", "/ spread\nscaled[5, 2] = np.nan\ntrain_x"}, "np.nan", "data-not-finite"},
		"small weights":           {[]string{"np.sqrt(2 / 4)", "1e-5"}, "self.w = {", "first-weights-too-small"},
		"weights divided":         {[]string{"np.sqrt(2 / 4)", "np.sqrt(4 / 2)", "np.sqrt(2 / 10)", "np.sqrt(10 / 2)"}, "self.w = {", "inverted-he-init"},
		"argmax of everything":    {[]string{"argmax(axis=1) == k", "argmax() == k"}, "argmax() == k", "argmax-of-everything"},
		"dropout in evaluation":   {[]string{"        o = self.h", "        self.m = (rng.random(self.h.shape) < 0.8) / 0.8\n        self.h = self.h * self.m\n        o = self.h", "* (self.h > 0)", "* (self.h > 0) * self.m"}, "net(x)", "dropout-in-evaluation"},
		"stops at once":           {[]string{"    rate *= 0.95\n", "    if loss > 0.05: break\n"}, "break", "stops-on-the-wrong-side"},
		"rate in every step":      {[]string{"    rate *= 0.95\n", "", "(p, t), rate)\n", "(p, t), rate)\n        rate *= 0.8\n"}, "- rate * self", "decay-each-step"},
		"divided by a full batch": {[]string{"train_t, 24", "train_t, 36", "(p - t) / len(t)", "(p - t) / 36"}, "d = (p - t) / 36", "divided-by-full-batch"},
		"velocity begun again":    {[]string{"        for k in self.w:\n            self.speed", "        self.speed = {k: 0 * v for k, v in self.w.items()}\n        for k in self.w:\n            self.speed"}, "0 * v", "momentum-reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "around", strings.NewReplacer(c.change...).Replace(network))
			told := slices.DeleteFunc(v.Findings, func(f Finding) bool { return f.Severity == "note" })
			if c.cause == "" && (len(told) > 0 || !v.Clean()) {
				t.Errorf("%s %v", v.Verdict, told)
			}
			if c.cause != "" && (len(told) != 1 || told[0].Cause != c.cause || !strings.Contains(told[0].Statement, c.line)) {
				t.Errorf("%s at %q is meant: %v", c.cause, c.line, told)
			}
		})
	}
}
