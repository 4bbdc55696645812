"""PPO on a 5x5 grid, actor and critic share one hidden layer.
   loss = -min(rho*A, clip(rho)*A) + c_v * 0.5*(V-R)^2 - c_e * entropy      (means over the minibatch)
"""
import numpy as np

MOVES = np.array([[-1, 0], [1, 0], [0, -1], [0, 1]])
WALLS = {(1, 1), (1, 2), (3, 3), (3, 2)}


class VecGrid:
    """many copies of the same world; start at random, goal at (4,4), -0.02 per move"""

    def __init__(self, n, rng, limit=30):
        self.n, self.rng, self.limit = n, rng, limit
        self.pos, self.age = np.zeros((n, 2), int), np.zeros(n, int)
        for i in range(n):
            self._restart(i)

    def _restart(self, i):
        while True:
            c = tuple(self.rng.integers(0, 5, 2))
            if c not in WALLS and c != (4, 4):
                break
        self.pos[i], self.age[i] = c, 0

    def obs(self):
        return np.eye(25)[self.pos[:, 0] * 5 + self.pos[:, 1]]

    def step(self, act):
        rew, done = np.full(self.n, -0.02), np.zeros(self.n)
        for i, a in enumerate(act):
            q = np.clip(self.pos[i] + MOVES[a], 0, 4)
            if tuple(q) not in WALLS:
                self.pos[i] = q
            self.age[i] += 1
            if tuple(self.pos[i]) == (4, 4):
                rew[i] = 1.0
                done[i] = 1
            elif self.age[i] >= self.limit:
                done[i] = 1
            if done[i]:
                self._restart(i)
        return self.obs(), rew, done


class Agent:
    def __init__(self, rng, H=32):
        self.p = {"W": rng.normal(0, 0.3, (25, H)), "b": np.zeros(H), "A": rng.normal(0, 0.01, (H, 4)), "a": np.zeros(4),
                  "v": rng.normal(0, 0.1, H), "v0": np.zeros(1)}
        self.m = {k: np.zeros_like(x) for k, x in self.p.items()}
        self.s = {k: np.zeros_like(x) for k, x in self.p.items()}
        self.t = 0

    def forward(self, x):
        p = self.p
        h = np.tanh(x @ p["W"] + p["b"])
        l = h @ p["A"] + p["a"]
        l = l - l.max(1, keepdims=True)
        logp = l - np.log(np.exp(l).sum(1, keepdims=True))
        return h, logp, h @ p["v"] + p["v0"]

    def loss(self, x, act, old, adv, ret, clip=0.2, cv=0.5, ce=0.01):
        n, k = len(x), np.arange(len(x))
        h, logp, val = self.forward(x)
        pi = np.exp(logp)
        ratio = np.exp(logp[k, act] - old)
        plain, clipped = ratio * adv, np.clip(ratio, 1 - clip, 1 + clip) * adv
        ent = -(pi * logp).sum(1)
        L = -np.minimum(plain, clipped).mean() + cv * 0.5 * ((val - ret) ** 2).mean() - ce * ent.mean()
        live = plain <= clipped                      # otherwise the clipped branch is flat
        dlp = np.where(live, -plain, 0.0) / n        # d/dlog pi(a|s)
        dl = -pi * dlp[:, None]
        dl[k, act] += dlp
        dl += ce / n * pi * (logp + ent[:, None])
        dval = cv * (val - ret) / n
        p, g = self.p, {}
        g["A"], g["a"] = h.T @ dl, dl.sum(0)
        g["v"], g["v0"] = h.T @ dval, dval.sum(keepdims=True)
        dz = (dl @ p["A"].T + np.outer(dval, p["v"])) * (1 - h * h)
        g["W"], g["b"] = x.T @ dz, dz.sum(0)
        return L, g

    def adam(self, g, lr):
        norm = np.sqrt(sum((x * x).sum() for x in g.values()))
        c = min(1.0, 0.5 / (norm + 1e-8))
        self.t += 1
        for k in self.p:
            self.m[k] += 0.1 * (c * g[k] - self.m[k])
            self.s[k] += 0.001 * ((c * g[k]) ** 2 - self.s[k])
            self.p[k] -= lr * self.m[k] / (1 - 0.9 ** self.t) / (np.sqrt(self.s[k] / (1 - 0.999 ** self.t)) + 1e-5)


def train(updates=24, n=16, T=32, gamma=0.97, lam=0.95, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    env, ag = VecGrid(n, rng), Agent(rng)
    x = env.obs()
    for u in range(updates):
        buf = {k: [] for k in ("x", "a", "lp", "v", "r", "d")}
        for _ in range(T):
            _, logp, v = ag.forward(x)
            a = (logp + rng.gumbel(size=logp.shape)).argmax(1)
            nx, r, d = env.step(a)
            for k, q in zip(buf, (x, a, logp[np.arange(n), a], v, r, d)):
                buf[k].append(q)
            x = nx
        B = {k: np.array(q) for k, q in buf.items()}
        nextv, adv, run = ag.forward(x)[2], np.zeros((T, n)), 0
        for t in reversed(range(T)):                 # generalised advantage
            delta = B["r"][t] + gamma * nextv * (1 - B["d"][t]) - B["v"][t]
            run = delta + gamma * lam * (1 - B["d"][t]) * run
            adv[t], nextv = run, B["v"][t]
        ret = adv + B["v"]
        flat = [B["x"].reshape(-1, 25), B["a"].ravel(), B["lp"].ravel(), adv.ravel(), ret.ravel()]
        for _ in range(4):
            for mb in rng.permutation(n * T).reshape(4, -1):
                xs, ac, lp, ad, rt = (q[mb] for q in flat)
                L, g = ag.loss(xs, ac, lp, (ad - ad.mean()) / (ad.std() + 1e-8), rt)
                ag.adam(g, lr * (1 - u / updates))
        if u % 4 == 3:
            print(f"update {u + 1:2d} loss {L:+.4f} reward per step {B['r'].mean():+.4f} goals {int((B['r'] > 0).sum())}")
    return ag


if __name__ == "__main__":
    agent = train()
    best = agent.forward(np.eye(25))[1].argmax(1).reshape(5, 5)
    for i in range(5):
        print(" ".join("#" if (i, j) in WALLS else "G" if (i, j) == (4, 4) else "^v<>"[best[i, j]] for j in range(5)))
