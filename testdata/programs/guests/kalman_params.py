"""Maximum likelihood for an AR(1) signal in noise (state space form):
     x_t = phi x_{t-1} + w_t,  w ~ N(0, q);    y_t = mu + x_t + v_t,  v ~ N(0, r)
The score is computed by differentiating the Kalman recursions (forward sensitivities).
Some observations are missing.  Parameters: [atanh phi, log q, log r, mu]."""
import numpy as np

rng = np.random.RandomState(404)


def simulate(n, phi, q, r, mu):
    x = np.zeros(n)
    x[0] = rng.randn() * np.sqrt(q / (1 - phi ** 2))
    for t in range(1, n):
        x[t] = phi * x[t - 1] + np.sqrt(q) * rng.randn()
    y = mu + x + np.sqrt(r) * rng.randn(n)
    y[rng.rand(n) < 0.1] = np.nan
    return x, y


def loglik_and_score(th, y):
    phi, q, r, mu = np.tanh(th[0]), np.exp(th[1]), np.exp(th[2]), th[3]
    # derivatives of (phi, q, r, mu) with respect to th
    dphi = np.array([1 - phi ** 2, 0, 0, 0])
    dq = np.array([0, q, 0, 0])
    dr = np.array([0, 0, r, 0])
    dmu = np.array([0, 0, 0, 1.0])

    m, dm = 0.0, np.zeros(4)                                   # prior mean and its sensitivity
    P = q / (1 - phi ** 2)                                     # stationary prior variance
    dP = dq / (1 - phi ** 2) + q * 2 * phi * dphi / (1 - phi ** 2) ** 2
    ll, score = 0.0, np.zeros(4)
    for obs in y:
        if not np.isnan(obs):
            e, de = obs - mu - m, -dmu - dm
            S, dS = P + r, dP + dr
            ll += -0.5 * (np.log(2 * np.pi * S) + e * e / S)
            score += -0.5 * (dS / S + 2 * e * de / S - e * e * dS / S ** 2)
            K = P / S
            dK = dP / S - P * dS / S ** 2
            m, dm = m + K * e, dm + dK * e + K * de
            P, dP = (1 - K) * P, (1 - K) * dP - dK * P
        # time update
        m, dm = phi * m, dphi * m + phi * dm
        P, dP = phi ** 2 * P + q, 2 * phi * dphi * P + phi ** 2 * dP + dq
    return ll, score


def filtered_mean(th, y):
    phi, q, r, mu = np.tanh(th[0]), np.exp(th[1]), np.exp(th[2]), th[3]
    m, P, out = 0.0, q / (1 - phi ** 2), []
    for obs in y:
        if not np.isnan(obs):
            K = P / (P + r)
            m, P = m + K * (obs - mu - m), (1 - K) * P
        out.append(m)
        m, P = phi * m, phi ** 2 * P + q
    return np.array(out)


x, y = simulate(700, 0.9, 0.3, 0.5, 2.0)
train, test = y[:500], y[500:]
th = np.array([0.3, 0.0, 0.0, np.nanmean(train)])
G2 = np.zeros(4)
for it in range(1, 121):
    ll, s = loglik_and_score(th, train)
    s = s / len(train)
    G2 += s ** 2                                               # Adagrad, ascent
    th = th + 0.15 * s / (np.sqrt(G2) + 1e-10)
    if it % 20 == 0:
        print('it %3d  loglik %.4f  phi %.4f q %.4f r %.4f mu %.4f' % (
            it, ll, np.tanh(th[0]), np.exp(th[1]), np.exp(th[2]), th[3]))
print('log-likelihood per test observation: %.4f' % (loglik_and_score(th, test)[0] / np.sum(~np.isnan(test))))
est = filtered_mean(th, test)
ok = ~np.isnan(test)
print('rmse of the state: filter %.4f, raw observation %.4f' % (
    np.sqrt(np.mean((est - x[500:]) ** 2)), np.sqrt(np.mean((test - th[3] - x[500:])[ok] ** 2))))
