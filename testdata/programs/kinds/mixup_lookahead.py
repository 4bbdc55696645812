# mixup + Lookahead(SGD) + weight EMA used for evaluation
import copy
import numpy as np

rng = np.random.default_rng(1001)

def two_rings(n):
    r = np.where(rng.random(n) < 0.5, 1.0, 2.0)
    a = rng.uniform(0, 2 * np.pi, n)
    return np.c_[r * np.cos(a), r * np.sin(a)] + 0.25 * rng.normal(size=(n, 2)), (r > 1.5).astype(float)

def swish(x):
    s = 1 / (1 + np.exp(-x))
    return x * s, s + x * s * (1 - s)

def forward(P, X):
    a1, d1 = swish(X @ P['W1'] + P['b1'])
    a2, d2 = swish(a1 @ P['W2'] + P['b2'])
    return (a2 @ P['W3'] + P['b3']).ravel(), (X, a1, d1, a2, d2)

def bce(logit, t):
    loss = np.maximum(logit, 0) - logit * t + np.log1p(np.exp(-np.abs(logit)))
    return loss.mean(), (1 / (1 + np.exp(-logit)) - t) / t.size

def backward(P, cache, dlogit):
    X, a1, d1, a2, d2 = cache
    G, d = {}, dlogit[:, None]
    G['W3'], G['b3'] = a2.T @ d, d.sum(0)
    d = d @ P['W3'].T * d2
    G['W2'], G['b2'] = a1.T @ d, d.sum(0)
    d = d @ P['W2'].T * d1
    G['W1'], G['b1'] = X.T @ d, d.sum(0)
    return G

Xtr, ytr = two_rings(300)
Xte, yte = two_rings(300)
P = {'W1': rng.normal(size=(2, 16)), 'b1': np.zeros(16), 'W2': rng.normal(size=(16, 16)) * 0.35, 'b2': np.zeros(16),
     'W3': rng.normal(size=(16, 1)) * 0.35, 'b3': np.zeros(1)}
slow, ema = copy.deepcopy(P), copy.deepcopy(P)
lr, k_sync, alpha, decay, mix_a = 0.4, 5, 0.5, 0.98, 0.3
step = 0
for epoch in range(40):
    perm = rng.permutation(300)
    ep_loss = []
    for idx in perm.reshape(-1, 50):
        lam = rng.beta(mix_a, mix_a)
        j = rng.permutation(50)
        xb = lam * Xtr[idx] + (1 - lam) * Xtr[idx][j]
        tb = lam * ytr[idx] + (1 - lam) * ytr[idx][j]
        logit, cache = forward(P, xb)
        loss, dlogit = bce(logit, tb)
        G = backward(P, cache, dlogit)
        for name in P:
            P[name] = P[name] - lr * G[name]
        step += 1
        if step % k_sync == 0:
            for name in P:
                slow[name] = slow[name] + alpha * (P[name] - slow[name])
                P[name] = slow[name].copy()
        for name in P:
            ema[name] = decay * ema[name] + (1 - decay) * P[name]
        ep_loss.append(loss)
    if epoch % 5 == 4:
        z, _ = forward(ema, Xte)
        print("epoch", epoch + 1, "mixup loss", round(np.mean(ep_loss), 4), "test loss", round(bce(z, yte)[0], 4),
              "test acc", round(np.mean((z > 0) == yte), 4))
