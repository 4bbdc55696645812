"""Tiny GAN on a two-humped line.  The two players are improved in turn:
two critic steps, then one generator step (non-saturating loss)."""
import numpy as np

rng = np.random.default_rng(9)


def real(n):
    side = rng.random(n) < 0.3
    return np.where(side, rng.normal(-1.5, 0.3, n), rng.normal(1.0, 0.5, n))[:, None]


class MLP:
    def __init__(self, n_in, n_hid, n_out):
        self.W = [rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hid)), np.zeros(n_hid),
                  rng.normal(0, 1 / np.sqrt(n_hid), (n_hid, n_hid)), np.zeros(n_hid),
                  rng.normal(0, 1 / np.sqrt(n_hid), (n_hid, n_out)), np.zeros(n_out)]
        self.m = [np.zeros_like(w) for w in self.W]
        self.s = [np.zeros_like(w) for w in self.W]
        self.t = 0

    def forward(self, x):
        W1, b1, W2, b2, W3, b3 = self.W
        h = np.tanh(x @ W1 + b1)
        k = np.tanh(h @ W2 + b2)
        return k @ W3 + b3, (x, h, k)

    def backward(self, memo, d):
        """gradients of the weights and of the input"""
        x, h, k = memo
        W1, _, W2, _, W3, _ = self.W
        dk = d @ W3.T * (1 - k * k)
        dh = dk @ W2.T * (1 - h * h)
        return [x.T @ dh, dh.sum(0), h.T @ dk, dk.sum(0), k.T @ d, d.sum(0)], dh @ W1.T

    def adam(self, grads, lr, b1=0.5, b2=0.99):
        self.t += 1
        for w, m, s, g in zip(self.W, self.m, self.s, grads):
            m += (1 - b1) * (g - m)
            s += (1 - b2) * (g ** 2 - s)
            w -= lr * (m / (1 - b1 ** self.t)) / (np.sqrt(s / (1 - b2 ** self.t)) + 1e-8)


def sigma(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


def softplus(a):
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


def critic_step(G, D, n, lr):
    x, z = real(n), rng.normal(size=(n, 2))
    fake, _ = G.forward(z)                  # the generator stays fixed here
    a_real, memo_r = D.forward(x)
    a_fake, memo_f = D.forward(fake)
    # targets 0.9 for the real ones
    loss = np.mean(0.9 * softplus(-a_real) + 0.1 * softplus(a_real)) + np.mean(softplus(a_fake))
    g_r, _ = D.backward(memo_r, (sigma(a_real) - 0.9) / n)
    g_f, _ = D.backward(memo_f, sigma(a_fake) / n)
    D.adam([p + q for p, q in zip(g_r, g_f)], lr)
    return loss


def generator_step(G, D, n, lr):
    z = rng.normal(size=(n, 2))
    fake, memo_g = G.forward(z)
    a, memo_d = D.forward(fake)
    _, d_fake = D.backward(memo_d, -sigma(-a) / n)
    grads, _ = G.backward(memo_g, d_fake)
    G.adam(grads, lr)
    return np.mean(softplus(-a))


G, D = MLP(2, 24, 1), MLP(1, 24, 1)
eye = np.random.default_rng(0)
probe = eye.normal(size=(2000, 2))
goal = np.sort(real(2000)[:, 0])
for it in range(1, 901):
    dl = [critic_step(G, D, 64, 0.004) for _ in range(2)]
    gl = generator_step(G, D, 64, 0.002)
    if it % 100 == 0:
        w1 = np.abs(np.sort(G.forward(probe)[0][:, 0]) - goal).mean()
        print(f"{it:4d}  critic {np.mean(dl):.5f}  generator {gl:.5f}  distance of the sorted samples {w1:.4f}")
