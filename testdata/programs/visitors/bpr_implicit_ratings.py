# -*- coding: utf-8 -*-
"""Classement d'articles avec des retours implicites (BPR), un triplet a la fois.

u : utilisateur, i : article vu, j : article non vu
on maximise  ln sigma(x_ui - x_uj) - reg * normes
"""
import numpy as np


def fabriquer(n_u=60, n_i=40, rang=3, graine=0):
    r = np.random.RandomState(graine)
    gout = r.randn(n_u, rang).dot(r.randn(n_i, rang).T) + r.randn(n_i) * 0.7
    vus = np.zeros((n_u, n_i), bool)
    for u in range(n_u):
        bruit = gout[u] + 0.4 * r.gumbel(size=n_i)
        vus[u, np.argsort(-bruit)[:10]] = True
    test = np.full(n_u, -1)
    for u in range(n_u):
        test[u] = r.choice(np.flatnonzero(vus[u]))
        vus[u, test[u]] = False
    return vus, test


class BPR:
    def __init__(self, n_u, n_i, k=8, pas=0.08, reg_u=0.01, reg_i=0.01, reg_b=0.005, graine=1):
        self.r = np.random.RandomState(graine)
        self.U = self.r.normal(0, 0.1, (n_u, k))
        self.I = self.r.normal(0, 0.1, (n_i, k))
        self.b = np.zeros(n_i)
        self.pas, self.reg_u, self.reg_i, self.reg_b = pas, reg_u, reg_i, reg_b

    def ecart(self, u, i, j):
        return self.b[i] - self.b[j] + self.U[u].dot(self.I[i] - self.I[j])

    def un_pas(self, u, i, j):
        x = self.ecart(u, i, j)
        e = 1.0 / (1.0 + np.exp(x))          # = 1 - sigma(x)
        uu, ii, jj = self.U[u].copy(), self.I[i].copy(), self.I[j].copy()
        self.U[u] += self.pas * (e * (ii - jj) - self.reg_u * uu)
        self.I[i] += self.pas * (e * uu - self.reg_i * ii)
        self.I[j] += self.pas * (-e * uu - self.reg_i * jj)
        self.b[i] += self.pas * (e - self.reg_b * self.b[i])
        self.b[j] += self.pas * (-e - self.reg_b * self.b[j])
        return np.log1p(np.exp(-x))

    def lot(self, u, i, j):
        """meme chose pour un paquet de triplets ; les indices peuvent se repeter"""
        x = self.b[i] - self.b[j] + np.einsum('nk,nk->n', self.U[u], self.I[i] - self.I[j])
        e = (1.0 / (1.0 + np.exp(x)))[:, None]
        dU = e * (self.I[i] - self.I[j]) - self.reg_u * self.U[u]
        dI = e * self.U[u] - self.reg_i * self.I[i]
        dJ = -e * self.U[u] - self.reg_i * self.I[j]
        db_i = e[:, 0] - self.reg_b * self.b[i]
        db_j = -e[:, 0] - self.reg_b * self.b[j]
        np.add.at(self.U, u, self.pas * dU)
        np.add.at(self.I, np.concatenate([i, j]), self.pas * np.concatenate([dI, dJ]))
        np.add.at(self.b, np.concatenate([i, j]), self.pas * np.concatenate([db_i, db_j]))
        return np.log1p(np.exp(-x)).mean()

    def tirer(self, vus, n):
        u, i = np.nonzero(vus)
        s = self.r.randint(0, len(u), n)
        u, i = u[s], i[s]
        j = self.r.randint(0, vus.shape[1], n)
        while True:
            mauvais = vus[u, j]
            if not mauvais.any():
                return u, i, j
            j[mauvais] = self.r.randint(0, vus.shape[1], mauvais.sum())

    def auc(self, vus, test):
        s = self.U @ self.I.T + self.b
        res = []
        for u, t in enumerate(test):
            autres = ~vus[u]
            autres[t] = False
            res.append(np.mean(s[u, t] > s[u, autres]))
        return np.mean(res)


if __name__ == '__main__':
    vus, test = fabriquer()
    print('%d interactions, hasard = 0.5' % vus.sum())
    m = BPR(*vus.shape)
    for epoque in range(14):
        cout = 0.0
        triplets = m.tirer(vus, vus.sum())
        for u, i, j in zip(*triplets):
            cout += m.un_pas(u, i, j)
        if epoque % 3 == 1:
            print('un par un  %2d  cout %.4f  auc test %.3f' % (epoque, cout / vus.sum(), m.auc(vus, test)))
    m2 = BPR(*vus.shape, pas=0.05)
    for epoque in range(40):
        cout = np.mean([m2.lot(*m2.tirer(vus, 32)) for _ in range(vus.sum() // 32)])
        if epoque % 8 == 7:
            print('par paquets %2d  cout %.4f  auc test %.3f' % (epoque, cout, m2.auc(vus, test)))
