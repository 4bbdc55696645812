'''Reptile on sine regression. The learner is a small maxout network whose weights are
weight-normalised:  W[:, j] = gain[j] * V[:, j] / |V[:, j]|.

Inner loop: plain SGD on a task.   Outer loop: move the start a bit towards the end point.
'''
import numpy as np

PIECES = 3


def make_theta(rng, H=20):
    def wn(a, b):
        return [rng.normal(0, 1, (a, b)), np.ones(b), np.zeros(b)]
    t = wn(1, H * PIECES) + wn(H, H * PIECES) + wn(H, 1)
    t[1] *= 0.6
    t[2][:] = rng.uniform(-2, 2, H * PIECES)
    t[4] *= 0.8
    t[5][:] = rng.uniform(-0.3, 0.3, H * PIECES)
    return t


def wn_forward(x, V, gain, b):
    n = np.sqrt((V ** 2).sum(0))
    W = V * (gain / n)
    return x @ W + b, (x, V, gain, n, W)


def wn_backward(d, cache):
    x, V, gain, n, W = cache
    dW = x.T @ d
    dgain = (dW * V).sum(0) / n
    dV = (gain / n) * (dW - V * (dgain / n))
    return d @ W.T, [dV, dgain, d.sum(0)]


def maxout(a):
    r = a.reshape(len(a), -1, PIECES)
    k = r.argmax(2)
    return r.max(2), k


def maxout_backward(d, k):
    out = np.zeros(d.shape + (PIECES,))
    i, j = np.ogrid[:d.shape[0], :d.shape[1]]
    out[i, j, k] = d
    return out.reshape(len(d), -1)


def predict(theta, x):
    h, _ = maxout(wn_forward(x, *theta[0:3])[0])
    h, _ = maxout(wn_forward(h, *theta[3:6])[0])
    return wn_forward(h, *theta[6:9])[0]


def mse_grad(theta, x, y):
    a1, c1 = wn_forward(x, *theta[0:3])
    h1, k1 = maxout(a1)
    a2, c2 = wn_forward(h1, *theta[3:6])
    h2, k2 = maxout(a2)
    o, c3 = wn_forward(h2, *theta[6:9])
    e = o - y
    d, g3 = wn_backward(2 * e / e.size, c3)
    d, g2 = wn_backward(maxout_backward(d, k2), c2)
    _, g1 = wn_backward(maxout_backward(d, k1), c1)
    return (e ** 2).mean(), g1 + g2 + g3


class SineTask:
    def __init__(self, rng):
        self.A, self.ph, self.rng = rng.uniform(0.5, 2.5), rng.uniform(0, np.pi), rng

    def f(self, x):
        return self.A * np.sin(x + self.ph)

    def draw(self, n):
        x = self.rng.uniform(-4, 4, (n, 1))
        return x, self.f(x)


def adapt(theta, task, steps, lr, n):
    phi = [p.copy() for p in theta]
    first = last = None
    x, y = task.draw(n)
    for s in range(steps):
        sel = task.rng.permutation(n)[:max(5, n // 2)]
        loss, g = mse_grad(phi, x[sel], y[sel])
        for p, q in zip(phi, g):
            p -= lr * q
        first = loss if first is None else first
        last = loss
    return phi, first, last


def evaluate(theta, rng, steps=16, lr=0.02, tasks=20):
    grid = np.linspace(-4, 4, 60)[:, None]
    before, after = [], []
    for _ in range(tasks):
        t = SineTask(rng)
        phi, _, _ = adapt(theta, t, steps, lr, 10)
        before.append(np.mean((predict(theta, grid) - t.f(grid)) ** 2))
        after.append(np.mean((predict(phi, grid) - t.f(grid)) ** 2))
    return np.mean(before), np.mean(after)


def main():
    rng = np.random.default_rng(18)
    theta = make_theta(rng)
    start = [p.copy() for p in theta]
    outer, running = 600, None
    for it in range(outer):
        eps = 0.4 * (1 - it / outer)
        phi, first, last = adapt(theta, SineTask(rng), 8, 0.02, 16)
        for p, q in zip(theta, phi):
            p += eps * (q - p)
        running = last if running is None else 0.97 * running + 0.03 * last
        if it % 100 == 99:
            print('outer %4d  inner loss at the end (running) %.4f' % (it + 1, running))
    print('10 points, 16 steps.  mse before -> after')
    print('   random start   %.3f -> %.3f' % evaluate(start, np.random.default_rng(5)))
    print('   reptile start  %.3f -> %.3f' % evaluate(theta, np.random.default_rng(5)))


main()
