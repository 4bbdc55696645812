"""Convolution with explicit loops, one image at a time (dataclass parameters, Adam).
   stride-2 convolution -> leaky relu -> 1x1 'channel mixing' -> global average pooling -> softmax"""
from dataclasses import dataclass, field
import numpy as np

rng = np.random.RandomState(31)
SLOPE = 0.1
STRIDE = 2


@dataclass
class Param:
    value: np.ndarray
    grad: np.ndarray = field(init=False)
    m1: np.ndarray = field(init=False)
    m2: np.ndarray = field(init=False)

    def __post_init__(self):
        self.grad = np.zeros_like(self.value)
        self.m1 = np.zeros_like(self.value)
        self.m2 = np.zeros_like(self.value)


@dataclass
class Net:
    kernel: Param       # (F, C, 3, 3)
    kbias: Param        # (F,)
    mix: Param          # (K, F)
    mbias: Param        # (K,)

    def all(self):
        return [self.kernel, self.kbias, self.mix, self.mbias]


def conv(img, K, b):
    F = K.shape[0]
    h = (img.shape[1] - 3) // STRIDE + 1
    w = (img.shape[2] - 3) // STRIDE + 1
    out = np.zeros((F, h, w))
    for f in range(F):
        for r in range(h):
            for c in range(w):
                patch = img[:, r * STRIDE:r * STRIDE + 3, c * STRIDE:c * STRIDE + 3]
                out[f, r, c] = (patch * K[f]).sum() + b[f]
    return out


def conv_grad(img, dout, kernel, kbias):
    F, h, w = dout.shape
    for f in range(F):
        for r in range(h):
            for c in range(w):
                patch = img[:, r * STRIDE:r * STRIDE + 3, c * STRIDE:c * STRIDE + 3]
                kernel.grad[f] += dout[f, r, c] * patch
                kbias.grad[f] += dout[f, r, c]


def forward(net, img):
    z = conv(img, net.kernel.value, net.kbias.value)
    a = np.where(z > 0, z, SLOPE * z)
    q = np.tensordot(net.mix.value, a, axes=(1, 0)) + net.mbias.value[:, None, None]
    logits = q.mean(axis=(1, 2))
    e = np.exp(logits - logits.max())
    return e / e.sum(), (img, z, a)


def backward(net, probs, label, saved):
    img, z, a = saved
    dlogits = probs.copy()
    dlogits[label] -= 1.0
    h, w = z.shape[1:]
    dq = np.ones((1, h, w)) * dlogits[:, None, None] / (h * w)
    net.mix.grad += np.tensordot(dq, a, axes=([1, 2], [1, 2]))
    net.mbias.grad += dq.sum(axis=(1, 2))
    da = np.tensordot(net.mix.value.T, dq, axes=(1, 0))
    dz = np.where(z > 0, da, SLOPE * da)
    conv_grad(img, dz, net.kernel, net.kbias)


def adam(params, t, n, lr=0.04, b1=0.85, b2=0.95):
    for p in params:
        g = p.grad / n
        p.m1 += (1 - b1) * (g - p.m1)
        p.m2 += (1 - b2) * (g * g - p.m2)
        step = np.sqrt(1 - b2 ** t) / (1 - b1 ** t)
        p.value -= lr * step * p.m1 / (np.sqrt(p.m2) + 1e-8)
        p.grad[:] = 0


def stripes(label):
    img = 0.4 * rng.randn(2, 7, 7)
    k = np.arange(7)
    pattern = [np.sin(1.6 * k)[:, None] * np.ones(7), np.sin(1.6 * k) * np.ones((7, 1)), np.cos(0.8 * (k[:, None] + k))][label]
    img[rng.randint(2)] += pattern
    return img


images = [(stripes(i % 3), i % 3) for i in range(36)]
net = Net(Param(0.3 * rng.randn(4, 2, 3, 3)), Param(np.zeros(4)), Param(0.5 * rng.randn(3, 4)), Param(np.zeros(3)))
t = 0
for epoch in range(6):
    order = rng.permutation(len(images))
    for start in range(0, len(images), 9):
        batch_loss = 0.0
        chunk = order[start:start + 9]
        for n in chunk:
            img, label = images[n]
            probs, saved = forward(net, img)
            batch_loss -= np.log(probs[label])
            backward(net, probs, label, saved)
        t += 1
        adam(net.all(), t, len(chunk))
        print(f'[{epoch}:{start // 9}] loss = {batch_loss / len(chunk):.4f}')
