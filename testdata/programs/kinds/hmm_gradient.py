# Fit a Gaussian-emission HMM by gradient ascent on the log likelihood (instead of Baum-Welch).
# parameters: pi logits, transition logits, means, log std.  scaled forward-backward.
import numpy as np

rng = np.random.RandomState(0)
true_A = np.array([[0.9, 0.1], [0.2, 0.8]])
s, obs = 0, []
for _ in range(120):
    s = rng.choice(2, p=true_A[s])
    obs.append(rng.normal([-1.0, 2.0][s], [0.5, 0.8][s]))
obs = np.array(obs)
T, K = len(obs), 2

def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)

def loglik(par):
    pi, A = softmax(par['pi']), softmax(par['A'])
    sd = np.exp(par['logsd'])
    zs = (obs[:, None] - par['mu']) / sd
    b = np.exp(-0.5 * zs ** 2) / (sd * np.sqrt(2 * np.pi))
    a_hat, c = np.zeros((T, K)), np.zeros(T)
    prev = pi
    for t in range(T):
        a = (prev if t == 0 else prev @ A) * b[t]
        c[t] = a.sum()
        a_hat[t] = prev = a / c[t]
    b_hat = np.ones((T, K))
    for t in range(T - 2, -1, -1):
        b_hat[t] = A @ (b[t + 1] * b_hat[t + 1]) / c[t + 1]
    post = a_hat * b_hat
    xi = np.zeros((K, K))
    for t in range(T - 1):
        xi += np.outer(a_hat[t], b[t + 1] * b_hat[t + 1]) * A / c[t + 1]
    # Fisher identity: gradient of log p(obs) = E_posterior[gradient of complete log lik]
    g = {'pi': post[0] - pi,
         'A': xi - xi.sum(1, keepdims=True) * A,
         'mu': (post * zs / sd).sum(0),
         'logsd': (post * (zs ** 2 - 1)).sum(0)}
    return np.log(c).sum(), g

par = {'pi': np.zeros(2), 'A': np.array([[0.5, 0.], [0., 0.5]]), 'mu': np.array([-0.5, 0.5]), 'logsd': np.zeros(2)}
step = 0.2
last = None
for it in range(60):
    ll, g = loglik(par)
    if last is not None and ll < last:
        step *= 0.5              # went too far
    for name in par:
        par[name] = par[name] + step * g[name] / T
    if it % 6 == 0:
        print(f'{it:3d} neg log lik per obs = {-ll / T:.4f}  mu = {np.round(par["mu"], 2)}')
    last = ll
    step = min(step * 1.05, 1.5)
print('A =', np.round(softmax(par['A']), 2).tolist(), 'sd =', np.round(np.exp(par['logsd']), 2).tolist())
