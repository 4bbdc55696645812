# Spiral with three arms, no functions at all.
# Convention as in the lecture: columns are samples.
import numpy as np

np.random.seed(7)
arms, per_arm = 3, 70
X = np.zeros((2, arms * per_arm))
labels = np.zeros(arms * per_arm, dtype=int)
for k in range(arms):
    cols = slice(k * per_arm, (k + 1) * per_arm)
    r = np.linspace(0.1, 1.0, per_arm)
    t = np.linspace(k * 2.1, k * 2.1 + 2.6, per_arm) + 0.12 * np.random.randn(per_arm)
    X[:, cols] = np.vstack([r * np.cos(t), r * np.sin(t)])
    labels[cols] = k

order = np.random.permutation(X.shape[1])
train, test = order[:160], order[160:]
Xtr, Xte = X[:, train], X[:, test]
Ytr = np.eye(arms)[labels[train]].T          # (3, m)
m = Xtr.shape[1]

sizes = [2, 16, 16, arms]
params, vel = {}, {}
for l in range(1, len(sizes)):
    params[f"W{l}"] = np.random.randn(sizes[l], sizes[l - 1]) / np.sqrt(sizes[l - 1])
    params[f"b{l}"] = 0.05 * np.random.randn(sizes[l], 1)
    vel[f"W{l}"] = np.zeros_like(params[f"W{l}"])
    vel[f"b{l}"] = np.zeros_like(params[f"b{l}"])

lr0, mu, lam, slope = 0.12, 0.9, 2e-3, 0.1
for it in range(301):
    # ---- forward
    Z1 = params["W1"] @ Xtr + params["b1"]
    A1 = np.tanh(Z1)
    Z2 = params["W2"] @ A1 + params["b2"]
    A2 = np.where(Z2 > 0, Z2, slope * Z2)
    Z3 = params["W3"] @ A2 + params["b3"]
    expZ = np.exp(Z3 - Z3.max(axis=0, keepdims=True))
    P = expZ / expZ.sum(axis=0, keepdims=True)

    data_loss = -np.sum(Ytr * np.log(P + 1e-15)) / m
    reg_loss = 0.5 * lam * sum(np.sum(params[f"W{l}"] ** 2) for l in (1, 2, 3))
    loss = data_loss + reg_loss

    # ---- backward
    grads = {}
    dZ3 = (P - Ytr) / m
    grads["W3"] = dZ3 @ A2.T + lam * params["W3"]
    grads["b3"] = dZ3.sum(axis=1, keepdims=True)
    dA2 = params["W3"].T @ dZ3
    dZ2 = dA2 * np.where(Z2 > 0, 1.0, slope)
    grads["W2"] = dZ2 @ A1.T + lam * params["W2"]
    grads["b2"] = dZ2.sum(axis=1, keepdims=True)
    dA1 = params["W2"].T @ dZ2
    dZ1 = dA1 * (1 - A1 ** 2)
    grads["W1"] = dZ1 @ Xtr.T + lam * params["W1"]
    grads["b1"] = dZ1.sum(axis=1, keepdims=True)

    # ---- heavy ball, step size halves every 100 iterations
    lr = lr0 * 0.5 ** (it // 100)
    for key in params:
        vel[key] = mu * vel[key] - lr * grads[key]
        params[key] = params[key] + vel[key]

    if it % 50 == 0:
        H = np.tanh(params["W1"] @ Xte + params["b1"])
        H = params["W2"] @ H + params["b2"]
        H = np.where(H > 0, H, slope * H)
        guess = np.argmax(params["W3"] @ H + params["b3"], axis=0)
        acc = np.mean(guess == labels[test])
        print(f"iter {it:3d}  lr {lr:.3f}  loss {loss:.4f}  test acc {acc:.3f}")
