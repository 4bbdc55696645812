# wrong: the rate decays in every step where every epoch is meant
import numpy as np

import template
from template import *

# record: template
x, y, x_test, y_test = moons()
np.random.seed(0)
net, loss, rate = MLP(2, 20, 2), CrossEntropy(), 0.5
for epoch in range(6):
    order = np.random.permutation(len(x))
    for n in range(0, len(x), 32):
        batch = order[n:n + 32]
        value = step(net, loss, x[batch], y[batch], rate)
        rate *= 0.9
    print(epoch, value, accuracy(net.forward(x_test), y_test))
