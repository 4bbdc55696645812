import numpy as np

# Wasserstein: a critic with clipped weights, and a generator that is stepped
# after every second step of the critic. RMSprop for both.
np.random.seed(64)
B, Z, LR, BOUND = 20, 2, 0.02, 0.3
gen = [np.random.randn(Z, 6) * 0.5, np.zeros(6), np.random.randn(6, 2) * 0.5, np.zeros(2)]
cri = [np.random.uniform(-BOUND, BOUND, (2, 8)), np.zeros(8), np.random.uniform(-BOUND, BOUND, (8, 1))]
gen_ms = [np.zeros_like(p) for p in gen]
cri_ms = [np.zeros_like(p) for p in cri]


def generate(z):
    h = np.tanh(z @ gen[0] + gen[1])
    return h, h @ gen[2] + gen[3]


def criticise(x):
    pre = x @ cri[0] + cri[1]
    act = np.where(pre > 0, pre, 0.2 * pre)
    return pre, act, act @ cri[2]


def rmsprop(params, grads, ms):
    for p, g, m in zip(params, grads, ms):
        m[:] = 0.9 * m + 0.1 * g ** 2
        p -= LR * g / (np.sqrt(m) + 1e-6)


for it in range(10):
    angle = np.random.rand(B, 1) * 2 * np.pi
    real = np.hstack([np.cos(angle), np.sin(angle)]) + 0.5
    _, fake = generate(np.random.randn(B, Z))
    pr, ar, sr = criticise(real)
    pf, af, sf = criticise(fake)
    critic_loss = sf.mean() - sr.mean()
    dr, df = np.full((B, 1), -1 / B), np.full((B, 1), 1 / B)
    er = dr @ cri[2].T * np.where(pr > 0, 1, 0.2)
    ef = df @ cri[2].T * np.where(pf > 0, 1, 0.2)
    grads = [real.T @ er + fake.T @ ef, er.sum(0) + ef.sum(0), ar.T @ dr + af.T @ df]
    rmsprop(cri, grads, cri_ms)
    for p in cri:
        np.clip(p, -BOUND, BOUND, out=p)
    if it % 2:
        z = np.random.randn(B, Z)
        h, fake = generate(z)
        pre, act, score = criticise(fake)
        gen_loss = -score.mean()
        d = np.full((B, 1), -1 / B) @ cri[2].T
        d *= np.where(pre > 0, 1, 0.2)
        dx = d @ cri[0].T
        dh = dx @ gen[2].T * (1 - h ** 2)
        rmsprop(gen, [z.T @ dh, dh.sum(0), h.T @ dx, dx.sum(0)], gen_ms)
        print(it, critic_loss, gen_loss)
