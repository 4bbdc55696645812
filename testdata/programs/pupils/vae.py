import numpy as np

np.random.seed(2020)


def sample_data(n):
    """binary 16-vectors: a contiguous bump at a random place, with flips"""
    centre = np.random.uniform(2, 13, (n, 1))
    width = np.random.choice([2.0, 4.0], (n, 1))
    p = np.exp(-0.5 * ((np.arange(16)[None] - centre) / width) ** 2)
    return (np.random.rand(n, 16) < p).astype(float)


class VAE:
    def __init__(self, n_x, n_h, n_z, lr):
        def glorot(a, b):
            return np.random.randn(a, b) * np.sqrt(2.0 / (a + b))
        self.lr, self.t = lr, 0
        self.theta = {
            'We': glorot(n_x, n_h), 'be': np.zeros(n_h),
            'Wm': glorot(n_h, n_z), 'bm': np.zeros(n_z),
            'Ws': glorot(n_h, n_z) * 0.1, 'bs': np.zeros(n_z),
            'Wd': glorot(n_z, n_h), 'bd': np.zeros(n_h),
            'Wx': glorot(n_h, n_x), 'bx': np.zeros(n_x)}
        self.m = {k: 0.0 for k in self.theta}
        self.v = {k: 0.0 for k in self.theta}

    def encode(self, x):
        th = self.theta
        self.h_enc = np.tanh(x @ th['We'] + th['be'])
        mu = self.h_enc @ th['Wm'] + th['bm']
        logvar = self.h_enc @ th['Ws'] + th['bs']
        return mu, logvar

    def decode(self, z):
        th = self.theta
        self.h_dec = np.tanh(z @ th['Wd'] + th['bd'])
        logits = self.h_dec @ th['Wx'] + th['bx']
        return 1 / (1 + np.exp(-logits))

    def elbo_terms(self, x, x_hat, mu, logvar):
        rec = -np.sum(x * np.log(x_hat + 1e-9) + (1 - x) * np.log(1 - x_hat + 1e-9)) / len(x)
        kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / len(x)
        return rec, kl

    def train_step(self, x):
        th = self.theta
        mu, logvar = self.encode(x)
        eps = np.random.randn(*mu.shape)
        std = np.exp(0.5 * logvar)
        z = mu + std * eps
        x_hat = self.decode(z)
        rec, kl = self.elbo_terms(x, x_hat, mu, logvar)

        g = {}
        n = len(x)
        d_logits = (x_hat - x) / n
        g['Wx'] = self.h_dec.T @ d_logits
        g['bx'] = d_logits.sum(0)
        d_hd = (d_logits @ th['Wx'].T) * (1 - self.h_dec ** 2)
        g['Wd'] = z.T @ d_hd
        g['bd'] = d_hd.sum(0)
        d_z = d_hd @ th['Wd'].T
        d_mu = d_z + mu / n
        d_logvar = d_z * eps * 0.5 * std + 0.5 * (np.exp(logvar) - 1) / n
        g['Wm'] = self.h_enc.T @ d_mu
        g['bm'] = d_mu.sum(0)
        g['Ws'] = self.h_enc.T @ d_logvar
        g['bs'] = d_logvar.sum(0)
        d_he = d_mu @ th['Wm'].T + d_logvar @ th['Ws'].T
        d_he = d_he * (1 - self.h_enc ** 2)
        g['We'] = x.T @ d_he
        g['be'] = d_he.sum(0)
        self.adam(g)
        return rec, kl

    def adam(self, g, b1=0.9, b2=0.999):
        self.t += 1
        for k in self.theta:
            self.m[k] = b1 * self.m[k] + (1 - b1) * g[k]
            self.v[k] = b2 * self.v[k] + (1 - b2) * g[k] ** 2
            mh = self.m[k] / (1 - b1 ** self.t)
            vh = self.v[k] / (1 - b2 ** self.t)
            self.theta[k] -= self.lr * mh / (np.sqrt(vh) + 1e-8)


train, held = sample_data(1000), sample_data(300)
model = VAE(16, 32, 2, lr=3e-3)
for epoch in range(41):
    np.random.shuffle(train)
    recs, kls = [], []
    for i in range(0, 1000, 50):
        rec, kl = model.train_step(train[i:i + 50])
        recs.append(rec)
        kls.append(kl)
    if epoch % 5 == 0:
        mu, logvar = model.encode(held)
        r, k = model.elbo_terms(held, model.decode(mu), mu, logvar)
        print('epoch %d: train rec %.4f kl %.4f | held-out rec (at the mean) %.4f kl %.4f'
              % (epoch, np.mean(recs), np.mean(kls), r, k))
