"""Mixture density network (Bishop 1994) on the inverse sine problem.

All the weights live in ONE vector theta; the matrices are reshaped views of
it, and the same trick is used for the gradient, so the optimiser is one line.
"""
import numpy as np

H, K = 24, 4
SHAPES = [("W1", (1, H)), ("b1", (H,)), ("W2", (H, H)), ("b2", (H,)), ("W3", (H, 3 * K)), ("b3", (3 * K,))]


def carve(flat):
    out, pos = {}, 0
    for name, shp in SHAPES:
        n = int(np.prod(shp))
        out[name] = flat[pos:pos + n].reshape(shp)
        pos += n
    assert pos == flat.size
    return out


SIZE = sum(int(np.prod(s)) for _, s in SHAPES)
rng = np.random.default_rng(1994)
theta = np.zeros(SIZE)
w = carve(theta)
w["W1"][:] = rng.normal(0, 2.0, w["W1"].shape)
w["b1"][:] = rng.uniform(-1, 1, H)
w["W2"][:] = rng.normal(0, 1 / np.sqrt(H), w["W2"].shape)
w["W3"][:] = rng.normal(0, 0.3 / np.sqrt(H), w["W3"].shape)
w["b3"][K:2 * K] = np.linspace(0.1, 0.9, K)          # centres spread over the range
w["b3"][2 * K:] = -1.0

grad = np.zeros(SIZE)
g = carve(grad)


def heads(x):
    h1 = np.tanh(x @ w["W1"] + w["b1"])
    h2 = np.tanh(h1 @ w["W2"] + w["b2"])
    o = h2 @ w["W3"] + w["b3"]
    a, mu, ls = o[:, :K], o[:, K:2 * K], o[:, 2 * K:]
    a = a - a.max(1, keepdims=True)
    logpi = a - np.log(np.exp(a).sum(1, keepdims=True))
    return h1, h2, logpi, mu, ls


def nll(x, y, need_grad=True):
    h1, h2, logpi, mu, ls = heads(x)
    u = (y - mu) * np.exp(-ls)
    joint = logpi - 0.5 * u * u - ls - 0.5 * np.log(2 * np.pi)
    top = joint.max(1, keepdims=True)
    logp = top + np.log(np.exp(joint - top).sum(1, keepdims=True))
    if need_grad:
        n = len(x)
        resp = np.exp(joint - logp)
        do = np.empty((n, 3 * K))
        do[:, :K] = np.exp(logpi) - resp
        do[:, K:2 * K] = -resp * u * np.exp(-ls)
        do[:, 2 * K:] = resp * (1 - u * u)
        do /= n
        np.matmul(h2.T, do, out=g["W3"])
        np.sum(do, 0, out=g["b3"])
        d2 = do @ w["W3"].T * (1 - h2 ** 2)
        np.matmul(h1.T, d2, out=g["W2"])
        np.sum(d2, 0, out=g["b2"])
        d1 = d2 @ w["W2"].T * (1 - h1 ** 2)
        np.matmul(x.T, d1, out=g["W1"])
        np.sum(d1, 0, out=g["b1"])
    return -logp.mean()


# data: y -> x is a function, x -> y is not
t = rng.uniform(0, 1, (700, 1))
x = t + 0.3 * np.sin(2 * np.pi * t) + rng.uniform(-0.05, 0.05, t.shape)
x, y = 2 * x - 1, t
xtr, ytr, xva, yva = x[:550], y[:550], x[550:], y[550:]

m, u_inf = np.zeros(SIZE), np.zeros(SIZE)
best, best_theta, wait, t_step, lr = np.inf, theta.copy(), 0, 0, 0.01
for epoch in range(200):
    perm = rng.permutation(550)
    for a in range(0, 550, 64):
        sel = perm[a:a + 64]
        nll(xtr[sel], ytr[sel])
        t_step += 1
        m += 0.1 * (grad - m)                                    # AdaMax
        np.maximum(0.999 * u_inf, np.abs(grad) + 1e-12, out=u_inf)
        theta -= lr / (1 - 0.9 ** t_step) * m / u_inf
    v = nll(xva, yva, need_grad=False)
    if v < best - 1e-4:
        best, wait = v, 0
        best_theta[:] = theta
    else:
        wait += 1
        if wait % 8 == 0:
            lr *= 0.5
        if wait == 25:
            break
    if epoch % 20 == 0:
        print(f"epoch {epoch:3d}  valid nll {v:.4f}  lr {lr:.4g}")
theta[:] = best_theta
print(f"stopped after epoch {epoch}, best valid nll {best:.4f}, again {nll(xva, yva, False):.4f}")
_, _, logpi, mu, ls = heads(np.array([[0.0]]))
for k in np.argsort(mu[0]):
    print(f"   x=0: weight {np.exp(logpi[0, k]):.2f} centre {mu[0, k]:.2f} width {np.exp(ls[0, k]):.3f}")
