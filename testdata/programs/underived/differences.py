import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(60, 2); y = (X[:, 0] * X[:, 1] > 0).astype(float)
W1 = rng.randn(2, 4); b1 = np.zeros(4); W2 = rng.randn(4); b2 = np.zeros(1)
def loss(p):
    W1, b1, W2, b2 = p
    h = np.tanh(X @ W1 + b1)
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    return -np.mean(y * np.log(o) + (1 - y) * np.log(1 - o))
def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=['multi_index'])
    while not it.finished:
        idx = it.multi_index
        tmp = x[idx]
        x[idx] = tmp + h
        fxh1 = f()
        x[idx] = tmp - h
        fxh2 = f()
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp
        it.iternext()
    return grad
p = [W1, b1, W2, b2]
for e in range(10):
    g = [numerical_gradient(lambda: loss(p), w) for w in p]
    for w, d in zip(p, g): w -= 0.5 * d
    print(loss(p))
