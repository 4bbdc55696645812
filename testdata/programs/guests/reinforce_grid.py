"""REINFORCE with a learned state-value baseline and an entropy bonus, on a windy 5x5 grid.
Tabular softmax policy (one row of preferences per state). Gradient ascent."""
import numpy as np

rng = np.random.default_rng(314)
SIZE, GAMMA, MAX_T = 5, 0.95, 40
START, GOAL, PIT = (4, 0), (0, 4), (2, 2)
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]          # up right down left


def step(pos, a):
    if rng.random() < 0.1:
        a = rng.integers(4)
    r = min(max(pos[0] + MOVES[a][0], 0), SIZE - 1)
    c = min(max(pos[1] + MOVES[a][1], 0), SIZE - 1)
    if (r, c) == GOAL:
        return (r, c), 1.0, True
    if (r, c) == PIT:
        return (r, c), -1.0, True
    return (r, c), -0.02, False


def softmax(h):
    e = np.exp(h - h.max())
    return e / e.sum()


class Agent:
    def __init__(self):
        self.H = np.zeros((SIZE * SIZE, 4))
        self.V = np.zeros(SIZE * SIZE)

    def pi(self, s):
        return softmax(self.H[s])

    def act(self, s):
        return rng.choice(4, p=self.pi(s))

    def surrogate(self, episode, adv, beta):
        """sum_t adv_t log pi(a_t|s_t) + beta * entropy(s_t); its gradient is policy_gradient"""
        total = 0.0
        for (s, a, _), d in zip(episode, adv):
            p = self.pi(s)
            total += d * np.log(p[a]) - beta * (p * np.log(p)).sum()
        return total

    def policy_gradient(self, episode, adv, beta):
        g = np.zeros_like(self.H)
        for (s, a, _), d in zip(episode, adv):
            p = self.pi(s)
            score = -p
            score[a] += 1
            ent = -(p * np.log(p)).sum()
            g[s] += d * score - beta * p * (np.log(p) + ent)
        return g


def rollout(agent, greedy=False):
    pos, episode = START, []
    for _ in range(MAX_T):
        s = pos[0] * SIZE + pos[1]
        a = int(agent.pi(s).argmax()) if greedy else agent.act(s)
        pos, r, done = step(pos, a)
        episode.append((s, a, r))
        if done:
            break
    return episode


def returns(episode):
    G, out = 0.0, []
    for _, _, r in reversed(episode):
        G = r + GAMMA * G
        out.append(G)
    return out[::-1]


def train(n_batches=300, per_batch=10, lr=0.4, lr_v=0.1, beta=0.02):
    agent = Agent()
    recent = []
    for b in range(1, n_batches + 1):
        grad = np.zeros_like(agent.H)
        batch = [rollout(agent) for _ in range(per_batch)]
        for ep in batch:
            G = returns(ep)
            adv = [g - agent.V[s] for g, (s, _, _) in zip(G, ep)]
            grad += agent.policy_gradient(ep, adv, beta)
            recent.append(sum(r for _, _, r in ep))
        agent.H += lr * grad / per_batch
        for ep in batch:
            for g, (s, _, _) in zip(returns(ep), ep):
                agent.V[s] += lr_v * (g - agent.V[s])
        if b % 50 == 0:
            print(f'batch {b:3d}  mean undiscounted return {np.mean(recent):+.3f}')
            recent = []
    return agent


if __name__ == '__main__':
    agent = train()
    arrows = np.array(list('^>v<'))[agent.H.argmax(1)].reshape(SIZE, SIZE)
    arrows[GOAL], arrows[PIT] = 'G', 'X'
    print('\n'.join(' '.join(row) for row in arrows))
    test = [rollout(agent, greedy=True) for _ in range(300)]
    print('greedy policy: return %.3f, length %.1f, value of the start state %.3f' % (
        np.mean([sum(r for *_, r in e) for e in test]), np.mean([len(e) for e in test]), agent.V[START[0] * SIZE + START[1]]))
