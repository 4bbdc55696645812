# ---------------------------------------------------------------
#  Denoising diffusion on a 2-d swiss roll -- plain numpy script
# ---------------------------------------------------------------
import numpy as np

np.random.seed(0)
dt = np.float32

# data
n = 1500
theta = 1.5 * np.pi * (1 + 2 * np.random.rand(n))
X = np.c_[theta * np.cos(theta), theta * np.sin(theta)] / 7.0
X = (X + 0.03 * np.random.randn(n, 2)).astype(dt)

# noise schedule (cosine)
T = 40
grid = np.arange(T + 1) / T
f = np.cos((grid + 0.01) / 1.01 * np.pi / 2) ** 2
abar = (f / f[0])[1:]
abar_prev = np.concatenate([[1.0], abar[:-1]])
beta = np.clip(1 - abar / abar_prev, 0, 0.98)
alpha = 1 - beta
abar = np.cumprod(alpha)
abar_prev = np.concatenate([[1.0], abar[:-1]])
sqrt_ab = np.sqrt(abar).astype(dt)
sqrt_1mab = np.sqrt(1 - abar).astype(dt)

# sinusoidal time table
freqs = 2.0 ** np.arange(4)
ang = (np.arange(T)[:, None] / T) * freqs[None, :] * np.pi
TEMB = np.concatenate([np.sin(ang), np.cos(ang)], axis=1).astype(dt)
E = TEMB.shape[1]

# network:  a = W_in x,  two residual SiLU blocks modulated by time, W_out
D = 48


def mat(i, o, gain=1.0):
    return (gain * np.random.randn(i, o) / np.sqrt(i)).astype(dt)


W_in, b_in = mat(2, D), np.zeros(D, dt)
U1, c1, V1 = mat(D, D), np.zeros(D, dt), mat(D, D, 0.5)
U2, c2, V2 = mat(D, D), np.zeros(D, dt), mat(D, D, 0.5)
S1, S2 = mat(E, D, 0.5), mat(E, D, 0.5)          # time -> scale
B1, B2 = mat(E, D), mat(E, D)                    # time -> shift
W_out, b_out = mat(D, 2, 0.1), np.zeros(2, dt)
P = [W_in, b_in, U1, c1, V1, U2, c2, V2, S1, S2, B1, B2, W_out, b_out]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def predict(P, x, temb):
    """noise prediction without keeping anything for the backward pass"""
    W_in, b_in, U1, c1, V1, U2, c2, V2, S1, S2, B1, B2, W_out, b_out = P
    a = x @ W_in + b_in
    for U, c, V, S, B in ((U1, c1, V1, S1, B1), (U2, c2, V2, S2, B2)):
        z = (a @ U + c) * (1 + temb @ S) + temb @ B
        a = a + (z * sigmoid(z)) @ V
    return a @ W_out + b_out


ema = [p.copy() for p in P]
m = [np.zeros_like(p) for p in P]
v = [np.zeros_like(p) for p in P]
steps, batch, lr, decay = 700, 128, dt(4e-3), dt(0.99)
history = []

for it in range(1, steps + 1):
    # --- a noisy batch
    x0 = X[np.random.randint(0, n, batch)]
    t = np.random.randint(0, T, batch)
    eps = np.random.randn(batch, 2).astype(dt)
    xt = sqrt_ab[t, None] * x0 + sqrt_1mab[t, None] * eps
    te = TEMB[t]

    # --- forward
    a0 = xt @ W_in + b_in
    q1 = a0 @ U1 + c1
    k1 = 1 + te @ S1
    z1 = q1 * k1 + te @ B1
    g1 = sigmoid(z1)
    h1 = z1 * g1
    a1 = a0 + h1 @ V1
    q2 = a1 @ U2 + c2
    k2 = 1 + te @ S2
    z2 = q2 * k2 + te @ B2
    g2 = sigmoid(z2)
    h2 = z2 * g2
    a2 = a1 + h2 @ V2
    out = a2 @ W_out + b_out
    err = out - eps
    loss = np.mean(err ** 2)
    history.append(float(loss))

    # --- backward
    d_out = 2 * err / err.size
    d_W_out, d_b_out = a2.T @ d_out, d_out.sum(0)
    d_a2 = d_out @ W_out.T

    d_V2 = h2.T @ d_a2
    d_z2 = (d_a2 @ V2.T) * (g2 + h2 * (1 - g2))
    d_S2, d_B2 = te.T @ (d_z2 * q2), te.T @ d_z2
    d_q2 = d_z2 * k2
    d_U2, d_c2 = a1.T @ d_q2, d_q2.sum(0)
    d_a1 = d_a2 + d_q2 @ U2.T

    d_V1 = h1.T @ d_a1
    d_z1 = (d_a1 @ V1.T) * (g1 + h1 * (1 - g1))
    d_S1, d_B1 = te.T @ (d_z1 * q1), te.T @ d_z1
    d_q1 = d_z1 * k1
    d_U1, d_c1 = a0.T @ d_q1, d_q1.sum(0)
    d_a0 = d_a1 + d_q1 @ U1.T

    d_W_in, d_b_in = xt.T @ d_a0, d_a0.sum(0)

    # --- Adam, in place (the names above stay valid), then the moving average
    G = [d_W_in, d_b_in, d_U1, d_c1, d_V1, d_U2, d_c2, d_V2,
         d_S1, d_S2, d_B1, d_B2, d_W_out, d_b_out]
    step = lr * dt(min(1.0, 2 * (1 - it / (steps + 1))))
    for p, gr, mi, vi, sh in zip(P, G, m, v, ema):
        mi *= 0.9
        mi += 0.1 * gr
        vi *= 0.99
        vi += 0.01 * gr * gr
        mh, vh = mi / dt(1 - 0.9 ** it), vi / dt(1 - 0.99 ** it)
        p -= step * mh / (np.sqrt(vh) + dt(1e-8))
        sh *= decay
        sh += (1 - decay) * p

    if it % 100 == 0:
        print(f"step {it:4d}   mse {np.mean(history[-100:]):.4f}")

# ancestral sampling with the averaged weights
x = np.random.randn(400, 2).astype(dt)
for t in reversed(range(T)):
    e = predict(ema, x, np.repeat(TEMB[t:t + 1], len(x), axis=0))
    x0_hat = np.clip((x - sqrt_1mab[t] * e) / sqrt_ab[t], -2.5, 2.5)
    mean = (np.sqrt(abar_prev[t]) * beta[t] * x0_hat
            + np.sqrt(alpha[t]) * (1 - abar_prev[t]) * x) / (1 - abar[t])
    sd = np.sqrt(beta[t] * (1 - abar_prev[t]) / (1 - abar[t]))
    x = mean + sd * np.random.randn(*x.shape)

dist = np.sqrt(((x[:, None] - X[None, :300]) ** 2).sum(-1))
print("samples -> data %.4f   data -> samples %.4f" % (dist.min(1).mean(), dist.min(0).mean()))
print("weights dtype:", W_in.dtype)
