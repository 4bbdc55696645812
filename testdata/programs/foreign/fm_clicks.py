"""
Factorization machine (Rendle, 2010) for click prediction.
Sparse rows, one example at a time, Adagrad.
"""
import math
import numpy as np

np.random.seed(7)

N_USERS, N_ADS, N_TAGS = 25, 30, 12
OFF_AD = N_USERS
OFF_TAG = N_USERS + N_ADS
D = N_USERS + N_ADS + N_TAGS
K = 4

# ---- hidden "truth" that generates the clicks ---------------------------
true_bias = 0.8 * np.random.randn(D)
true_vec = 0.7 * np.random.randn(D, 3)


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


def draw_row():
    u = np.random.randint(N_USERS)
    a = np.random.randint(N_ADS)
    n_tags = np.random.randint(1, 4)
    tags = np.random.choice(N_TAGS, size=n_tags, replace=False)
    idx = np.concatenate(([u, OFF_AD + a], OFF_TAG + tags))
    val = np.ones(len(idx))
    val[2:] = 1.0 / n_tags          # tags share the weight
    s = true_vec[idx].T @ val
    score = true_bias[idx] @ val + 0.5 * (s @ s - np.sum((true_vec[idx] * val[:, None]) ** 2))
    y = 1 if np.random.rand() < sigmoid(2.0 * score) else -1
    return idx, val, y


rows = [draw_row() for _ in range(900)]
train_rows, test_rows = rows[:700], rows[700:]

# ---- model --------------------------------------------------------------
w0 = np.zeros(1)
w = np.zeros(D)
V = 0.1 * np.random.randn(D, K)


def fm(idx, val):
    Vx = V[idx] * val[:, np.newaxis]
    s = Vx.sum(axis=0)
    inter = 0.5 * (np.dot(s, s) - np.sum(Vx ** 2))
    return w0[0] + np.dot(w[idx], val) + inter, s


def evaluate(data):
    ll, hit = 0.0, 0
    for idx, val, y in data:
        score, _ = fm(idx, val)
        ll += math.log(1.0 + math.exp(-y * score))
        hit += (score > 0) == (y > 0)
    return ll / len(data), hit / len(data)


# ---- training -----------------------------------------------------------
lr = 0.12
reg_w, reg_v = 1e-3, 5e-3
eps = 1e-8
G0 = np.zeros(1)
Gw = np.zeros(D)
GV = np.zeros((D, K))

for epoch in range(8):
    order = np.random.permutation(len(train_rows))
    running = 0.0
    for r in order:
        idx, val, y = train_rows[r]
        score, s = fm(idx, val)
        margin = y * score
        running += math.log(1.0 + math.exp(-margin))

        d = -y * sigmoid(-margin)
        g0 = d
        gw = d * val + reg_w * w[idx]
        gV = d * (np.outer(val, s) - V[idx] * (val ** 2)[:, None])
        gV += reg_v * V[idx]

        # adagrad on the touched coordinates only
        G0 += g0 ** 2
        Gw[idx] += gw ** 2
        GV[idx] += gV ** 2
        w0 -= lr * g0 / (np.sqrt(G0) + eps)
        w[idx] -= lr * gw / (np.sqrt(Gw[idx]) + eps)
        V[idx] -= lr * gV / (np.sqrt(GV[idx]) + eps)

    te_ll, te_acc = evaluate(test_rows)
    print("epoch %d  train logloss %.4f   test logloss %.4f  test acc %.3f"
          % (epoch, running / len(train_rows), te_ll, te_acc))

base = np.mean([y > 0 for _, _, y in test_rows])
print("majority baseline: %.3f" % max(base, 1 - base))
