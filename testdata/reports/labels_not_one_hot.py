# wrong: y is a column of class numbers, which p - y takes from every class
import numpy as np

import template
from template import *

# record: template
x, y, x_test, y_test = moons()
numbers = y.argmax(axis=1).reshape(-1, 1)
net, loss = MLP(2, 20, 2), CrossEntropy()
for n in range(16):
    value = step(net, loss, x, numbers)
print(value, np.mean(net.forward(x).argmax(axis=1) == numbers[:, 0]))
