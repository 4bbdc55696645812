import numpy as np

"""
DeepSurv-like Cox model: negative partial log likelihood (Breslow), risk = small SELU network.
Full-batch gradient descent with backtracking (Armijo) line search.
"""

def selu(x):
    a, s = 1.6732632423543772, 1.0507009873554805
    return s * np.where(x > 0, x, a * (np.exp(np.minimum(x, 0)) - 1))

def selu_prime(x):
    a, s = 1.6732632423543772, 1.0507009873554805
    return s * np.where(x > 0, 1.0, a * np.exp(np.minimum(x, 0)))

def simulate(n, rng):
    X = rng.normal(size=(n, 4))
    risk = 0.8 * X[:, 0] - 0.6 * X[:, 1] + 0.7 * np.maximum(X[:, 2], 0)
    t = rng.exponential(np.exp(-risk))
    c = rng.exponential(2.0, n)
    order = np.argsort(-np.minimum(t, c))            # descending times: risk set = prefix
    return X[order], np.minimum(t, c)[order], (t <= c).astype(float)[order]

def unpack(w):
    return w[:32].reshape(4, 8), w[32:40], w[40:48]

def cost(w, X, event, lam=1e-3):
    W, b, u = unpack(w)
    pre = X @ W + b
    h = selu(pre)
    eta = h @ u
    shift = eta.max()
    ex = np.exp(eta - shift)
    cum = np.cumsum(ex)
    d = event.sum()
    loss = -np.sum(event * (eta - shift - np.log(cum))) / d + 0.5 * lam * w @ w
    # eta_j is in the risk set of every event i >= j
    tail = np.cumsum((event / cum)[::-1])[::-1]
    deta = (ex * tail - event) / d
    du = h.T @ deta
    dpre = np.outer(deta, u) * selu_prime(pre)
    return loss, np.concatenate([(X.T @ dpre).ravel(), dpre.sum(0), du]) + lam * w

def concordance(w, X, time, event):
    W, b, u = unpack(w)
    eta = selu(X @ W + b) @ u
    num = den = 0
    for i in np.flatnonzero(event):
        later = time > time[i]
        num += (eta[i] > eta[later]).sum()
        den += later.sum()
    return num / den

rng = np.random.default_rng(3)
X, time, event = simulate(200, rng)
w = rng.normal(size=48) * 0.2
step = 1.0
for it in range(40):
    f, g = cost(w, X, event)
    gg = g @ g
    while cost(w - step * g, X, event)[0] > f - 1e-4 * step * gg:
        step *= 0.5
    w = w - step * g
    step *= 1.5
    if it % 5 == 0:
        print("iter %2d  loss %.5f  step %.3f  c-index %.3f" % (it, f, step, concordance(w, X, time, event)))
