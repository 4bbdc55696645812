import numpy as np

text = "she sells sea shells by the sea shore and the shells are sea shells for sure. " * 8
signs = sorted(set(text))
number = {s: i for i, s in enumerate(signs)}
V, H, T, rate = len(signs), 10, 6, 0.1
rng = np.random.RandomState(2)
Wf, Wi, Wg, Wo = (rng.randn(H, H + V) * 0.2 for _ in range(4))
bf, bi, bg, bo = (np.zeros((H, 1)) for _ in range(4))
Wy, by = rng.randn(V, H) * 0.2, np.zeros((V, 1))


def squash(x):
    return 1 / (1 + np.exp(-x))


def forward(x, h, c):
    both = np.vstack((h, x))
    f, i, o = squash(Wf @ both + bf), squash(Wi @ both + bi), squash(Wo @ both + bo)
    g = np.tanh(Wg @ both + bg)
    c = f * c + i * g
    h = o * np.tanh(c)
    y = Wy @ h + by
    p = np.exp(y) / np.sum(np.exp(y))
    return both, f, i, g, c, o, h, p


def sampled(h, c, k, length):
    out = ""
    for t in range(length):
        x = np.zeros((V, 1))
        x[k] = 1
        _, _, _, _, c, _, h, p = forward(x, h, c)
        k = rng.choice(V, p=p.ravel())
        out += signs[k]
    return out


weights = [Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wy, by]
memory = [np.zeros_like(w) for w in weights]
h0, c0 = np.zeros((H, 1)), np.zeros((H, 1))
place = 0
for n in range(12):
    if n % 10 == 0:
        print(sampled(h0, c0, number[text[place]], 120))
    h, c, kept, loss = {-1: h0}, {-1: c0}, {}, 0
    for t in range(T):
        x = np.zeros((V, 1))
        x[number[text[place + t]]] = 1
        kept[t] = forward(x, h[t - 1], c[t - 1])
        c[t], h[t] = kept[t][4], kept[t][6]
        loss += -np.log(kept[t][7][number[text[place + t + 1]], 0])
    grads = [np.zeros_like(w) for w in weights]
    dh_next, dc_next = np.zeros((H, 1)), np.zeros((H, 1))
    for t in reversed(range(T)):
        both, f, i, g, cell, o, out, p = kept[t]
        dy = p.copy()
        dy[number[text[place + t + 1]]] -= 1
        grads[8] += dy @ out.T
        grads[9] += dy
        dh = Wy.T @ dy + dh_next
        do = dh * np.tanh(cell) * o * (1 - o)
        dc = dc_next + dh * o * (1 - np.tanh(cell) ** 2)
        dg = dc * i * (1 - g ** 2)
        di = dc * g * i * (1 - i)
        df = dc * c[t - 1] * f * (1 - f)
        for k, d in enumerate((df, di, dg, do)):
            grads[k] += d @ both.T
            grads[4 + k] += d
        dboth = Wf.T @ df + Wi.T @ di + Wg.T @ dg + Wo.T @ do
        dh_next = dboth[:H]
        dc_next = f * dc
    for d in grads:
        np.clip(d, -1, 1, out=d)
    for w, d, m in zip(weights, grads, memory):
        m += d * d
        w -= rate * d / np.sqrt(m + 1e-8)
    h0, c0 = h[T - 1], c[T - 1]
    place += T
    print(n, loss)
