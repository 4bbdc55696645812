# advantage actor critic on a windy corridor, written with closures
import numpy as np

N_CELLS, N_ACT, HID = 9, 3, 16


def make_env(rng):
    state = {'x': 4}

    def features():
        x = state['x'] / (N_CELLS - 1)
        return np.array([1.0 - x, x, np.sin(np.pi * x), np.cos(2 * np.pi * x)])

    def reset():
        state['x'] = int(rng.integers(2, 6))
        return features()

    def step(a):
        wind = -1 if rng.random() < 0.15 else 0
        state['x'] = int(np.clip(state['x'] + (a - 1) + wind, 0, N_CELLS - 1))
        if state['x'] == N_CELLS - 1:
            return features(), 1.0, True
        if state['x'] == 0:
            return features(), -1.0, True
        return features(), -0.03, False

    return reset, step


def make_net(rng, n_in):
    w = [rng.normal(0, 0.5, (n_in, HID)), np.zeros(HID),
         rng.normal(0, 0.1, (HID, N_ACT)), np.zeros(N_ACT),
         rng.normal(0, 0.1, (HID, 1)), np.zeros(1)]

    def forward(s):
        h = np.tanh(s @ w[0] + w[1])
        z = h @ w[2] + w[3]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return h, e / e.sum(axis=1, keepdims=True), (h @ w[4] + w[5])[:, 0]

    def gradient(s, acts, adv, ret, c_v, c_e):
        n = len(acts)
        h, pi, v = forward(s)
        lp = np.log(pi + 1e-10)
        H = -np.sum(pi * lp, axis=1)
        pick = lp[np.arange(n), acts]
        loss = np.mean(-pick * adv + 0.5 * c_v * (v - ret) ** 2 - c_e * H)
        dz = pi * adv[:, None]
        dz[np.arange(n), acts] -= adv
        dz += c_e * pi * (lp + H[:, None])
        dz = dz / n
        dv = c_v * (v - ret)[:, None] / n
        dh = dz @ w[2].T + dv @ w[4].T
        da = dh * (1.0 - h * h)
        return loss, [s.T @ da, da.sum(0), h.T @ dz, dz.sum(0), h.T @ dv, dv.sum(0)]

    return w, forward, gradient


def make_rmsprop(w, lr, rho=0.95):
    sq = [np.zeros_like(p) for p in w]

    def apply(grads, max_norm=1.0):
        nonlocal lr
        norm = np.sqrt(sum(np.sum(g * g) for g in grads))
        scale = min(1.0, max_norm / (norm + 1e-8))
        for p, q, g in zip(w, sq, grads):
            g = g * scale
            q *= rho
            q += (1 - rho) * g * g
            p -= lr * g / np.sqrt(q + 1e-6)
        lr *= 0.998
        return norm

    return apply


def gae(rewards, values, dones, last_value, gamma, lam):
    adv = np.zeros(len(rewards))
    running, nxt = 0.0, last_value
    for t in reversed(range(len(rewards))):
        alive = 1.0 - dones[t]
        delta = rewards[t] + gamma * nxt * alive - values[t]
        running = delta + gamma * lam * alive * running
        adv[t] = running
        nxt = values[t]
    return adv


def train(seed=0, updates=150, horizon=32, gamma=0.97, lam=0.9):
    rng = np.random.default_rng(seed)
    reset, step = make_env(rng)
    w, forward, gradient = make_net(rng, 4)
    apply = make_rmsprop(w, 0.02)
    s, ep_ret, finished = reset(), 0.0, []
    for u in range(updates):
        obs, acts, rews, vals, dones = [], [], [], [], []
        for _ in range(horizon):
            _, pi, v = forward(s[None])
            a = int(rng.choice(N_ACT, p=pi[0]))
            s2, r, done = step(a)
            obs.append(s)
            acts.append(a)
            rews.append(r)
            vals.append(v[0])
            dones.append(float(done))
            ep_ret += r
            if done:
                finished.append(ep_ret)
                s, ep_ret = reset(), 0.0
            else:
                s = s2
        last = forward(s[None])[2][0]
        vals = np.array(vals)
        adv = gae(rews, vals, dones, last, gamma, lam)
        ret = adv + vals
        loss, grads = gradient(np.array(obs), np.array(acts), adv, ret, c_v=0.5, c_e=0.01)
        norm = apply(grads)
        if (u + 1) % 15 == 0:
            print('update %3d  loss %+.5f  |g| %.4f  return(20) %+.4f' % (u + 1, loss, norm, np.mean(finished[-20:])))
    return w


if __name__ == '__main__':
    weights = train()
