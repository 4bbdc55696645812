"""
Minimal character-level GRU language model, after Karpathy's min-char-rnn gist.
Adagrad, elementwise gradient clipping.
"""
import numpy as np

data = ("the quick brown fox jumps over the lazy dog and the dog sleeps in the sun "
        "while the fox runs to the river and drinks the cold water of the river ") * 2
chars = sorted(list(set(data)))
data_size, vocab_size = len(data), len(chars)
char_to_ix = {ch: i for i, ch in enumerate(chars)}

# hyperparameters
hidden_size = 24
seq_length = 12
learning_rate = 8e-2
n_iter = 180
np.random.seed(3)

# model parameters
Wz = np.random.randn(hidden_size, vocab_size) * 0.1
Uz = np.random.randn(hidden_size, hidden_size) * 0.1
bz = np.zeros((hidden_size, 1))
Wr = np.random.randn(hidden_size, vocab_size) * 0.1
Ur = np.random.randn(hidden_size, hidden_size) * 0.1
br = np.zeros((hidden_size, 1))
Wh = np.random.randn(hidden_size, vocab_size) * 0.1
Uh = np.random.randn(hidden_size, hidden_size) * 0.1
bh = np.zeros((hidden_size, 1))
Wy = np.random.randn(vocab_size, hidden_size) * 0.1
by = np.zeros((vocab_size, 1))


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lossFun(inputs, targets, hprev):
    xs, zs, rs, hbars, hs, ps = {}, {}, {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    # forward pass
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        zs[t] = sigmoid(np.dot(Wz, xs[t]) + np.dot(Uz, hs[t-1]) + bz)
        rs[t] = sigmoid(np.dot(Wr, xs[t]) + np.dot(Ur, hs[t-1]) + br)
        hbars[t] = np.tanh(np.dot(Wh, xs[t]) + np.dot(Uh, rs[t] * hs[t-1]) + bh)
        hs[t] = zs[t] * hs[t-1] + (1 - zs[t]) * hbars[t]
        y = np.dot(Wy, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(ps[t][targets[t], 0])
    # backward pass
    dWz, dUz, dbz = np.zeros_like(Wz), np.zeros_like(Uz), np.zeros_like(bz)
    dWr, dUr, dbr = np.zeros_like(Wr), np.zeros_like(Ur), np.zeros_like(br)
    dWh, dUh, dbh = np.zeros_like(Wh), np.zeros_like(Uh), np.zeros_like(bh)
    dWy, dby = np.zeros_like(Wy), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Wy.T, dy) + dhnext

        dhbar = dh * (1 - zs[t])
        dhraw = (1 - hbars[t] ** 2) * dhbar
        dWh += np.dot(dhraw, xs[t].T)
        dUh += np.dot(dhraw, (rs[t] * hs[t-1]).T)
        dbh += dhraw

        drh = np.dot(Uh.T, dhraw)
        dr = drh * hs[t-1]
        drraw = rs[t] * (1 - rs[t]) * dr
        dWr += np.dot(drraw, xs[t].T)
        dUr += np.dot(drraw, hs[t-1].T)
        dbr += drraw

        dz = dh * (hs[t-1] - hbars[t])
        dzraw = zs[t] * (1 - zs[t]) * dz
        dWz += np.dot(dzraw, xs[t].T)
        dUz += np.dot(dzraw, hs[t-1].T)
        dbz += dzraw

        dhnext = dh * zs[t] + drh * rs[t] + np.dot(Ur.T, drraw) + np.dot(Uz.T, dzraw)
    grads = [dWz, dUz, dbz, dWr, dUr, dbr, dWh, dUh, dbh, dWy, dby]
    for dparam in grads:
        np.clip(dparam, -5, 5, out=dparam)
    return loss, grads, hs[len(inputs) - 1]


params = [Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, Wy, by]
mems = [np.zeros_like(p) for p in params]
p = 0
smooth_loss = -np.log(1.0 / vocab_size) * seq_length
for n in range(n_iter):
    if p + seq_length + 1 >= data_size or n == 0:
        hprev = np.zeros((hidden_size, 1))
        p = 0
    inputs = [char_to_ix[ch] for ch in data[p:p+seq_length]]
    targets = [char_to_ix[ch] for ch in data[p+1:p+seq_length+1]]

    loss, grads, hprev = lossFun(inputs, targets, hprev)
    smooth_loss = smooth_loss * 0.95 + loss * 0.05
    if n % 20 == 0:
        print('iter %d, loss: %f, smooth: %f' % (n, loss, smooth_loss))

    for param, dparam, mem in zip(params, grads, mems):
        mem += dparam * dparam
        param += -learning_rate * dparam / np.sqrt(mem + 1e-8)
    p += seq_length
print('final smooth loss', smooth_loss)
