# UFLDL-like exercise: sparse autoencoder, but with tied weights and a small
# softmax classifier sitting on the code. Everything in one vector theta.
from numpy import *

random.seed(7)

n_in, n_hid, n_cls = 25, 12, 3
beta, rho, gamma, lam = 0.05, 0.15, 0.5, 1e-3


def patches(m):
    """5x5 'strokes': one bright row, column or corner block, squashed to (0.1, 0.9)"""
    lab = random.randint(0, n_cls, m)
    out = zeros((m, 5, 5))
    for k in range(m):
        p = random.randint(0, 4)
        if lab[k] == 0:
            out[k, p, :] = 1
        elif lab[k] == 1:
            out[k, :, p] = 1
        else:
            out[k, p:p+2, p:p+2] = 1
    out = out.reshape(m, -1) + 0.15 * random.randn(m, n_in)
    return 0.1 + 0.8 * clip(out, 0, 1), lab


X, lab = patches(160)
Xt, labt = patches(90)
T = (lab[:, newaxis] == arange(n_cls)) * 1.0

shapes = [(n_in, n_hid), (n_hid,), (n_in,), (n_hid, n_cls), (n_cls,)]
sizes = [int(prod(s)) for s in shapes]
cuts = cumsum(sizes)[:-1]


def unpack(theta):
    return [v.reshape(s) for v, s in zip(split(theta, cuts), shapes)]


def pack(*arrs):
    return concatenate([a.ravel() for a in arrs])


def sig(a):
    return 1 / (1 + exp(-a))


def encode(theta, X):
    W, b, c, U, d = unpack(theta)
    return sig(X @ W + b)


def cost_and_grad(theta, X, T):
    m = X.shape[0]
    W, b, c, U, d = unpack(theta)
    H = sig(X @ W + b)
    R = sig(H @ W.T + c)
    S = H @ U + d
    S = S - S.max(1)[:, newaxis]
    Y = exp(S)
    Y = Y / Y.sum(1)[:, newaxis]
    rho_hat = H.mean(0)

    J_rec = 0.5 * sum((R - X)**2) / m
    J_kl = sum(rho * log(rho / rho_hat) + (1 - rho) * log((1 - rho) / (1 - rho_hat)))
    J_cls = -sum(T * log(Y)) / m
    J = J_rec + beta * J_kl + gamma * J_cls + 0.5 * lam * (sum(W**2) + sum(U**2))

    delta_r = (R - X) * R * (1 - R) / m
    delta_y = gamma * (Y - T) / m
    kl = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) / m
    delta_h = (delta_r @ W + delta_y @ U.T + kl) * H * (1 - H)

    gW = X.T @ delta_h + delta_r.T @ H + lam * W
    gb = delta_h.sum(0)
    gc = delta_r.sum(0)
    gU = H.T @ delta_y + lam * U
    gd = delta_y.sum(0)
    return J, pack(gW, gb, gc, gU, gd), (J_rec, J_kl, J_cls)


r = sqrt(6. / (n_in + n_hid + 1))
theta = pack(random.uniform(-r, r, (n_in, n_hid)), zeros(n_hid), zeros(n_in),
             random.uniform(-.1, .1, (n_hid, n_cls)), zeros(n_cls))

# nesterov's accelerated gradient, gradient at the look-ahead point
vel = zeros_like(theta)
alpha, mu = 0.25, 0.85
for step in range(301):
    ahead = theta + mu * vel
    J, g, parts = cost_and_grad(ahead, X, T)
    vel = mu * vel - alpha * g
    theta = theta + vel
    if step % 60 == 0:
        print('%4d  J=%.4f  rec=%.4f kl=%.4f cls=%.4f' % ((step, J) + parts))

_, _, _, U, d = unpack(theta)
print('mean activation %.3f (wanted %.3f)' % (encode(theta, X).mean(), rho))
print('train acc %.3f' % ((encode(theta, X) @ U + d).argmax(1) == lab).mean())
print('test  acc %.3f' % ((encode(theta, Xt) @ U + d).argmax(1) == labt).mean())
