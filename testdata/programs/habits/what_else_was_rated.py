# All items that a user has rated take part in each of the user's ratings: one row's
# gradient for many rows, beside a decay of each.
import numpy as np

rng = np.random.default_rng(6)
users, items, size = 8, 15, 4
likes = rng.integers(1, 6, (users, items)) * (rng.random((users, items)) < 0.4)
of = [np.flatnonzero(row) for row in likes]
P, Q, Y = (rng.normal(0, 0.3, (n, size)) for n in (users, items, items))
bias = np.zeros(items)
rate, decay = 0.05, 0.02
for epoch in range(2):
    total = 0
    for u in range(users):
        for i in of[u]:
            scale = 1 / np.sqrt(len(of[u]))
            who = P[u] + scale * Y[of[u]].sum(axis=0)
            err = likes[u, i] - 3 - bias[i] - Q[i] @ who
            total += err ** 2
            dq = err * who - decay * Q[i]
            dy = err * scale * Q[i] - decay * Y[of[u]]
            dp = err * Q[i] - decay * P[u]
            bias[i] += rate * (err - decay * bias[i])
            P[u] += rate * dp
            Q[i] += rate * dq
            Y[of[u]] += rate * dy
    print(epoch, round(total, 3))
