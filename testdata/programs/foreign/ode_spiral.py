# Learning a vector field from noisy spirals: dz/dt = f(z, t)
# The solver (midpoint rule) is unrolled and differentiated step by step.
import numpy as np

rng = np.random.default_rng(404)
DT, STEPS, N, HID = 0.12, 14, 48, 18


def true_field(z, t):
    x, y = z
    damp = 0.15 + 0.1 * np.sin(t)
    return np.array([-damp * x - 1.4 * y - 0.3 * x * y, 1.4 * x - damp * y])


def simulate(z0):
    # fine euler steps, recorded every DT
    sub = 20
    z, traj = z0.copy(), [z0]
    for k in range(STEPS):
        for j in range(sub):
            t = (k + j / sub) * DT
            z = z + DT / sub * true_field(z, t)
        traj.append(z.copy())
    return np.array(traj)                 # STEPS+1, 2, n


def make_set(n, noise):
    ang = rng.uniform(0, 2 * np.pi, n)
    r = rng.uniform(0.5, 1.5, n)
    traj = simulate(np.array([r * np.cos(ang), r * np.sin(ang)]))
    traj[1:] += noise * rng.standard_normal(traj[1:].shape)
    return traj


theta = {
    'A': rng.standard_normal((HID, 3)) * 0.6,      # columns: x, y, t
    'a': np.zeros((HID, 1)),
    'B': rng.standard_normal((2, HID)) * 0.3,
    'b': np.zeros((2, 1)),
}


def field_fwd(z, t):
    inp = np.vstack([z, np.full((1, z.shape[1]), t)])
    h = np.tanh(theta['A'] @ inp + theta['a'])
    return theta['B'] @ h + theta['b'], (inp, h)


def field_bwd(dout, saved, acc):
    inp, h = saved
    acc['B'] += dout @ h.T
    acc['b'] += dout.sum(axis=1, keepdims=True)
    dpre = (theta['B'].T @ dout) * (1 - h ** 2)
    acc['A'] += dpre @ inp.T
    acc['a'] += dpre.sum(axis=1, keepdims=True)
    return (theta['A'].T @ dpre)[:2]


def solve(z):
    path, tape = [z], []
    for k in range(STEPS):
        t = k * DT
        k1, s1 = field_fwd(z, t)
        k2, s2 = field_fwd(z + 0.5 * DT * k1, t + 0.5 * DT)
        z = z + DT * k2
        path.append(z)
        tape.append((s1, s2))
    return np.array(path), tape


def loss_and_grad(traj):
    n = traj.shape[2]
    path, tape = solve(traj[0])
    res = path[1:] - traj[1:]
    weight = np.linspace(0.5, 1.5, STEPS)[:, None, None]    # later points count more
    loss = 0.5 * np.sum(weight * res ** 2) / (STEPS * n)
    dres = weight * res / (STEPS * n)

    acc = {k: np.zeros_like(v) for k, v in theta.items()}
    dz = np.zeros_like(traj[0])
    for k in reversed(range(STEPS)):
        s1, s2 = tape[k]
        dz = dz + dres[k]
        dmid = field_bwd(DT * dz, s2, acc)
        dz = dz + dmid + field_bwd(0.5 * DT * dmid, s1, acc)
    return loss, acc


train = make_set(N, 0.02)
valid = make_set(30, 0.0)

lr0, beta1, beta2, decay = 6e-3, 0.9, 0.97, 0.02
mom = {k: np.zeros_like(v) for k, v in theta.items()}
slow = {k: v.copy() for k, v in theta.items()}     # EMA of the weights
iters = 200
for it in range(iters):
    lr = lr0 * (1 - it / iters) ** 0.9
    cols = rng.choice(N, 16, replace=False)
    loss, grad = loss_and_grad(train[:, :, cols])
    for k, w in theta.items():
        g = grad[k]
        # Lion
        c = beta1 * mom[k] + (1 - beta1) * g
        w -= lr * (np.sign(c) + decay * w)
        mom[k] = beta2 * mom[k] + (1 - beta2) * g
        slow[k] += 0.05 * (w - slow[k])
    if it % 40 == 39:
        p, _ = solve(valid[0])
        print('it %3d  lr %.5f  loss %.5f  valid rmse %.4f' % (
            it + 1, lr, loss, np.sqrt(np.mean((p - valid) ** 2))))

theta.update(slow)
p, _ = solve(valid[0])
err = np.sqrt(np.mean((p - valid) ** 2, axis=(1, 2)))
print('averaged weights: rmse %.4f, at the end of the path %.4f' % (np.sqrt(np.mean(err ** 2)), err[-1]))
