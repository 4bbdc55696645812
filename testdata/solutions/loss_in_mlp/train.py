import numpy as np

from data import one_hot, split

from .numpy_modules import FAULT, CrossEntropy, Linear, Module, ReLU, SoftMax


class MLP(Module):
    def __init__(self):
        self.hidden = [Linear(2, 9), ReLU()]
        self.out = Linear(9, 2)
        self.softmax, self.loss = SoftMax(), CrossEntropy()

    def logits(self, x):
        for m in self.hidden:
            x = m(x)
        return self.out(x)

    def forward(self, x, y):
        return self.loss(self.softmax(self.logits(x)), y)

    def backward(self):
        d = self.out.backward(self.softmax.backward(self.loss.backward()))
        for m in reversed(self.hidden):
            d = m.backward(d)


class SGD(object):
    def __init__(self, linears, lr):
        self.linears, self.lr = linears, lr

    def step(self, n):
        for i, m in enumerate(self.linears):
            if FAULT == "first-layer-not-updated" and i == 0:
                continue
            for k in ('weight', 'bias'):
                g = m.grads[k]
                if FAULT == "weight-decay" and k == 'weight':
                    g = g + 1e-3 * n * m.params[k]
                if FAULT == "sum-loss-mean-gradient":
                    n = 1
                m.params[k] = m.params[k] - self.lr / n * g


def train():
    np.random.seed(21)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    model = MLP()
    optimizer = SGD([model.hidden[0], model.out], lr=0.5)
    for t in range(9):
        loss = model(x, y)
        model.backward()
        optimizer.step(len(x))
        print("%.9f" % loss)
        if t % 3 == 2:
            print(np.mean(model.logits(test_x).argmax(1) == test_labels))
    return [m.params[k] for m in (model.hidden[0], model.out) for k in ('weight', 'bias')]
