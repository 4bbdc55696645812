#!/usr/bin/env python
# coding: utf-8

# # Diffusion on a toy ring (exported from my notebook)

# In[1]:
import numpy as np
np.random.seed(2020)


# In[2]:  data
def make_data(n):
    a = np.random.rand(n) * 2 * np.pi
    return np.stack([np.cos(a), np.sin(a)], 1) * 1.2 + np.random.randn(n, 2) * 0.04


data = make_data(2000)
print(data.mean(0), data.std(0))


# In[3]:  noise schedule
T = 40
betas = np.linspace(1e-3, 0.18, T)
alphas = 1 - betas
abar = np.cumprod(alphas)
print("abar_T =", abar[-1])


# In[4]:  network  (x_t, embedding of t) -> predicted noise
def embed(t):
    f = np.array([1., 2., 4., 8.])
    u = (t[:, None] + 1) / T * np.pi / 2 * f
    return np.concatenate([np.sin(u), np.cos(u)], 1)


H = 64
W1 = np.random.randn(2, H) * 0.7
E1 = np.random.randn(8, H) * 0.35
b1 = np.zeros(H)
W2 = np.random.randn(H, H) / np.sqrt(H)
b2 = np.zeros(H)
W3 = np.random.randn(H, 2) * 0.01
b3 = np.zeros(2)
params = [W1, E1, b1, W2, b2, W3, b3]


def silu(a):
    s = 1 / (1 + np.exp(-a))
    return a * s, s * (1 + a * (1 - s))     # value and derivative


def net(x, e, p):
    W1, E1, b1, W2, b2, W3, b3 = p
    h1, d1 = silu(x @ W1 + e @ E1 + b1)
    h2, d2 = silu(h1 @ W2 + b2)
    h2 = h2 + h1
    return h2 @ W3 + b3, (h1, d1, h2, d2)


# In[5]:  training
def step_grads(x0, t, eps):
    xt = np.sqrt(abar[t])[:, None] * x0 + np.sqrt(1 - abar[t])[:, None] * eps
    e = embed(t)
    pred, (h1, d1, h2, d2) = net(xt, e, params)
    diff = pred - eps
    loss = (diff ** 2).mean()
    g = 2 * diff / diff.size
    gW3 = h2.T @ g
    gb3 = g.sum(0)
    g = g @ W3.T
    g2 = g * d2
    gW2 = h1.T @ g2
    gb2 = g2.sum(0)
    g1 = (g2 @ W2.T + g) * d1
    return loss, [xt.T @ g1, e.T @ g1, g1.sum(0), gW2, gb2, gW3, gb3]


ema = [p.copy() for p in params]
m = [0 * p for p in params]
v = [0 * p for p in params]
losses = []
N_ITER = 900
for it in range(1, N_ITER + 1):
    idx = np.random.randint(0, len(data), 128)
    t = np.random.randint(0, T, 128)
    loss, grads = step_grads(data[idx], t, np.random.randn(128, 2))
    losses.append(loss)
    lr = 3e-3 * min(1, it / 100) * (1 - 0.9 * it / N_ITER)
    for k in range(len(params)):
        m[k] = 0.9 * m[k] + 0.1 * grads[k]
        v[k] = 0.999 * v[k] + 0.001 * grads[k] ** 2
        params[k] -= lr * (m[k] / (1 - 0.9 ** it)) / (np.sqrt(v[k] / (1 - 0.999 ** it)) + 1e-8)
        ema[k] += (1 - 0.995) * (params[k] - ema[k])
    if it % 150 == 0:
        print(it, "loss (mean of last 150)", round(float(np.mean(losses[-150:])), 4))


# In[6]:  sampling, raw weights against averaged weights
def sample(n, p):
    x = np.random.randn(n, 2)
    for t in range(T - 1, -1, -1):
        eps, _ = net(x, embed(np.full(n, t)), p)
        x = (x - betas[t] / np.sqrt(1 - abar[t]) * eps) / np.sqrt(alphas[t])
        if t > 0:
            x += np.sqrt(betas[t]) * np.random.randn(n, 2)
    return x


for name, p in (("raw", params), ("ema", ema)):
    r = np.hypot(*sample(1000, p).T)
    print(f"{name}: radius {r.mean():.3f} +- {r.std():.3f}   (data 1.2 +- 0.04)")
