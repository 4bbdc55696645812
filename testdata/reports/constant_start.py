# wrong: all weights of a layer start at the same number
import numpy as np

import template
from template import *


class Constant(Linear):
    def __init__(self, inputs, outputs, draws):
        super().__init__(inputs, outputs, draws)
        self.params["weight"] = np.full((inputs, outputs), 0.5)


template.Linear = MLP.linear = Constant


# record: template
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
