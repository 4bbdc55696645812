"""Two curves; momentum from where the weights were a step before."""
import numpy as np

np.random.seed(11)
x = np.random.randn(48, 4)
y = np.stack([np.sin(x[:, 0]) + x[:, 1] * x[:, 2], np.cos(x[:, 3])], axis=1)
P = {"w1": np.random.randn(4, 6) * 0.5, "b1": np.zeros((1, 6)), "w2": np.random.randn(6, 2) * 0.4}
old = {k: v.copy() for k, v in P.items()}
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
        new = P[k] - 0.05 * grads[k] + 0.8 * (P[k] - old[k])
        old[k] = P[k]
        P[k] = new
    if step % 5 == 0:
        print(step, loss)
