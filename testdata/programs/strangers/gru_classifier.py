"""
GRU for classifying variable length sequences.
Class 0 -> rising wave, class 1 -> falling wave, class 2 -> wave with alternating sign
"""
import numpy as np


def sigmoid(a):
    return 1. / (1. + np.exp(-a))


class GRULayer(object):
    # all matrices act on row vectors, shape (in, out)
    def __init__(self, inpDim, hidDim, rs):
        self.hidDim = hidDim
        k = 1. / np.sqrt(hidDim)
        self.p = {}
        for gate in ['z', 'r', 'n']:
            self.p['W' + gate] = rs.uniform(-k, k, (inpDim, hidDim))
            self.p['U' + gate] = rs.uniform(-k, k, (hidDim, hidDim))
            self.p['b' + gate] = np.zeros(hidDim)

    def forward(self, seq, mask):
        # seq: (batch, time, features), mask: (batch, time)
        p = self.p
        batchSize, T, _ = seq.shape
        h = np.zeros((batchSize, self.hidDim))
        self.cache = []
        for t in range(T):
            x = seq[:, t, :]
            mt = mask[:, t:t + 1]
            z = sigmoid(x @ p['Wz'] + h @ p['Uz'] + p['bz'])
            r = sigmoid(x @ p['Wr'] + h @ p['Ur'] + p['br'])
            rh = r * h
            n = np.tanh(x @ p['Wn'] + rh @ p['Un'] + p['bn'])
            hNew = (1 - z) * h + z * n
            self.cache.append((x, mt, h, z, r, rh, n))
            h = mt * hNew + (1 - mt) * h
        return h

    def backward(self, dh):
        p = self.p
        g = dict((key, np.zeros_like(val)) for key, val in p.items())
        for (x, mt, hPrev, z, r, rh, n) in reversed(self.cache):
            dhNew = mt * dh
            dhPrev = (1 - mt) * dh
            dhPrev += dhNew * (1 - z)
            dz = dhNew * (n - hPrev) * z * (1 - z)
            dn = dhNew * z * (1 - n * n)
            drh = dn @ p['Un'].T
            dr = drh * hPrev * r * (1 - r)
            dhPrev += drh * r
            dhPrev += dz @ p['Uz'].T
            dhPrev += dr @ p['Ur'].T
            g['Wz'] += x.T @ dz
            g['Uz'] += hPrev.T @ dz
            g['bz'] += dz.sum(0)
            g['Wr'] += x.T @ dr
            g['Ur'] += hPrev.T @ dr
            g['br'] += dr.sum(0)
            g['Wn'] += x.T @ dn
            g['Un'] += rh.T @ dn
            g['bn'] += dn.sum(0)
            dh = dhPrev
        return g


class GRUClassifier(object):
    def __init__(self, inpDim, hidDim, numClasses, seed=1):
        rs = np.random.RandomState(seed)
        self.gru = GRULayer(inpDim, hidDim, rs)
        self.params = dict(self.gru.p)
        self.params['Wo'] = rs.randn(hidDim, numClasses) * 0.1
        self.params['bo'] = np.zeros(numClasses)

    def scores(self, seq, mask):
        self.hLast = self.gru.forward(seq, mask)
        return self.hLast @ self.params['Wo'] + self.params['bo']

    def lossAndGrads(self, seq, mask, labels):
        s = self.scores(seq, mask)
        s = s - s.max(axis=1, keepdims=True)
        prob = np.exp(s)
        prob /= prob.sum(axis=1, keepdims=True)
        N = len(labels)
        loss = -np.log(prob[np.arange(N), labels]).mean()
        ds = prob.copy()
        ds[np.arange(N), labels] -= 1
        ds /= N
        grads = self.gru.backward(ds @ self.params['Wo'].T)
        grads['Wo'] = self.hLast.T @ ds
        grads['bo'] = ds.sum(0)
        return loss, grads


class RMSProp(object):
    def __init__(self, params, lr, decay=0.9):
        self.params, self.lr, self.decay = params, lr, decay
        self.cache = dict((k, np.zeros_like(v)) for k, v in params.items())

    def step(self, grads):
        for k in self.params:
            self.cache[k] = self.decay * self.cache[k] + (1 - self.decay) * grads[k] ** 2
            self.params[k] -= self.lr * grads[k] / (np.sqrt(self.cache[k]) + 1e-6)


def makeData(numSeq, maxLen, rs):
    seq = np.zeros((numSeq, maxLen, 2))
    mask = np.zeros((numSeq, maxLen))
    labels = rs.randint(0, 3, numSeq)
    for i in range(numSeq):
        L = rs.randint(5, maxLen + 1)
        base = np.linspace(-1, 1, L)
        if labels[i] == 1:
            base = -base
        elif labels[i] == 2:
            base = base * (-1) ** np.arange(L)
        seq[i, :L, 0] = base + 0.4 * rs.randn(L)
        seq[i, :L, 1] = rs.randn(L)
        mask[i, :L] = 1
    return seq, mask, labels


def main():
    rs = np.random.RandomState(5)
    seq, mask, labels = makeData(360, 12, rs)
    trSeq, trMask, trLab = seq[:280], mask[:280], labels[:280]
    teSeq, teMask, teLab = seq[280:], mask[280:], labels[280:]
    net = GRUClassifier(2, 10, 3)
    opt = RMSProp(net.params, lr=0.01)
    bs = 28
    for epoch in range(12):
        idx = rs.permutation(len(trLab))
        tot = 0.
        for s in range(0, len(idx), bs):
            j = idx[s:s + bs]
            loss, grads = net.lossAndGrads(trSeq[j], trMask[j], trLab[j])
            opt.step(grads)
            tot += loss * len(j)
        pred = net.scores(teSeq, teMask).argmax(axis=1)
        print('Epoch : %d  Loss : %.5f  Test accuracy : %.3f'
              % (epoch + 1, tot / len(idx), (pred == teLab).mean()))
        opt.lr = opt.lr * 0.95
    return net


if __name__ == '__main__':
    net = main()
