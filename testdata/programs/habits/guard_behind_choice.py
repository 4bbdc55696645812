# tiny 1-d convnet: im2col, batch norm per channel (momentum 0.1 = share of the new value), inverted dropout,
# instance-wise scaled signals, shift augmentation
import numpy as np
rs = np.random.RandomState(33)

def make(n, L=32):
    y = rs.randint(0, 2, n)
    x = rs.randn(n, L) * 0.5
    for i in range(n):
        p = rs.randint(2, L - 8)
        x[i, p:p + 6] += [1, 2, 3, 0, 0, 0] if y[i] else [0, 0, 0, 3, 2, 1]
    return x * rs.uniform(0.5, 5, (n, 1)), y

X, y = make(600)
X = X / np.abs(X).max(axis=1, keepdims=True)      # each signal by its own maximum
Xtr, ytr, Xte, yte = X[:480], y[:480], X[480:], y[480:]

F, K, L = 12, 5, 32
T = L - K + 1
cols_idx = np.arange(T)[:, None] + np.arange(K)[None]
Wc = rs.randn(K, F) * np.sqrt(2 / K)
gamma, beta = np.ones(F), np.zeros(F)
Wf = rs.randn(F, 1) * 0.3
bf = np.zeros(1)
run_mean, run_var = np.zeros(F), np.ones(F)
momentum, p_drop, eps = 0.1, 0.2, 1e-5

def forward(x, train):
    global run_mean, run_var
    cols = x[:, cols_idx]                          # n,T,K
    z = cols @ Wc                                  # n,T,F
    if train:
        mu, var = z.mean((0, 1)), z.var((0, 1))
        m = z.shape[0] * z.shape[1]
        run_mean = (1 - momentum) * run_mean + momentum * mu
        run_var = (1 - momentum) * run_var + momentum * var * m / (m - 1)
    else:
        mu, var = run_mean, run_var
    inv = 1 / np.sqrt(var + eps)
    zh = (z - mu) * inv
    a = np.maximum(gamma * zh + beta, 0)
    arg = a.argmax(1)                              # global max pooling, n,F
    pooled = a.max(1)
    mask = (rs.rand(*pooled.shape) >= p_drop) / (1 - p_drop) if train else 1.0
    hd = pooled * mask
    prob = 1 / (1 + np.exp(-(hd @ Wf + bf)[:, 0]))
    return prob, (cols, inv, zh, a, arg, mask, hd)

def backward(prob, t, cache):
    cols, inv, zh, a, arg, mask, hd = cache
    n = len(t)
    ds = ((prob - t) / n)[:, None]
    gWf, gbf = hd.T @ ds, ds.sum(0)
    dp = (ds @ Wf.T) * mask
    da = np.zeros_like(a)
    da[np.arange(n)[:, None], arg, np.arange(F)[None]] = dp
    da *= a > 0
    ggamma, gbeta = (da * zh).sum((0, 1)), da.sum((0, 1))
    dzh = da * gamma
    dz = inv * (dzh - dzh.mean((0, 1)) - zh * (dzh * zh).mean((0, 1)))
    gWc = np.einsum('ntk,ntf->kf', cols, dz)
    return gWc, ggamma, gbeta, gWf, gbf

lr = 0.3
for epoch in range(15):
    perm = rs.permutation(len(Xtr))
    loss, hits = 0.0, 0
    for s in range(0, len(perm), 40):
        j = perm[s:s + 40]
        xb = np.roll(Xtr[j], rs.randint(-2, 3), axis=1)
        prob, cache = forward(xb, True)
        t = ytr[j]
        loss += -np.log(np.where(t == 1, prob, 1 - prob) + 1e-12).sum()
        hits += ((prob > 0.5) == t).sum()
        for w, g in zip((Wc, gamma, beta, Wf, bf), backward(prob, t, cache)):
            w -= lr * g
    pt, _ = forward(Xte, False)
    print("epoch %2d loss %.4f  running train acc %.3f  test acc %.3f  test brier %.4f"
          % (epoch, loss / len(Xtr), hits / len(Xtr), ((pt > 0.5) == yte).mean(), ((pt - yte) ** 2).mean()))
