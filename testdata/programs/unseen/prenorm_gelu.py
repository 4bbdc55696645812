import numpy as np


class LinearModule(object):
    def __init__(self, in_features, out_features):
        self.params = {'weight': np.random.normal(0, in_features ** -0.5, (out_features, in_features)),
                       'bias': np.zeros((1, out_features))}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params['weight'].T + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = dout.T @ self.x
        self.grads['bias'] = np.ones((1, dout.shape[0])) @ dout
        return dout @ self.params['weight']


class GELUModule(object):
    c = np.sqrt(2 / np.pi)

    def forward(self, x):
        self.x = x
        self.t = np.tanh(self.c * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1 + self.t)

    def backward(self, dout):
        x, t = self.x, self.t
        inner = self.c * (1 + 3 * 0.044715 * x ** 2)
        return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * inner)


class RMSNormModule(object):
    def __init__(self, features):
        self.params = {'gain': np.ones(features)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        self.rms = np.sqrt((x ** 2).mean(1, keepdims=True) + 1e-6)
        self.unit = x / self.rms
        return self.unit * self.params['gain']

    def backward(self, dout):
        self.grads['gain'] = (dout * self.unit).sum(0)
        dunit = dout * self.params['gain']
        return (dunit - self.unit * (dunit * self.unit).mean(1, keepdims=True)) / self.rms


class ResidualModule(object):
    """x + lin2(gelu(lin1(norm(x))))"""

    def __init__(self, features, width):
        self.path = [RMSNormModule(features), LinearModule(features, width), GELUModule(), LinearModule(width, features)]

    def forward(self, x):
        out = x
        for m in self.path:
            out = m.forward(out)
        return x + out

    def backward(self, dout):
        dx = dout
        for m in reversed(self.path):
            dx = m.backward(dx)
        return dout + dx


class MSEModule(object):
    def forward(self, x, y):
        return ((x - y) ** 2).sum(1).mean()

    def backward(self, x, y):
        return 2 * (x - y) / x.shape[0]


def modules(net):
    for m in net:
        yield from m.path if isinstance(m, ResidualModule) else [m]


np.random.seed(3)
x = np.random.randn(64, 3)
y = np.stack([x[:, 0] * x[:, 1], np.sin(x[:, 2])], axis=1)
net = [LinearModule(3, 6), ResidualModule(6, 10), ResidualModule(6, 10), LinearModule(6, 2)]
criterion = MSEModule()
for step in range(8):
    rows = np.random.choice(64, 16, replace=False)
    out = x[rows]
    for m in net:
        out = m.forward(out)
    loss = criterion.forward(out, y[rows])
    dout = criterion.backward(out, y[rows])
    for m in reversed(net):
        dout = m.backward(dout)
    for m in modules(net):
        for key in getattr(m, 'params', {}):
            m.params[key] -= 0.02 * m.grads[key]
    print(step, loss)
