import copy
import numpy as np

rng = np.random.default_rng(15)
X, V = rng.normal(size=(50, 4)), rng.normal(size=(25, 4))
f = lambda a: (np.sin(a[:, 0]) + a[:, 1] ** 2)[:, None]
y, w = f(X), f(V)
model = {"W1": rng.normal(0, .5, (4, 12)), "b1": np.zeros(12), "W2": rng.normal(0, .5, (12, 1)), "b2": np.zeros(1)}


def predict(m, x):
    return np.maximum(x @ m["W1"] + m["b1"], 0) @ m["W2"] + m["b2"]


best, kept, patience = np.inf, None, 0
lr = .05
for epoch in range(40):
    h = np.maximum(X @ model["W1"] + model["b1"], 0)
    out = h @ model["W2"] + model["b2"]
    val = np.mean((predict(model, V) - w) ** 2)
    if val < best:
        best, kept, patience = val, copy.deepcopy(model), 0
    else:
        patience += 1
        lr *= .5
        if patience > 3:
            break
    d = 2 * (out - y) / len(X)
    grads = {"W2": h.T @ d, "b2": d.sum(0)}
    d = (d @ model["W2"].T) * (h > 0)
    grads["W1"], grads["b1"] = X.T @ d, d.sum(0)
    for k in model:
        model[k] = model[k] - lr * grads[k]
    if epoch % 5 == 0:
        print(epoch, np.mean((out - y) ** 2), val)
print("best", best)
