import numpy as np
rng = np.random.RandomState(1)
W1 = rng.randn(30, 16) * 0.3; W2 = rng.randn(16, 5) * 0.3
img = rng.randn(1, 30) * 0.1
for k in range(12):
    h = np.maximum(0, img @ W1)
    s = h @ W2
    score = s[0, 2] - 0.01 * np.sum(img ** 2)
    ds = np.zeros_like(s); ds[0, 2] = 1
    dh = ds @ W2.T
    dh[h <= 0] = 0
    dimg = dh @ W1.T - 0.02 * img
    img += 0.5 * dimg / (np.abs(dimg).mean() + 1e-8)
    print(score)
