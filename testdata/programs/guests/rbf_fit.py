#!/usr/bin/env python3
# Fit a noisy spectrum with a sum of Gaussians + linear background (chi^2/2 minimisation).
# a_k: amplitude, m_k: centre, g_k = ln(width).  AdaMax, float64.
from numpy import *
from numpy.random import default_rng

gen = default_rng(137)
E = linspace(0.0, 10.0, 240)                       # energy / keV


def peaks(par, n):
    a, m, g = par[:n], par[n:2 * n], par[2 * n:3 * n]
    s = exp(g)
    u = (E[None, :] - m[:, None]) / s[:, None]
    return a, s, u, exp(-u ** 2 / 2)


def spectrum(par, n):
    a, s, u, G = peaks(par, n)
    return a @ G + par[-2] + par[-1] * E


def chi2half(par, n, data, sigma):
    return 0.5 * sum(((spectrum(par, n) - data) / sigma) ** 2)


def dchi2half(par, n, data, sigma):
    a, s, u, G = peaks(par, n)
    rho = (a @ G + par[-2] + par[-1] * E - data) / sigma ** 2      # d(chi2/2)/d(model)
    out = empty_like(par)
    out[:n] = G @ rho
    out[n:2 * n] = a / s * ((G * u) @ rho)
    out[2 * n:3 * n] = a * ((G * u ** 2) @ rho)
    out[-2] = sum(rho)
    out[-1] = rho @ E
    return out


def adamax(par, n, data, sigma, eta, steps, b1=0.9, b2=0.99):
    m, v = zeros_like(par), zeros_like(par)
    hist = []
    for k in range(1, steps + 1):
        grad = dchi2half(par, n, data, sigma)
        m = b1 * m + (1 - b1) * grad
        v = maximum(b2 * v, abs(grad))
        par = par - eta / (1 - b1 ** k) * m / (v + 1e-12)
        if k % 1000 == 0:
            eta *= 0.6
        hist.append(chi2half(par, n, data, sigma))
    return par, hist


true_par = array([40.0, 25.0, 60.0, 2.5, 4.0, 7.2, log(0.4), log(0.6), log(0.3), 12.0, -0.6])
clean = spectrum(true_par, 3)
sigma = sqrt(clean)
data = clean + sigma * gen.standard_normal(E.size)

dof = E.size
print('chi2/dof of the true curve: %.3f' % (2 * chi2half(true_par, 3, data, sigma) / dof))
for n in (1, 2, 3):
    # start: highest residual peaks of a crude running mean
    smooth = convolve(data, ones(9) / 9, mode='same')
    start, left = [], smooth.copy()
    for _ in range(n):
        j = argmax(left)
        start.append((left[j] - 8, E[j]))
        left[abs(E - E[j]) < 1.0] = 0
    par0 = concatenate([[p for p, _ in start], [c for _, c in start], full(n, log(0.5)), [8.0, 0.0]])
    par, hist = adamax(par0, n, data, sigma, 0.05, 4000)
    k = 3 * n + 2
    print('%d peaks: chi2/2 %.2f -> %.2f, chi2/dof %.3f, AIC %.1f'
          % (n, hist[0], hist[-1], 2 * hist[-1] / (dof - k), 2 * hist[-1] + 2 * k))
order = argsort(par[3:6])
for i in order:
    print('  E = %.3f keV   amplitude %.2f   width %.3f' % (par[3 + i], par[i], exp(par[6 + i])))
print('  background %.2f %+.3f E' % (par[-2], par[-1]))
