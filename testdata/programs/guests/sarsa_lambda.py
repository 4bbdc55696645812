# Mountain car, SARSA(lambda) with linear function approximation over plain tile coding,
# replacing traces, epsilon-greedy.  Classic textbook exercise.
import numpy as np

rng = np.random.default_rng(6)
TILINGS, TILES = 8, 8
N_FEAT = TILINGS * (TILES + 1) ** 2
offsets = np.arange(TILINGS) / TILINGS


def active_tiles(x, v):
    """indices of the TILINGS active binary features"""
    fx = (x + 1.2) / 1.7 * TILES
    fv = (v + 0.07) / 0.14 * TILES
    ix = (fx + offsets).astype(int)
    iv = (fv + 3 * offsets % 1).astype(int)
    return (np.arange(TILINGS) * (TILES + 1) + ix) * (TILES + 1) + iv


def move(x, v, a):
    v = min(max(v + 0.001 * (a - 1) - 0.0025 * np.cos(3 * x), -0.07), 0.07)
    x = x + v
    if x < -1.2:
        x, v = -1.2, 0.0
    return x, v, x >= 0.5


w = np.zeros((3, N_FEAT))


def q_values(tiles):
    return w[:, tiles].sum(axis=1)


def choose(tiles, eps):
    if rng.random() < eps:
        return int(rng.integers(3))
    q = q_values(tiles)
    return int(rng.choice(np.flatnonzero(q == q.max())))


def episode(alpha, lam, gamma, eps, limit=1500):
    x, v = rng.uniform(-0.6, -0.4), 0.0
    z = np.zeros_like(w)
    tiles = active_tiles(x, v)
    a = choose(tiles, eps)
    for n in range(1, limit + 1):
        x, v, done = move(x, v, a)
        delta = -1.0 - q_values(tiles)[a]
        z *= gamma * lam
        z[a, tiles] = 1.0
        if done:
            w[...] += alpha * delta * z
            return n
        nxt = active_tiles(x, v)
        b = choose(nxt, eps)
        delta += gamma * q_values(nxt)[b]
        w[...] += alpha * delta * z
        tiles, a = nxt, b
    return limit


def greedy_length(starts):
    out = []
    for x in starts:
        v = 0.0
        for n in range(1, 501):
            x, v, done = move(x, v, int(q_values(active_tiles(x, v)).argmax()))
            if done:
                break
        out.append(n)
    return np.mean(out)


lengths = []
for ep in range(1, 101):
    lengths.append(episode(alpha=0.4 / TILINGS, lam=0.9, gamma=1.0, eps=0.02 if ep < 70 else 0.0))
    if ep % 20 == 0:
        print('episodes %3d-%3d: mean steps %.1f' % (ep - 19, ep, np.mean(lengths[-20:])))
print('greedy steps to the goal from a grid of starts: %.1f' % greedy_length(np.linspace(-0.6, -0.4, 15)))
grid = [[-q_values(active_tiles(x, v)).max() for x in (-1.0, -0.5, 0.0, 0.4)] for v in (-0.04, 0.0, 0.04)]
print('cost-to-go (rows: v, columns: x)')
print(np.round(grid, 1))
