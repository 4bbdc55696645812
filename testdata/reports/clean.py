# right
import numpy as np

import template
from template import *

# record: template
x, y, x_test, y_test = moons()
train(MLP(2, 20, 2), CrossEntropy(), x, y, x_test, y_test)
