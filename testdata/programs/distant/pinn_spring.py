"""PINN for a damped oscillator with an unknown stiffness.

    u'' + c u' + k u = 0,   u(0) = 1, u'(0) = 0,   t in [0, 3]

The network is t -> 24 tanh -> 24 tanh -> u.  u' and u'' are pushed forward
together with u (so every activation is a triple), and the whole thing is
differentiated by hand.  k is learnt from a few noisy measurements.
"""
import numpy as np

rng = np.random.default_rng(0)
C_DAMP, K_TRUE, T_END = 0.6, 4.0, 3.0


def exact(t):
    wd = np.sqrt(K_TRUE - C_DAMP ** 2 / 4)
    return np.exp(-C_DAMP * t / 2) * (np.cos(wd * t) + C_DAMP / (2 * wd) * np.sin(wd * t))


t_obs = rng.uniform(0, T_END, (12, 1))
u_obs = exact(t_obs) + 0.02 * rng.normal(size=t_obs.shape)

sizes = [1, 24, 24, 1]
params = []
for n_in, n_out in zip(sizes[:-1], sizes[1:]):
    params.append(rng.normal(size=(n_in, n_out)) * np.sqrt(2.0 / (n_in + n_out)))
    params.append(np.zeros((1, n_out)))
params[0] *= 3
params[1] += rng.uniform(-2, 2, params[1].shape)
params.append(np.array([0.0]))            # log k


def tanh_jet(z, zd, zdd):
    h = np.tanh(z)
    s = 1 - h ** 2
    return h, s * zd, s * zdd - 2 * h * s * zd ** 2


def tanh_jet_back(gh, ghd, ghdd, h, zd, zdd):
    s = 1 - h ** 2
    gzdd = ghdd * s
    gzd = ghd * s - 4 * ghdd * h * s * zd
    gz = gh * s - 2 * ghd * h * s * zd
    gz += ghdd * (-2 * h * s * zdd - 2 * (s ** 2 - 2 * h ** 2 * s) * zd ** 2)
    return gz, gzd, gzdd


def net(p, t):
    W1, b1, W2, b2, W3, b3 = p[:6]
    z1 = t @ W1 + b1
    z1d = np.repeat(W1, len(t), axis=0)
    z1dd = np.zeros_like(z1)
    h1, h1d, h1dd = tanh_jet(z1, z1d, z1dd)
    z2, z2d, z2dd = h1 @ W2 + b2, h1d @ W2, h1dd @ W2
    h2, h2d, h2dd = tanh_jet(z2, z2d, z2dd)
    cache = (t, z1d, z1dd, h1, h1d, h1dd, z2d, z2dd, h2, h2d, h2dd)
    return (h2 @ W3 + b3, h2d @ W3, h2dd @ W3), cache


def net_grad(p, gu, gud, gudd, cache):
    """Gradients of a scalar whose partials in (u, u', u'') are given."""
    W1, b1, W2, b2, W3, b3 = p[:6]
    t, z1d, z1dd, h1, h1d, h1dd, z2d, z2dd, h2, h2d, h2dd = cache
    gW3 = h2.T @ gu + h2d.T @ gud + h2dd.T @ gudd
    gb3 = gu.sum(0, keepdims=True)
    gz, gzd, gzdd = tanh_jet_back(gu @ W3.T, gud @ W3.T, gudd @ W3.T, h2, z2d, z2dd)
    gW2 = h1.T @ gz + h1d.T @ gzd + h1dd.T @ gzdd
    gb2 = gz.sum(0, keepdims=True)
    gz, gzd, gzdd = tanh_jet_back(gz @ W2.T, gzd @ W2.T, gzdd @ W2.T, h1, z1d, z1dd)
    gW1 = t.T @ gz + gzd.sum(0, keepdims=True)
    gb1 = gz.sum(0, keepdims=True)
    return [gW1, gb1, gW2, gb2, gW3, gb3]


def loss_and_grad(p, t_col, w_ic=5.0, w_data=10.0):
    k = np.exp(p[6][0])
    zero = np.zeros((1, 1))

    # physics residual at the collocation points
    (u, ud, udd), cache = net(p, t_col)
    res = udd + C_DAMP * ud + k * u
    loss_pde = np.mean(res ** 2)
    gr = 2 * res / len(res)
    grads = net_grad(p, k * gr, C_DAMP * gr, gr, cache)
    g_logk = np.sum(gr * u) * k

    # initial conditions
    (u0, u0d, _), cache = net(p, zero)
    loss_ic = (u0 - 1.0).item() ** 2 + u0d.item() ** 2
    g_ic = net_grad(p, 2 * w_ic * (u0 - 1.0), 2 * w_ic * u0d, zero, cache)

    # measurements
    (um, _, _), cache = net(p, t_obs)
    diff = um - u_obs
    loss_data = np.mean(diff ** 2)
    none = np.zeros_like(um)
    g_data = net_grad(p, 2 * w_data * diff / len(diff), none, none, cache)

    grads = [a + b + c for a, b, c in zip(grads, g_ic, g_data)]
    grads.append(np.array([g_logk]))
    total = loss_pde + w_ic * loss_ic + w_data * loss_data
    return total, (loss_pde, loss_ic, loss_data), grads


def collocation(n):
    # stratified: one random point in each of n equal cells
    edges = np.linspace(0, T_END, n + 1)[:-1]
    return (edges + rng.random(n) * T_END / n)[:, None]


# ---- Adam ----
m1 = [np.zeros_like(q) for q in params]
m2 = [np.zeros_like(q) for q in params]
beta1, beta2, eps = 0.9, 0.99, 1e-8
N_ITER, lr0 = 1200, 0.01

for it in range(1, N_ITER + 1):
    total, parts, grads = loss_and_grad(params, collocation(32))
    lr = lr0 * 0.1 ** (it / N_ITER)
    for i, g in enumerate(grads):
        m1[i] = beta1 * m1[i] + (1 - beta1) * g
        m2[i] = beta2 * m2[i] + (1 - beta2) * g * g
        mhat = m1[i] / (1 - beta1 ** it)
        vhat = m2[i] / (1 - beta2 ** it)
        params[i] -= lr * mhat / (np.sqrt(vhat) + eps)
    if it % 200 == 0:
        print("%4d  total %.5f  pde %.5f  ic %.6f  data %.6f  k %.3f"
              % (it, total, *parts, np.exp(params[6][0])))

grid = np.linspace(0, T_END, 101)[:, None]
err = net(params, grid)[0][0] - exact(grid)
print("relative L2 error: %.4f   k = %.4f (true %.1f)"
      % (np.linalg.norm(err) / np.linalg.norm(exact(grid)), np.exp(params[6][0]), K_TRUE))
