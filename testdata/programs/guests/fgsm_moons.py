# Adversarial training (FGSM) of a small tanh net, optimizer = Lion.
# Two models: plain and adversarially trained, compared under attack.
import numpy as np


def moons(n, rs):
    lab = rs.randint(0, 2, n)
    th = rs.uniform(0, np.pi, n)
    X = np.c_[np.cos(th), np.sin(th)]
    X[lab == 1] = np.c_[1 - np.cos(th), 0.4 - np.sin(th)][lab == 1]
    return X + rs.normal(0, 0.1, (n, 2)), lab.astype(float)


def init(rs, widths=(2, 24, 16, 1)):
    theta = []
    for i, o in zip(widths, widths[1:]):
        theta += [rs.normal(0, 1 / np.sqrt(i), (i, o)), np.zeros(o)]
    return theta


def logit(theta, X):
    H = [X]
    for l in range(0, len(theta) - 2, 2):
        H.append(np.tanh(H[-1].dot(theta[l]) + theta[l + 1]))
    return (H[-1].dot(theta[-2]) + theta[-1])[:, 0], H


def objective(theta, X, t):
    """mean logistic loss, parameter gradients, input gradient"""
    f, H = logit(theta, X)
    loss = np.mean(np.logaddexp(0, f) - t * f)
    delta = ((1 / (1 + np.exp(-f)) - t) / len(t))[:, None]
    grads = [None] * len(theta)
    for l in range(len(theta) - 2, -1, -2):
        h = H[l // 2]
        grads[l] = h.T.dot(delta)
        grads[l + 1] = delta.sum(axis=0)
        delta = delta.dot(theta[l].T)
        if l > 0:
            delta *= 1 - h ** 2
    return loss, grads, delta


def fgsm(theta, X, t, eps):
    _, _, gx = objective(theta, X, t)
    return X + eps * np.sign(gx)


def lion(theta, grads, mem, lr, b1=0.9, b2=0.99, wd=0.01):
    for j in range(len(theta)):
        direction = np.sign(b1 * mem[j] + (1 - b1) * grads[j])
        theta[j] = theta[j] - lr * (direction + wd * theta[j])
        mem[j] = b2 * mem[j] + (1 - b2) * grads[j]


def accuracy(theta, X, t):
    return np.mean((logit(theta, X)[0] > 0) == (t > 0.5))


def fit(adversarial, X, t, eps, epochs=120, bs=50, seed=2):
    rs = np.random.RandomState(seed)
    theta = init(rs)
    mem = [np.zeros_like(a) for a in theta]
    for ep in range(epochs):
        lr = 2e-3 if ep < 80 else 4e-4
        perm = rs.permutation(len(t))
        for k in range(0, len(t), bs):
            xb, tb = X[perm[k:k + bs]], t[perm[k:k + bs]]
            loss, g, _ = objective(theta, xb, tb)
            if adversarial:
                loss_a, g_a, _ = objective(theta, fgsm(theta, xb, tb, eps), tb)
                g = [0.5 * u + 0.5 * v for u, v in zip(g, g_a)]
                loss = 0.5 * (loss + loss_a)
            lion(theta, g, mem, lr)
        if (ep + 1) % 40 == 0:
            print('   epoch %3d  last batch loss %.4f' % (ep + 1, loss))
    return theta


rs = np.random.RandomState(31)
Xtr, ttr = moons(500, rs)
Xte, tte = moons(1000, rs)
EPS = 0.15
for flag in (False, True):
    print('adversarial training' if flag else 'plain training')
    theta = fit(flag, Xtr, ttr, EPS)
    print('   clean acc %.3f   FGSM acc %.3f' %
          (accuracy(theta, Xte, tte), accuracy(theta, fgsm(theta, Xte, tte, EPS), tte)))
