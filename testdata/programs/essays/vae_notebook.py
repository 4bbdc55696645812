# %% [markdown]
# # Variational autoencoder on small binary pictures
# Encoder 36 -> 32 -> (mu, logvar), decoder 2 latent -> 32 -> 36 pixels.
# Everything in numpy, gradients by hand.

# %%
import numpy as np
rs = np.random.RandomState(1234)

# %% data: one filled rectangle per 6x6 picture, plus some pixel flips
def draw_pictures(n):
    imgs = np.zeros((n, 6, 6))
    for k in range(n):
        top, left = rs.randint(0, 4), rs.randint(0, 4)
        imgs[k, top:top + 3, left:left + 3] = 1.0
    flips = rs.rand(n, 6, 6) < 0.02
    return np.where(flips, 1 - imgs, imgs).reshape(n, 36)

X_train = draw_pictures(400)
X_valid = draw_pictures(100)
print(X_train.shape, X_valid.shape, "mean pixel %.4f" % X_train.mean())

# %% parameters
n_x, n_h, n_z = 36, 32, 2
lr = 4e-3
beta1, beta2, tiny = 0.9, 0.999, 1e-8
n_epochs, bs = 60, 50

def glorot(a, b):
    return rs.randn(a, b) * np.sqrt(2.0 / (a + b))

We, be = glorot(n_x, n_h), np.zeros(n_h)       # encoder hidden
Wm, bm = glorot(n_h, n_z), np.zeros(n_z)       # mean
Wv, bv = glorot(n_h, n_z), np.zeros(n_z)       # log variance
Wd, bd = glorot(n_z, n_h), np.zeros(n_h)       # decoder hidden
Wo, bo = glorot(n_h, n_x), np.zeros(n_x)       # pixel logits
theta = [We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo]
m1 = [np.zeros_like(p) for p in theta]
m2 = [np.zeros_like(p) for p in theta]

def softplus(a):
    return np.log1p(np.exp(-np.abs(a))) + np.maximum(a, 0)

def logistic(a):
    return 1 / (1 + np.exp(-a))

# %% training
step = 0
for epoch in range(n_epochs):
    rs.shuffle(X_train)
    epoch_rec, epoch_kl = 0.0, 0.0
    for i in range(0, X_train.shape[0], bs):
        x = X_train[i:i + bs]
        n = x.shape[0]

        # encode
        he = np.tanh(x @ We + be)
        mu = he @ Wm + bm
        logvar = he @ Wv + bv
        noise = rs.randn(n, n_z)
        std = np.exp(0.5 * logvar)
        z = mu + std * noise
        # decode
        hd = np.tanh(z @ Wd + bd)
        logits = hd @ Wo + bo

        # negative ELBO, mean over the batch
        rec = np.sum(softplus(logits) - x * logits) / n
        kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / n
        epoch_rec += rec * n
        epoch_kl += kl * n

        # decoder gradients
        dlogits = (logistic(logits) - x) / n
        dWo = hd.T @ dlogits
        dbo = dlogits.sum(0)
        dhd = dlogits @ Wo.T
        dad = dhd * (1 - hd ** 2)
        dWd = z.T @ dad
        dbd = dad.sum(0)
        dz = dad @ Wd.T
        # latent: reparametrisation path + KL path
        dmu = dz + mu / n
        dlogvar = dz * noise * 0.5 * std + 0.5 * (np.exp(logvar) - 1) / n
        # encoder gradients
        dWm = he.T @ dmu
        dbm = dmu.sum(0)
        dWv = he.T @ dlogvar
        dbv = dlogvar.sum(0)
        dhe = dmu @ Wm.T + dlogvar @ Wv.T
        dae = dhe * (1 - he ** 2)
        dWe = x.T @ dae
        dbe = dae.sum(0)

        # Adam, in place
        step += 1
        alpha = lr * np.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)
        grads = [dWe, dbe, dWm, dbm, dWv, dbv, dWd, dbd, dWo, dbo]
        for p, g, a, b in zip(theta, grads, m1, m2):
            a *= beta1
            a += (1 - beta1) * g
            b *= beta2
            b += (1 - beta2) * g * g
            p -= alpha * a / (np.sqrt(b) + tiny)

    if epoch % 6 == 5:
        N = X_train.shape[0]
        print("epoch %3d | rec %.4f | kl %.4f | -elbo %.4f"
              % (epoch + 1, epoch_rec / N, epoch_kl / N, (epoch_rec + epoch_kl) / N))

# %% validation: reconstruct from the posterior mean, no sampling
he = np.tanh(X_valid @ We + be)
mu, logvar = he @ Wm + bm, he @ Wv + bv
logits = np.tanh(mu @ Wd + bd) @ Wo + bo
valid_rec = np.sum(softplus(logits) - X_valid * logits, axis=1).mean()
valid_kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar), axis=1).mean()
print("validation: rec %.4f kl %.4f" % (valid_rec, valid_kl))
print("pixels right: %.4f" % np.mean((logits > 0) == (X_valid > 0.5)))
