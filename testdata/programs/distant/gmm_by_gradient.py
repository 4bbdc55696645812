# "EM without EM": fit a Gaussian mixture by minibatch Adam on the negative
# log-likelihood.  Precision matrices are Lambda_k = L_k L_k^T with
# L_k lower triangular and exp() on its diagonal, weights through a softmax.
import numpy as np

rng = np.random.default_rng(31)
D, K = 2, 3
tril = np.tril_indices(D, -1)
dg = np.arange(D)


def sample_mixture(n):
    w = np.array([0.5, 0.3, 0.2])
    mus = np.array([[0.0, 0.0], [4.0, 1.0], [-1.0, 4.0]])
    roots = np.array([[[1.0, 0.0], [0.6, 0.5]], [[0.6, 0.0], [-0.3, 0.8]], [[0.5, 0.0], [0.0, 0.9]]])
    z = rng.choice(K, size=n, p=w)
    return mus[z] + np.einsum("nij,nj->ni", roots[z], rng.standard_normal((n, D))), z


def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(a - m).sum(axis=axis, keepdims=True))).squeeze(axis)


def build(raw):
    """raw square matrices -> lower triangular factors with positive diagonal"""
    L = np.zeros_like(raw)
    L[:, tril[0], tril[1]] = raw[:, tril[0], tril[1]]
    L[:, dg, dg] = np.exp(raw[:, dg, dg])
    return L


def log_joint(theta, X):
    L = build(theta["raw"])
    diff = X[:, None, :] - theta["mu"]                      # n k d
    u = np.einsum("kij,nki->nkj", L, diff)                  # L^T (x - mu)
    logdet = theta["raw"][:, dg, dg].sum(-1)
    logpi = theta["logit"] - logsumexp(theta["logit"], 0)
    lj = logpi + logdet - 0.5 * (u ** 2).sum(-1) - 0.5 * D * np.log(2 * np.pi)
    return lj, diff, u, L, logpi


def make_objective(strength=0.02):
    """closure: mean nll of a batch + a weak pull of the log-diagonals to zero"""

    def objective(theta, X):
        n = len(X)
        lj, diff, u, L, logpi = log_joint(theta, X)
        ll = logsumexp(lj, 1)
        resp = np.exp(lj - ll[:, None])
        Nk = resp.sum(0)

        g_logit = Nk / n - np.exp(logpi)
        g_mu = np.einsum("nk,kij,nkj->ki", resp, L, u) / n
        gL = -np.einsum("nk,nki,nkj->kij", resp, diff, u) / n
        g_raw = np.zeros_like(gL)
        g_raw[:, tril[0], tril[1]] = gL[:, tril[0], tril[1]]
        g_raw[:, dg, dg] = gL[:, dg, dg] * L[:, dg, dg] + Nk[:, None] / n

        logd = theta["raw"][:, dg, dg]
        value = -ll.mean() + 0.5 * strength * (logd ** 2).sum()
        grad = {"logit": -g_logit, "mu": -g_mu, "raw": -g_raw}
        grad["raw"][:, dg, dg] += strength * logd
        return value, grad

    return objective


def adam(theta, beta1=0.9, beta2=0.98, eps=1e-8):
    """generator-style optimiser: send (grad, lr), theta is changed in place"""
    m = {k: np.zeros_like(v) for k, v in theta.items()}
    s = {k: np.zeros_like(v) for k, v in theta.items()}
    t = 0
    while True:
        grad, lr = yield t
        t += 1
        for k, g in grad.items():
            m[k] += (1 - beta1) * (g - m[k])
            s[k] *= beta2
            s[k] += (1 - beta2) * g ** 2
            mhat = m[k] / (1 - beta1 ** t)
            shat = s[k] / (1 - beta2 ** t)
            theta[k] -= lr * mhat / (np.sqrt(shat) + eps)


def batches(X, size):
    perm = rng.permutation(len(X))
    for piece in np.array_split(perm, len(X) // size):
        yield X[piece]


X, z = sample_mixture(480)
X_held, z_held = sample_mixture(200)

theta = {
    "logit": np.zeros(K),
    "mu": X[rng.choice(len(X), K, replace=False)] + 0.0,
    "raw": np.zeros((K, D, D)),
}
objective = make_objective()
opt = adam(theta)
next(opt)

epochs, warm = 24, 2
lr_of = lambda e: 0.08 * min(1.0, (e + 1) / warm) * 0.5 * (1 + np.cos(np.pi * e / epochs))

for epoch in range(epochs):
    values = []
    for xb in batches(X, 40):
        value, grad = objective(theta, xb)
        opt.send((grad, lr_of(epoch)))
        values.append(value)
    if epoch % 4 == 3:
        held = logsumexp(log_joint(theta, X_held)[0], 1).mean()
        print(f"epoch {epoch + 1:2d}  objective {np.mean(values):.4f}  held-out loglik {held:.4f}")

order = np.argsort(-theta["logit"])
print("weights", np.round(np.exp(theta["logit"] - logsumexp(theta["logit"], 0))[order], 3))
print("means\n", np.round(theta["mu"][order], 2))
a = log_joint(theta, X_held)[0].argmax(1)
print("purity", round(sum(np.bincount(z_held[a == k], minlength=K).max() for k in range(K)) / len(a), 3))
