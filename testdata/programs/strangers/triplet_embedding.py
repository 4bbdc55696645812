# metric learning w/ triplet loss; pipeline built from generators
import numpy as np
from itertools import islice

CLASSES, DIM_IN, DIM_H, DIM_E = 5, 12, 32, 3
MARGIN = 0.4


def make_points(rng, per_class, centres):
    for c, centre in enumerate(centres):
        for _ in range(per_class):
            t = rng.normal()
            yield centre + 0.5 * np.tanh(t) * np.roll(centre, 1) + 0.6 * rng.normal(size=DIM_IN), c


def stack(gen):
    xs, cs = zip(*gen)
    return np.array(xs), np.array(cs)


def triplets(rng, labels):
    """endless stream of (anchor, positive, negative) indices"""
    everything = np.arange(len(labels))
    while True:
        for a in rng.permutation(everything):
            same = everything[(labels == labels[a]) & (everything != a)]
            diff = everything[labels != labels[a]]
            yield a, rng.choice(same), rng.choice(diff)


def batches(stream, size):
    while True:
        yield np.array(list(islice(stream, size))).T


def embed(p, x):
    h = np.tanh(x @ p["A"] + p["a"])
    o = h @ p["B"] + p["b"]
    r = np.sqrt((o * o).sum(1, keepdims=True) + 1e-12)
    return o / r, (x, h, r)


def embed_back(p, cache, e, de):
    x, h, r = cache
    do = (de - e * (e * de).sum(1, keepdims=True)) / r
    dh = do @ p["B"].T
    dz = dh * (1 - h * h)
    return {"A": x.T @ dz, "a": dz.sum(0), "B": h.T @ do, "b": do.sum(0)}


def triplet_loss(ea, ep, en):
    dp = ((ea - ep) ** 2).sum(1)
    dn = ((ea - en) ** 2).sum(1)
    gap = dp - dn + MARGIN
    on = (gap > 0).astype(float)[:, None]
    n = len(gap)
    loss = np.maximum(gap, 0).mean()
    ga = 2 * (en - ep) * on / n
    gp = 2 * (ep - ea) * on / n
    gn = 2 * (ea - en) * on / n
    return loss, (ga, gp, gn), on.mean()


def clip(g, limit):
    total = np.sqrt(sum((v * v).sum() for v in g.values()))
    k = limit / max(total, limit)
    return {name: v * k for name, v in g.items()}


def nearest_mean_accuracy(p, x, c, x_ref, c_ref):
    ref, _ = embed(p, x_ref)
    e, _ = embed(p, x)
    means = np.stack([ref[c_ref == k].mean(0) for k in range(CLASSES)])
    d = ((e[:, None, :] - means[None]) ** 2).sum(2)
    return (d.argmin(1) == c).mean()


rng = np.random.default_rng(31)
centres = rng.normal(0, 0.7, (CLASSES, DIM_IN))
x_tr, c_tr = stack(make_points(rng, 60, centres))
x_te, c_te = stack(make_points(rng, 30, centres))

p = {"A": rng.normal(0, 1 / np.sqrt(DIM_IN), (DIM_IN, DIM_H)), "a": np.zeros(DIM_H),
     "B": rng.normal(0, 1 / np.sqrt(DIM_H), (DIM_H, DIM_E)), "b": np.zeros(DIM_E)}
vel = {k: 0.0 for k in p}

print("before: acc %.3f" % nearest_mean_accuracy(p, x_te, c_te, x_tr, c_tr))
recent = []
for step, idx in enumerate(islice(batches(triplets(rng, c_tr), 50), 240)):
    embs, caches = zip(*(embed(p, x_tr[i]) for i in idx))
    loss, upstream, active = triplet_loss(*embs)
    grad = {k: 0.0 for k in p}
    for cache, e, de in zip(caches, embs, upstream):
        for k, v in embed_back(p, cache, e, de).items():
            grad[k] = grad[k] + v
    grad = clip(grad, 1.0)
    lr = 0.2 / (1 + 0.01 * step)
    for k in p:
        vel[k] = 0.8 * vel[k] - lr * grad[k]
        p[k] = p[k] + vel[k]
    recent.append(loss)
    if step % 40 == 39:
        print("step %3d  loss %.5f  active %.2f  acc %.3f"
              % (step + 1, np.mean(recent), active, nearest_mean_accuracy(p, x_te, c_te, x_tr, c_tr)))
        recent = []
