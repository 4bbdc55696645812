import numpy as np
rng = np.random.RandomState(15)
words = "to be or not to be that is the question".split()
vocab = sorted(set(words)); ix = {w: i for i, w in enumerate(vocab)}
V, E, H = len(vocab), 4, 6
emb = rng.randn(V, E) * .5
Wf, Wh = rng.randn(E + H, H) * .4, rng.randn(E + H, H) * .4
bf, bh = np.ones(H), np.zeros(H)
Wo, bo = rng.randn(H, V) * .4, np.zeros(V)
params = [emb, Wf, Wh, bf, bh, Wo, bo]
mom = [np.zeros_like(q) for q in params]
sig = lambda z: .5 * (1 + np.tanh(.5 * z))
def epoch(seq):
    h = np.zeros(H); saved = []; loss = 0
    for a, b in zip(seq[:-1], seq[1:]):          # predict the next word
        x = emb[a]
        f = sig(np.r_[x, h] @ Wf + bf)
        u = np.tanh(np.r_[x, f * h] @ Wh + bh)
        hn = (1 - f) * h + f * u
        s = hn @ Wo + bo
        q = np.exp(s - s.max()); q /= q.sum()
        loss -= np.log(q[b])
        saved.append((a, b, x, h, f, u, hn, q)); h = hn
    g = [np.zeros_like(q) for q in params]
    gemb, gWf, gWh, gbf, gbh, gWo, gbo = g
    dh = np.zeros(H)
    for a, b, x, h, f, u, hn, q in saved[::-1]:
        ds = q.copy(); ds[b] -= 1
        gWo += np.outer(hn, ds); gbo += ds
        dh = dh + Wo @ ds
        df = dh * (u - h)
        du = dh * f * (1 - u ** 2)
        dold = dh * (1 - f)
        gWh += np.outer(np.r_[x, f * h], du); gbh += du
        back = Wh @ du
        dx, dfh = back[:E], back[E:]
        df = (df + dfh * h) * f * (1 - f)
        dold = dold + dfh * f
        gWf += np.outer(np.r_[x, h], df); gbf += df
        back = Wf @ df
        dx = dx + back[:E]
        gemb[a] += dx
        dh = dold + back[E:]
    n = len(saved)
    return loss / n, [q / n for q in g]
seq = [ix[w] for w in words]
for it in range(8):
    loss, grads = epoch(seq)
    for q, m, g in zip(params, mom, grads):
        m *= .7
        m += g
        q -= .3 * m
    print(it, loss)
