# Temporal conv net: causal dilated conv1d blocks with residual connections, NAdam, next-value forecasting.
import numpy as np

rng = np.random.default_rng(11)
C, K, dil = 8, 3, [1, 2, 4]
T, B = 40, 16

theta = {'Win': rng.normal(0, .5, (1, C)), 'Wout': rng.normal(0, .3, C), 'bout': np.zeros(1)}
for d in dil:
    theta[f'k{d}'] = rng.normal(0, 0.3, (K, C, C))
    theta[f'b{d}'] = np.zeros(C)

def shift(a, s):
    """delay by s steps, zero filled: out[t] = a[t-s]"""
    if s == 0:
        return a
    return np.concatenate([np.zeros_like(a[:, :s]), a[:, :-s]], axis=1)

def unshift(a, s):
    """adjoint of shift"""
    if s == 0:
        return a
    return np.concatenate([a[:, s:], np.zeros_like(a[:, :s])], axis=1)

def fwd(x):
    h = x[..., None] @ theta['Win']
    cache = []
    for d in dil:
        pre = theta[f'b{d}'] + sum(shift(h, j * d) @ theta[f'k{d}'][j] for j in range(K))
        act = np.tanh(pre)
        cache.append((h, act))
        h = h + act                     # residual
    return h @ theta['Wout'] + theta['bout'], h, cache

def bwd(x, dout, hlast, cache):
    g = {}
    g['Wout'] = np.einsum('bt,btc->c', dout, hlast)
    g['bout'] = np.array([dout.sum()])
    dh = dout[..., None] * theta['Wout']
    for d, (hin, act) in zip(dil[::-1], cache[::-1]):
        dpre = dh * (1 - act ** 2)
        g[f'b{d}'] = dpre.sum((0, 1))
        g[f'k{d}'] = np.stack([np.einsum('bti,bto->io', shift(hin, j * d), dpre) for j in range(K)])
        dh = dh + sum(unshift(dpre, j * d) @ theta[f'k{d}'][j].T for j in range(K))
    g['Win'] = np.einsum('bt,btc->c', x, dh)[None]
    return g

m = {k: np.zeros_like(a) for k, a in theta.items()}
v = {k: np.zeros_like(a) for k, a in theta.items()}
b1, b2, lr = 0.9, 0.99, 0.01
for it in range(1, 121):
    ph, fr = rng.uniform(0, 6.28, (B, 1)), rng.uniform(0.2, 0.6, (B, 1))
    s = np.sin(fr * np.arange(T + 1) + ph)
    x, y = s[:, :-1], s[:, 1:]
    pred, hlast, cache = fwd(x)
    err = pred - y
    loss = 0.5 * np.mean(err ** 2)
    g = bwd(x, err / err.size, hlast, cache)
    for k in theta:
        m[k] = b1 * m[k] + (1 - b1) * g[k]
        v[k] = b2 * v[k] + (1 - b2) * g[k] ** 2
        mhat = b1 * m[k] / (1 - b1 ** (it + 1)) + (1 - b1) * g[k] / (1 - b1 ** it)
        theta[k] -= lr * mhat / (np.sqrt(v[k] / (1 - b2 ** it)) + 1e-8)
    if it % 15 == 0:
        print(f'it {it:3d}  half-mse {loss:.5f}')
