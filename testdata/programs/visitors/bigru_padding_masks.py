'''Bidirectional GRU over padded sentences.
Two GRU flavours, selected by `flavour`:
   "before": candidate = tanh(Wx + U(r*h))         (Cho et al.)
   "after" : candidate = tanh(Wx + r*(Uh + c))     (cuDNN)
Padding steps copy the state forward. Pooling: mean over the real steps.
'''
import numpy as np


def sigm(a):
    return 1. / (1. + np.exp(-a))


class GRU:
    def __init__(self, D, H, flavour, rng):
        self.H, self.flavour = H, flavour
        self.P = {'W': rng.randn(D, 3 * H) / np.sqrt(D), 'U': rng.randn(H, 3 * H) / np.sqrt(H),
                  'b': np.zeros(3 * H), 'c': np.zeros(H)}

    def forward(self, x, mask):
        P, H = self.P, self.H
        B, T, _ = x.shape
        h = np.zeros((B, H))
        hs = np.zeros((B, T, H))
        self.x, self.mask, self.mem = x, mask, []
        U, Uc = P['U'][:, :2 * H], P['U'][:, 2 * H:]
        pre = x @ P['W'] + P['b']
        for t in range(T):
            zr = sigm(pre[:, t, :2 * H] + h @ U)
            z, r = zr[:, :H], zr[:, H:]
            if self.flavour == 'before':
                inner = r * h
                n = np.tanh(pre[:, t, 2 * H:] + inner @ Uc)
            else:
                inner = h @ Uc + P['c']
                n = np.tanh(pre[:, t, 2 * H:] + r * inner)
            mt = mask[:, t, None]
            self.mem.append((h, z, r, n, inner, mt))
            h = mt * ((1 - z) * n + z * h) + (1 - mt) * h
            hs[:, t] = h
        return hs

    def backward(self, dhs):
        P, H = self.P, self.H
        G = {k: np.zeros_like(v) for k, v in P.items()}
        U, Uc = P['U'][:, :2 * H], P['U'][:, 2 * H:]
        dpre = np.zeros(dhs.shape[:2] + (3 * H,))
        carry = np.zeros_like(dhs[:, 0])
        for t in range(dhs.shape[1] - 1, -1, -1):
            h, z, r, n, inner, mt = self.mem[t]
            d = carry + dhs[:, t]
            carry = (1 - mt) * d
            d = mt * d
            carry += d * z
            dz = d * (h - n) * z * (1 - z)
            dn = d * (1 - z) * (1 - n * n)
            if self.flavour == 'before':
                G['U'][:, 2 * H:] += inner.T @ dn
                dinner = dn @ Uc.T
                dr = dinner * h
                carry += dinner * r
            else:
                dr = dn * inner
                dinner = dn * r
                G['U'][:, 2 * H:] += h.T @ dinner
                G['c'] += dinner.sum(0)
                carry += dinner @ Uc.T
            dr = dr * r * (1 - r)
            dzr = np.hstack([dz, dr])
            G['U'][:, :2 * H] += h.T @ dzr
            carry += dzr @ U.T
            dpre[:, t] = np.hstack([dzr, dn])
        G['W'] = np.einsum('btd,bth->dh', self.x, dpre)
        G['b'] = dpre.sum(axis=(0, 1))
        return dpre @ P['W'].T, G


class Tagger:
    def __init__(self, V, D, H, flavour, rng):
        self.emb = {'E': rng.randn(V, D) * 0.5}
        self.f, self.r = GRU(D, H, flavour, rng), GRU(D, H, flavour, rng)
        self.out = {'w': rng.randn(2 * H) / np.sqrt(2 * H), 'b': np.zeros(1)}
        self.groups = [self.emb, self.f.P, self.r.P, self.out]

    def loss(self, ids, mask, y):
        x = self.emb['E'][ids]
        hf = self.f.forward(x, mask)
        hb = self.r.forward(x[:, ::-1], mask[:, ::-1])[:, ::-1]
        h = np.concatenate([hf, hb], 2)
        n = mask.sum(1)
        pooled = (h * mask[:, :, None]).sum(1) / n[:, None]
        s = pooled @ self.out['w'] + self.out['b'][0]
        p = sigm(s)
        L = np.mean(np.logaddexp(0, s) - y * s)
        ds = (p - y) / len(y)
        g_out = {'w': pooled.T @ ds, 'b': np.array([ds.sum()])}
        dh = (np.outer(ds, self.out['w']) / n[:, None])[:, None, :] * mask[:, :, None]
        H = self.f.H
        dx1, gf = self.f.backward(dh[:, :, :H])
        dx2, gr = self.r.backward(dh[:, ::-1, H:])
        gE = np.zeros_like(self.emb['E'])
        np.add.at(gE, ids, dx1 + dx2[:, ::-1])
        return L, np.mean((p > .5) == y), [{'E': gE}, gf, gr, g_out]


def sentences(n, rng, V=8, T=9):
    """label: is token 1 somewhere before token 2?"""
    ids, mask, y = np.zeros((n, T), int), np.zeros((n, T)), np.zeros(n)
    for i in range(n):
        k = rng.randint(4, T + 1)
        ids[i, :k] = rng.randint(3, V, k)
        a, b = rng.choice(k, 2, replace=False)
        ids[i, a], ids[i, b] = 1, 2
        mask[i, :k] = 1
        y[i] = a < b
    return ids, mask, y


if __name__ == '__main__':
    for flavour in ('before', 'after'):
        rng = np.random.RandomState(3)
        data, test = sentences(480, rng), sentences(200, rng)
        net = Tagger(8, 6, 10, flavour, rng)
        M = [{k: np.zeros_like(v) for k, v in g.items()} for g in net.groups]
        S = [{k: np.zeros_like(v) for k, v in g.items()} for g in net.groups]
        t = 0
        for ep in range(4):
            for j in np.array_split(rng.permutation(480), 15):
                t += 1
                L, acc, G = net.loss(*(d[j] for d in data))
                for prm, g, m, s in zip(net.groups, G, M, S):            # NAdam
                    for k in prm:
                        m[k] = .9 * m[k] + .1 * g[k]
                        s[k] = .999 * s[k] + .001 * g[k] ** 2
                        look = .9 * m[k] / (1 - .9 ** (t + 1)) + .1 * g[k] / (1 - .9 ** t)
                        prm[k] -= .02 * look / (np.sqrt(s[k] / (1 - .999 ** t)) + 1e-8)
            print('%-6s epoch %d  loss %.4f  test acc %.3f' % (flavour, ep, L, net.loss(*test)[1]))
