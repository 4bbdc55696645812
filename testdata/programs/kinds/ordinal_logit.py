# proportional-odds ordinal regression. theta_1 < theta_2 < ... via exp increments; conjugate gradient (Polak-Ribiere+).
import numpy as np
np.random.seed(314)

n, d, K = 300, 4, 5
X = np.random.randn(n, d)
latent = X.dot([1.5, -1, 0.5, 0]) + np.random.logistic(size=n)
y = np.searchsorted([-2, -0.5, 0.5, 2], latent)          # 0..4

def sigma(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

def thresholds(raw):
    return np.cumsum(np.concatenate([raw[:1], np.exp(raw[1:])]))

def nll(w):
    beta, raw = w[:d], w[d:]
    th = thresholds(raw)
    hi = np.append(th, 1e3)[y] - X.dot(beta)              # upper cut
    lo = np.insert(th, 0, -1e3)[y] - X.dot(beta)          # lower cut
    Fh, Fl = sigma(hi), sigma(lo)
    p = np.maximum(Fh - Fl, 1e-12)
    fh, fl = Fh * (1 - Fh) / p, Fl * (1 - Fl) / p
    g_beta = X.T.dot(fh - fl) / n
    g_th = np.zeros(K - 1)
    for k in range(K - 1):
        g_th[k] = (fl[y == k + 1].sum() - fh[y == k].sum()) / n
    tail = np.cumsum(g_th[::-1])[::-1]
    g_raw = tail * np.append(1.0, np.exp(raw[1:]))
    return -np.log(p).mean(), np.concatenate([g_beta, g_raw])

w = np.concatenate([np.zeros(d), [-1.0], np.zeros(K - 2)])
f, g = nll(w)
direction = -g
for it in range(30):
    if g.dot(direction) >= 0:
        direction = -g
    a = 2.0
    while True:
        f_try, g_try = nll(w + a * direction)
        if f_try <= f + 0.1 * a * g.dot(direction) or a < 1e-8:
            break
        a /= 2
    w = w + a * direction
    beta_pr = max(0, g_try.dot(g_try - g) / g.dot(g))
    direction = -g_try + beta_pr * direction
    f, g = f_try, g_try
    if it % 3 == 0:
        print('iter', it, 'nll %.6f' % f, 'step', a)
print('coef', w[:d].round(2), 'cuts', thresholds(w[d:]).round(2))
pred = np.searchsorted(thresholds(w[d:]), X.dot(w[:d]))
print('within one class: %.3f' % np.mean(abs(pred - y) <= 1))
