"""
Assignment 1 - a multi-layer perceptron built from modules.

Every module has forward() and backward(); modules with weights keep them in
self.params and their gradients in self.grads.
"""
import numpy as np


class LinearModule(object):
    def __init__(self, in_features, out_features):
        self.params = {
            'weight': np.random.normal(0, np.sqrt(2.0 / in_features), (out_features, in_features)),
            'bias': np.zeros((1, out_features)),
        }
        self.grads = {'weight': None, 'bias': None}

    def forward(self, x):
        self.x = x
        out = x @ self.params['weight'].T + self.params['bias']
        return out

    def backward(self, dout):
        self.grads['weight'] = dout.T @ self.x
        self.grads['bias'] = np.sum(dout, axis=0, keepdims=True)
        dx = dout @ self.params['weight']
        return dx


class ReLUModule(object):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        dx = dout * self.mask
        return dx


class SoftMaxModule(object):
    def forward(self, x):
        shifted = x - x.max(axis=1, keepdims=True)
        e = np.exp(shifted)
        self.out = e / e.sum(axis=1, keepdims=True)
        return self.out

    def backward(self, dout):
        inner = np.sum(dout * self.out, axis=1, keepdims=True)
        dx = self.out * (dout - inner)
        return dx


class CrossEntropyModule(object):
    def forward(self, x, y):
        out = -np.mean(np.sum(y * np.log(x + 1e-12), axis=1))
        return out

    def backward(self, x, y):
        dx = -y / (x + 1e-12) / y.shape[0]
        return dx


class MLP(object):
    def __init__(self, n_inputs, n_hidden, n_classes):
        self.modules = []
        sizes = [n_inputs] + n_hidden
        for i in range(len(n_hidden)):
            self.modules.append(LinearModule(sizes[i], sizes[i + 1]))
            self.modules.append(ReLUModule())
        self.modules.append(LinearModule(sizes[-1], n_classes))
        self.modules.append(SoftMaxModule())

    def forward(self, x):
        for module in self.modules:
            x = module.forward(x)
        return x

    def backward(self, dout):
        for module in reversed(self.modules):
            dout = module.backward(dout)


def accuracy(predictions, targets):
    return np.mean(np.argmax(predictions, axis=1) == np.argmax(targets, axis=1))


def make_data(n, rng):
    labels = rng.integers(0, 3, size=n)
    r = 0.3 + 0.7 * rng.random(n)
    t = labels * 2 * np.pi / 3 + 2.5 * r + rng.normal(0, 0.15, n)
    x = np.stack([r * np.cos(t), r * np.sin(t)], axis=1)
    return x, np.eye(3)[labels]


def train():
    np.random.seed(42)
    rng = np.random.default_rng(42)
    x_train, y_train = make_data(600, rng)
    x_test, y_test = make_data(200, rng)
    mlp = MLP(2, [32, 16], 3)
    loss_module = CrossEntropyModule()
    learning_rate, batch_size = 0.3, 50

    for step in range(601):
        idx = rng.choice(len(x_train), batch_size, replace=False)
        x, y = x_train[idx], y_train[idx]
        out = mlp.forward(x)
        loss = loss_module.forward(out, y)
        mlp.backward(loss_module.backward(out, y))
        for module in mlp.modules:
            if hasattr(module, 'params'):
                for key in module.params:
                    module.params[key] -= learning_rate * module.grads[key]
        if step % 100 == 0:
            test_out = mlp.forward(x_test)
            print('step %4d  loss %.5f  test loss %.5f  test acc %.3f'
                  % (step, loss, loss_module.forward(test_out, y_test), accuracy(test_out, y_test)))
    return mlp


if __name__ == '__main__':
    train()
