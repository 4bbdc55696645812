import numpy as np


class Maxout:
    """Several affine pieces, the largest of which is passed on."""

    def __init__(self, fan_in, fan_out, pieces, rng):
        self.w = rng.standard_normal((pieces, fan_in, fan_out)) / np.sqrt(fan_in)
        self.b = np.zeros((pieces, fan_out))

    def __call__(self, x):
        self.x = x
        z = np.einsum("ni,kio->nko", x, self.w) + self.b
        self.winner = z.argmax(axis=1)[:, None, :]
        return np.take_along_axis(z, self.winner, axis=1)[:, 0]

    def backward(self, grad):
        routed = np.zeros((len(grad), self.w.shape[0], grad.shape[1]))
        np.put_along_axis(routed, self.winner, grad[:, None, :], axis=1)
        self.gw = np.einsum("ni,nko->kio", self.x, routed)
        self.gb = routed.sum(axis=0)
        return np.einsum("nko,kio->ni", routed, self.w)


class Head:
    def __init__(self, fan_in, classes, rng):
        self.w = rng.standard_normal((fan_in, classes)) * 0.1
        self.b = np.zeros(classes)

    def __call__(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, grad):
        self.gw = self.x.T @ grad
        self.gb = grad.sum(axis=0)
        return grad @ self.w.T


def cross_entropy(scores, label):
    shifted = scores - scores.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(label))
    loss = -logp[rows, label].mean()
    grad = np.exp(logp)
    grad[rows, label] -= 1
    return loss, grad / len(label)


rng = np.random.default_rng(11)
points = rng.uniform(-1, 1, (120, 2))
label = (np.abs(points[:, 0]) + np.abs(points[:, 1]) > 0.8).astype(int) + (points[:, 0] > 0.6)
layers = [Maxout(2, 7, 3, rng), Maxout(7, 5, 2, rng), Head(5, 3, rng)]
rate = 0.3
for epoch in range(3):
    for part in np.array_split(rng.permutation(120), 4):
        h = points[part]
        for layer in layers:
            h = layer(h)
        loss, grad = cross_entropy(h, label[part])
        for layer in layers[::-1]:
            grad = layer.backward(grad)
        for layer in layers:
            layer.w -= rate * layer.gw
            layer.b -= rate * layer.gb
    print(epoch, loss)
