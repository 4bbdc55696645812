"""Mixture of linear experts with a softmax gate (Jacobs & Jordan style likelihood).
Negative log-likelihood, gradients through the posterior responsibilities, RAdam optimiser,
importance (load balancing) penalty on the gate."""
import numpy as np

rs = np.random.default_rng(1991)
E = 4          # experts


def piecewise(n):
    x = rs.uniform(-3, 3, n)
    y = np.where(x < -1, 2 + x, np.where(x < 1, -1.5 * x, np.where(x < 2, 3 * x - 4, 2 - 0.5 * (x - 2))))
    return x, y + np.where(x < 0, 0.1, 0.2) * rs.standard_normal(n)


def gate_features(x):
    return np.stack([np.ones_like(x), x, x ** 2 / 3, x ** 3 / 9], axis=1)


def start():
    return {'gate': 0.1 * rs.standard_normal((4, E)),
            'slope': rs.standard_normal(E), 'icept': rs.standard_normal(E),
            'logsig': np.zeros(E)}


def components(th, x):
    s = gate_features(x) @ th['gate']
    s = s - s.max(axis=1, keepdims=True)
    logg = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    mean = np.outer(x, th['slope']) + th['icept']
    return logg, mean


def nll_and_grad(th, x, y, balance):
    n = len(x)
    logg, mean = components(th, x)
    sig = np.exp(th['logsig'])
    z = (y[:, None] - mean) / sig
    joint = logg - 0.5 * z ** 2 - th['logsig'] - 0.5 * np.log(2 * np.pi)
    top = joint.max(axis=1, keepdims=True)
    logp = top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))
    resp = np.exp(joint - logp[:, None])
    g = np.exp(logg)
    importance = g.mean(axis=0)
    loss = -logp.mean() + balance * E * (importance ** 2).sum()

    dmean = -resp * z / sig / n
    dlogit = (g - resp) / n
    dg = 2 * balance * E * importance[None, :] / n           # same for every row
    dlogit = dlogit + g * (dg - (g * dg).sum(axis=1, keepdims=True))
    grad = {'gate': gate_features(x).T @ dlogit,
            'slope': x @ dmean,
            'icept': dmean.sum(axis=0),
            'logsig': -(resp * (z ** 2 - 1)).sum(axis=0) / n}
    return loss, grad


def radam(th, grad_fn, steps, lr, b1=0.9, b2=0.99):
    m = {k: np.zeros_like(v) for k, v in th.items()}
    v = {k: np.zeros_like(w) for k, w in th.items()}
    rho_inf = 2 / (1 - b2) - 1
    for t in range(1, steps + 1):
        loss, g = grad_fn(th)
        rho = rho_inf - 2 * t * b2 ** t / (1 - b2 ** t)
        for k in th:
            m[k] = b1 * m[k] + (1 - b1) * g[k]
            v[k] = b2 * v[k] + (1 - b2) * g[k] ** 2
            mh = m[k] / (1 - b1 ** t)
            if rho > 5:
                rect = np.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
                vh = np.sqrt(v[k] / (1 - b2 ** t)) + 1e-8
                th[k] = th[k] - lr * rect * mh / vh
            else:
                th[k] = th[k] - lr * mh
        yield t, loss


x, y = piecewise(500)
xt, yt = piecewise(500)


def minibatch(th):
    i = rs.integers(0, len(x), 100)
    return nll_and_grad(th, x[i], y[i], balance=0.02)


scores = []
for trial in range(3):
    theta = start()
    for t, loss in radam(theta, minibatch, 1500, 0.02):
        if t % 500 == 0:
            print('trial %d step %4d  full train nll %.4f' % (trial, t, nll_and_grad(theta, x, y, 0.0)[0]))
    scores.append((nll_and_grad(theta, x, y, 0.0)[0], trial, theta))
best, trial, theta = min(scores, key=lambda s: s[:2])
logg, mean = components(theta, xt)
pred = (np.exp(logg) * mean).sum(axis=1)
print('best trial %d: test nll %.4f, test rmse of the mean %.4f' % (
    trial, nll_and_grad(theta, xt, yt, 0.0)[0], np.sqrt(np.mean((pred - yt) ** 2))))
for k in np.argsort(-np.exp(logg).mean(0)):
    print('  expert %d: share %.2f   y = %.2f x %+.2f   sigma %.3f' % (
        k, np.exp(logg)[:, k].mean(), theta['slope'][k], theta['icept'][k], np.exp(theta['logsig'][k])))
