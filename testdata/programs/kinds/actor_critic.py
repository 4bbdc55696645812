"""
One-step actor-critic (A2C flavour) on a 1-d "reach the target" task with a Gaussian policy.
By design: the advantage is a constant in the actor loss and the bootstrap target r + gamma V(s') is a
constant in the critic loss (semi-gradient). Shared tanh trunk, two heads.
"""
import numpy as np

class Net:
    def __init__(self, nh, rng):
        self.W = rng.randn(2, nh) * 0.5
        self.b = np.zeros(nh)
        self.wa, self.ba = rng.randn(nh) * 0.1, np.zeros(1)
        self.wv, self.bv = rng.randn(nh) * 0.1, np.zeros(1)
        self.logstd = np.array([-0.3])
        self.names = ['W', 'b', 'wa', 'ba', 'wv', 'bv', 'logstd']

    def forward(self, S):
        h = np.tanh(S @ self.W + self.b)
        return h, h @ self.wa + self.ba, h @ self.wv + self.bv

    def loss_grad(self, S, A, target, vcoef=0.5):
        n = len(S)
        h, mu, v = self.forward(S)
        adv = target - v                                   # detached below
        std = np.exp(self.logstd)
        z = (A - mu) / std
        logp = -0.5 * z ** 2 - self.logstd - 0.5 * np.log(2 * np.pi)
        actor = -np.mean(logp * adv)
        critic = 0.5 * np.mean((v - target) ** 2)
        dmu = -adv * z / std / n
        dv = vcoef * (v - target) / n
        g = {'wa': h.T @ dmu, 'ba': dmu.sum(keepdims=True),
             'wv': h.T @ dv, 'bv': dv.sum(keepdims=True),
             'logstd': np.array([-np.mean(adv * (z ** 2 - 1))])}
        dpre = (np.outer(dmu, self.wa) + np.outer(dv, self.wv)) * (1 - h ** 2)
        g['W'], g['b'] = S.T @ dpre, dpre.sum(0)
        return actor, critic, g

rng = np.random.RandomState(12)
net = Net(16, rng)
ms = {k: np.zeros_like(getattr(net, k)) for k in net.names}
gamma, n_env = 0.9, 32
pos, goal = rng.uniform(-1, 1, n_env), rng.uniform(-1, 1, n_env)
age = rng.randint(0, 10, n_env)
hist = []
for it in range(400):
    S = np.stack([pos, goal], 1)
    h, mu, v = net.forward(S)
    A = mu + np.exp(net.logstd) * rng.randn(n_env)
    new = np.clip(pos + 0.5 * np.clip(A, -1, 1), -1.5, 1.5)
    reward = -np.abs(new - goal)
    _, _, vnext = net.forward(np.stack([new, goal], 1))
    target = reward + gamma * vnext
    actor, critic, g = net.loss_grad(S, A, target)
    gn = np.sqrt(sum(np.sum(x * x) for x in g.values()))
    for k in net.names:
        gk = g[k] * min(1, 0.5 / (gn + 1e-8))
        ms[k] = 0.99 * ms[k] + 0.01 * gk ** 2
        setattr(net, k, getattr(net, k) - 0.003 * gk / np.sqrt(ms[k] + 1e-5))
    age += 1
    done = age >= 10
    pos = np.where(done, rng.uniform(-1, 1, n_env), new)
    goal = np.where(done, rng.uniform(-1, 1, n_env), goal)
    age[done] = 0
    hist.append(reward.mean())
    if (it + 1) % 50 == 0:
        print('iter %d  actor %.3f  critic %.3f  avg reward %.3f  std %.2f'
              % (it + 1, actor, critic, np.mean(hist[-50:]), np.exp(net.logstd[0])))
