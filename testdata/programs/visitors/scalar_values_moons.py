"""Everything is a scalar. Slow on purpose, for showing the chain rule to my class."""
import math
import random

import numpy as np


class Value:
    __slots__ = ("data", "grad", "_prev", "_local")

    def __init__(self, data, prev=(), local=()):
        self.data = float(data)
        self.grad = 0.0
        self._prev = prev
        self._local = local      # d(self)/d(prev[i])

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

    def relu(self):
        return Value(max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,))

    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return (-self) + other

    def backward(self):
        topo, visited, stack = [], set(), [(self, False)]
        while stack:                       # no recursion, sums are long chains
            v, done = stack.pop()
            if done:
                topo.append(v)
                continue
            if v in visited:
                continue
            visited.add(v)
            stack.append((v, True))
            stack.extend((c, False) for c in v._prev)
        self.grad = 1.0
        for v in reversed(topo):
            for child, d in zip(v._prev, v._local):
                child.grad += d * v.grad


def dot(ws, xs, b):
    """one node for the whole weighted sum; xs may be floats or Values"""
    prev, local, s = [b], [1.0], b.data
    for w, x in zip(ws, xs):
        if isinstance(x, Value):
            s += w.data * x.data
            prev += [w, x]
            local += [x.data, w.data]
        else:
            s += w.data * x
            prev.append(w)
            local.append(x)
    return Value(s, tuple(prev), tuple(local))


class Neuron:
    def __init__(self, nin, act):
        self.w = [Value(random.gauss(0, 1 / math.sqrt(nin))) for _ in range(nin)]
        self.b = Value(0.0)
        self.act = act

    def __call__(self, x):
        z = dot(self.w, x, self.b)
        return z.tanh() if self.act else z

    def parameters(self):
        return self.w + [self.b]


class MLP:
    def __init__(self, *sizes):
        self.layers = [[Neuron(i, k < len(sizes) - 2) for _ in range(o)]
                       for k, (i, o) in enumerate(zip(sizes, sizes[1:]))]

    def __call__(self, x):
        for layer in self.layers:
            x = [n(x) for n in layer]
        return x[0]

    def parameters(self):
        return [p for layer in self.layers for n in layer for p in n.parameters()]


def total_loss(model, xs, ys, alpha=1e-3):
    scores = [model(x) for x in xs]
    hinge = sum(((1 + -y * s).relu() for s, y in zip(scores, ys)), Value(0)) * (1.0 / len(ys))
    reg = alpha * sum((p * p for p in model.parameters()), Value(0))
    acc = sum((s.data > 0) == (y > 0) for s, y in zip(scores, ys)) / len(ys)
    return hinge + reg, acc


def two_moons(n, rs):
    t = rs.uniform(0, np.pi, n)
    y = np.where(np.arange(n) % 2 == 0, 1, -1)
    pts = np.where(y[:, None] > 0, np.c_[np.cos(t), np.sin(t)], np.c_[1 - np.cos(t), 0.5 - np.sin(t)])
    return (pts + rs.normal(0, 0.08, (n, 2))).tolist(), y.tolist()


if __name__ == "__main__":
    random.seed(1337)
    rs = np.random.RandomState(1337)
    X, Y = two_moons(80, rs)
    model = MLP(2, 10, 8, 1)
    print("parameters:", len(model.parameters()))
    for k in range(60):
        batch = rs.choice(len(X), 24, replace=False)
        loss, acc = total_loss(model, [X[i] for i in batch], [Y[i] for i in batch])
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        rate = 0.9 - 0.7 * k / 60
        for p in model.parameters():
            p.data -= rate * p.grad
        if k % 10 == 0:
            print(f"step {k} loss {loss.data:.4f} accuracy {acc:.0%}")
    loss, acc = total_loss(model, X, Y)
    print(f"all points: loss {loss.data:.4f} accuracy {acc:.0%}")
