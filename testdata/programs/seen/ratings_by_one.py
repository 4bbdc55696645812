import numpy as np

rng = np.random.RandomState(1)
users, items, k = 8, 6, 3
truth = rng.rand(users, 2) @ rng.rand(2, items)
known = [(u, i) for u in range(users) for i in range(items) if rng.rand() < 0.7]
P = rng.randn(users, k) * 0.3
Q = rng.randn(items, k) * 0.3
lr, reg = 0.05, 0.02
for epoch in range(2):
    total = 0
    for n in rng.permutation(len(known)):
        u, i = known[n]
        pu, qi = P[u].copy(), Q[i].copy()
        e = truth[u, i] - pu @ qi
        total += e ** 2 + reg * (pu @ pu + qi @ qi)
        P[u] += lr * 2 * (e * qi - reg * pu)
        Q[i] += lr * 2 * (e * pu - reg * qi)
    print(epoch, total)
