package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

const twoLayers = `import numpy as np
rng = np.random.default_rng(5)
X = rng.normal(size=(48, 6))
Y = np.sin(X @ rng.normal(size=(6, 3)))
P = {"W1": rng.normal(0, .5, (6, 9)), "b1": np.zeros(9), "W2": rng.normal(0, .5, (9, 3)), "b2": np.zeros(3)}
zeros = lambda: {k: np.zeros_like(w) for k, w in P.items()}
like = lambda: {k: w.copy() for k, w in P.items()}

def grads(P, x, y):
    h = np.tanh(x @ P["W1"] + P["b1"])
    out = h @ P["W2"] + P["b2"]
    d = 2 * (out - y) / out.size
    dh = (d @ P["W2"].T) * (1 - h * h)
    return np.mean((out - y) ** 2), {"W1": x.T @ dh, "b1": dh.sum(0), "W2": h.T @ d, "b2": d.sum(0)}

`

// Rules to step by that are found in papers and courses are not called wrong,
// whether they are known or not.
func TestRulesOfPapers(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	// Before training; before the steps; what is done for each parameter.
	for name, c := range map[string][3]string{
		"rectified": {"m, v, b = zeros(), zeros(), .99\nR = 2 / (1 - b) - 1", "",
			`m[k] = .9 * m[k] + .1 * G[k]
v[k] = b * v[k] + (1 - b) * G[k] ** 2
r = R - 2 * t * b ** t / (1 - b ** t)
if r > 4:
    P[k] -= .01 * np.sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r)) * m[k] / (1 - .9 ** t) * np.sqrt((1 - b ** t) / (v[k] + 1e-12))
else:
    P[k] -= .01 * m[k] / (1 - .9 ** t)`},
		"primal averages": {"z, x = like(), like()", "P = {k: .1 * z[k] + .9 * x[k] for k in P}\nG = grads(P, X, Y)[1]",
			"z[k] = z[k] - .05 * G[k]\nx[k] = (1 - 1 / (t + 1)) * x[k] + z[k] / (t + 1)"},
		"noise":            {"", "", "G[k] += rng.normal(0, .01 / (1 + t) ** .55, G[k].shape)\nP[k] -= .05 * G[k]"},
		"Langevin":         {"", "", "P[k] = P[k] - .05 * G[k] + np.sqrt(2 * .05 * 1e-4) * rng.normal(size=P[k].shape)"},
		"quasi-hyperbolic": {"m = zeros()", "", "m[k] = .9 * m[k] + .1 * G[k]\nP[k] -= .05 * (.3 * G[k] + .7 * m[k])"},
		"aggregated": {"V = {k: [np.zeros_like(w) for _ in range(3)] for k, w in P.items()}", "",
			"for i, b in enumerate((0., .9, .99)):\n    V[k][i] = b * V[k][i] - .02 * G[k]\nP[k] += sum(V[k]) / 3"},
		"a friction of its own": {"m, v, last = zeros(), zeros(), zeros()", "",
			`m[k] = .9 * m[k] + .1 * G[k]
v[k] = .999 * v[k] + .001 * G[k] ** 2
c = 1 / (1 + np.exp(-np.abs(last[k] - G[k])))
last[k] = G[k]
P[k] -= .01 * c * (m[k] / (1 - .9 ** t)) / (np.sqrt(v[k] / (1 - .999 ** t)) + 1e-8)`},
		"partly adaptive": {"m, v, top = zeros(), zeros(), zeros()", "",
			"m[k] = .9 * m[k] + .1 * G[k]\nv[k] = .999 * v[k] + .001 * G[k] ** 2\ntop[k] = np.maximum(top[k], v[k])\nP[k] -= .05 * m[k] / (top[k] ** .125 + 1e-8)"},
		"dual averages":        {"start, s = like(), zeros()", "", "s[k] += G[k]\nP[k] = start[k] - .3 * s[k] / np.sqrt(t)"},
		"a sum from the start": {"start, s = like(), zeros()", "", "s[k] += G[k]\nP[k] = start[k] - .05 * s[k]"},
		"less variance":        {"W, F = like(), grads(P, X, Y)[1]", "i = rng.permutation(48)[:8]\nG, H = grads(P, X[i], Y[i])[1], grads(W, X[i], Y[i])[1]", "P[k] = P[k] - .1 * (G[k] - H[k] + F[k])"},
		"gains": {"gain, v = {k: np.ones_like(w) for k, w in P.items()}, zeros()", "",
			"gain[k] = np.maximum(.01, np.where(np.sign(G[k]) == np.sign(v[k]), gain[k] * .8, gain[k] + .2))\nv[k] = .5 * v[k] - .05 * gain[k] * G[k]\nP[k] += v[k]"},
		"secants": {"last, step = zeros(), zeros()", "",
			`q = np.where(np.abs(last[k] - G[k]) > 1e-12, G[k] / (last[k] - G[k] + 1e-30), 0) * step[k]
step[k] = np.clip(q, -.05, .05) - .02 * G[k]
last[k] = G[k]
P[k] += step[k]`},
		"by layers' lengths": {"v = zeros()", "",
			"w, g = np.linalg.norm(P[k]), np.linalg.norm(G[k])\nlocal = .1 * w / (g + .001 * w + 1e-9) if w > 0 else 1.\nv[k] = .9 * v[k] + local * .1 * (G[k] + .001 * P[k])\nP[k] -= v[k]"},
		"a smooth sign": {"", "", "P[k] -= .01 * G[k] / np.sqrt(G[k] ** 2 + 1e-6)"},
		"accelerated":   {"y, a = like(), 1.", "G = grads(y, X, Y)[1]\nb, a = a, (1 + np.sqrt(1 + 4 * a * a)) / 2", "new = y[k] - .05 * G[k]\ny[k] = new + (b - 1) / a * (new - P[k])\nP[k] = new"},
		"elastic":       {"C = like()", "", "e = .1 * (P[k] - C[k])\nP[k] = P[k] - .05 * G[k] - e\nC[k] = C[k] + e"},
		"clipped by columns": {"", "", `if P[k].ndim == 2:
    n, m = np.sqrt((P[k] ** 2).sum(0)), np.sqrt((G[k] ** 2).sum(0))
    G[k] = G[k] * np.minimum(1, .05 * np.maximum(n, 1e-3) / (m + 1e-9))
P[k] -= .1 * G[k]`},
		"a mean that is printed":  {"m = zeros()", "", "m[k] = .9 * m[k] + .1 * G[k]\nP[k] -= .05 * G[k]\nprint(float(np.abs(m[k]).mean()))"},
		"a mean for another rule": {"m, plain = zeros(), True", "", "m[k] = .9 * m[k] + .1 * G[k]\nP[k] -= .05 * (G[k] if plain else m[k])"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			indent := func(by, lines string) string {
				if lines == "" {
					return ""
				}
				return by + strings.ReplaceAll(lines, "\n", "\n"+by) + "\n"
			}
			text := twoLayers + indent("", c[0]) + "for t in range(1, 13):\n    loss, G = grads(P, X, Y)\n    print(loss)\n" + indent("    ", c[1]) + "    for k in P:\n" + indent("        ", c[2])
			for _, x := range judged(t, python, "rule", text).Findings {
				if x.Severity != "note" {
					t.Error(x)
				}
			}
		})
	}
}

