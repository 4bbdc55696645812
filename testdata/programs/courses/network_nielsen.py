"""network.py -- feedforward net, stochastic gradient descent, one sample at a time
(column vectors, lists of weights; L2 regularisation, tanh hidden units, sigmoid output, cross-entropy)"""
import random
import numpy as np


class CrossEntropyCost:
    @staticmethod
    def fn(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))

    @staticmethod
    def delta(z, a, y):
        return a - y


class Network:
    def __init__(self, sizes, cost=CrossEntropyCost):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.cost = cost
        self.biases = [np.random.randn(y, 1) * 0.1 for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) / np.sqrt(x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases[:-1], self.weights[:-1]):
            a = np.tanh(np.dot(w, a) + b)
        return sigmoid(np.dot(self.weights[-1], a) + self.biases[-1])

    def SGD(self, training_data, epochs, mini_batch_size, eta, lmbda=0.0, evaluation_data=None):
        n = len(training_data)
        for j in range(epochs):
            random.shuffle(training_data)
            mini_batches = [training_data[k:k + mini_batch_size] for k in range(0, n, mini_batch_size)]
            for mini_batch in mini_batches:
                self.update_mini_batch(mini_batch, eta, lmbda, n)
            cost = self.total_cost(training_data, lmbda)
            print("Epoch {0}: cost on training data {1:.5f}".format(j, cost))
            if evaluation_data:
                acc = sum(int(np.argmax(self.feedforward(x)) == np.argmax(y)) for x, y in evaluation_data)
                print("   accuracy {0} / {1}".format(acc, len(evaluation_data)))

    def update_mini_batch(self, mini_batch, eta, lmbda, n):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        self.weights = [(1 - eta * (lmbda / n)) * w - (eta / len(mini_batch)) * nw
                        for w, nw in zip(self.weights, nabla_w)]
        self.biases = [b - (eta / len(mini_batch)) * nb
                       for b, nb in zip(self.biases, nabla_b)]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        # feedforward
        activation = x
        activations = [x]
        zs = []
        for i, (b, w) in enumerate(zip(self.biases, self.weights)):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = np.tanh(z) if i < self.num_layers - 2 else sigmoid(z)
            activations.append(activation)
        # backward pass
        delta = self.cost.delta(zs[-1], activations[-1], y)
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            z = zs[-l]
            tp = tanh_prime(z)
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * tp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w

    def total_cost(self, data, lmbda):
        cost = sum(self.cost.fn(self.feedforward(x), y) for x, y in data) / len(data)
        return cost + 0.5 * (lmbda / len(data)) * sum(np.linalg.norm(w) ** 2 for w in self.weights)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


def make_data(n):
    out = []
    for _ in range(n):
        c = np.random.randint(3)
        t = 2 * np.pi * c / 3 + 0.4 * np.random.randn()
        r = np.random.uniform(0.5, 1.5)
        x = np.array([[r * np.cos(t)], [r * np.sin(t)], [r], [np.random.randn()]])
        y = np.zeros((3, 1))
        y[c] = 1.0
        out.append((x, y))
    return out


if __name__ == '__main__':
    random.seed(12)
    np.random.seed(12)
    train, valid = make_data(100), make_data(40)
    net = Network([4, 8, 8, 3])
    net.SGD(train, epochs=10, mini_batch_size=8, eta=0.5, lmbda=0.5, evaluation_data=valid)
