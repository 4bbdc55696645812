"""One sample at a time, sums over the mini-batch, momentum and weight decay."""
import random
import numpy as np


def softplus(z):
    return np.log(1.0 + np.exp(z))


def softplus_prime(z):
    return 1.0 / (1.0 + np.exp(-z))


class Network(object):

    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, m) / np.sqrt(m) for m, n in zip(sizes[:-1], sizes[1:])]
        self.velocity = [np.zeros(w.shape) for w in self.weights]

    def feedforward(self, a):
        for b, w in zip(self.biases[:-1], self.weights[:-1]):
            a = softplus(np.dot(w, a) + b)
        return np.dot(self.weights[-1], a) + self.biases[-1]

    def train(self, data, epochs, size, eta, mu, lmbda):
        n = len(data)
        for j in range(epochs):
            random.shuffle(data)
            for k in range(0, n, size):
                self.update(data[k:k + size], eta, mu, lmbda, n)
            print("epoch", j, self.cost(data, lmbda))

    def update(self, batch, eta, mu, lmbda, n):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            delta_b, delta_w = self.backprop(x, y)
            nabla_b = [nb + db for nb, db in zip(nabla_b, delta_b)]
            nabla_w = [nw + dw for nw, dw in zip(nabla_w, delta_w)]
        self.velocity = [mu * v - eta * (lmbda / n) * w - (eta / len(batch)) * nw
                         for v, w, nw in zip(self.velocity, self.weights, nabla_w)]
        self.weights = [w + v for w, v in zip(self.weights, self.velocity)]
        self.biases = [b - (eta / len(batch)) * nb for b, nb in zip(self.biases, nabla_b)]

    def backprop(self, x, y):
        nabla_b = [None] * len(self.biases)
        nabla_w = [None] * len(self.weights)
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = softplus(z)
            activations.append(activation)
        delta = zs[-1] - y
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * softplus_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w

    def cost(self, data, lmbda):
        total = 0.0
        for x, y in data:
            total += 0.5 * np.sum((self.feedforward(x) - y) ** 2) / len(data)
        return total + 0.5 * (lmbda / len(data)) * sum(np.sum(w ** 2) for w in self.weights)


random.seed(4)
np.random.seed(4)
training = [(v, np.array([[v[0, 0] * v[1, 0]], [v[2, 0] ** 2]])) for v in np.random.randn(16, 3, 1)]
net = Network([3, 6, 4, 2])
net.train(training, 3, 4, 0.05, 0.8, 0.1)
