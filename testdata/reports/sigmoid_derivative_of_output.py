# wrong: the sigmoid's derivative is taken at its result
import numpy as np

import template
from template import *


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class Sigmoid:
    def forward(self, x):
        self.y = sigmoid(x)
        return self.y

    def backward(self, dout):
        return dout * sigmoid(self.y) * (1 - sigmoid(self.y))


template.Sigmoid = MLP.activation = Sigmoid


# record: template
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
