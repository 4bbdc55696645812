# wrong: the test rows pass between forward and backward, and the layers keep them
import numpy as np

import template
from template import *

# record: template
x, y, x_test, y_test = moons(640)
x, y = x[:128], y[:128]
net, loss = MLP(2, 20, 2), CrossEntropy()
for n in range(16):
    p = net.forward(x)
    value = loss.forward(p, y)
    p_test = net.forward(x_test)
    net.backward(loss.backward(p, y))
    net.update(0.5)
print(value, accuracy(p_test, y_test))
