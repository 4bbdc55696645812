import numpy as np

np.random.seed(41)
temperature = 0.3
n = 16
signal = np.random.randn(n, 3)
A = signal @ np.random.randn(3, 6) + 0.2 * np.random.randn(n, 6)
B = signal @ np.random.randn(3, 4) + 0.2 * np.random.randn(n, 4)
Wa, Wb = np.random.randn(6, 3) * 0.4, np.random.randn(4, 3) * 0.4
log_scale = np.zeros(1)
for step in range(9):
    za, zb = A @ Wa, B @ Wb
    na, nb = np.sqrt((za ** 2).sum(1)), np.sqrt((zb ** 2).sum(1))
    ua, ub = za / na[:, None], zb / nb[:, None]
    cos = ua @ ub.T
    sim = cos * np.exp(log_scale) / temperature
    row = np.exp(sim) / np.exp(sim).sum(axis=1, keepdims=True)
    col = np.exp(sim) / np.exp(sim).sum(axis=0, keepdims=True)
    loss = -0.5 * (np.log(np.diag(row)).mean() + np.log(np.diag(col)).mean())
    dsim = 0.5 * ((row - np.eye(n)) + (col - np.eye(n))) / n
    dlog_scale = np.sum(dsim * sim, keepdims=True).reshape(1)
    dcos = dsim * np.exp(log_scale) / temperature
    dua, dub = dcos @ ub, dcos.T @ ua
    dza = (dua - ua * (ua * dua).sum(1)[:, None]) / na[:, None]
    dzb = (dub - ub * (ub * dub).sum(1)[:, None]) / nb[:, None]
    dWa, dWb = A.T @ dza, B.T @ dzb
    Wa -= 0.5 * dWa
    Wb -= 0.5 * dWb
    log_scale -= 0.5 * dlog_scale
    print(step, loss, (sim.argmax(1) == np.arange(n)).mean())
