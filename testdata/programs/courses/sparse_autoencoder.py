# Sparse denoising autoencoder with tied weights, in the style of the UFLDL exercise:
# all parameters live in ONE flat vector theta, columns are samples.
import numpy as np

visible, hidden = 12, 7
rho, beta, lam = 0.15, 0.3, 1e-3
noise = 0.2
rand = np.random.RandomState(64)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def unpack(theta):
    n = visible * hidden
    W = theta[:n].reshape(hidden, visible)
    b1 = theta[n:n + hidden].reshape(-1, 1)
    b2 = theta[n + hidden:].reshape(-1, 1)
    return W, b1, b2


def initialize():
    r = np.sqrt(6.0 / (hidden + visible + 1))
    W = rand.uniform(-r, r, (hidden, visible))
    return np.concatenate([W.flatten(), np.zeros(hidden), np.zeros(visible)])


def cost(theta, clean, noisy):
    W, b1, b2 = unpack(theta)
    m = clean.shape[1]
    hid = sigmoid(W @ noisy + b1)
    out = W.T @ hid + b2                       # linear decoder
    rho_hat = hid.mean(axis=1, keepdims=True)
    kl = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    J = 0.5 * np.sum((out - clean) ** 2) / m + 0.5 * lam * np.sum(W ** 2) + beta * np.sum(kl)

    delta3 = (out - clean) / m
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) / m
    delta2 = (W @ delta3 + sparsity) * hid * (1 - hid)
    W_grad = delta2 @ noisy.T + hid @ delta3.T + lam * W
    b1_grad = delta2.sum(axis=1)
    b2_grad = delta3.sum(axis=1)
    return J, np.concatenate([W_grad.ravel(), b1_grad, b2_grad])


def patches(n):
    k = rand.randint(0, 4, n)
    t = np.arange(visible)[:, None]
    s = np.sin(2 * np.pi * (k + 1) * t / visible + rand.uniform(0, 0.8, n))
    return 0.5 + 0.35 * s + 0.03 * rand.randn(visible, n)


def minimize(theta, data, max_iter=90, alpha=0.12, batch=50):
    step = np.zeros_like(theta)
    momentum = 0.5
    for k in range(max_iter):
        if k == 10:
            momentum = 0.9
        pick = rand.permutation(data.shape[1])[:batch]
        clean = data[:, pick]
        noisy = clean * (rand.rand(*clean.shape) > noise)
        J, grad = cost(theta, clean, noisy)
        step = momentum * step + alpha * grad
        theta = theta - step
        if k % 10 == 9:
            print("iter", k + 1, "cost", round(float(J), 5), "|grad|", round(float(np.linalg.norm(grad)), 5))
    return theta


data = patches(300)
theta0 = initialize()
theta = minimize(theta0, data)
W, b1, b2 = unpack(theta)
print("reconstruction error", np.mean((W.T @ sigmoid(W @ data + b1) + b2 - data) ** 2))
