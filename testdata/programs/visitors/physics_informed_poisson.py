# PINN without autodiff:  -u''(x) + u(x)^3 = f(x) on (0,1),  u(0)=u(1)=0
# u(x) = sum_k v_k tanh(w_k x + b_k) + c.    All derivatives by hand, on paper first.
#
#   tanh'   = 1 - T^2              =: D1
#   tanh''  = -2 T (1-T^2)         =: D2
#   tanh''' = (1-T^2)(6T^2 - 2)    =: D3
import numpy as np

rng = np.random.RandomState(31)
N, K, BW = 40, 16, 20.0
x = np.linspace(0, 1, N)
exact = np.sin(np.pi * x) + 0.3 * np.sin(3 * np.pi * x)
f = np.pi ** 2 * np.sin(np.pi * x) + 0.3 * 9 * np.pi ** 2 * np.sin(3 * np.pi * x) + exact ** 3

theta = {'w': rng.randn(K) * 5, 'b': -5 * rng.rand(K) * rng.choice([-1, 1], K), 'v': rng.randn(K) * .3, 'c': np.zeros(())}
theta['b'] = -theta['w'] * rng.rand(K)      # kinks inside the interval


def u_of(th, s):
    return np.tanh(np.outer(s, th['w']) + th['b']) @ th['v'] + th['c']


def loss_grad(th):
    w, b, v, c = th['w'], th['b'], th['v'], th['c']
    T = np.tanh(np.outer(x, w) + b)                # N x K
    D1 = 1 - T * T
    D2 = -2 * T * D1
    D3 = D1 * (6 * T * T - 2)
    u = T @ v + c
    uxx = D2 @ (v * w * w)
    r = -uxx + u ** 3 - f
    ends = np.array([0., 1.])
    Te = np.tanh(np.outer(ends, w) + b)
    De = 1 - Te * Te
    ue = Te @ v + c
    loss = np.mean(r ** 2) + BW * np.sum(ue ** 2)

    a = 2 * r / N                                  # dloss/dr
    q = a * 3 * u ** 2                             # through u
    e = 2 * BW * ue
    g = {}
    g['c'] = q.sum() + e.sum()
    g['v'] = -(a @ D2) * w * w + q @ T + e @ Te
    # z = w x + b:  d uxx / dz = v w^2 D3,   du/dz = v D1
    gz = -a[:, None] * D3 * (v * w * w) + q[:, None] * D1 * v
    ge = e[:, None] * De * v
    g['b'] = gz.sum(0) + ge.sum(0)
    g['w'] = x @ gz + ends @ ge - (a @ D2) * v * 2 * w       # last: the explicit w^2
    return loss, g


# iRprop-: a step size for every weight, only the signs of the gradient are used
size = {k: np.full_like(t, 1e-3) for k, t in theta.items()}
prev = {k: np.zeros_like(t) for k, t in theta.items()}
ITERS = 2500
for it in range(ITERS + 1):
    loss, grad = loss_grad(theta)
    if it % 500 == 0:
        print('iter %5d loss %.5e  max error %.2e' % (it, loss, np.abs(u_of(theta, x) - exact).max()))
    for k in theta:
        agree = prev[k] * grad[k]
        size[k] = np.where(agree > 0, np.minimum(size[k] * 1.2, 0.1), np.where(agree < 0, np.maximum(size[k] * 0.5, 1e-9), size[k]))
        gk = np.where(agree < 0, 0.0, grad[k])
        theta[k] = theta[k] - np.sign(gk) * size[k]
        prev[k] = gk

# finish with gradient descent + halving
step = 1e-6
best, g = loss_grad(theta)
for it in range(200):
    trial = {k: theta[k] - step * g[k] for k in theta}
    new, gn = loss_grad(trial)
    if new < best:
        theta, best, g = trial, new, gn
        step *= 1.3
    else:
        step *= 0.5
print('after polishing: loss %.5e max error %.2e' % (best, np.abs(u_of(theta, x) - exact).max()))
fine = np.linspace(0, 1, 9)
print(np.c_[fine, u_of(theta, fine), np.sin(np.pi * fine) + .3 * np.sin(3 * np.pi * fine)].round(3))
