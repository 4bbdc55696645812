import numpy as np

rng = np.random.default_rng(12)
N, T, D, H = 10, 6, 3, 7
sigmoid = lambda a: 1 / (1 + np.exp(-a))


def forward(x, Wx, Wh, b, Wo, bo):
    h, c, cache = np.zeros((N, H)), np.zeros((N, H)), []
    for t in range(T):
        a = x[:, t] @ Wx + h @ Wh + b
        i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H])
        g = np.tanh(a[:, 3 * H:])
        c_new = f * c + i * g
        tc = np.tanh(c_new)
        h_new = o * tc
        cache.append((h, c, i, f, o, g, tc))
        h, c = h_new, c_new
    return h, cache, h @ Wo + bo


def backward(dout, x, h_last, cache, Wx, Wh, Wo):
    dWo = h_last.T @ dout
    dbo = dout.sum(0)
    dh = dout @ Wo.T
    dc = np.zeros((N, H))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(4 * H)
    for t in reversed(range(T)):
        h, c, i, f, o, g, tc = cache[t]
        do = dh * tc
        dc = dc + dh * o * (1 - tc ** 2)
        di = dc * g
        df = dc * c
        dg = dc * i
        da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)])
        dWx += x[:, t].T @ da
        dWh += h.T @ da
        db += da.sum(0)
        dh = da @ Wh.T
        dc = dc * f
    return dWx, dWh, db, dWo, dbo


params = [rng.normal(0, .3, (D, 4 * H)), rng.normal(0, .3, (H, 4 * H)), np.zeros(4 * H), rng.normal(0, .3, (H, 1)), np.zeros(1)]
for step in range(9):
    x = rng.normal(size=(N, T, D))
    y = x[:, :, 0].sum(1, keepdims=True)
    h, cache, pred = forward(x, *params)
    err = pred - y
    loss = np.mean(err ** 2)
    grads = backward(2 * err / N, x, h, cache, params[0], params[1], params[3])
    for p, g in zip(params, grads):
        p -= 0.05 * g
    print(step, loss)
