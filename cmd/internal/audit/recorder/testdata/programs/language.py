"""What Python's language offers, and a program can see of itself."""
from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import os
import pickle
import sys
from math import *

import numpy as np

from helper import *
from helper import _hidden as hidden
import helper as h

print(sorted(k for k in globals() if not k.startswith("__")))
print(sorted(k for k in globals() if k.startswith("__")), __name__, __doc__, __package__, __spec__)
print(os.path.basename(__file__), sys.argv[1:], os.path.basename(sys.path[0]), sys.modules["__main__"].__dict__ is globals())
print(h.__name__, os.path.basename(h.__file__), h.__doc__, scale(np.arange(3.0)), hidden)


class Base:
    __slots__ = ("_w", "__dict__")
    count: int = 0

    def __init__(self, n: "int" = 3, *rest: float, key: dict = None, **more):
        """Doc of the function."""
        self._w = np.ones(n)
        self.__secret = np.zeros(n)
        super().__init__()

    @property
    def w(self):
        Base.count += 1
        return self._w

    @w.setter
    def w(self, value):
        Base.count += 10
        self._w = value

    def bump(self):
        self.__secret += 1.5
        self.__secret -= self.__secret * 0.5
        self.w -= 0.25
        return self.__secret

    def __call__(self, x):
        return x @ self._w

    def __getattr__(self, name):
        if name.startswith("lazy"):
            return np.full(2, 7.0)
        raise AttributeError(name)


class Child(Base):
    def __init__(self, *args):
        super().__init__(*args)
        self.names = sorted(locals())

    @staticmethod
    def double(x):
        return x * 2

    @classmethod
    def make(cls, n):
        return cls(n)

    def bump(self):
        return super(Child, self).bump() + super().bump()


@dataclasses.dataclass
class Layer:
    w: np.ndarray
    rate: float = 0.1
    log: list = dataclasses.field(default_factory=list)

    def step(self, g):
        self.w = self.w - self.rate * g
        self.log += [float(g.sum())]
        return self


def traced(f):
    @functools.wraps(f)
    def inner(*args, **kw):
        return f(*args, **kw)
    return inner


@traced
def poly(x, *c, **kw):
    """A docstring."""
    global total
    total = sum(k * x ** i for i, k in enumerate(c))
    return total if not kw else {k: total * v for k, v in kw.items()}


def batches(x, n):
    for i in range(0, len(x), n):
        got = yield x[i:i + n]
        if got:
            print("got", got)


def outer():
    k = np.zeros(2)

    def inner():
        nonlocal k
        for _ in range(2):
            k = k + 1
        return k
    inner()
    return k


c = Child.make(3)
print(c.bump(), c.w, Base.count, c.names, c(np.eye(3)), c.lazy_thing, Child.double(c.w))
print(Base.__init__.__doc__, Base.__init__.__annotations__, sorted(Base.__annotations__), poly.__doc__, poly.__name__)
print(Layer(np.ones(2)).step(np.array([1.0, 2.0])), poly(np.arange(3.0), 1, 2, 3), poly(2.0, *[1, 2], **{"a": 1}))
gen = batches(np.arange(5.0), 2)
print(next(gen), gen.send("word"), list(gen), outer(), outer.__code__.co_varnames, poly.__code__.co_firstlineno)
print([(i, v) for i, v in enumerate(np.array([1.5, 2.5])) if v > 1], {k: v for k, v in zip("ab", np.eye(2)[0])})
print(eval("c.w + 1"), sorted({x for x in np.array([3, 1, 2])}), (lambda a, b=np.ones(1): a + b)(2))
exec("q = c.w * 3\nprint(q)")
print(f"{c.w[0]:.2f} {c.w.sum()!r:>8} {1 + 1}", "%s and %d" % (c.w, 3), "{:.1f} {x}".format(c.w[0], x=c.w.mean()))
a = b = np.zeros(3)
a[1], b[2] = 5, 6
x, (y, *z) = 1, np.arange(4)
print(a is b, a, x, y, z, a[::-1], a[..., None].shape, a[[0, 2]], -a, +a, ~(a > 1), not a.any(), 1 < len(a) < 5)
a[a > 5] -= 1
a[1:] *= 2
m = {"w": a, "n": 0}
m["w"] += 1
m["n"] += 1
m["v"] = m["w"]
print(m, m["v"] is a, a @ a, 7 // 2, 7 % 4, 2 ** 0.5, 5 & 3, 5 | 3, 5 ^ 3, 1 << 3, "x" * 3, [1] + [2])
del m["n"], x
s = 0
while s < 3:
    s += 1
    if s == 2:
        continue
else:
    print("else", s)
with contextlib.suppress(ValueError):
    np.zeros(2) + np.zeros(3)
try:
    assert a.sum() < 0, "negative"
except AssertionError as e:
    print("assert", e)
finally:
    print(pickle.loads(pickle.dumps(Layer(np.ones(1)))), copy.deepcopy(c)._w is c._w)
d = np.zeros(4)
view = d.reshape(2, 2).T
view += np.arange(4.0).reshape(2, 2)
d.resize(6, refcheck=True) if sys.version_info < (3,) else None
big = np.zeros(3)
big.resize(5)
print(d, big, sqrt(2.0), exp(log(3.0)), max(d), min(1, 2), round(2.567, 1), abs(-3), divmod(7, 2), sum([1, 2.5]))
print(sys.getrefcount(big) < 4, sum(r * 2 for r in np.eye(2)), sum(np.eye(2)), sum([[1], [2]], []))
_: int = 3
n: np.ndarray = np.ones(2)
n: "undefined.name"
print(__annotations__ if "__annotations__" in globals() else {}, doctest(2))
rng = np.random.RandomState(0)
print(rng.rand(2), np.random.default_rng(3).normal(size=2), rng.permutation(4))


def deep(k):
    return 0 if k == 0 else 1 + deep(k - 1)


print(deep(900))
if __name__ == "__main__":
    print("main", np.array([[1, 2], [3, 4]]).tolist(), np.vectorize(lambda v: v * v + 1)(np.arange(4)))
    exit(3)
