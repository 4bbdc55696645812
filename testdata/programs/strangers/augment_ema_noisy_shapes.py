"""Shape recognition with on-the-fly augmentation; the weights used for
validation are an exponential running average of the trained ones."""
import numpy as np

S = 9
rng = np.random.default_rng(100)


def draw(kind):
    img = np.zeros((S, S))
    if kind == 0:                      # frame
        img[2:7, 2:7] = 1
        img[3:6, 3:6] = 0
    elif kind == 1:                    # plus
        img[4, 2:7] = 1
        img[2:7, 4] = 1
    elif kind == 2:                    # cross
        i = np.arange(2, 7)
        img[i, i] = 1
        img[i, 8 - i] = 1
    else:                              # blob
        img[3:6, 3:6] = 1
    return img


BASE = np.stack([draw(k) for k in range(4)])


def augment(images):
    """random shift by up to two pixels, mirror, noise; the stored images stay as they are"""
    out = np.empty_like(images)
    for i, im in enumerate(images):
        dy, dx = rng.integers(-2, 3, 2)
        im = np.roll(im, (dy, dx), axis=(0, 1))
        if rng.random() < 0.5:
            im = im[:, ::-1]
        out[i] = im + rng.normal(0, 0.25, im.shape)
    return out


def feed(n_batches, size):
    for _ in range(n_batches):
        k = rng.integers(0, 4, size)
        yield augment(BASE[k]).reshape(size, -1), k


def predict(P, x):
    a = np.maximum(x @ P["w1"] + P["b1"], 0)
    z = a @ P["w2"] + P["b2"]
    z -= z.max(axis=1, keepdims=True)
    return a, z - np.log(np.exp(z).sum(axis=1, keepdims=True))


P = {"w1": rng.normal(0, np.sqrt(2 / S ** 2), (S * S, 48)), "b1": np.zeros(48),
     "w2": np.zeros((48, 4)), "b2": np.zeros(4)}
avg = {k: v.copy() for k, v in P.items()}
ema = 0.97
val = [next(feed(1, 200)) for _ in range(2)]

step, trace = 0, []
for x, k in feed(420, 32):
    step += 1
    a, logp = predict(P, x)
    trace.append(-logp[np.arange(len(k)), k].mean())
    d = np.exp(logp)
    d[np.arange(len(k)), k] -= 1
    d /= len(k)
    back = (d @ P["w2"].T) * (a > 0)
    G = {"w2": a.T @ d, "b2": d.sum(0), "w1": x.T @ back, "b1": back.sum(0)}
    for name in P:
        P[name] -= 0.15 * G[name]
        rate = min(ema, (1 + step) / (10 + step))
        avg[name] = rate * avg[name] + (1 - rate) * P[name]
    if step % 60 == 0:
        line = []
        for weights in (P, avg):
            hits = [np.mean(predict(weights, vx)[1].argmax(1) == vk) for vx, vk in val]
            line.append(np.mean(hits))
        print(f"{step:4d} loss {np.mean(trace[-60:]):.5f}  raw acc {line[0]:.3f}  averaged acc {line[1]:.3f}")
