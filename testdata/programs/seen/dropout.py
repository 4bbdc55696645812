import numpy as np

np.random.seed(31)


class Dropout:
    def __init__(self, p):
        self.p = p

    def __call__(self, x, train):
        if not train:
            return x
        self.mask = (np.random.rand(*x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def back(self, d):
        return d * self.mask


W1, b1 = np.random.randn(5, 20) * .4, np.zeros(20)
W2, b2 = np.random.randn(20, 10) * .3, np.zeros(10)
W3, b3 = np.random.randn(10, 3) * .3, np.zeros(3)
drop1, drop2 = Dropout(.4), Dropout(.2)


def predict(x, train=False):
    h1 = np.maximum(x @ W1 + b1, .01 * (x @ W1 + b1))
    g1 = drop1(h1, train)
    z2 = g1 @ W2 + b2
    h2 = np.where(z2 > 0, z2, .01 * z2)
    g2 = drop2(h2, train)
    s = g2 @ W3 + b3
    s = s - s.max(1, keepdims=True)
    return h1, g1, z2, g2, np.exp(s) / np.exp(s).sum(1, keepdims=True)


X = np.random.randn(120, 5)
y = np.argmax(X[:, :3], 1)
Xv, yv = X[100:], y[100:]
X, y = X[:100], y[:100]
for epoch in range(3):
    order = np.random.permutation(100)
    for s in range(0, 100, 25):
        x, t = X[order[s:s + 25]], y[order[s:s + 25]]
        h1, g1, z2, g2, p = predict(x, True)
        loss = -np.log(p[np.arange(25), t] + 1e-12).mean()
        d = p - np.eye(3)[t]
        d /= 25
        dW3, db3 = g2.T @ d, d.sum(0)
        d = drop2.back(d @ W3.T)
        d = d * np.where(z2 > 0, 1, .01)
        dW2, db2 = g1.T @ d, d.sum(0)
        d = drop1.back(d @ W2.T)
        d = d * np.where(h1 > 0, 1, .01)
        dW1, db1 = x.T @ d, d.sum(0)
        for q, g in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2), (W3, dW3), (b3, db3)):
            q -= .3 * (g + 1e-3 * q)
    print(epoch, loss, (predict(Xv)[-1].argmax(1) == yv).mean())
