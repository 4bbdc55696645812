# Denoising autoencoder with tied weights on smooth 1-d signals.
# encoder h = softplus(x~ W + b), decoder y = h W' + c, loss = squared error to the CLEAN signal
#   + LAMBDA * quadratic pull of the mean activations towards RHO; optimiser: Adagrad -> final weights: tail average (SWA)
import numpy as np

N_SIG, LEN, HIDDEN = 360, 24, 16
NOISE, DROP = 0.3, 0.15
LAMBDA, RHO = 0.5, 0.3
LR, BATCH, EPOCHS, SWA_START = 0.12, 40, 40, 28

gen = np.random.default_rng(77)


def signals(n):
    t = np.linspace(0, 1, LEN)
    f = gen.choice([1.0, 2.0, 3.0], size=(n, 1))
    phase = gen.uniform(0, 2 * np.pi, size=(n, 1))
    amp = gen.uniform(0.5, 1.5, size=(n, 1))
    return 1.2 * t + amp * np.sin(2 * np.pi * f * t + phase) + gen.normal(0, 0.3, size=(n, 1))


def corrupt(x):
    noisy = x + NOISE * gen.normal(size=x.shape)
    keep = gen.random(x.shape) >= DROP
    return noisy * keep


def softplus(a):
    return np.logaddexp(0, a)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def reconstruct(par, x_in):
    return softplus(x_in @ par['W'] + par['b']) @ par['W'].T + par['c']


def loss_grad(par, x_clean, x_noisy):
    """0.5 * sum of squares / n  +  LAMBDA * sum_j 0.5 * (mean_j - RHO)^2   (mean_j: mean activation of unit j)"""
    n = x_clean.shape[0]
    W, b, c = par['W'], par['b'], par['c']
    a = x_noisy @ W + b
    h = softplus(a)
    y = h @ W.T + c
    diff = y - x_clean
    act = h.mean(axis=0)
    loss = 0.5 * np.sum(diff ** 2) / n + LAMBDA * 0.5 * np.sum((act - RHO) ** 2)

    dy = diff / n
    dc = dy.sum(axis=0)
    dW_dec = dy.T @ h
    dh = dy @ W
    dh += LAMBDA * (act - RHO) / n
    da = dh * logistic(a)
    dW_enc = x_noisy.T @ da
    db = da.sum(axis=0)
    return loss, {'W': dW_enc + dW_dec, 'b': db, 'c': dc}


def grad_check(par, x, eps=1e-5):
    """compares a few entries with central differences; returns the worst relative error"""
    noisy = corrupt(x)
    _, g = loss_grad(par, x, noisy)
    worst = 0.0
    for name in par:
        for _ in range(4):
            ix = tuple(gen.integers(0, s) for s in par[name].shape)
            keep = par[name][ix]
            par[name][ix] = keep + eps
            up, _ = loss_grad(par, x, noisy)
            par[name][ix] = keep - eps
            down, _ = loss_grad(par, x, noisy)
            par[name][ix] = keep
            num = (up - down) / (2 * eps)
            worst = max(worst, abs(num - g[name][ix]) / (abs(num) + abs(g[name][ix]) + 1e-8))
    return worst


def mse(par, x_clean, x_noisy):
    return np.mean((reconstruct(par, x_noisy) - x_clean) ** 2)


clean = signals(N_SIG)
x_train, x_test = clean[:250], clean[250:]
center = x_train.mean(axis=0)
x_train = x_train - center
x_test = x_test - center
test_noisy = corrupt(x_test)

par = {'W': gen.normal(0, 0.25, (LEN, HIDDEN)), 'b': np.zeros(HIDDEN), 'c': np.zeros(LEN)}
print('gradient check ok:', grad_check(par, x_train[:10]) < 1e-4)
print('noise level: %.5f' % np.mean((test_noisy - x_test) ** 2))

hist = {k: np.full_like(v, 1e-3) for k, v in par.items()}
swa, n_avg = {k: np.zeros_like(v) for k, v in par.items()}, 0
for epoch in range(EPOCHS):
    order = gen.permutation(len(x_train))
    ep_loss = 0.0
    for i in range(0, len(order), BATCH):
        xb = x_train[order[i:i + BATCH]]
        loss, grad = loss_grad(par, xb, corrupt(xb))
        for k in par:
            hist[k] += grad[k] ** 2
            par[k] -= LR * grad[k] / np.sqrt(hist[k])
        ep_loss += loss * len(xb)
    if epoch >= SWA_START:
        n_avg += 1
        for k in par:
            swa[k] += (par[k] - swa[k]) / n_avg
    if (epoch + 1) % 8 == 0:
        print('epoch %2d  train loss %.5f  test mse %.5f' % (epoch + 1, ep_loss / len(order), mse(par, x_test, test_noisy)))

print('averaged: test mse %.5f' % mse(swa, x_test, test_noisy))
print('mean activation %.4f' % softplus(x_test @ swa['W'] + swa['b']).mean())
