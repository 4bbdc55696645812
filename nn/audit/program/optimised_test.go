package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Two networks that keep their optimisers' states in different ways: layers that hand
// their arrays to an optimiser and take new ones back, and functions over dictionaries
// whose arrays change in place.
var optimised = map[string]string{
	"layers": `import numpy as np
np.random.seed(3)
N, B, DECAY = 96, 16, 0.02
X = np.random.randn(N, 5)
labels = (X[:, 0] + X[:, 1] ** 2 > 0.8).astype(int)
Y = np.eye(2)[labels]
class Optimizer:
    def __init__(self, lr):
        self.lr, self.t, self.v, self.s = lr, 0, {}, {}
    def update(self, name, w, g):
        v = self.v.get(name, np.zeros_like(w))
        s = self.s.get(name, np.zeros_like(w))
        RULE
        self.v[name], self.s[name] = v, s
        return w
class Dense:
    def __init__(self, name, n_in, n_out):
        self.name = name
        self.W = np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)
        self.b = np.zeros(n_out)
        self.zero()
    def zero(self):
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, d):
        self.dW = self.x.T @ d
        self.db = d.sum(axis=0)
        return d @ self.W.T
    def step(self):
        self.W = opt.update(self.name + "W", self.W, self.dW)
        self.b = opt.update(self.name + "b", self.b, self.db)
class Tanh:
    def forward(self, x):
        self.h = np.tanh(x)
        return self.h
    def backward(self, d):
        return d * (1 - self.h ** 2)
opt = Optimizer(0.02)
one, tanh, two = Dense("one", 5, 7), Tanh(), Dense("two", 7, 2)
for epoch in range(8):
    order = np.random.permutation(N)
    for lo in range(0, N, B):
        rows = order[lo:lo + B]
        a = two.forward(tanh.forward(one.forward(X[rows])))
        a = a - a.max(axis=1, keepdims=True)
        prob = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)
        loss = -np.log(prob[np.arange(len(rows)), labels[rows]]).mean()
        print(loss)
        opt.t += 1
        one.backward(tanh.backward(two.backward((prob - Y[rows]) / len(rows))))
        for layer in (one, two):
            layer.step()
`,
	"functions": `import numpy as np
rng = np.random.default_rng(11)
x_all = rng.normal(size=(90, 6))
t_all = (np.sin(x_all[:, :1]) + 0.3 * x_all[:, 1:2] > 0).astype(float)
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))
def forward(params, x):
    h = sigmoid(x.dot(params["W1"]) + params["b1"])
    return x, h, sigmoid(h.dot(params["W2"]) + params["b2"])
def cost(y, t):
    return -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y))
def grads_of(params, x, h, y, t):
    g = {}
    delta = (y - t) / len(t)
    g["W2"] = h.T.dot(delta)
    g["b2"] = delta.sum(axis=0)
    # here
    delta = delta.dot(params["W2"].T) * h * (1 - h)
    g["W1"] = x.T.dot(delta)
    g["b1"] = delta.sum(axis=0)
    return g
def apply(params, grads, names, lr=0.02, lam=0.03):
    for k in names:
        g = grads[k]
        RULE
params = {"W1": rng.normal(size=(6, 9)) * 0.4, "b1": np.zeros(9), "W2": rng.normal(size=(9, 1)) * 0.4, "b2": np.zeros(1)}
m = {k: np.zeros(p.shape) for k, p in params.items()}
r = {k: np.zeros(p.shape) for k, p in params.items()}
steps = 0
for epoch in range(9):
    for i in range(0, 90, 15):
        x, t = x_all[i:i + 15], t_all[i:i + 15]
        x, h, y = forward(params, x)
        loss = cost(y, t)
        print(loss)
        steps += 1
        grads = grads_of(params, x, h, y, t)
        apply(params, grads, params)
`,
}

// The rules of either, lines apart by a bar.
var optimisedBy = map[string]map[string]string{
	"sgd":      {"layers": "w = w - self.lr * g", "functions": "params[k] -= lr * g"},
	"momentum": {"layers": "v = 0.9 * v - self.lr * g|w = w + v", "functions": "m[k] = 0.9 * m[k] + g|params[k] -= lr * m[k]"},
	"nesterov": {"layers": "old = v|v = 0.9 * v - self.lr * g|w = w - 0.9 * old + 1.9 * v", "functions": "m[k] = 0.9 * m[k] + g|params[k] -= lr * (0.9 * m[k] + g)"},
	"rmsprop":  {"layers": "s = 0.9 * s + 0.1 * g * g|w = w - self.lr * g / np.sqrt(s + 1e-8)", "functions": "r[k] += 0.1 * (g ** 2 - r[k])|params[k] -= lr * g / (np.sqrt(r[k]) + 1e-7)"},
	"adam": {"layers": "v = 0.9 * v + 0.1 * g|s = 0.999 * s + 0.001 * g * g|c = np.sqrt(1 - 0.999 ** self.t) / (1 - 0.9 ** self.t)|w = w - self.lr * c * v / (np.sqrt(s) + 1e-8)",
		"functions": "m[k] += 0.1 * (g - m[k])|r[k] += 0.001 * (g ** 2 - r[k])|params[k] -= lr * (m[k] / (1 - 0.9 ** steps)) / (np.sqrt(r[k] / (1 - 0.999 ** steps)) + 1e-7)"},
}

