"""Advantage actor-critic (A2C, GAE) on a small windy grid, float32 throughout."""
import numpy as np

F = np.float32
rng = np.random.default_rng(12)
SIZE, N_ACT = 5, 4
MOVES = np.array([[0, 1], [0, -1], [1, 0], [-1, 0]])
GOAL = np.array([4, 4])
MAX_LEN = 30


class VecGrid:
    """n copies of the grid; finished copies are restarted automatically."""

    def __init__(self, n):
        self.n = n
        self.pos = np.zeros((n, 2), dtype=int)
        self.age = np.zeros(n, dtype=int)
        self.finished = []
        self.total = np.zeros(n)

    def observe(self):
        obs = np.zeros((self.n, 2 * SIZE), dtype=F)
        rows = np.arange(self.n)
        obs[rows, self.pos[:, 0]] = 1
        obs[rows, SIZE + self.pos[:, 1]] = 1
        return obs

    def step(self, actions):
        self.pos = self.pos + MOVES[actions]
        wind = (self.pos[:, 0] == 2) & (rng.random(self.n) < 0.3)
        self.pos[wind, 1] -= 1
        self.pos = np.clip(self.pos, 0, SIZE - 1)
        self.age += 1
        reached = (self.pos == GOAL).all(axis=1)
        reward = np.where(reached, 1.0, -0.04).astype(F)
        done = reached | (self.age >= MAX_LEN)
        self.total += reward
        for i in np.flatnonzero(done):
            self.finished.append(self.total[i])
            self.pos[i], self.age[i], self.total[i] = 0, 0, 0.0
        return reward, done.astype(F)


class ActorCritic:
    def __init__(self, n_obs, hidden):
        def ortho(rows, cols, gain):
            q, _ = np.linalg.qr(rng.normal(size=(max(rows, cols), min(rows, cols))))
            return (gain * (q if rows >= cols else q.T)).astype(F)
        self.W = ortho(n_obs, hidden, 1.0)
        self.b = np.zeros(hidden, dtype=F)
        self.Wp = ortho(hidden, N_ACT, 0.1)
        self.bp = np.zeros(N_ACT, dtype=F)
        self.Wv = ortho(hidden, 1, 1.0)
        self.bv = np.zeros(1, dtype=F)

    names = ("W", "b", "Wp", "bp", "Wv", "bv")

    def __call__(self, obs):
        h = np.tanh(obs @ self.W + self.b)
        logits = h @ self.Wp + self.bp
        logits = logits - logits.max(axis=1, keepdims=True)
        logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        value = (h @ self.Wv + self.bv)[:, 0]
        return h, logp, value

    def gradients(self, obs, actions, adv, returns, ent_coef, vf_coef):
        """loss = -mean(adv * log pi(a|s)) + vf_coef * mean(0.5 (V - R)^2) - ent_coef * mean(entropy)"""
        n = len(obs)
        rows = np.arange(n)
        h, logp, value = self(obs)
        pi = np.exp(logp)
        entropy = -(pi * logp).sum(axis=1)

        onehot = np.zeros_like(pi)
        onehot[rows, actions] = 1
        dlogits = adv[:, None] * (pi - onehot)
        dlogits += ent_coef * pi * (logp + entropy[:, None])
        dlogits /= n
        dvalue = vf_coef * (value - returns)[:, None] / n

        dh = dlogits @ self.Wp.T + dvalue @ self.Wv.T
        dz = dh * (1 - h * h)
        grads = dict(W=obs.T @ dz, b=dz.sum(axis=0),
                     Wp=h.T @ dlogits, bp=dlogits.sum(axis=0),
                     Wv=h.T @ dvalue, bv=dvalue.sum(axis=0))
        losses = (-np.mean(adv * logp[rows, actions]),
                  0.5 * np.mean((value - returns) ** 2), entropy.mean())
        return losses, grads


def sample_actions(logp):
    """Gumbel-max trick."""
    return np.argmax(logp + rng.gumbel(size=logp.shape), axis=1)


def gae(rewards, dones, values, last_value, gamma, lam):
    T = len(rewards)
    adv = np.zeros_like(values)
    running = np.zeros_like(last_value)
    next_value = last_value
    for t in range(T - 1, -1, -1):
        alive = 1 - dones[t]
        td = rewards[t] + gamma * next_value * alive - values[t]
        running = td + gamma * lam * alive * running
        adv[t] = running
        next_value = values[t]
    return adv


def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum(float((g * g).sum()) for g in grads.values()))
    if norm > max_norm:
        for g in grads.values():
            g *= F(max_norm / norm)
    return norm


def main(n_env=16, horizon=8, updates=150, lr=0.004, gamma=F(0.97), lam=F(0.9)):
    env = VecGrid(n_env)
    net = ActorCritic(2 * SIZE, 24)
    sq_avg = {k: np.zeros_like(getattr(net, k)) for k in net.names}
    obs = env.observe()
    for u in range(1, updates + 1):
        buf_obs = np.zeros((horizon, n_env, obs.shape[1]), dtype=F)
        buf_act = np.zeros((horizon, n_env), dtype=int)
        buf_rew, buf_done, buf_val = (np.zeros((horizon, n_env), dtype=F) for _ in range(3))
        for t in range(horizon):
            _, logp, value = net(obs)
            act = sample_actions(logp)
            buf_obs[t], buf_act[t], buf_val[t] = obs, act, value
            buf_rew[t], buf_done[t] = env.step(act)
            obs = env.observe()
        _, _, last_value = net(obs)
        adv = gae(buf_rew, buf_done, buf_val, last_value, gamma, lam)
        returns = adv + buf_val
        adv = (adv - adv.mean()) / (adv.std() + F(1e-8))

        losses, grads = net.gradients(buf_obs.reshape(-1, 2 * SIZE), buf_act.ravel(),
                                      adv.ravel(), returns.ravel(), F(0.02), F(0.5))
        norm = clip_by_global_norm(grads, 0.5)
        step = F(lr * (1 - (u - 1) / updates))
        for k, g in grads.items():
            sq_avg[k] = F(0.95) * sq_avg[k] + F(0.05) * g * g
            setattr(net, k, getattr(net, k) - step * g / (np.sqrt(sq_avg[k]) + F(1e-4)))
        if u % 25 == 0:
            recent = np.mean(env.finished[-100:]) if env.finished else float("nan")
            print("update %3d  policy %+.4f  value %.4f  entropy %.3f  |g| %.3f  return(100) %.3f"
                  % (u, *losses, norm, recent))
    assert net.W.dtype == F


if __name__ == "__main__":
    main()
