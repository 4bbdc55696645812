import numpy as np
from collections import deque


class QNetwork:
    def __init__(self, rng, states, actions, hidden=10):
        self.W1 = rng.normal(0, 0.5, (states, hidden))
        self.W2 = rng.normal(0, 0.3, (hidden, actions))
        self.b1 = np.zeros(hidden)
        self.b2 = np.zeros(actions)

    def values(self, s):
        self.s = s
        self.z = s @ self.W1 + self.b1
        self.h = np.maximum(self.z, 0)
        return self.h @ self.W2 + self.b2

    def learn(self, action, goal, rate):
        n = len(goal)
        q = self.values(self.s)
        miss = q[np.arange(n), action] - goal
        loss = np.mean(np.where(np.abs(miss) < 1, 0.5 * miss ** 2, np.abs(miss) - 0.5))
        dq = np.zeros_like(q)
        dq[np.arange(n), action] = np.clip(miss, -1, 1) / n
        dW2 = self.h.T @ dq
        db2 = dq.sum(axis=0)
        dh = dq @ self.W2.T
        dh[self.z <= 0] = 0
        dW1 = self.s.T @ dh
        db1 = dh.sum(axis=0)
        self.W1 -= rate * dW1
        self.b1 -= rate * db1
        self.W2 -= rate * dW2
        self.b2 -= rate * db2
        return loss

    def copy_from(self, other):
        for name in ("W1", "W2", "b1", "b2"):
            setattr(self, name, getattr(other, name).copy())


rng = np.random.default_rng(5)
CELLS = 5
online, frozen = QNetwork(rng, CELLS, 2), QNetwork(rng, CELLS, 2)
frozen.copy_from(online)
memory = deque(maxlen=200)
cell = 0
for tick in range(60):              # a corridor: the reward is at its end
    action = int(rng.integers(2))
    after = min(max(cell + (1 if action else -1), 0), CELLS - 1)
    done = after == CELLS - 1
    memory.append((cell, action, float(done), after, done))
    cell = 0 if done else after
eye = np.eye(CELLS)
for update in range(12):
    pick = rng.integers(0, len(memory), 16)
    s, a, r, s2, end = (np.array(c) for c in zip(*[memory[i] for i in pick]))
    goal = r + 0.9 * np.where(end, 0, frozen.values(eye[s2]).max(axis=1))
    online.values(eye[s])
    print(update, online.learn(a, goal, 0.5))
    if update % 4 == 3:
        frozen.copy_from(online)
