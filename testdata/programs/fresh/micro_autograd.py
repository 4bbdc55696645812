"""A tiny tensor autograd engine (operator overloading) and a multi-label classifier with focal loss,
maxout hidden layer and skip connection trained on it."""
import numpy as np

def unbroadcast(grad, shape):
    """sum grad over the axes that were broadcast, back to shape"""
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for ax, size in enumerate(shape):
        if size == 1 and grad.shape[ax] != 1:
            grad = grad.sum(axis=ax, keepdims=True)
    return grad

class Tensor:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self._backward = lambda: None

    def via(self, fn):
        self._backward = fn
        return self

    @staticmethod
    def wrap(v):
        return v if isinstance(v, Tensor) else Tensor(v)

    def __add__(self, other):
        other = Tensor.wrap(other)
        out = Tensor(self.data + other.data, (self, other))
        def _backward():
            self.grad += unbroadcast(out.grad, self.data.shape)
            other.grad += unbroadcast(out.grad, other.data.shape)
        return out.via(_backward)

    def __mul__(self, other):
        other = Tensor.wrap(other)
        out = Tensor(self.data * other.data, (self, other))
        def _backward():
            self.grad += unbroadcast(out.grad * other.data, self.data.shape)
            other.grad += unbroadcast(out.grad * self.data, other.data.shape)
        return out.via(_backward)

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other))
        def _backward():
            self.grad += out.grad @ other.data.T
            other.grad += self.data.T @ out.grad
        return out.via(_backward)

    def __pow__(self, n):
        out = Tensor(self.data ** n, (self,))
        def _backward():
            self.grad += out.grad * n * self.data ** (n - 1)
        return out.via(_backward)
    def __neg__(self):
        return self * -1.0
    def __sub__(self, other):
        return self + (-Tensor.wrap(other))
    def __rsub__(self, other):
        return Tensor.wrap(other) - self
    __radd__, __rmul__ = __add__, __mul__

    def log(self):
        out = Tensor(np.log(self.data), (self,))
        def _backward():
            self.grad += out.grad / self.data
        return out.via(_backward)

    def sigmoid(self):
        out = Tensor(1 / (1 + np.exp(-self.data)), (self,))
        def _backward():
            self.grad += out.grad * out.data * (1 - out.data)
        return out.via(_backward)

    def maximum(self, other):
        out = Tensor(np.maximum(self.data, other.data), (self, other))
        def _backward():
            first = self.data >= other.data
            self.grad += out.grad * first
            other.grad += out.grad * ~first
        return out.via(_backward)

    def sum(self):
        out = Tensor(self.data.sum(), (self,))
        def _backward():
            self.grad += np.ones_like(self.data) * out.grad
        return out.via(_backward)

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for p in node.parents:
                    visit(p)
                order.append(node)
        visit(self)
        self.grad = np.ones_like(self.data)
        for node in reversed(order):
            node._backward()

class MaxoutNet:
    def __init__(self, n_in, n_hid, n_out, rng):
        init = lambda a, b: Tensor(rng.standard_normal((a, b)) / np.sqrt(a))
        self.A, self.B = init(n_in, n_hid), init(n_in, n_hid)
        self.a, self.b = Tensor(np.zeros((1, n_hid))), Tensor(np.zeros((1, n_hid)))
        self.R = init(n_hid, n_hid)
        self.O, self.o = init(n_hid, n_out), Tensor(np.full((1, n_out), -1.0))

    def parameters(self):
        return [self.A, self.B, self.a, self.b, self.R, self.O, self.o]

    def __call__(self, x):
        h = (x @ self.A + self.a).maximum(x @ self.B + self.b)
        h = h + (h @ self.R).sigmoid()                     # skip connection
        return (h @ self.O + self.o).sigmoid()

def focal_loss(p, y, gamma=2.0, alpha=0.7):
    """mean of -alpha y (1-p)^gamma log p - (1-alpha) (1-y) p^gamma log(1-p)"""
    pos = y * ((1 - p) ** gamma) * (p + 1e-9).log() * alpha
    neg = (1 - y) * (p ** gamma) * (1 - p + 1e-9).log() * (1 - alpha)
    return -(pos + neg).sum() * (1.0 / y.data.size)

def objective(net, x, y, l2=1e-4):
    loss = focal_loss(net(Tensor(x)), Tensor(y))
    for w in (net.A, net.B, net.R, net.O):
        loss = loss + l2 * (w ** 2).sum()
    return loss

def micro_f1(net, x, y):
    pred = net(Tensor(x)).data > 0.5
    tp = np.sum(pred & (y == 1))
    fp = np.sum(pred & (y == 0))
    fn = np.sum(~pred & (y == 1))
    return 2 * tp / (2 * tp + fp + fn)

if __name__ == '__main__':
    rng = np.random.default_rng(99)
    X = rng.standard_normal((420, 5))
    score = np.c_[X[:, 0] * X[:, 1], np.abs(X[:, 2]) - 1.3, X[:, 3] + X[:, 0] - 1.0, X[:, 4] ** 2 - X[:, 1] - 1.5]
    Y = (score + 0.1 * rng.standard_normal(score.shape) > 0.2).astype(float)
    Xtr, Ytr, Xva, Yva = X[:300], Y[:300], X[300:], Y[300:]
    net = MaxoutNet(5, 16, 4, rng)
    state = [np.zeros_like(w.data) for w in net.parameters()]
    lr = 0.5
    for epoch in range(40):
        perm, running = rng.permutation(300), 0.0
        for i in range(0, 300, 40):
            take = perm[i:i + 40]
            for w in net.parameters():
                w.grad = np.zeros_like(w.data)
            loss = objective(net, Xtr[take], Ytr[take])
            loss.backward()
            for w, v in zip(net.parameters(), state):
                v *= 0.9
                v += w.grad
                w.data -= lr * v
            running += float(loss.data) * len(take)
        if epoch in (24, 34):
            lr *= 0.3
        if (epoch + 1) % 8 == 0:
            val = focal_loss(net(Tensor(Xva)), Tensor(Yva))
            print(f'epoch {epoch + 1}: train {running / 300:.5f} val {float(val.data):.5f} micro-F1 {micro_f1(net, Xva, Yva):.4f}')
