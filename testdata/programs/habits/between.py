import numpy as np

rng = np.random.RandomState(12)


class Model:
    def __init__(self):
        self.W = [rng.randn(4, 6) * .5, rng.randn(6, 2) * .5]

    def forward(self, x):
        z = x.dot(self.W[0])
        h = z * (z > 0)
        return z, h, h.dot(self.W[1])


model = Model()
X, y = rng.randn(80, 4), rng.randint(0, 2, 80)
Xt, yt = rng.randn(30, 4), rng.randint(0, 2, 30)


def xent(s, y):
    s = s - s.max(1, keepdims=True)
    lse = np.log(np.exp(s).sum(1))
    return (lse - s[np.arange(len(y)), y]).mean()


for step in range(12):
    idx = rng.permutation(80)[:20]
    x, t = X[idx], y[idx]
    z, h, s = model.forward(x)
    loss = xent(s, t)
    if step % 3 == 0:
        _, _, st = model.forward(Xt)
        print("step", step, "loss", loss, "test", xent(st, yt), (st.argmax(1) == yt).mean())
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(20), t] -= 1
    p /= 20
    grads = [None, h.T.dot(p)]
    dz = p.dot(model.W[1].T)
    dz[z < 0] = 0
    grads[0] = x.T.dot(dz)
    for w, g in zip(model.W, grads):
        w -= .2 * g
