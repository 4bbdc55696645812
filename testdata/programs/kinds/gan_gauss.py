# Tiny GAN on a 1-D Gaussian (mean 3, std 0.5), non-saturating generator loss.
# D and G each descend their OWN loss; the other net's weights are held fixed in that half-step.
import numpy as np
np.random.seed(0)

def softplus(x): return np.logaddexp(0, x)
def sigmoid(x): return 0.5 * (1 + np.tanh(0.5 * x))

nz, h, B = 2, 16, 64
G = {'W1': np.random.randn(nz, h) * .5, 'b1': np.zeros(h), 'W2': np.random.randn(h, 1) * .5, 'b2': np.zeros(1)}
D = {'W1': np.random.randn(1, h) * .5, 'b1': np.zeros(h), 'W2': np.random.randn(h, 1) * .5, 'b2': np.zeros(1)}

def net(p, x):
    hid = np.tanh(x @ p['W1'] + p['b1'])
    return hid @ p['W2'] + p['b2'], (x, hid)

def net_back(p, cache, dout):
    x, hid = cache
    dh = (dout @ p['W2'].T) * (1 - hid ** 2)
    grads = {'W1': x.T @ dh, 'b1': dh.sum(0), 'W2': hid.T @ dout, 'b2': dout.sum(0)}
    return grads, dh @ p['W1'].T

class Adam:
    def __init__(self, params, lr, b1=0.5, b2=0.99):
        self.p, self.lr, self.b1, self.b2, self.t = params, lr, b1, b2, 0
        self.m = {k: np.zeros_like(v) for k, v in params.items()}
        self.v = {k: np.zeros_like(v) for k, v in params.items()}
    def step(self, grads):
        self.t += 1
        for k, g in grads.items():
            self.m[k] += (1 - self.b1) * (g - self.m[k])
            self.v[k] += (1 - self.b2) * (g * g - self.v[k])
            mh, vh = self.m[k] / (1 - self.b1 ** self.t), self.v[k] / (1 - self.b2 ** self.t)
            self.p[k] -= self.lr * mh / (np.sqrt(vh) + 1e-8)

optD, optG = Adam(D, 0.005), Adam(G, 0.005)
for step in range(601):
    # --- discriminator ---
    real = 3 + 0.5 * np.random.randn(B, 1)
    fake, _ = net(G, np.random.randn(B, nz))
    lr_, cr = net(D, real)
    lf, cf = net(D, fake)
    d_loss = softplus(-lr_).mean() + softplus(lf).mean()
    gr, _ = net_back(D, cr, (sigmoid(lr_) - 1) / B)
    gf, _ = net_back(D, cf, sigmoid(lf) / B)
    optD.step({k: gr[k] + gf[k] for k in D})

    # --- generator ---
    fake, cg = net(G, np.random.randn(B, nz))
    lf, cf = net(D, fake)
    g_loss = softplus(-lf).mean()
    _, dfake = net_back(D, cf, (sigmoid(lf) - 1) / B)
    gg, _ = net_back(G, cg, dfake)
    optG.step(gg)
    if step % 100 == 0:
        print("step %d | D loss %.3f | G loss %.3f | fake mean %.2f std %.2f" % (step, d_loss, g_loss, fake.mean(), fake.std()))
