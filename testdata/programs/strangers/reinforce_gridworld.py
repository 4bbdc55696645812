"""REINFORCE with a learned baseline and an entropy bonus.

4x4 grid world, start in the top-left corner, goal in the bottom-right one,
a pit on the way.  Policy: one hidden layer on a one-hot position.
"""
import numpy as np

SIZE = 4
GOAL = (3, 3)
PITS = {(1, 2)}
MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]
GAMMA = 0.95
ENT_COEF = 0.02
MAX_STEPS = 30


class Grid:
    def reset(self):
        self.pos = (0, 0)
        return self.obs()

    def obs(self):
        o = np.zeros(SIZE * SIZE)
        o[self.pos[0] * SIZE + self.pos[1]] = 1.0
        return o

    def step(self, a):
        r = min(max(self.pos[0] + MOVES[a][0], 0), SIZE - 1)
        c = min(max(self.pos[1] + MOVES[a][1], 0), SIZE - 1)
        self.pos = (r, c)
        if self.pos == GOAL:
            return self.obs(), 1.0, True
        if self.pos in PITS:
            return self.obs(), -1.0, True
        return self.obs(), -0.02, False


class Policy:
    def __init__(self, rng, n_in, n_hid, n_act):
        self.w = {
            "W1": rng.standard_normal((n_in, n_hid)) * 0.3,
            "b1": np.zeros(n_hid),
            "W2": rng.standard_normal((n_hid, n_act)) * 0.1,
            "b2": np.zeros(n_act),
        }

    def probs(self, s):
        h = np.tanh(s @ self.w["W1"] + self.w["b1"])
        z = h @ self.w["W2"] + self.w["b2"]
        z = z - z.max(axis=-1, keepdims=True)
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True), h

    def grads(self, s, a, adv):
        """gradient of  -mean(adv * log pi(a|s)) - ENT_COEF * mean(entropy)"""
        n = len(a)
        p, h = self.probs(s)
        onehot = np.eye(p.shape[1])[a]
        logp = np.log(p + 1e-12)
        ent = -(p * logp).sum(axis=1, keepdims=True)
        dz = (p - onehot) * adv[:, None]
        dz += ENT_COEF * p * (logp + ent)
        dz /= n
        dh = (dz @ self.w["W2"].T) * (1 - h ** 2)
        g = {"W2": h.T @ dz, "b2": dz.sum(0), "W1": s.T @ dh, "b1": dh.sum(0)}
        loss = -(adv * logp[np.arange(n), a]).mean() - ENT_COEF * ent.mean()
        return loss, g, ent.mean()


class Baseline:
    def __init__(self, n_in):
        self.v = np.zeros(n_in)

    def predict(self, s):
        return s @ self.v

    def fit_step(self, s, ret, lr):
        err = self.predict(s) - ret
        self.v -= lr * (s.T @ err) / len(ret)


def run_episode(env, policy, rng):
    s, done = env.reset(), False
    states, actions, rewards = [], [], []
    while not done and len(states) < MAX_STEPS:
        p, _ = policy.probs(s)
        a = rng.choice(4, p=p)
        s2, r, done = env.step(a)
        states.append(s)
        actions.append(a)
        rewards.append(r)
        s = s2
    return states, actions, rewards


def discounted(rewards):
    out = np.zeros(len(rewards))
    acc = 0.0
    for t in range(len(rewards) - 1, -1, -1):
        acc = rewards[t] + GAMMA * acc
        out[t] = acc
    return out


def main(seed=4, iterations=60, episodes_per_batch=12):
    rng = np.random.default_rng(seed)
    env, policy, base = Grid(), Policy(rng, SIZE * SIZE, 24, 4), Baseline(SIZE * SIZE)
    mom = {k: np.zeros_like(v) for k, v in policy.w.items()}
    history = []
    for it in range(iterations):
        S, A, R, total = [], [], [], []
        for _ in range(episodes_per_batch):
            st, ac, rw = run_episode(env, policy, rng)
            S += st
            A += ac
            R.append(discounted(rw))
            total.append(sum(rw))
        S, A, R = np.array(S), np.array(A), np.concatenate(R)
        adv = R - base.predict(S)
        loss, g, ent = policy.grads(S, A, adv)
        for k in policy.w:
            mom[k] = 0.8 * mom[k] + g[k]
            policy.w[k] -= 0.4 * mom[k]
        base.fit_step(S, R, lr=2.0)
        history.append(np.mean(total))
        if it % 6 == 5:
            print(f"iter {it + 1:3d}  loss {loss:+.5f}  entropy {ent:.4f}  return {np.mean(history[-6:]):+.4f}")
    return policy, base


if __name__ == "__main__":
    policy, base = main()
