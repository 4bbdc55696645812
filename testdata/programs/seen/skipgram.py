import numpy as np

rng = np.random.default_rng(3)
corpus = rng.integers(0, 15, 200)
E = rng.normal(0, .3, (15, 6))
C = rng.normal(0, .3, (15, 6))
lr = .5
for it in range(10):
    pos = rng.integers(2, 198, 16)
    centre, context = corpus[pos], corpus[pos + rng.choice([-2, -1, 1, 2], 16)]
    v = E[centre]
    scores = v @ C.T
    scores -= scores.max(axis=1, keepdims=True)
    prob = np.exp(scores)
    prob /= prob.sum(axis=1, keepdims=True)
    loss = -np.log(prob[np.arange(16), context]).sum() / 16
    err = prob
    err[np.arange(16), context] -= 1
    err /= 16
    dC = err.T @ v
    dv = err @ C
    dE = np.zeros_like(E)
    np.add.at(dE, centre, dv)
    E -= lr * dE
    C -= lr * dC
    print(it, loss)
