"""
Modules of a multi-layer perceptron and the loop that trains it.
"""
import numpy as np


class LinearModule(object):
    def __init__(self, in_features, out_features):
        self.params = {'weight': np.random.normal(0, 1 / np.sqrt(in_features), (out_features, in_features)),
                       'bias': np.zeros((1, out_features))}
        self.grads = {'weight': np.zeros((out_features, in_features)), 'bias': np.zeros((1, out_features))}

    def forward(self, x):
        self.x = x
        out = np.matmul(x, self.params['weight'].T) + self.params['bias']
        return out

    def backward(self, dout):
        self.grads['weight'] = np.matmul(dout.T, self.x)
        self.grads['bias'] = np.sum(dout, axis=0, keepdims=True)
        dx = np.matmul(dout, self.params['weight'])
        return dx


class LayerNormModule(object):
    def __init__(self, features, eps=1e-5):
        self.params = {'weight': np.ones((1, features)), 'bias': np.zeros((1, features))}
        self.grads, self.eps = {}, eps

    def forward(self, x):
        centred = x - x.mean(axis=1, keepdims=True)
        self.sigma = np.sqrt((centred ** 2).mean(axis=1, keepdims=True) + self.eps)
        self.norm = centred / self.sigma
        out = self.params['weight'] * self.norm + self.params['bias']
        return out

    def backward(self, dout):
        self.grads['weight'] = np.sum(dout * self.norm, axis=0, keepdims=True)
        self.grads['bias'] = np.sum(dout, axis=0, keepdims=True)
        dnorm = dout * self.params['weight']
        along = np.mean(dnorm * self.norm, axis=1, keepdims=True)
        dx = (dnorm - np.mean(dnorm, axis=1, keepdims=True) - self.norm * along) / self.sigma
        return dx


class ELUModule(object):
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        out = np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))
        self.x, self.out = x, out
        return out

    def backward(self, dout):
        dx = dout * np.where(self.x > 0, 1, self.out + self.alpha)
        return dx


class SoftMaxModule(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        out = e / np.sum(e, axis=1, keepdims=True)
        self.out = out
        return out

    def backward(self, dout):
        dx = self.out * (dout - np.sum(dout * self.out, axis=1, keepdims=True))
        return dx


class CrossEntropyModule(object):
    def forward(self, x, y):
        out = -np.mean(np.sum(y * np.log(x), axis=1))
        return out

    def backward(self, x, y):
        dx = -(y / x) / y.shape[0]
        return dx


class MLP(object):
    def __init__(self, n_inputs, n_hidden, n_classes):
        self.modules, width = [], n_inputs
        for hidden in n_hidden:
            self.modules += [LinearModule(width, hidden), LayerNormModule(hidden), ELUModule(alpha=0.7)]
            width = hidden
        self.modules += [LinearModule(width, n_classes), SoftMaxModule()]

    def forward(self, x):
        for module in self.modules:
            x = module.forward(x)
        return x

    def backward(self, dout):
        for module in reversed(self.modules):
            dout = module.backward(dout)


np.random.seed(42)
centres = np.random.randn(4, 5)
labels = np.random.randint(4, size=110)
images = centres[labels] + 0.6 * np.random.randn(110, 5)
onehot = np.eye(4)[labels]
train, val = slice(0, 80), slice(80, 110)
net = MLP(5, [8, 7], 4)
loss_module = CrossEntropyModule()
best, best_epoch, lr = 0.0, -1, 0.25
for epoch in range(6):
    order = np.random.permutation(80)
    losses = []
    for start in range(0, 80, 16):
        batch = order[start:start + 16]
        x, y = images[train][batch], onehot[train][batch]
        out = net.forward(x)
        losses.append(loss_module.forward(out, y))
        net.backward(loss_module.backward(out, y))
        for module in net.modules:
            if hasattr(module, 'params'):
                for key in module.params:
                    module.params[key] -= lr * module.grads[key]
    accuracy = np.mean(net.forward(images[val]).argmax(1) == labels[val])
    if accuracy > best:
        best, best_epoch = accuracy, epoch
    print('epoch', epoch, 'loss', np.mean(losses), 'validation', accuracy)
print('best', best, 'at', best_epoch)
