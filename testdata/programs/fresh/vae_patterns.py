"""Variational autoencoder on 4x4 binary patterns (rows and columns switched on)."""
import numpy as np

np.random.seed(1234)


def patterns(n):
    rows = np.random.rand(n, 4, 1) < 0.3
    cols = np.random.rand(n, 1, 4) < 0.3
    flip = np.random.rand(n, 4, 4) < 0.03
    return ((rows | cols) ^ flip).reshape(n, 16).astype(float)


def glorot(a, b):
    return np.random.randn(a, b) * np.sqrt(2.0 / (a + b))


class VAE:
    def __init__(self, n_x=16, n_h=24, n_z=24):
        self.w_enc, self.b_enc = glorot(n_x, n_h), np.zeros(n_h)
        self.w_mu, self.b_mu = glorot(n_h, n_z), np.zeros(n_z)
        self.w_lv, self.b_lv = glorot(n_h, n_z) * 0.3, np.full(n_z, -1.0)
        self.w_dec, self.b_dec = glorot(n_z, n_h), np.zeros(n_h)
        self.w_out, self.b_out = glorot(n_h, n_x), np.zeros(n_x)

    names = ["w_enc", "b_enc", "w_mu", "b_mu", "w_lv", "b_lv", "w_dec", "b_dec", "w_out", "b_out"]

    def forward(self, x, eps):
        self.x, self.eps = x, eps
        self.h_e = np.tanh(x @ self.w_enc + self.b_enc)
        self.mu = self.h_e @ self.w_mu + self.b_mu
        self.logvar = self.h_e @ self.w_lv + self.b_lv
        self.std = np.exp(0.5 * self.logvar)
        self.z = self.mu + self.std * eps
        self.h_d = np.tanh(self.z @ self.w_dec + self.b_dec)
        self.logit = self.h_d @ self.w_out + self.b_out
        return self.logit

    def loss(self, beta):
        rec = np.logaddexp(0, self.logit) - self.x * self.logit
        kl = -0.5 * (1 + self.logvar - self.mu ** 2 - np.exp(self.logvar))
        n = len(self.x)
        return rec.sum() / n + beta * kl.sum() / n, rec.sum() / n, kl.sum() / n

    def backward(self, beta):
        n = len(self.x)
        g = {}
        dlogit = (1 / (1 + np.exp(-self.logit)) - self.x) / n
        g["w_out"] = self.h_d.T @ dlogit
        g["b_out"] = dlogit.sum(0)
        dpre_d = (dlogit @ self.w_out.T) * (1 - self.h_d ** 2)
        g["w_dec"] = self.z.T @ dpre_d
        g["b_dec"] = dpre_d.sum(0)
        dz = dpre_d @ self.w_dec.T
        dmu = dz + beta * self.mu / n
        dlv = dz * self.eps * 0.5 * self.std
        dlv += beta * 0.5 * (np.exp(self.logvar) - 1) / n
        g["w_mu"] = self.h_e.T @ dmu
        g["b_mu"] = dmu.sum(0)
        g["w_lv"] = self.h_e.T @ dlv
        g["b_lv"] = dlv.sum(0)
        dh_e = dmu @ self.w_mu.T
        dh_e += dlv @ self.w_lv.T
        dpre_e = dh_e * (1 - self.h_e ** 2)
        g["w_enc"] = self.x.T @ dpre_e
        g["b_enc"] = dpre_e.sum(0)
        return g


class RMSprop:
    def __init__(self, model, lr, rho=0.9):
        self.model, self.lr, self.rho = model, lr, rho
        self.sq = {k: np.zeros_like(getattr(model, k)) for k in model.names}

    def step(self, grads):
        for k, g in grads.items():
            self.sq[k] = self.rho * self.sq[k] + (1 - self.rho) * g ** 2
            value = getattr(self.model, k)
            value -= self.lr * g / (np.sqrt(self.sq[k]) + 1e-7)


data, held = patterns(400), patterns(150)
held_eps = np.random.randn(150, 24)
vae = VAE()
opt = RMSprop(vae, lr=0.004)
for epoch in range(30):
    beta = min(1.0, 0.1 + 0.06 * epoch)               # warm-up of the KL term
    np.random.shuffle(data)
    for lo in range(0, len(data), 40):
        x = data[lo:lo + 40]
        vae.forward(x, np.random.randn(len(x), 24))
        total, rec, kl = vae.loss(beta)
        opt.step(vae.backward(beta))
    if epoch == 20:
        opt.lr *= 0.3
    if (epoch + 1) % 5 == 0:
        vae.forward(held, held_eps)
        _, hr, hk = vae.loss(beta)
        print(f"[{epoch + 1:02d}] beta {beta:.2f} train {total:.4f} held rec {hr:.4f} kl {hk:.4f}")
