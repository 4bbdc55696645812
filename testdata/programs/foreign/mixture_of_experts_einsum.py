# Mixture of experts for piecewise regression. Soft gate, every expert is evaluated,
# loss is -log of a Gaussian mixture (Jacobs, Jordan, Nowlan & Hinton style).
import numpy as np


def make_data(n, rng):
    x = rng.uniform(-3, 3, size=(n, 2))
    f = np.where(x[:, 0] < -1, 2 * x[:, 1] + 1,
                 np.where(x[:, 0] < 1, -1.5 * x[:, 1], np.tanh(3 * x[:, 1]) - 2))
    return x, f + 0.15 * rng.standard_normal(n)


def build(d, h, k, rng):
    return dict(
        V=rng.standard_normal((k, d, h)) / np.sqrt(d),    # expert hidden weights
        a=0.1 * rng.standard_normal((k, h)),
        u=rng.standard_normal((k, h)) / np.sqrt(h),       # expert read-outs
        c=0.5 * rng.standard_normal(k),
        G=0.5 * rng.standard_normal((d, k)),              # gate
        g0=np.zeros(k),
        logvar=np.zeros(k),                               # noise of each expert
    )


def forward(P, x):
    H = np.tanh(np.einsum('nd,kdh->nkh', x, P['V']) + P['a'])
    mu = np.einsum('nkh,kh->nk', H, P['u']) + P['c']
    s = x @ P['G'] + P['g0']
    s = s - s.max(axis=1, keepdims=True)
    gate = np.exp(s)
    gate /= gate.sum(axis=1, keepdims=True)
    return H, mu, gate


def nll_and_grads(P, x, y, balance=0.02):
    n, k = len(x), len(P['c'])
    H, mu, gate = forward(P, x)
    err = y[:, None] - mu
    logp = -0.5 * (np.log(2 * np.pi) + P['logvar'] + err ** 2 * np.exp(-P['logvar']))
    joint = np.log(gate + 1e-300) + logp
    top = joint.max(axis=1, keepdims=True)
    lse = top + np.log(np.exp(joint - top).sum(axis=1, keepdims=True))
    resp = np.exp(joint - lse)                            # posterior responsibilities
    load = gate.mean(axis=0)
    loss = -lse.mean() + balance * k * np.sum(load ** 2)

    g = {}
    d_mu = -resp * err * np.exp(-P['logvar']) / n
    g['logvar'] = (resp * 0.5 * (1 - err ** 2 * np.exp(-P['logvar']))).sum(axis=0) / n
    g['c'] = d_mu.sum(axis=0)
    g['u'] = np.einsum('nk,nkh->kh', d_mu, H)
    d_pre = np.einsum('nk,kh->nkh', d_mu, P['u']) * (1 - H * H)
    g['V'] = np.einsum('nd,nkh->kdh', x, d_pre)
    g['a'] = d_pre.sum(axis=0)

    d_gate_bal = np.broadcast_to(2 * balance * k * load / n, gate.shape)
    d_s = (gate - resp) / n
    d_s = d_s + gate * (d_gate_bal - (gate * d_gate_bal).sum(axis=1, keepdims=True))
    g['G'] = x.T @ d_s
    g['g0'] = d_s.sum(axis=0)
    return loss, g


def nadam_state(P):
    return {k: [np.zeros_like(v), np.zeros_like(v)] for k, v in P.items()}


def nadam(P, g, state, t, lr=0.02, b1=0.9, b2=0.99):
    for k in P:
        m, v = state[k]
        m *= b1
        m += (1 - b1) * g[k]
        v *= b2
        v += (1 - b2) * np.square(g[k])
        look = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g[k] / (1 - b1 ** t)
        P[k] -= lr * look / (np.sqrt(v / (1 - b2 ** t)) + 1e-8)


def batches(x, y, size, rng):
    while True:
        order = rng.permutation(len(x))
        for lo in range(0, len(order) - size + 1, size):
            sel = order[lo:lo + size]
            yield x[sel], y[sel]


def main(seed=9):
    rng = np.random.default_rng(seed)
    x, y = make_data(600, rng)
    xv, yv = make_data(300, rng)
    P = build(2, 6, 4, rng)
    st = nadam_state(P)
    stream = batches(x, y, 60, rng)
    for t in range(1, 401):
        xb, yb = next(stream)
        loss, g = nll_and_grads(P, xb, yb)
        nadam(P, g, st, t)
        if t % 100 == 0:
            _, mu, gate = forward(P, xv)
            rmse = np.sqrt(np.mean((yv - (gate * mu).sum(axis=1)) ** 2))
            usage = ' '.join('%.2f' % q for q in gate.mean(axis=0))
            print(f'{t:4d}  objective {loss:8.4f}  val rmse {rmse:.3f}  usage {usage}')
    return P


if __name__ == '__main__':
    P = main()
