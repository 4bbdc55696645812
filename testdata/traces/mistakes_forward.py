"""Mistakes on the way to p, in the loss and in its gradient, each as a student
would write it into net.Net."""
import numpy as np

from net import Net


# --- forward

class InvertedHe(Net):
    def first_scale(self, n_in):
        return 1 / np.sqrt(2.0 / n_in)


class NoBias(Net):
    def linear(self, h, k):
        return np.dot(h, self.W[k])


class NoBiasFirst(Net):
    def linear(self, h, k):
        return np.dot(h, self.W[k]) + (self.b[k] if k > 1 else 0)


class ReluInPlace(Net):
    def relu(self, z):
        z[z < 0] = 0
        return z


class NoRelu(Net):
    def relu(self, z):
        return z

    def drelu(self, dh, z, h):
        return dh


class Leaky(Net):
    slope = 0.01

    def relu(self, z):
        return np.where(z > 0, z, self.slope * z)

    def drelu(self, dh, z, h):
        return dh * np.where(z > 0, 1, self.slope)


class NoSoftmax(Net):
    def softmax(self, z):
        return z


class SoftmaxAxis0(Net):
    def softmax(self, z):
        e = np.exp(z - np.max(z, axis=0))
        return e / np.sum(e, axis=0)


class SoftmaxWholeBatch(Net):
    def softmax(self, z):
        e = np.exp(z - np.max(z))
        return e / np.sum(e)


class SoftmaxTwice(Net):
    def softmax(self, z):
        right = Net.softmax
        return right(self, right(self, z))


class Unnormalised(Net):
    def softmax(self, z):
        return np.exp(z - np.max(z, axis=1, keepdims=True))


class UnnormalisedNoMax(Net):
    def softmax(self, z):
        return np.exp(z)


class NoMax(Net):
    def softmax(self, z):
        e = np.exp(z)
        return e / np.sum(e, axis=1, keepdims=True)


class GlobalMax(Net):
    def softmax(self, z):
        e = np.exp(z - np.max(z))
        return e / np.sum(e, axis=1, keepdims=True)


def softmax_in_place(x):
    x -= np.max(x, axis=1, keepdims=True)
    np.exp(x, out=x)
    x /= np.sum(x, axis=1, keepdims=True)
    return x


class SoftmaxInPlace(Net):
    def softmax(self, z):
        return softmax_in_place(z)


class SoftmaxEveryLayer(Net):
    """One loop calls the softmax, which works in place, behind every layer.
    With references the trace shows arrays as they stand after that: z1 is a
    softmax. Without, it shows what each method returned."""

    late_z = True  # zL overwritten as well, as a plain dictionary of arrays shows it

    def forward(self, x):
        self.inputs = {}
        for k in range(1, self.L + 1):
            self.inputs[k] = x
            x = np.dot(x, self.W[k]) + self.b[k]
            self.keep("z%d" % k, x if self.late_z or k < self.L else x.copy())
            x = softmax_in_place(x)
            if k < self.L:
                x = np.maximum(x, 0)
                self.keep("h%d" % k, x)
                x = softmax_in_place(x)
        return self.keep("p", x)

    def layer_input(self, k):
        return self.inputs[k]

    def drelu(self, dh, z, h):
        return dh * (h > 0)


class AsReported(SoftmaxEveryLayer):
    def db(self, dz, k):
        return np.mean(dz, axis=0)


# --- loss and the gradient at the logits

class Log10(Net):
    def log(self, p):
        return np.log10(p + self.eps)


class LossOnlyMean(Net):
    def dlogits(self, p, y):
        return p - y


class LossOnlySum(Net):
    def loss(self, p, y):
        return -np.sum(y * self.log(p))


class DzSign(Net):
    def dlogits(self, p, y):
        return -Net.dlogits(self, p, y)


class DzPlusEpsilon(Net):
    def dlogits(self, p, y):
        d = p - y + 1e-7
        return d / len(p) if self.mean else d


class DzPlusEpsilonLast(Net):
    def dlogits(self, p, y):
        return Net.dlogits(self, p, y) + 1e-7


class JacobianTwice(Net):
    def dlogits(self, p, y):
        d = Net.dlogits(self, p, y)
        out = np.zeros_like(d)
        for i in range(len(p)):
            jacobian = np.diag(p[i]) - np.outer(p[i], p[i])
            out[i] = np.dot(jacobian, d[i])
        return out


class SigmoidDerivative(Net):
    def dlogits(self, p, y):
        return Net.dlogits(self, p, y) * p * (1 - p)


class DzNoSoftmax(Net):
    def dlogits(self, p, y):
        d = -y / p
        return d / len(p) if self.mean else d


class DzNoSoftmaxGuarded(Net):
    def dlogits(self, p, y):
        d = -y / (p + self.eps)
        return d / len(p) if self.mean else d


class DzWrongClass(Net):
    def dlogits(self, p, y):
        d = np.empty_like(p)
        for i in range(len(p)):
            t = np.argmax(y[i])
            for j in range(p.shape[1]):
                d[i, j] = p[i, j] - 1 if j == t else p[i, j] * p[i, j] / p[i, t]
        return d / len(p) if self.mean else d


class TrueJacobian(Net):
    """Not fused: -y/(p + eps) through the softmax's Jacobian. Right for eps 0;
    else exact for the guarded loss, and it stalls the samples most wrong."""
    guard_gradient = True

    def dlogits(self, p, y):
        dp = -y / (p + (self.eps if self.guard_gradient else 0))
        if self.mean:
            dp = dp / len(p)
        return p * (dp - np.sum(dp * p, axis=1, keepdims=True))


class RolledLabels(Net):
    by = 1

    def loss(self, p, y):
        return Net.loss(self, p, np.roll(y, self.by, axis=0))

    def dlogits(self, p, y):
        return Net.dlogits(self, p, np.roll(y, self.by, axis=0))


class SkipCorrect(Net):
    def dlogits(self, p, y):
        wrong = np.argmax(p, axis=1) != np.argmax(y, axis=1)
        return Net.dlogits(self, p, y) * wrong[:, None]


class DzBySize(Net):
    def dlogits(self, p, y):
        return (p - y) / p.size
