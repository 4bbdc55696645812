# keras-like mini library; trains a highway-type MLP on a two-spirals problem
import numpy as np

rs = np.random.RandomState(7)

class Layer:
    training = True

    def build(self, n_in):
        self.weights, self.grads = [], []
        return n_in

class Dense(Layer):
    def __init__(self, units, l2=0.0):
        self.units, self.l2 = units, l2

    def build(self, n_in):
        limit = np.sqrt(6.0 / (n_in + self.units))
        self.weights = [rs.uniform(-limit, limit, (n_in, self.units)), np.zeros(self.units)]
        self.grads = [None, None]
        return self.units

    def call(self, x):
        self.x = x
        return x.dot(self.weights[0]) + self.weights[1]

    def backward(self, g):
        self.grads[0] = self.x.T.dot(g) + 2 * self.l2 * self.weights[0]
        self.grads[1] = g.sum(0)
        return g.dot(self.weights[0].T)

    def penalty(self):
        return self.l2 * np.sum(self.weights[0] ** 2)

class Elu(Layer):
    def call(self, x):
        self.y = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
        return self.y

    def backward(self, g):
        return g * np.where(self.y > 0, 1.0, self.y + 1.0)

class Dropout(Layer):
    def __init__(self, rate):
        self.rate = rate

    def call(self, x):
        keep = 1.0 - self.rate
        self.mask = (rs.rand(*x.shape) < keep) / keep if self.training else 1.0
        return x * self.mask

    def backward(self, g):
        return g * self.mask

class Highway(Layer):
    """y = t * h + (1 - t) * x,  h = tanh(x Wh + bh),  t = sigmoid(x Wt + bt)"""

    def build(self, n):
        self.weights = [rs.randn(n, n) / np.sqrt(n), np.zeros(n), rs.randn(n, n) / np.sqrt(n), np.full(n, -1.0)]
        self.grads = [None] * 4
        return n

    def call(self, x):
        Wh, bh, Wt, bt = self.weights
        self.x = x
        self.h = np.tanh(x.dot(Wh) + bh)
        self.t = 1.0 / (1.0 + np.exp(-(x.dot(Wt) + bt)))
        return self.t * self.h + (1.0 - self.t) * x

    def backward(self, g):
        Wh, bh, Wt, bt = self.weights
        gh = g * self.t * (1.0 - self.h ** 2)
        gt = g * (self.h - self.x) * self.t * (1.0 - self.t)
        self.grads = [self.x.T.dot(gh), gh.sum(0), self.x.T.dot(gt), gt.sum(0)]
        return gh.dot(Wh.T) + gt.dot(Wt.T) + g * (1.0 - self.t)

class BinaryCrossentropy:
    def __call__(self, y, z):
        self.y, self.z = y, z
        return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))

    def grad(self):
        return (1.0 / (1.0 + np.exp(-self.z)) - self.y) / len(self.y)

class RMSprop:
    def __init__(self, lr=0.01, rho=0.9, momentum=0.0):
        self.lr, self.rho, self.momentum = lr, rho, momentum
        self.slots = {}

    def apply(self, key, w, g):
        s, v = self.slots.setdefault(key, (np.zeros_like(w), np.zeros_like(w)))
        s = self.rho * s + (1 - self.rho) * g * g
        v = self.momentum * v + self.lr * g / np.sqrt(s + 1e-7)
        self.slots[key] = (s, v)
        w -= v

class Sequential:
    def __init__(self, layers, n_in):
        self.layers = layers
        for layer in layers:
            n_in = layer.build(n_in)

    def forward(self, x, training):
        for layer in self.layers:
            layer.training = training
            x = layer.call(x)
        return x

    def get_weights(self):
        return [[w.copy() for w in layer.weights] for layer in self.layers]

    def set_weights(self, saved):
        for layer, ws in zip(self.layers, saved):
            layer.weights = [w.copy() for w in ws]

    def train_on_batch(self, x, y, loss, opt):
        value = loss(y, self.forward(x, training=True))
        value += sum(l.penalty() for l in self.layers if isinstance(l, Dense))
        g = loss.grad()
        for layer in reversed(self.layers):
            g = layer.backward(g)
        for i, layer in enumerate(self.layers):
            for j, (w, dw) in enumerate(zip(layer.weights, layer.grads)):
                opt.apply((i, j), w, dw)
        return value

    def fit(self, x, y, x_val, y_val, loss, opt, epochs=40, batch_size=32, patience=6):
        best, wait, best_w = np.inf, 0, self.get_weights()
        for epoch in range(epochs):
            p = rs.permutation(len(x))
            total = 0.0
            for k in range(0, len(x), batch_size):
                b = p[k:k + batch_size]
                total += len(b) * self.train_on_batch(x[b], y[b], loss, opt)
            val = loss(y_val, self.forward(x_val, training=False))
            print('Epoch %02d - loss: %.4f - val_loss: %.4f' % (epoch + 1, total / len(x), val))
            if val < best:
                best, wait, best_w = val, 0, self.get_weights()
            else:
                wait += 1
                if wait >= patience:
                    break
        self.set_weights(best_w)

t = rs.rand(340) * 2.5 + 0.4
lab = rs.randint(0, 2, 340)
X = np.c_[t * np.cos(2 * t + np.pi * lab), t * np.sin(2 * t + np.pi * lab)] + 0.3 * rs.randn(340, 2)
Y = lab[:, None].astype(float)
X_tr, Y_tr, X_va, Y_va = X[:230], Y[:230], X[230:], Y[230:]
mean, std = X_tr.mean(0), X_tr.std(0)
X_tr, X_va = (X_tr - mean) / std, (X_va - mean) / std

model = Sequential([Dense(24, l2=1e-4), Elu(), Highway(), Dropout(0.1), Highway(), Dense(1, l2=1e-4)], n_in=2)
model.fit(X_tr, Y_tr, X_va, Y_va, BinaryCrossentropy(), RMSprop(lr=0.004, momentum=0.5))
acc = np.mean((model.forward(X_va, training=False) > 0) == (Y_va > 0.5))
print('restored: val acc %.3f  |w| %.5f' % (acc, sum(np.abs(w).sum() for l in model.layers for w in l.weights)))
