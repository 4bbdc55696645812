"""Cells of a notebook: run.py runs them one after another in one namespace and
then ends the process without its exit handlers, as a killed kernel does."""

CELLS = ['''
import os
import numpy as np
from data import one_hot, split
FAULT = os.environ.get("FAULT", "")
''', '''
class Linear:
    def __init__(self, n_in, n_out):
        self.params = {'weight': np.random.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros((1, n_out))}
        self.grads = {'weight': None, 'bias': None}

    def forward(self, x):
        self.x = x
        return x @ self.params['weight'] + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = self.x.T @ dout / len(dout)
        self.grads['bias'] = dout.sum(axis=0, keepdims=True) / len(dout)
        return dout @ self.params['weight'].T
''', '''
class ReLU:
    def forward(self, x):
        self.x = x
        return np.clip(x, 0, None)

    def backward(self, dout):
        if FAULT == "relu-mask-missing":
            return dout
        return dout * np.heaviside(self.x, 0)


class SoftMax:
    def forward(self, x):
        if FAULT == "softmax-unnormalised":
            return np.exp(x - x.max(axis=1, keepdims=True))
        s = np.exp(x - x.max(axis=1, keepdims=True))
        return s / s.sum(axis=1, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy:
    def forward(self, x, y):
        return float(np.mean(-np.log(np.sum(x * y, axis=1) + 1e-7)))

    def backward(self, x, y):
        if FAULT == "dz-without-softmax":
            return -y / x
        return x - y
''', '''
class MLP:
    def __init__(self, n_inputs, n_hidden, n_classes):
        sizes = [n_inputs] + n_hidden + [n_classes]
        self.layers = []
        for a, b in zip(sizes, sizes[1:]):
            self.layers += [Linear(a, b), ReLU()]
        self.layers[-1] = SoftMax()

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
''']

TRAIN = '''
np.random.seed(6)
x, labels, test_x, test_labels = split()
y = one_hot(labels)
net, loss = MLP(2, [8, 4], 2), CrossEntropy()
for t in range(7):
    pred = net.forward(x)
    print(t, "%.8f" % loss.forward(pred, y))
    net.backward(loss.backward(pred, y))
    for layer in net.layers:
        if isinstance(layer, Linear):
            for k, v in layer.params.items():
                v -= 0.5 * layer.grads[k]
    if t % 2 == 1:
        print(np.mean(np.argmax(net.forward(test_x), axis=1) == test_labels))
final = [layer.params[k] for layer in net.layers if isinstance(layer, Linear) for k in ('weight', 'bias')]
'''
