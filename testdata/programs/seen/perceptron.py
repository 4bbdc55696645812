import numpy as np


class Perceptron(object):
    def __init__(self, n_inputs, max_epochs=6, learning_rate=0.1):
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.weights = np.zeros(n_inputs + 1)

    def forward(self, x):
        return 1 if np.dot(x, self.weights[1:]) + self.weights[0] > 0 else -1

    def train(self, inputs, labels):
        for epoch in range(self.max_epochs):
            wrong = 0
            for x, label in zip(inputs, labels):
                if self.forward(x) != label:
                    self.weights[1:] += self.learning_rate * label * x
                    self.weights[0] += self.learning_rate * label
                    wrong += 1
            print(epoch, wrong)


rng = np.random.RandomState(3)
pts = np.vstack([rng.randn(30, 2) + 1, rng.randn(30, 2) - 1])
lab = np.array([1] * 30 + [-1] * 30)
order = rng.permutation(60)
Perceptron(2).train(pts[order], lab[order])
