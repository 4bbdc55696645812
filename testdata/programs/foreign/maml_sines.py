import numpy as np

# MAML (Finn et al. 2017) on sine regression, with the exact second-order term.
# The network is 1 -> H -> 1 with tanh, parameters flattened into one vector.

H = 14
P = 3 * H + 1


def split(vec):
    return vec[:H], vec[H:2 * H], vec[2 * H:3 * H], vec[3 * H]


def join(w, b, u, c):
    return np.concatenate([w, b, u, [c]])


def predict(vec, x):
    w, b, u, c = split(vec)
    return np.tanh(np.outer(x, w) + b) @ u + c


def mse(vec, x, y):
    return 0.5 * np.mean((predict(vec, x) - y) ** 2)


def grad(vec, x, y):
    w, b, u, c = split(vec)
    a = np.tanh(np.outer(x, w) + b)          # n, H
    e = (a @ u + c - y) / len(x)
    s = np.outer(e, u) * (1 - a ** 2)
    return join(x @ s, s.sum(0), e @ a, e.sum())


def hess_vec(vec, x, y, direction):
    """Product of the Hessian of mse with a direction (Pearlmutter)."""
    w, b, u, c = split(vec)
    rw, rb, ru, rc = split(direction)
    n = len(x)
    a = np.tanh(np.outer(x, w) + b)
    da = 1 - a ** 2
    e = (a @ u + c - y) / n

    r_a = da * (np.outer(x, rw) + rb)
    r_e = (r_a @ u + a @ ru + rc) / n
    r_s = (np.outer(r_e, u) + np.outer(e, ru)) * da
    r_s += np.outer(e, u) * (-2 * a * r_a)
    return join(x @ r_s, r_s.sum(0), r_e @ a + e @ r_a, r_e.sum())


class SineTask:
    def __init__(self, rng):
        self.rng = rng
        self.amp = rng.uniform(0.5, 2.0)
        self.phase = rng.uniform(0, np.pi)

    def draw(self, n):
        x = self.rng.uniform(-2.5, 2.5, n)
        return x, self.amp * np.sin(1.5 * x + self.phase)


def adapt(vec, x, y, alpha, steps):
    path = [vec]
    for _ in range(steps):
        path.append(path[-1] - alpha * grad(path[-1], x, y))
    return path


def meta_gradient(vec, support, query, alpha, steps):
    xs, ys = support
    xq, yq = query
    path = adapt(vec, xs, ys, alpha, steps)
    adapted = path.pop()
    v = grad(adapted, xq, yq)
    while path:
        v = v - alpha * hess_vec(path.pop(), xs, ys, v)
    return v, mse(adapted, xq, yq)


def report(vec, tasks, alpha, shots):
    before, after1, after5 = [], [], []
    for task in tasks:
        x, y = task.draw(shots)
        xt, yt = task.draw(50)
        before.append(mse(vec, xt, yt))
        after1.append(mse(adapt(vec, x, y, alpha, 1)[-1], xt, yt))
        after5.append(mse(adapt(vec, x, y, alpha, 5)[-1], xt, yt))
    return np.mean(before), np.mean(after1), np.mean(after5)


if __name__ == '__main__':
    rng = np.random.default_rng(31)
    theta = join(rng.normal(0, 1.5, H), rng.normal(0, 1.0, H), rng.normal(0, 0.4, H), 0.0)
    alpha, inner_steps, shots = 0.1, 2, 10
    tasks_per_batch = 6
    lr, mu = 0.03, 0.9
    vel = np.zeros(P)
    snapshots = []
    curve = []
    for it in range(300):
        total = np.zeros(P)
        for _ in range(tasks_per_batch):
            task = SineTask(rng)
            g, loss = meta_gradient(theta, task.draw(shots), task.draw(shots), alpha, inner_steps)
            total += g
            curve.append(loss)
        total /= tasks_per_batch
        # keep single nasty tasks from blowing things up
        size = np.linalg.norm(total)
        if size > 0.15:
            total *= 0.15 / size
        # nesterov
        vel = mu * vel + total
        theta = theta - lr * (total + mu * vel)
        if it >= 220 and it % 10 == 0:
            snapshots.append(theta.copy())
        if it % 60 == 59:
            print('meta iter %3d   query loss after adaptation %.4f' % (it + 1, np.mean(curve[-360:])))

    swa = np.mean(snapshots, axis=0)
    held_out = [SineTask(np.random.default_rng(1000 + i)) for i in range(30)]
    for name, vec in (('last', theta), ('averaged', swa)):
        print('%-9s before %.4f  1 step %.4f  5 steps %.4f' % ((name,) + report(vec, held_out, alpha, shots)))
