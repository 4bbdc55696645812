# Bernoulli RBM, contrastive divergence (CD-1): not the exact likelihood gradient, by design.
# Reported: reconstruction cross-entropy and, because the model is tiny, the exact log-likelihood.
from itertools import product
import numpy as np

rng = np.random.default_rng(6)
nv, nh = 9, 5
bars = []
for i in range(3):
    m = np.zeros((3, 3)); m[i] = 1; bars.append(m.ravel())
    bars.append(m.T.ravel())
data = np.array(bars)[rng.integers(0, 6, 200)]
data = np.abs(data - (rng.random(data.shape) < 0.02))

W = rng.normal(0, 0.1, (nv, nh))
bv = np.log((data.mean(0) + 1e-3) / (1 - data.mean(0) + 1e-3))
bh = np.zeros(nh)
sigmoid = lambda x: 1 / (1 + np.exp(-x))

ALLV = np.array(list(product([0, 1], repeat=nv)), dtype=float)

def free_energy(v):
    return -(v @ bv) - np.logaddexp(0, v @ W + bh).sum(1)

def mean_loglik():
    f = -free_energy(ALLV)
    logZ = f.max() + np.log(np.exp(f - f.max()).sum())
    return np.mean(-free_energy(data)) - logZ

dW, dbv, dbh = np.zeros_like(W), np.zeros(nv), np.zeros(nh)
for epoch in range(60):
    momentum = 0.5 if epoch < 5 else 0.9
    ce = 0
    for batch in np.array_split(rng.permutation(data), 10):
        # positive phase
        ph0 = sigmoid(batch @ W + bh)
        h0 = (rng.random(ph0.shape) < ph0).astype(float)
        # negative phase
        pv1 = sigmoid(h0 @ W.T + bv)
        v1 = (rng.random(pv1.shape) < pv1).astype(float)
        ph1 = sigmoid(v1 @ W + bh)
        n = len(batch)
        dW = momentum * dW + 0.05 * ((batch.T @ ph0 - v1.T @ ph1) / n - 0.0005 * W)
        dbv = momentum * dbv + 0.05 * (batch - v1).mean(0)
        dbh = momentum * dbh + 0.05 * (ph0 - ph1).mean(0)
        W += dW
        bv += dbv
        bh += dbh
        ce -= np.sum(batch * np.log(pv1 + 1e-9) + (1 - batch) * np.log(1 - pv1 + 1e-9))
    if epoch % 6 == 0:
        print("epoch", epoch, "recon CE %.3f" % (ce / len(data)), "exact log-lik %.3f" % mean_loglik())
