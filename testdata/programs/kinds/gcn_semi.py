"""Kipf & Welling style GCN on a synthetic stochastic block model.
Masked cross-entropy, dropout, weight decay on layer 1, early stopping with the best weights restored."""
import numpy as np

rng = np.random.default_rng(123)
n, C, F, H = 90, 3, 12, 16
labels = np.repeat(np.arange(C), n // C)
P = np.where(labels[:, None] == labels[None], 0.15, 0.02)
A = np.triu(rng.random((n, n)) < P, 1).astype(float)
A = A + A.T + np.eye(n)
deg = A.sum(1)
A_hat = A / np.sqrt(np.outer(deg, deg))
X = rng.normal(size=(n, F)) + 0.6 * rng.normal(size=(C, F))[labels]

order = rng.permutation(n)
train_mask, val_mask, test_mask = np.zeros((3, n), dtype=bool)
train_mask[order[:15]] = True
val_mask[order[15:40]] = True
test_mask[order[40:]] = True

def forward(w, X, drop=0.0):
    AX = A_hat @ X
    S = AX @ w['W0'] + w['b0']
    keep = (rng.random(S.shape) >= drop) / (1 - drop)
    Hd = np.maximum(S, 0) * keep
    AH = A_hat @ Hd
    Z = AH @ w['W1'] + w['b1']
    Z = Z - Z.max(axis=1, keepdims=True)
    logp = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return logp, (AX, S, keep, AH)

def masked_nll(logp, mask):
    idx = np.flatnonzero(mask)
    return -logp[idx, labels[idx]].mean()

def backward(w, logp, cache, mask, wd):
    AX, S, keep, AH = cache
    dZ = np.exp(logp) - np.eye(C)[labels]
    dZ = dZ * mask[:, None] / mask.sum()
    g = {'W1': AH.T @ dZ, 'b1': dZ.sum(axis=0)}
    dS = A_hat.T @ (dZ @ w['W1'].T) * keep * (S > 0)
    g['W0'] = AX.T @ dS + wd * w['W0']
    g['b0'] = dS.sum(axis=0)
    return g

w = {'W0': rng.normal(size=(F, H)) * np.sqrt(2 / (F + H)), 'b0': np.zeros(H),
     'W1': rng.normal(size=(H, C)) * np.sqrt(2 / (H + C)), 'b1': np.zeros(C)}
m = {k: np.zeros_like(v) for k, v in w.items()}
v2 = {k: np.zeros_like(v) for k, v in w.items()}
best, best_val, bad, patience, wd = None, np.inf, 0, 20, 5e-3

for epoch in range(1, 201):
    logp, cache = forward(w, X, drop=0.5)
    loss = masked_nll(logp, train_mask) + 0.5 * wd * np.sum(w['W0'] ** 2)
    grads = backward(w, logp, cache, train_mask, wd)
    for k, g in grads.items():
        m[k] = 0.9 * m[k] + 0.1 * g
        v2[k] = 0.999 * v2[k] + 0.001 * g ** 2
        w[k] = w[k] - 0.01 * m[k] / (1 - 0.9 ** epoch) / (np.sqrt(v2[k] / (1 - 0.999 ** epoch)) + 1e-8)
    val = masked_nll(forward(w, X)[0], val_mask)
    if val < best_val:
        best_val, best, bad = val, {k: a.copy() for k, a in w.items()}, 0
    else:
        bad += 1
    if epoch % 10 == 0:
        print(f"Epoch {epoch:03d} | train loss {loss:.4f} | val loss {val:.4f}")
    if bad >= patience:
        print("early stop at", epoch)
        break
w = best
logp, _ = forward(w, X)
print("test accuracy: %.3f" % (logp.argmax(1) == labels)[test_mask].mean())
