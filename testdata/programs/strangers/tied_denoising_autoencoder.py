# Denoising autoencoder with tied weights (decoder = transposed encoder) on binary rhythm patterns
# cost is cross entropy with guarded logs + a KL sparsity penalty on the mean code activity
import numpy as np

PROB_DROP_INPUT, RHO, SPARSE = 0.25, 0.15, 0.05
gen = np.random.default_rng(64)


def safelog(p):
    return np.log(np.clip(p, 1e-9, 1.0))


def patterns(n, L=24):
    """periodic beats, period 3..6, random phase; a few random flips"""
    period = gen.integers(3, 7, (n, 1))
    phase = gen.integers(0, 6, (n, 1))
    beat = ((np.arange(L)[None] + phase) % period == 0)
    return (beat ^ (gen.random((n, L)) < 0.01)).astype(np.float64)


def corrupted(x):
    return x * (gen.random(x.shape) >= PROB_DROP_INPUT)


def logistic(a):
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + e), e / (1 + e))


def cost_and_grad(par, noisy, clean):
    M, b, c = par["M"], par["b"], par["c"]
    n = len(clean)
    code = logistic(noisy @ M + b)
    rebuilt = logistic(code @ M.T + c)
    entropy = -(clean * safelog(rebuilt) + (1 - clean) * safelog(1 - rebuilt)).sum() / n
    act = code.mean(axis=0)
    kl = (RHO * np.log(RHO / act) + (1 - RHO) * np.log((1 - RHO) / (1 - act))).sum()

    d_out = (rebuilt - clean) / n
    d_code = d_out @ M
    d_code += SPARSE * (-RHO / act + (1 - RHO) / (1 - act)) / n
    d_pre = d_code * code * (1 - code)
    # the matrix is used twice, so there are two contributions
    grad = {"M": noisy.T @ d_pre + d_out.T @ code, "b": d_pre.sum(0), "c": d_out.sum(0)}
    return entropy + SPARSE * kl, entropy, grad


def adadelta(par, grad, mem, rho=0.95, eps=1e-5):
    for k in par:
        mem[k]["g2"] = rho * mem[k]["g2"] + (1 - rho) * grad[k] ** 2
        move = -np.sqrt((mem[k]["d2"] + eps) / (mem[k]["g2"] + eps)) * grad[k]
        mem[k]["d2"] = rho * mem[k]["d2"] + (1 - rho) * move ** 2
        par[k] += move


train_x, test_x = patterns(600), patterns(150)
test_noisy = corrupted(test_x)
hidden = 30
par = {"M": gen.normal(0, 0.2, (24, hidden)), "b": np.zeros(hidden), "c": np.zeros(24)}
mem = {k: {"g2": np.zeros_like(v), "d2": np.zeros_like(v)} for k, v in par.items()}

for epoch in range(60):
    seen = 0.0
    for rows in np.array_split(gen.permutation(600), 15):
        clean = train_x[rows]
        total, _, grad = cost_and_grad(par, corrupted(clean), clean)
        adadelta(par, grad, mem)
        seen += total * len(rows)
    if (epoch + 1) % 6 == 0:
        _, held, _ = cost_and_grad(par, test_noisy, test_x)
        print(f"epoch {epoch + 1:2d}  cost {seen / 600:.5f}  held-out entropy {held:.5f}")
