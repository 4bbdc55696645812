# right: the gradient is that of y - p, and the update adds it
import numpy as np

import template
from template import *


class Other(CrossEntropy):
    def backward(self, p, y):
        return (y - p) / len(p)


class Adding(Linear):
    def update(self, rate):
        for k in self.params:
            self.params[k] = self.params[k] + rate * self.grads[k]


template.Linear = MLP.linear = Adding
template.CrossEntropy = Other


# record: template
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), Other(), x, y, x_test, y_test)
