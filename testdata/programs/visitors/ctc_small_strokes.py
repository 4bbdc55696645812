"""CTC on invented 'pen stroke' sequences: the net sees 3 frames at a time, the
label string has no alignment.  Log-space alpha/beta per sequence."""
import numpy as np

K, DIM, HID = 5, 4, 24          # 4 symbols and the blank (index 0)
rng = np.random.default_rng(2006)
proto = rng.normal(0, 1.2, (K, DIM))
proto[0] = 0


def sample():
    n = rng.integers(2, 5)
    lab = rng.integers(1, K, n)
    frames = []
    for s in lab:
        frames += [proto[s]] * rng.integers(2, 4) + [proto[0]] * rng.integers(1, 3)
    x = np.array(frames) + rng.normal(0, 0.35, (len(frames), DIM))
    xp = np.vstack([np.zeros(DIM), x, np.zeros(DIM)])
    return np.hstack([xp[:-2], xp[1:-1], xp[2:]]), lab


def logadd(a, b):
    m = np.maximum(a, b)
    safe = np.where(np.isneginf(m), 0, m)
    with np.errstate(divide='ignore'):
        return safe + np.log(np.exp(a - safe) + np.exp(b - safe))


def shift(v, k):
    out = np.full_like(v, -np.inf)
    if k > 0:
        out[k:] = v[:-k]
    else:
        out[:k] = v[-k:]
    return out


def ctc(logits, lab):
    """-log p(lab | logits) and its derivative by the logits"""
    T = len(logits)
    z = logits - logits.max(1, keepdims=True)
    lp = z - np.log(np.exp(z).sum(1, keepdims=True))
    ext = np.zeros(2 * len(lab) + 1, int)
    ext[1::2] = lab
    S = len(ext)
    skip = np.zeros(S, bool)
    skip[2:] = (ext[2:] != 0) & (ext[2:] != ext[:-2])
    e = lp[:, ext]
    al = np.full((T, S), -np.inf)
    al[0, :2] = e[0, :2]
    for t in range(1, T):
        a = logadd(al[t - 1], shift(al[t - 1], 1))
        a = logadd(a, np.where(skip, shift(al[t - 1], 2), -np.inf))
        al[t] = a + e[t]
    be = np.full((T, S), -np.inf)       # beta without the emission at t
    be[-1, -2:] = 0
    skip_from = np.append(skip[2:], [False, False])
    for t in range(T - 2, -1, -1):
        nxt = be[t + 1] + e[t + 1]
        b = logadd(nxt, shift(nxt, -1))
        be[t] = logadd(b, np.where(skip_from, shift(nxt, -2), -np.inf))
    logp = logadd(al[-1, -1:], al[-1, -2:-1])[0]
    post = np.exp(al + be - logp)
    g = np.exp(lp)
    for s in range(S):
        g[:, ext[s]] -= post[:, s]
    return -logp, g


def greedy(logits):
    best = logits.argmax(1)
    keep = np.append(True, best[1:] != best[:-1]) & (best != 0)
    return best[keep]


def edit(a, b):
    row = np.arange(len(b) + 1)
    for i, p in enumerate(a, 1):
        prev, row[0] = row[0], i
        for j, q in enumerate(b, 1):
            prev, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, prev + (p != q))
    return row[-1]


W1, b1 = rng.normal(0, np.sqrt(2 / (3 * DIM)), (3 * DIM, HID)), np.zeros(HID)
W2, b2 = rng.normal(0, 0.1, (HID, K)), np.zeros(K)


def net(x):
    h = np.maximum(x @ W1 + b1, 0)
    return h, h @ W2 + b2


def gradients(batch):
    # all the sequences go through the net as one long pile of frames
    xs = np.concatenate([x for x, _ in batch])
    ends = np.cumsum([len(x) for x, _ in batch])
    h, o = net(xs)
    total, d = 0.0, []
    for part, (_, lab) in zip(np.split(o, ends[:-1]), batch):
        l, g = ctc(part, lab)
        total += l
        d.append(g)
    d = np.concatenate(d) / len(batch)
    dh = (d @ W2.T) * (h > 0)
    return total / len(batch), (xs.T @ dh, dh.sum(0), h.T @ d, d.sum(0))


train, test = [sample() for _ in range(160)], [sample() for _ in range(60)]
params = (W1, b1, W2, b2)
v = [np.zeros_like(p) for p in params]
lr = 0.03
for epoch in range(8):
    order = rng.permutation(len(train))
    losses = []
    for k in range(0, len(order), 16):
        loss, grads = gradients([train[i] for i in order[k:k + 16]])
        losses.append(loss)
        for p, q, vel in zip(params, grads, v):
            vel *= 0.9
            vel += np.clip(q, -2, 2)
            p -= lr * vel
    lr *= 0.85
    wrong = sum(edit(greedy(net(x)[1]), lab) for x, lab in test) / sum(len(lab) for _, lab in test)
    print(f'epoch {epoch} ctc loss {np.mean(losses):.4f}  label error rate {wrong:.3f}')
