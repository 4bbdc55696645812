import numpy as np
from itertools import combinations_with_replacement

# Logistic regression as in the lectures: theta, the hypothesis h, the cost J and
# a plain batch gradient descent.  y has shape (m, 1) and so has everything else.


def map_feature(X, degree=3):
    """All products of the columns up to a degree, with the ones in front."""
    m, n = X.shape
    columns = [np.ones((m, 1))]
    for d in range(1, degree + 1):
        for which in combinations_with_replacement(range(n), d):
            columns.append(np.prod(X[:, which], axis=1, keepdims=True))
    return np.hstack(columns)


def feature_normalize(X):
    mu = X[:, 1:].mean(axis=0)
    sigma = X[:, 1:].std(axis=0)
    X_norm = X.copy()
    X_norm[:, 1:] = (X[:, 1:] - mu) / sigma
    return X_norm, mu, sigma


def sigmoid(z):
    g = 1 / (1 + np.exp(-z))
    return g


def cost_function_reg(theta, X, y, lam):
    m = y.shape[0]
    h = sigmoid(X @ theta)
    J = -np.sum(y * np.log(h) + (1 - y) * np.log(1 - h)) / m
    J = J + lam / (2 * m) * np.sum(theta[1:] ** 2)
    return J


def gradient_reg(theta, X, y, lam):
    m = y.shape[0]
    h = sigmoid(X @ theta)
    error = h - y
    reg = theta.copy()
    reg[0] = 0
    grad = X.T @ error / m + lam / m * reg
    return grad


def check_gradient(theta, X, y, lam, eps=1e-4):
    """Not called in the normal run: compares the gradient with differences."""
    numeric = np.zeros_like(theta)
    for j in range(theta.size):
        bump = np.zeros_like(theta)
        bump[j] = eps
        numeric[j] = (cost_function_reg(theta + bump, X, y, lam) - cost_function_reg(theta - bump, X, y, lam)) / (2 * eps)
    grad = gradient_reg(theta, X, y, lam)
    return np.linalg.norm(grad - numeric) / np.linalg.norm(grad + numeric)


def gradient_descent(X, y, theta, alpha, num_iters, lam):
    J_history = []
    for i in range(num_iters):
        J = cost_function_reg(theta, X, y, lam)
        grad = gradient_reg(theta, X, y, lam)
        theta = theta - alpha * grad
        J_history.append(J)
        if i % 25 == 0:
            print("Iteration %4d | Cost: %.6f" % (i, J))
    return theta, J_history


def predict(theta, X):
    return (sigmoid(X @ theta) >= 0.5).astype(int)


rng = np.random.default_rng(229)
data = rng.uniform(-1.5, 1.5, (118, 2))
y = ((data ** 2).sum(axis=1) + 0.25 * rng.normal(size=118) + 0.3 * data[:, 0] < 1.3).astype(float).reshape(-1, 1)
X, mu, sigma = feature_normalize(map_feature(data))
initial_theta = 0.1 * rng.normal(size=(X.shape[1], 1))
theta, J_history = gradient_descent(X, y, initial_theta, alpha=0.6, num_iters=101, lam=1.0)
print("Final cost: %.6f" % J_history[-1])
print("Train Accuracy: %.2f" % (100 * np.mean(predict(theta, X) == y)))
