# Tied-weight denoising autoencoder with sparsity (KL to rho) and an orthogonality penalty. Loops per sample, UFLDL flavour.
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sparse_ae_cost(W, b, c, clean, noisy, rho, beta, gamma):
    m = len(clean)
    nh = W.shape[0]
    A = np.zeros((m, nh))
    for i in range(m):
        A[i] = sigmoid(W.dot(noisy[i]) + b)
    rho_hat = A.mean(axis=0)
    kl = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    gram = W.dot(W.T) - np.eye(nh)
    J = beta * kl + gamma * np.sum(gram ** 2) / 4
    gradW = gamma * gram.dot(W)
    gradb = np.zeros(nh)
    gradc = np.zeros(len(c))
    sparsity_delta = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) / m
    for i in range(m):
        xr = W.T.dot(A[i]) + c                       # linear decoder, same W
        diff = xr - clean[i]
        J += 0.5 * diff.dot(diff) / m
        delta_out = diff / m
        delta_hid = (W.dot(delta_out) + sparsity_delta) * A[i] * (1 - A[i])
        gradW += np.outer(A[i], delta_out) + np.outer(delta_hid, noisy[i])
        gradb += delta_hid
        gradc += delta_out
    return J, gradW, gradb, gradc

if __name__ == "__main__":
    rng = np.random.RandomState(27)
    basis = np.linalg.qr(rng.randn(12, 4))[0].T
    codes = rng.rand(150, 4) * (rng.rand(150, 4) < 0.5)
    X = 2 * codes.dot(basis)
    W = 0.3 * rng.randn(6, 12)
    b = np.zeros(6)
    c = X.mean(axis=0)
    vW, vb, vc = 0, 0, 0
    for it in range(120):
        pick = rng.choice(len(X), 30, replace=False)
        noisy = X[pick] + 0.1 * rng.randn(30, 12)
        J, gW, gb, gc = sparse_ae_cost(W, b, c, X[pick], noisy, rho=0.3, beta=0.05, gamma=0.1)
        vW = 0.8 * vW - 0.2 * gW
        vb = 0.8 * vb - 0.2 * gb
        vc = 0.8 * vc - 0.2 * gc
        W += vW
        b += vb
        c += vc
        if it % 12 == 0:
            print("iteration %d   cost = %.5f" % (it, J))
