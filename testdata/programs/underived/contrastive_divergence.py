import numpy as np
rng = np.random.RandomState(1)
X = (rng.rand(200, 20) < rng.rand(20)).astype(float)
W = rng.randn(20, 8) * 0.1; a = np.zeros(20); b = np.zeros(8)
def sig(x): return 1 / (1 + np.exp(-x))
for epoch in range(8):
    err = 0
    for i in range(0, 200, 50):
        v0 = X[i:i+50]
        h0 = sig(v0 @ W + b)
        hs = (rng.rand(*h0.shape) < h0).astype(float)
        v1 = sig(hs @ W.T + a)
        h1 = sig(v1 @ W + b)
        W += 0.1 * (v0.T @ h0 - v1.T @ h1) / 50
        a += 0.1 * (v0 - v1).mean(0)
        b += 0.1 * (h0 - h1).mean(0)
        err += np.sum((v0 - v1) ** 2)
    print(epoch, err)
