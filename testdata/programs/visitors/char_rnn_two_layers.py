# Character model, stacked vanilla RNN (2 layers), Adagrad, state carried across chunks.
# started from the famous 112-line gist
import numpy as np
np.random.seed(5)

data = "the cat sat on the mat. the rat ate the oat. a bat sat on a hat. " * 12
chars = sorted(set(data))
V, H, T = len(chars), 32, 20
c2i = {c: i for i, c in enumerate(chars)}
i2c = dict(enumerate(chars))

Wxh = np.random.randn(H, V) * 0.5
W11 = np.eye(H) * 0.5 + np.random.randn(H, H) * 0.05
W12 = np.random.randn(H, H) * 0.2
W22 = np.eye(H) * 0.5 + np.random.randn(H, H) * 0.05
Why = np.random.randn(V, H) * 0.2
b1, b2, by = np.zeros((H, 1)), np.zeros((H, 1)), np.zeros((V, 1))


def lossFun(inputs, targets, hp1, hp2):
    """inputs, targets: lists of ints.  Returns loss (summed over the chunk), grads, last states."""
    xs, h1, h2, ps = {}, {-1: np.copy(hp1)}, {-1: np.copy(hp2)}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        h1[t] = np.tanh(Wxh @ xs[t] + W11 @ h1[t - 1] + b1)
        h2[t] = np.tanh(W12 @ h1[t] + W22 @ h2[t - 1] + b2)
        y = Why @ h2[t] + by
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dW11, dW12, dW22, dWhy = map(np.zeros_like, (Wxh, W11, W12, W22, Why))
    db1, db2, dby = map(np.zeros_like, (b1, b2, by))
    dn1, dn2 = np.zeros_like(h1[0]), np.zeros_like(h2[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += dy @ h2[t].T
        dby += dy
        d2 = (Why.T @ dy + dn2) * (1 - h2[t] * h2[t])
        db2 += d2
        dW12 += d2 @ h1[t].T
        dW22 += d2 @ h2[t - 1].T
        dn2 = W22.T @ d2
        d1 = (W12.T @ d2 + dn1) * (1 - h1[t] ** 2)
        db1 += d1
        dWxh += d1 @ xs[t].T
        dW11 += d1 @ h1[t - 1].T
        dn1 = W11.T @ d1
    return loss, (dWxh, dW11, dW12, dW22, dWhy, db1, db2, dby), h1[len(inputs) - 1], h2[len(inputs) - 1]


def sample(h1, h2, seed_ix, n):
    x = np.zeros((V, 1))
    x[seed_ix] = 1
    out = []
    for _ in range(n):
        h1 = np.tanh(Wxh @ x + W11 @ h1 + b1)
        h2 = np.tanh(W12 @ h1 + W22 @ h2 + b2)
        y = Why @ h2 + by
        p = np.exp(y) / np.sum(np.exp(y))
        ix = np.random.choice(V, p=p.ravel())
        x[:] = 0
        x[ix] = 1
        out.append(ix)
    return ''.join(i2c[i] for i in out)


params = [Wxh, W11, W12, W22, Why, b1, b2, by]
mem = [np.zeros_like(p) for p in params]
smooth_loss = -np.log(1.0 / V) * T
n, p = 0, 0
while n < 420:
    if p + T + 1 >= len(data) or n == 0:
        hprev1, hprev2 = np.zeros((H, 1)), np.zeros((H, 1))
        p = 0
    inputs = [c2i[ch] for ch in data[p:p + T]]
    targets = [c2i[ch] for ch in data[p + 1:p + T + 1]]
    loss, grads, hprev1, hprev2 = lossFun(inputs, targets, hprev1, hprev2)
    smooth_loss = smooth_loss * 0.97 + loss * 0.03
    for g in grads:
        np.clip(g, -5, 5, out=g)
    for param, dparam, m in zip(params, grads, mem):
        m += dparam * dparam
        param += -0.1 * dparam / np.sqrt(m + 1e-8)
    if n % 60 == 0:
        print('iter %d, loss: %f' % (n, smooth_loss))
    p += T
    n += 1
print('----\n' + sample(hprev1, hprev2, c2i['t'], 80) + '\n----')
