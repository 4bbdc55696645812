# Character LSTM with truncated BPTT; all four gates live in one matrix.
# Gate order in the fused matrix:  i | f | o | g   (a column vector per step)
import numpy as np

text = ("she sells sea shells by the sea shore. " * 12).strip()
chars = sorted(set(text))
to_ix = {c: i for i, c in enumerate(chars)}
data = [to_ix[c] for c in text]
V, H, SEQ = len(chars), 24, 16

rs = np.random.RandomState(5)
Wx = rs.randn(4 * H, V) * 0.3
Wh = rs.randn(4 * H, H) * 0.2
b = np.zeros((4 * H, 1))
b[H:2 * H] = 1.0                      # open forget gates at the start
Wy = rs.randn(V, H) * 0.2
by = np.zeros((V, 1))
I, F, O, G = slice(0, H), slice(H, 2 * H), slice(2 * H, 3 * H), slice(3 * H, 4 * H)


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def run_chunk(inputs, targets, h_start, c_start):
    """forward and backward through one chunk; gives loss, gradients, last state"""
    xs, hs, cs, acts, ps = {}, {-1: h_start}, {-1: c_start}, {}, {}
    loss = 0.0
    n = len(inputs)
    for t in range(n):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        pre = Wx @ xs[t] + Wh @ hs[t - 1] + b
        act = np.empty_like(pre)
        act[:3 * H] = sigmoid(pre[:3 * H])
        act[G] = np.tanh(pre[G])
        acts[t] = act
        cs[t] = act[F] * cs[t - 1] + act[I] * act[G]
        hs[t] = act[O] * np.tanh(cs[t])
        y = Wy @ hs[t] + by
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][targets[t], 0]) / n

    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dWy, dby = np.zeros_like(Wy), np.zeros_like(by)
    dh_next, dc_next = np.zeros((H, 1)), np.zeros((H, 1))
    for t in range(n - 1, -1, -1):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dy /= n
        dWy += dy @ hs[t].T
        dby += dy
        dh = Wy.T @ dy + dh_next
        act, tc = acts[t], np.tanh(cs[t])
        dc = dc_next + dh * act[O] * (1 - tc ** 2)
        dpre = np.empty((4 * H, 1))
        dpre[I] = dc * act[G] * act[I] * (1 - act[I])
        dpre[F] = dc * cs[t - 1] * act[F] * (1 - act[F])
        dpre[O] = dh * tc * act[O] * (1 - act[O])
        dpre[G] = dc * act[I] * (1 - act[G] ** 2)
        dWx += dpre @ xs[t].T
        dWh += dpre @ hs[t - 1].T
        db += dpre
        dh_next = Wh.T @ dpre
        dc_next = dc * act[F]
    return loss, (dWx, dWh, db, dWy, dby), hs[n - 1], cs[n - 1]


weights = (Wx, Wh, b, Wy, by)
sumsq = [np.zeros_like(w) for w in weights]
rate, smooth, pos = 0.12, np.log(V), 0
h, c = np.zeros((H, 1)), np.zeros((H, 1))
for it in range(1, 301):
    if pos + SEQ + 1 > len(data):
        pos = 0
        h, c = np.zeros((H, 1)), np.zeros((H, 1))
    loss, grads, h, c = run_chunk(data[pos:pos + SEQ], data[pos + 1:pos + SEQ + 1], h, c)
    pos += SEQ
    for w, dw, s in zip(weights, grads, sumsq):
        np.clip(dw, -5, 5, out=dw)
        s += dw * dw
        w -= rate * dw / np.sqrt(s + 1e-8)
    smooth = 0.95 * smooth + 0.05 * loss
    if it % 60 == 0:
        print("iter %d, loss per char %.4f" % (it, smooth))
