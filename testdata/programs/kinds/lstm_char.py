"""
Character level LSTM, one text, Adagrad. The hidden state is carried between chunks but the gradient
is cut at the chunk border (truncated BPTT), and the gradients are clipped to [-5, 5] element-wise.
"""
import numpy as np

data = "the quick brown fox jumps over the lazy dog. the dog sleeps. " * 6
chars = sorted(set(data))
V, H, S = len(chars), 24, 20
c2i = {c: i for i, c in enumerate(chars)}

np.random.seed(3)
Wx = np.random.randn(4 * H, V) * 0.1
Wh = np.random.randn(4 * H, H) * 0.1
b = np.zeros((4 * H, 1))
b[H:2 * H] = 1.0          # forget gate bias
Wy = np.random.randn(V, H) * 0.1
by = np.zeros((V, 1))

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def lossFun(inputs, targets, hprev, cprev):
    xs, hs, cs, gates, ps = {}, {-1: hprev}, {-1: cprev}, {}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        a = Wx @ xs[t] + Wh @ hs[t - 1] + b
        i, f, o = sigmoid(a[:H]), sigmoid(a[H:2 * H]), sigmoid(a[2 * H:3 * H])
        g = np.tanh(a[3 * H:])
        cs[t] = f * cs[t - 1] + i * g
        hs[t] = o * np.tanh(cs[t])
        gates[t] = (i, f, o, g)
        y = Wy @ hs[t] + by
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        loss += -np.log(ps[t][targets[t], 0])
    dWx, dWh, db, dWy, dby = [np.zeros_like(p) for p in (Wx, Wh, b, Wy, by)]
    dhnext, dcnext = np.zeros((H, 1)), np.zeros((H, 1))
    for t in reversed(range(len(inputs))):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dWy += dy @ hs[t].T
        dby += dy
        dh = Wy.T @ dy + dhnext
        i, f, o, g = gates[t]
        tc = np.tanh(cs[t])
        dc = dh * o * (1 - tc ** 2) + dcnext
        da = np.vstack([dc * g * i * (1 - i), dc * cs[t - 1] * f * (1 - f), dh * tc * o * (1 - o), dc * i * (1 - g ** 2)])
        dWx += da @ xs[t].T
        dWh += da @ hs[t - 1].T
        db += da
        dhnext = Wh.T @ da
        dcnext = dc * f
    for d in (dWx, dWh, db, dWy, dby):
        np.clip(d, -5, 5, out=d)
    return loss, dWx, dWh, db, dWy, dby, hs[len(inputs) - 1], cs[len(inputs) - 1]

mem = [np.zeros_like(p) for p in (Wx, Wh, b, Wy, by)]
smooth_loss = -np.log(1.0 / V) * S
p = 0
for n in range(150):
    if p + S + 1 >= len(data) or n == 0:
        h, c, p = np.zeros((H, 1)), np.zeros((H, 1)), 0
    inp = [c2i[ch] for ch in data[p:p + S]]
    tgt = [c2i[ch] for ch in data[p + 1:p + S + 1]]
    loss, dWx, dWh, db, dWy, dby, h, c = lossFun(inp, tgt, h, c)
    smooth_loss = smooth_loss * 0.95 + loss * 0.05
    for param, dparam, m in zip((Wx, Wh, b, Wy, by), (dWx, dWh, db, dWy, dby), mem):
        m += dparam * dparam
        param += -0.1 * dparam / np.sqrt(m + 1e-8)
    p += S
    if n % 25 == 0:
        print('iter %d, loss: %f' % (n, smooth_loss))
