"""
network3.py
~~~~~~~~~~~
A feed-forward net in the manner of the well-known online book: a list of
biases, a list of weights, one example at a time.  Cross-entropy or quadratic
cost, L2 regularisation, momentum.
"""
import random
import numpy as np


class QuadraticCost(object):

    @staticmethod
    def fn(a, y):
        return 0.5 * np.linalg.norm(a - y) ** 2

    @staticmethod
    def delta(z, a, y):
        return (a - y) * sigmoid_prime(z)


class CrossEntropyCost(object):

    @staticmethod
    def fn(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))

    @staticmethod
    def delta(z, a, y):
        return (a - y)


class Network(object):

    def __init__(self, sizes, cost=CrossEntropyCost):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.cost = cost
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) / np.sqrt(x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.vel_b = [np.zeros(b.shape) for b in self.biases]
        self.vel_w = [np.zeros(w.shape) for w in self.weights]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def SGD(self, training_data, epochs, mini_batch_size, eta, lmbda=0.0, mu=0.0, evaluation_data=None):
        n = len(training_data)
        for j in range(epochs):
            random.shuffle(training_data)
            mini_batches = [training_data[k:k + mini_batch_size] for k in range(0, n, mini_batch_size)]
            for mini_batch in mini_batches:
                self.update_mini_batch(mini_batch, eta, lmbda, mu, n)
            line = "Epoch {}: cost {:.4f}".format(j, self.total_cost(training_data, lmbda))
            if evaluation_data:
                line += ", {} / {}".format(self.accuracy(evaluation_data), len(evaluation_data))
            print(line)

    def update_mini_batch(self, mini_batch, eta, lmbda, mu, n):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        m = float(len(mini_batch))
        self.vel_w = [mu * v - eta * (nw / m + (lmbda / n) * w)
                      for v, nw, w in zip(self.vel_w, nabla_w, self.weights)]
        self.vel_b = [mu * v - (eta / m) * nb for v, nb in zip(self.vel_b, nabla_b)]
        self.weights = [w + v for w, v in zip(self.weights, self.vel_w)]
        self.biases = [b + v for b, v in zip(self.biases, self.vel_b)]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        # feedforward
        activation = x
        activations = [x]   # list to store all the activations, layer by layer
        zs = []             # list to store all the z vectors, layer by layer
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        # backward pass
        delta = self.cost.delta(zs[-1], activations[-1], y)
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            sp = sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w

    def total_cost(self, data, lmbda):
        c = sum(self.cost.fn(self.feedforward(x), y) for x, y in data) / len(data)
        return c + 0.5 * (lmbda / len(data)) * sum(np.linalg.norm(w) ** 2 for w in self.weights)

    def accuracy(self, data):
        return sum(int(np.argmax(self.feedforward(x)) == np.argmax(y)) for x, y in data)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def vectorized_result(j, k=4):
    e = np.zeros((k, 1))
    e[j] = 1.0
    return e


def noisy_glyphs(n):
    """Little 4x4 pictures: row, column, diagonal or checkerboard, with noise."""
    protos = [np.zeros((4, 4)) for _ in range(4)]
    protos[0][1, :] = 1
    protos[1][:, 2] = 1
    protos[2][range(4), range(4)] = 1
    protos[3][::2, ::2] = 1
    data = []
    for _ in range(n):
        c = random.randrange(4)
        x = protos[c].reshape(16, 1) + 0.45 * np.random.randn(16, 1)
        data.append((x, vectorized_result(c)))
    return data


if __name__ == "__main__":
    random.seed(12)
    np.random.seed(12)
    train, test = noisy_glyphs(300), noisy_glyphs(150)
    net = Network([16, 12, 8, 4], cost=CrossEntropyCost)
    net.SGD(train, 10, 10, 0.2, lmbda=0.5, mu=0.7, evaluation_data=test)
