import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.params = {"weight": np.random.randn(n_in, n_out) * np.sqrt(2.0 / n_in), "bias": np.zeros(n_out)}
        self.grads = {"weight": None, "bias": None}

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, dout):
        self.grads["weight"] = self.x.T @ dout
        self.grads["bias"] = dout.sum(axis=0)
        return dout @ self.params["weight"].T


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out ** 2)


class SoftMax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy:
    def forward(self, p, y):
        return -np.sum(y * np.log(p + 1e-10)) / len(p)

    def backward(self, p, y):
        return (p - y) / len(p)


class MLP:
    def __init__(self, sizes):
        self.layers = []
        for a, b in zip(sizes[:-2], sizes[1:-1]):
            self.layers += [Linear(a, b), Tanh()]
        self.layers += [Linear(sizes[-2], sizes[-1]), SoftMax()]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)


np.random.seed(4)
X = np.random.randn(90, 3)
Y = np.eye(3)[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0.3)]
net, criterion = MLP([3, 9, 7, 3]), CrossEntropy()
for step in range(12):
    pick = np.random.choice(90, 30, replace=False)
    p = net.forward(X[pick])
    loss = criterion.forward(p, Y[pick])
    net.backward(criterion.backward(p, Y[pick]))
    for layer in net.layers:
        if isinstance(layer, Linear):
            layer.params["weight"] -= 0.2 * layer.grads["weight"]
            layer.params["bias"] -= 0.2 * layer.grads["bias"]
    if step % 4 == 0:
        print(step, loss, (net.forward(X).argmax(1) == Y.argmax(1)).mean())
