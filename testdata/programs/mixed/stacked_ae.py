# Stacked autoencoder (greedy layer-wise pretraining + fine tuning), pure numpy.
# each layer is pretrained as a small autoencoder on the codes of the one below,
# then a softmax is put on top and the whole stack is tuned together.
import numpy as np

rnd = np.random.RandomState(0)


def sigm(x):
    return 1 / (1 + np.exp(-x))


class Autoencoder:
    """ one hidden layer, sigmoid code, linear or sigmoid output, untied weights """

    def __init__(self, n_in, n_code, linear_out):
        s = 1.0 / np.sqrt(n_in)
        self.W = rnd.uniform(-s, s, (n_in, n_code))
        self.c = np.zeros(n_code)
        self.V = rnd.uniform(-s, s, (n_code, n_in))
        self.d = np.zeros(n_in)
        self.linear_out = linear_out

    def encode(self, x):
        return sigm(x @ self.W + self.c)

    def decode(self, h):
        o = h @ self.V + self.d
        return o if self.linear_out else sigm(o)

    def cost_grad(self, x, target):
        h = self.encode(x)
        r = self.decode(h)
        n = len(x)
        err = r - target
        cost = 0.5 * np.sum(err ** 2) / n
        delta_out = err / n
        if not self.linear_out:
            delta_out = delta_out * r * (1 - r)
        gV = h.T @ delta_out
        gd = delta_out.sum(0)
        delta_h = (delta_out @ self.V.T) * h * (1 - h)
        gW = x.T @ delta_h
        gc = delta_h.sum(0)
        return cost, gW, gc, gV, gd

    def train(self, data, epochs, lr, noise):
        for ep in range(epochs):
            total = 0.0
            order = rnd.permutation(len(data))
            for i in range(0, len(data), 16):
                x = data[order[i:i + 16]]
                noisy = x + noise * rnd.randn(*x.shape)
                cost, gW, gc, gV, gd = self.cost_grad(noisy, x)
                self.W -= lr * gW
                self.c -= lr * gc
                self.V -= lr * gV
                self.d -= lr * gd
                total += cost * len(x)
            if ep == 0 or ep == epochs - 1:
                print('   epoch %3d reconstruction %.5f' % (ep, total / len(data)))


class Stack:
    def __init__(self, aes, n_classes):
        self.Ws = [a.W.copy() for a in aes]
        self.bs = [a.c.copy() for a in aes]
        self.U = 0.1 * rnd.randn(self.Ws[-1].shape[1], n_classes)
        self.e = np.zeros(n_classes)

    def forward(self, x):
        acts = [x]
        for W, b in zip(self.Ws, self.bs):
            acts.append(sigm(acts[-1] @ W + b))
        z = acts[-1] @ self.U + self.e
        z = np.exp(z - z.max(1, keepdims=True))
        return acts, z / z.sum(1, keepdims=True)

    def gradients(self, x, t):
        acts, p = self.forward(x)
        cost = -np.log(p[range(len(x)), t]).mean()
        d = p.copy()
        d[range(len(x)), t] -= 1
        d = d / len(x)
        gU, ge = acts[-1].T @ d, d.sum(0)
        d = d @ self.U.T
        gWs, gbs = [], []
        for l in reversed(range(len(self.Ws))):
            d = d * acts[l + 1] * (1 - acts[l + 1])
            gWs.insert(0, acts[l].T @ d)
            gbs.insert(0, d.sum(0))
            d = d @ self.Ws[l].T
        return cost, gWs, gbs, gU, ge

    def step(self, x, t, lr):
        cost, gWs, gbs, gU, ge = self.gradients(x, t)
        for l in range(len(self.Ws)):
            self.Ws[l] -= lr * gWs[l]
            self.bs[l] -= lr * gbs[l]
        self.U -= lr * gU
        self.e -= lr * ge
        return cost


# toy data: 3 prototypes in 12 dimensions, seen through a random nonlinearity
y = np.arange(180) % 3
proto = rnd.randn(3, 4)
latent = proto[y] + 0.5 * rnd.randn(180, 4)
X = np.tanh(latent @ rnd.randn(4, 12)) + 0.1 * rnd.randn(180, 12)
Xtr, ytr, Xte, yte = X[:120], y[:120], X[120:], y[120:]

sizes = [12, 8, 5]
codes, aes = Xtr, []
for i in range(2):
    print('pretraining layer', i + 1)
    ae = Autoencoder(sizes[i], sizes[i + 1], linear_out=(i == 0))
    ae.train(codes, epochs=60, lr=0.3, noise=0.1 if i == 0 else 0.02)
    codes = ae.encode(codes)
    aes.append(ae)

net = Stack(aes, 3)
print('fine tuning')
for ep in range(80):
    order = rnd.permutation(120)
    c = [net.step(Xtr[order[i:i + 20]], ytr[order[i:i + 20]], 0.5) for i in range(0, 120, 20)]
    if ep % 20 == 0 or ep == 79:
        print('   epoch %3d cost %.5f' % (ep, np.mean(c)))
acc = (net.forward(Xte)[1].argmax(1) == yte).mean()
print('test accuracy %.3f' % acc)
