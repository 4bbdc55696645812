"""A pocket-sized autograd: every operation leaves a record on a tape."""
import numpy as np

TAPE = []


def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for ax, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis=ax, keepdims=True)
    return grad


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None

    def _accumulate(self, g):
        if self.requires_grad:
            g = unbroadcast(g, self.data.shape)
            self.grad = g if self.grad is None else self.grad + g

    @staticmethod
    def _record(data, parents, rule):
        out = Tensor(data, requires_grad=any(p.requires_grad for p in parents))
        if out.requires_grad:
            TAPE.append((out, rule))
        return out

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)

        def rule(g):
            self._accumulate(g)
            other._accumulate(g)
        return Tensor._record(self.data + other.data, (self, other), rule)

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)

        def rule(g):
            self._accumulate(g * other.data)
            other._accumulate(g * self.data)
        return Tensor._record(self.data * other.data, (self, other), rule)

    def __matmul__(self, other):
        def rule(g):
            self._accumulate(g @ other.data.T)
            other._accumulate(self.data.T @ g)
        return Tensor._record(self.data @ other.data, (self, other), rule)

    def __sub__(self, other):
        return self + other * -1.0

    def __pow__(self, k):
        return Tensor._record(self.data ** k, (self,),
                              lambda g: self._accumulate(g * k * self.data ** (k - 1)))

    def tanh(self):
        y = np.tanh(self.data)
        return Tensor._record(y, (self,), lambda g: self._accumulate(g * (1 - y * y)))

    def exp(self):
        y = np.exp(self.data)
        return Tensor._record(y, (self,), lambda g: self._accumulate(g * y))

    def log(self):
        return Tensor._record(np.log(self.data), (self,), lambda g: self._accumulate(g / self.data))

    def sum(self, axis=None):
        def rule(g):
            if axis is not None:
                g = np.expand_dims(g, axis)
            self._accumulate(np.broadcast_to(g, self.data.shape))
        return Tensor._record(self.data.sum(axis=axis), (self,), rule)

    def mean(self):
        return self.sum() * (1.0 / self.data.size)

    def pick(self, idx):
        rows = np.arange(len(idx))

        def rule(g):
            full = np.zeros_like(self.data)
            full[rows, idx] = g
            self._accumulate(full)
        return Tensor._record(self.data[rows, idx], (self,), rule)

    def backward(self):
        self.grad = np.ones_like(self.data)
        for out, rule in reversed(TAPE):
            if out.grad is not None:
                rule(out.grad)
        TAPE.clear()


class MLP:
    def __init__(self, rng, sizes):
        self.layers = [(Tensor(rng.normal(0, 1 / np.sqrt(a), (a, b)), True), Tensor(np.zeros(b), True))
                       for a, b in zip(sizes, sizes[1:])]
        self.scale = Tensor(np.ones((1, sizes[1])), True)

    def __call__(self, x):
        (W1, b1), (W2, b2), (W3, b3) = self.layers
        h = (x @ W1 + b1).tanh() * self.scale
        h = (h @ W2 + b2).tanh() + h
        return h @ W3 + b3

    def parameters(self):
        return [p for layer in self.layers for p in layer] + [self.scale]


def cross_entropy(logits, target):
    return (logits.exp().sum(axis=1).log() - logits.pick(target)).mean()


rng = np.random.default_rng(12)
angle = rng.uniform(0, 2 * np.pi, 300)
label = rng.integers(0, 3, 300)
points = (0.5 + label)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.12, (300, 2))
model = MLP(rng, (2, 12, 12, 3))
params = model.parameters()
velocity = [np.zeros_like(p.data) for p in params]
for it in range(301):
    idx = rng.choice(240, 48, replace=False)
    loss = cross_entropy(model(Tensor(points[idx])), label[idx])
    (loss + (model.layers[1][0] ** 2).sum() * 0.001).backward()
    for p, v in zip(params, velocity):
        v *= 0.9
        v += p.grad
        p.data -= 0.03 * v
        p.grad = None
    if it % 50 == 0:
        print(it, "loss", float(loss.data.round(4)))
held = model(Tensor(points[240:])).data.argmax(axis=1)
print("held out", (held == label[240:]).mean())
