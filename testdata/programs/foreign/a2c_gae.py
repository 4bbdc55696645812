# Advantage actor-critic with GAE on a point mass that should be parked at 0.
# Shared tanh body, softmax policy head, linear value head, Adamax.
import numpy as np

np.random.seed(12)

n_obs, n_hid, n_act = 3, 16, 3
gamma, lam = 0.97, 0.9
c_value, c_entropy = 0.5, 0.01
T, n_envs = 25, 8


def reset(n):
    return np.random.uniform(-1, 1, n), np.random.uniform(-0.5, 0.5, n)


def obs(pos, vel):
    return np.column_stack([pos, vel, pos * np.abs(vel)])


def physics(pos, vel, act):
    vel = 0.9 * vel + 0.25 * (act - 1) + 0.02 * np.random.randn(len(pos))
    pos = pos + 0.3 * vel
    reward = -pos ** 2 - 0.05 * (act != 1)
    crashed = np.abs(pos) > 2.0
    return pos, vel, reward - 3.0 * crashed, crashed


par = {
    'body': np.random.randn(n_obs + 1, n_hid) / np.sqrt(n_obs),
    'pi': 0.1 * np.random.randn(n_hid + 1, n_act),
    'v': 0.1 * np.random.randn(n_hid + 1, 1),
}


def add_one(a):
    return np.hstack([a, np.ones((a.shape[0], 1))])


def net(x):
    h = np.tanh(add_one(x) @ par['body'])
    hb = add_one(h)
    logits = hb @ par['pi']
    logits = logits - logits.max(axis=1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return h, logp, (hb @ par['v'])[:, 0]


def rollout():
    pos, vel = reset(n_envs)
    X = np.zeros((T, n_envs, n_obs))
    A = np.zeros((T, n_envs), dtype=int)
    R = np.zeros((T, n_envs))
    DONE = np.zeros((T, n_envs))
    VAL = np.zeros((T + 1, n_envs))
    for t in range(T):
        X[t] = obs(pos, vel)
        _, logp, VAL[t] = net(X[t])
        # inverse-cdf sampling for all environments at once
        u = np.random.rand(n_envs, 1)
        A[t] = np.minimum((np.exp(logp).cumsum(axis=1) < u).sum(axis=1), n_act - 1)
        pos, vel, R[t], crash = physics(pos, vel, A[t])
        DONE[t] = crash
        if crash.any():
            p0, v0 = reset(n_envs)
            pos, vel = np.where(crash, p0, pos), np.where(crash, v0, vel)
    VAL[T] = net(obs(pos, vel))[2]
    return X, A, R, DONE, VAL


def gae(R, DONE, VAL):
    adv = np.zeros_like(R)
    run = np.zeros(n_envs)
    for t in range(T - 1, -1, -1):
        go_on = 1.0 - DONE[t]
        delta = R[t] + gamma * VAL[t + 1] * go_on - VAL[t]
        run = delta + gamma * lam * go_on * run
        adv[t] = run
    return adv, adv + VAL[:-1]


def losses_and_grads(x, a, adv, ret):
    N = len(a)
    h, logp, v = net(x)
    p = np.exp(logp)
    ent = -(p * logp).sum(axis=1)
    pol_loss = -np.mean(adv * logp[np.arange(N), a])
    val_loss = 0.5 * np.mean((v - ret) ** 2)

    dlogits = adv[:, None] * (p - np.eye(n_act)[a])
    dlogits += c_entropy * p * (logp + ent[:, None])
    dlogits /= N
    dv = c_value * (v - ret)[:, None] / N

    hb = add_one(h)
    g = {'pi': hb.T @ dlogits, 'v': hb.T @ dv}
    dh = dlogits @ par['pi'][:-1].T + dv @ par['v'][:-1].T
    g['body'] = add_one(x).T @ (dh * (1 - h ** 2))
    return (pol_loss, val_loss, ent.mean()), g


m = {k: 0.0 * w for k, w in par.items()}
u_inf = {k: 0.0 * w for k, w in par.items()}
b1, b2, alpha, max_norm = 0.9, 0.99, 0.012, 0.5

for it in range(1, 101):
    X, A, R, DONE, VAL = rollout()
    adv, ret = gae(R, DONE, VAL)
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    (pl, vl, ent), g = losses_and_grads(X.reshape(-1, n_obs), A.ravel(), adv.ravel(), ret.ravel())

    norm = np.sqrt(sum(np.sum(q ** 2) for q in g.values()))
    for k in par:
        gk = g[k] * min(1.0, max_norm / (norm + 1e-12))
        m[k] = b1 * m[k] + (1 - b1) * gk
        u_inf[k] = np.maximum(b2 * u_inf[k], np.abs(gk))
        par[k] -= alpha / (1 - b1 ** it) * m[k] / (u_inf[k] + 1e-8)
    if it % 10 == 0:
        print(f"iter {it:3d}  reward/step {R.mean():7.4f}  crashes {int(DONE.sum())}  "
              f"pi {pl:7.4f}  v {vl:7.4f}  H {ent:.3f}")
