"""RL course, project 2: double DQN with replay memory and a target network.

A corridor of 7 cells, start in the middle, +1 at the right end,
-1 at the left end, small cost for each step; with prob. 0.1 the agent slips.
"""
import random
from collections import deque, namedtuple

import numpy as np

Transition = namedtuple("Transition", "s a r s2 done")
N = 7
random.seed(1)
np.random.seed(1)


class Corridor:
    def reset(self):
        self.pos, self.t = N // 2, 0
        return self.obs()

    def obs(self):
        o = np.zeros(N)
        o[self.pos] = 1.0
        return o

    def step(self, a):
        move = 1 if a == 1 else -1
        if random.random() < 0.1:
            move = -move
        self.pos += move
        self.t += 1
        if self.pos == N - 1:
            return self.obs(), 1.0, True
        if self.pos == 0:
            return self.obs(), -1.0, True
        return self.obs(), -0.02, False


class QNet:
    """state -> tanh layer -> dueling heads (value, advantage)"""

    def __init__(self, n_in, n_hid, n_act):
        self.w = {
            "W1": np.random.randn(n_in, n_hid) * 0.5,
            "b1": np.zeros(n_hid),
            "Wv": np.random.randn(n_hid, 1) * 0.2,
            "bv": np.zeros(1),
            "Wa": np.random.randn(n_hid, n_act) * 0.2,
            "ba": np.zeros(n_act),
        }

    def __call__(self, s):
        w = self.w
        self.s = np.atleast_2d(s)
        self.h = np.tanh(self.s @ w["W1"] + w["b1"])
        v = self.h @ w["Wv"] + w["bv"]
        adv = self.h @ w["Wa"] + w["ba"]
        return v + adv - adv.mean(axis=1, keepdims=True)

    def grads(self, dq):
        w, h = self.w, self.h
        dv = dq.sum(axis=1, keepdims=True)
        da = dq - dq.mean(axis=1, keepdims=True)
        dh = dv @ w["Wv"].T + da @ w["Wa"].T
        dpre = dh * (1 - h * h)
        return {
            "W1": self.s.T @ dpre,
            "b1": dpre.sum(axis=0),
            "Wv": h.T @ dv,
            "bv": dv.sum(axis=0),
            "Wa": h.T @ da,
            "ba": da.sum(axis=0),
        }

    def copy_from(self, other):
        for k, p in other.w.items():
            self.w[k] = p.copy()


class RMSprop:
    def __init__(self, net, lr=0.004, rho=0.95, eps=1e-6):
        self.net, self.lr, self.rho, self.eps = net, lr, rho, eps
        self.sq = {k: np.zeros_like(p) for k, p in net.w.items()}

    def apply(self, grads):
        for k, g in grads.items():
            self.sq[k] = self.rho * self.sq[k] + (1 - self.rho) * g ** 2
            self.net.w[k] -= self.lr * g / (np.sqrt(self.sq[k]) + self.eps)


env = Corridor()
online, target = QNet(N, 16, 2), QNet(N, 16, 2)
target.copy_from(online)
opt = RMSprop(online)
memory = deque(maxlen=500)
gamma, batch, sync_every = 0.95, 32, 25


def learn():
    sample = random.sample(memory, batch)
    s = np.array([tr.s for tr in sample])
    a = np.array([tr.a for tr in sample])
    r = np.array([tr.r for tr in sample])
    s2 = np.array([tr.s2 for tr in sample])
    done = np.array([tr.done for tr in sample], dtype=float)

    # double DQN: pick with the online net, evaluate with the target net
    best = online(s2).argmax(axis=1)
    rows = np.arange(batch)
    y = r + gamma * (1 - done) * target(s2)[rows, best]

    q = online(s)
    err = q[rows, a] - y
    small = np.abs(err) <= 0.5
    loss = np.where(small, 0.5 * err ** 2, 0.5 * (np.abs(err) - 0.25)).mean()
    dq = np.zeros_like(q)
    dq[rows, a] = np.where(small, err, 0.5 * np.sign(err)) / batch
    opt.apply(online.grads(dq))
    return loss


steps, history = 0, []
for episode in range(70):
    s, total, done = env.reset(), 0.0, False
    eps = max(0.05, 1.0 - episode / 40)
    losses = []
    while not done and env.t < 40:
        if random.random() < eps:
            a = random.randrange(2)
        else:
            a = int(online(s)[0].argmax())
        s2, r, done = env.step(a)
        memory.append(Transition(s, a, r, s2, done))
        s = s2
        total += r
        steps += 1
        if len(memory) >= 64:
            losses.append(learn())
        if steps % sync_every == 0:
            target.copy_from(online)
    history.append(total)
    if episode % 10 == 9:
        print(f"episode {episode + 1:3d}  return(10) {np.mean(history[-10:]):+.3f}  "
              f"loss {np.mean(losses) if losses else float('nan'):.5f}")

print("greedy policy:", "".join("LR"[int(online(np.eye(N)[i])[0].argmax())] for i in range(1, N - 1)))
print("Q(right):", np.round(online(np.eye(N))[1:-1, 1], 2))
