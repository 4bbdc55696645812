# wrong: dropout passes the gradient of the units that it dropped
import numpy as np

import template
from template import *


class Dropout:
    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > 0.3) / 0.7
        return x * self.mask

    def backward(self, dout):
        return dout / 0.7


class Net(MLP):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.layers.insert(2, Dropout())


template.Dropout, template.MLP = Dropout, Net
np.random.seed(0)


# record: template
x, y, x_test, y_test = moons()
train(Net(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
