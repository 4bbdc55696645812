# A recurrent network over long sequences, whose recurrent weights begin orthogonal:
# much is carried on before the first parameter is stepped.
import numpy as np

rng = np.random.default_rng(5)
T, H = 40, 7


class Cell:
    def __init__(self):
        self.U = rng.normal(0, 0.5, (2, H))
        self.W = np.linalg.qr(rng.normal(size=(H, H)))[0]
        self.b = np.zeros(H)
        self.v = rng.normal(0, 0.5, (H, 1))

    def arrays(self):
        return self.__dict__.items()


def gradients(cell, x, target):
    h, kept = np.zeros((len(x), H)), []
    for t in range(T):
        new = np.tanh(x[:, t] @ cell.U + h @ cell.W + cell.b)
        kept.append((h, new))
        h = 0.3 * h + 0.7 * new
    miss = h @ cell.v - target
    loss = np.mean(miss ** 2)
    dout = 2 * miss / len(x)
    g = {name: np.zeros_like(w) for name, w in cell.arrays()}
    g["v"] += h.T @ dout
    dh = dout @ cell.v.T
    for t in reversed(range(T)):
        before, new = kept[t]
        da = 0.7 * dh * (1 - new ** 2)
        g["U"] += x[:, t].T @ da
        g["W"] += before.T @ da
        g["b"] += da.sum(axis=0)
        dh = 0.3 * dh + da @ cell.W.T
    return loss, g


cell = Cell()
mean = {name: np.zeros_like(w) for name, w in cell.arrays()}
for step in range(12):
    x = rng.normal(size=(16, T, 2))
    target = x[:, -6:, 0].mean(axis=1, keepdims=True)
    loss, g = gradients(cell, x, target)
    for name, w in cell.arrays():
        mean[name] *= 0.95
        mean[name] += 0.05 * g[name] ** 2
        w -= 0.01 * g[name] / np.sqrt(mean[name] + 1e-6)
print(loss)
