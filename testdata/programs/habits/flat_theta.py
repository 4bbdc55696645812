import numpy as np

rng = np.random.default_rng(4)
X = np.c_[np.ones(30), rng.normal(size=(30, 3))]
y = rng.integers(0, 3, 30)
shapes = [(4, 6), (7, 3)]


def unpack(theta):
    k = 4 * 6
    return theta[:k].reshape(4, 6), theta[k:].reshape(7, 3)


def cost(theta, lam=.1):
    A, B = unpack(theta)
    a1 = 1 / (1 + np.exp(-X @ A))
    a1b = np.c_[np.ones(len(X)), a1]
    h = 1 / (1 + np.exp(-a1b @ B))
    Y = np.eye(3)[y]
    m = len(X)
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    J += lam / (2 * m) * (np.sum(A[1:] ** 2) + np.sum(B[1:] ** 2))
    d3 = h - Y
    d2 = (d3 @ B.T)[:, 1:] * a1 * (1 - a1)
    gA, gB = X.T @ d2 / m, a1b.T @ d3 / m
    gA[1:] += lam / m * A[1:]
    gB[1:] += lam / m * B[1:]
    return J, np.concatenate([gA.ravel(), gB.ravel()])


theta = rng.uniform(-.5, .5, 4 * 6 + 7 * 3)
for i in range(10):
    J, g = cost(theta)
    theta = theta - .8 * g
    print(i, J)
