import numpy as np


class Encoder:
    """x -> relu(x W1 + b1) -> W2 -> unit length.  Both twins share it."""

    def __init__(self, sizes, seed=0):
        r = np.random.RandomState(seed)
        n_in, n_hidden, n_out = sizes
        self.p = dict(W1=r.randn(n_in, n_hidden) * np.sqrt(2 / n_in), b1=np.full(n_hidden, 0.05),
                      W2=r.randn(n_hidden, n_out) * np.sqrt(1 / n_hidden))
        self.g = {}
        self.clear()

    def clear(self):
        for name, value in self.p.items():
            self.g[name] = np.zeros_like(value)

    def embed(self, x):
        a = x.dot(self.p["W1"]) + self.p["b1"]
        h = np.maximum(a, 0)
        u = h.dot(self.p["W2"])
        length = np.sqrt(np.sum(u * u, axis=1, keepdims=True)) + 1e-9
        e = u / length
        return e, dict(x=x, a=a, h=h, length=length, e=e)

    def pull_back(self, de, memo):
        """Chain rule through one twin; what it finds is added to self.g."""
        e, length = memo["e"], memo["length"]
        du = (de - e * np.sum(de * e, axis=1, keepdims=True)) / length
        self.g["W2"] += memo["h"].T.dot(du)
        dh = du.dot(self.p["W2"].T)
        da = dh * (memo["a"] > 0)
        self.g["W1"] += memo["x"].T.dot(da)
        self.g["b1"] += da.sum(axis=0)


def contrastive(e1, e2, same, margin):
    """Mean over pairs of d^2 for the same, max(0, margin - d)^2 for others."""
    diff = e1 - e2
    d = np.sqrt(np.sum(diff ** 2, axis=1) + 1e-8)
    gap = np.maximum(margin - d, 0)
    loss = np.mean(same * d ** 2 + (1 - same) * gap ** 2)
    dd = (2 * same * d - 2 * (1 - same) * gap) / len(d)
    ddiff = dd[:, None] * diff / d[:, None]
    return loss, ddiff, -ddiff, d


def sample_pairs(x, label, how_many, r):
    first = r.randint(len(x), size=how_many)
    second = np.empty(how_many, dtype=int)
    for i, f in enumerate(first):
        alike = r.rand() < 0.5
        choices = np.flatnonzero((label == label[f]) == alike)
        second[i] = r.choice(choices)
    return first, second, (label[first] == label[second]).astype(float)


def nearest_accuracy(encoder, x, label):
    e = encoder.embed(x)[0]
    table = e.dot(e.T)
    np.fill_diagonal(table, -9)
    return np.mean(label[table.argmax(axis=1)] == label)


r = np.random.RandomState(33)
label = r.randint(0, 5, 60)
x = r.randn(5, 6)[label] * 0.8 + r.randn(60, 6) * 0.7
encoder = Encoder((6, 12, 3), seed=4)
speed = {name: np.zeros_like(value) for name, value in encoder.p.items()}
clip, rate, inertia = 1.0, 0.2, 0.8
seen = []
for round_ in range(36):
    first, second, same = sample_pairs(x, label, 20, r)
    e1, memo1 = encoder.embed(x[first])
    e2, memo2 = encoder.embed(x[second])
    loss, de1, de2, d = contrastive(e1, e2, same, margin=1.2)
    encoder.clear()
    encoder.pull_back(de1, memo1)
    encoder.pull_back(de2, memo2)
    norm = np.sqrt(sum(np.sum(g ** 2) for g in encoder.g.values()))
    shrink = min(1.0, clip / (norm + 1e-12))
    for name in encoder.p:
        speed[name] *= inertia
        speed[name] += encoder.g[name] * shrink
        encoder.p[name] -= rate * speed[name]
    seen.append(loss)
    if (round_ + 1) % 9 == 0:
        print("round %d: loss %.4f, neighbours right %.3f"
              % (round_ + 1, np.mean(seen[-9:]), nearest_accuracy(encoder, x, label)))
    if np.mean(seen[-9:]) < 0.05:
        break
