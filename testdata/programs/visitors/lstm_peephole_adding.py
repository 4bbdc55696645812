"""
Adding problem with an LSTM that has peephole connections (Gers & Schmidhuber).
Gates i, f look at c[t-1]; gate o looks at c[t].
Optimiser: RMSprop, centred, with momentum as in Graves 2013; norm clipping.
"""
import numpy as np


def sig(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def init(nin, nh, rs):
    s = 1 / np.sqrt(nh)
    th = {'W': rs.uniform(-s, s, (nin + nh, 4 * nh)), 'b': np.zeros(4 * nh),
          'pi': rs.uniform(-s, s, nh), 'pf': rs.uniform(-s, s, nh), 'po': rs.uniform(-s, s, nh),
          'V': rs.uniform(-s, s, (nh, 1)), 'c': np.zeros(1)}
    th['b'][nh:2 * nh] = 1.0
    return th


def forward(th, X):
    B, T, _ = X.shape
    H = th['pi'].size
    h, c = np.zeros((B, H)), np.zeros((B, H))
    tape = []
    for t in range(T):
        z = np.hstack([X[:, t], h])
        a = z @ th['W'] + th['b']
        ai, af, ag, ao = np.split(a, 4, axis=1)
        i = sig(ai + th['pi'] * c)
        f = sig(af + th['pf'] * c)
        g = np.tanh(ag)
        cn = f * c + i * g
        o = sig(ao + th['po'] * cn)
        tc = np.tanh(cn)
        tape.append((z, c, i, f, g, o, cn, tc))
        h, c = o * tc, cn
    return h @ th['V'] + th['c'], h, tape


def loss_and_grad(th, X, y):
    out, hT, tape = forward(th, X)
    B = len(y)
    err = out[:, 0] - y
    loss = np.mean(err ** 2)
    G = {k: np.zeros_like(v) for k, v in th.items()}
    dout = (2 / B) * err[:, None]
    G['V'] = hT.T @ dout
    G['c'] = dout.sum(0)
    dh = dout @ th['V'].T
    dc = np.zeros_like(dh)
    nin = X.shape[2]
    for z, cp, i, f, g, o, cn, tc in reversed(tape):
        do = dh * tc * o * (1 - o)
        dc = dc + dh * o * (1 - tc ** 2) + do * th['po']
        di = dc * g * i * (1 - i)
        df = dc * cp * f * (1 - f)
        dg = dc * i * (1 - g ** 2)
        G['po'] += (do * cn).sum(0)
        G['pi'] += (di * cp).sum(0)
        G['pf'] += (df * cp).sum(0)
        da = np.concatenate((di, df, dg, do), axis=1)
        G['W'] += z.T @ da
        G['b'] += da.sum(0)
        dh = (da @ th['W'].T)[:, nin:]
        dc = dc * f + di * th['pi'] + df * th['pf']
    return loss, G


def clip_global(G, limit):
    total = np.sqrt(sum((g ** 2).sum() for g in G.values()))
    if total > limit:
        for k in G:
            G[k] *= limit / total
    return total


def make_batch(B, T, rs):
    X = np.zeros((B, T, 2))
    X[:, :, 0] = rs.uniform(-1, 1, (B, T))
    first = rs.randint(0, T // 2, B)
    second = rs.randint(T // 2, T, B)
    rows = np.arange(B)
    X[rows, first, 1] = 1
    X[rows, second, 1] = 1
    return X, (X[..., 0] * X[..., 1]).sum(1)


def run(iters=300, B=32, T=12, H=16, lr=2e-3, seed=0):
    rs = np.random.RandomState(seed)
    th = init(2, H, rs)
    n = {k: np.zeros_like(v) for k, v in th.items()}
    gbar = {k: np.zeros_like(v) for k, v in th.items()}
    delta = {k: np.zeros_like(v) for k, v in th.items()}
    hist = []
    for it in range(iters):
        X, y = make_batch(B, T, rs)
        loss, G = loss_and_grad(th, X, y)
        norm = clip_global(G, 1.0)
        for k in th:
            n[k] = 0.95 * n[k] + 0.05 * G[k] ** 2
            gbar[k] = 0.95 * gbar[k] + 0.05 * G[k]
            delta[k] = 0.8 * delta[k] - lr * G[k] / np.sqrt(n[k] - gbar[k] ** 2 + 1e-4)
            th[k] += delta[k]
        hist.append(loss)
        if (it + 1) % 50 == 0:
            print('it %4d   mse %.4f   |g| %.3f' % (it + 1, np.mean(hist[-50:]), norm))
    X, y = make_batch(500, T, rs)
    print('test mse', round(np.mean((forward(th, X)[0][:, 0] - y) ** 2), 4), ' variance of target', round(y.var(), 4))
    return th


if __name__ == '__main__':
    run()
