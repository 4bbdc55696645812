# Sparse denoising autoencoder with tied weights.
# theta is unrolled into one vector; data has one example per COLUMN (as in the UFLDL notes).
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def init_theta(hidden_size, visible_size, rand):
    r = np.sqrt(6) / np.sqrt(hidden_size + visible_size + 1)
    W = rand.random_sample((hidden_size, visible_size)) * 2 * r - r
    return np.concatenate((W.reshape(-1), np.zeros(hidden_size), np.zeros(visible_size)))


def unroll(theta, hidden_size, visible_size):
    hv = hidden_size * visible_size
    W = theta[:hv].reshape(hidden_size, visible_size)
    b1 = theta[hv:hv + hidden_size]
    b2 = theta[hv + hidden_size:]
    return W, b1, b2


def cost(theta, visible_size, hidden_size, lambda_, rho, beta, corrupted, data):
    """Reconstruct `data` from `corrupted`; returns (cost, gradient)."""
    W, b1, b2 = unroll(theta, hidden_size, visible_size)
    m = data.shape[1]

    a2 = sigmoid(W.dot(corrupted) + np.tile(b1, (m, 1)).T)
    a3 = sigmoid(W.T.dot(a2) + np.tile(b2, (m, 1)).T)

    rho_hat = np.sum(a2, axis=1) / m
    KL = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    J = np.sum((a3 - data) ** 2) / (2 * m) + (lambda_ / 2) * np.sum(W ** 2) + beta * KL

    delta3 = (a3 - data) * a3 * (1 - a3)
    sparsity = np.tile(-rho / rho_hat + (1 - rho) / (1 - rho_hat), (m, 1)).T
    delta2 = (W.dot(delta3) + beta * sparsity) * a2 * (1 - a2)

    W_enc = delta2.dot(corrupted.T) / m
    W_dec = a2.dot(delta3.T) / m
    W_grad = W_enc + W_dec + lambda_ * W
    b1_grad = np.sum(delta2, axis=1) / m
    b2_grad = np.sum(delta3, axis=1) / m
    grad = np.concatenate((W_grad.reshape(-1), b1_grad, b2_grad))
    return J, grad


def rprop_update(theta, grad, last_grad, step):
    """sign based full-batch update (iRprop-)"""
    agree = grad * last_grad
    step = np.where(agree > 0, np.minimum(step * 1.2, 0.2), step)
    step = np.where(agree < 0, np.maximum(step * 0.5, 1e-6), step)
    g = np.where(agree < 0, 0.0, grad)
    return theta - np.sign(g) * step, g, step


def patches(n, rand):
    """5x5 pictures with one blob each, in [0.1, 0.9]"""
    yy, xx = np.mgrid[0:5, 0:5]
    out = np.empty((25, n))
    for i in range(n):
        cy, cx = rand.uniform(0.5, 3.5, 2)
        out[:, i] = np.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 1.4).ravel()
    return 0.1 + 0.8 * out


def corrupt(data, frac, rand):
    keep = rand.random_sample(data.shape) > frac
    return data * keep


if __name__ == '__main__':
    rand = np.random.RandomState(4)
    visible_size, hidden_size = 25, 16
    lambda_, rho, beta = 1e-4, 0.15, 0.05
    train = patches(300, rand)
    held_out = patches(100, rand)
    held_noisy = corrupt(held_out, 0.3, rand)
    noisy = corrupt(train, 0.3, rand)

    theta = init_theta(hidden_size, visible_size, rand)
    last = np.zeros_like(theta)
    step = np.full_like(theta, 0.01)
    for it in range(1, 151):
        J, grad = cost(theta, visible_size, hidden_size, lambda_, rho, beta, noisy, train)
        theta, last, step = rprop_update(theta, grad, last, step)
        if it % 30 == 0:
            W, b1, b2 = unroll(theta, hidden_size, visible_size)
            code = sigmoid(W.dot(held_noisy) + b1[:, None])
            err = np.mean((sigmoid(W.T.dot(code) + b2[:, None]) - held_out) ** 2)
            print('Iteration %3d  J = %.5f  held-out mse %.5f (noisy %.5f)  activity %.3f'
                  % (it, J, err, np.mean((held_noisy - held_out) ** 2), code.mean()))
