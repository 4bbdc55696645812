# multi-quantile regression with pinball loss; non-crossing via cumulative softplus increments. Kaggle-style.
import numpy as np

SEED = 2021
np.random.seed(SEED)
QS = np.array([0.1, 0.5, 0.9])

def gen(n):
    x = np.random.uniform(0, 4, n)
    y = np.sin(2 * x) + (0.1 + 0.2 * x) * np.random.standard_normal(n)
    return np.c_[x, np.sin(x), np.cos(x), np.sin(2 * x), np.cos(2 * x)], y

def sp(x): return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)
def dsp(x): return 1. / (1. + np.exp(-x))

Xtr, ytr = gen(400)
Xva, yva = gen(200)
mu, sd = Xtr.mean(0), Xtr.std(0)
Xtr, Xva = (Xtr - mu) / sd, (Xva - mu) / sd

class QuantileNet:
    def __init__(self, d, h):
        self.W1 = np.random.randn(d, h) / np.sqrt(d); self.b1 = np.zeros(h)
        self.W2 = np.random.randn(h, len(QS)) * .1; self.b2 = np.zeros(len(QS))
    def predict(self, X):
        self.X = X
        self.A = sp(X @ self.W1 + self.b1)
        self.raw = self.A @ self.W2 + self.b2
        inc = self.raw.copy()
        inc[:, 1:] = sp(self.raw[:, 1:])
        return np.cumsum(inc, axis=1)
    def grads(self, dQ):
        dinc = np.cumsum(dQ[:, ::-1], axis=1)[:, ::-1]      # adjoint of cumsum
        draw = dinc.copy()
        draw[:, 1:] *= dsp(self.raw[:, 1:])
        dpre = draw @ self.W2.T * (1 - np.exp(-self.A))     # sigmoid(x) = 1 - exp(-softplus(x))
        return dict(W1=self.X.T @ dpre, b1=dpre.sum(0), W2=self.A.T @ draw, b2=draw.sum(0))

def pinball(q, y):
    e = y[:, None] - q
    return np.maximum(QS * e, (QS - 1) * e).mean()

def dpinball(q, y):
    e = y[:, None] - q
    return np.where(e > 0, -QS, 1 - QS) / e.size

net = QuantileNet(Xtr.shape[1], 20)
lr, best = 0.5, 9e9
for ep in range(60):
    if ep in (30, 45): lr *= 0.3
    tot = 0
    perm = np.random.permutation(len(Xtr))
    for k in range(0, len(perm), 40):
        i = perm[k:k + 40]
        q = net.predict(Xtr[i])
        tot += pinball(q, ytr[i]) * len(i)
        for name, g in net.grads(dpinball(q, ytr[i])).items():
            setattr(net, name, getattr(net, name) - lr * g)
    va = pinball(net.predict(Xva), yva)
    best = min(best, va)
    if ep % 6 == 5:
        print(f'[{ep + 1:02d}] train {tot / len(perm):.4f} valid {va:.4f} best {best:.4f}')
q = net.predict(Xva)
print('coverage 10-90%:', np.mean((yva > q[:, 0]) & (yva < q[:, 2])))
