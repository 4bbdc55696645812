# Neural network from scratch in ~60 lines: two moons, one hidden layer
import numpy as np

rng = np.random.RandomState(0)

# --- data: two noisy half circles
n = 200
t = rng.uniform(0, np.pi, n)
upper = np.c_[np.cos(t), np.sin(t)]
lower = np.c_[1 - np.cos(t), 0.5 - np.sin(t)]
X = np.r_[upper, lower] + 0.15 * rng.randn(2 * n, 2)
y = np.r_[np.zeros(n), np.ones(n)].reshape(-1, 1)

# shuffle, split, standardise with the training statistics
p = rng.permutation(2 * n)
X, y = X[p], y[p]
Xtr, ytr = X[:300], y[:300]
Xva, yva = X[300:], y[300:]
mu, sd = Xtr.mean(0), Xtr.std(0)
Xtr = (Xtr - mu) / sd
Xva = (Xva - mu) / sd

# --- parameters
H = 16
W1 = rng.randn(2, H) * 0.7
b1 = np.zeros((1, H))
W2 = rng.randn(H, H) * 0.3
b2 = np.zeros((1, H))
W3 = rng.randn(H, 1) * 0.3
b3 = np.zeros((1, 1))

vW1, vb1 = np.zeros_like(W1), np.zeros_like(b1)
vW2, vb2 = np.zeros_like(W2), np.zeros_like(b2)
vW3, vb3 = np.zeros_like(W3), np.zeros_like(b3)

lr = 0.1
mom = 0.9
best_loss, patience = np.inf, 0

for epoch in range(1500):
    # forward
    h1 = np.tanh(Xtr @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    out = 1 / (1 + np.exp(-(h2 @ W3 + b3)))
    loss = -np.mean(ytr * np.log(out) + (1 - ytr) * np.log(1 - out))

    # backward
    d3 = (out - ytr) / len(Xtr)
    gW3 = h2.T @ d3
    gb3 = d3.sum(0, keepdims=True)
    d2 = (d3 @ W3.T) * (1 - h2 ** 2)
    gW2 = h1.T @ d2
    gb2 = d2.sum(0, keepdims=True)
    d1 = (d2 @ W2.T) * (1 - h1 ** 2)
    gW1 = Xtr.T @ d1
    gb1 = d1.sum(0, keepdims=True)

    # momentum step
    vW3 = mom * vW3 - lr * gW3
    vb3 = mom * vb3 - lr * gb3
    vW2 = mom * vW2 - lr * gW2
    vb2 = mom * vb2 - lr * gb2
    vW1 = mom * vW1 - lr * gW1
    vb1 = mom * vb1 - lr * gb1
    W3 += vW3
    b3 += vb3
    W2 += vW2
    b2 += vb2
    W1 += vW1
    b1 += vb1

    if epoch % 50 == 0:
        # held-out loss, used for early stopping
        p1 = np.tanh(Xva @ W1 + b1)
        p2 = np.tanh(p1 @ W2 + b2)
        po = 1 / (1 + np.exp(-(p2 @ W3 + b3)))
        held = -np.mean(yva * np.log(po) + (1 - yva) * np.log(1 - po))
        acc = np.mean((po > 0.5) == (yva > 0.5))
        print(f"epoch {epoch:4d}  loss {loss:.5f}  held-out {held:.5f}  acc {acc:.3f}")
        if held < best_loss - 1e-4:
            best_loss, patience = held, 0
        else:
            patience += 1
            if patience >= 4:
                print("early stop")
                break
