import numpy as np

# An autoencoder whose units are to be active on a share rho of the samples.
rng = np.random.RandomState(21)
visible, hidden, samples = 8, 5, 60
lam, beta, rho = 1e-3, 0.5, 0.2
basis = rng.rand(3, visible)
data = (rng.rand(samples, 3) < 0.4).astype(float) @ basis
data = 0.1 + 0.8 * (data - data.min()) / (data.max() - data.min())


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sparse_autoencoder_cost(theta):
    size = visible * hidden
    W1 = theta[:size].reshape(hidden, visible)
    W2 = theta[size:2 * size].reshape(visible, hidden)
    b1 = theta[2 * size:2 * size + hidden]
    b2 = theta[2 * size + hidden:]

    a2 = sigmoid(data @ W1.T + b1)
    a3 = sigmoid(a2 @ W2.T + b2)
    rho_hat = a2.mean(axis=0)
    kl = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    cost = 0.5 * np.sum((a3 - data) ** 2) / samples + 0.5 * lam * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) + beta * kl

    delta3 = (a3 - data) * a3 * (1 - a3)
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
    delta2 = (delta3 @ W2 + sparsity) * a2 * (1 - a2)
    W1grad = delta2.T @ data / samples + lam * W1
    W2grad = delta3.T @ a2 / samples + lam * W2
    b1grad = delta2.mean(axis=0)
    b2grad = delta3.mean(axis=0)
    grad = np.concatenate([W1grad.ravel(), W2grad.ravel(), b1grad, b2grad])
    return cost, grad


r = np.sqrt(6) / np.sqrt(hidden + visible + 1)
theta = np.concatenate([rng.rand(2 * visible * hidden) * 2 * r - r, np.zeros(hidden + visible)])
for it in range(9):
    cost, grad = sparse_autoencoder_cost(theta)
    theta = theta - 0.5 * grad
    print(it, cost)
