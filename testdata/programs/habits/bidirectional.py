import numpy as np

rng = np.random.default_rng(33)
T, D, H = 5, 3, 4
P = {k: rng.normal(0, .4, s) for k, s in dict(Uf=(D, H), Wf=(H, H), Ub=(D, H), Wb=(H, H), V=(2 * H, 2)).items()}


def scan(x, U, W, order):
    h, out = np.zeros(H), {}
    for t in order:
        h = np.tanh(x[t] @ U + h @ W)
        out[t] = h
    return out


def unscan(x, U, W, out, dout, order):
    dU, dW, carry = np.zeros_like(U), np.zeros_like(W), np.zeros(H)
    for k in range(T - 1, -1, -1):
        t = order[k]
        d = (dout[t] + carry) * (1 - out[t] ** 2)
        dU += np.outer(x[t], d)
        if k > 0:
            dW += np.outer(out[order[k - 1]], d)
        carry = W @ d
    return dU, dW


for it in range(9):
    x = rng.normal(size=(T, D))
    y = (np.cumsum(x[:, 0]) > 0).astype(int)
    fo, bo = list(range(T)), list(range(T))[::-1]
    f, b = scan(x, P["Uf"], P["Wf"], fo), scan(x, P["Ub"], P["Wb"], bo)
    hidden = np.stack([np.concatenate([f[t], b[t]]) for t in range(T)])
    s = hidden @ P["V"]
    p = np.exp(s) / np.exp(s).sum(1, keepdims=True)
    loss = -np.log(p[np.arange(T), y]).sum()
    ds = p - np.eye(2)[y]
    G = {"V": hidden.T @ ds}
    dh = ds @ P["V"].T
    G["Uf"], G["Wf"] = unscan(x, P["Uf"], P["Wf"], f, dh[:, :H], fo)
    G["Ub"], G["Wb"] = unscan(x, P["Ub"], P["Wb"], b, dh[:, H:], bo)
    for k in P:
        P[k] -= .1 * G[k]
    print(it, loss)
