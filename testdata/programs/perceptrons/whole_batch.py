import numpy as np

rng = np.random.default_rng(3)
X = np.concatenate([rng.normal(0.7, 1, (30, 4)), rng.normal(-0.7, 1, (30, 4))])
t = np.concatenate([np.ones(30), -np.ones(30)]).reshape(-1, 1)
w = np.zeros((4, 1))
b = 0.0
rate = 0.05
for it in range(20):
    score = np.matmul(X, w) + b
    missed = (t * score <= 0).ravel()
    if not missed.any():
        break
    w = w + rate * X[missed].T @ t[missed]
    b = b + rate * t[missed].sum()
print(it, missed.sum())
