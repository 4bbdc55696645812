import numpy as np

rng = np.random.RandomState(2)
X = rng.uniform(-2, 2, (40, 2))
y = np.sin(X[:, 0]) * np.cos(X[:, 1])
centres = rng.uniform(-2, 2, (7, 2))
log_width = np.zeros(7)
weights = rng.normal(0, .3, 7)
bias = np.zeros(1)
for it in range(12):
    diff = X[:, None, :] - centres[None, :, :]
    dist = (diff ** 2).sum(axis=2)
    beta = np.exp(-log_width)
    phi = np.exp(-beta * dist)
    out = phi @ weights + bias
    err = out - y
    loss = .5 * np.mean(err ** 2)
    delta = err / len(y)
    g_weights = phi.T @ delta
    g_bias = delta.sum(keepdims=True)
    g_phi = np.outer(delta, weights)
    g_e = g_phi * phi
    g_centres = 2 * np.einsum("nk,nkd->kd", g_e * beta, diff)
    g_log_width = (g_e * dist * beta).sum(axis=0)
    weights -= .3 * g_weights
    bias -= .3 * g_bias
    centres -= .3 * g_centres
    log_width -= .3 * g_log_width
    print(it, loss)
