"""
Minimal character-level LSTM model, after the well known hundred-line RNN gist.
"""
import numpy as np

np.random.seed(3)
data = "hello world, hello there. " * 12
chars = sorted(set(data))
data_size, vocab_size = len(data), len(chars)
print('data has %d characters, %d unique.' % (data_size, vocab_size))
char_to_ix = {ch: i for i, ch in enumerate(chars)}
ix_to_char = {i: ch for i, ch in enumerate(chars)}

# hyperparameters
H = 12            # size of hidden layer
seq_length = 8    # number of steps to unroll the net for
learning_rate = 0.1
Z = H + vocab_size

# model parameters
Wf = np.random.randn(H, Z) * 0.2
Wi = np.random.randn(H, Z) * 0.2
Wc = np.random.randn(H, Z) * 0.2
Wo = np.random.randn(H, Z) * 0.2
Wy = np.random.randn(vocab_size, H) * 0.2
bf = np.ones((H, 1))
bi = np.zeros((H, 1))
bc = np.zeros((H, 1))
bo = np.zeros((H, 1))
by = np.zeros((vocab_size, 1))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lossFun(inputs, targets, hprev, cprev):
    """Loss, gradients on the model parameters, and last states."""
    xs, zs, fs, gi, cc, os, cs, hs, ps = {}, {}, {}, {}, {}, {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    cs[-1] = np.copy(cprev)
    loss = 0
    # forward pass
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        zs[t] = np.vstack((hs[t - 1], xs[t]))
        fs[t] = sigmoid(np.dot(Wf, zs[t]) + bf)
        gi[t] = sigmoid(np.dot(Wi, zs[t]) + bi)
        cc[t] = np.tanh(np.dot(Wc, zs[t]) + bc)
        os[t] = sigmoid(np.dot(Wo, zs[t]) + bo)
        cs[t] = fs[t] * cs[t - 1] + gi[t] * cc[t]
        hs[t] = os[t] * np.tanh(cs[t])
        ys = np.dot(Wy, hs[t]) + by
        ps[t] = np.exp(ys) / np.sum(np.exp(ys))
        loss += -np.log(ps[t][targets[t], 0])
    # backward pass: compute gradients going backwards
    dWf, dWi, dWc, dWo = np.zeros_like(Wf), np.zeros_like(Wi), np.zeros_like(Wc), np.zeros_like(Wo)
    dbf, dbi, dbc, dbo = np.zeros_like(bf), np.zeros_like(bi), np.zeros_like(bc), np.zeros_like(bo)
    dWy, dby = np.zeros_like(Wy), np.zeros_like(by)
    dhnext, dcnext = np.zeros_like(hs[0]), np.zeros_like(cs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Wy.T, dy) + dhnext
        do = dh * np.tanh(cs[t])
        do = do * os[t] * (1 - os[t])
        dc = dcnext + dh * os[t] * (1 - np.tanh(cs[t]) ** 2)
        dcc = dc * gi[t]
        dcc = dcc * (1 - cc[t] ** 2)
        di = dc * cc[t]
        di = di * gi[t] * (1 - gi[t])
        df = dc * cs[t - 1]
        df = df * fs[t] * (1 - fs[t])
        dWf += np.dot(df, zs[t].T)
        dbf += df
        dWi += np.dot(di, zs[t].T)
        dbi += di
        dWc += np.dot(dcc, zs[t].T)
        dbc += dcc
        dWo += np.dot(do, zs[t].T)
        dbo += do
        dz = Wf.T @ df + Wi.T @ di + Wc.T @ dcc + Wo.T @ do
        dhnext = dz[:H]
        dcnext = fs[t] * dc
    for dparam in [dWf, dWi, dWc, dWo, dWy, dbf, dbi, dbc, dbo, dby]:
        np.clip(dparam, -5, 5, out=dparam)  # clip to mitigate exploding gradients
    return loss, [dWf, dWi, dWc, dWo, dWy, dbf, dbi, dbc, dbo, dby], hs[len(inputs) - 1], cs[len(inputs) - 1]


n, p = 0, 0
params = [Wf, Wi, Wc, Wo, Wy, bf, bi, bc, bo, by]
mems = [np.zeros_like(param) for param in params]  # memory variables for Adagrad
smooth_loss = -np.log(1.0 / vocab_size) * seq_length
while n < 40:
    # prepare inputs (we're sweeping from left to right in steps seq_length long)
    if p + seq_length + 1 >= len(data) or n == 0:
        hprev = np.zeros((H, 1))
        cprev = np.zeros((H, 1))
        p = 0
    inputs = [char_to_ix[ch] for ch in data[p:p + seq_length]]
    targets = [char_to_ix[ch] for ch in data[p + 1:p + seq_length + 1]]
    loss, grads, hprev, cprev = lossFun(inputs, targets, hprev, cprev)
    smooth_loss = smooth_loss * 0.9 + loss * 0.1
    if n % 10 == 0:
        print('iter %d, loss: %f' % (n, smooth_loss))
    # perform parameter update with Adagrad
    for param, dparam, mem in zip(params, grads, mems):
        mem += dparam * dparam
        param += -learning_rate * dparam / np.sqrt(mem + 1e-8)
    p += seq_length
    n += 1
print('final %f' % smooth_loss)
