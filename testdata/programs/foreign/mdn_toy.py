"""Mixture density network (Bishop 1994) on the inverse sine problem.
All weights live in a single flat vector; Adam by hand."""
import numpy as np

H, M = 12, 3                      # hidden units, mixture components
SHAPES = [(1, H), (H,), (H, 3 * M), (3 * M,)]
SIZES = [int(np.prod(s)) for s in SHAPES]
OFFS = np.concatenate([[0], np.cumsum(SIZES)])


def views(vec):
    return [vec[OFFS[i]:OFFS[i + 1]].reshape(s) for i, s in enumerate(SHAPES)]


def make_data(rng, n):
    t = rng.uniform(0, 1, n)
    x = t + 0.3 * np.sin(2 * np.pi * t) + rng.uniform(-0.05, 0.05, n)
    x = (x - 0.5) * 3
    return x[:, None], t


def softmax_rows(a):
    e = np.exp(a - np.max(a, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def make_objective(l2=1e-3):
    """returns f(vec, x, t) -> (loss, grad)"""

    def mixture(vec, x):
        W1, b1, W2, b2 = views(vec)
        h = np.tanh(x @ W1 + b1)
        out = h @ W2 + b2
        pi = softmax_rows(out[:, :M])
        mu = out[:, M:2 * M]
        log_s = out[:, 2 * M:]
        return h, pi, mu, log_s

    def f(vec, x, t):
        n = x.shape[0]
        h, pi, mu, log_s = mixture(vec, x)
        sigma = np.exp(log_s)
        z = (t[:, None] - mu) / sigma
        log_comp = np.log(pi) - 0.5 * z ** 2 - log_s - 0.5 * np.log(2 * np.pi)
        top = log_comp.max(axis=1, keepdims=True)
        log_p = top[:, 0] + np.log(np.exp(log_comp - top).sum(axis=1))
        loss = -log_p.mean() + 0.5 * l2 * vec @ vec

        resp = np.exp(log_comp - log_p[:, None])
        delta = np.empty((n, 3 * M))
        delta[:, :M] = pi - resp
        delta[:, M:2 * M] = -resp * z / sigma
        delta[:, 2 * M:] = resp * (1 - z ** 2)
        delta /= n

        W1, b1, W2, b2 = views(vec)
        grad = np.zeros_like(vec)
        gW1, gb1, gW2, gb2 = views(grad)
        gW2[...] = h.T @ delta
        gb2[...] = delta.sum(axis=0)
        back = (delta @ W2.T) * (1 - h * h)
        gW1[...] = x.T @ back
        gb1[...] = back.sum(axis=0)
        grad += l2 * vec
        return loss, grad

    f.mixture = mixture
    return f


def adam(f, vec, data_iter, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    m = np.zeros_like(vec)
    v = np.zeros_like(vec)
    k = 0
    for x, t in data_iter:
        k += 1
        loss, g = f(vec, x, t)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        mhat = m / (1 - beta1 ** k)
        vhat = v / (1 - beta2 ** k)
        vec -= lr * mhat / (np.sqrt(vhat) + eps)
        yield k, loss


def minibatches(rng, x, t, size, epochs):
    for _ in range(epochs):
        p = rng.permutation(len(x))
        for i in range(0, len(x), size):
            yield x[p[i:i + size]], t[p[i:i + size]]


def main():
    rng = np.random.default_rng(11)
    x, t = make_data(rng, 500)
    xv, tv = make_data(rng, 200)
    theta = np.zeros(OFFS[-1])
    W1, b1, W2, b2 = views(theta)
    W1[:] = rng.normal(size=W1.shape)
    b1[:] = 0.5 * rng.normal(size=H)
    W2[:] = rng.normal(size=W2.shape) / np.sqrt(H)
    b2[M:2 * M] = np.linspace(0.2, 0.8, M)
    b2[2 * M:] = -1.0

    nll = make_objective()
    avg = []
    for k, loss in adam(nll, theta, minibatches(rng, x, t, 50, 60), lr=0.015):
        avg.append(loss)
        if k % 100 == 0:
            print("iter %4d   train nll %7.4f   valid nll %7.4f"
                  % (k, np.mean(avg[-100:]), nll(theta, xv, tv)[0]))
    _, pi, mu, log_s = nll.mixture(theta, np.array([[-1.0], [0.0], [1.0]]))
    for row in range(3):
        print("pi", np.round(pi[row], 2), "mu", np.round(mu[row], 2),
              "sigma", np.round(np.exp(log_s[row]), 3))
    return theta


if __name__ == "__main__":
    main()
