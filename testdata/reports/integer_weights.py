# wrong: the weights are an array of integers, which cuts every update
import numpy as np

import template
from template import *


class Integers(Linear):
    def __init__(self, inputs, outputs, draws):
        super().__init__(inputs, outputs, draws)
        self.params = {"weight": draws.randint(-2, 3, (inputs, outputs)), "bias": np.zeros((1, outputs), dtype=int)}

    def update(self, rate):
        for k in self.params:
            self.params[k][:] = self.params[k] - rate * self.grads[k]


template.Linear = MLP.linear = Integers


# record: template
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
