# wrong: the rows of x are put into another order and those of y are not
import numpy as np

import template
from template import *

# record: template
x, y, x_test, y_test = moons()
np.random.seed(0)
np.random.shuffle(x)
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
