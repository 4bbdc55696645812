# right: p hardly moves from one step to the next, and the loss is given a copy of it
import numpy as np

import template
from template import *


class Copying(MLP):
    def forward(self, x):
        return super().forward(x).copy()


class Small(Linear):
    def __init__(self, inputs, outputs, draws):
        super().__init__(inputs, outputs, draws)
        self.params["weight"] *= 1e-4


Copying.linear = Small


# record: [Small, ReLU, SoftMax, CrossEntropy]
x, y, _, _ = moons(800)
net, loss = Copying(2, 20, 2), CrossEntropy()
for n in range(0, 640, 64):
    value = step(net, loss, x[n:n + 64], y[n:n + 64], 0.01)
print(value)
