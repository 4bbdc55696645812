"""A Boltzmann machine by persistent chains; a pseudo-likelihood is watched beside it."""
import numpy as np

rng = np.random.RandomState(4)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def free_energy(v):
    return -v @ c - np.log(1 + np.exp(v @ W + b)).sum(axis=1)


W, b, c = rng.normal(0, 0.05, (12, 6)), np.zeros(6), np.zeros(12)
chains = np.zeros((10, 6))
data = (rng.rand(4, 12) > 0.6).astype(float)[rng.randint(0, 4, 80)]
for epoch in range(3):
    likelihood = 0
    for k in range(8):
        v = data[k::8]
        h = sigmoid(v @ W + b)
        sample = rng.binomial(1, sigmoid(chains @ W.T + c))
        h_sample = sigmoid(sample @ W + b)
        W += 0.05 * (v.T @ h - sample.T @ h_sample) / 10
        b += 0.05 * (h.mean(axis=0) - h_sample.mean(axis=0))
        c += 0.05 * (v.mean(axis=0) - sample.mean(axis=0))
        chains = rng.binomial(1, h_sample)
        turned = v.copy()
        i = rng.randint(0, 12, len(v))
        turned[np.arange(len(v)), i] = 1 - turned[np.arange(len(v)), i]
        likelihood += 12 * np.log(sigmoid(free_energy(turned) - free_energy(v))).sum()
    print(likelihood / 80)
