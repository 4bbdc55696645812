import numpy as np
from numpy import exp, log, tanh

'''
Mixture Density Network for an inverse problem  (Bishop 1994)
    t ~ uniform;  x = t + 0.3 sin(2 pi t) + noise;   learn p(t | x)
all weights are in ONE flat vector w
'''

class MDN(object):
    def __init__(self, nh=12, K=3, seed=99):
        self.nh, self.K = nh, K
        self.shapes = [(1, nh), (nh,), (nh, 3 * K), (3 * K,)]
        rng = np.random.RandomState(seed)
        self.w = rng.randn(sum(int(np.prod(s)) for s in self.shapes)) * 0.7

    def unpack(self, w):
        out, i = [], 0
        for s in self.shapes:
            n = int(np.prod(s))
            out.append(w[i:i + n].reshape(s))
            i += n
        return out

    def nll(self, w, x, t):
        K = self.K
        W1, b1, W2, b2 = self.unpack(w)
        H = tanh(x.dot(W1) + b1)
        O = H.dot(W2) + b2
        la, mu, ls = O[:, :K], O[:, K:2 * K], O[:, 2 * K:]
        logpi = la - la.max(1)[:, None]
        logpi = logpi - log(exp(logpi).sum(1))[:, None]
        r = (t - mu) / exp(ls)
        comp = logpi - 0.5 * r ** 2 - ls - 0.5 * log(2 * np.pi)
        mx = comp.max(1)[:, None]
        lse = mx + log(exp(comp - mx).sum(1))[:, None]
        resp = exp(comp - lse)                       # responsibilities
        n = len(x)
        dO = np.hstack([exp(logpi) - resp, -resp * r / exp(ls), resp * (1 - r ** 2)]) / n
        dH = dO.dot(W2.T) * (1 - H * H)
        grad = np.concatenate([x.T.dot(dH).ravel(), dH.sum(0), H.T.dot(dO).ravel(), dO.sum(0)])
        return -lse.mean(), grad

    def fit(self, x, t, iters=250, lr=0.02):
        m = v = 0
        vmax = np.zeros_like(self.w)
        for i in range(iters):
            f, g = self.nll(self.w, x, t)
            m = 0.9 * m + 0.1 * g
            v = 0.99 * v + 0.01 * g ** 2
            vmax = np.maximum(vmax, v)               # AMSGrad
            self.w = self.w - lr * m / (vmax ** 0.5 + 1e-8)
            if i % 25 == 0:
                print('iteration', i, 'NLL', f)
        return self

if __name__ == '__main__':
    rng = np.random.RandomState(1)
    t = rng.rand(300, 1)
    x = t + 0.3 * np.sin(2 * np.pi * t) + 0.05 * rng.randn(300, 1)
    model = MDN().fit(x, t)
    print('final NLL', model.nll(model.w, x, t)[0])
