"""Mistakes on the way back and in the update, and those that are in no
catalogue, each as a student would write it into net.Net."""
import numpy as np

from net import Net
from mistakes_forward import DzPlusEpsilon


# --- backward

class DwFromZ(Net):
    def layer_input(self, k):
        return self.t["x"] if k == 1 else self.t["z%d" % (k - 1)]


class DwMean(Net):
    def dw(self, h, dz, k):
        return np.dot(h.T, dz) / len(h)


class DwSign(Net):
    def dw(self, h, dz, k):
        return -np.dot(h.T, dz)


class Accumulated(Net):
    def __init__(self, *args, **settings):
        Net.__init__(self, *args, **settings)
        self.gw = [None] + [np.zeros_like(w) for w in self.W[1:]]
        self.gb = [None] + [np.zeros_like(b) for b in self.b[1:]]

    def dw(self, h, dz, k):
        self.gw[k] += np.dot(h.T, dz)
        return self.gw[k]

    def db(self, dz, k):
        self.gb[k] += np.sum(dz, axis=0)
        return self.gb[k]


class DbMean(Net):
    def db(self, dz, k):
        return np.mean(dz, axis=0, keepdims=self.row_bias)


class DbMeanFirstLayer(Net):
    def db(self, dz, k):
        return np.mean(dz, axis=0) if k == 1 else np.sum(dz, axis=0)


class DbSum(Net):
    """dz is a sum, dW divides by N, db does not."""

    def dlogits(self, p, y):
        return p - y

    def dw(self, h, dz, k):
        return np.dot(h.T, dz) / len(h)


class DbTotal(Net):
    def db(self, dz, k):
        return np.zeros(dz.shape[1]) + np.sum(dz)


class DbSign(Net):
    def db(self, dz, k):
        return -np.sum(dz, axis=0)


class DxWithDw(Net):
    def dx(self, dz, k):
        return np.dot(dz, self.t["dW%d" % k].T)


class DxWithDwDbMean(DxWithDw):
    def db(self, dz, k):
        return np.mean(dz, axis=0)


class DxReshaped(Net):
    def dx(self, dz, k):
        w = self.W[k]
        return np.dot(dz, w.reshape(w.shape[1], w.shape[0]))


class DxNotTransposed(Net):
    """Square hidden layers only; the last layer, not square, is right."""

    def dx(self, dz, k):
        w = self.W[k]
        return np.dot(dz, w if w.shape[0] == w.shape[1] else w.T)


class UpdateInBackward(Net):
    """Each layer updates itself before it makes what it passes back."""

    def after_gradients(self, k, n):
        self.W[k] = self.W[k] - self.rate(n) * self.t["dW%d" % k]
        self.b[k] = self.b[k] - self.rate(n) * self.t["db%d" % k]

    def update(self, n):
        pass


class DxWithoutW(Net):
    def dx(self, dz, k):
        return np.zeros((len(dz), self.W[k].shape[0])) + np.sum(dz, axis=1, keepdims=True)


class DoutChanged(Net):
    def drelu(self, dh, z, h):
        dh[z <= 0] = 0
        return dh


class NoMask(Net):
    def drelu(self, dh, z, h):
        return dh


class MaskFromGradient(Net):
    def drelu(self, dh, z, h):
        return dh * (dh > 0)


class MaskInverted(Net):
    def drelu(self, dh, z, h):
        return dh * (z <= 0)


class MaskBelow(Net):
    def drelu(self, dh, z, h):
        return dh * (z < 0)


class MaskAtZero(Net):
    def drelu(self, dh, z, h):
        return dh * (z >= 0)


# --- updates

class NeverUpdated(Net):
    def update(self, n):
        pass


class BiasNotUpdated(Net):
    def update(self, n):
        for k in range(1, self.L + 1):
            self.W[k] = self.W[k] - self.rate(n) * self.t["dW%d" % k]


class SkipsLayer(Net):
    which = 1

    def update(self, n):
        for k in range(1, self.L + 1):
            if k != (self.which if self.which > 0 else self.L):
                self.W[k] = self.W[k] - self.rate(n) * self.t["dW%d" % k]
                self.b[k] = self.b[k] - self.rate(n) * self.t["db%d" % k]