// TestOptimised plants what has to do with the update in both networks, under every
// rule: it is told at its line and by its name, with nothing beside it.
func TestOptimised(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	type planting struct {
		change []string // of the text, old and new in turn
		line   string   // code of the lines it is told at
		cause  string   // in the catalogue; "" where the program is right
	}
	epochs := []string{"range(8)", "range(14)", "    for lo in", "    one.zero(); two.zero()\n    for lo in", "        opt.t += 1\n", "",
		"        for layer in (one, two):\n            layer.step()\n", "    opt.t += 1\n    for layer in (one, two):\n        layer.step()\n"}
	totals := []string{"range(9)", "range(14)", "        steps += 1\n", "", "    for i in", "    total = {k: 0 * p for k, p in params.items()}\n    for i in"}
	for style, kinds := range map[string]map[string]planting{
		"layers": {
			"right": {},
			"gradient passed back by updated weights": {[]string{"        return d @ self.W.T\n", "        self.step()\n        return d @ self.W.T\n", "        for layer in (one, two):\n            layer.step()\n", ""},
				"return d @ self.W.T", "dx-updated-weights"},
			"gradients never cleared":           {[]string{"self.dW = self.x", "self.dW += self.x", "self.db = d.", "self.db += d."}, "self.dW +=|self.db +=", "gradient-accumulated"},
			"gradients cleared with each epoch": {[]string{"self.dW = self.x", "self.dW += self.x", "self.db = d.", "self.db += d.", "    for lo in", "    one.zero(); two.zero()\n    for lo in"}, "self.dW +=|self.db +=", "gradient-accumulated"},
			"gradients of an epoch":             {append([]string{"self.dW = self.x", "self.dW += self.x", "self.db = d.", "self.db += d."}, epochs...), "self.dW +=", "epoch-gradient"},
			"gradients of an epoch, their mean": {append([]string{"self.dW = self.x.T @ d", "self.dW += self.x.T @ d / 6", "self.db = d.sum(axis=0)", "self.db += d.sum(axis=0) / 6"}, epochs...), "", ""},
			"penalty":                           {[]string{"= self.x.T @ d", "= self.x.T @ d + DECAY * self.W", "labels[rows]]).mean()", "labels[rows]]).mean() + DECAY / 2 * ((one.W ** 2).sum() + (two.W ** 2).sum())"}, "", ""},
			"decay in the gradient":             {[]string{"= self.x.T @ d", "= self.x.T @ d + DECAY * self.W"}, "self.dW =", "decay-in-moments"},
			"decay beside the step":             {[]string{"        return w\n", "        if w.ndim > 1:\n            w = w - self.lr * DECAY * w\n        return w\n"}, "", ""},
		},
		"functions": {
			"right": {},
			"gradient passed back by updated weights": {[]string{"# here", `apply(params, g, ["W2", "b2"])`, "apply(params, grads, params)", `apply(params, grads, ["W1", "b1"])`},
				"delta = delta.dot(params", "dx-updated-weights"},
			"gradients never cleared":           {[]string{"for epoch", "total = {k: 0 * p for k, p in params.items()}\nfor epoch", "        apply(params, grads, params)", "        for k in params:\n            total[k] = total[k] + grads[k]\n        apply(params, total, params)"}, "total[k] =", "gradient-accumulated"},
			"gradients cleared with each epoch": {[]string{"    for i in", "    total = {k: 0 * p for k, p in params.items()}\n    for i in", "        apply(params, grads, params)", "        for k in params:\n            total[k] = total[k] + grads[k]\n        apply(params, total, params)"}, "total[k] =", "gradient-accumulated"},
			"gradients of an epoch":             {append([]string{"apply(params, grads, params)", "for k in params:\n            total[k] = total[k] + grads[k]\n    steps += 1\n    apply(params, total, params)"}, totals...), "total[k] =", "epoch-gradient"},
			"gradients of an epoch, their mean": {append([]string{"apply(params, grads, params)", "for k in params:\n            total[k] = total[k] + grads[k]\n    steps += 1\n    apply(params, {k: g / 6 for k, g in total.items()}, params)"}, totals...), "", ""},
			"decay in the gradient":             {[]string{"        g = grads[k]\n", "        g = grads[k] + lam * params[k]\n"}, "g = grads[k] +", "decay-in-moments"},
			"decay beside the step":             {[]string{"        g = grads[k]\n", "        g = grads[k]\n        params[k] *= 1 - lr * lam\n"}, "", ""},
		},
	} {
		for kind, p := range kinds {
			for rule, lines := range optimisedBy {
				t.Run(style+"/"+kind+"/"+rule, func(t *testing.T) {
					t.Parallel()
					text := strings.NewReplacer(append(p.change, "RULE", strings.ReplaceAll(lines[style], "|", "\n        "))...).Replace(optimised[style])
					v := judged(t, python, "optimised", text)
					if p.cause == "" || p.cause == "decay-in-moments" && rule != "adam" && rule != "rmsprop" {
						if !v.Clean() || v.Judged() != 4 {
							t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
						}
						return
					}
					for _, f := range v.Findings {
						there := slices.ContainsFunc(strings.Split(p.line, "|"), func(code string) bool { return strings.Contains(f.Statement, code) })
						if (f.Severity != "note" || p.cause == "decay-in-moments") && (!there || f.Cause != p.cause) {
							t.Errorf("%s and %s are meant: %v %s", p.line, p.cause, f, f.Cause)
						}
					}
					if len(v.Findings) == 0 {
						t.Errorf("nothing was found: %s %v", v.Verdict, v.Unjudged)
					}
				})
			}
		}
	}
}
