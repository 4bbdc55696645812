from collections import OrderedDict
import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx


class Relu:
    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        x = x - np.max(x, axis=-1, keepdims=True)
        self.y = np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)
        batch_size = self.y.shape[0]
        return -np.sum(np.log(self.y[np.arange(batch_size), t] + 1e-7)) / batch_size

    def backward(self):
        batch_size = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(batch_size), self.t] -= 1
        return dx / batch_size


class Adam:
    def __init__(self, lr=0.02, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.iter, self.m, self.v = 0, None, None

    def update(self, params, grads):
        if self.m is None:
            self.m, self.v = {}, {}
            for key, val in params.items():
                self.m[key] = np.zeros_like(val)
                self.v[key] = np.zeros_like(val)
        self.iter += 1
        lr_t = self.lr * np.sqrt(1.0 - self.beta2 ** self.iter) / (1.0 - self.beta1 ** self.iter)
        for key in params.keys():
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr_t * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


np.random.seed(6)
params = {'W1': 0.4 * np.random.randn(6, 9), 'b1': np.zeros(9), 'W2': 0.4 * np.random.randn(9, 4), 'b2': np.zeros(4)}
layers = OrderedDict()
layers['Affine1'] = Affine(params['W1'], params['b1'])
layers['Relu1'] = Relu()
layers['Affine2'] = Affine(params['W2'], params['b2'])
last = SoftmaxWithLoss()
optimizer = Adam()
x_train = np.random.randn(80, 6)
t_train = np.argmax(x_train[:, :4], axis=1)
for i in range(10):
    mask = np.random.choice(80, 25)
    x = x_train[mask]
    for layer in layers.values():
        x = layer.forward(x)
    loss = last.forward(x, t_train[mask])
    dout = last.backward()
    for layer in reversed(list(layers.values())):
        dout = layer.backward(dout)
    grads = {'W1': layers['Affine1'].dW, 'b1': layers['Affine1'].db, 'W2': layers['Affine2'].dW, 'b2': layers['Affine2'].db}
    optimizer.update(params, grads)
    print(i, loss)
