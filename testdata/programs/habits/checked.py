import numpy as np

rng = np.random.RandomState(9)
x, t = rng.randn(6, 3), rng.rand(6, 2)
theta = {"W": rng.randn(3, 2), "b": np.zeros(2)}


def loss(p):
    o = 1 / (1 + np.exp(-(x @ p["W"] + p["b"])))
    return .5 * np.sum((o - t) ** 2)


def grad(p):
    o = 1 / (1 + np.exp(-(x @ p["W"] + p["b"])))
    d = (o - t) * o * (1 - o)
    return {"W": x.T @ d, "b": d.sum(0)}


g = grad(theta)
for k in theta:
    numeric = np.zeros_like(theta[k])
    it = np.nditer(theta[k], flags=["multi_index"])
    while not it.finished:
        i, old = it.multi_index, theta[k][it.multi_index]
        theta[k][i] = old + 1e-5
        up = loss(theta)
        theta[k][i] = old - 1e-5
        down = loss(theta)
        theta[k][i] = old
        numeric[i] = (up - down) / 2e-5
        it.iternext()
    print(k, np.abs(numeric - g[k]).max() < 1e-8)
for step in range(12):
    g = grad(theta)
    for k in theta:
        theta[k] -= .5 * g[k]
    print(step, loss(theta))
