import sys
import warnings

import numpy as np


class Dense:
    def __init__(self, n, m):
        self.W = np.ones((n, m))

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W)


class Broken:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        raise ZeroDivisionError("added %d" % self.n)

    def __getitem__(self, i):
        raise KeyError(i)


def noted(f, *args):
    import traceback
    try:
        f(*args)
    except Exception:
        print(traceback.format_exc().replace(sys.path[0], "."))


def boom(x):
    for i in range(3):
        y = [j for j in range(4)
             if x[j + i] > 0]
    return y


noted(lambda: np.ones(2) + np.ones(3))
noted(lambda: Broken(1) + 2)
noted(lambda: Broken(1)["k"])
noted(boom, np.ones(4))
noted(lambda: undefined + 1)
noted(lambda: np.ones((2, 3)).reshape(4))
noted(lambda: [1, 2][5])
noted(lambda: sum(1 / k for k in (1, 0)))
noted(lambda: list(map(int, ["1", "x"])))
noted(lambda: np.concatenate([np.ones(2), np.ones((2, 2))]))
try:
    fresh += 1
except NameError as e:
    print(e)


def unbound():
    late += 1
    late = 2


noted(unbound)
with np.errstate(all="warn"):
    print(np.log(np.array([0.0, 1.0])), np.array([1.0]) / np.array([0.0]), np.exp(np.array([1000.0])))
warnings.warn("once")
layers = [Dense(3, 4), Dense(5, 2)]
x = np.ones((2, 3))
try:
    for layer in layers:
        x = layer.forward(x)
except ValueError as e:
    raise RuntimeError("the second layer") from e
