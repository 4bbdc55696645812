import numpy as np


def partial_likelihood(risk, event):
    """Cox's, for rows in order of falling time: who is at risk stands before."""
    top = risk.max()
    summed = np.cumsum(np.exp(risk - top))
    return -np.sum(event * (risk - top - np.log(summed))) / event.sum()


def partial_likelihood_grad(risk, event):
    e = np.exp(risk - risk.max())
    summed = np.cumsum(e)
    hazard = np.cumsum((event / summed)[::-1])[::-1]
    return (e * hazard - event) / event.sum()


rng = np.random.default_rng(88)
n = 70
x = rng.normal(size=(n, 4))
hours = rng.exponential(np.exp(-x[:, 0] + 0.5 * x[:, 1] ** 2))
limit = rng.exponential(2.0, n)
event = (hours < limit).astype(float)
seen = np.minimum(hours, limit)
order = np.argsort(-seen)
x, event = x[order], event[order]

W = rng.normal(0, 0.5, (4, 6))
v = rng.normal(0, 0.5, 6)
sumW, sumv = np.zeros_like(W), np.zeros_like(v)
for it in range(10):
    hidden = np.maximum(x @ W, 0.0)
    risk = hidden @ v
    loss = partial_likelihood(risk, event) + 0.01 * np.abs(W).sum()
    drisk = partial_likelihood_grad(risk, event)
    dv = hidden.T @ drisk
    dhidden = np.outer(drisk, v)
    dW = x.T @ (dhidden * (hidden > 0)) + 0.01 * np.sign(W)
    # heavy ball, the rate inside the memory
    sumW = 0.6 * sumW + 0.2 * dW
    sumv = 0.6 * sumv + 0.2 * dv
    W = W - sumW
    v = v - sumv
    print(it, loss)
