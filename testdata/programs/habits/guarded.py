import numpy as np

rng = np.random.RandomState(5)
X = rng.randn(40, 6) * 6
Y = np.eye(4)[rng.randint(0, 4, 40)]
W1, b1 = rng.randn(6, 10), np.zeros(10)
gamma, beta = np.ones(10), np.zeros(10)
W2, b2 = rng.randn(10, 4) * 4, np.zeros(4)
for i in range(9):
    z = X.dot(W1) + b1
    mu, var = z.mean(0), z.var(0)
    n = (z - mu) / np.sqrt(var + 1e-5)
    a = np.maximum(0, gamma * n + beta)
    s = a.dot(W2) + b2
    e = np.exp(s - s.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    loss = -np.sum(Y * np.log(p + 1e-7)) / 40
    ds = (p - Y) / 40
    gW2, gb2 = a.T.dot(ds), ds.sum(0)
    da = ds.dot(W2.T) * (a > 0)
    ggamma, gbeta = (da * n).sum(0), da.sum(0)
    dn = da * gamma
    dz = (dn - dn.mean(0) - n * (dn * n).mean(0)) / np.sqrt(var + 1e-5)
    gW1, gb1 = X.T.dot(dz), dz.sum(0)
    for p_, g_ in ((W1, gW1), (b1, gb1), (gamma, ggamma), (beta, gbeta), (W2, gW2), (b2, gb2)):
        p_ -= .05 * g_
    print(i, loss)
