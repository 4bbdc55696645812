import numpy as np

rng = np.random.default_rng(0)
theta = np.zeros((3, 4))
baseline = 0.0
means = rng.normal(size=(3, 4))
for episode in range(20):
    s = rng.integers(3)
    logits = theta[s]
    p = np.exp(logits - logits.max())
    p /= p.sum()
    a = rng.choice(4, p=p)
    reward = means[s, a] + rng.normal() * .1
    g = -p
    g[a] += 1
    theta[s] += .1 * (reward - baseline) * g
    baseline += .1 * (reward - baseline)
print(theta.round(3))
