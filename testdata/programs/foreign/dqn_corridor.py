"""Double DQN with replay memory on a windy corridor."""
import random
from collections import deque, namedtuple
import numpy as np

Transition = namedtuple('Transition', 's a r s2 done')

N_STATES, N_ACTIONS, HIDDEN = 9, 3, 20
GAMMA = 0.95


class Corridor:
    """start in the middle, pit on the left, goal on the right; actions: left, stay, right"""

    def __init__(self, rng):
        self.rng = rng

    def observe(self):
        x = 2.0 * self.pos / (N_STATES - 1) - 1.0
        return np.array([x, x * x, np.sin(np.pi * x), self.wind])

    def reset(self):
        self.pos = N_STATES // 2
        self.wind = self.rng.choice([-1.0, 0.0])
        self.clock = 0
        return self.observe()

    def step(self, action):
        move = action - 1
        if self.rng.random() < 0.25:
            move += int(self.wind)
        self.pos = max(0, min(N_STATES - 1, self.pos + move))
        self.clock += 1
        if self.pos == 0:
            return self.observe(), -1.0, True
        if self.pos == N_STATES - 1:
            return self.observe(), 1.0, True
        return self.observe(), -0.02, self.clock >= 40


def init_net(rs, n_in=4):
    return {
        'W1': rs.randn(n_in, HIDDEN) * np.sqrt(2.0 / n_in), 'b1': np.zeros(HIDDEN),
        'W2': rs.randn(HIDDEN, N_ACTIONS) * np.sqrt(1.0 / HIDDEN), 'b2': np.zeros(N_ACTIONS),
    }


def q_values(net, s):
    pre = s @ net['W1'] + net['b1']
    hid = np.maximum(0.0, pre)
    return hid @ net['W2'] + net['b2'], hid


def td_gradient(net, target, batch):
    S = np.array([t.s for t in batch])
    A = np.array([t.a for t in batch])
    R = np.array([t.r for t in batch])
    S2 = np.array([t.s2 for t in batch])
    alive = np.array([0.0 if t.done else 1.0 for t in batch])
    rows = np.arange(len(batch))

    # double DQN: online net picks, target net rates
    choice = q_values(net, S2)[0].argmax(axis=1)
    q_next = q_values(target, S2)[0][rows, choice]
    y = R + GAMMA * alive * q_next

    q, hid = q_values(net, S)
    td = q[rows, A] - y
    # huber
    loss = np.where(np.abs(td) < 1, 0.5 * td ** 2, np.abs(td) - 0.5).mean()
    dq = np.zeros_like(q)
    dq[rows, A] = np.clip(td, -1, 1) / len(batch)
    dhid = dq @ net['W2'].T
    dhid[hid == 0] = 0
    grads = {
        'W2': hid.T @ dq, 'b2': dq.sum(axis=0),
        'W1': S.T @ dhid, 'b1': dhid.sum(axis=0),
    }
    return loss, grads


def rmsprop(net, grads, cache, lr=0.004, rho=0.95, eps=1e-5):
    for k in net:
        cache[k] = rho * cache[k] + (1 - rho) * grads[k] ** 2
        net[k] = net[k] - lr * grads[k] / np.sqrt(cache[k] + eps)


def main():
    rng = random.Random(3)
    rs = np.random.RandomState(3)
    env = Corridor(rng)
    net = init_net(rs)
    target = {k: v.copy() for k, v in net.items()}
    cache = {k: np.zeros_like(v) for k, v in net.items()}
    memory = deque(maxlen=1500)
    total_steps, losses, returns = 0, [], []

    for episode in range(1, 141):
        s, done, ret = env.reset(), False, 0.0
        while not done:
            epsilon = max(0.05, 1.0 - total_steps / 800)
            if rng.random() < epsilon:
                a = rng.randrange(N_ACTIONS)
            else:
                a = int(q_values(net, s)[0].argmax())
            s2, r, done = env.step(a)
            memory.append(Transition(s, a, r, s2, done))
            s = s2
            ret += r
            total_steps += 1
            if len(memory) >= 64 and total_steps % 2 == 0:
                loss, grads = td_gradient(net, target, rng.sample(memory, 32))
                rmsprop(net, grads, cache)
                losses.append(loss)
            if total_steps % 60 == 0:
                target = {k: v.copy() for k, v in net.items()}
        returns.append(ret)
        if episode % 20 == 0:
            print('episode %3d  steps %4d  eps %.2f  return %6.3f  loss %.5f' % (
                episode, total_steps, epsilon, np.mean(returns[-20:]), np.mean(losses[-50:] or [0])))

    env.reset()
    for wind in (-1.0, 0.0):
        env.wind = wind
        arrows = ''
        for env.pos in range(1, N_STATES - 1):
            arrows += '<.>'[q_values(net, env.observe())[0].argmax()]
        print('wind %4.1f  policy %s' % (wind, arrows))
    return net


if __name__ == '__main__':
    main()
