import numpy as np

rng = np.random.RandomState(11)


class LinearModule:
    def __init__(self, in_features, out_features):
        self.W = rng.normal(0, 0.4, (out_features, in_features))
        self.b = np.zeros((1, out_features))

    def forward(self, x):
        self.x = x
        return x.dot(self.W.T) + self.b

    def backward(self, dout):
        self.dW = dout.T.dot(self.x)
        self.db = dout.sum(0, keepdims=True)
        return dout.dot(self.W)


class ELUModule:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, np.exp(x) - 1)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, np.exp(self.x))


class SoftMaxModule:
    def forward(self, x):
        b = x.max(axis=1, keepdims=True)
        y = np.exp(x - b)
        self.p = y / y.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, dout):
        return self.p * (dout - (dout * self.p).sum(axis=1, keepdims=True))


class CrossEntropyModule:
    def forward(self, x, y):
        return -np.mean(np.sum(y * np.log(x), axis=1))

    def backward(self, x, y):
        return -y / x / y.shape[0]


modules = [LinearModule(5, 12), ELUModule(), LinearModule(12, 6), ELUModule(), LinearModule(6, 4), SoftMaxModule()]
loss_module = CrossEntropyModule()
data = rng.normal(size=(64, 5))
labels = np.eye(4)[rng.randint(0, 4, 64)]
for i in range(10):
    lo = (i * 16) % 64
    x, t = data[lo:lo + 16], labels[lo:lo + 16]
    out = x
    for m in modules:
        out = m.forward(out)
    loss = loss_module.forward(out, t)
    d = loss_module.backward(out, t)
    for m in modules[::-1]:
        d = m.backward(d)
    for m in modules:
        if hasattr(m, "W"):
            m.W = m.W - 0.05 * m.dW
            m.b = m.b - 0.05 * m.db
    print("loss %.6f" % loss)
