# Deep-ensembles-style regression with uncertainty: M small nets trained side by
# side (one leading axis for the member), each predicts mean and variance.
import numpy as np

rng = np.random.default_rng(8)
M, H = 5, 14


def noise_sd(x):
    return 0.05 + 0.25 * (x > 0) * x


def draw(n):
    x = rng.uniform(-2, 2, size=(n, 1))
    return x, np.sin(2 * x) + 0.3 * x + noise_sd(x) * rng.normal(size=(n, 1))


x_all, y_all = draw(330)
x_test, y_test = draw(200)
mean_x, std_x = x_all[:250].mean(), x_all[:250].std()
norm = lambda x: (x - mean_x) / std_x
x_tr, y_tr = norm(x_all[:250]), y_all[:250]
x_va, y_va = norm(x_all[250:]), y_all[250:]

net = {
    "W1": rng.normal(0, 1.5, (M, 1, H)), "b1": rng.normal(0, 0.5, (M, 1, H)),
    "W2": rng.normal(0, 1 / np.sqrt(H), (M, H, H)), "b2": np.zeros((M, 1, H)),
    "W3": rng.normal(0, 1 / np.sqrt(H), (M, H, 2)), "b3": np.zeros((M, 1, 2)),
}
FLOOR = 1e-3


def softplus(a):
    return np.logaddexp(0, a)


def forward(net, x):
    """x: (M, n, 1) -> mean, variance, both (M, n, 1)"""
    h1 = np.tanh(np.matmul(x, net["W1"]) + net["b1"])
    a2 = np.matmul(h1, net["W2"]) + net["b2"]
    h2 = a2 / (1 + np.exp(-a2))          # swish
    out = np.matmul(h2, net["W3"]) + net["b3"]
    mu, raw = out[..., :1], out[..., 1:]
    return mu, softplus(raw) + FLOOR, (x, h1, a2, h2, raw)


def nll(mu, var, y):
    return 0.5 * (np.log(var) + (y - mu) ** 2 / var)


def backward(net, mu, var, y, saved):
    x, h1, a2, h2, raw = saved
    n = y.shape[1]
    tr = lambda a: np.swapaxes(a, 1, 2)
    d_mu = (mu - y) / var / n
    d_var = 0.5 * (1 / var - (y - mu) ** 2 / var ** 2) / n
    d_raw = d_var / (1 + np.exp(-raw))
    d_out = np.concatenate([d_mu, d_raw], axis=2)
    s = 1 / (1 + np.exp(-a2))
    d_a2 = np.matmul(d_out, tr(net["W3"])) * (s + a2 * s * (1 - s))
    d_a1 = np.matmul(d_a2, tr(net["W2"])) * (1 - h1 ** 2)
    return {
        "W3": np.matmul(tr(h2), d_out), "b3": d_out.sum(1, keepdims=True),
        "W2": np.matmul(tr(h1), d_a2), "b2": d_a2.sum(1, keepdims=True),
        "W1": np.matmul(tr(x), d_a1), "b1": d_a1.sum(1, keepdims=True),
    }


def tile(x):
    return np.broadcast_to(x, (M,) + x.shape)


# bootstrap: every member has its own resampled training set
boot = rng.integers(0, len(x_tr), size=(M, len(x_tr)))
xs, ys = x_tr[boot], y_tr[boot]

m1 = {k: np.zeros_like(v) for k, v in net.items()}
m2 = {k: np.zeros_like(v) for k, v in net.items()}
lr, b1, b2, decay = 0.01, 0.9, 0.99, 0.01
t, BATCH, PATIENCE = 0, 50, 12

alive = np.ones(M, dtype=bool)
best = np.full(M, np.inf)
wait = np.zeros(M, dtype=int)
kept = {k: v.copy() for k, v in net.items()}

for epoch in range(120):
    order = np.argsort(rng.random((M, len(x_tr))), axis=1)
    total = np.zeros(M)
    for lo in range(0, len(x_tr), BATCH):
        pick = order[:, lo:lo + BATCH, None]
        xb = np.take_along_axis(xs, pick, axis=1)
        yb = np.take_along_axis(ys, pick, axis=1)
        mu, var, saved = forward(net, xb)
        total += nll(mu, var, yb).sum((1, 2))
        g = backward(net, mu, var, yb, saved)
        t += 1
        on = alive[:, None, None]
        for k in net:
            m1[k] = b1 * m1[k] + (1 - b1) * g[k]
            m2[k] = b2 * m2[k] + (1 - b2) * g[k] ** 2
            step = (m1[k] / (1 - b1 ** t)) / (np.sqrt(m2[k] / (1 - b2 ** t)) + 1e-8)
            if k.startswith("W"):
                step = step + decay * net[k]       # decoupled
            net[k] -= lr * on * step
    mu, var, _ = forward(net, tile(x_va))
    val = nll(mu, var, y_va).mean((1, 2))
    better = alive & (val < best)
    best[better] = val[better]
    for k in net:
        kept[k][better] = net[k][better]
    wait = np.where(better, 0, wait + 1)
    alive &= wait < PATIENCE
    if epoch % 15 == 0:
        print(f"epoch {epoch:3d} train {np.round(total / len(x_tr), 3)} alive {alive.sum()}")
    if not alive.any():
        print("all members stopped at epoch", epoch)
        break

mu, var, _ = forward(kept, tile(norm(x_test)))
mix_mu = mu.mean(0)
mix_var = (var + mu ** 2).mean(0) - mix_mu ** 2
inside = np.abs(y_test - mix_mu) < 1.96 * np.sqrt(mix_var)
print("best val nll", np.round(best, 3))
print(f"test rmse {np.sqrt(((mix_mu - y_test) ** 2).mean()):.4f}  95% coverage {inside.mean():.3f}")
