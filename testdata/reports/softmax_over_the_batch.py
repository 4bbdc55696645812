# wrong: the softmax divides by the sum over the whole batch
import numpy as np

import template
from template import *


class Whole(SoftMax):
    def forward(self, x):
        e = np.exp(x)
        return e / e.sum()


template.SoftMax = MLP.last = Whole


# record: template
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test, rate=0.05)
