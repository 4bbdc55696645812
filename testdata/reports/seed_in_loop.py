# wrong: the generator is seeded in the loop, so every step has the same batch
import numpy as np

import template
from template import *

# record: template
x, y, x_test, y_test = moons()
net, loss = MLP(2, 20, 2), CrossEntropy()
for n in range(24):
    np.random.seed(42)
    rows = np.random.randint(len(x), size=32)
    value = step(net, loss, x[rows], y[rows])
print(value, accuracy(net.forward(x_test), y_test))
