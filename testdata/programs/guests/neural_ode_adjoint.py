"""Neural ODE: dz/dt = f(z; theta), midpoint rule, gradients by the discrete adjoint
(backward sweep through the same midpoint steps). Learns a spiral from partial trajectories."""
import numpy as np


def unpack(theta, h):
    i = 2 * h
    return theta[:i].reshape(2, h), theta[i:i + h], theta[i + h:2 * i + h].reshape(h, 2), theta[2 * i + h:]


def f(theta, h, z):
    A, a, B, b = unpack(theta, h)
    return np.tanh((z ** 3) @ A + a) @ B + b


def f_vjp(theta, h, z, lam):
    """(df/dz)^T lam, (df/dtheta)^T lam"""
    A, a, B, b = unpack(theta, h)
    q = z ** 3
    s = np.tanh(q @ A + a)
    ds = (lam @ B.T) * (1 - s ** 2)
    gz = (ds @ A.T) * 3 * z ** 2
    return gz, np.concatenate([(q.T @ ds).ravel(), ds.sum(0), (s.T @ lam).ravel(), lam.sum(0)])


def solve(theta, h, z0, n, dt):
    path = [z0]
    for _ in range(n):
        z = path[-1]
        mid = z + 0.5 * dt * f(theta, h, z)
        path.append(z + dt * f(theta, h, mid))
    return np.array(path)


def loss_grad(theta, h, z0, target, dt):
    """mean squared error over all observed times; target: (n, B, 2)"""
    n = len(target)
    path = solve(theta, h, z0, n, dt)
    diff = path[1:] - target
    loss = (diff ** 2).mean()
    grad = np.zeros_like(theta)
    lam = np.zeros_like(z0)
    for k in range(n - 1, -1, -1):
        lam = lam + 2 * diff[k] / diff.size           # jump at the observation
        z = path[k]
        mid = z + 0.5 * dt * f(theta, h, z)
        g_mid, g_th = f_vjp(theta, h, mid, dt * lam)
        grad += g_th
        g_z, g_th = f_vjp(theta, h, z, 0.5 * dt * g_mid)
        grad += g_th
        lam = lam + g_mid + g_z
    return loss, grad


def truth(n, dt):
    M = np.array([[-0.1, 2.0], [-2.0, -0.1]])
    z, out = np.array([[2.0, 0.0]]), []
    sub = 20
    for i in range(n):
        out.append(z[0])
        for _ in range(sub):
            hstep = dt / sub
            k1 = (z ** 3) @ M
            z = z + hstep * (((z + 0.5 * hstep * k1) ** 3) @ M)
    return np.array(out)


def main():
    rng = np.random.default_rng(0)
    dt, h, seg = 0.025, 32, 10
    data = truth(400, dt)
    noisy = data + 0.01 * rng.standard_normal(data.shape)
    theta = np.concatenate([0.5 * rng.standard_normal(2 * h), np.zeros(h), 0.3 * rng.standard_normal(2 * h), np.zeros(2)])
    sq = np.zeros_like(theta)
    mom = np.zeros_like(theta)
    for it in range(1, 801):
        starts = rng.integers(0, 300 - seg, 24)       # only the first 300 points are used for training
        z0 = noisy[starts]
        target = np.stack([noisy[starts + j] for j in range(1, seg + 1)])
        loss, g = loss_grad(theta, h, z0, target, dt)
        mom = 0.9 * mom + 0.1 * g
        sq = 0.99 * sq + 0.01 * g * g
        rate = 0.02 * min(1, it / 50) * 0.5 ** (it / 300)
        theta -= rate * (mom / (1 - 0.9 ** it)) / (np.sqrt(sq / (1 - 0.99 ** it)) + 1e-8)
        if it % 100 == 0:
            print('it %4d  segment mse %.6f' % (it, loss))
    for name, lo, hi in (('training span', 0, 300), ('forecast', 300, 400)):
        n = hi - lo - 1
        path = solve(theta, h, data[lo][None], n, dt)[:, 0]
        print('%-14s rmse %.4f (size of the signal %.3f)' % (
            name, np.sqrt(((path - data[lo:hi]) ** 2).mean()), data[lo:hi].std()))


if __name__ == '__main__':
    main()