// What an update makes of the gradient and does not read, and counts and decays of
// moments that do not belong together.
func TestMomentsOfUpdates(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const adam = "m[k] = .9 * m[k] + .1 * G[k]\nv[k] = .99 * v[k] + .01 * G[k] ** 2\nP[k] -= .01 * m[k] / (1 - .9 ** t) / (np.sqrt(v[k] / (1 - .99 ** t)) + 1e-8)"
	for _, c := range []struct{ old, wrong, text, fix string }{
		{adam, "m[k] = .9 * m[k] + G[k]\nP[k] -= .02 * G[k]", "nothing reads `m[k]`", "`m[k]` is meant, not `G[k]`"},
		{adam, "g = G[k] + .01 * P[k]\nP[k] -= .02 * G[k]", "nothing reads `g`", "`g` is meant, not `G[k]`"},
		{".9 * m[k] + .1", ".9 * m[k] + 1", "the gradient enters it with 1, not 1/10", ""},
		{".99 * v[k] + .01", ".9 * v[k] + .1", "it is divided by 1 - 0.99**t", "or it should decay by 0.99"},
		{"(1 - .99 ** t)", "(1 - .95 ** t)", "it is divided by 1 - 0.95**t", "or it should decay by 0.95"},
		{"(1 - .99 ** t)", "(1 - .99 ** (t + 2))", "t begins at 3", ""},
		{"(1 - .99 ** t)", "(1 + .99 ** t)", "it is divided by 1 + 0.99**t", ""},
		{"(1 - .99 ** t)", "(1 - .99) ** t", "it is divided by (1 - 0.99)**t", ""},
		{"(1 - .99 ** t)", "(1 - .99 ** (1 / t))", "it is divided by 1 - 0.99**(1/t)", ""},
		{"v[k] / (1 - .99 ** t)", "v[k] * (1 - .99 ** t)", "it is multiplied by it", ""},
		{"(1 - .99 ** t)", "(1 - .99)", "t stays 1", "`1 - .99 ** t` is meant, not `1 - .99`"},
		{"m[k] / (1 - .9 ** t)", "m[k] * (1 - .9 ** t)", "it is multiplied by the first one's", ""},
		{".99 * v[k] + .01", ".9 * v[k] + .01", "enters it with 1/100, not 1/10", "or it should decay by 0.99"},
		{".99 * v[k] + .01", ".01", "nothing of the moment before is in it", "0.99 times `v[k]` is missing"},
		{"m[k] = .9", "t = 1\nm[k] = .9", "t stays 1", "`+=` is meant, not `=`"},
		{"m[k] = .9", "S[k] += G[k]; G[k] = S[k]\nm[k] = .9", "`S[k]` is never cleared", ""},
		{adam, "m[k] = .9 * m[k] + G[k]\nP[k] = P[k] - .02 * m[k]\n# begins", "`m[k]` begins as the parameter `P[k]`", ""},
		{adam, "m[k] += .1 * (G[k] - m[k])\nv[k] += .01 * (G[k] ** 2 - v[k])\nS[k] = np.maximum(S[k], m[k])\nP[k] -= .01 * m[k] / (np.sqrt(S[k]) + 1e-7)", "the largest of the first moments is kept", ""},
		{"m[k] = .9", "t += 1\nm[k] = .9", "every parameter raises t", ""},
		{adam, "m[k] = .9 * m[k] + G[k]\nP[k] -= .02 * G[k] # single", "nothing reads `m[k]`", "`m[k]` is meant, not `G[k]`"},
		{adam, "m[k] = .9 * m[k] + G[k]\nP[k] = P[k] - .02 * m[k] # single, begins", "`m[k]` begins as the parameter `P[k]`", ""},
		{adam, "old = m[k]\nm[k] = .9 * old - .02 * G[k]\nP[k] += .9 * old + 1.9 * m[k] # single", "Nesterov's rule is (1 + µ) and -µ", ""},
		{adam, "old = m[k]\nm[k] = .9 * old - .02 * G[k]\nP[k] += -.9 * old + 1.9 * m[k] # single", "", ""},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			body := strings.Replace(adam, c.old, c.wrong, 1)
			text := twoLayers + "m, v, S, t = zeros(), zeros(), zeros(), 0\nfor _ in range(12):\n    loss, G = grads(P, X, Y)\n    print(loss)\n    t += 1\n    for k in P:\n        " + strings.ReplaceAll(body, "\n", "\n        ") + "\n"
			if strings.Contains(c.wrong, "begins") {
				text = strings.Replace(text, "m, v, S, t = zeros()", "m, v, S, t = dict(P)", 1)
			}
			if strings.Contains(c.wrong, "t += 1") {
				text = strings.Replace(text, "    t += 1\n    for", "    for", 1)
			}
			if strings.Contains(c.wrong, "single") {
				text = strings.NewReplacer("(48, 6))", "(48, 6)).astype('f')", "(6, 3)))", "(6, 3))).astype('f')", "zeros = lambda", "P = {k: w.astype('f') for k, w in P.items()}\nzeros = lambda").Replace(text)
			}
			v := judged(t, python, "moments", text)
			if c.text == "" {
				if !v.Clean() || len(v.Findings) > 0 {
					t.Errorf("right, but %v %v", v.Findings, v.Unjudged)
				}
				return
			}
			if len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Text.String(), c.text) || v.Findings[0].Fix.String() != c.fix {
				t.Errorf("%v, want %s %s", v.Findings, c.text, c.fix)
			}
			if strings.Contains(c.wrong, "t += 1") && len(v.Findings) != 1 {
				t.Errorf("%v, which are one mistake", v.Findings)
			}
		})
	}
}

