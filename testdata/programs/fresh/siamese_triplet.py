# Triplet loss with shared (siamese) embedding net, unit-norm embeddings and semi-hard style mining.
# Evaluated by 1-nearest-neighbour accuracy on held-out points and by recall@1 inside the test set.
import numpy as np
from itertools import islice

MARGIN = 0.4


class EmbeddingNet:
    def __init__(self, n_in, n_hidden, n_out, rng):
        self.rng = rng
        self.theta = {
            'W1': rng.normal(size=(n_hidden, n_in)) / np.sqrt(n_in),
            'b1': np.zeros(n_hidden),
            'W2': rng.normal(size=(n_out, n_hidden)) / np.sqrt(n_hidden),
            'b2': 0.01 * rng.normal(size=n_out),
        }

    def embed(self, x):
        """x: (B, n_in) -> unit vectors (B, n_out), plus tape"""
        th = self.theta
        h = np.tanh(x @ th['W1'].T + th['b1'])
        u = h @ th['W2'].T + th['b2']
        norm = np.sqrt((u ** 2).sum(axis=1, keepdims=True))
        e = u / norm
        return e, (x, h, norm, e)

    def pull(self, de, tape, grads):
        """adds this branch's gradients to grads (weights are shared by the three branches)"""
        x, h, norm, e = tape
        th = self.theta
        du = (de - e * (de * e).sum(axis=1, keepdims=True)) / norm
        grads['W2'] += du.T @ h
        grads['b2'] += du.sum(axis=0)
        da = (du @ th['W2']) * (1 - h * h)
        grads['W1'] += da.T @ x
        grads['b1'] += da.sum(axis=0)


def triplet_loss(ea, ep, en):
    """mean over triplets of max(0, margin + |a-p|^2 - |a-n|^2); gradients for the three embeddings"""
    d_pos = ((ea - ep) ** 2).sum(axis=1)
    d_neg = ((ea - en) ** 2).sum(axis=1)
    slack = MARGIN + d_pos - d_neg
    active = (slack > 0).astype(float)[:, None] / len(ea)
    g_a = 2 * active * (en - ep)
    g_p = 2 * active * (ep - ea)
    g_n = 2 * active * (ea - en)
    return np.maximum(slack, 0).mean(), (g_a, g_p, g_n), (slack > 0).mean()


def triplet_objective(net, xa, xp, xn, decay):
    tapes, embs = [], []
    for x in (xa, xp, xn):
        e, tape = net.embed(x)
        embs.append(e)
        tapes.append(tape)
    loss, demb, frac = triplet_loss(*embs)
    loss += 0.5 * decay * sum((net.theta[k] ** 2).sum() for k in ('W1', 'W2'))
    grads = {k: np.zeros_like(v) for k, v in net.theta.items()}
    for de, tape in zip(demb, tapes):
        net.pull(de, tape, grads)
    for k in ('W1', 'W2'):
        grads[k] += decay * net.theta[k]
    return loss, grads, frac


def triplet_stream(X, y, net, rng, batch=48, candidates=2):
    """endless batches of (anchor, positive, negative); of several negatives the nearest is taken"""
    by_class = [np.flatnonzero(y == c) for c in range(y.max() + 1)]
    while True:
        e, _ = net.embed(X)
        a = rng.integers(0, len(X), batch)
        p, n = np.empty(batch, int), np.empty(batch, int)
        for r, i in enumerate(a):
            same = by_class[y[i]]
            p[r] = rng.choice(same[same != i])
            cand = rng.choice(np.flatnonzero(y != y[i]), candidates, replace=False)
            n[r] = cand[np.argmin(((e[cand] - e[i]) ** 2).sum(axis=1))]
        yield X[a], X[p], X[n]


def nn_accuracy(net, X_ref, y_ref, X, y):
    e_ref, _ = net.embed(X_ref)
    e, _ = net.embed(X)
    sim = e @ e_ref.T
    return (y_ref[sim.argmax(axis=1)] == y).mean()


def recall_at_1(net, X, y):
    e, _ = net.embed(X)
    sim = e @ e.T
    np.fill_diagonal(sim, -np.inf)
    return (y[sim.argmax(axis=1)] == y).mean()


def blobs_on_curves(n, rng):
    """5 classes; two informative directions bent into arcs, six noisy ones"""
    y = rng.integers(0, 5, n)
    t = rng.uniform(-1, 1, n)
    signal = np.c_[np.cos(0.9 * t + 1.3 * y), np.sin(0.9 * t + 1.3 * y)] * (0.6 + 0.35 * y[:, None])
    return np.c_[signal, 0.3 * rng.normal(size=(n, 6))] + 0.3, y


def train(seed=17, steps=220, lr=0.1, mom=0.85, decay=2e-4):
    rng = np.random.default_rng(seed)
    X, y = blobs_on_curves(360, rng)
    Xtr, ytr, Xte, yte = X[:240], y[:240], X[240:], y[240:]
    net = EmbeddingNet(X.shape[1], 20, 6, rng)
    print(f'before: 1-nn {nn_accuracy(net, Xtr, ytr, Xte, yte):.3f}')
    vel = {k: np.zeros_like(v) for k, v in net.theta.items()}
    avg = []
    for step, batch in enumerate(islice(triplet_stream(Xtr, ytr, net, rng), steps), 1):
        loss, grads, frac = triplet_objective(net, *batch, decay)
        for k, v in vel.items():
            v *= mom
            v -= lr * grads[k]
            net.theta[k] += mom * v - lr * grads[k]        # nesterov
        avg.append(loss)
        if step % 44 == 0:
            print(f'step {step}: loss {np.mean(avg[-44:]):.4f} active {frac:.2f} '
                  f'1-nn {nn_accuracy(net, Xtr, ytr, Xte, yte):.3f} recall@1 {recall_at_1(net, Xte, yte):.3f}')
    return net


if __name__ == '__main__':
    final = train()
    print('weights', ' '.join(f'{k}={np.abs(v).sum():.4f}' for k, v in final.theta.items()))
