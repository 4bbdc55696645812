"""All the usual tricks on a small classifier: label smoothing, mixup, warm-up + cosine schedule,
AdamW, clipping by global norm and an exponential moving average of the weights (float32)."""
import numpy as np

HP = dict(classes=5, dim=16, width=32, epochs=18, batch=40, base_lr=6e-3, min_lr=1e-4, warmup=20,
          wd=0.05, betas=(0.9, 0.98), eps=1e-8, clip=1.0, smooth=0.1, mixup=0.3, ema=0.95)


def blobs(gen, n):
    label = gen.integers(0, HP["classes"], n)
    centres = 1.1 * np.random.default_rng(99).standard_normal((2, HP["classes"], HP["dim"]))
    x = centres[gen.integers(0, 2, n), label] + gen.standard_normal((n, HP["dim"]))
    return x.astype(np.float32), label


def silu(v):
    s = 1.0 / (1.0 + np.exp(-v))
    return v * s, s


def log_softmax(z):
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


class Net:
    def __init__(self, gen):
        d, h, c = HP["dim"], HP["width"], HP["classes"]
        draw = lambda a, b: (gen.standard_normal((a, b)) / np.sqrt(a)).astype(np.float32)
        zeros = lambda n: np.zeros(n, dtype=np.float32)
        self.params = dict(w1=draw(d, h), b1=zeros(h), w2=draw(h, h), b2=zeros(h), w3=draw(h, c), b3=zeros(c))

    def forward(self, x, params=None):
        p = self.params if params is None else params
        v1 = x @ p["w1"] + p["b1"]
        a1, s1 = silu(v1)
        v2 = a1 @ p["w2"] + p["b2"]
        a2, s2 = silu(v2)
        z = (a1 + a2) @ p["w3"] + p["b3"]
        return z, (x, v1, a1, s1, v2, a2, s2)

    def backward(self, dz, saved):
        p = self.params
        x, v1, a1, s1, v2, a2, s2 = saved
        g = {"w3": (a1 + a2).T @ dz, "b3": dz.sum(0)}
        da2 = dz @ p["w3"].T
        dv2 = da2 * (s2 + a2 * (1 - s2))
        g["w2"], g["b2"] = a1.T @ dv2, dv2.sum(0)
        da1 = dv2 @ p["w2"].T + da2
        dv1 = da1 * (s1 + a1 * (1 - s1))
        g["w1"], g["b1"] = x.T @ dv1, dv1.sum(0)
        return g


def soft_targets(label):
    k = HP["classes"]
    hot = np.eye(k, dtype=np.float32)[label]
    return hot * (1 - HP["smooth"]) + HP["smooth"] / k


def mix(x, t, gen):
    lam = np.float32(gen.beta(HP["mixup"], HP["mixup"]))
    other = gen.permutation(len(x))
    return lam * x + (1 - lam) * x[other], lam * t + (1 - lam) * t[other]


def soft_cross_entropy(z, t):
    lp = log_softmax(z)
    return -(t * lp).sum(-1).mean(), (np.exp(lp) - t) / len(t)


def schedule(step, total):
    if step < HP["warmup"]:
        return HP["base_lr"] * (step + 1) / HP["warmup"]
    frac = (step - HP["warmup"]) / max(1, total - HP["warmup"])
    return HP["min_lr"] + 0.5 * (HP["base_lr"] - HP["min_lr"]) * (1 + np.cos(np.pi * frac))


def clip_by_norm(g, limit):
    norm = float(np.sqrt(sum((v.astype(np.float64) ** 2).sum() for v in g.values())))
    factor = min(1.0, limit / (norm + 1e-12))
    return {k: v * np.float32(factor) for k, v in g.items()}, norm


class AdamW:
    def __init__(self, params):
        self.exp_avg = {k: np.zeros_like(v) for k, v in params.items()}
        self.exp_avg_sq = {k: np.zeros_like(v) for k, v in params.items()}
        self.steps = 0

    def update(self, params, g, lr):
        b1, b2 = HP["betas"]
        self.steps += 1
        c1, c2 = 1 - b1 ** self.steps, 1 - b2 ** self.steps
        for k, p in params.items():
            if p.ndim > 1:
                p *= np.float32(1 - lr * HP["wd"])
            self.exp_avg[k] = b1 * self.exp_avg[k] + (1 - b1) * g[k]
            self.exp_avg_sq[k] = b2 * self.exp_avg_sq[k] + (1 - b2) * g[k] ** 2
            denom = np.sqrt(self.exp_avg_sq[k] / c2) + HP["eps"]
            p -= (lr * (self.exp_avg[k] / c1) / denom).astype(np.float32)


def evaluate(net, params, x, label):
    z, _ = net.forward(x, params)
    lp = log_softmax(z)
    return -lp[np.arange(len(label)), label].mean(), (z.argmax(-1) == label).mean()


def main():
    gen = np.random.default_rng(31)
    xtr, ytr = blobs(gen, 400)
    xva, yva = blobs(gen, 200)
    net = Net(gen)
    opt = AdamW(net.params)
    shadow = {k: v.copy() for k, v in net.params.items()}
    total, step = HP["epochs"] * (len(xtr) // HP["batch"]), 0
    for epoch in range(HP["epochs"]):
        order, losses = gen.permutation(len(xtr)), []
        for lo in range(0, len(xtr), HP["batch"]):
            rows = order[lo:lo + HP["batch"]]
            xb, tb = mix(xtr[rows], soft_targets(ytr[rows]), gen)
            z, saved = net.forward(xb)
            loss, dz = soft_cross_entropy(z, tb)
            g, norm = clip_by_norm(net.backward(dz, saved), HP["clip"])
            opt.update(net.params, g, schedule(step, total))
            for k, s in shadow.items():
                s += np.float32(1 - HP["ema"]) * (net.params[k] - s)
            step += 1
            losses.append(loss)
        if epoch % 3 == 2:
            raw, avg = evaluate(net, None, xva, yva), evaluate(net, shadow, xva, yva)
            print(f"epoch {epoch + 1:2d} train {np.mean(losses):.4f} | valid {raw[0]:.4f} acc {raw[1]:.3f} | ema {avg[0]:.4f} acc {avg[1]:.3f}")


if __name__ == "__main__":
    main()
