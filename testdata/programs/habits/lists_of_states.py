"""Parameters in a dictionary, an optimiser's states in lists beside them: clipped where they
stand, averaged, the best of them kept."""
import numpy as np

rng = np.random.default_rng(4)
x = rng.normal(size=(90, 5))
t = np.tanh(x @ rng.normal(size=(5, 3))) + 0.1 * rng.normal(size=(90, 3))
net = {"W1": rng.normal(0, 0.5, (5, 8)), "b1": np.zeros(8), "W2": rng.normal(0, 0.4, (8, 3)), "scale": np.zeros(2)}


def gradients(rows):
    h = np.tanh(x[rows] @ net["W1"] + net["b1"])
    out = h @ net["W2"]
    miss = out - t[rows]
    weight = np.exp(-net["scale"][0])
    loss = weight * np.mean(miss ** 2) + net["scale"][0] + 0.01 * np.sum(net["W2"] ** 2) * np.exp(net["scale"][1])
    loss = loss + 0.1 * net["scale"][1] ** 2
    d = 2 * weight * miss / miss.size
    decay = 0.01 * np.exp(net["scale"][1])
    dh = (d @ net["W2"].T) * (1 - h * h)
    dscale = np.array([1 - weight * np.mean(miss ** 2), decay * np.sum(net["W2"] ** 2) + 0.2 * net["scale"][1]])
    return loss, {"W1": x[rows].T @ dh, "b1": dh.sum(axis=0), "W2": h.T @ d + 2 * decay * net["W2"], "scale": dscale}


class Momentum:
    def __init__(self, net, rate):
        self.rate = rate
        self.first = [np.zeros_like(p) for p in net.values()]

    def step(self, net, grads):
        for (key, p), v in zip(net.items(), self.first):
            v *= 0.9
            v -= self.rate * grads[key]
            p += v


def bound(grads, limit):
    size = np.sqrt(sum((g * g).sum() for g in grads.values()))
    if size > limit:
        for g in grads.values():
            g *= limit / size


steps = Momentum(net, 0.05)
slow = {key: p.copy() for key, p in net.items()}
best, kept = np.inf, None
for epoch in range(6):
    order = rng.permutation(90)
    for k in range(0, 90, 30):
        loss, grads = gradients(order[k:k + 30])
        bound(grads, 0.05)
        steps.step(net, grads)
        for key, s in slow.items():
            s += 0.1 * (net[key] - s)
    whole = gradients(order)[0]
    if whole < best:
        best, kept = whole, {key: p.copy() for key, p in net.items()}
    print(epoch, round(float(loss), 4), round(float(whole), 4))
net = kept
print(round(float(gradients(np.arange(90))[0]), 4), round(float(np.abs(slow["W2"]).sum()), 4))
