# The output vectors begin at zero: every score of the first step is exactly 0, where
# the parts of the sigmoid bend though it does not.
import numpy as np

rng = np.random.default_rng(4)
words, size, pairs, others = 60, 6, 12, 3
inner = rng.normal(0, 0.3, (words, size))
outer = np.zeros((words, size))
rate = 0.2


def squash(score):
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1 / (1 + small), small / (1 + small))


for step in range(12):
    centre = rng.integers(0, words, pairs)
    near = (centre + rng.integers(1, 3, pairs)) % words
    far = rng.integers(0, words, (pairs, others))
    u, v, w = inner[centre], outer[near], outer[far]
    yes = squash((u * v).sum(axis=1))
    no = squash((w * u[:, None, :]).sum(axis=2))
    loss = -np.mean(np.log(yes)) - np.mean(np.log(1 - no).sum(axis=1))
    dyes, dno = (yes - 1) / pairs, no / pairs
    du = dyes[:, None] * v + (dno[:, :, None] * w).sum(axis=1)
    dv = dyes[:, None] * u
    dw = dno[:, :, None] * u[:, None, :]
    np.add.at(inner, centre, -rate * du)
    np.add.at(outer, near, -rate * dv)
    np.add.at(outer, far.reshape(-1), -rate * dw.reshape(-1, size))
    if step % 4 == 0:
        print(step, round(loss, 4))
