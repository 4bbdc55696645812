"""Rating prediction with biased matrix factorisation, one rating at a time."""
import numpy as np

rng = np.random.RandomState(42)
n_users, n_items, rank = 40, 30, 5

true_u, true_i = rng.randn(n_users, 3) * 0.6, rng.randn(n_items, 3) * 0.6
ratings = []
for u in range(n_users):
    for i in rng.choice(n_items, 18, replace=False):
        r = 3.4 + 0.4 * np.sin(u) + 0.5 * np.cos(3 * i) + true_u[u] @ true_i[i] + 0.5 * rng.randn()
        ratings.append((u, i, float(np.clip(r, 1, 5))))
rng.shuffle(ratings)
ratings = [(int(u), int(i), r) for u, i, r in ratings]
cut = int(0.85 * len(ratings))
train, valid = ratings[:cut], ratings[cut:]

mean = np.mean([r for _, _, r in train])
P = 0.3 * rng.randn(n_users, rank)
Q = 0.3 * rng.randn(n_items, rank)
bu, bi = np.zeros(n_users), np.zeros(n_items)


def predict(u, i):
    return mean + bu[u] + bi[i] + P[u] @ Q[i]


def rmse(rows):
    return np.sqrt(np.mean([(r - predict(u, i)) ** 2 for u, i, r in rows]))


def penalised_loss(rows, reg, reg_b):
    """what the updates below go down on (each rating carries its own penalty)"""
    total = 0.0
    for u, i, r in rows:
        total += 0.5 * (r - predict(u, i)) ** 2
        total += 0.5 * reg * (P[u] @ P[u] + Q[i] @ Q[i])
        total += 0.5 * reg_b * (bu[u] ** 2 + bi[i] ** 2)
    return total / len(rows)


eta, reg, reg_b = 0.05, 0.02, 0.02
best, best_state, bad_epochs = np.inf, None, 0
for epoch in range(1, 41):
    for n in rng.permutation(len(train)):
        u, i, r = train[n]
        err = r - predict(u, i)
        pu = P[u].copy()
        bu[u] += eta * (err - reg_b * bu[u])
        bi[i] += eta * (err - reg_b * bi[i])
        P[u] += eta * (err * Q[i] - reg * P[u])
        Q[i] += eta * (err * pu - reg * Q[i])
    eta *= 0.97
    score = rmse(valid)
    if epoch % 4 == 0:
        print(f"epoch {epoch:2d}  loss {penalised_loss(train, reg, reg_b):.5f}  "
              f"train rmse {rmse(train):.4f}  valid rmse {score:.4f}")
    if score < best - 1e-4:
        best, bad_epochs = score, 0
        best_state = (P.copy(), Q.copy(), bu.copy(), bi.copy())
    else:
        bad_epochs += 1
        if bad_epochs >= 4:
            print("no progress, stopping after epoch", epoch)
            break

P, Q, bu, bi = best_state
print("final valid rmse %.4f" % rmse(valid))
