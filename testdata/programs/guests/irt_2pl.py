'''Two-parameter logistic item response model (penalised joint ML), psychometrics class.
Maximised by Rprop: only the SIGN of the gradient is used, full data.'''
import numpy as np

rng = np.random.RandomState(55)
nPers, nItem = 300, 25

theta_true = rng.randn(nPers)
a_true = np.exp(0.3 * rng.randn(nItem))
b_true = rng.uniform(-2, 2, nItem)
P_true = 1 / (1 + np.exp(-a_true * (theta_true[:, None] - b_true)))
U = (rng.rand(nPers, nItem) < P_true) * 1.0
seen = rng.rand(nPers, nItem) < 0.9           # some answers are missing
held = ~seen

SD_LNA, SD_B = 0.5, 1.5


def unpack(par):
    return par[:nPers], par[nPers:nPers + nItem], par[nPers + nItem:]


def logpost(par):
    th, lna, b = unpack(par)
    z = np.exp(lna) * (th[:, None] - b)
    ll = np.where(seen, U * z - np.logaddexp(0, z), 0.0).sum()
    return ll - 0.5 * (th ** 2).sum() - 0.5 * (lna ** 2).sum() / SD_LNA ** 2 - 0.5 * (b ** 2).sum() / SD_B ** 2


def score(par):
    """gradient of logpost"""
    th, lna, b = unpack(par)
    a = np.exp(lna)
    z = a * (th[:, None] - b)
    R = seen * (U - 1 / (1 + np.exp(-z)))
    s_th = R @ a - th
    s_lna = (R * z).sum(axis=0) - lna / SD_LNA ** 2
    s_b = -a * R.sum(axis=0) - b / SD_B ** 2
    return np.concatenate([s_th, s_lna, s_b])


par = np.zeros(nPers + 2 * nItem)
delta = 0.05 * np.ones_like(par)
prev = np.zeros_like(par)
for it in range(1, 121):
    g = score(par)
    same = g * prev
    delta[same > 0] = np.minimum(delta[same > 0] * 1.2, 0.5)
    delta[same < 0] = np.maximum(delta[same < 0] * 0.5, 1e-7)
    g[same < 0] = 0                            # iRprop-: no step after a change of sign
    par = par + np.sign(g) * delta
    prev = g
    if it in (1, 5, 10, 20, 40, 80, 120):
        print('iteration %3d   log posterior %.3f   max |score| %.4f' % (it, logpost(par), np.abs(score(par)).max()))

th, lna, b = unpack(par)
print('correlation ability        %.3f' % np.corrcoef(th, theta_true)[0, 1])
print('correlation difficulty     %.3f' % np.corrcoef(b, b_true)[0, 1])
print('correlation discrimination %.3f' % np.corrcoef(lna, np.log(a_true))[0, 1])
prob = 1 / (1 + np.exp(-np.exp(lna) * (th[:, None] - b)))
print('held-out answers: accuracy %.3f (guessing the item mean %.3f)' % (
    ((prob > 0.5) == (U > 0.5))[held].mean(),
    (((U * seen).sum(0) / seen.sum(0) > 0.5) == (U > 0.5))[held].mean()))
