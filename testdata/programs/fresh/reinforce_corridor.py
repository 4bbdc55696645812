"""REINFORCE with a learned value baseline and an entropy bonus on a small windy corridor.

State: one-hot cell (7) + a flag whether the key has been picked up.  Actions: left, right, grab.
Reward: -0.1 per step, +0.5 for the key (cell 1), +2 for reaching the last cell with the key.
"""
import numpy as np

N_CELLS, N_ACTIONS, MAX_STEPS, KEY_CELL, START = 7, 3, 25, 1, 3
GAMMA = 0.95


class Corridor:
    def __init__(self, rng, wind=0.1):
        self.rng, self.wind = rng, wind

    def observe(self):
        o = np.zeros(N_CELLS + 1)
        o[self.pos] = 1.0
        o[-1] = float(self.has_key)
        return o

    def reset(self):
        self.pos, self.has_key, self.t = START, False, 0
        return self.observe()

    def step(self, action):
        self.t += 1
        reward = -0.1
        if action == 2:
            if self.pos == KEY_CELL and not self.has_key:
                self.has_key, reward = True, 0.5
        else:
            move = -1 if action == 0 else 1
            if self.rng.random() < self.wind:
                move = -move
            self.pos = min(max(self.pos + move, 0), N_CELLS - 1)
        won = self.has_key and self.pos == N_CELLS - 1
        if won:
            reward = 2.0
        return self.observe(), reward, won or self.t >= MAX_STEPS, won


def init(rng, n_in=N_CELLS + 1, n_hid=16):
    return {
        'Wp1': rng.normal(0, 0.4, (n_in, n_hid)), 'bp1': np.zeros(n_hid),
        'Wp2': rng.normal(0, 0.1, (n_hid, N_ACTIONS)), 'bp2': np.zeros(N_ACTIONS),
        'Wv1': rng.normal(0, 0.4, (n_in, n_hid)), 'bv1': np.zeros(n_hid),
        'Wv2': rng.normal(0, 0.1, (n_hid, 1)), 'bv2': np.zeros(1),
    }


def policy(w, obs):
    h = np.tanh(obs @ w['Wp1'] + w['bp1'])
    logits = h @ w['Wp2'] + w['bp2']
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True), h


def value(w, obs):
    h = np.tanh(obs @ w['Wv1'] + w['bv1'])
    return (h @ w['Wv2'] + w['bv2'])[..., 0], h


def run_episode(env, w, rng, greedy=False):
    obs, done, won = env.reset(), False, False
    traj = []
    while not done:
        prob, _ = policy(w, obs)
        a = int(prob.argmax()) if greedy else int(rng.choice(N_ACTIONS, p=prob))
        nxt, r, done, won = env.step(a)
        traj.append((obs, a, r))
        obs = nxt
    return traj, won


def returns_to_go(rewards):
    out = np.zeros(len(rewards))
    running = 0.0
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


def losses_and_grads(w, obs, act, ret, adv, beta):
    """policy loss: mean(-adv * log pi(a|s)) - beta * mean entropy   (adv is held constant)
    value loss:  0.5 * mean (v - ret)^2;  the two nets share nothing, so the total is their sum"""
    n = len(act)
    g = {}
    prob, h = policy(w, obs)
    logp = np.log(prob + 1e-12)
    entropy = -(prob * logp).sum(axis=1)
    pi_loss = (-adv * logp[np.arange(n), act]).mean() - beta * entropy.mean()
    d = prob.copy()
    d[np.arange(n), act] -= 1
    d *= adv[:, None]
    d += beta * prob * (logp + entropy[:, None])
    d /= n
    g['Wp2'], g['bp2'] = h.T @ d, d.sum(axis=0)
    dh = (d @ w['Wp2'].T) * (1 - h ** 2)
    g['Wp1'], g['bp1'] = obs.T @ dh, dh.sum(axis=0)

    v, hv = value(w, obs)
    v_loss = 0.5 * ((v - ret) ** 2).mean()
    dv = ((v - ret) / n)[:, None]
    g['Wv2'], g['bv2'] = hv.T @ dv, dv.sum(axis=0)
    dhv = (dv @ w['Wv2'].T) * (1 - hv ** 2)
    g['Wv1'], g['bv1'] = obs.T @ dhv, dhv.sum(axis=0)
    return pi_loss, v_loss, entropy.mean(), g


def train(seed=4, iterations=60, episodes=6):
    rng = np.random.default_rng(seed)
    env = Corridor(rng)
    w = init(rng)
    m = {k: np.zeros_like(x) for k, x in w.items()}
    s = {k: np.zeros_like(x) for k, x in w.items()}
    for it in range(1, iterations + 1):
        obs, act, ret, score = [], [], [], []
        for _ in range(episodes):
            traj, won = run_episode(env, w, rng)
            o, a, r = zip(*traj)
            obs.extend(o)
            act.extend(a)
            ret.extend(returns_to_go(r))
            score.append(sum(r))
        obs, act, ret = np.array(obs), np.array(act), np.array(ret)
        adv = ret - value(w, obs)[0]
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        beta = 0.05 * (1 - it / iterations)
        pi_loss, v_loss, ent, g = losses_and_grads(w, obs, act, ret, adv, beta)
        for k in w:
            m[k] = 0.9 * m[k] + 0.1 * g[k]
            s[k] = 0.99 * s[k] + 0.01 * g[k] ** 2
            w[k] -= 0.03 * (m[k] / (1 - 0.9 ** it)) / (np.sqrt(s[k] / (1 - 0.99 ** it)) + 1e-8)
        if it % 12 == 0:
            wins = np.mean([run_episode(env, w, rng, greedy=True)[1] for _ in range(10)])
            print(f'it {it:3d}  score {np.mean(score):+.3f}  v_loss {v_loss:.4f}  entropy {ent:.3f}  greedy wins {wins:.2f}')
    return w


if __name__ == '__main__':
    w = train()
    print('sum |w| %.4f' % sum(np.abs(x).sum() for x in w.values()))
