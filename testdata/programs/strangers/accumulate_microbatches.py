# gradient accumulation: 4 micro batches of 8..16 rows make one update of AdamW
# (uneven micro batches, so everything is summed and divided by the real count at the end)
import numpy as np

rs = np.random.RandomState(55)
N = 500
X = rs.rand(N, 5) * 2 - 1
target = np.tanh(2 * X[:, 0] * X[:, 1]) + 0.5 * np.cos(3 * X[:, 2]) - 0.3 * X[:, 3] + 0.05 * rs.randn(N)
fold_test = np.arange(N) % 5 == 0
Xtr, ttr, Xte, tte = X[~fold_test], target[~fold_test], X[fold_test], target[fold_test]


class Net:
    shapes = [("A", (5, 24)), ("a", (24,)), ("B", (24, 12)), ("b", (12,)), ("C", (12,)), ("c", ())]

    def __init__(self):
        # one flat vector; the names are views on it
        self.flat = np.zeros(sum(int(np.prod(s)) for _, s in self.shapes))
        self.grad = np.zeros_like(self.flat)
        self.p, self.g, self.decay = {}, {}, np.zeros_like(self.flat)
        at = 0
        for name, shape in self.shapes:
            size = int(np.prod(shape))
            self.p[name] = self.flat[at:at + size].reshape(shape)
            self.g[name] = self.grad[at:at + size].reshape(shape)
            if name in "ABC":
                self.p[name][...] = rs.randn(*shape) / np.sqrt(shape[0])
                self.decay[at:at + size] = 1.0
            at += size

    def run(self, x):
        h = np.tanh(x @ self.p["A"] + self.p["a"])
        k = h @ self.p["B"] + self.p["b"]
        s = k / (1 + np.exp(-k))
        return h, k, s, s @ self.p["C"] + self.p["c"]

    def accumulate(self, x, t):
        """adds the gradient of the SUM of half squared errors, returns that sum"""
        h, k, s, out = self.run(x)
        e = out - t
        self.g["C"] += s.T @ e
        self.g["c"] += e.sum()
        sig = 1 / (1 + np.exp(-k))
        dk = np.outer(e, self.p["C"]) * (sig + k * sig * (1 - sig))
        self.g["B"] += h.T @ dk
        self.g["b"] += dk.sum(axis=0)
        dh = dk @ self.p["B"].T * (1 - h * h)
        self.g["A"] += x.T @ dh
        self.g["a"] += dh.sum(axis=0)
        return 0.5 * e @ e


net = Net()
m, v, n_upd = np.zeros_like(net.flat), np.zeros_like(net.flat), 0
pending, rows_pending, loss_pending = 0, 0, 0.0
history = []
for epoch in range(40):
    order = rs.permutation(len(ttr))
    while len(order):
        cut = rs.randint(8, 17)
        part, order = order[:cut], order[cut:]
        loss_pending += net.accumulate(Xtr[part], ttr[part])
        rows_pending += len(part)
        pending += 1
        if pending == 4 or len(order) == 0:
            g = net.grad / rows_pending
            n_upd += 1
            m += 0.1 * (g - m)
            v += 0.01 * (g * g - v)
            net.flat -= 0.01 * (m / (1 - 0.9 ** n_upd) / (np.sqrt(v / (1 - 0.99 ** n_upd)) + 1e-8)
                                + 0.002 * net.decay * net.flat)
            history.append(loss_pending / rows_pending)
            net.grad[...] = 0
            pending, rows_pending, loss_pending = 0, 0, 0.0
    if epoch % 5 == 4:
        mse = np.mean((net.run(Xte)[3] - tte) ** 2)
        print("epoch %2d  updates %3d  half mse %.5f  test mse %.5f" % (epoch + 1, n_upd, np.mean(history[-9:]), mse))
