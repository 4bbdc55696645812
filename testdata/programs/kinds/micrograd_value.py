import random
import numpy as np

random.seed(1337)
np.random.seed(1337)

class Value:
    """ stores a single scalar value and its gradient """
    def __init__(self, data, _children=()):
        self.data = data
        self.grad = 0
        self._backward = lambda: None
        self._prev = _children
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out
    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out
    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for c in v._prev:
                    build(c)
                topo.append(v)
        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()
    __radd__ = __add__
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)

class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin
    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.relu() if self.nonlin else act
    def parameters(self):
        return self.w + [self.b]

layer1 = [Neuron(2) for _ in range(8)]
layer2 = Neuron(8, nonlin=False)
def model(x):
    return layer2([n(x) for n in layer1])
params = [p for n in layer1 + [layer2] for p in n.parameters()]

X = np.random.randn(30, 2)
y = np.where(X[:, 0] * X[:, 1] > 0, 1, -1)

for k in range(40):
    scores = [model([float(a) for a in row]) for row in X]
    # svm "max-margin" loss + L2
    losses = [(s * -float(yi) + 1).relu() for yi, s in zip(y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    total_loss = data_loss + 1e-4 * sum((p * p for p in params))
    for p in params:
        p.grad = 0
    total_loss.backward()
    lr = 0.5 - 0.4 * k / 40
    for p in params:
        p.data -= lr * p.grad
    acc = np.mean([(s.data > 0) == (yi > 0) for s, yi in zip(scores, y)])
    if k % 5 == 0:
        print(f"step {k} loss {total_loss.data:.4f}, accuracy {acc*100:.0f}%")
