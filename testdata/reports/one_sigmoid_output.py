# right: one sigmoid output with binary cross-entropy
import numpy as np

import template
from template import *


class Sigmoid:
    def forward(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, dout):
        return dout


class Binary(CrossEntropy):
    def forward(self, p, y):
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


template.Sigmoid = MLP.last = Sigmoid
template.CrossEntropy = Binary


# record: template
x, y, x_test, y_test = moons()
y = y[:, 1:]
net, loss = MLP(2, 20, 1), Binary()
for n in range(16):
    value = step(net, loss, x, y)
print(value, np.mean((net.forward(x) > 0.5) == y))
