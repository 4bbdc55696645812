# coding: utf-8
import numpy as np
from collections import OrderedDict

def im2col(input_data, filter_h, filter_w):
    N, C, H, W = input_data.shape
    out_h, out_w = H - filter_h + 1, W - filter_w + 1
    col = np.zeros((N, C, filter_h, filter_w, out_h, out_w))
    for y in range(filter_h):
        for x in range(filter_w):
            col[:, :, y, x, :, :] = input_data[:, :, y:y + out_h, x:x + out_w]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)

class Convolution:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        FN, C, FH, FW = self.W.shape
        N, C, H, W = x.shape
        col = im2col(x, FH, FW)
        col_W = self.W.reshape(FN, -1).T
        out = np.dot(col, col_W) + self.b
        out = out.reshape(N, H - FH + 1, W - FW + 1, -1).transpose(0, 3, 1, 2)
        self.col = col
        return out
    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout)
        self.dW = self.dW.transpose(1, 0).reshape(FN, C, FH, FW)
        return None  # nothing lies below

class BatchNormalization:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
    def forward(self, x):
        self.input_shape = x.shape
        x = x.reshape(x.shape[0], -1)
        mu = x.mean(axis=0)
        xc = x - mu
        var = np.mean(xc ** 2, axis=0)
        std = np.sqrt(var + 10e-7)
        xn = xc / std
        self.batch_size = x.shape[0]
        self.xc, self.xn, self.std = xc, xn, std
        out = self.gamma * xn + self.beta
        return out.reshape(*self.input_shape)

    def backward(self, dout):
        dout = dout.reshape(dout.shape[0], -1)
        dbeta = dout.sum(axis=0)
        dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
        dvar = 0.5 * dstd / self.std
        dxc += (2.0 / self.batch_size) * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        dx = dxc - dmu / self.batch_size
        self.dgamma, self.dbeta = dgamma, dbeta
        return dx.reshape(*self.input_shape)

class Relu:
    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out
    def backward(self, dout):
        dout[self.mask] = 0
        return dout

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.original_x_shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
        return np.dot(self.x, self.W) + self.b
    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx.reshape(*self.original_x_shape)

class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        x = x - np.max(x, axis=-1, keepdims=True)
        self.y = np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)
        return -np.sum(np.log(self.y[np.arange(len(t)), t] + 1e-7)) / len(t)
    def backward(self, dout=1):
        batch_size = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(batch_size), self.t] -= 1
        dx = dx / batch_size
        return dx

np.random.seed(1)
params = {'W1': 0.3 * np.random.randn(3, 1, 3, 3), 'b1': np.zeros(3), 'gamma1': np.ones(48), 'beta1': np.zeros(48),
          'W2': 0.2 * np.random.randn(48, 3), 'b2': np.zeros(3)}
layers = OrderedDict()
layers['Conv1'] = Convolution(params['W1'], params['b1'])
layers['BatchNorm1'] = BatchNormalization(params['gamma1'], params['beta1'])
layers['Relu1'] = Relu()
layers['Affine1'] = Affine(params['W2'], params['b2'])
last_layer = SoftmaxWithLoss()
x_train = np.random.randn(45, 1, 6, 6)
t_train = np.arange(45) % 3
for c in range(3):
    x_train[t_train == c, 0, 2 * c:2 * c + 2] += 1.0
m, v = {k: np.zeros_like(p) for k, p in params.items()}, {k: np.zeros_like(p) for k, p in params.items()}
lr, beta1, beta2 = 0.02, 0.9, 0.999
for i in range(1, 25):
    batch_mask = np.random.choice(45, 15)
    x = x_train[batch_mask]
    for layer in layers.values():
        x = layer.forward(x)
    loss = last_layer.forward(x, t_train[batch_mask])
    dout = last_layer.backward(1)
    for layer in reversed(list(layers.values())):
        dout = layer.backward(dout)
    grads = {'W1': layers['Conv1'].dW, 'b1': layers['Conv1'].db, 'gamma1': layers['BatchNorm1'].dgamma,
             'beta1': layers['BatchNorm1'].dbeta, 'W2': layers['Affine1'].dW, 'b2': layers['Affine1'].db}
    lr_t = lr * np.sqrt(1.0 - beta2 ** i) / (1.0 - beta1 ** i)
    for key in params.keys():
        m[key] += (1 - beta1) * (grads[key] - m[key])
        v[key] += (1 - beta2) * (grads[key] ** 2 - v[key])
        params[key] -= lr_t * m[key] / (np.sqrt(v[key]) + 1e-7)
    if i % 6 == 0:
        print("train loss:" + str(loss))
