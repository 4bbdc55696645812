# my weekend autograd: every op leaves a closure behind
import numpy as np

def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(i, keepdims=True)
    return g

class Tensor:
    def __init__(self, data, parents=(), op=''):
        self.data = np.asarray(data, dtype=float)
        self.grad = None
        self._parents, self._op = parents, op
        self._backward = lambda: None

    def _acc(self, g):
        g = unbroadcast(g, self.data.shape)
        self.grad = g if self.grad is None else self.grad + g

    def __add__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        out = Tensor(self.data + o.data, (self, o), '+')
        def _b():
            self._acc(out.grad)
            o._acc(out.grad)
        out._backward = _b
        return out

    def __mul__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        out = Tensor(self.data * o.data, (self, o), '*')
        def _b():
            self._acc(out.grad * o.data)
            o._acc(out.grad * self.data)
        out._backward = _b
        return out
    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, o): return self + o * -1.0

    def __pow__(self, k):
        out = Tensor(self.data ** k, (self,), '**')
        def _b():
            self._acc(out.grad * k * self.data ** (k - 1))
        out._backward = _b
        return out

    def __truediv__(self, o): return self * (o ** -1 if isinstance(o, Tensor) else 1.0 / o)

    def __matmul__(self, o):
        out = Tensor(self.data @ o.data, (self, o), '@')
        def _b():
            self._acc(out.grad @ o.data.T)
            o._acc(self.data.T @ out.grad)
        out._backward = _b
        return out

    def __getitem__(self, key):
        out = Tensor(self.data[key], (self,), '[]')
        def _b():
            g = np.zeros_like(self.data)
            np.add.at(g, key, out.grad)
            self._acc(g)
        out._backward = _b
        return out

    def sum(self, axis=None, keepdims=False):
        out = Tensor(self.data.sum(axis=axis, keepdims=keepdims), (self,), 'sum')
        def _b():
            g = out.grad if axis is None or keepdims else np.expand_dims(out.grad, axis)
            self._acc(np.broadcast_to(g, self.data.shape))
        out._backward = _b
        return out

    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else self.data.shape[axis]
        return self.sum(axis, keepdims) * (1.0 / n)

    def logsumexp(self, axis):
        e = np.exp(self.data)
        s = e.sum(axis, keepdims=True)
        out = Tensor(np.log(s), (self,), 'lse')
        def _b():
            self._acc(out.grad * e / s)
        out._backward = _b
        return out

    def swish(self):
        s = 1 / (1 + np.exp(-self.data))
        out = Tensor(self.data * s, (self,), 'swish')
        def _b():
            self._acc(out.grad * (s + self.data * s * (1 - s)))
        out._backward = _b
        return out

    def backward(self):
        order, seen = [], set()

        def visit(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p in t._parents:
                visit(p)
            order.append(t)
        visit(self)
        self.grad = np.ones_like(self.data)
        for t in reversed(order):
            t._backward()

def layernorm(h, g, b):
    c = h - h.mean(1, keepdims=True)
    v = (c * c).mean(1, keepdims=True)
    return c * (v + 1e-5) ** -0.5 * g + b

def net(x, P):
    h = layernorm(Tensor(x) @ P['w1'] + P['b1'], P['g'], P['b']).swish()
    h = (h @ P['w2'] + P['b2']).swish() + h          # skip
    return h @ P['w3'] + P['b3']

def loss_fn(x, y, P):
    logits = net(x, P)
    nll = logits.logsumexp(1)[:, 0] - logits[np.arange(len(y)), y]
    l2 = (P['w1'] ** 2).sum() + (P['w2'] ** 2).sum()
    return nll.mean() + 1e-4 * l2

if __name__ == '__main__':
    r = np.random.default_rng(9)
    X = r.normal(size=(400, 2))
    Y = (X[:, 0] * X[:, 1] > 0).astype(int) + 2 * (np.hypot(X[:, 0], X[:, 1]) > 1.3)
    H, K = 20, 4
    shapes = dict(w1=(2, H), b1=(H,), g=(H,), b=(H,), w2=(H, H), b2=(H,), w3=(H, K), b3=(K,))
    lr, mu = 0.03, 0.9
    P = {k: Tensor(r.normal(size=s) / np.sqrt(s[0]) if k[0] == 'w' else np.full(s, float(k == 'g'))) for k, s in shapes.items()}
    vel = {k: np.zeros_like(t.data) for k, t in P.items()}
    for step in range(300):
        i = r.integers(0, 300, 48)
        for t in P.values():
            t.grad = None
        L = loss_fn(X[i], Y[i], P)
        L.backward()
        for k, t in P.items():                       # nesterov as in sutskever's reformulation
            vel[k] = mu * vel[k] - lr * t.grad
            t.data = t.data + mu * vel[k] - lr * t.grad
        if step % 50 == 0 or step == 299:
            te = np.mean(net(X[300:], P).data.argmax(1) == Y[300:])
            print(step, 'loss %.4f' % L.data, 'test acc %.3f' % te)
