import numpy as np

rng = np.random.default_rng(20)
x = rng.normal(size=(40, 2))
y = (x.sum(1) > 0).astype(float)
w1 = rng.normal(size=(2, 3))
b1 = np.zeros(3)
w2 = rng.normal(size=3)
b2 = 0.0
for i in range(15):
    h = 1 / (1 + np.exp(-(x @ w1 + b1)))
    o = 1 / (1 + np.exp(-(h @ w2 + b2)))
    loss = -np.mean(y * np.log(o) + (1 - y) * np.log(1 - o))
    d = (o - y) / len(y)
    g2, gb2 = h.T @ d, d.sum()
    dh = np.outer(d, w2) * h * (1 - h)
    w1 -= .7 * x.T @ dh
    b1 -= .7 * dh.sum(0)
    w2 -= .7 * g2
    b2 -= .7 * gb2
    print(i, loss)
