"""network.py - stochastic gradient descent for a feedforward network,
one training example at a time through backprop, cross-entropy cost."""

import random
import numpy as np


class Network(object):

    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x)/np.sqrt(x)
                        for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a)+b)
        return a

    def SGD(self, training_data, epochs, mini_batch_size, eta, lmbda, test_data):
        n = len(training_data)
        for j in range(epochs):
            random.shuffle(training_data)
            mini_batches = [training_data[k:k+mini_batch_size]
                            for k in range(0, n, mini_batch_size)]
            for mini_batch in mini_batches:
                self.update_mini_batch(mini_batch, eta, lmbda, n)
            print("Epoch {0}: {1} / {2}, cost {3:.5f}".format(
                j, self.evaluate(test_data), len(test_data),
                self.total_cost(training_data, lmbda)))

    def update_mini_batch(self, mini_batch, eta, lmbda, n):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb+dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [nw+dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        self.weights = [(1-eta*lmbda/n)*w-(eta/len(mini_batch))*nw
                        for w, nw in zip(self.weights, nabla_w)]
        self.biases = [b-(eta/len(mini_batch))*nb
                       for b, nb in zip(self.biases, nabla_b)]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        # feedforward
        activation = x
        activations = [x]  # all the activations, layer by layer
        zs = []  # all the z vectors, layer by layer
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation)+b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        # backward pass
        delta = activations[-1] - y
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            z = zs[-l]
            sp = sigmoid_prime(z)
            delta = np.dot(self.weights[-l+1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l-1].transpose())
        return (nabla_b, nabla_w)

    def evaluate(self, test_data):
        test_results = [(np.argmax(self.feedforward(x)), y) for (x, y) in test_data]
        return sum(int(x == y) for (x, y) in test_results)

    def total_cost(self, data, lmbda):
        cost = 0.0
        for x, y in data:
            a = self.feedforward(x)
            cost += np.sum(-y*np.log(a)-(1-y)*np.log(1-a))/len(data)
        cost += 0.5*(lmbda/len(data))*sum(np.sum(w**2) for w in self.weights)
        return cost


def sigmoid(z):
    return 1.0/(1.0+np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z)*(1-sigmoid(z))


def vectorized_result(j):
    e = np.zeros((4, 1))
    e[j] = 1.0
    return e


def digits(n):
    """Noisy 4x4 glyphs: bar, dash, cross and box."""
    glyphs = [np.zeros((4, 4)) for _ in range(4)]
    glyphs[0][:, 1] = 1
    glyphs[1][2, :] = 1
    glyphs[2] = np.eye(4)
    glyphs[3][1:3, 1:3] = 1
    out = []
    for i in range(n):
        j = random.randrange(4)
        shifted = np.roll(glyphs[j], random.randrange(2), axis=random.randrange(2))
        out.append((shifted.reshape(16, 1) + 0.35*np.random.randn(16, 1), j))
    return out


if __name__ == "__main__":
    random.seed(7)
    np.random.seed(7)
    training_data = [(x, vectorized_result(j)) for x, j in digits(240)]
    test_data = digits(200)
    net = Network([16, 12, 8, 4])
    net.SGD(training_data, 15, 10, 0.8, 0.05, test_data)
