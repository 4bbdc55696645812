"""Neural ODE, explicit midpoint steps, gradients by stepping the discrete adjoint backwards.

    dy/dt = f(y) = V tanh(W phi(y) + b) + c,    phi(y) = (y, y^3)

Observations are a whole path, so the adjoint receives a kick at every stored time.
"""
import numpy as np
from types import SimpleNamespace


def phi(y):
    return np.hstack([y, y ** 3])


def f(p, y):
    h = np.tanh(phi(y) @ p.W.T + p.b)
    return h @ p.V.T + p.c, h


def f_vjp(p, y, h, lam, g):
    """lam^T df/dy, and adds lam^T df/dparams to g"""
    g.V += lam.T @ h
    g.c += lam.sum(0)
    s = (lam @ p.V) * (1 - h ** 2)
    g.W += s.T @ phi(y)
    g.b += s.sum(0)
    d = s @ p.W
    return d[:, :2] + d[:, 2:] * 3 * y ** 2


def solve(p, y0, steps, dt):
    ys, tape, y = [y0], [], y0
    for _ in range(steps):
        k1, h1 = f(p, y)
        mid = y + 0.5 * dt * k1
        k2, h2 = f(p, mid)
        tape.append((y, h1, mid, h2))
        y = y + dt * k2
        ys.append(y)
    return np.stack(ys), tape


def loss_and_adjoint(p, y0, target, dt):
    """target: steps+1, batch, 2 with nan where nothing was measured"""
    ys, tape = solve(p, y0, len(target) - 1, dt)
    seen = ~np.isnan(target)
    diff = np.where(seen, ys - np.nan_to_num(target), 0.0)
    n = seen.sum()
    loss = np.log(np.cosh(diff)).sum() / n            # log-cosh
    kick = np.tanh(diff) / n
    g = SimpleNamespace(**{k: np.zeros_like(v) for k, v in vars(p).items()})
    a = kick[-1]
    for i in range(len(tape) - 1, -1, -1):
        y, h1, mid, h2 = tape[i]
        amid = f_vjp(p, mid, h2, dt * a, g)
        a = a + amid + f_vjp(p, y, h1, 0.5 * dt * amid, g)
        a = a + kick[i]
    return loss, g, a                                          # a = dloss/dy0


def truth(y0, steps, dt, sub=10):
    A = np.array([[-0.1, 2.0], [-2.0, -0.1]])
    out, y = [y0], y0
    for _ in range(steps):
        for _ in range(sub):
            k = (y ** 3) @ A.T
            y = y + dt / sub * ((y + 0.5 * dt / sub * k) ** 3) @ A.T
        out.append(y)
    return np.stack(out)


def main():
    rng = np.random.RandomState(6)
    steps, dt, H = 20, 0.08, 24
    starts = rng.uniform(-1, 1, (64, 2)) * 1.3
    paths = truth(starts, steps, dt) + 0.01 * rng.randn(steps + 1, 64, 2)
    paths[rng.rand(steps + 1, 64) < 0.3] = np.nan              # missing rows
    paths[0] = starts
    p = SimpleNamespace(W=rng.randn(H, 4) * 0.5, b=np.zeros(H), V=rng.randn(2, H) * 0.1, c=np.zeros(2))
    acc = {k: np.zeros_like(v) for k, v in vars(p).items()}
    upd = {k: np.zeros_like(v) for k, v in vars(p).items()}
    rho, eps = 0.95, 1e-6
    for it in range(401):
        j = rng.choice(56, 14, replace=False)
        loss, g, _ = loss_and_adjoint(p, starts[j], paths[:, j], dt)
        for k in acc:                                          # Adadelta
            gk = getattr(g, k)
            acc[k] = rho * acc[k] + (1 - rho) * gk ** 2
            d = -np.sqrt(upd[k] + eps) / np.sqrt(acc[k] + eps) * gk
            upd[k] = rho * upd[k] + (1 - rho) * d ** 2
            setattr(p, k, getattr(p, k) + d)
        if it % 50 == 0:
            held = loss_and_adjoint(p, starts[56:], paths[:, 56:], dt)[0]
            print('iter %3d  batch loss %.6f  held-out paths %.6f' % (it, loss, held))
    ys, _ = solve(p, starts[56:58], steps, dt)
    print('end points  model', ys[-1].round(2).tolist(), ' truth', truth(starts[56:58], steps, dt)[-1].round(2).tolist())


if __name__ == '__main__':
    main()
