import numpy as np

rng = np.random.default_rng(5)
T, B, D, H = 7, 12, 2, 6
U, V, b = rng.normal(0, .4, (D, H)), rng.normal(0, .4, (H, H)), np.zeros(H)
O, c = rng.normal(0, .4, (H, 1)), np.zeros(1)
hs = np.zeros((T + 1, B, H))
gs = np.zeros((T + 1, B, H))
for it in range(9):
    x = rng.normal(size=(T, B, D))
    y = np.cumsum(x[:, :, :1], axis=0)
    hs[0] = 0
    out = np.zeros((T, B, 1))
    for t in range(T):
        hs[t + 1] = np.tanh(x[t] @ U + hs[t] @ V + b)
        out[t] = hs[t + 1] @ O + c
    e = out - y
    loss = .5 * np.sum(e * e) / (T * B)
    e = e / (T * B)
    gO, gc = np.zeros_like(O), np.zeros_like(c)
    gU, gV, gb = np.zeros_like(U), np.zeros_like(V), np.zeros_like(b)
    gs[T] = 0
    for t in range(T - 1, -1, -1):
        gO += hs[t + 1].T @ e[t]
        gc += e[t].sum(0)
        a = (e[t] @ O.T + gs[t + 1]) * (1 - hs[t + 1] ** 2)
        gU += x[t].T @ a
        gV += hs[t].T @ a
        gb += a.sum(0)
        gs[t] = a @ V.T
    for p, g in ((U, gU), (V, gV), (b, gb), (O, gO), (c, gc)):
        p -= .1 * g
    print(it, loss)
