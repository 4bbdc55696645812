"""Double DQN with a replay memory and a slowly refreshed target network, on a 4x4 cliff."""
import random
from collections import deque

import numpy as np

random.seed(4)
np.random.seed(4)
SIDE = 4
CLIFF = {(3, 1), (3, 2)}
GOAL, START = (3, 3), (3, 0)
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]


def env_step(cell, action):
    r = min(max(cell[0] + MOVES[action][0], 0), SIDE - 1)
    c = min(max(cell[1] + MOVES[action][1], 0), SIDE - 1)
    if (r, c) in CLIFF:
        return (r, c), -1.0, True
    if (r, c) == GOAL:
        return (r, c), 1.0, True
    return (r, c), -0.04, False


def encode(cell):
    v = np.zeros(2 * SIDE)
    v[cell[0]] = v[SIDE + cell[1]] = 1.0
    return v


class QNet:
    def __init__(self, n_in, n_hid, n_out):
        self.W1 = np.random.randn(n_in, n_hid) * np.sqrt(2.0 / n_in)
        self.b1 = np.zeros(n_hid)
        self.W2 = np.random.randn(n_hid, n_hid) * np.sqrt(2.0 / n_hid)
        self.b2 = np.zeros(n_hid)
        self.W3 = np.random.randn(n_hid, n_out) * 0.1
        self.b3 = np.zeros(n_out)

    def weights(self):
        return [self.W1, self.b1, self.W2, self.b2, self.W3, self.b3]

    def load(self, other):
        for mine, theirs in zip(self.weights(), other.weights()):
            mine[...] = theirs

    def __call__(self, s):
        self.s = s
        self.h1 = np.maximum(s @ self.W1 + self.b1, 0)
        self.h2 = np.maximum(self.h1 @ self.W2 + self.b2, 0)
        return self.h2 @ self.W3 + self.b3

    def backward(self, dq):
        dW3 = self.h2.T @ dq
        db3 = dq.sum(axis=0)
        dh2 = dq @ self.W3.T
        dh2[self.h2 <= 0] = 0
        dW2 = self.h1.T @ dh2
        db2 = dh2.sum(axis=0)
        dh1 = dh2 @ self.W2.T
        dh1[self.h1 <= 0] = 0
        dW1 = self.s.T @ dh1
        db1 = dh1.sum(axis=0)
        return [dW1, db1, dW2, db2, dW3, db3]


class Adam:
    def __init__(self, params, lr=0.003, beta1=0.9, beta2=0.999):
        self.params, self.lr, self.beta1, self.beta2 = params, lr, beta1, beta2
        self.ms = [np.zeros_like(p) for p in params]
        self.vs = [np.zeros_like(p) for p in params]
        self.n = 0

    def step(self, grads):
        self.n += 1
        for p, g, m, v in zip(self.params, grads, self.ms, self.vs):
            m[:] = self.beta1 * m + (1 - self.beta1) * g
            v[:] = self.beta2 * v + (1 - self.beta2) * g * g
            p -= self.lr * (m / (1 - self.beta1 ** self.n)) / (np.sqrt(v / (1 - self.beta2 ** self.n)) + 1e-8)


online, target = QNet(2 * SIDE, 20, 4), QNet(2 * SIDE, 20, 4)
target.load(online)
opt = Adam(online.weights())
memory = deque(maxlen=600)
GAMMA, BATCH, REFRESH, KAPPA = 0.95, 32, 40, 0.5


def learn():
    sample = random.sample(memory, BATCH)
    s, a, r, s2, done = (np.array(col) for col in zip(*sample))
    rows = np.arange(BATCH)
    best = online(s2).argmax(axis=1)
    goal = r + GAMMA * (1 - done) * target(s2)[rows, best]
    q = online(s)
    td = q[rows, a] - goal
    small = np.abs(td) <= KAPPA
    loss = np.where(small, 0.5 * td ** 2, KAPPA * (np.abs(td) - 0.5 * KAPPA)).mean()
    dq = np.zeros_like(q)
    dq[rows, a] = np.clip(td, -KAPPA, KAPPA) / BATCH
    opt.step(online.backward(dq))
    return loss


def greedy_return():
    cell, total, discount = START, 0.0, 1.0
    for _ in range(20):
        cell, reward, done = env_step(cell, int(online(encode(cell)[None]).argmax()))
        total += discount * reward
        discount *= GAMMA
        if done:
            break
    return total


ticks, losses = 0, []
for episode in range(160):
    eps = max(0.05, 1.0 - episode / 100)
    cell, done, length = START, False, 0
    while not done and length < 25:
        if random.random() < eps:
            action = random.randrange(4)
        else:
            action = int(online(encode(cell)[None]).argmax())
        nxt, reward, done = env_step(cell, action)
        memory.append((encode(cell), action, reward, encode(nxt), float(done)))
        cell, length, ticks = nxt, length + 1, ticks + 1
        if len(memory) >= 64:
            losses.append(learn())
        if ticks % REFRESH == 0:
            target.load(online)
    if (episode + 1) % 20 == 0:
        print("episode %3d  eps %.2f  loss %.4f  greedy return %.3f" % (episode + 1, eps, np.mean(losses[-100:]), greedy_return()))
