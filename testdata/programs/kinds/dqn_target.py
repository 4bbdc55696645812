# DQN: replay buffer, target network (soft-updated), Huber loss, double-Q target.
# The target is a constant by design (no gradient through the target network).
import numpy as np
from collections import deque

np.random.seed(17)
rnd = np.random

class GridWorld:
    size = 4
    def reset(self):
        self.p = np.array([0, 0]); self.t = 0
        return self.obs()
    def obs(self):
        o = np.zeros(2 * self.size); o[self.p[0]] = 1; o[self.size + self.p[1]] = 1
        return o
    def step(self, a):
        move = [(-1, 0), (1, 0), (0, -1), (0, 1)][a]
        self.p = np.clip(self.p + move, 0, self.size - 1)
        self.t += 1
        if (self.p == self.size - 1).all(): return self.obs(), 1.0, True
        if tuple(self.p) == (1, 2): return self.obs(), -1.0, True
        return self.obs(), -0.01, self.t >= 30

def init():
    return [rnd.randn(8, 24) * np.sqrt(2 / 8), np.zeros(24), rnd.randn(24, 4) * 0.1, np.zeros(4)]

def q_values(net, s):
    z = s @ net[0] + net[1]
    return np.maximum(z, 0) @ net[2] + net[3], z

def train_step(net, s, a, target, lr):
    n = len(a)
    q, z = q_values(net, s)
    delta = q[np.arange(n), a] - target
    loss = np.where(np.abs(delta) < 0.5, 0.5 * delta ** 2, 0.5 * (np.abs(delta) - 0.25)).mean()
    dq = np.zeros_like(q)
    dq[np.arange(n), a] = np.clip(delta, -0.5, 0.5) / n
    h = np.maximum(z, 0)
    dz = dq @ net[2].T
    dz[z <= 0] = 0
    grads = [s.T @ dz, dz.sum(0), h.T @ dq, dq.sum(0)]
    for p, g in zip(net, grads):
        p -= lr * g
    return loss, grads

online = init()
target_net = [p.copy() for p in online]
buffer, env = deque(maxlen=1000), GridWorld()
gamma, batch, epsilon, polyak = 0.95, 32, 1.0, 0.95
losses, returns = [], []
for episode in range(120):
    s, done, total = env.reset(), False, 0.0
    while not done:
        a = rnd.randint(4) if rnd.rand() < epsilon else int(q_values(online, s)[0].argmax())
        s2, r, done = env.step(a)
        buffer.append((s, a, r, s2, done))
        total += r
        s = s2
        if len(buffer) >= 100:
            pick = [buffer[i] for i in rnd.randint(len(buffer), size=batch)]
            S, A, R, S2, Dn = (np.array(x) for x in zip(*pick))
            best = q_values(online, S2)[0].argmax(1)
            y = R + gamma * (1 - Dn) * q_values(target_net, S2)[0][np.arange(batch), best]
            loss, _ = train_step(online, S, A, y, lr=0.1)
            losses.append(loss)
            for tp, p in zip(target_net, online):
                tp *= polyak
                tp += (1 - polyak) * p
    epsilon = max(0.05, epsilon * 0.96)
    returns.append(total)
    if (episode + 1) % 20 == 0:
        print(f'episode {episode + 1} return(avg20) {np.mean(returns[-20:]):.3f} loss {np.mean(losses[-100:]):.5f} eps {epsilon:.2f}')
