# REINFORCE with a learned baseline.
# The world is a corridor of 7 cells; start in the middle, +1 at the right end, a small
# price of 0.02 for each step, and the left end is a pit (-0.5). The floor is slippery.
import numpy as np

L = 7
rs = np.random.RandomState(8)
GAMMA = 0.95
ENT = 0.01


def features(cell):
    # bumps over the corridor, plus a constant
    x = np.exp(-0.5 * (np.arange(0, L, 2) - cell) ** 2)
    return np.append(x, 1.0)


class Policy:
    def __init__(self, d, h, n_actions):
        self.A = rs.randn(h, d) * 0.5
        self.B = rs.randn(n_actions, h) * 0.1

    def probs(self, x):
        hid = np.tanh(self.A.dot(x))
        z = self.B.dot(hid)
        z = np.exp(z - z.max())
        return hid, z / z.sum()

    def grad(self, x, action, adv):
        """gradient (to ascend) of adv * log pi(action|x) + ENT * entropy"""
        hid, p = self.probs(x)
        onehot = np.zeros(len(p))
        onehot[action] = 1
        dz = adv * (onehot - p)
        logp = np.log(p)
        entropy = -(p * logp).sum()
        dz += ENT * (-p * (logp + entropy))
        dB = np.outer(dz, hid)
        dhid = self.B.T.dot(dz)
        dA = np.outer(dhid * (1 - hid * hid), x)
        return dA, dB


class Baseline:
    """value of a cell, linear in the features, least squares by sgd"""

    def __init__(self, d):
        self.w = np.zeros(d)

    def value(self, x):
        return self.w.dot(x)

    def grad(self, x, ret):
        # of 0.5 * (value - ret)^2
        return (self.value(x) - ret) * x


def step_world(cell, action):
    move = 1 if action == 1 else -1
    if rs.rand() < 0.1:
        move = -move
    cell = cell + move
    if cell == L - 1:
        return cell, 1.0, True
    if cell == 0:
        return cell, -0.5, True
    return cell, -0.02, False


def episode(policy):
    cell, traj = L // 2, []
    for t in range(40):
        x = features(cell)
        _, p = policy.probs(x)
        action = 0 if rs.rand() < p[0] else 1
        cell, reward, done = step_world(cell, action)
        traj.append((x, action, reward))
        if done:
            break
    return traj


def returns(rewards):
    out = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


policy = Policy(5, 6, 2)
baseline = Baseline(5)
lr_pi, lr_v = 0.15, 0.05
scores = []
for ep in range(400):
    traj = episode(policy)
    G = returns([r for _, _, r in traj])
    gA = np.zeros_like(policy.A)
    gB = np.zeros_like(policy.B)
    gw = np.zeros_like(baseline.w)
    for t, (x, a, r) in enumerate(traj):
        advantage = G[t] - baseline.value(x)
        dA, dB = policy.grad(x, a, advantage)
        gA += dA
        gB += dB
        gw += baseline.grad(x, G[t])
    n = len(traj)
    policy.A += lr_pi * gA / n
    policy.B += lr_pi * gB / n
    baseline.w -= lr_v * gw / n
    scores.append(sum(r for _, _, r in traj))
    if (ep + 1) % 80 == 0:
        print("episodes %4d  mean score of the last 80: %.4f" % (ep + 1, np.mean(scores[-80:])))

print("P(right) per cell:", [round(float(policy.probs(features(c))[1][1]), 3) for c in range(1, L - 1)])
print("values per cell:  ", [round(float(baseline.value(features(c))), 3) for c in range(1, L - 1)])