// The best parameters so far are kept as copies: a name or a shallow copy of what is
// changed in place is none. Where every step makes new arrays a name is enough.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const place, anew, entry = "for k in P:\n        P[k] -= .05 * G[k]", "P = {k: P[k] - .05 * G[k] for k in P}", "for k in P:\n        P[k] = P[k] - .05 * G[k]"
	const list, copies = "for p, k in zip(all_of.list, P):\n        p -= .05 * G[k]", "for p, k in zip([P[k] for k in P], P):\n        P[k] = p - .05 * G[k]"
	for _, c := range []struct{ keep, step, text string }{
		{"best = [p for p in all_of.list]", list, "`best` has the arrays of `all_of.list` themselves"},
		{"best = [p.copy() for p in all_of.list]", list, ""},
		{"best = [p for p in all_of.list]", copies, ""},
		{"best = P", place, "`best` is `P` itself"},
		{"low, best = loss, P", entry, "`best` is `P` itself"},
		{"best = P.copy()", place, "`best` has the arrays of `P` themselves"},
		{"best = dict(P)", place, "`best` has the arrays of `P` themselves"},
		{"best = dict(P)", entry, ""},
		{"best = P", anew, ""},
		{"best = like()", place, ""},
	} {
		t.Run(c.keep, func(t *testing.T) {
			t.Parallel()
			text := twoLayers + "class all_of: list = [P[k] for k in P]\nlow, best = 9, None\nfor _ in range(12):\n    loss, G = grads(P, X, Y)\n    if loss < low:\n        " + c.keep + "\n    " + c.step + "\nprint(best, low)\n"
			v := judged(t, python, "best", text)
			if len(v.Findings) > 0 != (c.text != "") || c.text != "" && (v.Findings[0].Cause != "best-without-copy" || !strings.Contains(v.Findings[0].Text.String(), c.text)) {
				t.Errorf("%v, want %s", v.Findings, c.text)
			}
		})
	}
}

