# Restricted Boltzmann machine, bars-and-stripes 4x4, CD-k with momentum and weight decay.
# Convention: gradient ASCENT on the log likelihood.
import itertools
import numpy as np

rng = np.random.RandomState(8)
side = 4

patterns = set()
for bits in itertools.product([0, 1], repeat=side):
    row = np.tile(np.array(bits)[:, None], (1, side))
    patterns.add(tuple(row.ravel()))
    patterns.add(tuple(row.T.ravel()))
patterns = np.array(sorted(patterns), float)
nv, nh = side * side, 14


def sigm(x):
    return 1.0 / (1.0 + np.exp(-x))


def bern(p):
    return (rng.rand(*p.shape) < p).astype(float)


w = 0.05 * rng.randn(nv, nh)
vbias = np.log((patterns.mean(0)) / (1 - patterns.mean(0)))
hbias = np.zeros(nh)


def free_energy(v):
    return -v @ vbias - np.logaddexp(0, v @ w + hbias).sum(1)


def cd_step(v0, k):
    ph0 = sigm(v0 @ w + hbias)
    h = bern(ph0)
    for _ in range(k):
        v = bern(sigm(h @ w.T + vbias))
        ph = sigm(v @ w + hbias)
        h = bern(ph)
    n = v0.shape[0]
    g_w = (v0.T @ ph0 - v.T @ ph) / n
    g_v = (v0 - v).mean(axis=0)
    g_h = (ph0 - ph).mean(axis=0)
    return g_w, g_v, g_h, v


def log_partition():
    """exact: sum over all hidden states"""
    H = np.array(list(itertools.product([0, 1], repeat=nh)), float)
    e = H @ hbias + np.logaddexp(0, H @ w.T + vbias).sum(1)
    m = e.max()
    return m + np.log(np.exp(e - m).sum())


def mean_loglik(data):
    return (-free_energy(data)).mean() - log_partition()


mw, mv, mh = np.zeros_like(w), np.zeros_like(vbias), np.zeros_like(hbias)
epsilon, decay, k = 0.1, 1e-4, 1
print('%d patterns, best possible log-lik %.3f' % (len(patterns), -np.log(len(patterns))))
print('start: %.3f' % mean_loglik(patterns))
for epoch in range(1, 1201):
    momentum = 0.5 if epoch <= 50 else 0.9
    if epoch == 800:
        epsilon, k = 0.03, 5
    for batch in np.array_split(rng.permutation(len(patterns)), 3):
        v0 = patterns[batch]
        g_w, g_v, g_h, _ = cd_step(v0, k)
        mw *= momentum
        mv *= momentum
        mh *= momentum
        mw += (1 - momentum) * (g_w - decay * w)
        mv += (1 - momentum) * g_v
        mh += (1 - momentum) * g_h
        w += epsilon * mw
        vbias += epsilon * mv
        hbias += epsilon * mh
    if epoch % 200 == 0:
        rec = sigm(sigm(patterns @ w + hbias) @ w.T + vbias)
        print('epoch %4d  log-lik %.3f  reconstruction error %.4f' %
              (epoch, mean_loglik(patterns), ((patterns - rec) ** 2).mean()))

noisy = patterns.copy()
flip = rng.randint(0, nv, len(noisy))
noisy[np.arange(len(noisy)), flip] = 1 - noisy[np.arange(len(noisy)), flip]
print('free energy: patterns %.2f, one bit flipped %.2f' % (free_energy(patterns).mean(), free_energy(noisy).mean()))
