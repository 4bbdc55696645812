package program

import "testing"

// What is told where a step of the way back is made and not used, where a helper is
// wrong, and where gradients are never cleared.
func TestWayBack(t *testing.T) {
	t.Parallel()
	const text = `import numpy as np
r = np.random.RandomState(6)
x, y = r.randn(30, 4), r.randn(30, 2)
A, B, C = r.randn(4, 7) * 0.5, r.randn(7, 6) * 0.5, r.randn(6, 2) * 0.5
gA, gB, gC = np.zeros_like(A), np.zeros_like(B), np.zeros_like(C)
def dense_back(d, a, W):
    return d @ W.T, a.T @ d
def relu_back(d, a):
    return d * (a > 0)
def slope(a):
    return 1 - a ** 2
for step in range(9):
    h = np.tanh(x @ A)
    k = np.maximum(h @ B, 0)
    out = k @ C
    print(np.mean((out - y) ** 2))
    for g in (gA, gB, gC):
        g[...] = 0
    d = 2 * (out - y) / out.size
    dk, wC = dense_back(d, k, C)
    dz = relu_back(dk, k)
    dh, wB = dense_back(dz, h, B)
    gC += wC
    gB += wB
    gA += x.T @ (dh * slope(h))
    A -= 0.1 * gA
    B -= 0.1 * gB
    C -= 0.1 * gC
`
	slips(t, text, []slip{
		{"dense_back(dz, h, B)", "dense_back(dk, h, B)", 22, "what the call at line 21 gives is meant"},
		{"return 1 - a ** 2", "return a * (1 - a)", 11, "is meant"},
		{"        g[...] = 0", "        pass", 25, "never cleared"},
		{"d = 2 * (out - y) / out.size", "d = 2 * (out - y) / (out == 0)", 19, ""},
	})
}

// What is left out of a step back is told where a value is handed on in its place.
func TestLeftOutWhereHandedOn(t *testing.T) {
	t.Parallel()
	const text = `import numpy as np
r = np.random.RandomState(2)
x, y = r.randn(40, 3), r.randn(40, 2)
A, B = r.randn(3, 8) * 0.6, r.randn(8, 2) * 0.5
def bend(z, dz):
    out = np.array(dz, copy=True)
    out[z <= 0] = 0
    return out
def through(x, W):
    return x @ W
def back(d, a, W):
    return d @ W.T, a.T @ d
for step in range(9):
    z = through(x, A)
    h = np.maximum(z, 0)
    out = through(h, B)
    print(np.mean((out - y) ** 2))
    d = 2 * (out - y) / out.size
    dh, gB = back(d, h, B)
    dz = bend(z, dh)
    dx, gA = back(dz, x, A)
    A -= 0.1 * gA
    B -= 0.1 * gB
`
	slips(t, text, []slip{
		{"dz = bend(z, dh)", "dz = dh", 20, ""},
		{"    out[z <= 0] = 0\n", "", 7, ""},
		{"bend(z, dh)", "bend(h - h.mean(), dh)", 20, ""},
	})
}
