# A ~50 line reverse-mode autodiff over numpy arrays, then a 2-layer net on two moons.
import numpy as np

def unbroadcast(g, shape):
    while g.ndim > len(shape): g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g

class Tensor:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        out = Tensor(self.data + other.data, (self, other))
        def _backward():
            self.grad += unbroadcast(out.grad, self.data.shape)
            other.grad += unbroadcast(out.grad, other.data.shape)
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        out = Tensor(self.data * other.data, (self, other))
        def _backward():
            self.grad += unbroadcast(out.grad * other.data, self.data.shape)
            other.grad += unbroadcast(out.grad * self.data, other.data.shape)
        out._backward = _backward
        return out

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other))
        def _backward():
            self.grad += out.grad @ other.data.T
            other.grad += self.data.T @ out.grad
        out._backward = _backward
        return out

    def tanh(self):
        out = Tensor(np.tanh(self.data), (self,))
        def _backward():
            self.grad += (1 - out.data ** 2) * out.grad
        out._backward = _backward
        return out

    def softplus(self):
        out = Tensor(np.logaddexp(0, self.data), (self,))
        def _backward():
            self.grad += out.grad / (1 + np.exp(-self.data))
        out._backward = _backward
        return out

    def mean(self):
        out = Tensor(self.data.mean(), (self,))
        def _backward():
            self.grad += np.ones_like(self.data) * out.grad / self.data.size
        out._backward = _backward
        return out

    def backward(self):
        topo, seen = [], set()
        def build(t):
            if id(t) in seen: return
            seen.add(id(t))
            for p in t.parents: build(p)
            topo.append(t)
        build(self)
        self.grad = np.ones_like(self.data)
        for t in reversed(topo):
            t._backward()

rng = np.random.RandomState(42)
t = rng.rand(100) * np.pi
X = np.vstack([np.c_[np.cos(t), np.sin(t)], np.c_[1 - np.cos(t), 0.5 - np.sin(t)]]) + 0.1 * rng.randn(200, 2)
sign = np.r_[np.ones(100), -np.ones(100)][:, None]
params = [Tensor(rng.randn(2, 16)), Tensor(np.zeros(16)), Tensor(rng.randn(16, 1) * 0.3), Tensor(np.zeros(1))]
W1, b1, W2, b2 = params
for step in range(200):
    score = (Tensor(X) @ W1 + b1).tanh() @ W2 + b2
    loss = (score * (-sign)).softplus().mean()      # logistic loss
    for p in params: p.grad = np.zeros_like(p.data)
    loss.backward()
    for p in params: p.data -= 1.0 * p.grad
    if step % 40 == 0:
        print(step, float(loss.data), "acc", np.mean(np.sign(score.data) == sign))
