"""Three classes of points; RAdam, which steps by the moment alone at first."""
import numpy as np

rng = np.random.default_rng(8)
x = rng.normal(size=(60, 5))
t = (x[:, 0] * x[:, 1] > 0).astype(int) + (x[:, 2] > 0.5)


class RAdam:
    def __init__(self, params, rate=0.02, beta1=0.9, beta2=0.99):
        self.params, self.rate, self.beta1, self.beta2, self.t = params, rate, beta1, beta2, 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, grads):
        self.t += 1
        t, b1, b2 = self.t, self.beta1, self.beta2
        most = 2 / (1 - b2) - 1
        now = most - 2 * t * b2 ** t / (1 - b2 ** t)
        for i, (p, g) in enumerate(zip(self.params, grads)):
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.v[i] = b2 * self.v[i] + (1 - b2) * g ** 2
            m = self.m[i] / (1 - b1 ** t)
            if now > 4:
                r = np.sqrt((now - 4) * (now - 2) * most / ((most - 4) * (most - 2) * now))
                p -= self.rate * r * m / (np.sqrt(self.v[i] / (1 - b2 ** t)) + 1e-8)
            else:
                p -= self.rate * m


W1, b1, W2 = rng.normal(0, 0.5, (5, 7)), np.zeros(7), rng.normal(0, 0.5, (7, 3))
optimiser = RAdam([W1, b1, W2])
for epoch in range(8):
    order = rng.permutation(60)
    for k in np.split(order, 3):
        h = np.tanh(x[k] @ W1 + b1)
        e = np.exp(h @ W2)
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(20), t[k]]))
        d = p.copy()
        d[np.arange(20), t[k]] -= 1
        d /= 20
        dh = d @ W2.T * (1 - h ** 2)
        optimiser.step([x[k].T @ dh, dh.sum(axis=0), h.T @ d])
    print(epoch, loss)
