package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Two networks that one pair of functions serves, with other slopes.
const rivals = `import numpy as np
r = np.random.default_rng(5)
def dense(a, b):
    return {"W": r.normal(size=(a, 6)) * 0.6, "b": r.normal(size=6) * 0.1, "V": r.normal(size=(6, b)) * 0.6, "c": np.zeros(b)}
gen, dis = dense(3, 2), dense(2, 1)
def leaky(a, slope):
    return np.where(a > 0, a, slope * a)
def forward(p, x, slope):
    a = x @ p["W"] + p["b"]
    h = leaky(a, slope)
    return h @ p["V"] + p["c"], (x, a, h)
def backward(p, d, memo, slope):
    x, a, h = memo
    da = d @ p["V"].T * np.where(a > 0, 1.0, slope)
    return {"W": x.T @ da, "b": da.sum(axis=0), "V": h.T @ d, "c": d.sum(axis=0)}, da @ p["W"].T
def sigmoid(v):
    return 1 / (1 + np.exp(-v))
def critic_step(real, fake):
    u, mu = forward(dis, real, 0.2)
    w, mw = forward(dis, fake, 0.2)
    loss = np.mean(np.logaddexp(0, -u)) + np.mean(np.logaddexp(0, w))
    gu, _ = backward(dis, (sigmoid(u) - 1) / len(real), mu, 0.2)
    gw, _ = backward(dis, sigmoid(w) / len(fake), mw, 0.2)
    return loss, {k: gu[k] + gw[k] for k in dis}
def maker_step(z):
    x, mx = forward(gen, z, 0.01)
    s, ms = forward(dis, x, 0.2)
    loss = np.mean(np.logaddexp(0, -s))
    _, dx = backward(dis, (sigmoid(s) - 1) / len(z), ms, 0.2)
    g, _ = backward(gen, dx, mx, 0.01)
    return loss, g
for it in range(9):
    fake, _ = forward(gen, r.normal(size=(20, 3)), 0.01)
    a, g = critic_step(r.normal(size=(20, 2)) + 1, fake)
    for k in dis:
        dis[k] = dis[k] - 0.05 * g[k]
    b, g = maker_step(r.normal(size=(20, 3)))
    for k in gen:
        gen[k] = gen[k] - 0.05 * g[k]
    print(it, a, b)
`

// A normalisation whose derivative takes two lines.
const layered = `import numpy as np
r = np.random.default_rng(6)
W, g, v = r.normal(size=(4, 6)), np.ones(6), r.normal(size=(6, 1))
for it in range(9):
    x, y = r.normal(size=(20, 4)), r.normal(size=(20, 1))
    z = x @ W
    s = 1 / np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)
    n = (z - z.mean(axis=1, keepdims=True)) * s
    e = (n * g) @ v - y
    print(it, np.mean(e ** 2))
    d = 2 * e / len(x) @ v.T
    dg = (d * n).sum(axis=0)
    dv = (n * g).T @ (2 * e / len(x))
    dn = d * g
    dz = s * (dn - dn.mean(axis=1, keepdims=True)
              - n * (dn * n).mean(axis=1, keepdims=True))
    W, g, v = W - 0.05 * x.T @ dz, g - 0.05 * dg, v - 0.05 * dv
`

// A call with another argument than meant is told where it is called; what a
// function does wrong in all its calls, or takes from its arguments, in its body.
func TestArgumentsOfCalls(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, wrong, says string }{
		{rivals, "", "", ""},
		{rivals, "len(fake), mw, 0.2", "len(fake), mu, 0.2", "`mw` is meant, not `mu`"},
		{rivals, "dx, mx, 0.01", "dx, mx, 0.2", "`0.01` is meant, not `0.2`"},
		{rivals, "(sigmoid(s) - 1) / len(z), ms", "sigmoid(s) / len(z), ms", "`sigmoid(s) - 1` is meant, not `sigmoid(s)`"},
		{rivals, "np.mean(np.logaddexp(0, -s))\n    _, dx = backward(dis, (sigmoid(s) - 1)", "np.mean(np.logaddexp(0, s))\n    _, dx = backward(dis, (sigmoid(s) - 1)", "`1` is too many"},
		{rivals, "np.where(a > 0, 1.0, slope)", "np.where(h > 0.1, 1.0, slope)", "another mask"},
		{layered, "- n * (dn * n)", "- (dn * n)", "`(dn * n).mean(axis=1, keepdims=True) * n` is meant"},
		{pairs, "a, b = back(du, u, cu), back(dw, w, cw)", "a = back(du, u, cu)\n    b = back(dw, w, cu)", "`cw` is meant, not `cu`"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "called", strings.Replace(c.program, c.old, c.wrong, 1))
			if c.wrong == "" {
				if !v.Clean() {
					t.Fatalf("%v %v", v.Findings, v.Unjudged)
				}
				return
			}
			before, _, _ := strings.Cut(c.program, c.old)
			first := 1 + strings.Count(before, "\n")
			list := errorsOf(v)
			if len(list) != 1 || list[0].Line < first || list[0].Line > first+strings.Count(c.wrong, "\n") || !strings.Contains(list[0].Relation+list[0].String(), c.says) {
				t.Errorf("want line %d, %s; said: %v %v", first, c.says, v.Findings, v.Unjudged)
			}
		})
	}
}
