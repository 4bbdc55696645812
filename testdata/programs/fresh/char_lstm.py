"""
Minimal character-level LSTM in plain numpy, one long text, truncated BPTT, Adagrad.
"""
import numpy as np

np.random.seed(0)
words = ['the ', 'cat ', 'sat ', 'on ', 'a ', 'mat. ', 'dog ', 'ran ', 'to ', 'it. ']
follow = {0: [1, 6], 1: [2, 7], 2: [3], 3: [0, 4], 4: [5, 6, 1], 5: [0], 6: [2, 7], 7: [8], 8: [0, 9], 9: [4]}
k, data = 0, ''
while len(data) < 900:
    data += words[k]
    k = follow[k][np.random.randint(len(follow[k]))]
data, held_out = data[:700], data[700:]
chars = sorted(set(''.join(words)))
vocab_size = len(chars)
char_to_ix = {ch: i for i, ch in enumerate(chars)}
ix_to_char = {i: ch for i, ch in enumerate(chars)}

hidden_size = 24
seq_length = 20
learning_rate = 0.1
n = hidden_size + vocab_size

Wf = np.random.randn(hidden_size, n) * 0.1
Wi = np.random.randn(hidden_size, n) * 0.1
Wc = np.random.randn(hidden_size, n) * 0.1
Wo = np.random.randn(hidden_size, n) * 0.1
Wy = np.random.randn(vocab_size, hidden_size) * 0.1
bf = np.ones((hidden_size, 1))
bi = np.zeros((hidden_size, 1))
bc = np.zeros((hidden_size, 1))
bo = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def loss_fun(inputs, targets, hprev, cprev):
    """inputs, targets are lists of ints; returns loss, gradients and the last states"""
    zs, fs, is_, cbars, os_, cs, hs, ps = {}, {}, {}, {}, {}, {}, {}, {}
    hs[-1], cs[-1] = np.copy(hprev), np.copy(cprev)
    loss = 0
    for t in range(len(inputs)):
        x = np.zeros((vocab_size, 1))
        x[inputs[t]] = 1
        zs[t] = np.vstack((hs[t - 1], x))
        fs[t] = sigmoid(np.dot(Wf, zs[t]) + bf)
        is_[t] = sigmoid(np.dot(Wi, zs[t]) + bi)
        cbars[t] = np.tanh(np.dot(Wc, zs[t]) + bc)
        os_[t] = sigmoid(np.dot(Wo, zs[t]) + bo)
        cs[t] = fs[t] * cs[t - 1] + is_[t] * cbars[t]
        hs[t] = os_[t] * np.tanh(cs[t])
        y = np.dot(Wy, hs[t]) + by
        e = np.exp(y - np.max(y))
        ps[t] = e / np.sum(e)
        loss += -np.log(ps[t][targets[t], 0])

    dWf, dWi, dWc, dWo, dWy = (np.zeros_like(w) for w in (Wf, Wi, Wc, Wo, Wy))
    dbf, dbi, dbc, dbo, dby = (np.zeros_like(b) for b in (bf, bi, bc, bo, by))
    dhnext, dcnext = np.zeros_like(hs[0]), np.zeros_like(cs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Wy.T, dy) + dhnext
        tc = np.tanh(cs[t])
        do = dh * tc * os_[t] * (1 - os_[t])
        dc = dh * os_[t] * (1 - tc ** 2) + dcnext
        df = dc * cs[t - 1] * fs[t] * (1 - fs[t])
        di = dc * cbars[t] * is_[t] * (1 - is_[t])
        dcbar = dc * is_[t] * (1 - cbars[t] ** 2)
        dWf += np.dot(df, zs[t].T)
        dWi += np.dot(di, zs[t].T)
        dWc += np.dot(dcbar, zs[t].T)
        dWo += np.dot(do, zs[t].T)
        dbf += df
        dbi += di
        dbc += dcbar
        dbo += do
        dz = np.dot(Wf.T, df) + np.dot(Wi.T, di) + np.dot(Wc.T, dcbar) + np.dot(Wo.T, do)
        dhnext = dz[:hidden_size, :]
        dcnext = dc * fs[t]
    grads = [dWf, dWi, dWc, dWo, dWy, dbf, dbi, dbc, dbo, dby]
    return loss, grads, hs[len(inputs) - 1], cs[len(inputs) - 1]


def clip(grads, max_norm=8.0):
    total = np.sqrt(sum(np.sum(g ** 2) for g in grads))
    if total > max_norm:
        for g in grads:
            g *= max_norm / total


def sample(h, c, seed_ix, length):
    out = []
    for _ in range(length):
        x = np.zeros((vocab_size, 1))
        x[seed_ix] = 1
        z = np.vstack((h, x))
        c = sigmoid(np.dot(Wf, z) + bf) * c + sigmoid(np.dot(Wi, z) + bi) * np.tanh(np.dot(Wc, z) + bc)
        h = sigmoid(np.dot(Wo, z) + bo) * np.tanh(c)
        seed_ix = int(np.argmax(np.dot(Wy, h) + by))
        out.append(ix_to_char[seed_ix])
    return ''.join(out)


params = [Wf, Wi, Wc, Wo, Wy, bf, bi, bc, bo, by]
mems = [np.zeros_like(w) for w in params]
p, smooth_loss = 0, -np.log(1.0 / vocab_size) * seq_length
zero = np.zeros((hidden_size, 1))
h, c = zero, zero
for it in range(220):
    if p + seq_length + 1 > len(data):
        h, c = zero, zero       # back to the start of the text: forget the state
        p = 0
    inputs = [char_to_ix[ch] for ch in data[p:p + seq_length]]
    targets = [char_to_ix[ch] for ch in data[p + 1:p + seq_length + 1]]
    loss, grads, h, c = loss_fun(inputs, targets, h, c)
    smooth_loss = smooth_loss * 0.95 + loss * 0.05
    clip(grads)
    for param, dparam, mem in zip(params, grads, mems):
        mem += dparam * dparam
        param -= learning_rate * dparam / np.sqrt(mem + 1e-8)
    p += seq_length
    if it % 44 == 43:
        ids = [char_to_ix[ch] for ch in held_out]
        v = loss_fun(ids[:-1], ids[1:], zero, zero)[0] / (len(ids) - 1)
        print('iter %d, loss %.4f, held-out nats/char %.4f' % (it + 1, smooth_loss, v))
print(sample(zero, zero, char_to_ix['t'], 60))
