"""A pocket-size nn: Module / Sequential / optim, enough for one regression experiment."""
import numpy as np

rng = np.random.default_rng(42)

class Parameter:
    def __init__(self, data, decay=True):
        self.data = data
        self.grad = np.zeros_like(data)
        self.decay = decay

class Module:
    training = True

    def parameters(self):
        for v in vars(self).values():
            if isinstance(v, Parameter):
                yield v
        for m in getattr(self, "layers", []):
            yield from m.parameters()

    def train(self, mode=True):
        self.training = mode
        for m in getattr(self, "layers", []):
            m.train(mode)
        return self

    def eval(self): return self.train(False)
    def __call__(self, *a): return self.forward(*a)

class Linear(Module):
    def __init__(self, i, o):
        k = 1 / np.sqrt(i)
        self.weight = Parameter(rng.uniform(-k, k, (o, i)))
        self.bias = Parameter(rng.uniform(-k, k, o), decay=False)

    def forward(self, x):
        self._x = x
        return x @ self.weight.data.T + self.bias.data
    def backward(self, g):
        self.weight.grad += g.T @ self._x
        self.bias.grad += g.sum(0)
        return g @ self.weight.data

class BatchNorm1d(Module):
    def __init__(self, d, eps=1e-5, momentum=0.1):
        self.weight = Parameter(np.ones(d), decay=False)
        self.bias = Parameter(np.zeros(d), decay=False)
        self.running_mean, self.running_var = np.zeros(d), np.ones(d)
        self.eps, self.momentum = eps, momentum
    def forward(self, x):
        if not self.training:
            return self.weight.data * (x - self.running_mean) / np.sqrt(self.running_var + self.eps) + self.bias.data
        n = len(x)
        mean, var = x.mean(0), x.var(0)
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (var * n / (n - 1) - self.running_var)
        self._c = (x - mean, np.sqrt(var + self.eps))
        return self.weight.data * self._c[0] / self._c[1] + self.bias.data
    def backward(self, g):
        xc, std = self._c
        n = len(g)
        self.weight.grad += (g * xc / std).sum(0)
        self.bias.grad += g.sum(0)
        dxhat = g * self.weight.data
        dstd = -(dxhat * xc).sum(0) / std ** 2
        dvar = 0.5 * dstd / std
        dxc = dxhat / std + 2 / n * xc * dvar
        return dxc - dxc.mean(0)

class PReLU(Module):
    def __init__(self, d, init=0.25):
        self.slope = Parameter(np.full(d, init), decay=False)

    def forward(self, x):
        self._x = x
        return np.where(x > 0, x, self.slope.data * x)
    def backward(self, g):
        neg = self._x <= 0
        self.slope.grad += (g * self._x * neg).sum(0)
        return g * np.where(neg, self.slope.data, 1.0)

class Sequential(Module):
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for l in self.layers:
            x = l(x)
        return x
    def backward(self, g):
        for l in reversed(self.layers):
            g = l.backward(g)
        return g

class SmoothL1Loss:
    def __init__(self, beta=1.0):
        self.beta = beta

    def __call__(self, pred, target):
        self.d = pred - target
        a = np.abs(self.d)
        return np.where(a < self.beta, 0.5 * a ** 2 / self.beta, a - 0.5 * self.beta).mean()
    def backward(self):
        return np.clip(self.d / self.beta, -1, 1) / self.d.size

class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        self.params, self.lr, self.betas, self.eps, self.wd = list(params), lr, betas, eps, weight_decay
        self.state = [dict(m=np.zeros_like(p.data), v=np.zeros_like(p.data)) for p in self.params]
        self.t = 0

    def zero_grad(self):
        for p in self.params:
            p.grad[...] = 0

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p, s in zip(self.params, self.state):
            if p.decay:
                p.data *= 1 - self.lr * self.wd
            s['m'] += (1 - b1) * (p.grad - s['m'])
            s['v'] += (1 - b2) * (p.grad ** 2 - s['v'])
            step = self.lr / (1 - b1 ** self.t)
            p.data -= step * s['m'] / (np.sqrt(s['v'] / (1 - b2 ** self.t)) + self.eps)

def main():
    X = rng.uniform(-2, 2, (600, 3))
    y = (np.sin(2 * X[:, :1]) + X[:, 1:2] * X[:, 2:]) + 0.05 * rng.standard_normal((600, 1))
    Xtr, ytr, Xte, yte = X[:480], y[:480], X[480:], y[480:]
    model = Sequential(Linear(3, 48), BatchNorm1d(48), PReLU(48), Linear(48, 32), BatchNorm1d(32), PReLU(32), Linear(32, 1))
    crit, opt = SmoothL1Loss(0.5), AdamW(model.parameters(), lr=5e-3, weight_decay=1e-2)
    epochs, base = 40, 5e-3
    for ep in range(epochs):
        opt.lr = base * (ep + 1) / 5 if ep < 5 else base * 0.5 * (1 + np.cos(np.pi * (ep - 5) / (epochs - 5)))
        model.train()
        run = 0.0
        for idx in np.array_split(rng.permutation(len(Xtr)), 10):
            opt.zero_grad()
            loss = crit(model(Xtr[idx]), ytr[idx])
            model.backward(crit.backward())
            opt.step()
            run += loss / 10
        if ep % 10 == 9:
            model.eval()
            print(f"epoch {ep + 1:3d} train {run:.4f} test {crit(model(Xte), yte):.4f}")

if __name__ == "__main__":
    main()
