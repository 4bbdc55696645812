# "Weight uncertainty in neural networks" on a 1-d curve with a gap,
# and Langevin dynamics on the same network for comparison.
import numpy as np

SHAPES = [(1, 12), (12,), (12, 12), (12,), (12, 1), (1,)]
SIZES = [int(np.prod(s)) for s in SHAPES]
CUTS = np.cumsum(SIZES)[:-1]
D = sum(SIZES)
NOISE = 0.1
PI, S1, S2 = 0.5, 1.0, 0.1           # scale mixture prior


def unflatten(v):
    return [c.reshape(s) for c, s in zip(np.split(v, CUTS), SHAPES)]


def flatten(ts):
    return np.concatenate([t.reshape(-1) for t in ts])


def net(v, x):
    W1, b1, W2, b2, W3, b3 = unflatten(v)
    h1 = np.tanh(x @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    return h2 @ W3 + b3, h1, h2


def nll_and_grad(v, x, y):
    """summed over the rows"""
    out, h1, h2 = net(v, x)
    W1, b1, W2, b2, W3, b3 = unflatten(v)
    r = (out - y) / NOISE ** 2
    d2 = (r @ W3.T) * (1 - h2 ** 2)
    d1 = (d2 @ W2.T) * (1 - h1 ** 2)
    return 0.5 * np.sum(r * (out - y)), flatten([x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ r, r.sum(0)])


def log_prior_and_grad(v):
    a = np.log(PI) - np.log(S1) - v ** 2 / (2 * S1 ** 2)
    b = np.log(1 - PI) - np.log(S2) - v ** 2 / (2 * S2 ** 2)
    lp = np.logaddexp(a, b)
    resp = np.exp(a - lp)
    return lp.sum(), -v * (resp / S1 ** 2 + (1 - resp) / S2 ** 2)


def free_energy(mu, rho, eps, x, y, frac):
    """one-sample variational free energy for a mini-batch; frac = batch share of the KL"""
    sigma = np.log1p(np.exp(rho))
    v = mu + sigma * eps
    f, g = nll_and_grad(v, x, y)
    lp, glp = log_prior_and_grad(v)
    lq = -np.log(sigma).sum() - 0.5 * (eps ** 2).sum()
    gv = g - frac * glp
    gsigma = gv * eps - frac / sigma
    return f + frac * (lq - lp), gv, gsigma / (1 + np.exp(-rho))


rng = np.random.default_rng(2015)
x = np.concatenate([rng.uniform(-1, -0.3, 120), rng.uniform(0.3, 1, 120)])[:, None]
curve = lambda x: 0.8 * np.sin(4 * x) + 0.2 * x
y = curve(x) + NOISE * rng.normal(size=x.shape)
grid = np.linspace(-1.5, 1.5, 13)[:, None]

# ---- Bayes by backprop
mu = flatten([rng.normal(0, 1.0 / np.sqrt(s[0]) if len(s) == 2 else 0.5, s) for s in SHAPES])
mu[:12] *= 3
rho = np.full(D, -4.5)
state = np.zeros((2, 2, D))
step = 0
for epoch in range(250):
    parts = np.array_split(rng.permutation(240), 6)
    tot = 0.0
    for part in parts:
        F, gmu, grho = free_energy(mu, rho, rng.standard_normal(D), x[part], y[part], 1 / len(parts))
        tot += F
        step += 1
        for p, gr, st in ((mu, gmu, state[0]), (rho, grho, state[1])):
            st[0] = 0.9 * st[0] + 0.1 * gr
            st[1] = 0.99 * st[1] + 0.01 * gr ** 2
            p -= 0.01 * 0.5 ** (epoch / 100) * st[0] / (1 - 0.9 ** step) / (np.sqrt(st[1] / (1 - 0.99 ** step)) + 1e-8)
    if epoch % 50 == 49:
        print('epoch %3d  free energy %.2f  mean sigma %.4f' % (epoch + 1, tot, np.log1p(np.exp(rho)).mean()))
draws = np.array([net(mu + np.log1p(np.exp(rho)) * rng.standard_normal(D), grid)[0][:, 0] for _ in range(200)])

# ---- stochastic gradient Langevin dynamics, start from the means
v, kept, trace = mu.copy(), [], []
for t in range(1500):
    part = rng.choice(240, 40, replace=False)
    f, g = nll_and_grad(v, x[part], y[part])
    lp, glp = log_prior_and_grad(v)
    eta = 4e-6 * (1 + t / 200) ** -0.33
    v = v - 0.5 * eta * (240 / 40 * g - glp) + np.sqrt(eta) * rng.standard_normal(D)
    trace.append(240 / 40 * f - lp)
    if t >= 500 and t % 10 == 0:
        kept.append(net(v, grid)[0][:, 0])
    if t % 300 == 299:
        print('langevin %4d  potential (mean of 300) %.2f' % (t + 1, np.mean(trace[-300:])))
kept = np.array(kept)

truth = curve(grid[:, 0])
print('    x    truth   bbb mean+-sd      sgld mean+-sd')
for i in range(len(grid)):
    print('%6.2f  %6.2f   %6.2f +- %.2f    %6.2f +- %.2f' % (
        grid[i, 0], truth[i], draws[:, i].mean(), draws[:, i].std(), kept[:, i].mean(), kept[:, i].std()))
