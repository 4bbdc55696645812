#!/usr/bin/env python3
# Maximum likelihood for a damped local-trend model by gradient descent
# *through* the Kalman filter.
#
#   level_t = level_{t-1} + slope_{t-1} + noise(q0)
#   slope_t = phi * slope_{t-1} + noise(q1)
#   y_t     = level_t + noise(r)            (some y_t missing)
#
# theta = [log q0, log q1, log r, atanh phi, level_0, slope_0]
import numpy as np

H = np.array([1.0, 0.0])


def simulate(rng, n_series, T, q0=0.05, q1=0.02, r=0.4, phi=0.8):
    Y = np.zeros((n_series, T))
    for n in range(n_series):
        level, slope = 1.0, 0.5
        for t in range(T):
            level, slope = (level + slope + np.sqrt(q0) * rng.normal(),
                            phi * slope + np.sqrt(q1) * rng.normal())
            Y[n, t] = level + np.sqrt(r) * rng.normal()
    Y[rng.random(Y.shape) < 0.15] = np.nan
    return Y


def unpack(theta):
    Q = np.diag(np.exp(theta[:2]))
    r = np.exp(theta[2])
    phi = np.tanh(theta[3])
    F = np.array([[1.0, 1.0], [0.0, phi]])
    return F, Q, r, phi, theta[4:6]


def kalman_filter(theta, y, P0=0.2):
    F, Q, r, _, m = unpack(theta)
    P = P0 * np.eye(2)
    nll, tape = 0.0, []
    for obs in y:
        m_prev, P_prev = m, P
        m_pred = F @ m
        P_pred = F @ P @ F.T + Q
        if np.isnan(obs):
            m, P = m_pred, P_pred
            tape.append((m_prev, P_prev, P_pred, None, None, None))
            continue
        v = obs - H @ m_pred
        s = H @ P_pred @ H + r
        k = P_pred @ H / s
        m = m_pred + k * v
        P = P_pred - s * np.outer(k, k)
        nll += 0.5 * (np.log(2 * np.pi * s) + v * v / s)
        tape.append((m_prev, P_prev, P_pred, v, s, k))
    return nll, tape


def filter_adjoint(theta, tape):
    """Reverse sweep over the tape, gradient of the nll with respect to theta."""
    F, Q, r, phi, _ = unpack(theta)
    gF, gQ, gr = np.zeros((2, 2)), np.zeros((2, 2)), 0.0
    gm, gP = np.zeros(2), np.zeros((2, 2))
    for m_prev, P_prev, P_pred, v, s, k in reversed(tape):
        gm_pred, gP_pred = gm.copy(), gP.copy()
        if v is not None:
            # covariance update
            gk = -s * (gP + gP.T) @ k
            gs = -k @ gP @ k
            # mean update
            gk += gm * v
            gv = gm @ k
            # likelihood term
            gv += v / s
            gs += 0.5 / s - 0.5 * v * v / s ** 2
            # gain
            gP_pred += np.outer(gk, H) / s
            gs -= gk @ k / s
            # innovation variance and innovation
            gP_pred += gs * np.outer(H, H)
            gr += gs
            gm_pred -= gv * H
        # prediction
        gF += np.outer(gm_pred, m_prev) + (gP_pred + gP_pred.T) @ F @ P_prev
        gQ += gP_pred
        gm = F.T @ gm_pred
        gP = F.T @ gP_pred @ F
    g = np.zeros(6)
    g[:2] = np.diag(gQ) * np.diag(Q)
    g[2] = gr * r
    g[3] = gF[1, 1] * (1 - phi ** 2)
    g[4:] = gm
    return g


def objective(theta, batch, prior_mean, prior_prec):
    """Mean nll per observation plus a weak Gaussian prior."""
    total, grad, count = 0.0, np.zeros_like(theta), 0
    for y in batch:
        nll, tape = kalman_filter(theta, y)
        total += nll
        grad += filter_adjoint(theta, tape)
        count += np.sum(~np.isnan(y))
    diff = theta - prior_mean
    total = total / count + 0.5 * prior_prec * diff @ diff
    return total, grad / count + prior_prec * diff


class RMSProp:
    def __init__(self, theta, lr=0.05, rho=0.9, momentum=0.5, eps=1e-6):
        self.theta = theta
        self.lr, self.rho, self.momentum, self.eps = lr, rho, momentum, eps
        self.sq = np.zeros_like(theta)
        self.buf = np.zeros_like(theta)

    def step(self, grad):
        self.sq *= self.rho
        self.sq += (1 - self.rho) * grad ** 2
        self.buf = self.momentum * self.buf + grad / (np.sqrt(self.sq) + self.eps)
        self.theta -= self.lr * self.buf


def one_step_rmse(theta, Y):
    errs = []
    for y in Y:
        errs += [v for *_, v, _, _ in kalman_filter(theta, y)[1] if v is not None]
    return np.sqrt(np.mean(np.square(errs)))


if __name__ == "__main__":
    rng = np.random.default_rng(5)
    Y_train, Y_test = simulate(rng, 20, 30), simulate(rng, 8, 30)

    theta = np.array([-1.0, -1.0, 0.5, 0.0, 0.0, 0.0])
    prior_mean = theta.copy()
    opt = RMSProp(theta)
    for it in range(60):
        if it == 40:
            opt.lr /= 5
        batch = Y_train[rng.choice(len(Y_train), 4, replace=False)]
        loss, grad = objective(theta, batch, prior_mean, prior_prec=1e-3)
        opt.step(grad)
        if it % 10 == 0:
            print(f"{it:3d}  objective {loss:.4f}  test rmse {one_step_rmse(theta, Y_test):.4f}")

    F, Q, r, phi, m0 = unpack(theta)
    print("q = %.3f %.3f   r = %.3f   phi = %.3f" % (*np.diag(Q), r, phi))
    print("initial state", np.round(m0, 3))
