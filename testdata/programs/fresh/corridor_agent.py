"""Advantage actor-critic on a windy corridor (episodic, one shared hidden layer)."""
import numpy as np


class WindyCorridor:
    """Walk from cell 0 to the goal; the wind sometimes pushes one step back."""

    def __init__(self, length=7, wind=0.15, limit=30, seed=0):
        self.length, self.wind, self.limit = length, wind, limit
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.pos, self.clock = 0, 0
        return self._obs()

    def _obs(self):
        v = np.zeros(self.length)
        v[self.pos] = 1.0
        return v

    def step(self, action):
        self.clock += 1
        move = (-1, 0, 1)[action]
        if self.rng.random() < self.wind:
            move -= 1
        self.pos = int(np.clip(self.pos + move, 0, self.length - 1))
        win = self.pos == self.length - 1
        return self._obs(), (1.0 if win else -0.05), win or self.clock >= self.limit


class Agent:
    def __init__(self, n_obs, n_act, hidden=12, seed=1):
        rng = np.random.default_rng(seed)
        self.rng = rng
        self.w = {
            "W": rng.normal(0, 0.4, (n_obs, hidden)), "b": np.zeros(hidden),
            "Wpi": rng.normal(0, 0.1, (hidden, n_act)), "bpi": np.zeros(n_act),
            "Wv": rng.normal(0, 0.1, (hidden, 1)), "bv": np.zeros(1),
        }
        self.m = {k: np.zeros_like(v) for k, v in self.w.items()}
        self.s = {k: np.zeros_like(v) for k, v in self.w.items()}
        self.t = 0

    def forward(self, obs):
        w = self.w
        h = np.tanh(obs @ w["W"] + w["b"])
        logits = h @ w["Wpi"] + w["bpi"]
        logits = logits - logits.max(axis=1, keepdims=True)
        logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        value = (h @ w["Wv"] + w["bv"])[:, 0]
        return h, logp, value

    def act(self, obs):
        _, logp, _ = self.forward(obs[None])
        return self.rng.choice(logp.shape[1], p=np.exp(logp[0]))

    def losses(self, obs, act, adv, ret, c_ent, c_val):
        _, logp, value = self.forward(obs)
        pg = -(adv * logp[np.arange(len(act)), act]).mean()
        entropy = -(np.exp(logp) * logp).sum(axis=1).mean()
        vloss = 0.5 * ((value - ret) ** 2).mean()
        return pg - c_ent * entropy + c_val * vloss, entropy

    def grads(self, obs, act, adv, ret, c_ent, c_val):
        n = len(act)
        h, logp, value = self.forward(obs)
        p = np.exp(logp)
        onehot = np.eye(p.shape[1])[act]
        dlogits = adv[:, None] * (p - onehot) / n
        ent = -(p * logp).sum(axis=1, keepdims=True)
        dlogits += c_ent * p * (logp + ent) / n
        dv = c_val * (value - ret)[:, None] / n
        g = {"Wpi": h.T @ dlogits, "bpi": dlogits.sum(axis=0),
             "Wv": h.T @ dv, "bv": dv.sum(axis=0)}
        dh = dlogits @ self.w["Wpi"].T
        dh += dv @ self.w["Wv"].T
        da = dh * (1 - h ** 2)
        g["W"] = obs.T @ da
        g["b"] = da.sum(axis=0)
        return g

    def adam(self, g, lr, b1=0.9, b2=0.99):
        self.t += 1
        for k in self.w:
            self.m[k] += (1 - b1) * (g[k] - self.m[k])
            self.s[k] += (1 - b2) * (g[k] ** 2 - self.s[k])
            mhat = self.m[k] / (1 - b1 ** self.t)
            shat = self.s[k] / (1 - b2 ** self.t)
            self.w[k] -= lr * mhat / (np.sqrt(shat) + 1e-8)


def rollout(env, agent):
    obs, done, steps = env.reset(), False, []
    while not done:
        a = agent.act(obs)
        nxt, r, done = env.step(a)
        steps.append((obs, a, r))
        obs = nxt
    return steps


def discounted(rewards, gamma):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out


if __name__ == "__main__":
    env, agent = WindyCorridor(), Agent(7, 3)
    gamma, history = 0.97, []
    for update in range(90):
        batch, rets = [], []
        for _ in range(4):
            steps = rollout(env, agent)
            batch += steps
            rets.append(discounted([r for _, _, r in steps], gamma))
            history.append(sum(r for _, _, r in steps))
        obs = np.array([o for o, _, _ in batch])
        act = np.array([a for _, a, _ in batch])
        ret = np.concatenate(rets)
        _, _, value = agent.forward(obs)
        adv = ret - value
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        loss, entropy = agent.losses(obs, act, adv, ret, 0.01, 0.5)
        agent.adam(agent.grads(obs, act, adv, ret, 0.01, 0.5), lr=0.02)
        if update % 15 == 0:
            print(f"update {update:3d}  loss {loss:+.4f}  entropy {entropy:.3f}  return {np.mean(history[-20:]):+.3f}")
    print("last 40 episodes:", round(float(np.mean(history[-40:])), 3))
