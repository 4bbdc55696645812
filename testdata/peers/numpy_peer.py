"""NumPy: training steps, exp, normals."""
import os
import sys

import numpy as np

import blas
import protocol

RATE = 0.01


class Net(object):
    """The network without ceremony: what there is to compute and nothing else.
    Gradients are kept, as the assignment's modules keep theirs; freed after
    every step, large ones would be given back to the system each time."""

    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1.copy(), b1.copy(), W2.copy(), b2.copy()

    def forward(self, x):
        self.h = np.maximum(x @ self.W1 + self.b1, 0)
        z = self.h @ self.W2 + self.b2
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        return p

    def step(self, x, y):
        dz2 = (self.forward(x) - y) / len(x)
        self.dW2, self.db2 = self.h.T @ dz2, dz2.sum(axis=0)
        dz1 = (dz2 @ self.W2.T) * (self.h > 0)
        self.dW1, self.db1 = x.T @ dz1, dz1.sum(axis=0)
        self.W1 -= RATE * self.dW1
        self.b1 -= RATE * self.db1
        self.W2 -= RATE * self.dW2
        self.b2 -= RATE * self.db2

    def params(self):
        return [self.W1, self.b1, self.W2, self.b2]


class Modules(object):
    """The same step by the modules that the assignment asks for."""

    def __init__(self, W1, b1, W2, b2):
        here = os.path.dirname(os.path.abspath(__file__))
        sys.path.insert(0, os.path.join(here, "..", "reference"))
        from network import MLP
        self.mlp = MLP(W1.shape[0], [W1.shape[1]], W2.shape[1])
        self.first, self.last = self.mlp.layers[0].params, self.mlp.layers[2].params
        for name, value in (("weight", W1), ("bias", b1)):
            self.first[name][...] = value
        for name, value in (("weight", W2), ("bias", b2)):
            self.last[name][...] = value

    def forward(self, x):
        return self.mlp.predict(x)

    def step(self, x, y):
        p = self.mlp(x)
        self.mlp.backward(self.mlp.loss_fc.backward(p, y))
        self.mlp.update(RATE)

    def params(self):
        return list(self.first.values()) + list(self.last.values())


def steps(net, data, kind, mode, size):
    """kind is the class of the net; mode is rows, draw or epochs."""
    x, y = data[net + ".x"], data[net + ".y"]
    model = kind(*(data[net + "." + name] for name in ("W1", "b1", "W2", "b2")))
    if mode == "rows":
        x, y = x[:size], y[:size]

        def run(reps):
            for _ in range(reps):
                model.step(x, y)
    elif mode == "draw":
        def run(reps):
            for _ in range(reps):
                i = np.random.randint(len(x))
                model.step(x[i:i + 1], y[i:i + 1])
    elif mode == "epochs":
        rows = protocol.epochs(len(x), size, np)

        def run(reps):
            for _ in range(reps):
                batch = next(rows)
                model.step(x[batch], y[batch])
    else:
        raise ValueError("no mode %s" % mode)

    def check(reps):
        np.random.seed(42)
        run(reps)
        return protocol.outcome(np, model.forward(x), y, model.params())

    return run, check


def exponentials(n):
    x = np.linspace(-20, 5, n)
    out = np.empty(n)

    def run(reps):
        for _ in range(reps):
            np.exp(x, out=out)

    def check(reps):
        run(reps)
        return float(out.sum()), float(out[0])

    return run, check


def normals(n):
    state = np.random.RandomState(42)
    last = [None]

    def run(reps):
        for _ in range(reps):
            last[0] = None
            last[0] = state.standard_normal(n)

    def check(reps):
        run(reps)
        return float(last[0].sum()), float(last[0][-1])

    return run, check


def main():
    data = protocol.data()

    def build(words):
        if words[0] == "step":
            return steps(words[1], data, Net, words[2], int(words[3]))
        if words[0] == "modules":
            return steps(words[1], data, Modules, words[2], int(words[3]))
        if words[0] == "exp":
            return exponentials(int(words[1]))
        if words[0] == "normals":
            return normals(int(words[1]))
        raise ValueError("no work %s" % words[0])

    library, core = blas.loaded()
    protocol.serve({"version": np.__version__, "blas": library, "core": core}, build)


if __name__ == "__main__":
    main()
