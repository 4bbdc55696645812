# %% [markdown]
# # LSTM from scratch: predict next value of a noisy sine (many-to-one)
# All four gates in one big matrix, batch of windows, Nesterov momentum.

# %%
import numpy as np
np.random.seed(2021)

# %% data
series = np.sin(np.arange(260) * 0.35) + 0.5 * np.sin(np.arange(260) * 0.11 + 1) + 0.05 * np.random.randn(260)
WIN, HID, BATCH = 8, 10, 32
X = np.stack([series[i:i + WIN] for i in range(len(series) - WIN)])[:, :, None]   # (n, T, 1)
y = series[WIN:, None]
n_train = 200
X_tr, y_tr, X_va, y_va = X[:n_train], y[:n_train], X[n_train:], y[n_train:]

# %% parameters
W = np.random.randn(1 + HID, 4 * HID) * 0.25       # [x, h] -> [i, f, o, g]
b = np.zeros(4 * HID)
b[HID:2 * HID] = 1.0                               # forget bias
V = np.random.randn(HID, 1) * 0.25
c0 = np.zeros(1)
theta = [W, b, V, c0]
vel = [np.zeros_like(t) for t in theta]
mu, lr = 0.9, 0.03

sig = lambda u: 1 / (1 + np.exp(-u))


# %% forward
def forward(xb):
    N = xb.shape[0]
    h, c = np.zeros((N, HID)), np.zeros((N, HID))
    tape = []
    for t in range(WIN):
        xh = np.concatenate([xb[:, t], h], axis=1)
        a = xh @ W + b
        i = sig(a[:, :HID])
        f = sig(a[:, HID:2 * HID])
        o = sig(a[:, 2 * HID:3 * HID])
        g = np.tanh(a[:, 3 * HID:])
        c_prev = c
        c = f * c_prev + i * g
        tc = np.tanh(c)
        h = o * tc
        tape.append((xh, i, f, o, g, c_prev, tc))
    return h @ V + c0, h, tape


# %% backward
def backward(pred, target, h, tape):
    N = len(target)
    dpred = 2 * (pred - target) / N
    dV = h.T @ dpred
    dc0 = dpred.sum(axis=0)
    dh = dpred @ V.T
    dc = np.zeros_like(dh)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for xh, i, f, o, g, c_prev, tc in tape[::-1]:
        do = dh * tc
        dc = dc + dh * o * (1 - tc ** 2)
        df = dc * c_prev
        di = dc * g
        dg = dc * i
        da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)])
        dW += xh.T @ da
        db += da.sum(0)
        dxh = da @ W.T
        dh = dxh[:, 1:]
        dc = dc * f
    return [dW, db, dV, dc0]


# %% training
EPOCHS = 15
history = []
for epoch in range(EPOCHS):
    idx = np.random.permutation(n_train)
    run = 0.0
    for s in range(0, n_train - BATCH + 1, BATCH):
        sel = idx[s:s + BATCH]
        for th, v in zip(theta, vel):          # look ahead
            th += mu * v
        pred, h, tape = forward(X_tr[sel])
        run += np.sum((pred - y_tr[sel]) ** 2)
        grads = backward(pred, y_tr[sel], h, tape)
        for k in range(len(theta)):
            theta[k] -= mu * vel[k]            # back to where we were
            gk = np.clip(grads[k], -1.0, 1.0)
            vel[k] = mu * vel[k] - lr * gk
            theta[k] += vel[k]
    lr = lr / (1 + 0.02 * epoch)
    mse_va = np.mean((forward(X_va)[0] - y_va) ** 2)
    history.append((run / (n_train // BATCH * BATCH), mse_va))
    if epoch % 3 == 0 or epoch == EPOCHS - 1:
        print(f'epoch {epoch:2d}   train mse {history[-1][0]:.5f}   val mse {history[-1][1]:.5f}')

# %%
print('best val', min(h[1] for h in history))
