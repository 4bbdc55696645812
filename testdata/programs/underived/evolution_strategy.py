import numpy as np
rng = np.random.RandomState(1)
target = np.array([0.5, 0.1, -0.3])
def f(w): return -np.sum((w - target) ** 2)
w = rng.randn(3)
for i in range(60):
    N = rng.randn(50, 3)
    R = np.zeros(50)
    for j in range(50):
        R[j] = f(w + 0.1 * N[j])
    A = (R - R.mean()) / R.std()
    w = w + 0.001 / (50 * 0.1) * np.dot(N.T, A)
    if i % 20 == 0: print(i, w, f(w))
