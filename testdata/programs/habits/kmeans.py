import numpy as np

rng = np.random.default_rng(1)
X = np.concatenate([rng.normal(c, .4, (20, 2)) for c in (-2, 0, 2)])
centres = X[rng.choice(60, 3, replace=False)]
for i in range(6):
    d = ((X[:, None] - centres[None]) ** 2).sum(-1)
    own = d.argmin(1)
    centres = np.array([X[own == k].mean(0) for k in range(3)])
    print(i, d.min(1).sum())
