# Spiking net (leaky integrate-and-fire, soft reset by subtraction) trained with BPTT.
# The spike is a step function; the backward pass uses the fast-sigmoid SURROGATE derivative by design,
# and the reset term is detached (usual in snntorch / SuperSpike code).
import numpy as np

np.random.seed(40)
n_in, n_hid, n_out, T, B = 20, 30, 3, 20, 48
beta, theta, slope = 0.9, 1.0, 5.0

rates = np.random.rand(n_out, n_in) * 0.4
def sample(b):
    y = np.random.randint(0, n_out, b)
    return (np.random.rand(T, b, n_in) < rates[y]).astype(float), y

w1 = np.random.randn(n_in, n_hid) * 0.3
w2 = np.random.randn(n_hid, n_out) * 0.2

spike = lambda u: (u > theta).astype(float)
surrogate = lambda u: 1.0 / (1.0 + slope * np.abs(u - theta)) ** 2

def run(x):
    u, s = np.zeros((x.shape[1], n_hid)), np.zeros((x.shape[1], n_hid))
    v = np.zeros((x.shape[1], n_out))
    us, ss, vs = [], [], []
    for t in range(T):
        u = beta * u + x[t] @ w1 - theta * s
        s = spike(u)
        v = beta * v + s @ w2                  # leaky read-out, no spikes
        us.append(u); ss.append(s); vs.append(v)
    return us, ss, vs

opt = {'m': [0, 0], 'v': [0, 0]}
for it in range(1, 101):
    x, y = sample(B)
    us, ss, vs = run(x)
    logits = np.mean(vs, axis=0)
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    ce = -np.mean(np.log(p[np.arange(B), y] + 1e-12))

    dlog = p.copy()
    dlog[np.arange(B), y] -= 1
    dlog /= B
    g1, g2 = np.zeros_like(w1), np.zeros_like(w2)
    du, dv = np.zeros((B, n_hid)), np.zeros((B, n_out))
    for t in reversed(range(T)):
        dv = dlog / T + beta * dv
        g2 += ss[t].T @ dv
        du = beta * du + (dv @ w2.T) * surrogate(us[t])
        g1 += x[t].T @ du
    for i, (w, g) in enumerate(((w1, g1), (w2, g2))):
        opt['m'][i] = 0.9 * opt['m'][i] + 0.1 * g
        opt['v'][i] = 0.999 * opt['v'][i] + 0.001 * g * g
        w -= 0.01 * (opt['m'][i] / (1 - 0.9 ** it)) / (np.sqrt(opt['v'][i] / (1 - 0.999 ** it)) + 1e-8)
    if it % 10 == 0:
        print('it %3d  ce %.4f  acc %.3f  firing rate %.3f' % (it, ce, (p.argmax(1) == y).mean(), np.mean(ss)))
