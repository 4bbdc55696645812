"""A network as courses ask for it, in plain NumPy, with one wrong line."""
import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 2))
y = (X[:, 0] * X[:, 1] > 0).astype(int)
W1, b1 = rng.normal(0, 0.7, (2, 16)), np.zeros(16)
W2, b2 = rng.normal(0, 0.3, (16, 2)), np.zeros(2)

for step in range(500):
    z1 = X @ W1 + b1
    h1 = np.tanh(z1)
    z2 = h1 @ W2 + b2
    p = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(200), y]))
    if step % 100 == 0:
        print(f"step {step}: loss {loss:.4f}, accuracy {np.mean(p.argmax(axis=1) == y):.3f}")

    dz2 = p.copy()
    dz2[np.arange(200), y] -= 1
    dz2 /= 200
    dW2, db2 = h1.T @ dz2, dz2.sum(axis=0)
    dh1 = dz2 @ W2.T
    dz1 = dh1 * (1 - h1)
    dW1, db1 = X.T @ dz1, dz1.sum(axis=0)
    for parameter, gradient in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2)):
        parameter -= 0.5 * gradient
