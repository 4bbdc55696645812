# 3-class spiral, 2 hidden layers (leaky relu), label smoothing + warmup/cosine lr + heavy-ball momentum
import numpy as np

np.random.seed(1)
N, K = 60, 3
X = np.zeros((N * K, 2))
y = np.zeros(N * K, dtype=int)
for j in range(K):
    ix = range(N * j, N * (j + 1))
    r = np.linspace(0.0, 1, N)
    t = np.linspace(j * 4, (j + 1) * 4, N) + np.random.randn(N) * 0.2
    X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[ix] = j

h = 32
W1 = np.random.randn(2, h) * np.sqrt(2 / 2)
b1 = np.zeros(h)
W2 = np.random.randn(h, h) * np.sqrt(2 / h)
b2 = np.zeros(h)
W3 = np.random.randn(h, K) * 0.1
b3 = np.zeros(K)
vel = [np.zeros_like(p) for p in (W1, b1, W2, b2, W3, b3)]

eps = 0.1
T = np.full((N * K, K), eps / K)
T[np.arange(N * K), y] += 1 - eps

EPOCHS, WARM, base_lr, reg = 300, 20, 0.3, 1e-4
for epoch in range(EPOCHS):
    if epoch < WARM:
        lr = base_lr * (epoch + 1) / WARM
    else:
        lr = 0.5 * base_lr * (1 + np.cos(np.pi * (epoch - WARM) / (EPOCHS - WARM)))

    z1 = X @ W1 + b1
    a1 = np.where(z1 > 0, z1, 0.01 * z1)
    z2 = a1 @ W2 + b2
    a2 = np.where(z2 > 0, z2, 0.01 * z2)
    s = a2 @ W3 + b3
    s = s - s.max(1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(1, keepdims=True))
    data_loss = -(T * logp).sum() / len(X)
    loss = data_loss + 0.5 * reg * ((W1 ** 2).sum() + (W2 ** 2).sum() + (W3 ** 2).sum())

    ds = (np.exp(logp) - T) / len(X)
    dW3 = a2.T @ ds + reg * W3
    db3 = ds.sum(0)
    dz2 = ds @ W3.T * np.where(z2 > 0, 1, 0.01)
    dW2 = a1.T @ dz2 + reg * W2
    db2 = dz2.sum(0)
    dz1 = dz2 @ W2.T * np.where(z1 > 0, 1, 0.01)
    dW1 = X.T @ dz1 + reg * W1
    db1 = dz1.sum(0)

    for p, g, v in zip((W1, b1, W2, b2, W3, b3), (dW1, db1, dW2, db2, dW3, db3), vel):
        v *= 0.9
        v -= lr * g
        p += v

    if epoch % 30 == 0 or epoch == EPOCHS - 1:
        print("epoch %3d  lr %.4f  loss %.4f  acc %.3f" % (epoch, lr, loss, (logp.argmax(1) == y).mean()))
