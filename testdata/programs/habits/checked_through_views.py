import numpy as np
class Net:
    def __init__(self):
        r = np.random.RandomState(0)
        self.w = [r.randn(3, 5) * 0.5, r.randn(5, 2) * 0.5]
        self.b = [np.zeros(5), np.zeros(2)]
    def loss(self, X, y):
        self.h = np.tanh(X @ self.w[0] + self.b[0])
        s = self.h @ self.w[1] + self.b[1]
        e = np.exp(s - s.max(1, keepdims=True)); self.p = e / e.sum(1, keepdims=True)
        return -np.mean(np.log(self.p[np.arange(len(y)), y]))
    def grad(self, X, y):
        d = self.p.copy(); d[np.arange(len(y)), y] -= 1; d /= len(y)
        dh = d @ self.w[1].T * (1 - self.h ** 2)
        return [X.T @ dh, self.h.T @ d], [dh.sum(0), d.sum(0)]
r = np.random.RandomState(3)
X, y = r.randn(40, 3), r.randint(0, 2, 40)
net = Net()
def check(net, X, y):
    net.loss(X, y); gw, gb = net.grad(X, y)
    worst = 0
    for arrays, grads in ((net.w, gw), (net.b, gb)):
        for a, g in zip(arrays, grads):
            flat = a.ravel()
            for i in range(min(3, flat.size)):
                old = flat[i]
                flat[i] = old + 1e-6
                up = net.loss(X, y)
                flat[i] = old - 1e-6
                down = net.loss(X, y)
                flat[i] = old
                worst = max(worst, abs((up - down) / 2e-6 - g.ravel()[i]))
    return worst
for epoch in range(20):
    if epoch % 5 == 0: print("check", check(net, X, y))
    l = net.loss(X, y)
    gw, gb = net.grad(X, y)
    for i in range(2):
        net.w[i] -= 0.3 * gw[i]; net.b[i] -= 0.3 * gb[i]
    print(epoch, l)
