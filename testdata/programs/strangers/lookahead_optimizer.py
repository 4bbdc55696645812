"""Lookahead (k fast steps, one slow step) around plain Nesterov SGD.

The network takes its input columnwise and the gradient is checked against
finite differences before training begins.
"""
import numpy as np

RNG = np.random.default_rng(808)
SIZES = (3, 20, 20, 2)


def fresh():
    return [np.hstack([RNG.normal(0, np.sqrt(1.5 / a), (b, a)), np.zeros((b, 1))])
            for a, b in zip(SIZES, SIZES[1:])]


def aug(a):
    return np.vstack([a, np.ones((1, a.shape[1]))])


def elu(z):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def elu_prime(z):
    return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))


def cost(Ws, X, T, need_grad=True):
    """log-cosh regression of two outputs; the last column of each W is the bias"""
    zs, acts = [], [aug(X)]
    for W in Ws[:-1]:
        zs.append(W @ acts[-1])
        acts.append(aug(elu(zs[-1])))
    E = Ws[-1] @ acts[-1] - T
    value = np.mean(np.logaddexp(E, -E) - np.log(2.0))
    if not need_grad:
        return value
    D = np.tanh(E) / E.size
    grads = [None] * len(Ws)
    for l in range(len(Ws) - 1, -1, -1):
        grads[l] = D @ acts[l].T
        if l:
            D = (Ws[l][:, :-1].T @ D) * elu_prime(zs[l - 1])
    return value, grads


def check_gradient(Ws, X, T, h=1e-5):
    _, grads = cost(Ws, X, T)
    worst = 0.0
    for W, G in zip(Ws, grads):
        for _ in range(6):
            i, j = RNG.integers(W.shape[0]), RNG.integers(W.shape[1])
            keep = W[i, j]
            W[i, j] = keep + h
            up = cost(Ws, X, T, need_grad=False)
            W[i, j] = keep - h
            down = cost(Ws, X, T, need_grad=False)
            W[i, j] = keep
            worst = max(worst, abs((up - down) / (2 * h) - G[i, j]))
    assert worst < 1e-6, worst
    return worst


X = RNG.uniform(-1, 1, (3, 450))
T = np.vstack([np.sin(3 * X[0]) * X[1], np.abs(X[2]) - 0.5 * X[0] ** 2])
T += RNG.standard_t(3, T.shape) * 0.03
X_fit, T_fit, X_new, T_new = X[:, :350], T[:, :350], X[:, 350:], T[:, 350:]

fast = fresh()
print("gradient check: largest difference %.1e" % check_gradient(fast, X_fit[:, :20], T_fit[:, :20]))
slow = [W.copy() for W in fast]
speed = [np.zeros_like(W) for W in fast]
K_STEPS, ALPHA, ETA, MU = 6, 0.5, 0.3, 0.9

count, running = 0, 0.0
for epoch in range(60):
    for cols in np.split(RNG.permutation(350), 7):
        # Nesterov: look at the gradient where the momentum is about to lead
        ahead = [W + MU * v for W, v in zip(fast, speed)]
        value, grads = cost(ahead, X_fit[:, cols], T_fit[:, cols])
        speed = [MU * v - ETA * G for v, G in zip(speed, grads)]
        fast = [W + v for W, v in zip(fast, speed)]
        count += 1
        running = value if count == 1 else 0.95 * running + 0.05 * value
        if count % K_STEPS == 0:
            slow = [s + ALPHA * (f - s) for s, f in zip(slow, fast)]
            fast = [s.copy() for s in slow]
    if epoch % 10 == 9:
        ETA *= 0.8
        print("epoch %2d  smoothed loss %.6f  new data %.6f" % (epoch + 1, running, cost(slow, X_new, T_new, False)))
