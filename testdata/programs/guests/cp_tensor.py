"""CP (PARAFAC) decomposition of an incomplete 3-way tensor by gradient descent with
heavy-ball momentum; chemometrics flavour (samples x emission x excitation)."""
import numpy as np


def build(rng, shape=(18, 24, 16), rank=3, noise=0.02):
    I, J, K = shape
    conc = rng.gamma(2.0, 0.5, (I, rank))
    grid_j, grid_k = np.linspace(0, 1, J), np.linspace(0, 1, K)
    em = np.stack([np.exp(-0.5 * ((grid_j - c) / 0.12) ** 2) for c in (0.25, 0.5, 0.8)], 1)
    ex = np.stack([np.exp(-0.5 * ((grid_k - c) / 0.15) ** 2) for c in (0.6, 0.3, 0.75)], 1)
    X = np.einsum('ir,jr,kr->ijk', conc, em, ex)
    X += noise * rng.standard_normal(X.shape)
    return X, (conc, em, ex)


def model(A, B, C):
    return np.einsum('ir,jr,kr->ijk', A, B, C)


def objective(A, B, C, X, M, ridge):
    """0.5 * ||M * (model - X)||^2 / n_observed + 0.5 * ridge * squared norms"""
    n = M.sum()
    E = M * (model(A, B, C) - X)
    f = 0.5 * (E ** 2).sum() / n + 0.5 * ridge * ((A ** 2).sum() + (B ** 2).sum() + (C ** 2).sum())
    gA = np.einsum('ijk,jr,kr->ir', E, B, C) / n + ridge * A
    gB = np.einsum('ijk,ir,kr->jr', E, A, C) / n + ridge * B
    gC = np.einsum('ijk,ir,jr->kr', E, A, B) / n + ridge * C
    return f, (gA, gB, gC)


def congruence(found, truth):
    """best match of each true component, product of cosines over the three modes"""
    prod = 1.0
    for U, V in zip(found, truth):
        U = U / np.linalg.norm(U, axis=0)
        V = V / np.linalg.norm(V, axis=0)
        prod = prod * (V.T @ U)
    return prod.max(axis=1)


def fit(X, M, rank, rng, iters=1500, lr=2.0, beta=0.9, ridge=1e-6):
    factors = [np.abs(rng.standard_normal((d, rank))) * 0.5 for d in X.shape]
    velo = [np.zeros_like(f) for f in factors]
    trace = []
    for it in range(iters):
        f, grads = objective(*factors, X, M, ridge)
        trace.append(f)
        for m in range(3):
            velo[m] = beta * velo[m] + grads[m]
            factors[m] = factors[m] - lr * velo[m]
            # rebalance is not needed: ridge keeps the scales together
        if it % 300 == 0 or it == iters - 1:
            print(f'  it {it:5d}  objective {f:.6f}')
    return factors, trace


if __name__ == '__main__':
    rng = np.random.default_rng(10)
    X, truth = build(rng)
    M = (rng.random(X.shape) < 0.6).astype(float)
    results = []
    for rank in (2, 3):
        print('rank', rank)
        F, trace = fit(X, M, rank, np.random.default_rng(rank))
        hidden = 1 - M
        rmse = np.sqrt((hidden * (model(*F) - X) ** 2).sum() / hidden.sum())
        print('  RMSE on the entries left out: %.4f' % rmse)
        results.append(F)
    print('congruence with the truth:', np.round(congruence(results[-1], truth), 3))
