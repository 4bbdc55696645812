# wrong: dW is made from the layer's own activation where its input is meant
import numpy as np

import template
from template import *


class Own(Linear):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["weight"] = self.act.T @ dout
        return dx


class Net(MLP):
    linear = Own

    def forward(self, x):
        first, relu, last = self.layers
        first.act = relu.forward(first.forward(x))
        last.act = self.softmax.forward(last.forward(first.act))
        return last.act


# record: [Own, ReLU, SoftMax, CrossEntropy, Net, Linear, MLP]
x, y, x_test, y_test = moons()
train(Net(2, 2, 2), CrossEntropy(), x, y, x_test, y_test)
