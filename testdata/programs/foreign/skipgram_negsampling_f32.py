# word2vec (skip-gram, negative sampling) on a made-up corpus of topics, float32
import numpy as np

rng = np.random.default_rng(8)

# ---------------------------------------------------------------- corpus
topics = [
    "king queen crown castle knight sword throne".split(),
    "apple pear plum cherry banana grape melon".split(),
    "train bus tram metro ticket station platform".split(),
]
glue = "the a of and in".split()
vocab = sorted({w for t in topics for w in t} | set(glue))
word2id = {w: i for i, w in enumerate(vocab)}


def sentence(length=9):
    t = topics[rng.integers(len(topics))]
    return [word2id[glue[rng.integers(len(glue))] if rng.random() < 0.25 else t[rng.integers(len(t))]]
            for _ in range(length)]


corpus = [sentence() for _ in range(300)]
counts = np.bincount(np.concatenate(corpus), minlength=len(vocab)).astype(np.float64)

# subsampling of frequent words
freq = counts / counts.sum()
p_keep = np.minimum(1.0, np.sqrt(0.03 / np.maximum(freq, 1e-12)))
noise = counts ** 0.75
noise /= noise.sum()


def pairs(window=3):
    c, o = [], []
    for s in corpus:
        s = [w for w in s if rng.random() < p_keep[w]]
        for i, w in enumerate(s):
            reach = rng.integers(1, window + 1)
            for j in range(max(0, i - reach), min(len(s), i + reach + 1)):
                if j != i:
                    c.append(w)
                    o.append(s[j])
    return np.array(c), np.array(o)


# ---------------------------------------------------------------- model
dim, K = 12, 5
V = (rng.random((len(vocab), dim), dtype=np.float32) - 0.5) / dim     # centre vectors
U = np.zeros((len(vocab), dim), dtype=np.float32)                     # context vectors


def log_sigmoid(x):
    return -np.logaddexp(0, -x)


def step(V, U, centre, context, negatives, lr):
    """one SGD step on a batch of pairs, loss summed over the batch"""
    v = V[centre]                                   # (B, d)
    u_pos = U[context]                              # (B, d)
    u_neg = U[negatives]                            # (B, K, d)
    s_pos = np.einsum('bd,bd->b', v, u_pos)
    s_neg = np.einsum('bd,bkd->bk', v, u_neg)
    loss = -log_sigmoid(s_pos).sum() - log_sigmoid(-s_neg).sum()

    e_pos = 1 / (1 + np.exp(-s_pos)) - 1
    e_neg = 1 / (1 + np.exp(-s_neg))
    g_v = e_pos[:, None] * u_pos + np.einsum('bk,bkd->bd', e_neg, u_neg)
    g_pos = e_pos[:, None] * v
    g_neg = e_neg[:, :, None] * v[:, None, :]

    np.add.at(V, centre, -lr * g_v)
    np.add.at(U, context, -lr * g_pos)
    np.add.at(U, negatives.ravel(), -lr * g_neg.reshape(-1, V.shape[1]))
    return loss


def purity(V):
    """share of topic words whose nearest neighbour is of the same topic"""
    group = {word2id[w]: k for k, t in enumerate(topics) for w in t}
    ids = np.array(sorted(group))
    E = V[ids] / np.linalg.norm(V[ids], axis=1, keepdims=True)
    sim = E @ E.T
    np.fill_diagonal(sim, -np.inf)
    near = ids[sim.argmax(axis=1)]
    return np.mean([group[a] == group[b] for a, b in zip(ids, near)])


# ---------------------------------------------------------------- training
epochs, batch, lr0 = 5, 64, 0.08
seen, expected = 0, epochs * 9 * 300 * 3
for epoch in range(epochs):
    c, o = pairs()
    order = rng.permutation(len(c))
    c, o = c[order], o[order]
    total = 0.0
    for k in range(0, len(c), batch):
        cb, ob = c[k:k + batch], o[k:k + batch]
        neg = rng.choice(len(vocab), size=(len(cb), K), p=noise)
        lr = lr0 * max(1e-2, 1 - seen / expected)
        total += step(V, U, cb, ob, neg, np.float32(lr))
        seen += len(cb)
    print(f"epoch {epoch + 1}: {len(c)} pairs, loss per pair {total / len(c):.4f}, "
          f"lr {lr:.4f}, neighbour purity {purity(V):.3f}")