// A rate that each round makes anew and that is only printed, where the step takes what
// it is made of; one that is only looked at, of what no step takes, is none.
func TestIdleRate(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const rounds = "LR = .1\ndef run():\n    for t in range(12):\n        RATE\n        loss, G = grads(P, X, Y)\n        for k in P:\n            STEP\n        print(f'{t} {loss} {lr}')\n    return loss\nrun()\n"
	for _, c := range []struct {
		rate, step string
		line       int
	}{
		{"lr = LR / (1 + .1 * t)", "P[k] -= lr * G[k]", 0},
		{"lr = LR / (1 + .1 * t)", "P[k] -= LR * G[k]", 7},
		{"lr = LR / (1 + .1 * t); half = lr / 2", "P[k] -= LR * G[k]", 0},
		{"lr = LR", "P[k] -= LR * G[k]", 0},
		{"lr = t / 12", "P[k] -= LR * G[k]", 0},
		{"lr = LR / (1 + .1) * (t + 1)", "P[k] -= lr * G[k]", 0},
		{"lr = LR / (1 + .1) * t", "P[k] -= lr * G[k]", 4},
		{"lr = LR * (1 - t / 13)", "P[k] -= lr * G[k]", 0},
		{"lr = LR * (1 - t // 13)", "P[k] -= lr * G[k]", 4},
		{"lr = LR * .9 ** (11 - t // 4)", "P[k] -= lr * G[k]", 0},
	} {
		text := twoLayers + strings.NewReplacer("RATE", c.rate, "STEP", c.step).Replace(rounds)
		v := judged(t, python, "rates", text)
		line := 0
		if len(v.Findings) == 1 && (c.line == 4 && strings.HasPrefix(v.Findings[0].Text.String(), "`lr` ") || strings.HasPrefix(v.Findings[0].Fix.String(), "`lr` is meant, not `LR`")) {
			line = v.Findings[0].Line - strings.Count(twoLayers, "\n")
		}
		if line != c.line || line == 0 && len(v.Findings) > 0 {
			t.Errorf("%s, %s: %v", c.rate, c.step, v.Findings)
		}
	}
}

// The best parameters are kept and the last are returned.
func TestBestIsLeft(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	text := `import numpy as np
r = np.random.RandomState(0)
X = r.randn(40, 3)
y = X @ [1., -2., 3.]
def fit(X, y):
    w = r.randn(3)
    low, best_w = np.inf, w.copy()
    for step in range(12):
        e = X @ w - y
        loss = np.mean(e ** 2)
        if loss < low:
            low = loss
            best_w = w.copy()
        w = w - 0.1 * X.T @ e / len(e)
    return best_w, low
print(fit(X, y))
`
	for returned, told := range map[string]bool{"best_w, low": false, "w, low": true, "w, best_w": false} {
		v := judged(t, python, "best", strings.Replace(text, "best_w, low\n", returned+"\n", 1))
		v.Findings = slices.DeleteFunc(v.Findings, func(f Finding) bool { return f.Severity == "note" })
		if told != (len(v.Findings) == 1 && v.Findings[0].Relation == "the best is left" && v.Findings[0].Line == 15) || !told && len(v.Findings) > 0 {
			t.Errorf("%s: %v", returned, v.Findings)
		}
	}
}
