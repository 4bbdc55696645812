import numpy as np

rng = np.random.default_rng(11)
X = rng.normal(size=(64, 5))
T = np.eye(3)[np.argmax(X[:, :3], 1)]
W, b = rng.normal(0, .3, (5, 3)), np.zeros(3)
for epoch in range(3):
    for i in range(0, 64, 16):
        x, t = X[i:i + 16], T[i:i + 16]
        z = x @ W + b
        q = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        d = q - t
        W -= .02 * (x.T @ d)
        b -= .02 * d.sum(0)
    z = X @ W + b
    q = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    print(epoch, "bits per row", -np.mean(np.sum(T * np.log2(q), axis=1)), "right", np.mean(q.argmax(1) == T.argmax(1)))
