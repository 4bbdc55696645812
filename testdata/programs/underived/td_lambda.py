# Semi-gradient TD(lambda) with a small neural value function on the random walk (Sutton & Barto ex. 6.2, 9 states).
# Updates follow the eligibility trace of grad V(s), NOT the gradient of any loss. RMS error vs the true values is printed.
import numpy as np

n, alpha, lam, gamma = 9, 0.05, 0.8, 1.0
rng = np.random.RandomState(2)
true_v = np.arange(1, n + 1) / (n + 1)

W = rng.randn(6, 3) * 0.5
b = np.zeros(6)
u = rng.randn(6) * 0.1
c = 0.5

def phi(s):
    x = (s + 1) / (n + 1)
    return np.array([x, x ** 2, 1 - x])

def value(s):
    return u @ np.tanh(W @ phi(s) + b) + c

def grad_value(s):
    f = phi(s)
    h = np.tanh(W @ f + b)
    back = u * (1 - h * h)
    return np.outer(back, f), back, h, 1.0

for episode in range(1, 151):
    s = n // 2
    eW, eb, eu, ec = np.zeros_like(W), np.zeros_like(b), np.zeros_like(u), 0.0
    td2, steps = 0.0, 0
    while True:
        s2 = s + (1 if rng.rand() < 0.5 else -1)
        terminal = s2 < 0 or s2 >= n
        r = 1.0 if s2 >= n else 0.0
        target = r if terminal else r + gamma * value(s2)
        delta = target - value(s)
        gW, gb, gu, gc = grad_value(s)
        eW = gamma * lam * eW + gW
        eb = gamma * lam * eb + gb
        eu = gamma * lam * eu + gu
        ec = gamma * lam * ec + gc
        W += alpha * delta * eW
        b += alpha * delta * eb
        u += alpha * delta * eu
        c += alpha * delta * ec
        td2 += delta ** 2
        steps += 1
        if terminal:
            break
        s = s2
    if episode % 15 == 0:
        V = np.array([value(k) for k in range(n)])
        alpha *= 0.9
        print('episode %3d  td error^2 %.4f  rms %.4f' % (episode, td2 / steps, np.sqrt(np.mean((V - true_v) ** 2))))
