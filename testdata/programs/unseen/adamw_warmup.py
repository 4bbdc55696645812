import numpy as np
import math


def cosine(step, warmup, total, peak):
    if step < warmup:
        return peak * (step + 1) / warmup
    return 0.5 * peak * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


class Param:
    def __init__(self, data, decay):
        self.data, self.decay = data, decay
        self.grad = np.zeros_like(data)
        self.exp_avg = np.zeros_like(data)
        self.exp_avg_sq = np.zeros_like(data)


class AdamW:
    def __init__(self, params, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1):
        self.params, self.betas, self.eps, self.weight_decay = params, betas, eps, weight_decay
        self.step_count = 0

    def zero_grad(self):
        for p in self.params:
            p.grad.fill(0)

    def step(self, lr):
        self.step_count += 1
        b1, b2 = self.betas
        c1, c2 = 1 - b1 ** self.step_count, 1 - b2 ** self.step_count
        for p in self.params:
            if p.decay:
                p.data *= 1 - lr * self.weight_decay
            p.exp_avg *= b1
            p.exp_avg += (1 - b1) * p.grad
            p.exp_avg_sq *= b2
            p.exp_avg_sq += (1 - b2) * np.square(p.grad)
            denom = np.sqrt(p.exp_avg_sq / c2) + self.eps
            p.data -= lr / c1 * p.exp_avg / denom


rng = np.random.default_rng(55)
x = rng.normal(size=(64, 5))
y = np.tanh(x @ rng.normal(size=(5, 2))) + 0.05 * rng.normal(size=(64, 2))
w1, b1 = Param(rng.normal(0, 0.4, (5, 8)), True), Param(np.zeros(8), False)
w2, b2 = Param(rng.normal(0, 0.3, (8, 2)), True), Param(np.zeros(2), False)
optimizer = AdamW([w1, b1, w2, b2])
accumulate, micro, total = 2, 16, 10
for step in range(total):
    optimizer.zero_grad()
    loss = 0.0
    for part in range(accumulate):
        rows = rng.integers(0, 64, micro)
        z = x[rows] @ w1.data + b1.data
        a = np.log1p(np.exp(z))
        out = a @ w2.data + b2.data
        diff = out - y[rows]
        loss += (diff ** 2).mean() / accumulate
        dout = 2 * diff / diff.size / accumulate
        w2.grad += a.T @ dout
        b2.grad += dout.sum(axis=0)
        dz = dout @ w2.data.T / (1 + np.exp(-z))
        w1.grad += x[rows].T @ dz
        b1.grad += dz.sum(axis=0)
    optimizer.step(cosine(step, 3, total, 0.03))
    print(step, round(loss, 10))
