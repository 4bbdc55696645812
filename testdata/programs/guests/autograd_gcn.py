"""A 60-line reverse-mode autograd over NumPy arrays and a graph convolutional network built on it
(semi-supervised node classification on a stochastic block model, early stopping)."""
import numpy as np


class Var:
    def __init__(self, data, parents=(), back=None):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.parents, self.back = parents, back

    def _fit(self, g):
        """undo broadcasting"""
        while g.ndim > self.data.ndim:
            g = g.sum(0)
        for ax, n in enumerate(self.data.shape):
            if n == 1 and g.shape[ax] != 1:
                g = g.sum(ax, keepdims=True)
        return g

    def _acc(self, g):
        self.grad += self._fit(g)

    def __add__(self, o):
        o = o if isinstance(o, Var) else Var(o)
        return Var(self.data + o.data, (self, o), lambda g: (self._acc(g), o._acc(g)))

    def __mul__(self, o):
        o = o if isinstance(o, Var) else Var(o)
        return Var(self.data * o.data, (self, o), lambda g: (self._acc(g * o.data), o._acc(g * self.data)))

    def __matmul__(self, o):
        return Var(self.data @ o.data, (self, o),
                   lambda g: (self._acc(g @ o.data.T), o._acc(self.data.T @ g)))

    def relu(self):
        on = self.data > 0
        return Var(self.data * on, (self,), lambda g: self._acc(g * on))

    def sum(self):
        return Var(self.data.sum(), (self,), lambda g: self._acc(g * np.ones_like(self.data)))

    def log_softmax(self):
        z = self.data - self.data.max(1, keepdims=True)
        out = z - np.log(np.exp(z).sum(1, keepdims=True))
        return Var(out, (self,), lambda g: self._acc(g - np.exp(out) * g.sum(1, keepdims=True)))

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) in seen:
                return
            seen.add(id(v))
            for q in v.parents:
                visit(q)
            order.append(v)

        visit(self)
        self.grad = np.ones_like(self.data)
        for v in reversed(order):
            if v.back is not None:
                v.back(v.grad)


rng = np.random.default_rng(7)
n, C = 180, 3
label = np.repeat(np.arange(C), n // C)
prob = np.where(label[:, None] == label[None, :], 0.10, 0.015)
upper = np.triu(rng.random((n, n)) < prob, 1)
A = (upper | upper.T) + np.eye(n)
deg = A.sum(1)
A_hat = Var(A / np.sqrt(np.outer(deg, deg)))
feats = Var(0.6 * np.eye(C)[label] @ rng.standard_normal((C, 12)) + rng.standard_normal((n, 12)))

perm = rng.permutation(n)
train_idx, val_idx, test_idx = perm[:18], perm[18:58], perm[58:]
onehot = np.eye(C)[label]

params = {'W0': Var(rng.standard_normal((12, 16)) / np.sqrt(12)), 'b0': Var(np.zeros(16)),
          'W1': Var(rng.standard_normal((16, C)) / 4), 'b1': Var(np.zeros(C))}


def gcn(p, drop=0.0):
    h = (A_hat @ (feats @ p['W0']) + p['b0']).relu()
    if drop:
        h = h * ((rng.random(h.data.shape) > drop) / (1 - drop))
    return (A_hat @ (h @ p['W1']) + p['b1']).log_softmax()


def nll(logp, idx):
    w = np.zeros((n, C))
    w[idx] = -onehot[idx] / len(idx)
    return (logp * w).sum()


def accuracy(logp, idx):
    return float((logp.data[idx].argmax(1) == label[idx]).mean())


best, best_val, wait = None, np.inf, 0
mom = {k: np.zeros_like(v.data) for k, v in params.items()}
sq = {k: np.zeros_like(v.data) for k, v in params.items()}
for epoch in range(1, 301):
    for v in params.values():
        v.grad = np.zeros_like(v.data)
    loss = nll(gcn(params, drop=0.4), train_idx) + (params['W0'] * params['W0']).sum() * 2.5e-3
    loss.backward()
    for k, v in params.items():
        mom[k] = 0.9 * mom[k] + 0.1 * v.grad
        sq[k] = 0.999 * sq[k] + 0.001 * v.grad ** 2
        v.data = v.data - 0.01 * (mom[k] / (1 - 0.9 ** epoch)) / (np.sqrt(sq[k] / (1 - 0.999 ** epoch)) + 1e-8)
    out = gcn(params)
    val = float(nll(out, val_idx).data)
    if val < best_val:
        best_val, wait = val, 0
        best = {k: v.data.copy() for k, v in params.items()}
    else:
        wait += 1
    if epoch % 25 == 0:
        print('epoch %3d  train loss %.4f  val loss %.4f  val acc %.3f' % (epoch, float(loss.data), val, accuracy(out, val_idx)))
    if wait >= 30:
        print('stopped at epoch', epoch)
        break

for k, v in params.items():
    v.data = best[k]
print('test accuracy %.3f' % accuracy(gcn(params), test_idx))
