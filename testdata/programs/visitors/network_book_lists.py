"""network_book_lists.py
~~~~~~~~~~~~~~~~~~~~~~~~~
After chapter 3 of the online book: lists of weights and biases, backprop one
example at a time, costs as classes.  I added the momentum exercise and a
max-norm limit on the incoming weights of each hidden neuron.
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
        self.biases = [np.random.randn(y, 1) for y in self.sizes[1:]]
        self.weights = [np.random.randn(y, x) / np.sqrt(x) for x, y in zip(self.sizes[:-1], self.sizes[1:])]
        self.vb = [np.zeros(b.shape) for b in self.biases]
        self.vw = [np.zeros(w.shape) for w in self.weights]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def SGD(self, training_data, epochs, mini_batch_size, eta, lmbda=0.0, mu=0.0, max_norm=None,
            evaluation_data=None):
        n = len(training_data)
        for j in range(epochs):
            random.shuffle(training_data)
            mini_batches = [training_data[k:k + mini_batch_size] for k in range(0, n, mini_batch_size)]
            for mini_batch in mini_batches:
                self.update_mini_batch(mini_batch, eta, lmbda, mu, n, max_norm)
            if j % 5 == 4:
                print("Epoch {0}: cost {1:.4f}, {2} / {3}".format(
                    j, self.total_cost(training_data, lmbda), self.accuracy(evaluation_data), len(evaluation_data)))

    def update_mini_batch(self, mini_batch, eta, lmbda, mu, n, max_norm):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        m = len(mini_batch)
        self.vw = [mu * v - eta * (lmbda / n) * w - (eta / m) * nw
                   for v, w, nw in zip(self.vw, self.weights, nabla_w)]
        self.vb = [mu * v - (eta / m) * nb for v, nb in zip(self.vb, nabla_b)]
        self.weights = [w + v for w, v in zip(self.weights, self.vw)]
        self.biases = [b + v for b, v in zip(self.biases, self.vb)]
        if max_norm is not None:
            for w in self.weights[:-1]:
                norms = np.linalg.norm(w, axis=1, keepdims=True)
                w *= np.minimum(1.0, max_norm / norms)

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = self.cost.delta(zs[-1], activations[-1], y)
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            sp = sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w

    def accuracy(self, data):
        return sum(int(np.argmax(self.feedforward(x)) == np.argmax(y)) for x, y in data)

    def total_cost(self, data, lmbda):
        cost = sum(self.cost.fn(self.feedforward(x), y) for x, y in data) / len(data)
        return cost + 0.5 * (lmbda / len(data)) * sum(np.linalg.norm(w) ** 2 for w in self.weights)


def vectorized_result(j, k):
    e = np.zeros((k, 1))
    e[j] = 1.0
    return e


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def bars(n):
    """5x5 pictures of one horizontal bar (class = the row), with noise."""
    out = []
    for _ in range(n):
        k = random.randrange(5)
        im = np.random.rand(5, 5) * 0.6
        im[k] += 0.5
        out.append((im.reshape(25, 1), vectorized_result(k, 5)))
    return out


random.seed(12)
np.random.seed(12)
train, test = bars(200), bars(100)
for name, cost, eta in [("quadratic", QuadraticCost, 1.5), ("cross-entropy", CrossEntropyCost, 0.25)]:
    print("---", name)
    net = Network([25, 15, 5], cost)
    net.SGD(train, 15, 12, eta, lmbda=0.05, mu=0.5, max_norm=3.0, evaluation_data=test)
