"""tensorlite: a tiny reverse-mode autograd in the spirit of micrograd, but with
arrays and broadcasting.  Demo: a soft mixture of experts on a spiral."""
import numpy as np

def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for ax, size in enumerate(shape):
        if size == 1 and grad.shape[ax] != 1:
            grad = grad.sum(axis=ax, keepdims=True)
    return grad

class Tensor:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self._pull = lambda: None

    # ---- binary ops
    def __add__(self, other):
        other = as_tensor(other)
        out = Tensor(self.data + other.data, (self, other))

        def pull():
            self.grad += unbroadcast(out.grad, self.data.shape)
            other.grad += unbroadcast(out.grad, other.data.shape)
        out._pull = pull
        return out

    def __mul__(self, other):
        other = as_tensor(other)
        out = Tensor(self.data * other.data, (self, other))

        def pull():
            self.grad += unbroadcast(out.grad * other.data, self.data.shape)
            other.grad += unbroadcast(out.grad * self.data, other.data.shape)
        out._pull = pull
        return out

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other))

        def pull():
            ga = out.grad @ np.swapaxes(other.data, -1, -2)
            gb = np.swapaxes(self.data, -1, -2) @ out.grad
            self.grad += unbroadcast(ga, self.data.shape)
            other.grad += unbroadcast(gb, other.data.shape)
        out._pull = pull
        return out

    __radd__, __rmul__ = __add__, __mul__
    def __neg__(self): return self * -1.0
    def __sub__(self, other): return self + (-as_tensor(other))
    def __truediv__(self, other): return self * as_tensor(other) ** -1

    # ---- elementwise ops: value and local derivative
    def _unary(self, value, local):
        out = Tensor(value, (self,))

        def pull():
            self.grad += out.grad * local
        out._pull = pull
        return out

    def __pow__(self, k): return self._unary(self.data ** k, k * self.data ** (k - 1))
    def log(self): return self._unary(np.log(self.data), 1.0 / self.data)

    def exp(self): return self._unary(np.exp(self.data), np.exp(self.data))
    def tanh(self): return self._unary(np.tanh(self.data), 1 - np.tanh(self.data) ** 2)

    # ---- reductions and shapes
    def sum(self, axis=None, keepdims=False):
        out = Tensor(self.data.sum(axis=axis, keepdims=keepdims), (self,))

        def pull():
            g = out.grad
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            self.grad += np.broadcast_to(g, self.data.shape)
        out._pull = pull
        return out

    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else self.data.shape[axis]
        return self.sum(axis, keepdims) * (1.0 / n)

    def transpose(self, *perm):
        out = Tensor(self.data.transpose(perm), (self,))

        def pull():
            self.grad += out.grad.transpose(np.argsort(perm))
        out._pull = pull
        return out

    def __getitem__(self, idx):
        out = Tensor(self.data[idx], (self,))

        def pull():
            np.add.at(self.grad, idx, out.grad)
        out._pull = pull
        return out

    def softmax(self, axis=-1):
        e = (self - self.data.max(axis=axis, keepdims=True)).exp()
        return e / e.sum(axis=axis, keepdims=True)

    def backward(self):
        topo, seen = [], set()

        def visit(node):
            if id(node) in seen:
                return
            seen.add(id(node))
            for p in node.parents:
                visit(p)
            topo.append(node)

        visit(self)
        self.grad = np.ones_like(self.data)
        for node in reversed(topo):
            node._pull()

def as_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)

class MixtureOfExperts:
    """E two-layer experts evaluated at once (leading axis = expert)."""

    def __init__(self, n_in, hidden, n_out, n_experts, rng):
        w = lambda *s: Tensor(rng.normal(size=s) / np.sqrt(s[-2]))
        self.W1, self.b1 = w(n_experts, n_in, hidden), Tensor(np.zeros((n_experts, 1, hidden)))
        self.W2, self.b2 = w(n_experts, hidden, n_out), Tensor(np.zeros((n_experts, 1, n_out)))
        self.Wg, self.bg = w(n_in, n_experts), Tensor(np.zeros(n_experts))

    def parameters(self):
        return [self.W1, self.b1, self.W2, self.b2, self.Wg, self.bg]

    def __call__(self, x):
        gate = (x @ self.Wg + self.bg).softmax()                       # (N, E)
        out = (x @ self.W1 + self.b1).tanh() @ self.W2 + self.b2       # (E, N, C)
        probs = out.softmax().transpose(1, 2, 0)                       # (N, C, E)
        mixed = (probs * gate[:, None, :]).sum(axis=2)
        return mixed, gate

def spiral(n, rng):
    y = rng.integers(0, 2, n)
    r = rng.uniform(0.2, 1.0, n)
    a = 4.5 * r + np.pi * y + 0.15 * rng.normal(size=n)
    return np.stack([r * np.cos(a), r * np.sin(a)], axis=1) * 2, y

def sgd_step(params, velocity, lr, momentum=0.9, weight_decay=1e-4):
    for p, v in zip(params, velocity):
        v *= momentum
        v += p.grad + weight_decay * p.data
        p.data -= lr * v

def main():
    rng = np.random.default_rng(4)
    (X, y), (X_test, y_test) = spiral(400, rng), spiral(300, rng)
    model = MixtureOfExperts(2, 8, 2, 4, rng)
    params = model.parameters()
    velocity = [np.zeros_like(p.data) for p in params]
    for step in range(300):
        idx = rng.integers(0, len(X), 100)
        probs, gate = model(Tensor(X[idx]))
        nll = -probs[np.arange(len(idx)), y[idx]].log().mean()
        usage = gate.mean(axis=0)
        balance = (usage ** 2).sum() * gate.data.shape[1]
        loss = nll + 0.05 * balance
        for p in params:
            p.grad[...] = 0.0
        loss.backward()
        sgd_step(params, velocity, lr=0.1 if step < 200 else 0.02)
        if step % 60 == 0 or step == 299:
            p_test, g_test = model(Tensor(X_test))
            acc = (p_test.data.argmax(axis=1) == y_test).mean()
            print(f"step {step:3d}  loss {loss.data:.4f}  nll {nll.data:.4f}  test acc {acc:.3f}  "
                  f"usage {np.round(g_test.data.mean(axis=0), 2)}")

if __name__ == "__main__":
    main()
