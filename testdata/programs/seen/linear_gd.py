import numpy as np


def gradient_descent(X, y, theta, alpha, iterations):
    m = len(y)
    costs = []
    for it in range(iterations):
        prediction = X.dot(theta)
        error = prediction - y
        costs.append(1 / (2 * m) * np.sum(error ** 2))
        theta = theta - alpha * (1 / m) * X.T.dot(error)
    return theta, costs


rng = np.random.default_rng(1)
x = rng.uniform(0, 2, (40, 2))
X = np.hstack([np.ones((40, 1)), x])
y = X @ np.array([[4.], [3.], [-1.]]) + rng.normal(0, .2, (40, 1))
theta, costs = gradient_descent(X, y, rng.normal(size=(3, 1)), .1, 12)
print(theta.ravel(), costs[-1])
