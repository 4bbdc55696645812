import numpy as np


class Perceptron:
    def __init__(self, n, epochs=30, rate=0.01):
        self.w, self.epochs, self.rate = np.zeros(n), epochs, rate

    def forward(self, x):
        return np.sign(np.dot(self.w, x.T))

    def train(self, x, y):
        for _ in range(self.epochs):
            order = np.random.permutation(len(y))
            x, y = x[order], y[order]
            wrong = self.forward(x) != y
            if not wrong.any():
                break
            self.w = self.w + self.rate * np.dot(y[wrong], x[wrong])


np.random.seed(2)
a = np.random.multivariate_normal([1, 1.5], [[2, 0], [0, 1]], 40)
b = np.random.multivariate_normal([-1, 0], [[1, 0], [0, 2]], 40)
x, y = np.vstack([a, b]), np.r_[np.ones(40), -np.ones(40)]
net = Perceptron(2)
net.train(x, y)
print("accuracy", np.mean(net.forward(x) == y))
