# GRU regressor on padded variable-length sequences (mask), RMSprop, global-norm clipping
import numpy as np
rs = np.random.RandomState(5)

def make_batch(B=32, T=10):
    lens = rs.randint(4, T + 1, B)
    mask = (np.arange(T)[None] < lens[:, None]).astype(float)
    x = rs.uniform(-1, 1, (B, T, 2))
    x[..., 1] = rs.rand(B, T) < 0.3
    x *= mask[..., None]
    y = (x[..., 0] * x[..., 1]).sum(1)       # sum of the marked numbers
    return x, mask, y

D, H = 2, 16
P = {}
for gate in 'zrn':
    P['W' + gate] = rs.randn(D, H) * 0.4
    P['U' + gate] = rs.randn(H, H) / np.sqrt(H)
    P['b' + gate] = np.zeros(H)
P['v'] = rs.randn(H) * 0.3
P['c'] = np.zeros(1)
sig = lambda a: 1 / (1 + np.exp(-a))

def forward(P, x, mask):
    h = np.zeros((x.shape[0], H))
    tape = []
    for t in range(x.shape[1]):
        xt, m = x[:, t], mask[:, t:t + 1]
        z = sig(xt @ P['Wz'] + h @ P['Uz'] + P['bz'])
        r = sig(xt @ P['Wr'] + h @ P['Ur'] + P['br'])
        n = np.tanh(xt @ P['Wn'] + (r * h) @ P['Un'] + P['bn'])
        new = (1 - z) * h + z * n
        tape.append((xt, m, h, z, r, n))
        h = m * new + (1 - m) * h            # padded steps keep the old state
    return h @ P['v'] + P['c'], h, tape

def backward(P, dy, h, tape):
    G = {k: np.zeros_like(v) for k, v in P.items()}
    G['v'] = h.T @ dy
    G['c'] = dy.sum(keepdims=True)
    dh = np.outer(dy, P['v'])
    for xt, m, hp, z, r, n in reversed(tape):
        dnew = dh * m
        dprev = dh * (1 - m) + dnew * (1 - z)
        an = dnew * z * (1 - n ** 2)
        az = dnew * (n - hp) * z * (1 - z)
        drh = an @ P['Un'].T
        ar = drh * hp * r * (1 - r)
        dprev = dprev + drh * r + az @ P['Uz'].T + ar @ P['Ur'].T
        for gate, a, inp in (('z', az, hp), ('r', ar, hp), ('n', an, r * hp)):
            G['W' + gate] += xt.T @ a
            G['U' + gate] += inp.T @ a
            G['b' + gate] += a.sum(0)
        dh = dprev
    return G

S = {k: np.zeros_like(v) for k, v in P.items()}
for it in range(250):
    x, mask, y = make_batch()
    pred, h, tape = forward(P, x, mask)
    loss = np.mean((pred - y) ** 2)
    G = backward(P, 2 * (pred - y) / len(y), h, tape)
    norm = np.sqrt(sum((g ** 2).sum() for g in G.values()))
    scale = min(1.0, 1.0 / (norm + 1e-12))
    for k in P:
        g = G[k] * scale
        S[k] = 0.95 * S[k] + 0.05 * g * g
        P[k] -= 0.005 * g / (np.sqrt(S[k]) + 1e-6)
    if it % 25 == 0:
        print(f'{it:4d} mse={loss:.4f} |g|={norm:.3f}')
