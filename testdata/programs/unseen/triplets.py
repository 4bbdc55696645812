import numpy as np


class Embedder:
    def __init__(self, sizes):
        self.W = [np.random.randn(a, b) * (1.5 / a) ** 0.5 for a, b in zip(sizes, sizes[1:])]

    def __call__(self, x):
        tape = [x]
        for k, W in enumerate(self.W):
            z = tape[-1] @ W
            tape.append(np.maximum(z, 0.2 * z) if k < len(self.W) - 1 else z)
        norm = np.linalg.norm(z, axis=1, keepdims=True)
        return z / norm, (tape, norm)

    def pull_back(self, de, e, memo):
        tape, norm = memo
        d = (de - e * np.sum(de * e, axis=1, keepdims=True)) / norm
        out = []
        for k in reversed(range(len(self.W))):
            out.insert(0, tape[k].T @ d)
            d = d @ self.W[k].T
            if k:
                d = np.where(tape[k] > 0, d, 0.2 * d)
        return out


np.random.seed(90)
centres = np.random.randn(4, 5)
who = np.repeat(np.arange(4), 10)
faces = centres[who] + 0.6 * np.random.randn(40, 5)
net, margin, lr = Embedder([5, 8, 3]), 0.5, 0.2
for it in range(9):
    anchor = np.random.randint(0, 40, 20)
    same = who[anchor] * 10 + np.random.randint(0, 10, 20)
    other = (anchor + np.random.randint(10, 30, 20)) % 40
    ea, ma = net(faces[anchor])
    ep, mp = net(faces[same])
    en, mn = net(faces[other])
    gap = ((ea - ep) ** 2).sum(1) - ((ea - en) ** 2).sum(1) + margin
    active = (gap > 0)[:, None] / 20
    loss = np.maximum(gap, 0).mean()
    da = 2 * (en - ep) * active
    dp = -2 * (ea - ep) * active
    dn = 2 * (ea - en) * active
    ga, gp, gn = net.pull_back(da, ea, ma), net.pull_back(dp, ep, mp), net.pull_back(dn, en, mn)
    for W, a, p, n in zip(net.W, ga, gp, gn):
        W -= lr * (a + p + n)
    print(it, loss)
