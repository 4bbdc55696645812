import numpy as np

np.random.seed(7)


class NeuralNetwork:
    def __init__(self, inputs, hidden, outputs, rate):
        self.wih = np.random.normal(0., inputs ** -.5, (hidden, inputs))
        self.who = np.random.normal(0., hidden ** -.5, (outputs, hidden))
        self.rate = rate
        self.f = lambda x: 1 / (1 + np.exp(-x))

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T
        hidden = self.f(np.dot(self.wih, inputs))
        final = self.f(np.dot(self.who, hidden))
        output_errors = targets - final
        hidden_errors = np.dot(self.who.T, output_errors)
        self.who += self.rate * np.dot(output_errors * final * (1.0 - final), hidden.T)
        self.wih += self.rate * np.dot(hidden_errors * hidden * (1.0 - hidden), inputs.T)

    def query(self, inputs_list):
        return self.f(self.who @ self.f(self.wih @ np.array(inputs_list, ndmin=2).T))


n = NeuralNetwork(6, 5, 3, .3)
rows = np.random.rand(12, 6) * .99 + .01
for row in rows:
    targets = np.zeros(3) + .01
    targets[int(np.argmax(row[:3]))] = .99
    n.train(row, targets)
print(n.query(rows[0]).ravel())
