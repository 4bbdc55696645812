import numpy as np

rng = np.random.RandomState(3)


class NAG:
    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {k: np.zeros_like(p) for k, p in params.items()}
        for k in params:
            params[k] += self.mu * self.mu * self.v[k]
            params[k] -= (1 + self.mu) * self.lr * grads[k]
            self.v[k] *= self.mu
            self.v[k] -= self.lr * grads[k]


params = {"W1": rng.randn(5, 7) * .5, "b1": np.zeros(7), "W2": rng.randn(7, 3) * .5, "b2": np.zeros(3)}
opt = NAG(.05, .8)
for i in range(12):
    x = rng.randn(30, 5)
    y = np.argmax(x[:, :3], axis=1)
    h = np.maximum(x.dot(params["W1"]) + params["b1"], 0)
    s = h.dot(params["W2"]) + params["b2"]
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    loss = -np.sum(np.log(p[np.arange(30), y] + 1e-7)) / 30
    d = p.copy()
    d[np.arange(30), y] -= 1
    d /= 30
    g = {"W2": h.T.dot(d), "b2": d.sum(0)}
    d = d.dot(params["W2"].T)
    d[h <= 0] = 0
    g["W1"], g["b1"] = x.T.dot(d), d.sum(0)
    opt.update(params, g)
    print(i, loss)
