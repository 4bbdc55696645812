# ## Lesson 4: linear separators (and one kernel)
# pocket perceptron, averaged perceptron, Pegasos, squared hinge with heavy ball,
# kernel SVM in the dual. Labels are -1 / +1 everywhere.
import numpy as np

rng = np.random.default_rng(404)
n = 300
y = np.where(rng.random(n) < 0.4, 1, -1)
X = rng.normal(size=(n, 2)) + np.outer(y, [1.1, 0.9])
X = np.c_[X, np.ones(n)]                       # bias as a constant column
Xtr, ytr, Xte, yte = X[:200], y[:200], X[200:], y[200:]


def err(w, X, y):
    return np.mean(np.sign(X @ w) != y)


# ### 1. perceptron, with a pocket and with an average
w = np.zeros(3)
w_sum = np.zeros(3)
pocket, pocket_err = w.copy(), 1.0
mistakes_per_pass = []
for passes in range(15):
    mistakes = 0
    for i in rng.permutation(200):
        if ytr[i] * (w @ Xtr[i]) <= 0:
            w = w + ytr[i] * Xtr[i]
            mistakes += 1
            e = err(w, Xtr, ytr)
            if e < pocket_err:
                pocket, pocket_err = w.copy(), e
        w_sum += w
    mistakes_per_pass.append(mistakes)
print("perceptron mistakes per pass:", mistakes_per_pass)
for name, v in [("last", w), ("pocket", pocket), ("averaged", w_sum)]:
    print("   %-9s train err %.3f test err %.3f" % (name, err(v, Xtr, ytr), err(v, Xte, yte)))


# ### 2. Pegasos: sub-gradient of  lam/2 |w|^2 + mean hinge, step 1/(lam t), projection
lam = 0.01


def primal(w, X, y):
    return lam / 2 * w @ w + np.maximum(0, 1 - y * (X @ w)).mean()


w = np.zeros(3)
for t in range(1, 2001):
    i = rng.integers(200)
    eta = 1 / (lam * t)
    if ytr[i] * (Xtr[i] @ w) < 1:
        w = (1 - eta * lam) * w + eta * ytr[i] * Xtr[i]
    else:
        w = (1 - eta * lam) * w
    w *= min(1.0, 1 / np.sqrt(lam) / (np.linalg.norm(w) + 1e-12))
    if t in (1, 10, 100, 500, 1000, 2000):
        print("pegasos t=%4d objective %.4f" % (t, primal(w, Xtr, ytr)))
print("   test err %.3f" % err(w, Xte, yte))

# ### 3. the mini-batch version with k = 20
w = np.zeros(3)
for t in range(1, 301):
    b = rng.choice(200, 20, replace=False)
    viol = b[ytr[b] * (Xtr[b] @ w) < 1]
    sub = lam * w - (ytr[viol, None] * Xtr[viol]).sum(0) / 20
    w = w - sub / (lam * (t + 20))
    if t % 100 == 0:
        print("pegasos k=20 t=%3d objective %.4f" % (t, primal(w, Xtr, ytr)))

# ### 4. squared hinge is smooth: full gradient and heavy ball (Polak's form)
costs = np.where(ytr > 0, 1.5, 1.0)            # positives are rarer
w = w_old = np.zeros(3)
for t in range(60):
    slack = np.maximum(0, 1 - ytr * (Xtr @ w))
    f = lam / 2 * (w @ w) + (costs * slack ** 2).mean()
    grad = lam * w - 2 * Xtr.T @ (costs * slack * ytr) / 200
    w, w_old = w - 0.05 * grad + 0.8 * (w - w_old), w
    if t % 15 == 14:
        print("squared hinge t=%2d objective %.5f |grad| %.5f" % (t, f, np.linalg.norm(grad)))
print("   test err %.3f" % err(w, Xte, yte))

# ### 5. kernel machine on a problem no line can solve; dual coordinate ascent
Z = rng.uniform(-1.5, 1.5, (260, 2))
s = np.where((Z ** 2).sum(1) < 1.1, 1, -1)
gamma, C = 2.0, 5.0


def kernel(a, b):
    return np.exp(-gamma * ((a[:, None] - b[None]) ** 2).sum(-1)) + 1.0    # +1 plays the bias


K = kernel(Z[:180], Z[:180])
Q = K * np.outer(s[:180], s[:180])
alpha = np.zeros(180)
Qa = np.zeros(180)
for sweep in range(12):
    for i in rng.permutation(180):
        new = np.clip(alpha[i] + (1 - Qa[i]) / Q[i, i], 0, C)
        if new != alpha[i]:
            Qa += Q[:, i] * (new - alpha[i])
            alpha[i] = new
    dual = alpha.sum() - 0.5 * alpha @ Qa
    prim = 0.5 * alpha @ Qa + C * np.maximum(0, 1 - Qa).sum()
    if sweep % 3 == 2:
        print("dual sweep %2d  dual %.4f  primal %.4f  support vectors %d" % (sweep, dual, prim, np.sum(alpha > 1e-9)))
pred = np.sign(kernel(Z[180:], Z[:180]) @ (alpha * s[:180]))
print("   kernel test err %.3f" % np.mean(pred != s[180:]))

# ### 6. the same dual, projected gradient ascent instead (slower, simpler)
a2 = np.zeros(180)
lip = np.linalg.eigvalsh(Q)[-1]
for it in range(200):
    g = 1 - Q @ a2
    a2 = np.clip(a2 + g / lip, 0, C)
    if it % 50 == 49:
        print("projected ascent %3d dual %.4f" % (it + 1, a2.sum() - 0.5 * a2 @ Q @ a2))
