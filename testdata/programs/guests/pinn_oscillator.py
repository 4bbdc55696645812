"""Physics-informed network for the damped oscillator u'' + c u' + k u = 0, u(0)=1, u'(0)=0.
k is known, the damping c is UNKNOWN and identified from a few noisy measurements.
One tanh layer; u, u', u'' and all their parameter derivatives are worked out by hand."""
import numpy as np

rng = np.random.default_rng(42)
k_true, c_true, T_end = 4.0, 0.5, 4.0
wd = np.sqrt(k_true - c_true ** 2 / 4)


def exact(t):
    return np.exp(-c_true * t / 2) * (np.cos(wd * t) + c_true / (2 * wd) * np.sin(wd * t))


H = 24
p = {'w': rng.uniform(-2, 2, H), 'b': rng.uniform(-3, 3, H), 'v': 0.3 * rng.standard_normal(H),
     'd': np.zeros(1), 'c': np.array([0.0])}


def net(p, t):
    """u, u_t, u_tt at the times t, and the pieces needed later"""
    a = np.tanh(np.outer(t, p['w']) + p['b'])
    a1 = 1 - a ** 2                       # tanh'
    a2 = -2 * a * a1                      # tanh''
    u = a @ p['v'] + p['d'][0]
    ut = a1 @ (p['v'] * p['w'])
    utt = a2 @ (p['v'] * p['w'] ** 2)
    return u, ut, utt, (a, a1, a2)


def pull_back(p, t, parts, gu, gut, gutt):
    """given dL/du, dL/du_t, dL/du_tt per point, gradient w.r.t. w, b, v, d"""
    a, a1, a2 = parts
    a3 = -2 * a1 ** 2 - 2 * a * a2        # tanh'''
    w, v = p['w'], p['v']
    g = {}
    g['v'] = a.T @ gu + w * (a1.T @ gut) + w ** 2 * (a2.T @ gutt)
    pre = gu[:, None] * v * a1 + gut[:, None] * v * w * a2 + gutt[:, None] * v * w ** 2 * a3
    g['b'] = pre.sum(0)
    g['w'] = t @ pre + v * (a1.T @ gut) + 2 * v * w * (a2.T @ gutt)
    g['d'] = np.array([gu.sum()])
    return g


def loss_and_grad(p, t_col, t_obs, y_obs, lam_ic=5.0, lam_obs=5.0):
    c = p['c'][0]
    u, ut, utt, parts = net(p, t_col)
    res = utt + c * ut + k_true * u
    n = len(t_col)
    g = pull_back(p, t_col, parts, 2 * k_true * res / n, 2 * c * res / n, 2 * res / n)
    g['c'] = np.array([2 * (res * ut).mean()])
    L_pde = (res ** 2).mean()

    t0 = np.zeros(1)
    u0, ut0, _, parts0 = net(p, t0)
    L_ic = (u0[0] - 1) ** 2 + ut0[0] ** 2
    g0 = pull_back(p, t0, parts0, 2 * lam_ic * (u0 - 1), 2 * lam_ic * ut0, np.zeros(1))

    uo, _, _, parts_o = net(p, t_obs)
    m = len(t_obs)
    L_obs = ((uo - y_obs) ** 2).mean()
    go = pull_back(p, t_obs, parts_o, 2 * lam_obs * (uo - y_obs) / m, np.zeros(m), np.zeros(m))
    for name in g0:
        g[name] = g[name] + g0[name] + go[name]
    return L_pde + lam_ic * L_ic + lam_obs * L_obs, g, (L_pde, L_ic, L_obs)


t_obs = np.linspace(0.3, T_end, 12)
y_obs = exact(t_obs) + 0.01 * rng.standard_normal(12)
m = {n: np.zeros_like(x) for n, x in p.items()}
s = {n: np.zeros_like(x) for n, x in p.items()}
for it in range(1, 4001):
    t_col = rng.uniform(0, T_end, 64)
    L, g, terms = loss_and_grad(p, t_col, t_obs, y_obs)
    lr = 0.01 * 0.5 ** (it / 1000)
    for n in p:
        m[n] = 0.9 * m[n] + 0.1 * g[n]
        s[n] = 0.999 * s[n] + 0.001 * g[n] ** 2
        p[n] = p[n] - lr * (m[n] / (1 - 0.9 ** it)) / (np.sqrt(s[n] / (1 - 0.999 ** it)) + 1e-8)
    if it % 500 == 0:
        print('it %5d  loss %.5f  (pde %.5f, ic %.6f, obs %.6f)  c = %.4f' % ((it, L) + terms + (p['c'][0],)))

t = np.linspace(0, T_end, 200)
print('max error of u on [0, %.0f]: %.4f;  c found %.4f, true %.2f' % (
    T_end, np.abs(net(p, t)[0] - exact(t)).max(), p['c'][0], c_true))
