# three spirals, small net, columns are samples
import numpy as np

rng = np.random.default_rng(3)
K, m, d = 3, 120, 2
eps = 0.1

P, L = [], []
for k in range(K):
    r = np.linspace(0.1, 1.0, m)
    th = np.linspace(k * 2.1, k * 2.1 + 3.0, m) + rng.normal(0, 0.12, m)
    P.append(np.stack([r * np.sin(th), r * np.cos(th)]))
    L.append(np.full(m, k))
X = np.concatenate(P, axis=1)
y = np.concatenate(L)
q = rng.permutation(K * m)
X, y = X[:, q], y[q]

ntr = 280
Xtr, ytr = X[:, :ntr], y[:ntr]
Xte, yte = X[:, ntr:], y[ntr:]
mu = Xtr.mean(axis=1, keepdims=True)
sd = Xtr.std(axis=1, keepdims=True)
Xtr = (Xtr - mu) / sd
Xte = (Xte - mu) / sd

T = np.full((K, ntr), eps / K)
T[ytr, np.arange(ntr)] += 1 - eps

h1, h2 = 24, 16
W1 = rng.normal(0, np.sqrt(2 / d), (h1, d))
b1 = np.zeros((h1, 1))
W2 = rng.normal(0, np.sqrt(1 / h1), (h2, h1))
b2 = np.zeros((h2, 1))
W3 = rng.normal(0, np.sqrt(1 / h2), (K, h2))
b3 = np.zeros((K, 1))
theta = [W1, b1, W2, b2, W3, b3]
vel = [np.zeros_like(t) for t in theta]

eta0, beta, lam, B = 0.1, 0.9, 1e-4, 40


def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def f(X):
    Z1 = W1 @ X + b1
    A1 = np.maximum(Z1, 0)
    A2 = np.tanh(W2 @ A1 + b2)
    return Z1, A1, A2, softmax(W3 @ A2 + b3)


for ep in range(60):
    eta = eta0 * 0.5 ** (ep // 20)
    q = rng.permutation(ntr)
    Xs, Ts = Xtr[:, q], T[:, q]
    J = 0.0
    for i in range(0, ntr, B):
        x, t = Xs[:, i:i + B], Ts[:, i:i + B]
        n = x.shape[1]
        Z1, A1, A2, Yh = f(x)
        J += -np.sum(t * np.log(Yh + 1e-12))

        D3 = (Yh - t) / n
        dW3 = D3 @ A2.T + lam * W3
        db3 = D3.sum(axis=1, keepdims=True)
        D2 = (W3.T @ D3) * (1 - A2 ** 2)
        dW2 = D2 @ A1.T + lam * W2
        db2 = D2.sum(axis=1, keepdims=True)
        D1 = (W2.T @ D2) * (Z1 > 0)
        dW1 = D1 @ x.T + lam * W1
        db1 = D1.sum(axis=1, keepdims=True)

        for th, v, g in zip(theta, vel, [dW1, db1, dW2, db2, dW3, db3]):
            v *= beta
            v -= eta * g
            th += v
    if ep % 5 == 4:
        acc = np.mean(f(Xte)[3].argmax(axis=0) == yte)
        print(f"{ep + 1:3d}  eta {eta:.3f}  J {J / ntr:.5f}  acc {acc:.3f}")
