# wrong: each evaluation scales the weights and never takes it back
import numpy as np

import template
from template import *


def predict(net, x):
    for layer in net.layers:
        if hasattr(layer, "params"):
            layer.params["weight"] *= 0.99
    return net.forward(x)


# record: template
x, y, x_test, y_test = moons()
net, loss = MLP(2, 20, 2), CrossEntropy()
for n in range(16):
    value = step(net, loss, x, y)
    if n % 5 == 0:
        print(n, value, accuracy(predict(net, x_test), y_test))
