# adding problem with a GRU; everything in closures because I like closures
import numpy as np

DT = np.float32
rs = np.random.RandomState(11)


def sequences(batch, T):
    """x: (T, B, 2) values and markers; y: (B,) sum of the two marked values"""
    x = np.zeros((T, batch, 2), DT)
    x[:, :, 0] = rs.uniform(0, 1, (T, batch))
    for b in range(batch):
        i, j = rs.choice(T, 2, replace=False)
        x[i, b, 1] = x[j, b, 1] = 1
    return x, (x[:, :, 0] * x[:, :, 1]).sum(0)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def gru(n_in, n_hid):
    s = 1 / np.sqrt(n_hid)
    Wx = rs.uniform(-s, s, (n_in, 3 * n_hid)).astype(DT)
    U = rs.uniform(-s, s, (n_hid, 2 * n_hid)).astype(DT)
    Uc = rs.uniform(-s, s, (n_hid, n_hid)).astype(DT)
    b = np.zeros(3 * n_hid, DT)
    n = n_hid

    def forward(xs):
        h = np.zeros((xs.shape[1], n), DT)
        tape = []
        for x in xs:
            a = x @ Wx + b
            zr = logistic(a[:, :2 * n] + h @ U)
            z, r = zr[:, :n], zr[:, n:]
            c = np.tanh(a[:, 2 * n:] + (r * h) @ Uc)
            h_new = (1 - z) * h + z * c
            tape.append((x, h, z, r, c))
            h = h_new

        def backward(dh):
            gWx, gU, gUc, gb = (np.zeros_like(v) for v in (Wx, U, Uc, b))
            for x, h0, z, r, c in tape[::-1]:
                dc = dh * z * (1 - c * c)
                dz = dh * (c - h0) * z * (1 - z)
                drh = dc @ Uc.T
                dr = drh * h0 * r * (1 - r)
                dzr = np.concatenate([dz, dr], 1)
                da = np.concatenate([dzr, dc], 1)
                gUc += (r * h0).T @ dc
                gU += h0.T @ dzr
                gWx += x.T @ da
                gb += da.sum(0)
                dh = dh * (1 - z) + drh * r + dzr @ U.T
            return [gWx, gU, gUc, gb]

        return h, backward

    return forward, [Wx, U, Uc, b]


def linear_out(n_hid):
    w = (rs.randn(n_hid) / np.sqrt(n_hid)).astype(DT)
    b = np.zeros(1, DT)

    def forward(h):
        def backward(dy):
            return np.outer(dy, w), [h.T @ dy, np.array([dy.sum()], DT)]
        return h @ w + b, backward

    return forward, [w, b]


def adam(params, lr=0.005, b1=0.9, b2=0.999, eps=1e-8):
    m = [np.zeros_like(q) for q in params]
    v = [np.zeros_like(q) for q in params]
    t = 0

    def update(grads):
        nonlocal t
        t += 1
        for i, (q, g) in enumerate(zip(params, grads)):
            m[i] = b1 * m[i] + (1 - b1) * g
            v[i] = b2 * v[i] + (1 - b2) * g * g
            q -= lr * (m[i] / (1 - b1 ** t)) / (np.sqrt(v[i] / (1 - b2 ** t)) + eps)

    return update


def model(n_hid):
    cell, cell_params = gru(2, n_hid)
    head, head_params = linear_out(n_hid)

    def loss_and_grads(x, y):
        h, back_cell = cell(x)
        out, back_head = head(h)
        err = out - y
        dh, g_head = back_head(2 * err / len(y))
        return (err ** 2).mean(), back_cell(dh) + g_head

    def predict(x):
        return head(cell(x)[0])[0]

    return loss_and_grads, predict, cell_params + head_params


def train(T=12, steps=700, batch=32):
    loss_and_grads, predict, params = model(24)
    opt = adam(params)
    xv, yv = sequences(500, T)
    run = 0.0
    print('variance of the target: %.4f' % yv.var())
    for k in range(1, steps + 1):
        loss, grads = loss_and_grads(*sequences(batch, T))
        grads = [np.clip(g, -1, 1) for g in grads]
        opt(grads)
        run += float(loss)
        if k % 100 == 0:
            val = ((predict(xv) - yv) ** 2).mean()
            print('step %4d  train mse %.4f  val mse %.4f' % (k, run / 100, val))
            run = 0.0


if __name__ == '__main__':
    train()
