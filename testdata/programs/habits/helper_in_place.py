"""A helper that steps in place and gives the same array back, on a recurrent network."""
import numpy as np

rng = np.random.RandomState(0)
H, T = 6, 4
W = {"x": rng.randn(H, 1) * 0.3, "h": rng.randn(H, H) * 0.2, "y": rng.randn(1, H) * 0.3, "b": np.zeros((H, 1))}


def step(w, g, rate):
    w -= rate * g
    return w


wave = np.sin(0.7 * np.arange(40))
for i in range(20):
    x, target = wave[i:i + T], wave[i + T].reshape(1, 1)
    h = [np.zeros((H, 1))]
    for t in range(T):
        h.append(np.tanh(W["x"] @ x[t].reshape(1, 1) + W["h"] @ h[-1] + W["b"]))
    y = W["y"] @ h[-1]
    loss = 0.5 * (y - target) ** 2
    g = {k: np.zeros_like(v) for k, v in W.items()}
    d = y - target
    g["y"] = d @ h[-1].T
    dh = W["y"].T @ d
    for t in reversed(range(T)):
        dz = dh * (1 - h[t + 1] ** 2)
        g["x"] += dz @ x[t].reshape(1, 1)
        g["h"] += dz @ h[t].T
        g["b"] += dz
        dh = W["h"].T @ dz
    for k in W:
        W[k] = step(W[k], g[k], 0.05)
    print(loss.item())
