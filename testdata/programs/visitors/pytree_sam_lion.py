"""Functional style: parameters are nested dicts/tuples, every layer returns (y, vjp),
optimisers are (init, update) pairs.  Compares sgd+momentum, lion, and SAM around sgd,
with a running average of the weights (SWA) over the last third of the run."""
import numpy as np


# ---------------------------------------------------------------- trees
def tree_map(f, t, *rest):
    if isinstance(t, dict):
        return {k: tree_map(f, t[k], *[r[k] for r in rest]) for k in t}
    if isinstance(t, (tuple, list)):
        return type(t)(tree_map(f, *z) for z in zip(t, *rest))
    return f(t, *rest)


def leaves(t):
    if isinstance(t, dict):
        t = [t[k] for k in sorted(t)]
    return [x for s in t for x in leaves(s)] if isinstance(t, (tuple, list)) else [t]


def global_norm(t):
    return np.sqrt(sum(np.sum(x * x) for x in leaves(t)))


# ---------------------------------------------------------------- layers
def dense(p, x):
    W, b = p
    return x @ W + b, lambda g: ((x.T @ g, g.sum(0)), g @ W.T)


def softplus(_, x):
    return np.logaddexp(0, x), lambda g: ((), g / (1 + np.exp(-x)))


def rmsnorm(p, x):
    r = np.sqrt((x * x).mean(1, keepdims=True) + 1e-6)
    u = x / r

    def vjp(g):
        gu = g * p
        return (g * u).sum(0), (gu - u * (gu * u).mean(1, keepdims=True)) / r
    return u * p, vjp


def residual(*fs):
    inner = serial(*fs)

    def layer(p, x):
        y, vjp = inner(p, x)

        def back(g):
            gp, gx = vjp(g)
            return gp, gx + g
        return x + y, back
    return layer


def serial(*fs):
    def layer(ps, x):
        tape = []
        for f, p in zip(fs, ps):
            x, v = f(p, x)
            tape.append(v)

        def vjp(g):
            gs = []
            for v in reversed(tape):
                gp, g = v(g)
                gs.append(gp)
            return tuple(reversed(gs)), g
        return x, vjp
    return layer


apply_fn = serial(dense, residual(rmsnorm, dense, softplus, dense), rmsnorm, dense)


def init_params(rng, d=2, h=24, k=3):
    lin = lambda a, b, s=1.0: (s * rng.normal(size=(a, b)) / np.sqrt(a), np.zeros(b))
    return (lin(d, h), (np.ones(h), lin(h, h), (), lin(h, h, 0.5)), np.ones(h), lin(h, k))


def value_and_grad(params, batch):
    x, y = batch
    logits, vjp = apply_fn(params, x)
    z = logits - logits.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    value = -np.mean(logp[np.arange(len(y)), y])
    g = (np.exp(logp) - np.eye(z.shape[1])[y]) / len(y)
    return value, vjp(g)[0]


# ---------------------------------------------------------------- optimisers
def momentum(lr, mu=0.9):
    def update(grads, state, params):
        state = tree_map(lambda v, g: mu * v + g, state, grads)
        return tree_map(lambda p, v: p - lr * v, params, state), state
    return lambda p: tree_map(np.zeros_like, p), update


def lion(lr, b1=0.9, b2=0.99, wd=0.01):
    def update(grads, m, params):
        new = tree_map(lambda p, m_, g: p - lr * (np.sign(b1 * m_ + (1 - b1) * g) + wd * p), params, m, grads)
        return new, tree_map(lambda m_, g: b2 * m_ + (1 - b2) * g, m, grads)
    return lambda p: tree_map(np.zeros_like, p), update


def sam(params, batch, rho):
    _, g = value_and_grad(params, batch)
    s = rho / (global_norm(g) + 1e-12)
    return value_and_grad(tree_map(lambda p, q: p + s * q, params, g), batch)


def accuracy(params, x, y):
    return np.mean(apply_fn(params, x)[0].argmax(1) == y)


def run(name, opt, grad_fn, data, seed=0, steps=300):
    rng = np.random.default_rng(seed)
    X, y, Xt, yt = data
    init, update = opt
    params = init_params(rng)
    state = init(params)
    avg, n_avg = None, 0
    for t in range(steps):
        i = rng.integers(0, len(X), 50)
        value, grads = grad_fn(params, (X[i], y[i]))
        params, state = update(grads, state, params)
        if t >= steps * 2 // 3:
            n_avg += 1
            avg = params if avg is None else tree_map(lambda a, p: a + (p - a) / n_avg, avg, params)
        if (t + 1) % 100 == 0:
            print(f"{name:10s} step {t + 1:4d} batch loss {value:.4f} test acc {accuracy(params, Xt, yt):.3f}")
    print(f"{name:10s} averaged weights: test acc {accuracy(avg, Xt, yt):.3f}")


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    X = rng.uniform(-2, 2, (700, 2))
    y = np.digitize(np.sin(2 * X[:, 0]) + X[:, 1], [-0.5, 0.5])
    flip = rng.random(700) < 0.06
    y[flip] = rng.integers(0, 3, flip.sum())
    data = X[:500], y[:500], X[500:], y[500:]
    run("momentum", momentum(0.01), value_and_grad, data)
    run("lion", lion(0.003), value_and_grad, data)
    run("sam", momentum(0.01), lambda p, b: sam(p, b, 0.05), data)