class SkipsFirst(SkipsLayer):
    which = 1


class SkipsLast(SkipsLayer):
    which = 0


class UpdateSign(Net):
    def moved(self, name, w, g, n):
        return w + self.rate(n) * g


class UpdateTwice(Net):
    def update(self, n):
        Net.update(self, n)
        Net.update(self, n)


class RateByN(Net):
    def rate(self, n):
        return self.lr / n


class RateTimesN(Net):
    def rate(self, n):
        return self.lr * n


class StaleGradient(Net):
    """update() stands before backward() in the training loop."""

    def update(self, n):
        for k in range(1, self.L + 1):
            for name, params in (("dW%d" % k, self.W), ("db%d" % k, self.b)):
                if name in self.old:
                    params[k] = params[k] - self.rate(n) * self.old[name]


class WeightDecay(Net):
    l2 = 1e-3

    def moved(self, name, w, g, n):
        return Net.moved(self, name, w, g + self.l2 * w, n)


class WeightDecayWeights(Net):
    l2 = 1e-3

    def moved(self, name, w, g, n):
        return Net.moved(self, name, w, g + self.l2 * w if name[0] == "W" else g, n)


class Momentum(Net):
    momentum = 0.9


class MomentumVelocity(Net):
    """v = mu v - lr g, w += v: the other way to write it."""
    momentum = 0.9

    def moved(self, name, w, g, n):
        self.v[name] = self.momentum * self.v.get(name, 0 * g) - self.rate(n) * g
        return w + self.v[name]


class MomentumReset(Net):
    def moved(self, name, w, g, n):
        v = np.zeros_like(g)
        v = 0.9 * v + g
        return w - self.rate(n) * v


class RmspropReset(Net):
    rho = 0.9

    def moved(self, name, w, g, n):
        cache = np.zeros_like(g)
        cache = self.rho * cache + (1 - self.rho) * g ** 2
        return w - self.rate(n) * g / (np.sqrt(cache) + 1e-8)


class StaleAgain(Net):
    """The evaluation ends with an update of its own, every second step."""

    def between(self, n):
        if self.steps % 2 == 1:
            Net.update(self, n)


class HiddenFloat32(Net):
    def relu(self, z):
        return np.maximum(z, 0).astype(np.float32).astype(float)


class DzFloat32(Net):
    def dlogits(self, p, y):
        return Net.dlogits(self, p, y).astype(np.float32).astype(float)


class ProductFloat32(Net):
    def linear(self, h, k):
        return np.dot(h.astype(np.float32), self.W[k].astype(np.float32)).astype(float) + self.b[k]


# --- in no catalogue

class DwTripled(Net):
    def dw(self, h, dz, k):
        return 3 * np.dot(h.T, dz)


class DwTransposed(Net):
    def dw(self, h, dz, k):
        d = np.dot(h.T, dz)
        return d.T if d.shape[0] == d.shape[1] else d


class DwColumnZero(Net):
    def dw(self, h, dz, k):
        d = np.dot(h.T, dz)
        d[:, -1] = 0
        return d


class DzPermuted(Net):
    def dlogits(self, p, y):
        return Net.dlogits(self, p, y)[np.random.RandomState(5).permutation(len(p))]


class DzShifted(Net):
    def dlogits(self, p, y):
        return Net.dlogits(self, p, y) + 0.01


class LossTimes(Net):
    def loss(self, p, y):
        return 1.5 * Net.loss(self, p, y)


class HiddenScaled(Net):
    def relu(self, z):
        return 0.7 * np.maximum(z, 0)

    def drelu(self, dh, z, h):
        return 0.7 * dh * (z > 0)


class OneElement(Net):
    """A single wrong number in a matrix."""

    def dx(self, dz, k):
        d = np.dot(dz, self.W[k].T)
        d[len(d) // 2, 1] += 1e-9
        return d


# --- two at once on one tensor

class DbMeanSign(Net):
    def db(self, dz, k):
        return -np.mean(dz, axis=0)


class DzSignPlus(Net):
    def dlogits(self, p, y):
        return DzPlusEpsilon.dlogits(self, y, p)


class DwSignMean(Net):
    def dw(self, h, dz, k):
        return -np.dot(h.T, dz) / len(h)
