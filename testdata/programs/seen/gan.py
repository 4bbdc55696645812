import numpy as np

np.random.seed(44)
sg = lambda z: 1 / (1 + np.exp(-z))
Gw1, Gb1, Gw2, Gb2 = np.random.randn(2, 8) * .5, np.zeros(8), np.random.randn(8, 1) * .5, np.zeros(1)
Dw1, Db1, Dw2, Db2 = np.random.randn(1, 8) * .5, np.zeros(8), np.random.randn(8, 1) * .5, np.zeros(1)
n, lr = 16, .1


def generator(z):
    h = np.tanh(z @ Gw1 + Gb1)
    return h, h @ Gw2 + Gb2


def discriminator(x):
    h = np.tanh(x @ Dw1 + Db1)
    return h, sg(h @ Dw2 + Db2)


for it in range(9):
    real = np.random.randn(n, 1) * .3 + 2
    z = np.random.randn(n, 2)
    _, fake = generator(z)
    hr, pr = discriminator(real)
    hf, pf = discriminator(fake)
    d_loss = -np.mean(np.log(pr)) - np.mean(np.log(1 - pf))
    dr, df = (pr - 1) / n, pf / n
    gw2, gb2 = hr.T @ dr + hf.T @ df, dr.sum(0) + df.sum(0)
    er, ef = dr @ Dw2.T * (1 - hr ** 2), df @ Dw2.T * (1 - hf ** 2)
    gw1, gb1 = real.T @ er + fake.T @ ef, er.sum(0) + ef.sum(0)
    Dw1 -= lr * gw1
    Db1 -= lr * gb1
    Dw2 -= lr * gw2
    Db2 -= lr * gb2
    z = np.random.randn(n, 2)
    hg, fake = generator(z)
    hf, pf = discriminator(fake)
    g_loss = -np.mean(np.log(pf))
    d = (pf - 1) / n
    d = d @ Dw2.T * (1 - hf ** 2)
    d = d @ Dw1.T
    hw2, hb2 = hg.T @ d, d.sum(0)
    d = d @ Gw2.T * (1 - hg ** 2)
    Gw1 -= lr * (z.T @ d)
    Gb1 -= lr * d.sum(0)
    Gw2 -= lr * hw2
    Gb2 -= lr * hb2
    print(it, d_loss, g_loss)
