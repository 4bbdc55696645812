import numpy as np

"""RealNVP on two moons. All weights live in one flat vector `theta`;
the layers only ever see views into it."""

rng = np.random.default_rng(21)


def two_moons(n):
    a = rng.uniform(0, np.pi, n)
    which = rng.random(n) < 0.5
    x = np.where(which, np.cos(a), 1 - np.cos(a))
    y = np.where(which, np.sin(a), 0.5 - np.sin(a))
    pts = np.stack([x, y], axis=1) + 0.08 * rng.normal(size=(n, 2))
    return (pts - [0.5, 0.25]) / [0.87, 0.5]


class ParamVector:
    """Bookkeeping of (name -> slice, shape) inside one long vector."""

    def __init__(self):
        self.layout, self.size = {}, 0

    def register(self, name, shape):
        n = int(np.prod(shape))
        self.layout[name] = (slice(self.size, self.size + n), shape)
        self.size += n

    def view(self, vec, name):
        sl, shape = self.layout[name]
        return vec[sl].reshape(shape)


class Coupling:
    """y_keep = x_keep,  y_move = x_move * exp(s(x_keep)) + t(x_keep),
    followed by an elementwise affine y * exp(a) + c."""

    def __init__(self, idx, keep, hidden, pv):
        self.keep, self.move, self.pv = keep, 1 - keep, pv
        self.n = lambda s: f"{idx}.{s}"
        for nm, shp in (("W1", (1, hidden)), ("b1", (hidden,)), ("W2", (hidden, 2)),
                        ("b2", (2,)), ("gamma", ()), ("a", (2,)), ("c", (2,))):
            pv.register(self.n(nm), shp)

    def init(self, theta):
        P = lambda s: self.pv.view(theta, self.n(s))
        P("W1")[...] = rng.normal(size=P("W1").shape)
        P("b1")[...] = rng.uniform(-1, 1, size=P("b1").shape)
        P("W2")[...] = 0.05 * rng.normal(size=P("W2").shape)
        P("gamma")[...] = 1.0

    def forward(self, theta, x):
        P = lambda s: self.pv.view(theta, self.n(s))
        xk, xm = x[:, self.keep], x[:, self.move]
        h = np.tanh(xk[:, None] @ P("W1") + P("b1"))
        out = h @ P("W2") + P("b2")
        r = np.tanh(out[:, 0])
        s, t = P("gamma") * r, out[:, 1]
        u = np.empty_like(x)
        u[:, self.keep] = xk
        u[:, self.move] = xm * np.exp(s) + t
        self.cache = (xk, xm, h, r, s, u)
        return u * np.exp(P("a")) + P("c"), s + P("a").sum()

    def backward(self, theta, grad, dy, dlogdet):
        P = lambda s: self.pv.view(theta, self.n(s))
        G = lambda s: self.pv.view(grad, self.n(s))
        xk, xm, h, r, s, u = self.cache
        scale = np.exp(P("a"))
        G("a")[...] += (dy * u * scale).sum(0) + dlogdet.sum()
        G("c")[...] += dy.sum(0)
        du = dy * scale
        dm = du[:, self.move]

        ds = dm * xm * np.exp(s) + dlogdet
        G("gamma")[...] += (ds * r).sum()
        dout = np.stack([ds * P("gamma") * (1 - r * r), dm], axis=1)
        G("W2")[...] += h.T @ dout
        G("b2")[...] += dout.sum(0)
        dpre = dout @ P("W2").T * (1 - h ** 2)
        G("W1")[...] += xk[None, :] @ dpre
        G("b1")[...] += dpre.sum(0)

        dx = np.empty_like(dy)
        dx[:, self.move] = dm * np.exp(s)
        dx[:, self.keep] = du[:, self.keep] + dpre @ P("W1")[0]
        return dx

    def inverse(self, theta, y):
        P = lambda s: self.pv.view(theta, self.n(s))
        x = (y - P("c")) * np.exp(-P("a"))
        out = np.tanh(x[:, self.keep, None] @ P("W1") + P("b1")) @ P("W2") + P("b2")
        x[:, self.move] = (x[:, self.move] - out[:, 1]) * np.exp(-P("gamma") * np.tanh(out[:, 0]))
        return x


class Flow:
    def __init__(self, n_layers=6, hidden=16):
        self.pv = ParamVector()
        self.layers = [Coupling(i, i % 2, hidden, self.pv) for i in range(n_layers)]
        self.theta = np.zeros(self.pv.size)
        for layer in self.layers:
            layer.init(self.theta)

    def log_prob(self, x, theta=None):
        theta = self.theta if theta is None else theta
        z, total = x, np.zeros(len(x))
        for layer in self.layers:
            z, ld = layer.forward(theta, z)
            total = total + ld
        self.z = z
        return -0.5 * (z ** 2).sum(1) - np.log(2 * np.pi) + total

    def nll_and_grad(self, x, theta):
        loss = -self.log_prob(x, theta).mean()
        grad = np.zeros_like(theta)
        dz = self.z / len(x)
        dld = np.full(len(x), -1.0 / len(x))
        for layer in self.layers[::-1]:
            dz = layer.backward(theta, grad, dz, dld)
        return loss, grad

    def sample(self, n):
        z = rng.normal(size=(n, 2))
        for layer in reversed(self.layers):
            z = layer.inverse(self.theta, z)
        return z


class Adamax:
    def __init__(self, dim, lr=0.01, beta1=0.9, beta2=0.99):
        self.m, self.u, self.k = np.zeros(dim), np.zeros(dim), 0
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2

    def update(self, theta, g):
        self.k += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.u = np.maximum(self.beta2 * self.u, np.abs(g) + 1e-12)
        return theta - self.lr / (1 - self.beta1 ** self.k) * self.m / self.u


data, held_out = two_moons(1500), two_moons(400)
flow = Flow()
opt = Adamax(flow.pv.size, lr=0.02)
running = None
for it in range(401):
    xb = data[rng.integers(0, len(data), 128)]
    nll, g = flow.nll_and_grad(xb, flow.theta)
    gn = np.linalg.norm(g)
    if gn > 5.0:
        g = g * (5.0 / gn)
    if it == 250:
        opt.lr *= 0.3
    flow.theta = opt.update(flow.theta, g)
    running = nll if running is None else 0.95 * running + 0.05 * nll
    if it % 100 == 0:
        print("iter", it, "train nll (ema) %.4f" % running,
              "held-out %.4f" % -flow.log_prob(held_out).mean())

s = flow.sample(500)
d = np.sqrt(((s[:, None] - held_out[None]) ** 2).sum(-1)).min(1)
print("mean distance of samples to data: %.4f" % d.mean())
rec = s
for layer in flow.layers:
    rec, _ = layer.forward(flow.theta, rec)
for layer in flow.layers[::-1]:
    rec = layer.inverse(flow.theta, rec)
print("inversion error ok:", bool(np.abs(rec - s).max() < 1e-6))
