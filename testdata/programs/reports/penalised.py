# Functions on dictionaries, tanh, and a penalty on weights and biases alike.
import numpy as np

rng = np.random.RandomState(2)
x = rng.randn(60, 4)
y = np.eye(3)[rng.randint(3, size=60)]
P = {"W1": rng.randn(4, 8) * 0.5, "b1": rng.randn(8) * 0.1, "W2": rng.randn(8, 3) * 0.5, "b2": rng.randn(3) * 0.1}
reg = 0.02


def forward(P):
    h = np.tanh(x @ P["W1"] + P["b1"])
    z = h @ P["W2"] + P["b2"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return h, e / e.sum(axis=1, keepdims=True)


for step in range(8):
    h, p = forward(P)
    loss = -np.sum(y * np.log(p)) / len(x) + reg * sum(np.sum(w * w) for w in P.values())
    dz = (p - y) / len(x)
    G = {"W2": h.T @ dz + 2 * reg * P["W2"], "b2": dz.sum(axis=0) + 2 * reg * P["b2"]}
    da = dz @ P["W2"].T * (1 - h ** 2)
    G["W1"] = x.T @ da + 2 * reg * P["W1"]
    G["b1"] = da.sum(axis=0) + 2 * reg * P["b1"]
    for k in P:
        P[k] -= 0.5 * G[k]
print(round(loss, 6))
