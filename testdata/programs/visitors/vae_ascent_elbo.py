# Variational autoencoder, Bernoulli pixels.  We go UP the evidence lower bound.
import numpy as np

rs = np.random.RandomState(77)


def stripes(n):
    X = np.zeros((n, 6, 6))
    for i in range(n):
        a, b = rs.randint(0, 6, 2)
        if rs.rand() < 0.5:
            X[i, [a, b]] = 1
        else:
            X[i, :, [a, b]] = 1
    flip = rs.rand(n, 6, 6) < 0.02
    return np.where(flip, 1 - X, X).reshape(n, 36)


class VAE:
    def __init__(self, D, H, Z):
        def mat(a, b):
            return rs.randn(a, b) * np.sqrt(1. / a)
        self.p = [mat(D, H), np.zeros(H), mat(H, Z), np.zeros(Z), mat(H, Z) * .1, np.zeros(Z) - 1,
                  mat(Z, H), np.zeros(H), mat(H, D), np.zeros(D)]

    def elbo(self, X, eps, beta=1.0):
        """sum over the batch of the lower bound, and its gradient"""
        We, be, Wm, bm, Wv, bv, Wd, bd, Wx, bx = self.p
        # encoder
        he = np.tanh(X @ We + be)
        mu = he @ Wm + bm
        lv = he @ Wv + bv
        sd = np.exp(lv / 2)
        z = mu + sd * eps
        # decoder
        hd = np.tanh(z @ Wd + bd)
        a = hd @ Wx + bx
        rec = (X * a - np.logaddexp(0, a)).sum()
        kl = 0.5 * (mu ** 2 + np.exp(lv) - lv - 1).sum()
        # backwards (derivatives of the bound itself)
        ga = X - 1 / (1 + np.exp(-a))
        gWx, gbx = hd.T @ ga, ga.sum(0)
        ghd = (ga @ Wx.T) * (1 - hd ** 2)
        gWd, gbd = z.T @ ghd, ghd.sum(0)
        gz = ghd @ Wd.T
        gmu = gz - beta * mu
        glv = gz * eps * sd / 2 - beta * (np.exp(lv) - 1) / 2
        gWm, gbm = he.T @ gmu, gmu.sum(0)
        gWv, gbv = he.T @ glv, glv.sum(0)
        ghe = (gmu @ Wm.T + glv @ Wv.T) * (1 - he ** 2)
        gWe, gbe = X.T @ ghe, ghe.sum(0)
        return rec - beta * kl, rec, kl, [gWe, gbe, gWm, gbm, gWv, gbv, gWd, gbd, gWx, gbx]

    def sample(self, n):
        Wd, bd, Wx, bx = self.p[6:]
        z = rs.randn(n, Wd.shape[0])
        return 1 / (1 + np.exp(-(np.tanh(z @ Wd + bd) @ Wx + bx)))


def main():
    X, Xt = stripes(600), stripes(200)
    net = VAE(36, 48, 8)
    speed = [np.zeros_like(q) for q in net.p]
    second = [np.zeros_like(q) for q in net.p]
    B, t = 50, 0
    for epoch in range(60):
        beta = min(1.0, 0.1 + epoch / 20.0)         # KL warm-up
        rs.shuffle(X)
        total = 0.0
        for k in range(0, len(X), B):
            x = X[k:k + B]
            L, _, _, G = net.elbo(x, rs.randn(len(x), 8), beta)
            total += L
            t += 1
            for q, s, r, gr in zip(net.p, speed, second, G):
                gr /= len(x)
                s *= 0.9
                s += 0.1 * gr
                r *= 0.99
                r += 0.01 * gr * gr
                q += 0.006 * (s / (1 - 0.9 ** t)) / (np.sqrt(r / (1 - 0.99 ** t)) + 1e-8)
        if epoch % 10 == 9:
            Lt, rec, kl, _ = net.elbo(Xt, rs.randn(len(Xt), 8))
            print("epoch %2d  train bound %.3f | test bound %.3f = rec %.3f - kl %.3f"
                  % (epoch + 1, total / len(X), Lt / len(Xt), rec / len(Xt), kl / len(Xt)))
    for img in (net.sample(2) > 0.5).reshape(2, 6, 6):
        print("\n".join("".join(".#"[int(v)] for v in row) for row in img), end="\n\n")


if __name__ == "__main__":
    main()
