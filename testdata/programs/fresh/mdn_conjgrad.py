# Mixture density network (Bishop 1994) on the inverse problem x -> y, trained full batch
# with Polak-Ribiere conjugate gradients and a backtracking line search.
# All parameters live in one flat vector.
import numpy as np

rs = np.random.RandomState(42)
H, M = 12, 3                                     # hidden units, mixture components

y_all = rs.uniform(0, 1, size=360)
x_all = y_all + 0.3 * np.sin(2 * np.pi * y_all) + rs.uniform(-0.05, 0.05, size=360)
x_all = (x_all - x_all[:260].mean()) / x_all[:260].std()
xtr, ytr, xte, yte = x_all[:260], y_all[:260], x_all[260:], y_all[260:]

SHAPES = [("w1", (1, H)), ("b1", (H,)), ("w2", (H, H)), ("b2", (H,)), ("w3", (H, 3 * M)), ("b3", (3 * M,))]
WD = 1e-3


def unpack(theta):
    out, at = {}, 0
    for name, shape in SHAPES:
        size = int(np.prod(shape))
        out[name] = theta[at:at + size].reshape(shape)
        at += size
    return out


def pack(parts):
    return np.concatenate([parts[name].ravel() for name, _ in SHAPES])


def network(p, x):
    h1 = np.tanh(x[:, None] @ p["w1"] + p["b1"])
    h2 = np.tanh(h1 @ p["w2"] + p["b2"])
    o = h2 @ p["w3"] + p["b3"]
    return h1, h2, o[:, :M], o[:, M:2 * M], o[:, 2 * M:]


def log_components(a, mu, ls, y):
    """log of pi_k N(y | mu_k, exp(ls_k)^2) for every sample and component"""
    logpi = a - a.max(axis=1, keepdims=True)
    logpi = logpi - np.log(np.exp(logpi).sum(axis=1, keepdims=True))
    quad = ((y[:, None] - mu) / np.exp(ls)) ** 2
    return logpi, logpi - 0.5 * quad - ls - 0.5 * np.log(2 * np.pi)


def objective(theta, x, y, wd=WD):
    p = unpack(theta)
    n = len(x)
    h1, h2, a, mu, ls = network(p, x)
    logpi, lc = log_components(a, mu, ls, y)
    top = lc.max(axis=1, keepdims=True)
    lse = top + np.log(np.exp(lc - top).sum(axis=1, keepdims=True))
    penalty = sum((p[k] ** 2).sum() for k in ("w1", "w2", "w3"))
    value = -lse.mean() + 0.5 * wd * penalty

    gamma = np.exp(lc - lse)                     # responsibilities
    d_a = (np.exp(logpi) - gamma) / n
    var = np.exp(2 * ls)
    d_mu = gamma * (mu - y[:, None]) / var / n
    d_ls = gamma * (1 - (y[:, None] - mu) ** 2 / var) / n
    d_o = np.hstack([d_a, d_mu, d_ls])
    g = {"w3": h2.T @ d_o + wd * p["w3"], "b3": d_o.sum(0)}
    d_2 = (d_o @ p["w3"].T) * (1 - h2 ** 2)
    g["w2"] = h1.T @ d_2 + wd * p["w2"]
    g["b2"] = d_2.sum(0)
    d_1 = (d_2 @ p["w2"].T) * (1 - h1 ** 2)
    g["w1"] = x[None, :] @ d_1 + wd * p["w1"]
    g["b1"] = d_1.sum(0)
    return value, pack(g)


def line_search(theta, value, grad, direction, start):
    slope = grad @ direction
    t = start
    for _ in range(30):
        trial = theta + t * direction
        v, g = objective(trial, xtr, ytr)
        if v <= value + 1e-4 * t * slope:
            return t, trial, v, g
        t *= 0.5
    return 0.0, theta, value, grad


theta = np.concatenate([rs.randn(int(np.prod(s))) * (0.5 if n[0] == "w" else 0.1) for n, s in SHAPES])
value, grad = objective(theta, xtr, ytr)
direction, t = -grad, 1.0
for it in range(200):
    t, new_theta, new_value, new_grad = line_search(theta, value, grad, direction, min(1.0, 4 * t))
    beta = max(0.0, new_grad @ (new_grad - grad) / (grad @ grad))
    if t == 0.0 or (it + 1) % len(theta) == 0:
        beta, t = 0.0, 0.1
    direction = -new_grad + beta * direction
    if direction @ new_grad >= 0:
        direction = -new_grad
    theta, value, grad = new_theta, new_value, new_grad
    if it % 50 == 0:
        print("iter %3d  train %.4f  test nll %.4f  |g| %.4f" % (it, value, objective(theta, xte, yte, 0.0)[0], np.linalg.norm(grad)))

_, _, a, mu, ls = network(unpack(theta), xte)
best = a.argmax(axis=1)
print("final test nll %.4f" % objective(theta, xte, yte, 0.0)[0])
print("mode error %.4f" % np.abs(mu[np.arange(len(yte)), best] - yte).mean())
