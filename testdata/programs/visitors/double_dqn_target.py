# Double DQN, replay memory, soft target updates. The problem: drive a cart on a line
# to position 0 and stop there. Actions: push left / nothing / push right.
import random
from collections import deque, namedtuple

import numpy as np

Transition = namedtuple('Transition', 'state action reward next_state done')


class Cart:
    def reset(self):
        self.x, self.v, self.t = np.random.uniform(-1, 1), 0.0, 0
        return np.array([self.x, self.v])

    def step(self, a):
        self.v = 0.9 * self.v + 0.1 * (a - 1)
        self.x = self.x + 0.3 * self.v
        self.t += 1
        out = abs(self.x) > 1.6
        reward = -1.0 if out else 0.1 - 0.1 * abs(self.x) ** 0.5
        return np.array([self.x, self.v]), reward, out or self.t >= 40, out


class QNet:
    def __init__(self, sizes):
        self.W = [np.random.randn(o, i) * np.sqrt(2.0 / i) for i, o in zip(sizes[:-1], sizes[1:])]
        self.b = [np.zeros(o) for o in sizes[1:]]
        self.W[-1] *= 0.1

    def __call__(self, s):
        self.a = [s]
        for k, (W, b) in enumerate(zip(self.W, self.b)):
            z = self.a[-1] @ W.T + b
            self.a.append(z if k == len(self.W) - 1 else np.where(z > 0, z, 0.01 * z))
        return self.a[-1]

    def gradients(self, dq):
        gW, gb = [None] * len(self.W), [None] * len(self.W)
        d = dq
        for k in reversed(range(len(self.W))):
            gW[k] = d.T @ self.a[k]
            gb[k] = d.sum(axis=0)
            if k:
                d = d @ self.W[k]
                d[self.a[k] <= 0] *= 0.01
        return gW, gb

    def copy_from(self, other, tau=1.0):
        for mine, theirs in zip(self.W + self.b, other.W + other.b):
            mine *= 1 - tau
            mine += tau * theirs


def td_loss(net, s, a, y, kappa=1.0):
    q = net(s)
    r = np.arange(len(a))
    delta = q[r, a] - y
    huber = np.where(np.abs(delta) <= kappa, 0.5 * delta ** 2, kappa * (np.abs(delta) - 0.5 * kappa))
    dq = np.zeros_like(q)
    dq[r, a] = np.clip(delta, -kappa, kappa)
    return huber.mean(), net.gradients(dq / len(a))


class RMSProp:
    def __init__(self, params, lr):
        self.params, self.lr = params, lr
        self.sq = [np.ones_like(p) for p in params]

    def step(self, grads):
        for p, g, s in zip(self.params, grads, self.sq):
            s *= 0.95
            s += 0.05 * g ** 2
            p -= self.lr * g / (np.sqrt(s) + 1e-3)


def main():
    random.seed(7)
    np.random.seed(7)
    env, gamma = Cart(), 0.95
    online, target = QNet([2, 24, 24, 3]), QNet([2, 24, 24, 3])
    target.copy_from(online)
    opt = RMSProp(online.W + online.b, 1e-3)
    memory = deque(maxlen=3000)
    returns, losses, frame = [], [], 0
    for episode in range(70):
        s, total, over = env.reset(), 0.0, False
        while not over:
            eps = max(0.05, 1 - frame / 1200)
            a = random.randrange(3) if random.random() < eps else int(online(s[None])[0].argmax())
            s2, r, over, crashed = env.step(a)
            memory.append(Transition(s, a, r, s2, float(crashed)))     # time-outs still bootstrap
            s, total, frame = s2, total + r, frame + 1
            if len(memory) >= 200:
                batch = Transition(*map(np.array, zip(*random.sample(memory, 32))))
                pick = online(batch.next_state).argmax(axis=1)
                boot = target(batch.next_state)[np.arange(32), pick]
                y = batch.reward + gamma * (1 - batch.done) * boot
                loss, (gW, gb) = td_loss(online, batch.state, batch.action, y)
                opt.step(gW + gb)
                target.copy_from(online, tau=0.02)
                losses.append(loss)
        returns.append(total)
        if episode % 10 == 9:
            print('episode %2d  mean return (last 10) %+.3f  td loss %.5f  eps %.2f'
                  % (episode + 1, np.mean(returns[-10:]), np.mean(losses[-200:]), eps))
    ends = []
    for _ in range(20):
        s, over = env.reset(), False
        while not over:
            s, _, over, _ = env.step(int(online(s[None])[0].argmax()))
        ends.append(abs(s[0]))
    print('greedy policy: mean |x| at the end %.3f' % np.mean(ends))


main()
