import numpy as np


class Dense:
    def __init__(self, n, m):
        self.W = np.ones((n, m))

    def forward(self, x):
        return x @ self.W + np.zeros(3)


layers = [Dense(3, 4), Dense(5, 2)]
x = np.ones((2, 3))
layers[0].forward(x)
