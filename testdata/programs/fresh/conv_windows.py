"""Tiny CNN (two convolutions, one max pooling) through sliding_window_view."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

rng = np.random.default_rng(17)


def toy_images(n):
    """10x10 pictures: a horizontal bar, a vertical bar or a small square, with noise"""
    img = rng.normal(0, 0.35, (n, 1, 10, 10))
    kind = rng.integers(0, 3, n)
    for j in range(n):
        r, c = rng.integers(1, 6, 2)
        if kind[j] == 0:
            img[j, 0, r, c:c + 4] += 1.0
        elif kind[j] == 1:
            img[j, 0, r:r + 4, c] += 1.0
        else:
            img[j, 0, r:r + 2, c:c + 2] += 1.0
    return img, kind


def conv(x, w, b):
    win = sliding_window_view(x, w.shape[2:], axis=(2, 3))        # n, c, i, j, u, v
    return np.einsum("ncijuv,fcuv->nfij", win, w) + b[None, :, None, None]


def conv_back(x, w, dout):
    kh, kw = w.shape[2:]
    win = sliding_window_view(x, (kh, kw), axis=(2, 3))
    dw = np.einsum("ncijuv,nfij->fcuv", win, dout)
    db = dout.sum(axis=(0, 2, 3))
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    pwin = sliding_window_view(padded, (kh, kw), axis=(2, 3))
    dx = np.einsum("nfijuv,fcuv->ncij", pwin, w[:, :, ::-1, ::-1])
    return dx, dw, db


def pool(x):
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
    return blocks.max(axis=(3, 5))


def pool_back(x, out, dout):
    spread = lambda a: a.repeat(2, axis=2).repeat(2, axis=3)
    return spread(dout) * (x == spread(out))


theta = {
    "k1": rng.normal(0, 0.35, (4, 1, 3, 3)), "c1": np.full(4, 0.02),
    "k2": rng.normal(0, 0.2, (6, 4, 3, 3)), "c2": np.full(6, 0.02),
    "W": rng.normal(0, 0.2, (6 * 3 * 3, 3)), "d": np.zeros(3),
}


def forward(x):
    a1 = conv(x, theta["k1"], theta["c1"])            # 8 x 8
    h1 = np.maximum(a1, 0)
    a2 = conv(h1, theta["k2"], theta["c2"])           # 6 x 6
    h2 = a2 / (1 + np.exp(-a2))                       # swish
    h3 = pool(h2)                                     # 3 x 3
    flat = h3.reshape(len(x), -1)
    return flat @ theta["W"] + theta["d"], (a1, h1, a2, h2, h3, flat)


def step_grads(x, y):
    logits, (a1, h1, a2, h2, h3, flat) = forward(x)
    logits = logits - logits.max(axis=1, keepdims=True)
    prob = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = -np.log(prob[range(len(y)), y]).mean() + 0.5 * l2 * (theta["k2"] ** 2).sum()
    g = {}
    delta = prob.copy()
    delta[range(len(y)), y] -= 1
    delta /= len(y)
    g["W"] = flat.T @ delta
    g["d"] = delta.sum(axis=0)
    dh3 = (delta @ theta["W"].T).reshape(h3.shape)
    dh2 = pool_back(h2, h3, dh3)
    sg = 1 / (1 + np.exp(-a2))
    da2 = dh2 * (sg + a2 * sg * (1 - sg))
    dh1, g["k2"], g["c2"] = conv_back(h1, theta["k2"], da2)
    g["k2"] += l2 * theta["k2"]
    da1 = dh1 * (a1 > 0)
    _, g["k1"], g["c1"] = conv_back(x, theta["k1"], da1)
    return loss, g


l2, lr, mom = 1e-2, 0.15, 0.9
images, kinds = toy_images(240)
test_images, test_kinds = toy_images(120)
mem = {k: np.zeros_like(v) for k, v in theta.items()}
for epoch in range(10):
    order = rng.permutation(len(images))
    losses = []
    for part in np.array_split(order, 8):
        loss, g = step_grads(images[part], kinds[part])
        losses.append(loss)
        for k in theta:                       # Nesterov
            mem[k] = mom * mem[k] + g[k]
            theta[k] -= lr * (g[k] + mom * mem[k])
    lr *= 0.85
    if epoch % 3 == 0:
        acc = (forward(test_images)[0].argmax(axis=1) == test_kinds).mean()
        print("epoch", epoch, "loss", round(float(np.mean(losses)), 5), "test accuracy", round(float(acc), 3))
