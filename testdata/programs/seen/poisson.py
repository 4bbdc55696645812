import numpy as np

rng = np.random.default_rng(19)
X = np.column_stack([np.ones(80), rng.normal(size=(80, 3))])
counts = rng.poisson(np.exp(X @ [.3, .5, -.4, .2]))
w = np.zeros(4)
lam = .01
for i in range(12):
    eta = X @ w
    mu = np.exp(eta)
    nll = np.mean(mu - counts * eta) + lam * np.sum(w[1:] ** 2)
    grad = X.T @ (mu - counts) / len(counts)
    grad[1:] += 2 * lam * w[1:]
    w -= .2 * grad
    print(i, nll)
