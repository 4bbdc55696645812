"""Two curves; a step, then a threshold for some weights and a bound on the norm of others."""
import numpy as np

np.random.seed(7)
x = np.random.randn(48, 4)
y = np.stack([np.sin(x[:, 0]) + x[:, 1] * x[:, 2], np.cos(x[:, 3])], axis=1)
P = {"w1": np.random.randn(4, 6) * 0.5, "b1": np.zeros((1, 6)), "w2": np.random.randn(6, 2) * 0.4}
penalty, rate = 0.02, 0.1
for step in range(1, 21):
    k = np.random.choice(48, 16, replace=False)
    a = x[k] @ P["w1"] + P["b1"]
    h = np.maximum(a, 0.1 * a)
    out = h @ P["w2"]
    loss = np.mean((out - y[k]) ** 2)
    dout = 2 * (out - y[k]) / out.size
    da = dout @ P["w2"].T * np.where(a > 0, 1, 0.1)
    grads = {"w1": x[k].T @ da, "b1": da.sum(axis=0, keepdims=True), "w2": h.T @ dout}
    for k in P:
        P[k] = P[k] - rate * grads[k]
        if k == "w2":
            P[k] = np.sign(P[k]) * np.maximum(np.abs(P[k]) - rate * penalty, 0)
    P["w1"] *= np.minimum(1, 0.9 / np.linalg.norm(P["w1"], axis=0))
    if step % 5 == 0:
        print(step, loss)
