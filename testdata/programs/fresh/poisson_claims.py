"""Claim counts: Poisson regression with exposure, a city effect table and elastic net,
fitted by Adam on mini-batches, stopped early on the validation deviance."""
import numpy as np
from numpy import exp, log

rng = np.random.default_rng(8)
N, D, CITIES = 600, 6, 9
raw = rng.normal([2, 0, 5, -1, 0, 1], [1, 2, 3, 1, .5, 1], (N, D))
city = rng.integers(0, CITIES, N)
exposure = rng.uniform(0.3, 2.0, N)
true_w = np.array([0.5, -0.4, 0.0, 0.3, 0.0, 0.0])
std_raw = (raw - raw.mean(0)) / raw.std(0)
counts = rng.poisson(exposure * exp(0.2 + std_raw @ true_w + rng.normal(0, .4, CITIES)[city]))

tr, va = np.arange(N) < 450, np.arange(N) >= 450
mu_x, sd_x = raw[tr].mean(axis=0), raw[tr].std(axis=0)
X = (raw - mu_x) / sd_x
offset = log(exposure)

L1, L2, CITY_L2 = 0.01, 0.02, 0.05


def linear(theta, rows):
    return theta["b"][0] + X[rows] @ theta["w"] + theta["city"][city[rows]] + offset[rows]


def objective(theta, rows):
    eta = linear(theta, rows)
    nll = np.mean(exp(eta) - counts[rows] * eta)
    penalty = L1 * np.abs(theta["w"]).sum() + 0.5 * L2 * np.sum(theta["w"] ** 2)
    penalty += 0.5 * CITY_L2 * np.sum(theta["city"] ** 2)
    return nll + penalty


def gradient(theta, rows):
    eta = linear(theta, rows)
    resid = (exp(eta) - counts[rows]) / len(rows)
    g_city = np.zeros(CITIES)
    np.add.at(g_city, city[rows], resid)
    return {
        "b": np.array([resid.sum()]),
        "w": X[rows].T @ resid + L1 * np.sign(theta["w"]) + L2 * theta["w"],
        "city": g_city + CITY_L2 * theta["city"],
    }


def deviance(theta, rows):
    y, rate = counts[rows], exp(linear(theta, rows))
    ylog = np.where(y > 0, y * log(np.maximum(y, 1) / rate), 0.0)
    return 2 * np.mean(ylog - (y - rate))


theta = {"b": np.zeros(1), "w": rng.normal(0, 0.3, D), "city": rng.normal(0, 0.1, CITIES)}
moment1 = {k: np.zeros_like(v) for k, v in theta.items()}
moment2 = {k: np.zeros_like(v) for k, v in theta.items()}
alpha, b1, b2, tick = 0.03, 0.9, 0.995, 0
train_rows, valid_rows = np.flatnonzero(tr), np.flatnonzero(va)
best_dev, best_theta, patience = np.inf, None, 5

for epoch in range(60):
    rng.shuffle(train_rows)
    for s in range(0, len(train_rows), 64):
        g = gradient(theta, train_rows[s:s + 64])
        tick += 1
        for k in theta:
            moment1[k] = b1 * moment1[k] + (1 - b1) * g[k]
            moment2[k] = b2 * moment2[k] + (1 - b2) * g[k] ** 2
            fixed1 = moment1[k] / (1 - b1 ** tick)
            fixed2 = moment2[k] / (1 - b2 ** tick)
            theta[k] = theta[k] - alpha * fixed1 / (np.sqrt(fixed2) + 1e-8)
    dev = deviance(theta, valid_rows)
    if epoch % 4 == 0:
        print(f"epoch {epoch:2d} objective {objective(theta, train_rows):.5f} valid deviance {dev:.5f}")
    if dev < best_dev:
        best_dev, patience = dev, 5
        best_theta = {k: v.copy() for k, v in theta.items()}
    else:
        patience -= 1
        if patience == 0:
            print("stopped at epoch", epoch)
            break

print("weights", np.round(best_theta["w"], 4), "valid deviance %.5f" % best_dev)
