import numpy as np
from dataclasses import dataclass, field


@dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray
    act: str
    cache: dict = field(default_factory=dict)

    def __call__(self, x):
        z = x @ self.W + self.b
        self.cache = {"x": x, "z": z}
        if self.act == "gelu":
            return .5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + .044715 * z ** 3)))
        return z

    def grad(self, d):
        x, z = self.cache["x"], self.cache["z"]
        if self.act == "gelu":
            u = np.sqrt(2 / np.pi) * (z + .044715 * z ** 3)
            t = np.tanh(u)
            d = d * (.5 * (1 + t) + .5 * z * (1 - t * t) * np.sqrt(2 / np.pi) * (1 + 3 * .044715 * z ** 2))
        self.dW, self.db = x.T @ d, d.sum(axis=0)
        return d @ self.W.T


def batches(X, y, size, rng):
    while True:
        order = rng.permutation(len(X))
        for k in range(0, len(X), size):
            yield X[order[k:k + size]], y[order[k:k + size]]


def main():
    rng = np.random.default_rng(16)
    X = rng.normal(size=(70, 5))
    y = X[:, [0]] * X[:, [1]] + X[:, [2]]
    net = [Layer(rng.normal(0, .5, (5, 9)), np.zeros(9), "gelu"), Layer(rng.normal(0, .5, (9, 1)), np.zeros(1), "")]
    source = batches(X, y, 20, rng)
    for step, (xb, yb) in zip(range(12), source):
        out = xb
        for layer in net:
            out = layer(out)
        residual = out - yb
        loss = float(np.mean(np.log(np.cosh(residual))))
        d = np.tanh(residual) / len(xb)
        for layer in net[::-1]:
            d = layer.grad(d)
        for layer in net:
            layer.W -= .1 * layer.dW
            layer.b -= .1 * layer.db
        print(step, loss)


if __name__ == "__main__":
    main()
