"""GAN in plain numpy: learn a noisy ellipse in the plane (non-saturating generator loss)."""
import numpy as np

rs = np.random.RandomState(77)
NOISE, GH, DH, BATCH = 4, 20, 20, 64


def real_points(n):
    a = rs.uniform(0, 2 * np.pi, n)
    return np.c_[1.5 * np.cos(a), 0.8 * np.sin(a) + 0.5] + 0.05 * rs.randn(n, 2)


def dense_init(n_in, n_out):
    return rs.randn(n_in, n_out) * np.sqrt(1.5 / n_in)


gen = {"W1": dense_init(NOISE, GH), "b1": np.zeros(GH), "W2": dense_init(GH, GH), "b2": np.zeros(GH),
       "W3": dense_init(GH, 2), "b3": np.zeros(2)}
dis = {"W1": dense_init(2, DH), "b1": np.zeros(DH), "W2": dense_init(DH, DH), "b2": np.zeros(DH),
       "W3": dense_init(DH, 1), "b3": np.zeros(1)}


def lrelu(a):
    return np.where(a > 0, a, 0.2 * a)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def generator(noise):
    h1 = np.tanh(noise @ gen["W1"] + gen["b1"])
    h2 = np.tanh(h1 @ gen["W2"] + gen["b2"])
    return h2 @ gen["W3"] + gen["b3"], (noise, h1, h2)


def discriminator(pts):
    a1 = pts @ dis["W1"] + dis["b1"]
    h1 = lrelu(a1)
    a2 = h1 @ dis["W2"] + dis["b2"]
    h2 = lrelu(a2)
    return h2 @ dis["W3"] + dis["b3"], (pts, a1, h1, a2, h2)


def discriminator_back(dlogit, memo):
    pts, a1, h1, a2, h2 = memo
    g = {"W3": h2.T @ dlogit, "b3": dlogit.sum(axis=0)}
    da2 = dlogit @ dis["W3"].T * np.where(a2 > 0, 1.0, 0.2)
    g["W2"], g["b2"] = h1.T @ da2, da2.sum(axis=0)
    da1 = da2 @ dis["W2"].T * np.where(a1 > 0, 1.0, 0.2)
    g["W1"], g["b1"] = pts.T @ da1, da1.sum(axis=0)
    return g, da1 @ dis["W1"].T


def generator_back(dpts, memo):
    noise, h1, h2 = memo
    g = {"W3": h2.T @ dpts, "b3": dpts.sum(axis=0)}
    da2 = dpts @ gen["W3"].T * (1 - h2 ** 2)
    g["W2"], g["b2"] = h1.T @ da2, da2.sum(axis=0)
    da1 = da2 @ gen["W2"].T * (1 - h1 ** 2)
    g["W1"], g["b1"] = noise.T @ da1, da1.sum(axis=0)
    return g


def d_loss_and_grads(real, fake):
    lr_, memo_r = discriminator(real)
    lf_, memo_f = discriminator(fake)
    smooth = 0.9                                      # one-sided label smoothing
    loss = np.mean(np.logaddexp(0, lr_) - smooth * lr_) + np.mean(np.logaddexp(0, lf_))
    g_real, _ = discriminator_back((sigmoid(lr_) - smooth) / len(real), memo_r)
    g_fake, _ = discriminator_back(sigmoid(lf_) / len(fake), memo_f)
    return loss, {k: g_real[k] + g_fake[k] for k in dis}


def g_loss_and_grads(noise):
    fake, memo_g = generator(noise)
    logit, memo_d = discriminator(fake)
    loss = np.mean(np.logaddexp(0, -logit))
    _, dfake = discriminator_back((sigmoid(logit) - 1) / len(noise), memo_d)
    return loss, generator_back(dfake, memo_g)


class Adam:
    def __init__(self, weights, lr, b1=0.5, b2=0.99):
        self.weights, self.lr, self.b1, self.b2, self.n = weights, lr, b1, b2, 0
        self.m = {k: np.zeros_like(w) for k, w in weights.items()}
        self.v = {k: np.zeros_like(w) for k, w in weights.items()}

    def apply(self, grads):
        self.n += 1
        rate = self.lr * np.sqrt(1 - self.b2 ** self.n) / (1 - self.b1 ** self.n)
        for k, g in grads.items():
            self.m[k] += (1 - self.b1) * (g - self.m[k])
            self.v[k] += (1 - self.b2) * (g * g - self.v[k])
            self.weights[k] -= rate * self.m[k] / (np.sqrt(self.v[k]) + 1e-8)


opt_d, opt_g = Adam(dis, 0.01), Adam(gen, 0.005)
for it in range(1, 301):
    fake, _ = generator(rs.randn(BATCH, NOISE))
    d_loss, d_grads = d_loss_and_grads(real_points(BATCH), fake)
    opt_d.apply(d_grads)
    g_loss, g_grads = g_loss_and_grads(rs.randn(BATCH, NOISE))
    opt_g.apply(g_grads)
    if it % 60 == 0:
        pts, _ = generator(rs.randn(500, NOISE))
        print("it %d  D %.4f  G %.4f  mean (%.3f, %.3f)  std (%.3f, %.3f)"
              % (it, d_loss, g_loss, *pts.mean(axis=0), *pts.std(axis=0)))
