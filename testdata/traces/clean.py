"""Traces of networks that are right, in the many ways to be right."""
import numpy as np

import mistakes as m
from cases import Case, finding, training, warning
from net import Net

PARAMETERS = r"x|y|[Wb]\d(_new)?"
GRADIENTS = r"x|y|d?[Wb]\d"


class LongDouble(Net):
    """Every result is computed in extended precision and rounded once."""

    def linear(self, h, k):
        return (np.dot(h.astype(np.longdouble), self.W[k].astype(np.longdouble)) + self.b[k]).astype(float)

    def softmax(self, z):
        e = np.exp(z.astype(np.longdouble))
        return (e / np.sum(e, axis=1, keepdims=True)).astype(float)

    def dw(self, h, dz, k):
        return np.dot(h.T.astype(np.longdouble), dz.astype(np.longdouble)).astype(float)


class OneByOne(Net):
    """Plain Python sums from the last sample to the first."""

    def dw(self, h, dz, k):
        d = np.zeros((h.shape[1], dz.shape[1]))
        for i in reversed(range(len(h))):
            d += np.outer(h[i], dz[i])
        return d

    def db(self, dz, k):
        d = np.zeros(dz.shape[1])
        for i in reversed(range(len(dz))):
            d += dz[i]
        return d

    def loss(self, p, y):
        total = 0.0
        for i in reversed(range(len(p))):
            total -= np.log(p[i, np.argmax(y[i])] + 1e-7)
        return total / len(p) if self.mean else total


class Fused(Net):
    """The textbook's fused way: log-sum-exp for the loss, p - 1 for the class."""

    def loss(self, p, y):
        z = self.t["z%d" % self.L]
        top = np.max(z, axis=1)
        lse = top + np.log(np.sum(np.exp(z - top[:, None]), axis=1))
        return np.mean(lse - np.sum(z * y, axis=1))

    def dlogits(self, p, y):
        d = p.copy()
        d[np.arange(len(p)), np.argmax(y, axis=1)] -= 1
        d /= len(p)
        return d


def shifted(x, y):
    return x + 1e6, y


def zero_rows(x, y):
    x = x.copy()
    x[::3] = 0
    x[1, 0] = 0
    return x, y


class DeadUnits(Net):
    """Two hidden units have no weights at all: their z are exactly 0."""

    def __init__(self, *args, **settings):
        Net.__init__(self, *args, **settings)
        self.W[1][:, :2] = 0
        self.b[1][...] = 0


class SteepLast(Net):
    """Large logits: many rows are saturated, not all."""
    steep = 150

    def __init__(self, *args, **settings):
        Net.__init__(self, *args, **settings)
        self.W[self.L] *= self.steep


