"""Parameters in a list of dictionaries, shorter names for them, and the best kept by copies."""
import numpy as np

rng = np.random.default_rng(0)
sizes = [2, 9, 7, 2]
params = [{"W": rng.normal(0, np.sqrt(2 / a), (a, b)), "b": np.zeros((1, b))} for a, b in zip(sizes, sizes[1:])]


def forward(x):
    out = [x]
    for i in range(len(params)):
        W, b = params[i]["W"], params[i]["b"]
        z = out[-1] @ W + b
        if i < len(params) - 1:
            out.append(np.maximum(0, z))
        else:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            out.append(e / e.sum(axis=1, keepdims=True))
    return out


def backward(out, y):
    grads = []
    delta = (out[-1] - np.eye(2)[y]) / len(y)
    for i in reversed(range(len(params))):
        grads.insert(0, {"W": out[i].T @ delta, "b": delta.sum(axis=0, keepdims=True)})
        if i > 0:
            W = params[i]["W"]
            delta = (delta @ W.T) * (out[i] > 0)
    return grads


x = rng.normal(size=(120, 2))
y = (x[:, 0] * x[:, 1] > 0).astype(int)
best, kept = np.inf, None
for epoch in range(10):
    order = rng.permutation(80)
    for k in range(0, 80, 20):
        rows = order[k:k + 20]
        grads = backward(forward(x[rows]), y[rows])
        for i in range(len(params)):
            params[i]["W"] -= 0.3 * grads[i]["W"]
            params[i]["b"] -= 0.3 * grads[i]["b"]
    loss = -np.mean(np.log(forward(x[80:])[-1][np.arange(40), y[80:]]))
    if loss < best:
        best = loss
        kept = [{"W": p["W"].copy(), "b": p["b"].copy()} for p in params]
params = kept
print(best)
