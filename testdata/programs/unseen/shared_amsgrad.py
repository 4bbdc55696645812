import numpy as np


class Affine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]
        self.x = None

    def forward(self, x):
        W, b = self.params
        self.x = x
        return np.dot(x, W) + b

    def backward(self, dout):
        W, _ = self.params
        dx = np.dot(dout, W.T)
        self.grads[0][...] = np.dot(self.x.T, dout)
        self.grads[1][...] = np.sum(dout, axis=0)
        return dx


class Mish:
    def __init__(self):
        self.params, self.grads = [], []

    def forward(self, x):
        self.x = x
        self.tanh = np.tanh(np.logaddexp(0, x))
        return x * self.tanh

    def backward(self, dout):
        sig = 1 / (1 + np.exp(-self.x))
        return dout * (self.tanh + self.x * (1 - self.tanh ** 2) * sig)


class SmoothSoftmaxWithLoss:
    def __init__(self, amount):
        self.amount = amount

    def forward(self, x, t):
        x = x - x.max(axis=1, keepdims=True)
        self.y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        k = x.shape[1]
        self.t = np.full(x.shape, self.amount / k)
        self.t[np.arange(len(t)), t] += 1 - self.amount
        return -np.sum(self.t * np.log(self.y + 1e-12)) / len(t)

    def backward(self):
        return (self.y - self.t) / len(self.y)


class AMSGrad:
    def __init__(self, lr=0.02, beta1=0.9, beta2=0.98):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.m = self.v = self.top = None

    def update(self, params, grads):
        if self.m is None:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
            self.top = [np.zeros_like(p) for p in params]
        for i in range(len(params)):
            self.m[i] += (1 - self.beta1) * (grads[i] - self.m[i])
            self.v[i] += (1 - self.beta2) * (grads[i] ** 2 - self.v[i])
            self.top[i] = np.maximum(self.top[i], self.v[i])
            params[i] -= self.lr * self.m[i] / (np.sqrt(self.top[i]) + 1e-7)


class Net:
    def __init__(self, sizes, amount):
        self.layers = []
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            self.layers.append(Affine(np.random.randn(a, b) / np.sqrt(a), np.zeros(b)))
            if i < len(sizes) - 2:
                self.layers.append(Mish())
        self.last = SmoothSoftmaxWithLoss(amount)
        self.params = [p for layer in self.layers for p in layer.params]
        self.grads = [g for layer in self.layers for g in layer.grads]

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def forward(self, x, t):
        return self.last.forward(self.predict(x), t)

    def backward(self):
        dout = self.last.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)


np.random.seed(1984)
x = np.random.randn(90, 2)
t = ((x[:, 0] ** 2 + x[:, 1] ** 2) > 1.2).astype(int) + (x[:, 0] > 1)
net, optimizer = Net([2, 9, 8, 3], 0.15), AMSGrad()
for epoch in range(4):
    idx = np.random.permutation(90)
    x, t = x[idx], t[idx]
    total = 0
    for i in range(3):
        total += net.forward(x[i * 30:(i + 1) * 30], t[i * 30:(i + 1) * 30])
        net.backward()
        optimizer.update(net.params, net.grads)
    print("| epoch %d | loss %.6f" % (epoch + 1, total / 3))