def cases():
    def right(name, build, **more):
        found.append(Case("clean-" + name, build, True, **more))

    found = []
    small, deep = (3, 6, 3), (2, 16, 8, 5, 3)

    # Shapes and reductions.
    right("mean", training(Net, small, steps=3))
    right("mean-declared", training(Net, small), small=False, reduction=True)
    right("sum", training(Net, small, steps=3, mean=False, lr=0.01))
    right("sum-declared", training(Net, small, mean=False, lr=0.01), small=False, reduction=True)
    right("deep", training(Net, deep, steps=2))
    right("deep-sum-float32", training(Net, deep, n=20, mean=False, lr=0.01, dtype=np.float32), small=False)
    right("wide", training(Net, (2, 200, 2), n=20, steps=2, data="moons"), small=False)
    right("square", training(Net, (5, 5, 5, 5), n=5, steps=2, bias_start=0.3), about="every matrix is 5x5")
    right("no-hidden", training(Net, (4, 3), n=10, steps=3), about="softmax regression: no hidden layer")
    right("one-sample", training(Net, (2, 20, 2), batches=[1, 1, 1, 1], steps=4, data="moons"), keep=2)
    right("one-sample-db-mean", training(m.DbMean, (2, 6, 2), batches=[1, 1], steps=2, data="moons"), small=False,
          about="with one sample a mean is a sum")
    right("float32", training(Net, small, n=30, steps=3, dtype=np.float32))
    right("float32-800", training(Net, (2, 20, 2), n=800, steps=1, data="moons", dtype=np.float32), small=False)
    right("moons-800", training(Net, (2, 20, 2), n=800, steps=3, data="moons"), small=False)
    right("moons-800-sum", training(Net, (2, 20, 2), n=800, steps=1, data="moons", mean=False, lr=1e-3), small=False)
    right("partial-batch", training(Net, small, batches=[16, 16, 5], steps=3), keep=3)
    right("partial-batch-update", training(Net, small, batches=[16, 16, 5], steps=3, mean_at="update"), small=False)

    # Where 1/N stands.
    right("mean-at-dw", training(Net, small, steps=3, mean_at="dw"))
    right("mean-at-dw-no-lr", training(Net, deep, mean_at="dw"), small=False, lr=False)
    right("mean-at-update", training(Net, small, steps=3, mean_at="update"))
    right("mean-at-update-declared", training(Net, small, mean_at="update"), small=False, reduction=True)

    # What is written down.
    right("parameters", training(Net, small, steps=3, bias_start=0.1), only=PARAMETERS)
    right("parameters-no-lr", training(Net, small, steps=3), only=PARAMETERS, lr=False)
    right("parameters-sum", training(Net, deep, mean=False, lr=0.02, bias_start=0.1), small=False, only=PARAMETERS)
    right("parameters-float32", training(Net, (2, 20, 2), n=40, data="moons", dtype=np.float32), only=PARAMETERS)
    right("parameters-next-step", training(Net, small, steps=3), keep=2, only=r"x|y|[Wb]\d",
          about="parameters only, the new ones are the next step's")
    right("forward-only", training(Net, deep), only=r"x|[Wb]\d|[zh]\d|p", lr=False)
    right("gradients-only", training(Net, small, steps=3), only=GRADIENTS)
    right("gradients-only-deep-no-lr", training(Net, deep), small=False, only=GRADIENTS + r"|[Wb]\d_new", lr=False)
    right("no-dh", training(Net, deep), small=False, drop=r"dh\d")
    right("no-dz", training(Net, deep), small=False, drop=r"dz\d")
    right("no-last-dz", training(Net, small), drop="dz2")
    right("no-last-dz-dh", training(Net, deep), drop="dz4|dh3", small=False)
    right("no-last-dz-dw-db", training(Net, small, steps=3), drop="dz2|dW2|db2", small=False)
    right("no-last-dz-at-dw", training(Net, small, mean_at="dw"), drop="dz2", small=False)
    right("no-last-dz-at-update", training(Net, small, mean_at="update"), drop="dz2|dW2", small=False)
    right("no-last-dz-sum", training(Net, small, mean=False, lr=0.01), drop="dz2|z2|h1", small=False)
    right("no-p-no-dz-declared", training(Net, small), drop="p|dz2", reduction=True, small=False)
    right("next-not-new", training(Net, small, steps=3), drop="[Wb][12]_new", small=False)
    right("no-z", training(Net, deep), small=False, drop=r"z\d")
    right("no-h", training(Net, deep), small=False, drop=r"h\d")
    right("no-p", training(Net, small), drop="p")
    right("no-x", training(Net, small), small=False, drop="x", about="z1 and dW1 cannot be judged")
    right("no-y", training(Net, small), small=False, drop="y", about="loss and dz2 cannot be judged")
    right("no-biases", training(Net, small), drop=r"d?b\d(_new|_next)?", about="no bias is written down; it is 0 at first and then it is not",
          expect=[finding(1, "z1"), finding(1, "z2")])
    right("no-loss", training(Net, small, steps=3), drop="loss")
    right("no-lr", training(Net, small, steps=3), lr=False)
    right("no-next", training(Net, small, steps=3), drop=r".*_next")
    right("steps-only", training(Net, small, steps=3), keep=2, drop=r".*_(new|next)")
    right("steps-only-no-lr", training(Net, small, steps=3), small=False, drop=r".*_(new|next)", lr=False)
    right("gaps", training(Net, small, steps=1, first=7), number_from=10, drop=r".*_next")
    right("stored", training(Net, small), small=False, compressed=False)
    right("fortran", training(Net, small), order="F")
    right("big-endian", training(Net, small), big=True)
    right("big-endian-float32-fortran", training(Net, small, dtype=np.float32), small=False, big=True, order="F")
    right("class-numbers", training(Net, small), y_as="classes")
    right("integer-one-hot", training(Net, small), small=False, y_as="int64")
    right("bool-one-hot", training(Net, small), y_as="bool")
    right("class-numbers-int32", training(Net, small, change=lambda x, y: (x, y)), small=False, y_as="classes", cast={"y": "int32"})
    right("row-bias", training(Net, small, bias_start=0.1, row_bias=True, steps=3))
    right("per-row-loss", training(Net, small), per_row=True)
    right("per-row-loss-sum", training(Net, small, mean=False, lr=0.01), small=False, per_row=True)
    right("other-keys", training(Net, small), extra={"0.accuracy": np.array(0.5), "history": np.arange(4.0), "name": np.array("me")})
    right("float32-x", training(Net, small, change=lambda x, y: (x.astype(np.float32), y)), about="only x is float32, and is so all along")
    right("written-as-float32", training(Net, small), cast={n: np.float32 for n in ("h1", "dz2", "dW1", "p")},
          expect=[finding(0, "h1", "float32-in-between")], about="a float64 network, four of its arrays written down as float32")

    # Guards of the logarithm.
    for name, guard, eps, more in (("1e-12", "plus", 1e-12, {}), ("1e-5", "plus", 1e-5, {}), ("1e-8", "plus", 1e-8, {}),
                                   ("clip", "clip", 1e-7, {}), ("max", "max", 1e-10, {}), ("none", "none", 0, {}),
                                   ("1e-5-sum", "plus", 1e-5, {"mean": False, "lr": 0.01}),
                                   ("clip-1e-2", "clip", 1e-2, {}), ("max-1e-2", "max", 1e-2, {})):
        right("guard-" + name, training(Net, small, n=20, steps=3, guard=guard, eps=eps, seed=4, **more),
              small=name in ("1e-12", "1e-5", "clip", "max", "none"))
    right("guard-1e-5-float32", training(Net, small, n=20, guard="plus", eps=1e-5, dtype=np.float32))

    # Other roads to the same numbers.
    right("momentum", training(m.Momentum, small, steps=4), keep=2, expect=[finding(1, "W1_new", "momentum")],
          about="momentum that nothing declares: a note, or the catalogue's momentum")
    right("momentum-declared", training(m.Momentum, small, steps=4), keep=2, meta={"momentum": 0.9})
    right("momentum-velocity-declared", training(m.MomentumVelocity, small, steps=4), small=False, meta={"momentum": 0.9})
    right("momentum-declared-no-lr", training(m.Momentum, small, steps=4), meta={"momentum": 0.9}, lr=False, small=False)
    right("partial-batch-update-no-lr", training(Net, small, batches=[16, 16, 5], steps=3, mean_at="update"), lr=False, small=False)
    right("rate-decay", training(Net, small, steps=4, decay=0.9), keep=2)
    right("rate-decay-no-lr", training(Net, small, steps=4, decay=0.9), small=False, lr=False)
    right("jacobian", training(m.TrueJacobian, small, n=20, guard_gradient=False),
          about="-y/p through the softmax's Jacobian")
    right("fused", training(Fused, small, n=20))
    right("fused-large-logits", training(m_class(Fused, SteepLast), small, n=20), expect=[warning(0, "W2", "first-weights-too-large")], about="log-sum-exp: exact where p underflows")
    right("no-max-small-logits", training(m.NoMax, small), about="exp without the maximum is right where nothing overflows")
    right("global-max-small-logits", training(m.GlobalMax, small))
    right("extended-precision", training(LongDouble, deep, n=20), small=False)
    right("plain-sums", training(OneByOne, small, n=30), small=False)
    right("relu-in-place-copied", training(m.ReluInPlace, small), about="copied before ReLU changed it")
    right("dout-changed-copied", training(m.DoutChanged, deep), small=False)

    # Numbers at the edge.
    right("late", training(Net, (2, 10, 2), n=20, steps=2, first=500, data="moons", lr=0.5))
    right("late-sum", training(Net, (2, 10, 2), n=20, steps=2, first=500, data="moons", mean=False, lr=0.05), small=False, number_from=0)
    right("zeros", training(Net, (3, 6, 3), steps=2, change=zero_rows), about="z is exactly 0 in the rows where x is")
    right("dead-units", training(DeadUnits, (3, 6, 3), steps=2), about="z of two units is exactly 0")
    right("large-logits", training(SteepLast, small, n=20), expect=[warning(0, "W2", "first-weights-too-large")], about="rows are saturated, not all")
    right("larger-logits", training(SteepLast, small, n=20, steep=3000.0, lr=1e-9, change=zero_rows), small=False, expect=[warning(0, "W2", "first-weights-too-large")], about="p underflows to 0 in places")
    right("tiny-weights", training(Net, (2, 20, 2), n=20, data="moons", scale=1e-4), small=False)
    right("tinier-weights", training(Net, (2, 20, 20, 2), n=20, data="moons", scale=1e-100), small=False, expect=[warning(0, "W1", "first-weights-too-small")])
    right("far-data", training(Net, small, lr=1e-15, scale=1e-6, change=shifted), about="x around a million: sums cancel")
    right("far-data-float32", training(Net, small, lr=1e-9, scale=1e-3, dtype=np.float32, change=lambda x, y: (x + np.float32(1000), y)), small=False)
    right("no-step", training(Net, small, lr=1e-18), about="the rate is so small that no bit changes",
          expect=[warning(0, "W1_new"), finding(0, "W1_new")])
    return found


def m_class(*bases):
    return type("Both", bases, {})
