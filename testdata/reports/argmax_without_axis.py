# wrong: the accuracy takes argmax over the whole array
import numpy as np

import template
from template import *

# record: template
template.accuracy = lambda p, y: np.mean(np.argmax(p) == y.argmax(axis=1))
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
