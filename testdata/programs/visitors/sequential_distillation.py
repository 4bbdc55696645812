"""Teacher and students with a Keras-looking front end: add / compile / fit."""
import numpy as np

RNG = np.random.RandomState(99)
ACT = {
    'linear': (lambda z: z, lambda z, a: 1.0),
    'relu': (lambda z: z * (z > 0), lambda z, a: (z > 0) * 1.0),
    'tanh': (np.tanh, lambda z, a: 1 - a ** 2),
    'softsign': (lambda z: z / (1 + abs(z)), lambda z, a: (1 - abs(a)) ** 2),
}

class Dense:
    """drop_connect: probability that a single weight is switched off while training"""

    def __init__(self, units, activation='linear', l2=0.0, drop_connect=0.0, max_norm=None):
        self.units, self.l2, self.dc, self.max_norm = units, l2, drop_connect, max_norm
        self.act, self.dact = ACT[activation]

    def build(self, fan_in):
        lim = np.sqrt(6.0 / (fan_in + self.units))
        self.weights = [RNG.uniform(-lim, lim, (fan_in, self.units)), np.zeros(self.units)]
        return self.units

    def call(self, x, training):
        W, b = self.weights
        self.mask = (RNG.rand(*W.shape) >= self.dc) / (1 - self.dc) if training and self.dc else 1.0
        self.x, self.Wm = x, W * self.mask
        self.z = x @ self.Wm + b
        self.a = self.act(self.z)
        return self.a

    def backward(self, grad):
        grad = grad * self.dact(self.z, self.a)
        self.grads = [self.x.T @ grad * self.mask + 2 * self.l2 * self.weights[0], grad.sum(0)]
        return grad @ self.Wm.T

    def penalty(self):
        return self.l2 * np.sum(self.weights[0] ** 2)

    def constrain(self):
        if self.max_norm:
            W = self.weights[0]
            n = np.sqrt((W ** 2).sum(0))
            W *= np.clip(n, 0, self.max_norm) / (n + 1e-7)

def log_softmax(z):
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))

class CrossEntropy:
    def __call__(self, y, z):
        lp = log_softmax(z)
        return -(y * lp).sum(1).mean(), (np.exp(lp) - y) / len(y)

class Distill:
    """y holds [one-hot labels | teacher logits]"""

    def __init__(self, T, alpha):
        self.T, self.alpha = T, alpha

    def __call__(self, y, z):
        k = z.shape[1]
        hard, t = y[:, :k], np.exp(log_softmax(y[:, k:] / self.T))
        l1, g1 = CrossEntropy()(hard, z)
        lp = log_softmax(z / self.T)
        kl = (t * (np.log(t + 1e-12) - lp)).sum(1).mean() * self.T ** 2
        g2 = self.T * (np.exp(lp) - t) / len(z)
        return self.alpha * l1 + (1 - self.alpha) * kl, self.alpha * g1 + (1 - self.alpha) * g2

class SGD:
    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False):
        self.lr, self.mu, self.nesterov, self.m = learning_rate, momentum, nesterov, {}

    def apply(self, pairs):
        for i, (w, g) in enumerate(pairs):
            m = self.m[i] = self.mu * self.m.get(i, 0) - self.lr * g
            w += self.mu * m - self.lr * g if self.nesterov else m

class ReduceOnPlateau:
    def __init__(self, patience, factor=0.5):
        self.patience, self.factor, self.best, self.wait = patience, factor, np.inf, 0

    def on_epoch_end(self, model, logs):
        self.wait += 1
        if logs['val_loss'] < self.best - 1e-4:
            self.best, self.wait = logs['val_loss'], 0
        elif self.wait >= self.patience:
            model.optimizer.lr *= self.factor
            self.wait = 0

class Sequential:
    def __init__(self, layers=()):
        self.layers = list(layers)

    def add(self, layer):
        self.layers.append(layer)

    def compile(self, optimizer, loss, input_dim):
        self.optimizer, self.loss = optimizer, loss
        for l in self.layers:
            input_dim = l.build(input_dim)

    def predict(self, x, training=False):
        for l in self.layers:
            x = l.call(x, training)
        return x

    def evaluate(self, x, y):
        z = self.predict(x)
        return self.loss(y, z)[0], np.mean(z.argmax(1) == y[:, :z.shape[1]].argmax(1))

    def train_on_batch(self, x, y):
        value, g = self.loss(y, self.predict(x, training=True))
        value += sum(l.penalty() for l in self.layers)
        for l in self.layers[::-1]:
            g = l.backward(g)
        self.optimizer.apply([p for l in self.layers for p in zip(l.weights, l.grads)])
        for l in self.layers:
            l.constrain()
        return value

    def fit(self, x, y, batch_size=32, epochs=1, validation_split=0.2, callbacks=(), verbose=0):
        n = int(len(x) * (1 - validation_split))
        xv, yv = x[n:], y[n:]
        for e in range(1, epochs + 1):
            order = RNG.permutation(n)
            losses = [self.train_on_batch(x[i], y[i]) for i in (order[s:s + batch_size] for s in range(0, n, batch_size))]
            logs = dict(zip(('val_loss', 'val_acc'), self.evaluate(xv, yv)), loss=np.mean(losses), lr=self.optimizer.lr)
            for c in callbacks:
                c.on_epoch_end(self, logs)
            if verbose and e % verbose == 0:
                print('Epoch %d/%d - ' % (e, epochs) + ' - '.join('%s: %.4f' % q for q in sorted(logs.items())))

C = RNG.randn(12, 2) * 1.8
lab = RNG.randint(0, 12, 1500)
X, Y = C[lab] + 0.35 * RNG.randn(1500, 2), np.eye(4)[lab % 4]
X, Y, Xt, Yt = X[:900], Y[:900], X[900:], Y[900:]
teacher = Sequential([Dense(64, 'relu', drop_connect=0.1, max_norm=3.0), Dense(64, 'relu', drop_connect=0.2), Dense(4, l2=1e-4)])
teacher.compile(SGD(0.05, 0.9, nesterov=True), CrossEntropy(), 2)
teacher.fit(X, Y, epochs=30, callbacks=[ReduceOnPlateau(4)], verbose=10)
print('teacher test: loss %.4f acc %.3f' % teacher.evaluate(Xt, Yt))
soft = np.hstack([Y, teacher.predict(X)])
for name, loss, target in (('hard labels', CrossEntropy(), Y), ('distilled', Distill(3.0, 0.3), soft)):
    small = Sequential()
    small.add(Dense(10, 'tanh'))
    small.add(Dense(10, 'softsign'))
    small.add(Dense(4))
    small.compile(SGD(0.05, momentum=0.9), loss, 2)
    small.fit(X, target, epochs=40, callbacks=[ReduceOnPlateau(5)], verbose=20)
    print('student (%s) test acc %.3f' % (name, np.mean(small.predict(Xt).argmax(1) == Yt.argmax(1))))
