import numpy as np


class Layer:
    def __init__(self, n_in, n_out, act, rng):
        lim = np.sqrt(6 / (n_in + n_out))
        self.w = rng.uniform(-lim, lim, (n_in, n_out))
        self.b = np.zeros(n_out)
        self.act = act
        self.ew = np.zeros_like(self.w)
        self.eb = np.zeros_like(self.b)

    def fwd(self, a):
        self.a_in = a
        z = a @ self.w + self.b
        self.out = 1 / (1 + np.exp(-z)) if self.act == "sigmoid" else z * (z > 0) + 0.01 * z * (z <= 0)
        self.slope = self.out * (1 - self.out) if self.act == "sigmoid" else 1.0 * (z > 0) + 0.01 * (z <= 0)
        return self.out

    def bwd(self, d):
        d = d * self.slope
        self.gw = self.a_in.T @ d
        self.gb = d.sum(0)
        return d @ self.w.T

    def rmsprop(self, lr, decay=0.9, eps=1e-6):
        self.ew = decay * self.ew + (1 - decay) * self.gw ** 2
        self.eb = decay * self.eb + (1 - decay) * self.gb ** 2
        self.w -= lr * self.gw / (np.sqrt(self.ew) + eps)
        self.b -= lr * self.gb / (np.sqrt(self.eb) + eps)


rng = np.random.RandomState(31)
basis = rng.rand(3, 12)
data = rng.rand(64, 3) @ basis / 3
layers = [Layer(12, 8, "leaky", rng), Layer(8, 3, "leaky", rng), Layer(3, 8, "leaky", rng), Layer(8, 12, "sigmoid", rng)]
for epoch in range(4):
    for lo in range(0, 64, 16):
        x = data[lo:lo + 16]
        noisy = x + rng.randn(*x.shape) * 0.05
        a = noisy
        for layer in layers:
            a = layer.fwd(a)
        loss = ((a - x) ** 2).sum() / (2 * len(x))
        d = (a - x) / len(x)
        for layer in layers[::-1]:
            d = layer.bwd(d)
        for layer in layers:
            layer.rmsprop(0.005)
    print(epoch, loss)
