# Max-Sharpe long-only portfolio via softmax weights, gradient ascent; walk-forward test.
# Trading costs are charged on the change against the previous allocation (smoothed |.|).
import numpy as np

np.random.seed(6)
n_assets, n_days, window = 8, 1500, 500
ANN = 252.0

mu_d = np.array([0.02, 0.05, 0.08, 0.03, 0.10, 0.06, 0.00, 0.12]) / ANN * 1.5
vol_d = np.array([0.05, 0.10, 0.15, 0.08, 0.22, 0.12, 0.06, 0.30]) / np.sqrt(ANN)
L = np.eye(n_assets) + 0.35 * np.tril(np.random.rand(n_assets, n_assets), -1)
L /= np.sqrt((L ** 2).sum(1, keepdims=True))
R = mu_d + vol_d * (np.random.standard_t(5, (n_days, n_assets)) / np.sqrt(5 / 3)) @ L.T

cost_rate, ent_bonus, smooth = 0.3, 0.02, 1e-4


def weights(theta):
    e = np.exp(theta - np.max(theta))
    return e / e.sum()


def utility(theta, rets, w_prev):
    w = weights(theta)
    p = rets.dot(w)
    sharpe = np.sqrt(ANN) * p.mean() / p.std()
    turnover = np.sqrt((w - w_prev) ** 2 + smooth).sum()
    entropy = -(w * np.log(w)).sum()
    return sharpe - cost_rate * turnover + ent_bonus * entropy


def utility_grad(theta, rets, w_prev):
    w = weights(theta)
    T = len(rets)
    p = rets.dot(w)
    m, s = p.mean(), p.std()
    # d sharpe / d p_t = sqrt(ANN) * (1/(T s) - m (p_t - m) / (T s^3))
    dp = np.sqrt(ANN) * (1.0 / s - m * (p - m) / s ** 3) / T
    dw = rets.T.dot(dp)
    dw -= cost_rate * (w - w_prev) / np.sqrt((w - w_prev) ** 2 + smooth)
    dw -= ent_bonus * (np.log(w) + 1.0)
    return w * (dw - w.dot(dw))


def optimise(rets, w_prev, theta, n_steps=300, lr=0.2):
    for k in range(n_steps):
        theta = theta + lr / np.sqrt(1 + 0.02 * k) * utility_grad(theta, rets, w_prev)
    return theta


w_prev = np.ones(n_assets) / n_assets
theta = np.zeros(n_assets)
out_of_sample, equal = [], []
for start in range(0, n_days - window, 200):
    past = R[start:start + window]
    future = R[start + window:start + window + 200]
    before = utility(theta, past, w_prev)
    theta = optimise(past, w_prev, theta)
    w = weights(theta)
    print('day %4d: utility %.3f -> %.3f, in-sample Sharpe %.2f, turnover %.3f'
          % (start + window, before, utility(theta, past, w_prev),
             np.sqrt(ANN) * past.dot(w).mean() / past.dot(w).std(), np.abs(w - w_prev).sum()))
    out_of_sample.append(future.dot(w))
    equal.append(future.mean(axis=1))
    w_prev = w

p, q = np.concatenate(out_of_sample), np.concatenate(equal)
print('last weights', np.round(w, 3))
print('out-of-sample Sharpe: optimised %.3f, equal weights %.3f' % (
    np.sqrt(ANN) * p.mean() / p.std(), np.sqrt(ANN) * q.mean() / q.std()))
