import numpy as np

rng = np.random.default_rng(8)
f = np.float32
X = rng.random((96, 6), dtype=f)
Y = (X.sum(1, keepdims=True) > 3).astype(f)
W1 = rng.standard_normal((6, 12), dtype=f) * f(.5)
b1 = np.zeros((1, 12), f)
W2 = rng.standard_normal((12, 1), dtype=f) * f(.5)
b2 = np.zeros((1, 1), f)
params = [W1, b1, W2, b2]
acc = [np.zeros_like(p) for p in params]
for step in range(10):
    k = (step * 32) % 96
    x, y = X[k:k + 32], Y[k:k + 32]
    z = x @ W1 + b1
    h = np.log1p(np.exp(z))
    p = 1 / (1 + np.exp(-(h @ W2 + b2)))
    loss = -np.mean(y * np.log(p + f(1e-6)) + (1 - y) * np.log(1 - p + f(1e-6)))
    do = (p - y) / f(32)
    dh = do @ W2.T
    dz = dh / (1 + np.exp(-z))
    grads = [x.T @ dz, dz.sum(0, keepdims=True), h.T @ do, do.sum(0, keepdims=True)]
    for q, g, a in zip(params, grads, acc):
        a += g * g
        q -= f(.1) * g / (np.sqrt(a) + f(1e-6))
    print(step, loss, np.mean((p > .5) == (y > .5)))
