"""SimCLR in miniature: NT-Xent on two augmented views, then a linear probe on frozen features."""
import numpy as np

rng = np.random.default_rng(2020)
D, CLASSES = 20, 5
protos = rng.standard_normal((CLASSES, 6))
mix = rng.standard_normal((6, 12))
STYLE = 8                                       # nuisance coordinates


def dataset(n):
    y = rng.integers(0, CLASSES, n)
    content = np.tanh((protos[y] + 0.45 * rng.standard_normal((n, 6))) @ mix)
    style = 2.0 * rng.standard_normal((n, STYLE))
    return np.hstack([content, style]), y


def augment(x):
    """new style, masked coordinates, a little noise"""
    v = x + 0.1 * rng.standard_normal(x.shape)
    v[:, -STYLE:] = 2.0 * rng.standard_normal((len(x), STYLE))
    v[:, :-STYLE] *= rng.random((len(x), D - STYLE)) > 0.15
    return v


class Encoder:
    def __init__(self, hidden=48, rep=16, proj=8):
        he = lambda a, b: rng.standard_normal((a, b)) * np.sqrt(2 / a)
        self.p = {'W1': he(D, hidden), 'b1': np.zeros(hidden),
                  'W2': he(hidden, rep), 'b2': np.zeros(rep),
                  'W3': he(rep, proj)}

    def features(self, x):
        p = self.p
        self.x = x
        self.h = np.maximum(x @ p['W1'] + p['b1'], 0)
        self.r = np.maximum(self.h @ p['W2'] + p['b2'], 0)
        return self.r

    def project(self, x):
        self.z = self.features(x) @ self.p['W3']
        self.norm = np.sqrt((self.z ** 2).sum(1, keepdims=True) + 1e-12)
        self.u = self.z / self.norm
        return self.u

    def backward(self, du):
        p, g = self.p, {}
        dz = (du - self.u * (du * self.u).sum(1, keepdims=True)) / self.norm
        g['W3'] = self.r.T @ dz
        dr = (dz @ p['W3'].T) * (self.r > 0)
        g['W2'], g['b2'] = self.h.T @ dr, dr.sum(0)
        dh = (dr @ p['W2'].T) * (self.h > 0)
        g['W1'], g['b1'] = self.x.T @ dh, dh.sum(0)
        return g


def nt_xent(u, tau):
    """u: 2N unit vectors, rows i and i+N are two views of the same item"""
    n2 = len(u)
    n = n2 // 2
    s = u @ u.T / tau
    np.fill_diagonal(s, -np.inf)
    s = s - s.max(1, keepdims=True)
    e = np.exp(s)
    prob = e / e.sum(1, keepdims=True)
    pos = np.concatenate([np.arange(n, n2), np.arange(n)])
    loss = -np.log(prob[np.arange(n2), pos]).mean()
    ds = prob.copy()
    ds[np.arange(n2), pos] -= 1
    ds /= n2
    du = (ds + ds.T) @ u / tau
    return loss, du


def linear_probe(f_train, y_train, f_test, y_test, steps=300, lr=0.5, l2=1e-3):
    mu, sd = f_train.mean(0), f_train.std(0) + 1e-6
    a, b = (f_train - mu) / sd, (f_test - mu) / sd
    W, c = np.zeros((a.shape[1], CLASSES)), np.zeros(CLASSES)
    T = np.eye(CLASSES)[y_train]
    for _ in range(steps):
        logits = a @ W + c
        q = np.exp(logits - logits.max(1, keepdims=True))
        q /= q.sum(1, keepdims=True)
        err = (q - T) / len(T)
        W -= lr * (a.T @ err + l2 * W)
        c -= lr * err.sum(0)
    return ((b @ W + c).argmax(1) == y_test).mean()


def main(epochs=25, bs=64, lr=0.1, mu=0.9, tau=0.3, wd=1e-4):
    x_unlabelled, _ = dataset(1024)
    x_few, y_few = dataset(60)                 # only 60 labels
    x_test, y_test = dataset(1000)
    enc = Encoder()
    print('probe on raw inputs      : %.3f' % linear_probe(x_few, y_few, x_test, y_test))
    print('probe on random features : %.3f' % linear_probe(enc.features(x_few), y_few, enc.features(x_test), y_test))
    vel = {k: np.zeros_like(v) for k, v in enc.p.items()}
    steps_total, step = epochs * (len(x_unlabelled) // bs), 0
    for ep in range(1, epochs + 1):
        perm, tot = rng.permutation(len(x_unlabelled)), 0.0
        for s in range(0, len(perm), bs):
            batch = x_unlabelled[perm[s:s + bs]]
            u = enc.project(np.concatenate([augment(batch), augment(batch)]))
            loss, du = nt_xent(u, tau)
            grads = enc.backward(du)
            rate = lr * 0.5 * (1 + np.cos(np.pi * step / steps_total))
            for k, g in grads.items():
                if k[0] == 'W':
                    g = g + wd * enc.p[k]
                vel[k] = mu * vel[k] + g
                enc.p[k] = enc.p[k] - rate * vel[k]
            tot += loss
            step += 1
        if ep % 5 == 0:
            acc = linear_probe(enc.features(x_few), y_few, enc.features(x_test), y_test)
            print('epoch %2d  NT-Xent %.4f  probe accuracy %.3f' % (ep, tot / (len(perm) // bs), acc))
    return enc


if __name__ == '__main__':
    main()
