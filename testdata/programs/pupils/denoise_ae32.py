# Denoising autoencoder with tied weights, all in float32, trained by RMSprop
import numpy as np

F = np.float32
rng = np.random.default_rng(77)


def waves(n):
    """mixtures of two sinusoids sampled at 24 points"""
    t = np.linspace(0, 2 * np.pi, 24, dtype=F)
    a = rng.uniform(0.5, 1.5, (n, 2)).astype(F)
    ph = rng.uniform(0, 2 * np.pi, (n, 2)).astype(F)
    return a[:, :1] * np.sin(t + ph[:, :1]) + a[:, 1:] * np.sin(3 * t + ph[:, 1:])


def corrupt(x, level=0.4):
    noise = rng.standard_normal(x.shape, dtype=F) * F(level)
    drop = (rng.random(x.shape, dtype=F) > 0.1).astype(F)
    return (x + noise) * drop


class TiedAutoencoder:
    def __init__(self, n_in, n_hid):
        self.W = (rng.standard_normal((n_in, n_hid), dtype=F) / F(np.sqrt(n_in)))
        self.b_hid = np.zeros(n_hid, dtype=F)
        self.b_out = np.zeros(n_in, dtype=F)

    def hidden(self, x):
        return np.tanh(x @ self.W + self.b_hid)

    def reconstruct(self, x):
        return self.hidden(x) @ self.W.T + self.b_out

    def gradients(self, noisy, clean, sparsity):
        m = F(len(noisy))
        h = self.hidden(noisy)
        r = h @ self.W.T + self.b_out
        diff = r - clean
        cost = 0.5 * np.sum(diff ** 2) / m + sparsity * np.sum(np.abs(h)) / m
        d_r = diff / m
        d_h = d_r @ self.W + sparsity * np.sign(h) / m
        d_a = d_h * (1 - h ** 2)
        # W is used twice: as decoder (transposed) and as encoder
        gW = d_r.T @ h + noisy.T @ d_a
        return cost, [gW, d_a.sum(axis=0), d_r.sum(axis=0)]

    def parameters(self):
        return [self.W, self.b_hid, self.b_out]


class RMSprop:
    def __init__(self, params, lr, rho=0.95):
        self.params, self.lr, self.rho = params, F(lr), F(rho)
        self.sq = [np.zeros_like(p) for p in params]

    def step(self, grads):
        for p, s, g in zip(self.params, self.sq, grads):
            s *= self.rho
            s += (1 - self.rho) * g * g
            p -= self.lr * g / (np.sqrt(s) + F(1e-6))


train, valid = waves(1200), waves(300)
mean = train.mean(axis=0)
train -= mean
valid -= mean
valid_noisy = corrupt(valid)

ae = TiedAutoencoder(24, 16)
opt = RMSprop(ae.parameters(), lr=0.01)
best, bad = np.inf, 0
for epoch in range(60):
    order = rng.permutation(len(train))
    costs = []
    for start in range(0, len(order), 60):
        clean = train[order[start:start + 60]]
        cost, grads = ae.gradients(corrupt(clean), clean, F(0.02))
        costs.append(cost)
        opt.step(grads)
    err = np.mean((ae.reconstruct(valid_noisy) - valid) ** 2)
    if epoch % 6 == 0:
        print('epoch', epoch, 'cost %.5f' % np.mean(costs), 'valid mse %.5f' % err)
    if err < best * F(0.999):
        best, bad = err, 0
    else:
        bad += 1
        opt.lr *= F(0.7)
        if bad == 6:
            print('no progress, stop at', epoch)
            break
assert ae.W.dtype == F
print('input mse %.5f, best output mse %.5f' % (np.mean((valid_noisy - valid) ** 2), best))
