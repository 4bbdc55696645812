import numpy as np
rng = np.random.default_rng(4)
n, H, K = 80, 9, 3
y = rng.uniform(0, 1, n)
x = y + 0.3 * np.sin(2 * np.pi * y) + rng.uniform(-0.1, 0.1, n)     # many y for one x
theta = {
    "hid": rng.normal(0, 3, (1, H)), "hid0": rng.normal(0, 1, H),
    "mix": rng.normal(0, 0.3, (H, K)), "mix0": np.zeros(K),
    "mean": rng.normal(0, 0.3, (H, K)), "mean0": np.linspace(0.2, 0.8, K),
    "dev": rng.normal(0, 0.3, (H, K)), "dev0": np.full(K, -1.0)}
square = {k: 0 for k in theta}
first = {k: 0 for k in theta}

def network(x):
    h = np.tanh(x[:, None] @ theta["hid"] + theta["hid0"])
    a = h @ theta["mix"] + theta["mix0"]
    pi = np.exp(a - np.max(a, 1, keepdims=True))
    pi = pi / pi.sum(1, keepdims=True)
    mean = h @ theta["mean"] + theta["mean0"]
    sigma = np.exp(h @ theta["dev"] + theta["dev0"])
    return h, pi, mean, sigma

for t in range(1, 10):
    h, pi, mean, sigma = network(x)
    unit = (y[:, None] - mean) / sigma
    density = pi * np.exp(-0.5 * unit ** 2) / (sigma * np.sqrt(2 * np.pi))
    total = density.sum(axis=1, keepdims=True)
    loss = -np.log(total).sum() / n
    share = density / total                                           # posterior
    d_mix = (pi - share) / n
    d_mean = -share * unit / sigma / n
    d_dev = share * (1 - unit ** 2) / n
    grad = {"mix": h.T @ d_mix, "mix0": d_mix.sum(0), "mean": h.T @ d_mean, "mean0": d_mean.sum(0),
            "dev": h.T @ d_dev, "dev0": d_dev.sum(0)}
    dh = d_mix @ theta["mix"].T + d_mean @ theta["mean"].T + d_dev @ theta["dev"].T
    da = dh * (1 - h * h)
    grad["hid"] = x[None, :] @ da
    grad["hid0"] = da.sum(0)
    for k in theta:
        first[k] = 0.9 * first[k] + 0.1 * grad[k]
        square[k] = 0.999 * square[k] + 0.001 * grad[k] ** 2
        theta[k] = theta[k] - 0.02 * (first[k] / (1 - 0.9 ** t)) / (np.sqrt(square[k] / (1 - 0.999 ** t)) + 1e-8)
    print(t, loss)
