"""Backprop with closures: every op gives back its value and a function for the way back."""
import numpy as np


def affine(x, W, b):
    def back(g):
        return g @ W.T, x.T @ g, g.sum(axis=0)
    return x @ W + b, back


def softplus(x):
    y = np.logaddexp(0.0, x)
    def back(g):
        return g / (1.0 + np.exp(-x))
    return y, back


def tanh(x):
    y = np.tanh(x)
    def back(g):
        return g * (1.0 - y * y)
    return y, back


def multiply(a, b):
    def back(g):
        return g * b, g * a
    return a * b, back


def rms_scale(x, gain):
    ms = np.mean(x * x, axis=1, keepdims=True) + 1e-6
    r = ms ** -0.5
    def back(g):
        gg = g * gain
        dx = r * gg - x * r ** 3 * np.mean(gg * x, axis=1, keepdims=True)
        return dx, np.sum(g * x * r, axis=0)
    return x * r * gain, back


def huber(pred, target, delta):
    e = pred - target
    small = np.abs(e) <= delta
    value = np.where(small, 0.5 * e * e, delta * (np.abs(e) - 0.5 * delta))
    def back():
        return np.where(small, e, delta * np.sign(e)) / e.size
    return value.mean(), back


def loss_and_grads(P, x, t):
    # a gated hidden layer: softplus branch times tanh branch
    u, back_u = affine(x, P["Wu"], P["bu"])
    s, back_s = softplus(u)
    v, back_v = affine(x, P["Wv"], P["bv"])
    h, back_h = tanh(v)
    q, back_q = multiply(s, h)
    n, back_n = rms_scale(q, P["gain"])
    o, back_o = affine(n, P["Wo"], P["bo"])
    loss, back_loss = huber(o, t, 0.8)

    G = {}
    do = back_loss()
    dn, G["Wo"], G["bo"] = back_o(do)
    dq, G["gain"] = back_n(dn)
    ds, dh = back_q(dq)
    du = back_s(ds)
    _, G["Wu"], G["bu"] = back_u(du)
    dv = back_h(dh)
    _, G["Wv"], G["bv"] = back_v(dv)
    return loss, G


def main():
    rs = np.random.RandomState(12)
    x = rs.uniform(-2, 2, (200, 3))
    t = (np.sin(1.5 * x[:, 0]) * x[:, 1] + 0.5 * x[:, 2] ** 2)[:, None]
    t += 0.1 * rs.standard_t(2, t.shape)          # a few outliers on purpose
    hid = 20
    P = dict(Wu=rs.randn(3, hid) * .6, bu=np.zeros(hid), Wv=rs.randn(3, hid) * .6, bv=np.zeros(hid),
             gain=np.ones(hid), Wo=rs.randn(hid, 1) * .2, bo=np.zeros(1))
    acc = {k: np.full_like(v, 0.1) for k, v in P.items()}
    steps, top = 400, 0.15
    for step in range(1, steps + 1):
        pick = rs.choice(len(x), 64, replace=False)
        loss, G = loss_and_grads(P, x[pick], t[pick])
        lr = 0.5 * top * (1 + np.cos(np.pi * step / steps))
        for k in P:                                # AdaGrad
            acc[k] += G[k] ** 2
            P[k] = P[k] - lr * G[k] / (np.sqrt(acc[k]) + 1e-8)
        if step % 80 == 0 or step == 1:
            full, _ = loss_and_grads(P, x, t)
            print("step", step, "batch %.5f" % loss, "all %.5f" % full)
    return P


if __name__ == "__main__":
    trained = main()
