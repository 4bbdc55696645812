import numpy as np

# A tiny convolutional net written with explicit loops, in the manner of a course assignment:
# conv(3x3, stride 2, pad 1) - batchnorm - relu - conv(3x3, stride 1, pad 1) - relu - maxpool(2) - affine - hinge


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    Ho = 1 + (H + 2 * pad - HH) // stride
    Wo = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            patch = xp[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            for k in range(F):
                out[:, k, i, j] = np.sum(patch * w[k], axis=(1, 2, 3)) + b[k]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    _, _, Ho, Wo = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(Ho):
        for j in range(Wo):
            rows, cols = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
            for k in range(F):
                d = dout[:, k, i, j][:, None, None, None]
                dw[k] += np.sum(d * xp[:, :, rows, cols], axis=0)
                dxp[:, :, rows, cols] += d * w[k]
    return dxp[:, :, pad:-pad, pad:-pad], dw, db


def spatial_batchnorm_forward(x, gamma, beta, bn):
    if bn["mode"] == "train":
        mu = x.mean(axis=(0, 2, 3), keepdims=True)
        var = x.var(axis=(0, 2, 3), keepdims=True)
        bn["mean"] = bn["momentum"] * bn["mean"] + (1 - bn["momentum"]) * mu
        bn["var"] = bn["momentum"] * bn["var"] + (1 - bn["momentum"]) * var
    else:
        mu, var = bn["mean"], bn["var"]
    istd = 1.0 / np.sqrt(var + 1e-5)
    xhat = (x - mu) * istd
    return gamma[:, None, None] * xhat + beta[:, None, None], (xhat, gamma, istd)


def spatial_batchnorm_backward(dout, cache):
    xhat, gamma, istd = cache
    m = dout.shape[0] * dout.shape[2] * dout.shape[3]
    dbeta = dout.sum(axis=(0, 2, 3))
    dgamma = (dout * xhat).sum(axis=(0, 2, 3))
    scale = gamma[:, None, None] * istd / m
    dx = scale * (m * dout - dbeta[:, None, None] - xhat * dgamma[:, None, None])
    return dx, dgamma, dbeta


def max_pool_forward(x):
    N, C, H, W = x.shape
    blocks = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = blocks.max(axis=(3, 5))
    return out, blocks == out[:, :, :, None, :, None]


def max_pool_backward(dout, winners):
    share = winners / winners.sum(axis=(3, 5), keepdims=True)
    d = share * dout[:, :, :, None, :, None]
    N, C, h, _, w, _ = d.shape
    return d.reshape(N, C, 2 * h, 2 * w)


def hinge_loss(scores, y):
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1.0)
    margins[np.arange(N), y] = 0
    d = (margins > 0).astype(float)
    d[np.arange(N), y] -= d.sum(axis=1)
    return margins.sum() / N, d / N


def loss_fn(P, x, y, bn, reg):
    a1, c1 = conv_forward_naive(x, P["w1"], P["b1"], {"stride": 2, "pad": 1})
    n1, cbn = spatial_batchnorm_forward(a1, P["gamma"], P["beta"], bn)
    r1 = np.maximum(0, n1)
    a2, c2 = conv_forward_naive(r1, P["w2"], P["b2"], {"stride": 1, "pad": 1})
    r2 = np.maximum(0, a2)
    p2, winners = max_pool_forward(r2)
    flat = p2.reshape(len(x), -1)
    scores = flat @ P["w3"] + P["b3"]
    if bn["mode"] == "test":
        return scores
    loss, ds = hinge_loss(scores, y)
    loss += 0.5 * reg * sum(np.sum(P[k] ** 2) for k in ("w1", "w2", "w3"))
    G = {"w3": flat.T @ ds, "b3": ds.sum(axis=0)}
    dr2 = max_pool_backward((ds @ P["w3"].T).reshape(p2.shape), winners)
    dr1, G["w2"], G["b2"] = conv_backward_naive(dr2 * (a2 > 0), c2)
    da1, G["gamma"], G["beta"] = spatial_batchnorm_backward(dr1 * (n1 > 0), cbn)
    _, G["w1"], G["b1"] = conv_backward_naive(da1, c1)
    for k in ("w1", "w2", "w3"):
        G[k] += reg * P[k]
    return loss, G


rng = np.random.RandomState(5)
y = rng.randint(0, 3, 150)
x = rng.randn(150, 1, 8, 8) * 0.3
for n in range(150):
    at = rng.randint(1, 7)
    if y[n] == 0:
        x[n, 0, at, :] += 1.0
    elif y[n] == 1:
        x[n, 0, :, at] += 1.0
    else:
        x[n, 0, np.arange(8), (np.arange(8) + at) % 8] += 1.0
P = {"w1": rng.randn(5, 1, 3, 3) * 0.4, "b1": np.zeros(5), "gamma": np.ones(5), "beta": np.zeros(5),
     "w2": rng.randn(5, 5, 3, 3) * 0.2, "b2": np.zeros(5), "w3": rng.randn(20, 3) * 0.2, "b3": np.zeros(3)}
bn = {"mode": "train", "momentum": 0.9, "mean": 0.0, "var": 1.0}
cache = {k: np.zeros_like(v) for k, v in P.items()}
for epoch in range(12):
    bn["mode"] = "train"
    perm = rng.permutation(110)
    for s in range(0, 110, 22):
        loss, G = loss_fn(P, x[perm[s:s + 22]], y[perm[s:s + 22]], bn, 1e-3)
        for k in P:
            cache[k] = 0.9 * cache[k] + 0.1 * G[k] ** 2
            P[k] -= 0.01 * G[k] / (np.sqrt(cache[k]) + 1e-7)
    bn["mode"] = "test"
    acc = np.mean(loss_fn(P, x[110:], y[110:], bn, 0.0).argmax(axis=1) == y[110:])
    print("epoch %d: loss %.4f, val acc %.3f" % (epoch, loss, acc))
