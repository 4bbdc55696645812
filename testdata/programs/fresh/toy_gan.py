"""
GAN on a ring of Gaussians.  Generator: noise(4) -> 24 relu -> 24 relu -> 2
Discriminator: 2 -> 24 leaky -> 24 leaky -> 1 logit.  Non-saturating generator loss.
The averaged generator (EMA of its weights) is used for evaluation.
"""
import numpy as np

RNG = np.random.RandomState(2024)
BATCH, NZ, NH = 64, 4, 24
SLOPE = 0.2


def he(n_in, n_out):
    return RNG.randn(n_in, n_out) * np.sqrt(2.0 / n_in)


gen = {'W1': he(NZ, NH), 'b1': np.zeros(NH), 'W2': he(NH, NH), 'b2': np.zeros(NH), 'W3': he(NH, 2) * 0.5, 'b3': np.zeros(2)}
dis = {'W1': he(2, NH), 'b1': np.zeros(NH), 'W2': he(NH, NH), 'b2': np.zeros(NH), 'W3': he(NH, 1) * 0.5, 'b3': np.zeros(1)}


def sample_real(n):
    k = RNG.randint(0, 6, n)
    ang = 2 * np.pi * k / 6
    return 1.5 * np.stack([np.cos(ang), np.sin(ang)], axis=1) + 0.12 * RNG.randn(n, 2) + np.array([0.5, -0.3])


def mlp_forward(p, x, slope):
    """returns output and everything the backward pass needs"""
    a1 = x @ p['W1'] + p['b1']
    h1 = np.where(a1 > 0, a1, slope * a1)
    a2 = h1 @ p['W2'] + p['b2']
    h2 = np.where(a2 > 0, a2, slope * a2)
    out = h2 @ p['W3'] + p['b3']
    return out, (x, a1, h1, a2, h2)


def mlp_backward(p, dout, cache, slope):
    """returns parameter gradients and the gradient with respect to the input"""
    x, a1, h1, a2, h2 = cache
    g = {}
    g['W3'] = h2.T @ dout
    g['b3'] = dout.sum(axis=0)
    da2 = (dout @ p['W3'].T) * np.where(a2 > 0, 1.0, slope)
    g['W2'] = h1.T @ da2
    g['b2'] = da2.sum(axis=0)
    da1 = (da2 @ p['W2'].T) * np.where(a1 > 0, 1.0, slope)
    g['W1'] = x.T @ da1
    g['b1'] = da1.sum(axis=0)
    return g, da1 @ p['W1'].T


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def softplus(v):
    return np.maximum(v, 0) + np.log1p(np.exp(-np.abs(v)))


def d_step(real, z, smooth=0.9):
    """-smooth*log D(real) - (1-smooth)*log(1-D(real)) - log(1-D(fake)), batch means"""
    fake, _ = mlp_forward(gen, z, 0.0)
    l_real, c_real = mlp_forward(dis, real, SLOPE)
    l_fake, c_fake = mlp_forward(dis, fake, SLOPE)
    loss = np.mean(softplus(l_real) - smooth * l_real) + np.mean(softplus(l_fake))
    g_real, _ = mlp_backward(dis, (sigmoid(l_real) - smooth) / len(real), c_real, SLOPE)
    g_fake, _ = mlp_backward(dis, sigmoid(l_fake) / len(z), c_fake, SLOPE)
    return loss, {k: g_real[k] + g_fake[k] for k in dis}


def g_step(z):
    """-log D(G(z)), batch mean"""
    fake, c_gen = mlp_forward(gen, z, 0.0)
    logit, c_dis = mlp_forward(dis, fake, SLOPE)
    loss = np.mean(softplus(-logit))
    _, dfake = mlp_backward(dis, (sigmoid(logit) - 1.0) / len(z), c_dis, SLOPE)
    grads, _ = mlp_backward(gen, dfake, c_gen, 0.0)
    return loss, grads


def make_adam(params, lr, b1=0.5, b2=0.99):
    m = {k: np.zeros_like(v) for k, v in params.items()}
    v2 = {k: np.zeros_like(v) for k, v in params.items()}
    t = 0

    def update(grads):
        nonlocal t
        t += 1
        for k, g in grads.items():
            m[k] += (1 - b1) * (g - m[k])
            v2[k] += (1 - b2) * (g * g - v2[k])
            params[k] -= lr * (m[k] / (1 - b1 ** t)) / (np.sqrt(v2[k] / (1 - b2 ** t)) + 1e-8)
    return update


adam_d = make_adam(dis, 2e-3)
adam_g = make_adam(gen, 1e-3)
ema = {k: v.copy() for k, v in gen.items()}

ref = sample_real(1500)
z_eval = RNG.randn(1500, NZ)


def report(it, ld, lg):
    out, _ = mlp_forward(ema, z_eval, 0.0)
    gap = np.linalg.norm(out.mean(0) - ref.mean(0)) + np.abs(np.cov(out.T) - np.cov(ref.T)).sum()
    centred = out - np.array([0.5, -0.3])
    radius = np.hypot(centred[:, 0], centred[:, 1])
    print('it %4d  D %.4f  G %.4f  moment gap %.4f  radius %.3f +- %.3f' % (it, ld, lg, gap, radius.mean(), radius.std()))


for it in range(1, 601):
    loss_d, grads_d = d_step(sample_real(BATCH), RNG.randn(BATCH, NZ))
    adam_d(grads_d)
    loss_g, grads_g = g_step(RNG.randn(BATCH, NZ))
    adam_g(grads_g)
    for key in ema:
        ema[key] = 0.98 * ema[key] + 0.02 * gen[key]
    if it % 100 == 0:
        report(it, loss_d, loss_g)
