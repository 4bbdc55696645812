import numpy as np

rng = np.random.default_rng(23)
X = rng.normal(size=(64, 3))
t = np.tanh(X @ rng.normal(size=(3, 2))) + .05 * rng.normal(size=(64, 2))
w = [rng.normal(0, .5, (3, 8)), np.zeros(8), rng.normal(0, .5, (8, 2)), np.zeros(2)]
v = [np.zeros_like(a) for a in w]
mu, lr = .85, .1


def gradient(w, x, t):
    h = np.tanh(x @ w[0] + w[1])
    o = h @ w[2] + w[3]
    r = o - t
    loss = .5 * (r * r).sum(axis=1).mean()
    r = r / len(x)
    d = r @ w[2].T * (1 - h * h)
    return loss, [x.T @ d, d.sum(0), h.T @ r, r.sum(0)]


for epoch in range(3):
    for k in range(0, 64, 16):
        ahead = [a + mu * b for a, b in zip(w, v)]
        loss, g = gradient(ahead, X[k:k + 16], t[k:k + 16])
        v = [mu * b - lr * c for b, c in zip(v, g)]
        w = [a + b for a, b in zip(w, v)]
    print(epoch, loss)
