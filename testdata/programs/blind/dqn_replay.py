import numpy as np
import random
from collections import deque, namedtuple

Transition = namedtuple('Transition', ('state', 'action', 'reward', 'next_state', 'done'))
random.seed(6)
np.random.seed(6)


class Corridor:
    """Walk left or right; a sweet at the right end, a small one at the left."""
    LENGTH = 6

    def reset(self):
        self.pos, self.time = 2, 0
        return self._obs()

    def _obs(self):
        v = np.full(self.LENGTH, -0.2)
        v[self.pos] = 1.0
        return v

    def step(self, action):
        self.pos += 1 if action == 1 else -1
        self.time += 1
        if self.pos == self.LENGTH - 1:
            return self._obs(), 1.0, True
        if self.pos == 0:
            return self._obs(), 0.2, True
        return self._obs(), -0.02, self.time >= 15


class ReplayMemory(object):
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, batch_size):
        batch = Transition(*zip(*random.sample(self.memory, batch_size)))
        return [np.array(part) for part in batch]

    def __len__(self):
        return len(self.memory)


class DuelingNet:
    """Q(s, a) = V(s) + A(s, a) - mean A(s, .), over one shared tanh layer."""

    def __init__(self, n_obs, n_hidden, n_actions):
        self.theta = {
            'w1': np.random.randn(n_obs, n_hidden) / np.sqrt(n_obs), 'b1': np.zeros(n_hidden),
            'wv': np.random.randn(n_hidden, 1) * 0.3, 'bv': np.zeros(1),
            'wa': np.random.randn(n_hidden, n_actions) * 0.3, 'ba': np.zeros(n_actions),
        }

    def forward(self, s):
        th = self.theta
        hidden = np.tanh(s @ th['w1'] + th['b1'])
        value = hidden @ th['wv'] + th['bv']
        adv = hidden @ th['wa'] + th['ba']
        return value + adv - adv.mean(axis=1, keepdims=True), hidden

    def backward(self, s, hidden, dq):
        th = self.theta
        dvalue = dq.sum(axis=1, keepdims=True)
        dadv = dq - dq.mean(axis=1, keepdims=True)
        dhidden = dvalue @ th['wv'].T + dadv @ th['wa'].T
        dpre = dhidden * (1 - hidden ** 2)
        return {'w1': s.T @ dpre, 'b1': dpre.sum(axis=0),
                'wv': hidden.T @ dvalue, 'bv': dvalue.sum(axis=0),
                'wa': hidden.T @ dadv, 'ba': dadv.sum(axis=0)}


BATCH_SIZE, GAMMA, TAU, LR, CLIP = 16, 0.9, 0.1, 0.25, 1.0
EPS_START, EPS_END = 0.9, 0.1
policy_net, target_net = DuelingNet(6, 10, 2), DuelingNet(6, 10, 2)
target_net.theta = {k: v.copy() for k, v in policy_net.theta.items()}
memory, env = ReplayMemory(300), Corridor()
losses, returns, best_action = [], [], None


def optimize_model():
    state, action, reward, next_state, done = memory.sample(BATCH_SIZE)
    rows = np.arange(BATCH_SIZE)
    # double DQN: the policy net chooses, the target net says what it is worth
    chosen = policy_net.forward(next_state)[0].argmax(axis=1)
    next_value = target_net.forward(next_state)[0][rows, chosen]
    expected = reward + GAMMA * next_value * (1 - done)
    q, hidden = policy_net.forward(state)
    td = q[rows, action] - expected
    # Huber loss
    small = np.abs(td) < CLIP
    loss = np.where(small, 0.5 * td ** 2, CLIP * (np.abs(td) - 0.5 * CLIP)).mean()
    dq = np.zeros_like(q)
    dq[rows, action] = np.where(small, td, CLIP * np.sign(td)) / BATCH_SIZE
    grads = policy_net.backward(state, hidden, dq)
    for k in policy_net.theta:
        policy_net.theta[k] -= LR * grads[k]
    return loss


for episode in range(40):
    state, done, total = env.reset(), False, 0.0
    eps = EPS_END + (EPS_START - EPS_END) * np.exp(-episode / 10)
    while not done:
        explore = random.random() < eps
        action = random.randrange(2) if explore else int(policy_net.forward(state[None])[0].argmax())
        next_state, reward, done = env.step(action)
        memory.push(state, action, reward, next_state, float(done))
        state = next_state
        total += reward
        if len(memory) >= BATCH_SIZE:
            losses.append(optimize_model())
            for k in target_net.theta:
                target_net.theta[k] = TAU * policy_net.theta[k] + (1 - TAU) * target_net.theta[k]
    returns.append(total)
    if episode % 8 == 7:
        print('Episode {}\tlast returns: {:.3f}\tloss: {:.5f}'.format(episode + 1, np.mean(returns[-8:]), np.mean(losses[-30:])))
